//! Where somebody is signed in, a page for nothing, and errors that were never there.

use serde_json::json;

use super::{House, hidden, page, send, sign_in};
use crate::self_service::world::{Browser, PASSWORD, location};

const PAGE: &str = "/settings/sessions";

/// Signs the same person in once more.
async fn again(house: &House) -> Browser {
    let browser = house.world.browser();
    let flow = browser.begin("/self-service/login/browser").await;
    let body = json!({"method": "password", "identifier": "ada@example.org", "password": PASSWORD});
    assert_eq!(browser.submit(&flow, body).await.status(), 200);
    browser
}

async fn status(browser: &Browser) -> u16 {
    browser.get("/sessions/whoami").await.status().as_u16()
}

/// The ids of the sessions that can be ended.
fn others(html: &str) -> Vec<String> {
    let ids = html.split("name=\"session\" value=\"").skip(1);
    ids.map(|rest| rest.split('"').next().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn sessions_are_listed_and_ended_one_by_one_or_all_but_this() {
    let house = House::new().await;
    let (one, two) = (again(&house).await, again(&house).await);
    let (_, html) = page(house.browser.visit("/welcome").await).await;
    assert!(html.contains(PAGE), "{html}");
    let (status_of_page, html) = page(house.browser.visit(PAGE).await).await;
    assert_eq!((status_of_page, others(&html).len(), html.matches("This browser").count()), (200, 2, 1), "{html}");
    let token = hidden(&html, "csrf_token");
    let either = &others(&html)[0];
    let answer = send(&house.browser, PAGE, &[("csrf_token", &token), ("session", either)]).await;
    assert_eq!(location(&answer), house.browser.url("/settings/sessions?done=1").as_str());
    let mut left = [status(&one).await, status(&two).await];
    left.sort_unstable();
    assert_eq!(left, [200, 401]);
    let (_, html) = page(house.browser.visit("/settings/sessions?done=1").await).await;
    assert!(html.contains("role=\"status\"") && others(&html).len() == 1, "{html}");
    let three = again(&house).await;
    let answer = send(&house.browser, PAGE, &[("csrf_token", &token), ("action", "others")]).await;
    assert_eq!(answer.status(), 303);
    for ended in [&one, &two, &three] {
        assert_eq!(status(ended).await, 401);
    }
    assert_eq!(status(&house.browser).await, 200);
}

#[tokio::test]
async fn nobody_elses_session_is_ended() {
    let house = House::new().await;
    let mallory = house.world.browser();
    sign_in(&house.world, &mallory, "mallory@example.org").await;
    let foreign = again(&house).await;
    let (_, html) = page(house.browser.visit(PAGE).await).await;
    let (hers, hers_token) = (others(&html)[0].clone(), hidden(&html, "csrf_token"));
    let (_, html) = page(mallory.visit(PAGE).await).await;
    assert!(others(&html).is_empty(), "{html}");
    let token = hidden(&html, "csrf_token");
    for (token, wanted) in [(&token, 303), (&hers_token, 403), (&"made up".to_owned(), 403)] {
        let answer = send(&mallory, PAGE, &[("csrf_token", token), ("session", &hers)]).await;
        assert_eq!(answer.status(), wanted);
    }
    assert_eq!((status(&house.browser).await, status(&foreign).await), (200, 200));
    // Neither the session that looks, nor none.
    for fields in [vec![("csrf_token", token.as_str())], vec![("csrf_token", &token), ("session", "no id")]] {
        assert_eq!(send(&mallory, PAGE, &fields).await.status(), 400);
    }
    let nobody = house.world.browser();
    for path in [PAGE, "/settings/applications"] {
        assert_eq!(location(&nobody.visit(path).await), nobody.url("/self-service/login/browser").as_str());
    }
}

#[tokio::test]
async fn an_address_that_leads_nowhere_is_a_page_for_people_and_json_for_programs() {
    let house = House::new().await;
    let get = async |accept: &str| {
        let url = house.browser.url("/nowhere");
        let answer = house.browser.client.get(url).header("accept", accept).send().await.unwrap();
        let kind = answer.headers()["content-type"].to_str().unwrap().to_owned();
        (answer.status().as_u16(), kind, answer.text().await.unwrap())
    };
    let (status, kind, text) = get("text/html,application/xhtml+xml,*/*;q=0.8").await;
    assert_eq!((status, kind.as_str()), (404, "text/html; charset=utf-8"));
    assert!(text.contains("There is nothing here."), "{text}");
    for accept in ["*/*", "application/json", "application/json, text/html;q=0.5"] {
        let (status, kind, text) = get(accept).await;
        assert_eq!(status, 404, "{accept}");
        assert!(
            kind.starts_with("application/json") && text.contains("There is nothing here."),
            "{accept}: {kind} {text}"
        );
    }
}

#[tokio::test]
async fn the_error_that_stands_for_others_is_a_page_too() {
    let house = House::new().await;
    let (status, html) = page(house.browser.visit("/error?id=stub:500").await).await;
    assert!(status == 200 && html.contains("This is a sample: nothing went wrong."), "{html}");
}
