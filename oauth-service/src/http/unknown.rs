//! The answer to a URL that leads nowhere, as the caller reads best (contract 1.1).

use actix_web::{HttpRequest, HttpResponse, http::header};
use serde_json::json;

const TEXT: &str = "Nothing is served at this URL. Check the path and the method.";

/// 404.
pub(super) async fn answer(request: HttpRequest) -> HttpResponse {
    let accepted = request.headers().get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or("text/html");
    let mut response = HttpResponse::NotFound();
    if accepted.contains("json") {
        return response.json(json!({"error": "not_found", "error_description": TEXT}));
    }
    if accepted.contains("html") || accepted.contains("*/*") {
        let page =
            format!("<!doctype html><html lang=\"en\"><title>Not found</title><h1>Not found</h1><p>{TEXT}</p></html>");
        response.insert_header((header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"));
        return response.content_type("text/html; charset=utf-8").body(page);
    }
    response.content_type("text/plain; charset=utf-8").body(TEXT)
}

/// 405: there is such an endpoint, and it is posted to (RFC 6749 3.2, RFC 9126 2.3; RFC 9110 15.5.6).
pub(super) async fn only_post() -> HttpResponse {
    let body = json!({"error": "invalid_request", "error_description": "This endpoint takes POST alone."});
    HttpResponse::MethodNotAllowed().insert_header((header::ALLOW, "POST")).json(body)
}
