//! The tables, as the migrations make them.

diesel::table! {
    identities (id) {
        id -> Text,
        external_id -> Nullable<Text>,
        schema_id -> Text,
        state -> Text,
        state_changed_at -> Nullable<Timestamp>,
        traits -> Text,
        metadata_public -> Nullable<Text>,
        metadata_admin -> Nullable<Text>,
        factors -> Text,
        revision -> BigInt,
        created_at -> Timestamp,
        updated_at -> Timestamp,
    }
}

diesel::table! {
    credentials (id) {
        id -> Text,
        identity_id -> Text,
        kind -> Text,
        config -> Text,
        version -> Integer,
        created_at -> Timestamp,
        updated_at -> Timestamp,
    }
}

diesel::table! {
    credential_identifiers (kind, identifier) {
        kind -> Text,
        identifier -> Text,
        credential_id -> Text,
        identity_id -> Text,
    }
}

diesel::table! {
    verifiable_addresses (id) {
        id -> Text,
        identity_id -> Text,
        via -> Text,
        value -> Text,
        verified -> Bool,
        verified_at -> Nullable<Timestamp>,
        status -> Text,
        created_at -> Timestamp,
        updated_at -> Timestamp,
    }
}

diesel::table! {
    recovery_addresses (id) {
        id -> Text,
        identity_id -> Text,
        via -> Text,
        value -> Text,
        created_at -> Timestamp,
        updated_at -> Timestamp,
    }
}

diesel::table! {
    sessions (id) {
        id -> Text,
        identity_id -> Text,
        token_digest -> Binary,
        active -> Bool,
        aal -> Text,
        methods -> Text,
        issued_at -> Timestamp,
        authenticated_at -> Timestamp,
        expires_at -> Timestamp,
    }
}

diesel::table! {
    session_devices (id) {
        id -> Text,
        session_id -> Text,
        ip_address -> Text,
        user_agent -> Text,
        location -> Text,
    }
}

diesel::table! {
    flows (id) {
        id -> Text,
        kind -> Text,
        state -> Text,
        revision -> BigInt,
        submissions -> BigInt,
        data -> Text,
        issued_at -> Timestamp,
        expires_at -> Timestamp,
        updated_at -> Timestamp,
        closed_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    codes (id) {
        id -> Text,
        flow_id -> Text,
        kind -> Text,
        digest -> Binary,
        identity_id -> Nullable<Text>,
        via -> Text,
        address -> Text,
        created_at -> Timestamp,
        expires_at -> Timestamp,
        used_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    session_token_exchanges (flow_id) {
        flow_id -> Text,
        init_digest -> Binary,
        return_digest -> Binary,
        session_id -> Nullable<Text>,
        sealed -> Nullable<Binary>,
        created_at -> Timestamp,
    }
}

diesel::table! {
    pending_traits (flow_id) {
        flow_id -> Text,
        identity_id -> Text,
        sealed -> Binary,
        created_at -> Timestamp,
    }
}

diesel::table! {
    outbox (id) {
        id -> Text,
        subject -> Text,
        attempts -> Integer,
        next_at -> Timestamp,
        created_at -> Timestamp,
    }
}

diesel::table! {
    flow_errors (id) {
        id -> Text,
        body -> Text,
        created_at -> Timestamp,
        updated_at -> Timestamp,
    }
}

diesel::table! {
    courier_messages (id) {
        id -> Text,
        status -> Text,
        kind -> Text,
        recipient -> Text,
        template -> Text,
        channel -> Text,
        sealed -> Binary,
        send_count -> Integer,
        send_after -> Timestamp,
        created_at -> Timestamp,
        updated_at -> Timestamp,
    }
}

diesel::table! {
    courier_dispatches (id) {
        id -> Text,
        message_id -> Text,
        status -> Text,
        error -> Nullable<Text>,
        created_at -> Timestamp,
    }
}

diesel::table! {
    login_failures (account) {
        account -> Binary,
        failures -> Integer,
        last_at -> Timestamp,
        retry_at -> Timestamp,
    }
}

diesel::table! {
    audit_events (id) {
        id -> Text,
        at -> Timestamp,
        event -> Text,
        actor -> Nullable<Text>,
        identity -> Nullable<Text>,
        details -> Text,
    }
}

diesel::table! {
    leases (name) {
        name -> Text,
        holder -> Text,
        held_until -> Timestamp,
    }
}

diesel::table! {
    imports (source, kind, id) {
        source -> Text,
        kind -> Text,
        id -> Text,
        there -> Binary,
        here -> Binary,
    }
}

diesel::joinable!(credentials -> identities (identity_id));
diesel::joinable!(credential_identifiers -> credentials (credential_id));
diesel::joinable!(sessions -> identities (identity_id));
diesel::joinable!(session_devices -> sessions (session_id));
diesel::joinable!(verifiable_addresses -> identities (identity_id));
diesel::allow_tables_to_appear_in_same_query!(
    identities,
    credentials,
    credential_identifiers,
    verifiable_addresses,
    recovery_addresses,
    sessions,
    session_devices,
);
