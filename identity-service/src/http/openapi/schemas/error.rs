//! What went wrong.

use super::Schema;

/// The schemas of this area.
pub(super) const SCHEMAS: &[Schema] = &[
    Schema::new("DefaultError", "The error of one entry of a batch, as `genericError` has it.", "@genericError"),
    Schema::new(
        "errorAuthenticatorAssuranceLevelNotSatisfied",
        "A second factor is needed first.",
        "{ error: @genericError; redirect_browser_to: text }",
    ),
    Schema::new(
        "errorBrowserLocationChangeRequired",
        "The browser has to go somewhere else to go on.",
        "{ error: @errorGeneric; redirect_browser_to: text }",
    ),
    Schema::new(
        "errorFlowReplaced",
        "Another flow has taken the place of this one.",
        "{ error: @genericError; use_flow_id: uuid }",
    ),
    Schema::new("errorGeneric", "What went wrong.", "{ error!: @genericError }"),
    Schema::new(
        "genericError",
        "An error. Programs branch on `id` and `code`, never on texts.",
        "{ code: int; debug: text; details: object; id: text; message!: text; reason: text; request: text; \
        status: text }",
    ),
    Schema::new(
        "needsPrivilegedSessionError",
        "One has to sign in again first.",
        "{ error: @genericError; redirect_browser_to!: text }",
    ),
    Schema::new(
        "selfServiceFlowExpiredError",
        "A flow is over.",
        "{ error: @genericError; expired_at: time; since: int; use_flow_id: uuid }",
    ),
];
