-- What an identity can prove, so that a session check need not read credentials.
ALTER TABLE identities ADD COLUMN factors TEXT NOT NULL DEFAULT '[]';
UPDATE identities SET factors = '[{"k":"password","a":"aal1"}]'
WHERE id IN (SELECT identity_id FROM credentials WHERE kind = 'password');

-- Codes serve every kind of flow now. Those under way are asked for again.
DROP TABLE codes;
CREATE TABLE codes (
    id TEXT PRIMARY KEY NOT NULL,
    flow_id TEXT NOT NULL REFERENCES flows (id) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    digest BYTEA NOT NULL,
    identity_id TEXT REFERENCES identities (id) ON DELETE CASCADE,
    via TEXT NOT NULL,
    address TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    expires_at TIMESTAMP NOT NULL,
    used_at TIMESTAMP
);
CREATE INDEX codes_flow ON codes (flow_id);
CREATE INDEX codes_identity ON codes (identity_id);

-- A native program fetches the session of a sign-in that went through a browser.
CREATE TABLE session_token_exchanges (
    flow_id TEXT PRIMARY KEY NOT NULL,
    init_digest BYTEA NOT NULL UNIQUE,
    return_digest BYTEA NOT NULL,
    session_id TEXT REFERENCES sessions (id) ON DELETE CASCADE,
    sealed BYTEA,
    created_at TIMESTAMP NOT NULL
);
CREATE INDEX session_token_exchanges_age ON session_token_exchanges (created_at);
CREATE INDEX session_token_exchanges_session ON session_token_exchanges (session_id);

-- Traits that wait for the proof of a new address.
CREATE TABLE pending_traits (
    flow_id TEXT PRIMARY KEY NOT NULL REFERENCES flows (id) ON DELETE CASCADE,
    identity_id TEXT NOT NULL REFERENCES identities (id) ON DELETE CASCADE,
    sealed BYTEA NOT NULL,
    created_at TIMESTAMP NOT NULL
);
CREATE INDEX pending_traits_identity ON pending_traits (identity_id);

-- What the OAuth2 provider still has to be told.
CREATE TABLE outbox (
    id TEXT PRIMARY KEY NOT NULL,
    subject TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    next_at TIMESTAMP NOT NULL,
    created_at TIMESTAMP NOT NULL
);
CREATE INDEX outbox_due ON outbox (next_at);
