//! Password hashes of other systems: imported, signed in with, and replaced by our own (contract §4.4).

use serde_json::{Value, json};
use shared_types::on_both;

use crate::world::{Answer, World, send};

/// The password of most of them.
const PASSWORD: &str = "correct horse";

/// One of each family: the password, and what another system keeps of it.
const FOREIGN: &[(&str, &str)] = &[
    ("U*U", "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"),
    ("password", "$argon2id$v=19$m=256,t=2,p=2$c29tZXNhbHQ$bQk8UB/VmZZF4Oo79iDXuL5/0ttZwg2f/5U52iv1cDc"),
    ("password", "$argon2i$v=19$m=256,t=2,p=1$c29tZXNhbHQ$iekCn0Y3spW+sCcFanM2xBT63UP2sghkUoHLIUpWRS8"),
    ("password", "$pbkdf2-sha256$i=4096,l=32$c2FsdA$xeR41ZKIyEGqUw22hFxMjZYok6ABzk4RpJY4c6qYE0o"),
    (
        "pleaseletmein",
        "$scrypt$ln=16384,r=8,p=1$U29kaXVtQ2hsb3JpZGU=$cCO9yzr9c0hGHAbNgf046/2o+7qQT44+qbVD9lRdofLVQylVYT8Pz2LUlwUkKpr55h6F3A1lHkDfzwF7RVdYhw==",
    ),
    (
        "user1password",
        "$firescrypt$ln=14,r=8,p=1$42xEC+ixf3L2lw==$lSrfV15cpx95/sZS2W9c9Kp6i/LVgQNDNC/qzrCnh1SAyZvqmZqAjTdn3aoItz+VHjoZilo78198JAdRuid5lQ==$Bw==$jxspr8Ki0RYycVU8zykbdLGjFQ3McFUH0uiiTvC8pVMXAn210wjLNmdZJzxUECKbm0QsEmYUSDzZvpjeJ9WmXA==",
    ),
    (PASSWORD, "$md5-crypt$4kQ.z7/b$Wa/0o3SFDEVTLHCmcTNBy."),
    (PASSWORD, "$sha256-crypt$4kQ.z7/b$R55ta6LKAEna7FewdXIyK1dKEqQCDJjrjiSKReBUOjB"),
    (
        PASSWORD,
        "$sha512-crypt$4kQ.z7/b$ykIjZIUiiyMb1w3xexVVd7XbORSdgpX6R5xMiYu7R8UuXB5lY9QaxGlyXHkawsUx4CAQ1EB/0v7ikDKIyLtfA0",
    ),
    (PASSWORD, "{SSHA}6Uv7I8iqGRar7rbbukELxe5vC4YBAnNhbHT/"),
    (PASSWORD, "$md5$PLTnMmMfR+brlh80VUt83g=="),
    (PASSWORD, "$sha1$pf=e1BBU1NXT1JEfTp7U0FMVH0=$NW9wbWtnejAzcg==$V6bzqdEIZJJ737/ZIpNLWaXJl0Y="),
    (
        PASSWORD,
        "$sha256$pf=cGVwcGVye1NBTFR9JHtQQVNTV09SRH0k$NW9wbWtnejAzcg==$RVAfAwWYUqPq7bbXxehfOuoq47/lQPCqMhbAiyacQ+0=",
    ),
    (
        "what do ya want for nothing?",
        "$hmac-sha256$NWJkY2MxNDZiZjYwNzU0ZTZhMDQyNDI2MDg5NTc1Yzc1YTAwM2YwODlkMjczOTgzOWRlYzU4Yjk2NGVjMzg0Mw==$SmVmZQ==",
    ),
];

async fn import(world: &World, email: &str, hash: &str) -> Answer {
    let body = json!({
        "schema_id": "default", "traits": {"email": email},
        "credentials": {"password": {"config": {"hashed_password": hash}}},
    });
    world.call("POST", "/admin/identities", &body).await
}

async fn sign_in(world: &World, email: &str, password: &str) -> Answer {
    let flow = send(world.public("GET", "/self-service/login/api")).await;
    let action = flow.body["ui"]["action"].as_str().unwrap().to_owned();
    let body = json!({"method": "password", "identifier": email, "password": password});
    send(world.client.post(action).json(&body)).await
}

async fn stored(world: &World, id: &Value) -> String {
    let path = format!("/admin/identities/{}?include_credential=password", id.as_str().unwrap());
    let shown = world.get(&path).await;
    shown.body["credentials"]["password"]["config"]["hashed_password"].as_str().unwrap().to_owned()
}

