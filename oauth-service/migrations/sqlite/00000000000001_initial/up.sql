CREATE TABLE clients (
    id TEXT PRIMARY KEY NOT NULL,
    name TEXT NOT NULL,
    owner TEXT NOT NULL,
    version BIGINT NOT NULL,
    metadata TEXT NOT NULL,
    secret_hash TEXT,
    rotated_secret_hashes TEXT NOT NULL,
    registration_digest BLOB,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL
);

CREATE TABLE key_sets (
    name TEXT PRIMARY KEY NOT NULL,
    created_at TIMESTAMP NOT NULL
);

CREATE TABLE keys (
    set_name TEXT NOT NULL REFERENCES key_sets (name) ON DELETE CASCADE,
    kid TEXT NOT NULL,
    alg TEXT NOT NULL,
    sealed BLOB NOT NULL,
    created_at TIMESTAMP NOT NULL,
    PRIMARY KEY (set_name, kid)
);

CREATE TABLE login_sessions (
    id TEXT PRIMARY KEY NOT NULL,
    subject TEXT NOT NULL,
    authenticated_at TIMESTAMP NOT NULL,
    remember BOOLEAN NOT NULL,
    identity_provider_session_id TEXT,
    created_at TIMESTAMP NOT NULL,
    expires_at TIMESTAMP NOT NULL
);
CREATE INDEX login_sessions_subject ON login_sessions (subject);
CREATE INDEX login_sessions_expires_at ON login_sessions (expires_at);

CREATE TABLE consents (
    id TEXT PRIMARY KEY NOT NULL,
    flow_id TEXT NOT NULL UNIQUE,
    client_id TEXT NOT NULL REFERENCES clients (id) ON DELETE CASCADE,
    subject TEXT NOT NULL,
    login_session_id TEXT REFERENCES login_sessions (id) ON DELETE SET NULL,
    requested_scope TEXT NOT NULL,
    requested_audience TEXT NOT NULL,
    granted_scope TEXT NOT NULL,
    granted_audience TEXT NOT NULL,
    session TEXT NOT NULL,
    oidc_context TEXT NOT NULL,
    context TEXT NOT NULL,
    request_url TEXT NOT NULL,
    acr TEXT NOT NULL,
    amr TEXT NOT NULL,
    skip BOOLEAN NOT NULL,
    remember BOOLEAN NOT NULL,
    remember_for BIGINT NOT NULL,
    remember_until TIMESTAMP,
    authenticated_at TIMESTAMP NOT NULL,
    requested_at TIMESTAMP NOT NULL,
    handled_at TIMESTAMP NOT NULL
);
CREATE INDEX consents_subject ON consents (subject, client_id, skip, handled_at);
CREATE INDEX consents_client ON consents (client_id);
CREATE INDEX consents_login_session ON consents (login_session_id);

CREATE TABLE pending_requests (
    id TEXT PRIMARY KEY NOT NULL,
    purpose TEXT NOT NULL,
    body BLOB NOT NULL,
    expires_at TIMESTAMP NOT NULL
);
CREATE INDEX pending_requests_expires_at ON pending_requests (expires_at);

CREATE TABLE forced_subjects (
    subject TEXT NOT NULL,
    client_id TEXT NOT NULL REFERENCES clients (id) ON DELETE CASCADE,
    value TEXT NOT NULL,
    PRIMARY KEY (subject, client_id)
);
CREATE INDEX forced_subjects_value ON forced_subjects (client_id, value);

-- Codes and tokens name their client without a foreign key: checking one on every token would lock the client's row.
-- Deleting a client deletes them in the same transaction.
CREATE TABLE authorization_codes (
    digest BLOB PRIMARY KEY NOT NULL,
    grant_id TEXT NOT NULL,
    client_id TEXT NOT NULL,
    subject TEXT NOT NULL,
    scope TEXT NOT NULL,
    audience TEXT NOT NULL,
    session BLOB NOT NULL,
    redirect_uri TEXT,
    code_challenge TEXT,
    issued_at TIMESTAMP NOT NULL,
    expires_at TIMESTAMP NOT NULL,
    used_at TIMESTAMP
) WITHOUT ROWID;
CREATE INDEX authorization_codes_grant ON authorization_codes (grant_id);
CREATE INDEX authorization_codes_client ON authorization_codes (client_id);
CREATE INDEX authorization_codes_expires_at ON authorization_codes (expires_at);

CREATE TABLE access_tokens (
    digest BLOB PRIMARY KEY NOT NULL,
    grant_id TEXT,
    client_id TEXT NOT NULL,
    subject TEXT NOT NULL,
    scope TEXT NOT NULL,
    audience TEXT NOT NULL,
    session BLOB NOT NULL,
    issued_at TIMESTAMP NOT NULL,
    expires_at TIMESTAMP NOT NULL
) WITHOUT ROWID;
CREATE INDEX access_tokens_grant ON access_tokens (grant_id) WHERE grant_id IS NOT NULL;
CREATE INDEX access_tokens_client ON access_tokens (client_id);
CREATE INDEX access_tokens_expires_at ON access_tokens (expires_at);

CREATE TABLE refresh_tokens (
    digest BLOB PRIMARY KEY NOT NULL,
    grant_id TEXT NOT NULL,
    client_id TEXT NOT NULL,
    subject TEXT NOT NULL,
    scope TEXT NOT NULL,
    audience TEXT NOT NULL,
    session BLOB NOT NULL,
    access_digest BLOB,
    issued_at TIMESTAMP NOT NULL,
    expires_at TIMESTAMP,
    first_used_at TIMESTAMP,
    used_times BIGINT NOT NULL
) WITHOUT ROWID;
CREATE INDEX refresh_tokens_grant ON refresh_tokens (grant_id);
CREATE INDEX refresh_tokens_client ON refresh_tokens (client_id);
CREATE INDEX refresh_tokens_expires_at ON refresh_tokens (expires_at);

CREATE TABLE used_nonces (
    purpose TEXT NOT NULL,
    digest BLOB NOT NULL,
    expires_at TIMESTAMP NOT NULL,
    PRIMARY KEY (purpose, digest)
);
CREATE INDEX used_nonces_expires_at ON used_nonces (expires_at);

CREATE TABLE leases (
    name TEXT PRIMARY KEY NOT NULL,
    holder TEXT NOT NULL,
    expires_at TIMESTAMP NOT NULL
);
