-- What devices ask for (RFC 8628), from the code on the screen to the tokens.
CREATE TABLE device_requests (
    id TEXT PRIMARY KEY NOT NULL,
    device_digest BYTEA NOT NULL UNIQUE,
    user_digest BYTEA NOT NULL UNIQUE,
    client_id TEXT NOT NULL,
    scope TEXT NOT NULL,
    audience TEXT NOT NULL,
    -- Seconds; grows when the device asks too often.
    poll_interval BIGINT NOT NULL,
    polled_at TIMESTAMP,
    -- pending, claimed, granted, denied, used
    state TEXT NOT NULL,
    grant_id TEXT,
    subject TEXT,
    granted_scope TEXT,
    granted_audience TEXT,
    session BYTEA,
    issued_at TIMESTAMP NOT NULL,
    expires_at TIMESTAMP NOT NULL
);
CREATE INDEX device_requests_grant ON device_requests (grant_id);
CREATE INDEX device_requests_client ON device_requests (client_id);
CREATE INDEX device_requests_expires_at ON device_requests (expires_at);

-- Whose assertions are exchanged for tokens (RFC 7523). The key itself lies sealed in the set named like the issuer.
CREATE TABLE trusted_issuers (
    id TEXT PRIMARY KEY NOT NULL,
    issuer TEXT NOT NULL,
    -- Empty: any subject.
    subject TEXT NOT NULL,
    scope TEXT NOT NULL,
    kid TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    expires_at TIMESTAMP NOT NULL,
    UNIQUE (issuer, subject, kid)
);
CREATE INDEX trusted_issuers_expires_at ON trusted_issuers (expires_at);
