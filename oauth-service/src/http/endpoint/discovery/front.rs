//! What discovery says of the authorization and the logout endpoint (OpenID Connect Discovery 3; RFC 9101 10.5, RFC 9126 5, JARM 4).

use serde_json::{Map, Value, json};

use crate::{
    config::{Config, below},
    protocol::{
        alg::Alg,
        encryption::{Enc, KeyAlg},
        response_mode::Delivery,
        response_type::ResponseType,
    },
};

/// The members about authorization requests, their answers, and logout.
pub(super) fn metadata(config: &Config) -> Map<String, Value> {
    let profile = config.oauth2.profile;
    let objects: Vec<&str> =
        Alg::accepted().into_iter().chain(["none"]).filter(|alg| profile.allows_alg(alg)).collect();
    let answered = |types: &&&str| {
        let types = ResponseType::parse(types);
        let token = types.has_token() && profile.forbids_front_channel_tokens();
        let id_token = types.has_id_token() && profile.answers_codes_alone();
        !token && !id_token
    };
    let response_types: Vec<&&str> = ResponseType::ALL.iter().filter(answered).collect();
    let members = [
        ("pushed_authorization_request_endpoint", json!(below(&config.urls.public, "oauth2/par"))),
        ("require_pushed_authorization_requests", json!(profile.demands_pushed_requests())),
        ("id_token_encryption_alg_values_supported", json!(KeyAlg::names())),
        ("id_token_encryption_enc_values_supported", json!(Enc::names())),
        ("userinfo_encryption_alg_values_supported", json!(KeyAlg::names())),
        ("userinfo_encryption_enc_values_supported", json!(Enc::names())),
        ("introspection_signing_alg_values_supported", json!(Alg::names())),
        ("introspection_encryption_alg_values_supported", json!(KeyAlg::names())),
        ("introspection_encryption_enc_values_supported", json!(Enc::names())),
        ("check_session_iframe", json!(below(&config.urls.public, "oauth2/sessions/check"))),
        ("backchannel_logout_supported", json!(true)),
        ("backchannel_logout_session_supported", json!(true)),
        ("frontchannel_logout_supported", json!(true)),
        ("frontchannel_logout_session_supported", json!(true)),
        ("request_parameter_supported", json!(true)),
        ("request_uri_parameter_supported", json!(true)),
        ("require_request_uri_registration", json!(true)),
        ("request_object_signing_alg_values_supported", json!(objects)),
        ("response_types_supported", json!(response_types)),
        ("response_modes_supported", json!(Delivery::NAMES)),
        ("authorization_signing_alg_values_supported", json!(Alg::names())),
        ("authorization_encryption_alg_values_supported", json!(KeyAlg::names())),
        ("authorization_encryption_enc_values_supported", json!(Enc::names())),
    ];
    // RFC 9396 10: absent where there are none.
    let types = &config.oauth2.authorization_details_types;
    let details = (!types.is_empty()).then(|| ("authorization_details_types_supported", json!(types)));
    members.into_iter().chain(details).map(|(name, value)| (name.to_owned(), value)).collect()
}
