-- The tables and columns of an Ory Hydra database that an import reads, as far as a test needs them, in words both engines take.
CREATE TABLE schema_migration (version varchar(48) PRIMARY KEY, version_self integer NOT NULL DEFAULT 0);
INSERT INTO schema_migration (version) VALUES ('20150101000001000000'), ('20260420120000000001');
CREATE TABLE networks (id uuid PRIMARY KEY, created_at timestamp);
INSERT INTO networks (id) VALUES ('00000000-0000-4000-8000-000000000001');

CREATE TABLE hydra_client (
    id varchar(255) NOT NULL, nid uuid NOT NULL, client_name text, client_secret text, rotated_secrets text, redirect_uris text,
    grant_types text, response_types text, scope text, audience text, owner text, contacts text, subject_type varchar(15), jwks text,
    jwks_uri text, token_endpoint_auth_method varchar(25), post_logout_redirect_uris text, metadata text,
    registration_access_token_signature varchar(128), skip_consent boolean, skip_logout_consent boolean,
    client_credentials_grant_access_token_lifespan bigint, created_at timestamp, updated_at timestamp, PRIMARY KEY (id, nid));
INSERT INTO hydra_client (id, nid, client_name, client_secret, rotated_secrets, redirect_uris, grant_types, response_types, scope, audience,
    jwks, token_endpoint_auth_method, metadata, registration_access_token_signature, skip_consent,
    client_credentials_grant_access_token_lifespan, created_at, updated_at) VALUES
    ('shop', '00000000-0000-4000-8000-000000000001', 'The shop', '', '[]', '["https://shop.test/cb"]',
     '["authorization_code","refresh_token"]', '["code"]', 'openid offline photos.*', '[]', '{"keys":null}', 'none', '{"tier":3}', '', false,
     null, '2026-01-02 03:04:05', '2026-01-02 03:04:05'),
    ('machine', '00000000-0000-4000-8000-000000000001', 'A machine', '{bcrypt}', '["{pbkdf2}"]', '[]', '["client_credentials"]', '["token"]',
     'photos.read', '["https://api.test"]', '{}', 'client_secret_basic', '{}', '{registration}', false, 5400000000000,
     '2026-01-02 03:04:05', '2026-01-02 03:04:05'),
    ('broken', '00000000-0000-4000-8000-000000000001', 'Broken', '', '[]', '{"not":"a list"}', '[]', '[]', '', '[]', '{}', 'none', '{}', '',
     false, null, null, null),
    ('elsewhere', '00000000-0000-4000-8000-000000000002', 'Of another network', '', '[]', '[]', '[]', '[]', '', '[]', '{}', 'none', '{}', '',
     false, null, null, null);

CREATE TABLE hydra_jwk (
    pk uuid PRIMARY KEY, sid varchar(255) NOT NULL, kid varchar(255) NOT NULL, nid uuid NOT NULL, version integer NOT NULL,
    keydata text NOT NULL, created_at timestamp NOT NULL);
INSERT INTO hydra_jwk VALUES
    ('00000000-0000-4000-8000-0000000000a1', 'hydra.openid.id-token', 'their-id-key', '00000000-0000-4000-8000-000000000001', 0,
     '{id_key}', '2026-01-02 03:04:05'),
    ('00000000-0000-4000-8000-0000000000a2', 'hydra.jwt.access-token', 'their-access-key', '00000000-0000-4000-8000-000000000001', 0,
     '{access_key}', '2026-01-02 03:04:05'),
    ('00000000-0000-4000-8000-0000000000a3', 'https://issuer.test', 'issuer-key', '00000000-0000-4000-8000-000000000001', 0,
     '{issuer_key}', '2026-01-02 03:04:05');

CREATE TABLE hydra_oauth2_authentication_session (
    id varchar(40) PRIMARY KEY, nid uuid NOT NULL, authenticated_at timestamp, subject varchar(255) NOT NULL, remember boolean NOT NULL,
    identity_provider_session_id varchar(40), expires_at timestamp);
INSERT INTO hydra_oauth2_authentication_session VALUES
    ('00000000-0000-4000-8000-0000000000b1', '00000000-0000-4000-8000-000000000001', '2026-02-28 10:00:00', 'ann', true, 'kratos-1',
     '2199-01-01 00:00:00'),
    ('00000000-0000-4000-8000-0000000000b2', '00000000-0000-4000-8000-000000000001', null, '', false, null, '2199-01-01 00:00:00'),
    ('00000000-0000-4000-8000-0000000000b3', '00000000-0000-4000-8000-000000000001', '2020-01-01 10:00:00', 'old', true, null,
     '2020-02-01 10:00:00');

CREATE TABLE hydra_oauth2_flow (
    login_challenge varchar(40) PRIMARY KEY, nid uuid NOT NULL, requested_scope text, requested_at_audience text, subject varchar(255),
    request_url text, client_id varchar(255), requested_at timestamp, oidc_context text, login_session_id varchar(40), state integer,
    acr text, amr text, context text, login_authenticated_at timestamp, consent_challenge_id varchar(40), consent_skip boolean,
    granted_scope text, granted_at_audience text, consent_remember boolean, consent_remember_for integer, consent_handled_at timestamp,
    consent_error text, session_id_token text, session_access_token text);
