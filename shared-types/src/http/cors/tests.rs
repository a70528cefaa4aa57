use actix_web::{App, HttpResponse, test, web};

use super::*;

fn options() -> CorsOptions {
    CorsOptions {
        enabled: true,
        allowed_origins: vec!["https://app.example".into(), "https://*.partner.example".into()],
        allowed_methods: vec!["GET".into(), "POST".into()],
        allowed_headers: vec!["Authorization".into()],
        exposed_headers: vec!["Content-Type".into()],
        allow_credentials: true,
        max_age: 60,
    }
}

#[test]
async fn origins_fit_exactly_or_by_one_label() {
    assert!(origin_fits("https://app.example", "https://APP.example"));
    assert!(origin_fits("https://*.partner.example", "https://a-1.partner.example"));
    for foreign in [
        "https://partner.example",
        "https://a.b.partner.example",
        "https://evil.example/.partner.example",
        "http://a.partner.example",
        "null",
    ] {
        assert!(!origin_fits("https://*.partner.example", foreign), "{foreign}");
    }
}

#[actix_web::test]
async fn answers_only_allowed_origins() {
    let app =
        test::init_service(App::new().wrap(Cors::new(options())).route("/", web::get().to(HttpResponse::Ok))).await;
    let call = async |origin: &str| {
        let request = test::TestRequest::get().uri("/").insert_header(("origin", origin)).to_request();
        let answer = test::call_service(&app, request).await;
        answer.headers().get("access-control-allow-origin").map(|v| v.to_str().unwrap().to_owned())
    };
    assert_eq!(call("https://app.example").await.as_deref(), Some("https://app.example"));
    assert_eq!(call("https://evil.example").await, None);
}

#[actix_web::test]
async fn answers_preflights_itself() {
    let app =
        test::init_service(App::new().wrap(Cors::new(options())).route("/", web::post().to(HttpResponse::Ok))).await;
    let request = test::TestRequest::default()
        .method(Method::OPTIONS)
        .uri("/")
        .insert_header(("origin", "https://app.example"))
        .insert_header(("access-control-request-method", "POST"))
        .to_request();
    let answer = test::call_service(&app, request).await;
    assert_eq!(answer.status(), 204);
    assert_eq!(answer.headers().get("access-control-allow-methods").unwrap(), "GET, POST");
    assert_eq!(answer.headers().get("access-control-max-age").unwrap(), "60");
}

#[test]
async fn a_refused_origin_is_told_of_once() {
    assert!(tell_of_refused("https://told.example.org", "serve.public.cors"));
    assert!(!tell_of_refused("https://told.example.org", "serve.public.cors"));
    assert!(tell_of_refused("https://told.example.org", "serve.admin.cors"));
    assert!(is_own("https://id.example.org:8443", "ID.example.org:8443") && is_own("null", "id.example.org"));
    assert!(!is_own("https://app.example.org", "id.example.org"));
}
