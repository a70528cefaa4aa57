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
