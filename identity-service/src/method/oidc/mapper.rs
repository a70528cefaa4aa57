//! The mapper: Jsonnet of the operator that makes an identity of claims (contract §4.7).

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::{
    app::Cx,
    config::Provider,
    identity::{normal, update::Verification, view},
    jsonnet::{Inputs, JsonnetError},
    model::{
        address::{AddressStatus, Via},
        identity::Identity,
        traits::Traits,
    },
};

/// What a mapper says.
#[derive(Debug, Clone, Default)]
pub(super) struct Mapped {
    pub(super) traits: Traits,
    pub(super) metadata_public: Option<Value>,
    pub(super) metadata_admin: Option<Value>,
    /// Addresses the provider has proven, in normal form.
    pub(super) verified: Vec<(Via, String)>,
}

/// Why it says nothing.
#[derive(Debug)]
pub(super) enum Failed {
    /// Too much is being evaluated.
    Busy,
    /// The mapper is wrong, or what it was given.
    Wrong,
}

#[derive(Deserialize)]
struct Output {
    identity: Said,
}

#[derive(Deserialize)]
struct Said {
    #[serde(default)]
    traits: Map<String, Value>,
    #[serde(default)]
    metadata_public: Option<Value>,
    #[serde(default)]
    metadata_admin: Option<Value>,
    #[serde(default)]
    verified_addresses: Vec<Address>,
}

#[derive(Deserialize)]
struct Address {
    value: String,
    via: String,
}

/// Evaluates the mapper of a provider. `identity` is who signs in again.
pub(super) async fn run(
    cx: &Cx,
    provider: &Provider,
    claims: &Map<String, Value>,
    identity: Option<&Identity>,
) -> Result<Mapped, Failed> {
    let why = match evaluated(cx, provider, claims, identity).await {
        Ok(value) => match read(value) {
            Ok(mapped) => return Ok(mapped),
            Err(error) => error.to_string(),
        },
        Err(JsonnetError::Busy) => return Err(Failed::Busy),
        Err(error) => error.to_string(),
    };
    tracing::error!(
        event = "JsonnetMappingFailed", provider = provider.id, reason = why, request = %cx.request_id,
        "the mapper of a provider failed"
    );
    Err(Failed::Wrong)
}

/// What the mapper says, whatever that is.
pub(super) async fn evaluated(
    cx: &Cx,
    provider: &Provider,
    claims: &Map<String, Value>,
    identity: Option<&Identity>,
) -> Result<Value, JsonnetError> {
    let known = identity.map_or(Value::Null, |identity| view::admin(identity, &cx.config));
    let inputs = Inputs::default().var("claims", &Value::Object(claims.clone())).var("identity", &known);
    cx.snippets.value(cx, &provider.mapper_url, &inputs).await
}

/// What it says as what it means.
pub(super) fn read(said: Value) -> Result<Mapped, serde_json::Error> {
    serde_json::from_value::<Output>(said).map(|output| mapped(output.identity))
}

fn mapped(said: Said) -> Mapped {
    let address = |address: Address| {
        let via: Via = address.via.parse().ok()?;
        Some((via, normal::address(via, &address.value)))
    };
    // What a mapper leaves null it leaves out.
    let traits = said.traits.into_iter().filter(|(_, value)| !value.is_null()).collect();
    Mapped {
        traits: Traits::new(traits),
        metadata_public: said.metadata_public,
        metadata_admin: said.metadata_admin,
        verified: said.verified_addresses.into_iter().filter_map(address).collect(),
    }
}

/// Addresses of an identity that its provider has proven by now.
pub(super) fn verifications(cx: &Cx, identity: &Identity, mapped: &Mapped) -> Vec<Verification> {
    let proven = identity.verifiable_addresses.iter().filter(|address| {
        !address.verified && mapped.verified.iter().any(|(via, value)| *via == address.via && *value == address.value)
    });
    proven
        .map(|address| Verification {
            address_id: address.id,
            verified: true,
            verified_at: Some(cx.now),
            status: AddressStatus::Completed,
        })
        .collect()
}
