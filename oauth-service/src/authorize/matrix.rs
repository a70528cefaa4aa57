//! Every check of an authorization request, in the order in which they are made (contract 3.1).
//!
//! The line where the redirect URI is proven is the one that matters: a failure above it is shown on a page of this server, a failure
//! below it is told to the client.

use super::{check, draft::Draft};
use crate::protocol::error::OAuthError;

/// One check: it reads the draft, may fill its own part of it, and refuses by the protocol's name for the fault.
pub(super) type Check = fn(&mut Draft<'_>) -> Result<(), OAuthError>;

/// The order of the protocol.
pub(super) const CHECKS: &[Check] = &[
    check::size::bounded,
    check::unrepeated::identity,
    check::client::known,
    check::response_mode::read,
    check::redirect_uri::prove,
    // From here on the client is told.
    check::request_object::sound,
    check::request_object::demanded,
    check::response_mode::fitting,
    check::unrepeated::rest,
    check::characters::printable,
    check::scope::allowed,
    check::audience::allowed,
    check::registration::absent,
    check::response_type::allowed,
    check::profile::kept,
    check::grant_type::allowed,
    check::state::strong,
    check::nonce::strong,
    check::pkce::read,
    check::dpop_jkt::fitting,
    check::claims::read,
    check::authorization_details::allowed,
    check::prompt::read,
    check::max_age::read,
];
