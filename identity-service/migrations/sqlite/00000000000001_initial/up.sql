CREATE TABLE identities (
    id TEXT PRIMARY KEY NOT NULL,
    external_id TEXT UNIQUE,
    schema_id TEXT NOT NULL,
    state TEXT NOT NULL,
    state_changed_at TIMESTAMP,
    traits TEXT NOT NULL,
    metadata_public TEXT,
    metadata_admin TEXT,
    revision BIGINT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL
);

CREATE TABLE credentials (
    id TEXT PRIMARY KEY NOT NULL,
    identity_id TEXT NOT NULL REFERENCES identities (id) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    config TEXT NOT NULL,
    version INTEGER NOT NULL,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    UNIQUE (identity_id, kind)
);

CREATE TABLE credential_identifiers (
    kind TEXT NOT NULL,
    identifier TEXT NOT NULL,
    credential_id TEXT NOT NULL REFERENCES credentials (id) ON DELETE CASCADE,
    identity_id TEXT NOT NULL REFERENCES identities (id) ON DELETE CASCADE,
    PRIMARY KEY (kind, identifier)
);
CREATE INDEX credential_identifiers_credential ON credential_identifiers (credential_id);
CREATE INDEX credential_identifiers_identity ON credential_identifiers (identity_id);
CREATE INDEX credential_identifiers_identifier ON credential_identifiers (identifier);

CREATE TABLE verifiable_addresses (
    id TEXT PRIMARY KEY NOT NULL,
    identity_id TEXT NOT NULL REFERENCES identities (id) ON DELETE CASCADE,
    via TEXT NOT NULL,
    value TEXT NOT NULL,
    verified BOOLEAN NOT NULL,
    verified_at TIMESTAMP,
    status TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    UNIQUE (via, value)
);
CREATE INDEX verifiable_addresses_identity ON verifiable_addresses (identity_id);

CREATE TABLE recovery_addresses (
    id TEXT PRIMARY KEY NOT NULL,
    identity_id TEXT NOT NULL REFERENCES identities (id) ON DELETE CASCADE,
    via TEXT NOT NULL,
    value TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    UNIQUE (via, value)
);
CREATE INDEX recovery_addresses_identity ON recovery_addresses (identity_id);

CREATE TABLE sessions (
    id TEXT PRIMARY KEY NOT NULL,
    identity_id TEXT NOT NULL REFERENCES identities (id) ON DELETE CASCADE,
    token_digest BLOB NOT NULL UNIQUE,
    active BOOLEAN NOT NULL,
    aal TEXT NOT NULL,
    methods TEXT NOT NULL,
    issued_at TIMESTAMP NOT NULL,
    authenticated_at TIMESTAMP NOT NULL,
    expires_at TIMESTAMP NOT NULL
);
CREATE INDEX sessions_identity ON sessions (identity_id);
CREATE INDEX sessions_expiry ON sessions (expires_at);

CREATE TABLE session_devices (
    id TEXT PRIMARY KEY NOT NULL,
    session_id TEXT NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    ip_address TEXT NOT NULL,
    user_agent TEXT NOT NULL,
    location TEXT NOT NULL
);
CREATE INDEX session_devices_session ON session_devices (session_id);

CREATE TABLE flows (
    id TEXT PRIMARY KEY NOT NULL,
    kind TEXT NOT NULL,
    state TEXT NOT NULL,
    revision BIGINT NOT NULL,
    submissions BIGINT NOT NULL,
    data TEXT NOT NULL,
    issued_at TIMESTAMP NOT NULL,
    expires_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    closed_at TIMESTAMP
);
CREATE INDEX flows_expiry ON flows (expires_at);

CREATE TABLE codes (
    id TEXT PRIMARY KEY NOT NULL,
    flow_id TEXT NOT NULL REFERENCES flows (id) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    digest BLOB NOT NULL,
    address_id TEXT REFERENCES verifiable_addresses (id) ON DELETE CASCADE,
    identity_id TEXT REFERENCES identities (id) ON DELETE CASCADE,
    address TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    expires_at TIMESTAMP NOT NULL,
    used_at TIMESTAMP
);
CREATE INDEX codes_flow ON codes (flow_id);
CREATE INDEX codes_address ON codes (address_id);
CREATE INDEX codes_identity ON codes (identity_id);

CREATE TABLE flow_errors (
    id TEXT PRIMARY KEY NOT NULL,
    body TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL
);
CREATE INDEX flow_errors_age ON flow_errors (created_at);

CREATE TABLE courier_messages (
    id TEXT PRIMARY KEY NOT NULL,
    status TEXT NOT NULL,
    kind TEXT NOT NULL,
    recipient TEXT NOT NULL,
    template TEXT NOT NULL,
    channel TEXT NOT NULL,
    sealed BLOB NOT NULL,
    send_count INTEGER NOT NULL,
    send_after TIMESTAMP NOT NULL,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL
);
CREATE INDEX courier_messages_due ON courier_messages (status, send_after);
CREATE INDEX courier_messages_recipient ON courier_messages (recipient);

CREATE TABLE courier_dispatches (
    id TEXT PRIMARY KEY NOT NULL,
    message_id TEXT NOT NULL REFERENCES courier_messages (id) ON DELETE CASCADE,
    status TEXT NOT NULL,
    error TEXT,
    created_at TIMESTAMP NOT NULL
);
CREATE INDEX courier_dispatches_message ON courier_dispatches (message_id);

CREATE TABLE login_failures (
    account BLOB PRIMARY KEY NOT NULL,
    failures INTEGER NOT NULL,
    last_at TIMESTAMP NOT NULL,
    retry_at TIMESTAMP NOT NULL
);
CREATE INDEX login_failures_age ON login_failures (last_at);

CREATE TABLE leases (
    name TEXT PRIMARY KEY NOT NULL,
    holder TEXT NOT NULL,
    held_until TIMESTAMP NOT NULL
);
