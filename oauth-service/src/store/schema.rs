//! The tables, as the migrations make them.

diesel::table! {
    clients (id) {
        id -> Text,
        name -> Text,
        owner -> Text,
        version -> BigInt,
        metadata -> Text,
        secret_hash -> Nullable<Text>,
        rotated_secret_hashes -> Text,
        registration_digest -> Nullable<Binary>,
        created_at -> Timestamp,
        updated_at -> Timestamp,
    }
}

diesel::table! {
    key_sets (name) {
        name -> Text,
        created_at -> Timestamp,
        longest_lifetime -> BigInt,
    }
}

diesel::table! {
    keys (set_name, kid) {
        set_name -> Text,
        kid -> Text,
        alg -> Text,
        sealed -> Binary,
        created_at -> Timestamp,
        signs_from -> Nullable<Timestamp>,
        made_here -> Bool,
    }
}

diesel::table! {
    login_sessions (id) {
        id -> Text,
        subject -> Text,
        authenticated_at -> Timestamp,
        remember -> Bool,
        identity_provider_session_id -> Nullable<Text>,
        created_at -> Timestamp,
        expires_at -> Timestamp,
        acr -> Text,
        amr -> Text,
    }
}

diesel::table! {
    session_clients (login_session_id, client_id) {
        login_session_id -> Text,
        client_id -> Text,
    }
}

diesel::table! {
    consents (id) {
        id -> Text,
        flow_id -> Text,
        client_id -> Text,
        subject -> Text,
        login_session_id -> Nullable<Text>,
        requested_scope -> Text,
        requested_audience -> Text,
        granted_scope -> Text,
        granted_audience -> Text,
        session -> Text,
        oidc_context -> Text,
        context -> Text,
        request_url -> Text,
        acr -> Text,
        amr -> Text,
        skip -> Bool,
        remember -> Bool,
        remember_for -> BigInt,
        remember_until -> Nullable<Timestamp>,
        authenticated_at -> Timestamp,
        requested_at -> Timestamp,
        handled_at -> Timestamp,
    }
}

diesel::table! {
    pending_requests (id) {
        id -> Text,
        purpose -> Text,
        body -> Binary,
        expires_at -> Timestamp,
    }
}

diesel::table! {
    forced_subjects (subject, client_id) {
        subject -> Text,
        client_id -> Text,
        value -> Text,
    }
}

diesel::table! {
    authorization_codes (digest) {
        digest -> Binary,
        grant_id -> Text,
        client_id -> Text,
        subject -> Text,
        scope -> Text,
        audience -> Text,
        session -> Binary,
        redirect_uri -> Nullable<Text>,
        code_challenge -> Nullable<Text>,
        issued_at -> Timestamp,
        expires_at -> Timestamp,
        used_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    access_tokens (digest) {
        digest -> Binary,
        grant_id -> Nullable<Text>,
        client_id -> Text,
        subject -> Text,
        scope -> Text,
        audience -> Text,
        session -> Binary,
        issued_at -> Timestamp,
        expires_at -> Timestamp,
    }
}

diesel::table! {
    refresh_tokens (digest) {
        digest -> Binary,
        grant_id -> Text,
        client_id -> Text,
        subject -> Text,
        scope -> Text,
        audience -> Text,
        session -> Binary,
        access_digest -> Nullable<Binary>,
        issued_at -> Timestamp,
        expires_at -> Nullable<Timestamp>,
        first_used_at -> Nullable<Timestamp>,
        used_times -> BigInt,
    }
}

diesel::table! {
    device_requests (id) {
        id -> Text,
        device_digest -> Binary,
        user_digest -> Binary,
        client_id -> Text,
        scope -> Text,
        audience -> Text,
        poll_interval -> BigInt,
        polled_at -> Nullable<Timestamp>,
        state -> Text,
        grant_id -> Nullable<Text>,
        subject -> Nullable<Text>,
        granted_scope -> Nullable<Text>,
        granted_audience -> Nullable<Text>,
        session -> Nullable<Binary>,
        issued_at -> Timestamp,
        expires_at -> Timestamp,
    }
}

diesel::table! {
    trusted_issuers (id) {
        id -> Text,
        issuer -> Text,
        subject -> Text,
        scope -> Text,
        kid -> Text,
        created_at -> Timestamp,
        expires_at -> Timestamp,
    }
}

diesel::table! {
    used_nonces (purpose, digest) {
        purpose -> Text,
        digest -> Binary,
        expires_at -> Timestamp,
    }
}

diesel::table! {
    leases (name) {
        name -> Text,
        holder -> Text,
        expires_at -> Timestamp,
    }
}

diesel::table! {
    imported_rows (kind, digest) {
        kind -> Text,
        digest -> Binary,
        expires_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    imported_secrets (kind, digest) {
        kind -> Text,
        digest -> Binary,
        sealed -> Binary,
    }
}