on_both! {
    async fn every_family_signs_in_once_and_is_ours_then(dsn: String) {
        let world = World::start(&dsn).await;
        for (number, (password, hash)) in FOREIGN.iter().enumerate() {
            let email = format!("p{number}@example.org");
            let made = import(&world, &email, hash).await;
            assert_eq!(made.status, 201, "{hash}: {made:?}");
            let id = &made.body["id"];
            let wrong = sign_in(&world, &email, "something else").await;
            assert_eq!((wrong.status, &wrong.body["ui"]["messages"][0]["id"]), (400, &json!(4_000_006)), "{hash}");
            assert_eq!(stored(&world, id).await, *hash);
            assert_eq!(sign_in(&world, &email, password).await.status, 200, "{hash}");
            let ours = stored(&world, id).await;
            assert!(ours.starts_with("$2b$04$"), "{hash} became {ours}");
            assert_eq!(sign_in(&world, &email, password).await.status, 200, "{hash}, again");
            assert_eq!(stored(&world, id).await, ours);
        }
        world.stop().await;
    }
}

on_both! {
    async fn argon2_hashes_what_it_is_configured_for(dsn: String) {
        let argon2 = json!({"memory": "64KB", "iterations": 2, "parallelism": 1, "key_length": 16});
        let world = World::with(&dsn, json!({"hashers": {"algorithm": "argon2", "argon2": argon2}})).await;
        let made = import(&world, "ada@example.org", FOREIGN[0].1).await;
        assert_eq!(sign_in(&world, "ada@example.org", "U*U").await.status, 200);
        let ours = stored(&world, &made.body["id"]).await;
        assert!(ours.starts_with("$argon2id$v=19$m=64,t=2,p=1$"), "{ours}");
        assert_eq!(sign_in(&world, "ada@example.org", "U*U").await.status, 200);
        assert_eq!(stored(&world, &made.body["id"]).await, ours);
        assert_eq!(sign_in(&world, "ada@example.org", "U*V").await.status, 400);
        assert_eq!(sign_in(&world, "nobody@example.org", "U*U").await.status, 400);
        // What bcrypt would cut off counts.
        let long = format!("{}a", "x".repeat(100));
        let body = json!({
            "schema_id": "default", "traits": {"email": "long@example.org"},
            "credentials": {"password": {"config": {"password": long}}},
        });
        assert_eq!(world.call("POST", "/admin/identities", &body).await.status, 201);
        assert_eq!(sign_in(&world, "long@example.org", &format!("{}b", "x".repeat(100))).await.status, 400);
        assert_eq!(sign_in(&world, "long@example.org", &long).await.status, 200);
        world.stop().await;
    }
}

on_both! {
    async fn hostile_and_unknown_hashes_are_refused_everywhere(dsn: String) {
        let world = World::start(&dsn).await;
        let id = world.person("ada@example.org").await;
        let before = stored(&world, &json!(id)).await;
        let path = format!("/admin/identities/{id}");
        for (hash, told) in [
            ("$1$TVEiiKNb$SN6/pUaRQS/E8Jh46As2C/", "no known kind"),
            ("$2b$20$abcdefghijklmnopqrstuugn/uitWMnDoOdJaSWqW1pjEXZ8eOSCqK", "cost"),
            ("$argon2id$v=19$m=8388608,t=2,p=4$cm94YnRVOW5jZzFzcVE4bQ$MNzk5BtR2vUhrp6qQEjRNw", "m must be"),
            ("$scrypt$ln=2097152,r=8,p=1$c2FsdHNhbHRzYWx0$aGFzaGhhc2g=", "power of two"),
            ("$firescrypt$ln=31,r=8,p=1$c2FsdA==$aGFzaA==$Bw==$a2V5a2V5", "ln must be"),
            ("$pbkdf2-sha256$i=1000000000,l=32$c2FsdA$xeR41ZKIyEGqUw22hFxMjZYok6ABzk4RpJY4c6qYE0o", "i must be"),
        ] {
            let credentials = json!({"password": {"config": {"hashed_password": hash}}});
            let put = json!({"schema_id": "default", "state": "active", "traits": {"email": "ada@example.org"}, "credentials": credentials});
            let patch = json!([{"op": "replace", "path": "/credentials/password/config/hashed_password", "value": hash}]);
            for answer in [
                import(&world, "eve@example.org", hash).await,
                world.call("PUT", &path, &put).await,
                world.call("PATCH", &path, &patch).await,
            ] {
                assert_eq!(answer.status, 400, "{hash}: {answer:?}");
                let reason = answer.reason();
                assert!(reason.contains("credentials.password.config.hashed_password") && reason.contains(told), "{reason}");
            }
        }
        assert_eq!(stored(&world, &json!(id)).await, before);
        world.stop().await;
    }
}
