//! The same with databases a real Hydra made, on demand: `PORTICO_HYDRA` names the program.

mod server;

use futures_util::{StreamExt as _, stream};
use reqwest::Method;
use serde_json::{Value, json};
use shared_types::{
    on_both,
    testing::TempDatabase,
    time::{Clock as _, SystemClock},
};

use self::server::{Hydra, program};
use super::{
    theirs::{COOKIE_SECRET, SECRET},
    told,
};
use crate::oauth2::{
    auth::world::{World, consent, login, merge, read, request},
    token::{part, text},
};

/// What their secret was before.
const OLDER: &str = "the secret before the secret of theirs";
const CLIENTS: usize = 2000;
const PEOPLE: usize = 40;
const SECRET_OF_CLIENTS: &str = "a-secret-of-their-clients";

/// What somebody got from Hydra and still holds.
struct Held {
    person: String,
    cookie: String,
    client: &'static str,
    tokens: Value,
    /// Spent there already.
    spent: Option<String>,
}

on_both! {
    async fn a_real_hydra_moves_without_one_forced_login(dsn: String) {
        let Some(program) = program() else {
            eprintln!("skipped: PORTICO_HYDRA is not set");
            return;
        };
        let folder = tempfile::tempdir().unwrap();
        let database = if dsn.starts_with("sqlite") { TempDatabase::sqlite() } else { TempDatabase::postgres().unwrap() };
        let older = json!({"secrets": {"system": [OLDER]}, "oauth2": {"session": {"encrypt_at_rest": false}}});
        let hydra = Hydra::start(&program, &database, folder.path(), older).await;
        clients(&hydra, 0..CLIENTS / 2).await;
        let mut held = people(&hydra, "before").await;
        drop(hydra);
        let newer = json!({"secrets": {"system": [SECRET, OLDER]}, "oauth2": {"hashers": {"algorithm": "pbkdf2", "pbkdf2": {"iterations": 1000}}}});
        let hydra = Hydra::start(&program, &database, folder.path(), newer).await;
        clients(&hydra, CLIENTS / 2..CLIENTS).await;
        for set in ["hydra.openid.id-token", "hydra.jwt.access-token"] {
            let key = json!({"alg": "RS256", "use": "sig", "kid": format!("rotated {set}")});
            assert_eq!(hydra.admin(Method::POST, &format!("admin/keys/{set}"), Some(&key)).await.status, 201);
        }
        held.extend(people(&hydra, "after").await);
        let machine = hydra.token(("machine-7", SECRET_OF_CLIENTS), &[("grant_type", "client_credentials"), ("scope", "photos.read")]).await;
        let registered = hydra.client(&json!({"client_id": "dynamic", "client_name": "Dynamic"})).await;
        drop(hydra);

        let world = World::with(&dsn, json!({"oidc": {"dynamic_client_registration": {"enabled": true}, "subject_identifiers": {"supported_types": ["public", "pairwise"], "pairwise": {"salt": "a salt of some length"}}}})).await;
        world.clock.advance(SystemClock.now() - world.now());
        for run in 0..2 {
            let told = told(&dsn, &database.dsn(), &["--system-secret", SECRET, "--system-secret", OLDER, "--cookie-secret", COOKIE_SECRET]).await;
            assert!(told.success, "{} {}", told.report, told.stderr);
            eprintln!("{:#}", told.report);
            let count = u64::try_from(CLIENTS).unwrap() + 5;
            let clients = told.counts("clients");
            assert_eq!(clients, if run == 0 { [count, 0, 0, 0, 0] } else { [0, 0, count, 0, 0] });
        }
        world.clock.advance(chrono::Duration::seconds(11));
        let dynamic = read(world.public(Method::GET, "/oauth2/register/dynamic").bearer_auth(text(&registered, "registration_access_token"))).await;
        assert_eq!(dynamic.status, 200, "{dynamic:?}");
        assert_eq!(world.introspect(text(&machine, "access_token")).await["client_id"], "machine-7");
        machines(&world).await;
        for held in held {
            holds(&world, held).await;
        }
    }
}

/// Clients of every method of authentication Hydra has.
async fn clients(hydra: &Hydra, numbers: std::ops::Range<usize>) {
    if numbers.start == 0 {
        let web = json!({
            "redirect_uris": ["https://shop.test/cb"], "grant_types": ["authorization_code", "refresh_token"],
            "response_types": ["code"], "scope": "openid offline photos.read", "client_secret": SECRET_OF_CLIENTS,
        });
        for (id, more) in [
            ("shop", json!({"token_endpoint_auth_method": "none", "client_secret": ""})),
            ("web", json!({"metadata": {"tier": 3}, "logo_uri": "https://shop.test/logo.png"})),
            ("pairwise", json!({"subject_type": "pairwise"})),
            ("jwt", json!({"access_token_strategy": "jwt"})),
        ] {
            let mut body = web.clone();
            merge(&mut body, more);
            body["client_id"] = json!(id);
            hydra.client(&body).await;
        }
    }
    let make = |number: usize| async move {
        let method = ["client_secret_basic", "client_secret_post", "private_key_jwt", "none"][number % 4];
        let mut body = json!({
            "client_id": format!("machine-{number}"), "client_name": format!("Machine {number}"),
            "grant_types": ["client_credentials"], "scope": "photos.read", "token_endpoint_auth_method": method,
            "client_credentials_grant_access_token_lifespan": "90m", "contacts": ["ops@example.com"],
        });
        match method {
            "private_key_jwt" => body["jwks_uri"] = json!("https://shop.test/jwks.json"),
            "none" => body["grant_types"] = json!(["authorization_code"]),
            _ => body["client_secret"] = json!(SECRET_OF_CLIENTS),
        }
        // The one that asks for a token by name.
        if number == 7 {
            body["token_endpoint_auth_method"] = json!("client_secret_basic");
            body["grant_types"] = json!(["client_credentials"]);
            body["client_secret"] = json!(SECRET_OF_CLIENTS);
        }
        hydra.client(&body).await;
    };
    stream::iter(numbers.map(make)).buffer_unordered(8).collect::<Vec<()>>().await;
}

