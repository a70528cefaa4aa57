//! What is measured. Each profile makes what it needs, then hands its workers to the closed loop.

pub(crate) mod code_flow;
mod flood;
mod lookup;
pub(crate) mod password;
mod proof;
mod refresh;
mod stock;
mod token;

use crate::{
    arguments::Arguments,
    closed_loop::{self, Outcome, Worker},
    system::System,
};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Profile {
    Whoami,
    Introspection,
    IntrospectionWithClaims,
    ClientCredentialsOpaque,
    ClientCredentialsEs256,
    ClientCredentialsRs256,
    Refresh,
    RefreshWithClaims,
    CodeFlow,
    PasswordLogin,
    WhoamiUnderAttack,
    BoundTokens,
    PrivateKeyJwt,
    PushedRequest,
    TokenExchange,
    IntrospectionAtScale,
    ClientCredentialsAtScale,
}

impl Profile {
    pub(crate) const ALL: [Self; 17] = [
        Self::Whoami,
        Self::Introspection,
        Self::IntrospectionWithClaims,
        Self::ClientCredentialsOpaque,
        Self::ClientCredentialsEs256,
        Self::ClientCredentialsRs256,
        Self::Refresh,
        Self::RefreshWithClaims,
        Self::CodeFlow,
        Self::PasswordLogin,
        Self::WhoamiUnderAttack,
        Self::BoundTokens,
        Self::PrivateKeyJwt,
        Self::PushedRequest,
        Self::TokenExchange,
        Self::IntrospectionAtScale,
        Self::ClientCredentialsAtScale,
    ];

    /// Minutes, and some gigabytes: measured where it is asked for by name.
    pub(crate) fn is_on_demand(self) -> bool {
        matches!(self, Self::IntrospectionAtScale | Self::ClientCredentialsAtScale)
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Whoami => "whoami",
            Self::Introspection => "introspection",
            Self::IntrospectionWithClaims => "introspection, fresh claims",
            Self::ClientCredentialsOpaque => "client_credentials opaque",
            Self::ClientCredentialsEs256 => "client_credentials ES256",
            Self::ClientCredentialsRs256 => "client_credentials RS256",
            Self::Refresh => "refresh",
            Self::RefreshWithClaims => "refresh with fresh claims",
            Self::CodeFlow => "authorization-code flow",
            Self::PasswordLogin => "password login",
            Self::WhoamiUnderAttack => "whoami under attack",
            Self::BoundTokens => "client_credentials DPoP",
            Self::PrivateKeyJwt => "private_key_jwt",
            Self::PushedRequest => "pushed request",
            Self::TokenExchange => "token exchange",
            Self::IntrospectionAtScale => "introspection at scale",
            Self::ClientCredentialsAtScale => "client_credentials at scale",
        }
    }

    /// The rate aimed at on two cores, where there is one.
    pub(crate) fn goal(self) -> Option<u32> {
        match self {
            Self::Whoami | Self::Introspection => Some(30_000),
            Self::ClientCredentialsOpaque => Some(15_000),
            Self::ClientCredentialsEs256 => Some(12_000),
            Self::Refresh => Some(4_000),
            Self::CodeFlow => Some(1_000),
            _ => None,
        }
    }

    pub(crate) async fn run(self, system: &System, arguments: &Arguments) -> anyhow::Result<Outcome> {
        match self {
            Self::Whoami => drive(lookup::whoami(system, arguments.connections, "whoami").await?, arguments).await,
            Self::Introspection => drive(lookup::introspection(system, arguments.connections).await?, arguments).await,
            Self::ClientCredentialsOpaque => {
                drive(token::opaque(system, arguments.connections).await?, arguments).await
            }
            Self::ClientCredentialsEs256 => signed(system, arguments, "ES256").await,
            Self::ClientCredentialsRs256 => signed(system, arguments, "RS256").await,
            Self::Refresh => drive(refresh::plain(system, arguments.connections).await?, arguments).await,
            Self::RefreshWithClaims => {
                let (binary, at) = system.with_claims_hook().await?;
                let workers = refresh::with_claims(system, &at.oauth(), arguments.connections).await?;
                let outcome = drive(workers, arguments).await;
                drop(binary);
                outcome
            }
            Self::IntrospectionWithClaims => {
                let (binary, at) = system.with_claims_hook().await?;
                let outcome = drive(lookup::with_claims(system, &at, arguments.connections).await?, arguments).await;
                drop(binary);
                outcome
            }
            Self::CodeFlow => drive(code_flow::workers(system, arguments.connections).await?, arguments).await,
            Self::PasswordLogin => {
                // More would wait in the hashing queue for longer than the window, or be sent away from it.
                let connections = arguments.connections.min(16);
                drive(password::workers(system, connections).await?, arguments).await
            }
            Self::WhoamiUnderAttack => flood::whoami(system, arguments).await,
            Self::BoundTokens => drive(proof::possession(system, arguments.connections).await?, arguments).await,
            Self::PrivateKeyJwt => drive(proof::assertion(system, arguments.connections).await?, arguments).await,
            Self::PushedRequest => drive(proof::pushed(system, arguments.connections).await?, arguments).await,
            Self::TokenExchange => drive(proof::exchange(system, arguments.connections).await?, arguments).await,
            Self::IntrospectionAtScale => stock::introspection(system, arguments).await,
            Self::ClientCredentialsAtScale => stock::issuing(system, arguments).await,
        }
    }
}

/// JWT access tokens: from an oauth-service of its own whose key has this algorithm, or by a new key of another system.
async fn signed(system: &System, arguments: &Arguments, alg: &str) -> anyhow::Result<Outcome> {
    if let Some(signer) = system.signing_with(alg).await? {
        return drive(token::jwt(&signer.system, arguments.connections).await?, arguments).await;
    }
    token::add_key(system, alg).await?;
    drive(token::jwt(system, arguments.connections).await?, arguments).await
}

async fn drive<W: Worker>(workers: Vec<W>, arguments: &Arguments) -> anyhow::Result<Outcome> {
    closed_loop::run(workers, arguments.warm_up, arguments.measure).await
}
