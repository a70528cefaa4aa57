-- The tables of Ory Kratos an import reads, with the columns it reads. {uuid}, {json} and {time} are the engine's types; lines
-- that end with "later" came after version 0.8.
CREATE TABLE schema_migration (version varchar(48) NOT NULL, version_self integer NOT NULL DEFAULT 0);
INSERT INTO schema_migration (version) VALUES ('20150100000001000000'), ('20260703000000000000');
CREATE TABLE networks (id {uuid} PRIMARY KEY, created_at {time} NOT NULL, updated_at {time} NOT NULL);
CREATE TABLE identities (
    id {uuid} PRIMARY KEY,
    nid {uuid},
    schema_id varchar(2048) NOT NULL,
    traits {json} NOT NULL,
    state varchar(255) NOT NULL DEFAULT 'active',
    state_changed_at {time},
    metadata_public {json}, -- later
    metadata_admin {json}, -- later
    available_aal varchar(4), -- later
    organization_id {uuid}, -- later
    external_id varchar(255), -- later
    created_at {time} NOT NULL,
    updated_at {time} NOT NULL
);
CREATE TABLE identity_credential_types (id {uuid} PRIMARY KEY, name varchar(32) NOT NULL);
CREATE TABLE identity_credentials (
    id {uuid} PRIMARY KEY,
    nid {uuid},
    identity_id {uuid} NOT NULL,
    identity_credential_type_id {uuid} NOT NULL,
    config {json} NOT NULL,
    version integer NOT NULL DEFAULT 0, -- later
    created_at {time} NOT NULL,
    updated_at {time} NOT NULL
);
CREATE TABLE identity_credential_identifiers (
    id {uuid} PRIMARY KEY,
    nid {uuid},
    identifier varchar(255) NOT NULL,
    identity_credential_id {uuid} NOT NULL,
    created_at {time} NOT NULL,
    updated_at {time} NOT NULL
);
CREATE TABLE identity_verifiable_addresses (
    id {uuid} PRIMARY KEY,
    nid {uuid},
    identity_id {uuid} NOT NULL,
    via varchar(16) NOT NULL,
    value varchar(400) NOT NULL,
    verified boolean NOT NULL,
    verified_at {time},
    status varchar(16) NOT NULL,
    created_at {time} NOT NULL,
    updated_at {time} NOT NULL
);
CREATE TABLE identity_recovery_addresses (
    id {uuid} PRIMARY KEY,
    nid {uuid},
    identity_id {uuid} NOT NULL,
    via varchar(16) NOT NULL,
    value varchar(400) NOT NULL,
    created_at {time} NOT NULL,
    updated_at {time} NOT NULL
);
CREATE TABLE sessions (
    id {uuid} PRIMARY KEY,
    nid {uuid},
    identity_id {uuid} NOT NULL,
    token varchar(39) NOT NULL,
    active boolean NOT NULL DEFAULT false,
    aal varchar(4) NOT NULL DEFAULT '',
    authentication_methods {json} NOT NULL,
    issued_at {time} NOT NULL,
    authenticated_at {time} NOT NULL,
    expires_at {time} NOT NULL,
    created_at {time} NOT NULL,
    updated_at {time} NOT NULL
);
CREATE TABLE session_devices (id {uuid} PRIMARY KEY, nid {uuid}, session_id {uuid} NOT NULL, ip_address varchar(50), user_agent varchar(512), location varchar(512), created_at {time}, updated_at {time}); -- later