INSERT INTO hydra_oauth2_flow VALUES
    ('000000000000400080000000000000c1', '00000000-0000-4000-8000-000000000001', '["openid","offline","photos.read"]', '[]', 'ann',
     'https://id.test/oauth2/auth?client_id=shop', 'shop', '2026-02-28 10:00:00', '{"acr_values":null,"login_hint":"ann@example.com"}',
     '00000000-0000-4000-8000-0000000000b1', null, '1', '["pwd"]', '{"tenant":"a"}', null, '000000000000400080000000000000d1', false,
     '["openid","offline","photos.read"]', '[]', true, 0, '2026-02-28 10:00:30', null, '{"role":"buyer"}', '{"role":"buyer"}'),
    ('000000000000400080000000000000c2', '00000000-0000-4000-8000-000000000001', '[]', '[]', 'ann', '', 'shop', '2026-02-28 10:00:00', '{}',
     null, 129, '', '[]', '{}', null, '000000000000400080000000000000d2', false, '[]', '[]', false, 0, '2026-02-28 10:00:30',
     '{"error":"access_denied"}', '{}', '{}');

CREATE TABLE hydra_oauth2_obfuscated_authentication_session (
    subject varchar(255) NOT NULL, client_id varchar(255) NOT NULL, subject_obfuscated varchar(255) NOT NULL, nid uuid NOT NULL,
    PRIMARY KEY (subject, client_id, nid));
INSERT INTO hydra_oauth2_obfuscated_authentication_session VALUES
    ('ann', 'shop', 'ann-at-the-shop', '00000000-0000-4000-8000-000000000001');

CREATE TABLE hydra_oauth2_trusted_jwt_bearer_issuer (
    id uuid PRIMARY KEY, nid uuid NOT NULL, issuer varchar(255), subject varchar(255), scope text, key_set varchar(255), key_id varchar(255),
    created_at timestamp, expires_at timestamp, allow_any_subject boolean);
INSERT INTO hydra_oauth2_trusted_jwt_bearer_issuer VALUES
    ('00000000-0000-4000-8000-0000000000e1', '00000000-0000-4000-8000-000000000001', 'https://issuer.test', '', 'photos.read|photos.write',
     'https://issuer.test', 'issuer-key', '2026-01-02 03:04:05', '2199-01-01 00:00:00', true);

CREATE TABLE hydra_oauth2_refresh (
    signature varchar(255) PRIMARY KEY, nid uuid NOT NULL, request_id varchar(40) NOT NULL, requested_at timestamp, client_id varchar(255),
    scope text, granted_scope text, form_data text, session_data text, subject varchar(255), active boolean, requested_audience text,
    granted_audience text, challenge_id varchar(40), expires_at timestamp, first_used_at timestamp, access_token_signature varchar(128),
    used_times integer);
INSERT INTO hydra_oauth2_refresh VALUES
    ('{live}', '00000000-0000-4000-8000-000000000001', '000000000000400080000000000000d1', '2026-02-28 10:00:40', 'shop',
     'openid|offline|photos.read', 'openid|offline|photos.read', '', '{session}', 'ann', true, '', '',
     '000000000000400080000000000000d1', '2199-01-01 00:00:00', null, '{opaque}', null),
    ('{spent}', '00000000-0000-4000-8000-000000000001', '000000000000400080000000000000d3', '2026-02-28 10:00:40', 'shop',
     'openid|offline', 'openid|offline', '', '{sealed_session}', 'ann', false, '', '', null, '2199-01-01 00:00:00', '2026-02-28 11:00:00',
     null, 1),
    ('{sister}', '00000000-0000-4000-8000-000000000001', '000000000000400080000000000000d3', '2026-02-28 10:00:40', 'shop',
     'openid|offline', 'openid|offline', '', '{sealed_session}', 'ann', true, '', '', null, '2199-01-01 00:00:00', null, null, null);

CREATE TABLE hydra_oauth2_access (
    signature varchar(255) PRIMARY KEY, nid uuid NOT NULL, request_id varchar(40) NOT NULL, requested_at timestamp, client_id varchar(255),
    scope text, granted_scope text, form_data text, session_data text, subject varchar(255), active boolean, requested_audience text,
    granted_audience text, challenge_id varchar(40), expires_at timestamp);
INSERT INTO hydra_oauth2_access VALUES
    ('{opaque}', '00000000-0000-4000-8000-000000000001', '000000000000400080000000000000d1', '2026-02-28 10:00:40', 'shop',
     'openid|offline|photos.read', 'openid|offline|photos.read', '', '{session}', 'ann', true, '', 'https://api.test',
     '000000000000400080000000000000d1', '2199-01-01 00:00:00'),
    ('{jwt}', '00000000-0000-4000-8000-000000000001', '000000000000400080000000000000d4', '2026-02-28 10:00:40', 'machine',
     'photos.read', 'photos.read', '', '{machine_session}', '', true, '', '', null, '2199-01-01 00:00:00'),
    ('{over}', '00000000-0000-4000-8000-000000000001', '000000000000400080000000000000d5', '2020-02-28 10:00:40', 'machine',
     'photos.read', 'photos.read', '', '{"extra":{}}', '', true, '', '', null, '2020-02-28 11:00:40');

CREATE TABLE hydra_oauth2_jti_blacklist (signature varchar(64) PRIMARY KEY, nid uuid NOT NULL, expires_at timestamp NOT NULL);
INSERT INTO hydra_oauth2_jti_blacklist VALUES ('{jti}', '00000000-0000-4000-8000-000000000001', '2199-01-01 00:00:00');

CREATE TABLE hydra_oauth2_code (signature varchar(255) PRIMARY KEY, nid uuid NOT NULL);
INSERT INTO hydra_oauth2_code VALUES ('code', '00000000-0000-4000-8000-000000000001');