/// People who log in, consent and get tokens; every second of them refreshes once.
async fn people(hydra: &Hydra, when: &str) -> Vec<Held> {
    let mut held = Vec::new();
    for number in 0..PEOPLE {
        let client = ["shop", "web", "pairwise", "jwt"][number % 4];
        let secret = if client == "shop" { "" } else { SECRET_OF_CLIENTS };
        let person = format!("{when}-{number}");
        let mut visitor = hydra.visitor();
        let url = request(&[&format!("client_id={client}")]);
        let code = visitor.authorize(&url, &login(&person, true), &consent(true)).await;
        let mut tokens = hydra.redeem((client, secret), &code).await;
        let mut spent = None;
        if number % 2 == 1 {
            let old = text(&tokens, "refresh_token").to_owned();
            let form = [("grant_type", "refresh_token"), ("refresh_token", old.as_str())];
            tokens = hydra.token((client, secret), &form).await;
            spent = Some(old);
        }
        let cookie = visitor.cookies["ory_hydra_session"].clone();
        held.push(Held { person, cookie, client, tokens, spent });
    }
    held
}

/// Secrets of machines, whichever way they are hashed.
async fn machines(world: &World) {
    for number in [0, 4, 400, CLIENTS / 2 + 4, CLIENTS - 4] {
        let id = format!("machine-{number}");
        let form = [("grant_type", "client_credentials"), ("scope", "photos.read")];
        let call = world.public(Method::POST, "/oauth2/token").basic_auth(&id, Some(SECRET_OF_CLIENTS)).form(&form);
        let reply = read(call).await;
        assert_eq!(reply.status, 200, "{id}: {reply:?}");
        assert_eq!(reply.json()["expires_in"], 5400);
    }
}

/// What one of the people still has is good.
async fn holds(world: &World, held: Held) {
    let Held { person, cookie, client, tokens, spent } = held;
    let told = world.introspect(text(&tokens, "access_token")).await;
    assert_eq!(
        (&told["active"], &told["sub"], &told["client_id"]),
        (&json!(true), &json!(person), &json!(client)),
        "{told}"
    );
    assert_eq!(told["ext"]["role"], "buyer", "{told}");
    // Neither asks anybody: not to log in, not to consent.
    let mut browser = world.browser();
    browser.cookies.insert("ory_hydra_session".to_owned(), cookie);
    let hint = format!("id_token_hint={}", text(&tokens, "id_token"));
    let challenge = browser.start(&request(&[&format!("client_id={client}"), &hint, "prompt=none"])).await;
    let asked = world.page("login", "", &challenge, Value::Null).await.json();
    assert_eq!((&asked["skip"], text(&asked, "subject")), (&json!(true), person.as_str()), "{asked}");
    let next = world.accept("login", &challenge, json!({"subject": person})).await;
    let reply = browser.get(&next).await;
    let challenge = reply.sent("consent_challenge").unwrap_or_else(|| panic!("{reply:?}"));
    let asked = world.page("consent", "", &challenge, Value::Null).await.json();
    // A public client's consent is remembered where only it can be sent to.
    assert_eq!(asked["skip"], true, "{asked}");
    let before = part(text(&tokens, "id_token"), 1);
    let refreshed =
        refresh(world, client, text(&tokens, "refresh_token")).await.expect("an old refresh token refreshes");
    let after = part(text(&refreshed, "id_token"), 1);
    for claim in ["sub", "sid", "auth_time", "nonce", "acr", "amr", "role", "aud"] {
        assert_eq!(before[claim], after[claim], "{claim}: {before} {after}");
    }
    let again = spent.unwrap_or_else(|| text(&tokens, "refresh_token").to_owned());
    assert!(refresh(world, client, &again).await.is_none(), "a token is good once");
    assert!(refresh(world, client, text(&refreshed, "refresh_token")).await.is_none(), "and its family ends");
    assert_eq!(world.introspect(text(&refreshed, "access_token")).await, json!({"active": false}));
}

async fn refresh(world: &World, client: &str, token: &str) -> Option<Value> {
    let form = [("grant_type", "refresh_token"), ("refresh_token", token)];
    let call = world.public(Method::POST, "/oauth2/token");
    let reply = read(match client {
        "shop" => call.form(&[form[0], form[1], ("client_id", client)]),
        _ => call.basic_auth(client, Some(SECRET_OF_CLIENTS)).form(&form),
    })
    .await;
    (reply.status == 200).then(|| reply.json())
}
