//! Doors for the programs in `fuzz/`: whatever reads bytes of strangers, without a server around it, and what must hold of
//! the result. Compiled for them alone.

#![expect(clippy::panic, reason = "a broken promise must end the program that looks for one")]

use std::{
    net::{IpAddr, Ipv4Addr},
    sync::LazyLock,
};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use josekit::jwk::Jwk;
use serde_json::Value;
use url::{Host, Url};

use crate::{
    authorize::fuzzing as authorize,
    client::auth::{Presented, says_who},
    grant,
    http::endpoint::token::readable,
    key::{compact::Compact, jose},
    protocol::{alg::Alg, authorization_details, claims_request, params::Params, redirect_uri},
};

/// An authorization request's query.
pub fn authorization(query: &str) {
    authorize::request(query);
}

/// A token request: what is let through names nothing twice, and no grant stumbles over it.
pub fn token(body: &[u8], authorization: Option<&str>) {
    let Ok(params) = readable(body) else { return };
    for (name, value) in params.iter() {
        assert!(matches!(name, "audience" | "resource") || !params.repeats(name), "{params:?}");
        assert!(!value.contains('\0'), "{params:?}");
    }
    grant::read_all(&params);
    let address = IpAddr::V4(Ipv4Addr::LOCALHOST);
    says_who(&Presented { authorization, params: &params, certificate: None, address });
}

/// An authorization request's JSON parameters.
pub fn json(text: &str) {
    if let Ok(details) = authorization_details::parse(text) {
        assert!(details.iter().all(|detail| authorization_details::covers(detail, detail)), "{text}");
    }
    let _ = claims_request::parse(text);
    if let Ok(Value::Object(claims)) = serde_json::from_str(text) {
        authorize::object(&claims);
    }
}

/// The algorithms of the keys a JWT is held against.
const ALGS: [Alg; 3] = [Alg::Es256, Alg::Rs256, Alg::EdDsa];

/// Keys made for this process: nobody outside can sign with one of them.
static KEYS: LazyLock<Vec<Jwk>> = LazyLock::new(|| {
    let made = |alg| {
        let pair = jose::pair(alg, 2048, "k").unwrap_or_else(|error| panic!("{error}"));
        pair.to_public_key().unwrap_or_else(|error| panic!("{error}"))
    };
    ALGS.into_iter().map(made).collect()
});

/// A JWT: no key takes what it has not signed, whatever the header says.
pub fn jwt(token: &str) {
    let Ok(compact) = Compact::parse(token) else { return };
    for key in KEYS.iter() {
        // By the algorithm of the token and by every other: a key only checks what it is made for.
        for alg in compact.alg().into_iter().chain(ALGS) {
            assert!(!compact.is_signed_by(alg, key), "{token}");
        }
    }
    // As in a proof of possession, where the header brings the key.
    if let Some(members) = compact.header_value("jwk").and_then(Value::as_object)
        && let Ok(jwk) = Jwk::from_map(members.clone())
        && let Some(alg) = compact.alg()
    {
        let _ = compact.is_signed_by(alg, &jwk);
    }
    authorize::object(compact.unverified());
}

/// A token of this header and payload, its signature made of the header.
pub fn compact(header: &str, payload: &str) -> String {
    let part = |text: &str| URL_SAFE_NO_PAD.encode(text);
    format!("{}.{}.{}", part(header), part(payload), part(header))
}

/// A redirect URI: what is taken for a registered one leads a browser where the registered one does.
pub fn redirect(candidate: &str) {
    if redirect_uri::choose(&authorize::CALLBACKS, Some(candidate), true, false).is_ok() {
        callback(candidate);
    }
    // As a client would register it.
    if let Some(url) = redirect_uri::fit(candidate) {
        assert!(redirect_uri::matches(candidate, candidate));
        assert!(url.username().is_empty() && url.password().is_none() && url.fragment().is_none(), "{candidate:?}");
        let _ = Params::parse(url.query().unwrap_or_default());
    }
}

/// Where a browser is sent: one of the registered places, or the port of the person's own machine that was named.
pub(crate) fn callback(uri: &str) {
    if authorize::CALLBACKS.contains(&uri) {
        return;
    }
    let url = Url::parse(uri).unwrap_or_else(|error| panic!("{uri:?}: {error}"));
    let own = url.host() == Some(Host::Ipv4(Ipv4Addr::LOCALHOST)) && url.scheme() == "http";
    let rest = (url.path(), url.query(), url.fragment(), url.username(), url.password());
    assert!(own && rest == ("/cb", Some("from=op"), None, "", None), "{uri:?}");
}
