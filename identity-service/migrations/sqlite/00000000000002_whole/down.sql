DROP TABLE outbox;
DROP TABLE pending_traits;
DROP TABLE session_token_exchanges;
DROP TABLE codes;
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
ALTER TABLE identities DROP COLUMN factors;
