//! Messages, as operators see them.

use serde_json::json;
use shared_types::on_both;

use super::House;
use crate::world::{browser, send};

on_both! {
    async fn messages_are_listed_and_shown(dsn: String) {
        let house = House::with(&dsn, json!({"selfservice": {"flows": {"verification": {"enabled": true}}}})).await;
        let client = browser();
        for email in ["ada@example.org", "olga@example.org"] {
            let begin = client.get(house.world.public_url("/self-service/verification/browser")).header("accept", "application/json");
            let flow = send(begin).await.body;
            let nodes = flow["ui"]["nodes"].as_array().unwrap();
            let token = nodes.iter().find(|node| node["attributes"]["name"] == "csrf_token").unwrap()["attributes"]["value"].clone();
            let body = json!({"method": "code", "email": email, "csrf_token": token});
            let submit = client.post(flow["ui"]["action"].as_str().unwrap()).header("accept", "application/json");
            assert_eq!(send(submit.json(&body)).await.status, 200);
        }
        // Nobody of that address, so that one message alone is queued.
        let list = house.see("console/messages").await;
        list.holds("olga@example.org</a>");
        list.holds("Queued");
        house.see("console/messages?status=queued&recipient=olga@example.org").await.holds("verification_code_valid");
        house.see("console/messages?status=sent").await.holds("There is no such message.");
        let href = list.html.split("href=\"/console/messages/").nth(1).unwrap().split('"').next().unwrap().to_owned();
        let one = house.see(&format!("console/messages/{href}")).await;
        one.holds("It was not tried yet.");
        // Development: what it says can be read.
        one.holds("<pre class=\"report\">");
        assert_eq!(house.see("console/messages/nonsense").await.status, 404);
        house.world.stop().await;
    }
}
