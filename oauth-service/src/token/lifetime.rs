//! How long tokens live: what the client was registered with, else what is configured (contract 2.2, 5.4).

use shared_types::time::{GoDuration, Time};

use super::rule::Rule;
use crate::{app::Cx, model::client::Client};

/// The way a token is got; each has lifespans of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Via {
    /// `authorization_code`.
    Code,
    /// `refresh_token`.
    Refresh,
    /// `client_credentials`.
    ClientCredentials,
    /// `device_code`.
    Device,
    /// `jwt-bearer`.
    JwtBearer,
    /// `urn:ietf:params:oauth:grant-type:token-exchange`.
    Exchange {
        /// When the token ends that is exchanged.
        until: Time,
    },
    /// By the browser: implicit and hybrid.
    Front,
}

/// An end, and what set it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct End {
    pub(crate) at: Time,
    pub(crate) by: Rule,
}

/// When the tokens of one answer end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Ends {
    /// The access token.
    pub(crate) access: End,
    /// The ID token.
    pub(crate) id: End,
    /// The refresh token; `None` is never.
    pub(crate) refresh: Option<End>,
}

/// A client's own lifespan, by its name.
type Own = (Option<GoDuration>, &'static str);
const NONE: Own = (None, "");

/// The client's own lifespan of one field of its registration.
macro_rules! own {
    ($lifespans:expr, $name:ident) => {
        ($lifespans.$name, stringify!($name))
    };
}

/// The client's own lifespans of access, ID and refresh tokens.
fn own(client: &Client, via: Via) -> (Own, Own, Own) {
    let own = &client.lifespans;
    match via {
        Via::Code => (
            own!(own, authorization_code_grant_access_token_lifespan),
            own!(own, authorization_code_grant_id_token_lifespan),
            own!(own, authorization_code_grant_refresh_token_lifespan),
        ),
        Via::Refresh => (
            own!(own, refresh_token_grant_access_token_lifespan),
            own!(own, refresh_token_grant_id_token_lifespan),
            own!(own, refresh_token_grant_refresh_token_lifespan),
        ),
        Via::Exchange { .. } => (NONE, NONE, NONE),
        Via::ClientCredentials => (own!(own, client_credentials_grant_access_token_lifespan), NONE, NONE),
        Via::Device => (
            own!(own, device_authorization_grant_access_token_lifespan),
            own!(own, device_authorization_grant_id_token_lifespan),
            own!(own, device_authorization_grant_refresh_token_lifespan),
        ),
        Via::JwtBearer => (own!(own, jwt_bearer_grant_access_token_lifespan), NONE, NONE),
        Via::Front => {
            (own!(own, implicit_grant_access_token_lifespan), own!(own, implicit_grant_id_token_lifespan), NONE)
        }
    }
}

/// The ends of tokens issued now.
pub(crate) fn ends(cx: &Cx, client: &Client, via: Via) -> Ends {
    let ttl = &cx.config.ttl;
    let (access, id, refresh) = own(client, via);
    let after = |length: GoDuration| cx.now.checked_add_signed(length.chrono()).unwrap_or(Time::MAX_UTC);
    let end = |(own, name): Own, (length, setting): (GoDuration, &'static str)| match own {
        Some(own) => End { at: after(own), by: Rule::new(name, "The lifespan the client is registered with.") },
        None => {
            End { at: after(length), by: Rule::new(setting, "How long such tokens live where a client says nothing.") }
        }
    };
    let mut access = end(access, (ttl.access_token, "ttl.access_token"));
    if let Via::Exchange { until } = via
        && until < access.at
    {
        access = End { at: until, by: Rule::new("token exchange", "It ends with the token it was exchanged for.") };
    }
    // Without either it never ends.
    let refresh = refresh.0.or(ttl.refresh_token).map(|length| end(refresh, (length, "ttl.refresh_token")));
    Ends { access, id: end(id, (ttl.id_token, "ttl.id_token")), refresh }
}
