//! Identities: found, made, changed, ended.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Value, json};
use shared_types::on_both;

use super::{House, Page, Person, create, sign_in};
use crate::world::PASSWORD;

/// A service whose people have traits of every kind.
async fn rich(dsn: &str) -> House {
    let schema = json!({"type": "object", "properties": {"traits": {
    "type": "object", "required": ["email"], "additionalProperties": false, "properties": {
        "email": {"type": "string", "format": "email", "title": "E-mail", "ory.sh/kratos": {
            "credentials": {"password": {"identifier": true}},
            "verification": {"via": "email"}, "recovery": {"via": "email"}}},
        "age": {"type": "integer", "minimum": 0},
        "news": {"type": "boolean"},
        "plan": {"enum": ["free", "paid"]},
        "roles": {"type": "array", "items": {"enum": ["buyer", "seller"]}, "uniqueItems": true},
        "permissions": {"type": "array", "items": {"type": "string"}, "portico": {"write": "admin"}},
        "address": {"type": "object", "title": "Address", "required": ["street"], "properties": {
            "street": {"type": "string", "title": "Street", "minLength": 2},
        }},
    }}}});
    let url = format!("base64://{}", STANDARD.encode(schema.to_string()));
    let over = json!({
        "identity": {"schemas": [{"id": "default", "url": url}]},
        "selfservice": {
            "flows": {"recovery": {"enabled": true}},
            "methods": {"link": {"enabled": true}, "code": {"enabled": true}},
        },
    });
    House::with(dsn, over).await
}

impl House {
    /// An identity as the admin API has it.
    async fn stored(&self, id: &str) -> Value {
        self.world.get(&format!("/admin/identities/{id}")).await.body
    }

    /// The sentence above the page an act leads to.
    async fn said(&self, page: &Page) -> String {
        assert_eq!(page.status, 303, "{page:?}");
        let next = self.see(page.header("location")).await;
        assert_eq!(next.status, 200);
        let said = next.html.split_once("role=\"status\">").map(|(_, rest)| rest.split('<').next().unwrap());
        let said = said.unwrap_or_default().to_owned();
        // It is said once.
        self.see(page.header("location")).await.lacks("role=\"status\"");
        said
    }
}

on_both! {
    async fn they_are_found_by_what_is_known_of_them(dsn: String) {
        let house = House::new(&dsn).await;
        let ada = create(&house.world, "ada@example.org", json!({"traits": {"name": "Ada <Lovelace>"}})).await;
        create(&house.world, "adam@example.org", json!({})).await;
        let page = house.see("console/identities").await;
        page.holds("Ada &#60;Lovelace&#62;");
        page.holds("adam@example.org");
        page.lacks("<Lovelace>");
        let exact = house.see("console/identities?find=ADA@example.org&how=exact").await;
        exact.holds(&ada);
        exact.lacks("adam@example.org");
        let prefix = house.see("console/identities?find=ada&how=prefix").await;
        prefix.holds(&ada);
        prefix.holds("adam@example.org");
        prefix.lacks("Olga");
        let by_id = house.see(&format!("console/identities?find={ada}")).await;
        by_id.holds(&ada);
        by_id.lacks("adam@example.org");
        house.see("console/identities?find=nobody%00%25&how=prefix").await.holds("Nobody is found by");
        for path in ["console/identities/nonsense", "console/identities/018f2d0c-0000-7000-8000-0000000000aa"] {
            assert_eq!(house.see(path).await.status, 404);
        }
        house.world.stop().await;
    }
}

on_both! {
    async fn long_lists_go_by_keys(dsn: String) {
        let house = House::new(&dsn).await;
        for number in 0..55 {
            create(&house.world, &format!("p{number:02}@example.org"), json!({"credentials": null})).await;
        }
        let (mut seen, mut path, mut pages) = (0, "console/identities".to_owned(), 0);
        loop {
            let page = house.see(&path).await;
            seen += page.html.matches("@example.org</a>").count();
            pages += 1;
            let next = page.html.split("<a ").find(|tag| tag.contains("rel=\"next\""));
            let Some(next) = next else { break };
            path = next.split_once("href=\"").unwrap().1.split('"').next().unwrap().replace("&#38;", "&");
        }
        assert_eq!((seen, pages), (56, 3));
        house.world.stop().await;
    }
}

