//! For this folder's tests: a migrated database and things to put into it.

use serde_json::json;
use shared_types::{
    contract::OidcContext,
    db::{AnyConn, Db, DbOptions, Dsn, Error, migrate},
    entropy::Entropy,
    id::{ClientId, GrantId, LoginSessionId},
    testing::SeededEntropy,
    time::Time,
};

use super::{MIGRATIONS, clients};
use crate::model::{
    challenge::AuthFlowId,
    client::{Client, Metadata, SecretHashes},
    consent::{Asked, Consent, Granted},
    login_session::LoginSession,
};

/// A database with the schema and the clients `shop` and `bank`.
pub(super) async fn open(dsn: &str) -> Db {
    let db = Db::open(&Dsn::parse(dsn).unwrap(), DbOptions::default()).unwrap();
    db.read(|conn: &mut AnyConn| migrate::run(conn, MIGRATIONS)).await.unwrap();
    db.write(|conn: &mut AnyConn| -> Result<(), Error> {
        for id in ["shop", "bank"] {
            clients::insert(conn, &client(id))?;
        }
        Ok(())
    })
    .await
    .unwrap();
    db
}

fn client(id: &str) -> Client {
    Client {
        id: ClientId::from(id),
        version: 1,
        metadata: Metadata::default(),
        secrets: SecretHashes::default(),
        registration_digest: None,
        created_at: at(0),
        updated_at: at(0),
    }
}

/// An instant.
pub(super) fn at(seconds: i64) -> Time {
    Time::from_timestamp(1_800_000_000 + seconds, 123_456_000).unwrap()
}

/// Entropy by number.
pub(super) fn seed(number: u64) -> impl Entropy {
    SeededEntropy::new(number)
}

/// A remembered session that lasts an hour.
pub(super) fn session(number: u64, subject: &str) -> LoginSession {
    LoginSession {
        id: LoginSessionId::random(&seed(number)),
        subject: subject.to_owned(),
        authenticated_at: at(0),
        remember: true,
        identity_provider_session_id: Some("foreign".to_owned()),
        created_at: at(0),
        expires_at: at(3600),
        acr: "1".to_owned(),
        amr: vec!["pwd".to_owned()],
    }
}

/// A remembered consent without a session.
pub(super) fn consent(number: u64, client: &str, subject: &str) -> Consent {
    let entropy = seed(number);
    Consent {
        grant_id: GrantId::random(&entropy),
        flow_id: AuthFlowId::random(&entropy),
        client_id: ClientId::from(client),
        subject: subject.to_owned(),
        login_session_id: None,
        asked: Asked {
            scope: vec!["openid".into(), "photos".into()],
            audience: vec!["https://api.example".into()],
            oidc_context: OidcContext { login_hint: Some("ann".into()), ..OidcContext::default() },
            request_url: "https://id.example/oauth2/auth?x=1".into(),
            acr: "1".into(),
            amr: vec!["pwd".into()],
            skip: false,
        },
        granted: Granted {
            scope: vec!["openid".into()],
            audience: Vec::new(),
            session: "sealed".into(),
            context: json!({"any": [1, null]}),
            remember: true,
            remember_for: 0,
            handled_at: at(i64::try_from(number).unwrap()),
        },
        authenticated_at: at(0),
        requested_at: at(0),
    }
}
