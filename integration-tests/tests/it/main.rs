//! Tests across both services, in one binary: whole journeys, the RFCs' rules, shapes of bodies, bad input on every route,
//! crashes, and the repository's own rules.

#[cfg(test)]
mod console_provider;
#[cfg(test)]
mod contract;
#[cfg(test)]
mod crash;
#[cfg(test)]
mod doctor;
#[cfg(test)]
mod every_endpoint;
#[cfg(test)]
mod hydra_sdk;
#[cfg(test)]
mod journeys;
#[cfg(test)]
mod kratos_sdk;
#[cfg(test)]
mod moving;
#[cfg(test)]
mod oauth;
#[cfg(test)]
mod operator;
#[cfg(test)]
mod relying_parties;
#[cfg(test)]
mod support;
#[cfg(test)]
mod telemetry;
#[cfg(test)]
mod tidy;
#[cfg(test)]
mod timing;