on_both! {
    async fn one_is_made_by_its_schema(dsn: String) {
        let house = rich(&dsn).await;
        let form = house.see("console/identities/new").await;
        for part in ["name=\"traits.email\"", "type=\"email\"", "Address", "name=\"traits.address.street\"", "name=\"traits.roles\" type=\"checkbox\" value=\"buyer\"", "<option value=\"paid\">"] {
            form.holds(part);
        }
        let wrong = house.act("console/identities/new", &[
            ("traits.email", "no address"), ("traits.age", "-1"), ("traits.address.street", "x"), ("traits.permissions", "a:b"),
            ("password", "a quiet green lamp"),
        ]).await;
        assert_eq!(wrong.status, 400);
        for part in ["Please check this", "href=\"#f-traits-email\"", "href=\"#f-traits-age\"", "href=\"#f-traits-address-street\"", "value=\"no address\"", "a:b</textarea>", "<title>Error: "] {
            wrong.holds(part);
        }
        wrong.lacks("a quiet green lamp");
        let made = house.act("console/identities/new", &[
            ("traits.email", "Eva@example.org"), ("traits.age", "36"), ("traits.news", "true"), ("traits.plan", "paid"),
            ("traits.roles", "buyer"), ("traits.roles", "seller"), ("traits.permissions", "a:b\r\nc:d\r\n"),
            ("traits.address.street", "Main"), ("password", PASSWORD),
        ]).await;
        let id = made.header("location").rsplit('/').next().unwrap().to_owned();
        assert_eq!(house.said(&made).await, "The identity was created.");
        assert_eq!(house.stored(&id).await["traits"], json!({
            "email": "Eva@example.org", "age": 36, "news": true, "plan": "paid", "roles": ["buyer", "seller"],
            "permissions": ["a:b", "c:d"], "address": {"street": "Main"},
        }));
        assert!(!house.world.sign_in("eva@example.org").await.is_empty());
        let twice = house.act("console/identities/new", &[("traits.email", "eva@example.org")]).await;
        assert_eq!(twice.status, 400);
        twice.holds("Somebody else has this identifier or address already.");
        let bare = house.act("console/identities/new", &[("traits.email", "bo@example.org"), ("inactive", "true")]).await;
        let id = bare.header("location").rsplit('/').next().unwrap().to_owned();
        assert_eq!(house.stored(&id).await["state"], "inactive");
        house.world.stop().await;
    }
}

on_both! {
    async fn traits_and_metadata_are_changed(dsn: String) {
        let house = rich(&dsn).await;
        let traits = json!({"traits": {"age": 3, "permissions": ["a"], "address": {"street": "Main"}}, "metadata_public": {"k": 1}});
        let id = create(&house.world, "ada@example.org", traits).await;
        let edit = format!("console/identities/{id}/edit");
        house.see(&edit).await.holds("value=\"ada@example.org\"");
        let wrong = house.act(&edit, &[("traits.email", "ada@example.org"), ("traits.age", "many")]).await;
        assert_eq!(wrong.status, 400);
        wrong.holds("href=\"#f-traits-age\"");
        wrong.holds("value=\"many\"");
        assert_eq!(house.stored(&id).await["traits"]["age"], 3);
        let saved = house.act(&edit, &[("traits.email", "ada@example.com"), ("traits.permissions", "b"), ("external_id", "x-7")]).await;
        assert_eq!(house.said(&saved).await, "The changes were saved.");
        let stored = house.stored(&id).await;
        assert_eq!(stored["traits"], json!({"email": "ada@example.com", "permissions": ["b"]}));
        assert_eq!((&stored["external_id"], &stored["metadata_public"]), (&json!("x-7"), &json!({"k": 1})));
        let taken = house.act(&edit, &[("traits.email", "olga@example.org")]).await;
        assert_eq!(taken.status, 400);
        taken.holds("Somebody else has this identifier");

        let metadata = format!("console/identities/{id}/metadata");
        let wrong = house.act(&metadata, &[("metadata_public", "{"), ("metadata_admin", "{\"a\": 1}")]).await;
        assert_eq!(wrong.status, 400);
        wrong.holds("This is not JSON");
        let saved = house.act(&metadata, &[("metadata_public", ""), ("metadata_admin", "{\"note\": \"<x>\"}")]).await;
        assert_eq!(house.said(&saved).await, "The metadata was saved.");
        let stored = house.stored(&id).await;
        assert_eq!((&stored["metadata_public"], &stored["metadata_admin"]), (&Value::Null, &json!({"note": "<x>"})));
        house.see(&format!("console/identities/{id}")).await.lacks("<x>");
        house.world.stop().await;
    }
}

