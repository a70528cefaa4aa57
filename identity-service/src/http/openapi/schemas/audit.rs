//! Security events.

use super::Schema;

/// The schemas of this area.
pub(super) const SCHEMAS: &[Schema] = &[Schema::new(
    "auditEvent",
    "A security event.",
    "{ id!: uuid; time!: time; event!: text; actor: uuid; identity: uuid; details!: object }",
)];
