use super::*;

fn of(error: OAuthError) -> (u16, String) {
    let error = ApiError::from(error);
    let (code, text) = error.words();
    (error.status_code().as_u16(), format!("{code}|{text}"))
}

#[test]
fn each_code_has_the_status_of_the_contract() {
    for (code, status) in [
        (OAuthCode::InvalidRequest, 400),
        (OAuthCode::InvalidClient, 401),
        (OAuthCode::UnauthorizedClient, 400),
        (OAuthCode::InvalidGrant, 400),
        (OAuthCode::AccessDenied, 403),
        (OAuthCode::InvalidScope, 400),
        (OAuthCode::ScopeNotGranted, 403),
        (OAuthCode::ServerError, 500),
        (OAuthCode::TemporarilyUnavailable, 503),
        (OAuthCode::RequestUnauthorized, 401),
        (OAuthCode::RequestForbidden, 403),
        (OAuthCode::NotFound, 404),
    ] {
        assert_eq!(of(code.into()).0, status, "{code:?}");
    }
}

#[test]
fn a_failed_database_is_told_without_its_reason() {
    let (status, text) = of(db::Error::Corrupt { table: "clients", column: "metadata" }.into());
    assert_eq!(status, 500);
    assert!(!text.contains("clients"), "{text}");
    assert_eq!(of(db::Error::Busy.into()).0, 503);
}

#[test]
fn bodies_hold_two_members_and_are_not_kept() {
    let response =
        ApiError::from(OAuthError::new(OAuthCode::InvalidGrant).because("The \"code\" is \\ wrong.")).error_response();
    assert_eq!(response.headers().get("cache-control").unwrap(), "no-store");
    assert_eq!(response.headers().get("pragma").unwrap(), "no-cache");
    let body = actix_web::body::MessageBody::try_into_bytes(response.into_body()).ok().unwrap();
    let body: serde_json::Value = serde_json::from_slice(&body).unwrap();
    let members: Vec<&String> = body.as_object().unwrap().keys().collect();
    assert_eq!(members, ["error", "error_description"]);
    assert!(body["error_description"].as_str().unwrap().ends_with("The 'code' is / wrong."));
}

#[test]
fn only_a_client_that_used_basic_is_challenged() {
    let failed = |basic| ApiError::Client { error: OAuthCode::InvalidClient.into(), basic }.error_response();
    assert!(failed(true).headers().contains_key("www-authenticate"));
    assert!(!failed(false).headers().contains_key("www-authenticate"));
}