on_both! {
    async fn one_is_deactivated_and_deleted_after_being_asked(dsn: String) {
        let house = House::new(&dsn).await;
        let id = create(&house.world, "ada@example.org", json!({})).await;
        let ada = Person { id: id.clone(), client: sign_in(&house.world, "ada@example.org").await };
        let page = format!("console/identities/{id}");
        house.see(&page).await.holds("Active sessions");
        house.see(&format!("{page}/state")).await.holds("Its sessions end at once");
        assert_eq!(house.stored(&id).await["state"], "active");
        let off = house.act(&format!("{page}/state"), &[("state", "inactive")]).await;
        assert!(house.said(&off).await.starts_with("The identity is inactive"));
        assert_eq!(ada.client.get(house.world.public_url("/sessions/whoami")).send().await.unwrap().status(), 401);
        house.see(&page).await.holds("Nobody is signed in.");
        let on = house.act(&format!("{page}/state"), &[("state", "active")]).await;
        assert_eq!(house.said(&on).await, "The identity is active.");
        assert_eq!(house.act(&format!("{page}/state"), &[("state", "asleep")]).await.status, 400);
        house.see(&format!("{page}/delete")).await.holds("cannot be undone");
        let gone = house.act(&format!("{page}/delete"), &[]).await;
        assert_eq!(house.said(&gone).await, "The identity was deleted.");
        assert_eq!(house.world.get(&format!("/admin/identities/{id}")).await.status, 404);
        assert_eq!(house.act(&format!("{page}/delete"), &[]).await.status, 404);
        house.world.stop().await;
    }
}

on_both! {
    async fn credentials_and_addresses_are_looked_after(dsn: String) {
        let house = House::new(&dsn).await;
        let id = create(&house.world, "ada@example.org", json!({"credentials": {
            "totp": {"config": {"totp_url": "otpauth://totp/x:ada?secret=JBSWY3DPEHPK3PXP&issuer=x"}},
        }})).await;
        let totp = json!([{"op": "add", "path": "/credentials/totp", "value": {
            "type": "totp", "config": {"totp_url": "otpauth://totp/x:ada?secret=JBSWY3DPEHPK3PXP&issuer=x"}}}]);
        house.world.call("PATCH", &format!("/admin/identities/{id}"), &totp).await;
        let page = format!("console/identities/{id}");
        let shown = house.see(&page).await;
        shown.holds("Authenticator app");
        shown.lacks("JBSWY3DPEHPK3PXP");
        house.see(&format!("{page}/credentials/totp")).await.holds("Remove this credential?");
        let removed = house.act(&format!("{page}/credentials/totp"), &[]).await;
        assert_eq!(house.said(&removed).await, "The credential was removed.");
        house.see(&page).await.lacks("Authenticator app");
        let last = house.act(&format!("{page}/credentials/password"), &[]).await;
        assert_eq!(last.status, 400);
        last.holds("The last credential");
        assert_eq!(house.act(&format!("{page}/credentials/magic"), &[]).await.status, 404);

        let address = house.stored(&id).await["verifiable_addresses"][0]["id"].as_str().unwrap().to_owned();
        house.see(&format!("{page}/addresses/{address}")).await.holds("Mark as verified?");
        let verified = house.act(&format!("{page}/addresses/{address}"), &[("verified", "true")]).await;
        assert_eq!(house.said(&verified).await, "The address is marked as verified.");
        assert_eq!(house.stored(&id).await["verifiable_addresses"][0]["verified"], true);
        let undone = house.act(&format!("{page}/addresses/{address}"), &[("verified", "false")]).await;
        assert_eq!(house.said(&undone).await, "The address is marked as not verified.");
        assert_eq!(house.stored(&id).await["verifiable_addresses"][0]["verified"], false);
        house.world.stop().await;
    }
}

