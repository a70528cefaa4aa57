//! What a request proves to hold: the key of its `DPoP` proof (RFC 9449), the certificate of its connection (RFC 8705).

use std::any::Any;

use actix_tls::accept::openssl::TlsStream;
use actix_web::{HttpRequest, dev::Extensions, rt::net::TcpStream};
use openssl::x509::X509;
use shared_types::http::peer_address;
use url::Url;

use crate::{
    app::Cx,
    client::Certificate,
    config::below,
    model::token::Confirmation,
    protocol::error::{OAuthCode, OAuthError},
    token::dpop::{self, Target},
};

/// The certificate of a connection of ours.
#[derive(Debug, Clone)]
struct Shown(X509);

/// Keeps the certificate of a new connection for its requests.
pub(crate) fn remember_certificate(connection: &dyn Any, kept: &mut Extensions) {
    let tls = connection.downcast_ref::<TlsStream<TcpStream>>();
    if let Some(certificate) = tls.and_then(|stream| stream.ssl().peer_certificate()) {
        kept.insert(Shown(certificate));
    }
}

/// The client's certificate: of the connection, or as a proxy that is trusted hands it over.
pub(crate) fn certificate(request: &HttpRequest, cx: &Cx) -> Option<Certificate> {
    if let Some(Shown(certificate)) = request.conn_data::<Shown>() {
        return Some(Certificate::of_connection(certificate.clone()));
    }
    let name = cx.config.sender.certificate_header.as_deref()?;
    if !cx.config.serve.trusted_proxies.trusts(peer_address(request)) {
        return None;
    }
    let mut headers = request.headers().get_all(name);
    // Two of them: one was not written by the proxy.
    let (only, None) = (headers.next()?, headers.next()) else { return None };
    Certificate::of_header(only.to_str().ok()?)
}

/// What a request to an endpoint of this server proves. `path` is the endpoint's below the public URL; `other` is what else it is
/// called.
pub(crate) async fn proven(
    request: &HttpRequest,
    cx: &Cx,
    (path, other): (&str, Option<&str>),
    access_token: Option<&str>,
) -> Result<Confirmation, OAuthError> {
    let x5t_s256 = certificate(request, cx).and_then(|certificate| certificate.thumbprint());
    let mut urls = vec![below(&cx.config.urls.public, path)];
    urls.extend(other.and_then(|text| Url::parse(text).ok()));
    urls.extend(cx.config.sender.mtls_url.as_ref().map(|base| below(base, path)));
    let jkt = match proof(request)? {
        Some(proof) => {
            let target = Target { method: request.method().as_str(), urls: &urls, access_token };
            Some(dpop::check(cx, proof, target).await?)
        }
        None => None,
    };
    Ok(Confirmation { jkt, x5t_s256 })
}

/// RFC 9449 4.3, 1: there is not more than one header.
fn proof(request: &HttpRequest) -> Result<Option<&str>, OAuthError> {
    let refused = |why: &'static str| OAuthError::new(OAuthCode::InvalidDpopProof).because(why);
    let mut headers = request.headers().get_all("dpop");
    let Some(first) = headers.next() else { return Ok(None) };
    if headers.next().is_some() {
        return Err(refused("There is more than one header DPoP."));
    }
    first.to_str().map(Some).map_err(|_| refused("It is not text."))
}