on_both! {
    async fn a_way_back_in_is_shown_once(dsn: String) {
        let house = rich(&dsn).await;
        let id = create(&house.world, "ada@example.org", json!({})).await;
        let page = format!("console/identities/{id}");
        house.see(&page).await.holds("Make a recovery code");
        let code = house.act(&format!("{page}/recovery"), &[("kind", "code")]).await;
        assert_eq!((code.status, code.header("cache-control")), (200, "no-store"));
        code.holds("This is shown once.");
        let digits = code.html.split("<code>").filter_map(|rest| rest.split('<').next()).find(|text| text.len() == 6);
        assert!(digits.is_some_and(|text| text.bytes().all(|byte| byte.is_ascii_digit())), "{}", code.html);
        let link = house.act(&format!("{page}/recovery"), &[("kind", "link")]).await;
        let href = link.html.split("<code>").nth(1).unwrap().split('<').next().unwrap().replace("&#38;", "&");
        let opened = crate::world::browser().get(href).send().await.unwrap();
        assert_eq!(opened.status(), 303);
        assert_eq!(house.act(&format!("{page}/recovery"), &[("kind", "magic")]).await.status, 400);
        let off = House::new("memory").await;
        off.see(&format!("console/identities/{}", off.olga.id)).await.lacks("Make a recovery");
        assert_eq!(off.act(&format!("console/identities/{}/recovery", off.olga.id), &[("kind", "code")]).await.status, 409);
        house.world.stop().await;
    }
}

on_both! {
    async fn sessions_are_ended_one_and_all(dsn: String) {
        let house = House::new(&dsn).await;
        let id = create(&house.world, "ada@example.org", json!({})).await;
        let (first, second) = (house.world.sign_in("ada@example.org").await, house.world.sign_in("ada@example.org").await);
        let list = house.see("console/sessions").await;
        list.holds("ada@example.org");
        list.holds("olga@example.org");
        let session = house.world.whoami(&first).await.body["id"].as_str().unwrap().to_owned();
        house.see(&format!("console/sessions/{session}/revoke")).await.holds("End this session?");
        assert_eq!(house.world.whoami(&first).await.status, 200);
        let ended = house.act(&format!("console/sessions/{session}/revoke"), &[]).await;
        assert_eq!(house.said(&ended).await, "The session was ended.");
        assert_eq!((house.world.whoami(&first).await.status, house.world.whoami(&second).await.status), (401, 200));
        let all = house.act(&format!("console/identities/{id}/sessions/revoke"), &[]).await;
        assert_eq!(house.said(&all).await, "One session was ended.");
        assert_eq!(house.world.whoami(&second).await.status, 401);
        // Of one's own, all but this one.
        let own = house.act(&format!("console/identities/{}/sessions/revoke", house.olga.id), &[]).await;
        assert_eq!(house.said(&own).await, "0 sessions were ended.");
        let of_ada = house.see(&format!("console/sessions?identity={id}&state=all")).await;
        of_ada.holds("Over");
        of_ada.lacks("olga@example.org</a>");
        assert_eq!(house.see("console/sessions?identity=x").await.status, 400);
        house.world.stop().await;
    }
}
