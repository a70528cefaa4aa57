//! Providers with an API of their own.

use serde_json::{Value, json};

use super::Case;

fn case(id: &'static str, scope: &[&str], answers: Vec<(&'static str, Value)>) -> Case {
    Case { id, provider: json!({"provider": id, "scope": scope}), answers }
}

fn token(scope: &str) -> Value {
    json!({"access_token": "an access token", "token_type": "bearer", "scope": scope})
}

pub(super) fn cases() -> Vec<Case> {
    let mut cases = vec![github("github", "user:email,read:user"), github("github-app", "")];
    cases.extend([discord(), slack(), facebook(), vk(), yandex(), spotify(), dingtalk()]);
    cases.extend([linkedin(), patreon(), lark(), amazon(), uaepass()]);
    cases
}

pub(super) fn github(id: &'static str, granted: &str) -> Case {
    let scope: &[&str] = if id == "github" { &["user:email"] } else { &[] };
    let user = json!({
        "login": "octoanna", "id": 583_231, "avatar_url": "https://avatars.githubusercontent.com/u/583231?v=4",
        "html_url": "https://github.com/octoanna", "type": "User", "name": "Anna Berg", "company": null,
        "blog": "https://anna.example.org", "location": "Bonn", "email": "public@example.org", "bio": "",
        "public_repos": 8, "created_at": "2011-01-25T18:44:36Z", "updated_at": "2026-02-22T20:25:20Z",
    });
    let emails = json!([
        {"email": "public@example.org", "verified": true, "primary": false, "visibility": null},
        {"email": "anna@example.org", "verified": true, "primary": true, "visibility": "private"},
    ]);
    case(
        id,
        scope,
        vec![
            ("github.com/login/oauth/access_token", token(granted)),
            ("api.github.com/user", user),
            ("api.github.com/user/emails", emails),
        ],
    )
}

fn discord() -> Case {
    let user = json!({
        "id": "80351110224678912", "username": "annaberg", "discriminator": "0", "global_name": "Anna", "avatar": null,
        "verified": true, "email": "anna@example.org", "flags": 64, "locale": "de", "mfa_enabled": true,
    });
    case(
        "discord",
        &["identify", "email"],
        vec![("discord.com/api/v9/oauth2/token", token("identify email")), ("discord.com/api/v9/users/@me", user)],
    )
}

fn slack() -> Case {
    let identity = json!({
        "ok": true, "team": {"id": "T0G9PQBBK", "name": "Example"},
        "user": {"id": "U0G9QF9C6", "name": "Anna Berg", "email": "anna@example.org",
            "image_72": "https://avatars.slack-edge.com/72.jpg", "image_512": "https://avatars.slack-edge.com/512.jpg"},
    });
    let mut granted = token("identify,identity.basic,identity.email");
    granted["ok"] = json!(true);
    case(
        "slack",
        &["identity.basic", "identity.email"],
        vec![("slack.com/api/oauth.access", granted), ("slack.com/api/users.identity", identity)],
    )
}

fn facebook() -> Case {
    let me = json!({
        "id": "10158273645", "name": "Anna Maria Berg", "first_name": "Anna", "middle_name": "Maria", "last_name": "Berg",
        "email": "anna@example.org", "birthday": "05/30/1990", "gender": "female",
        "picture": {"data": {"height": 50, "is_silhouette": false, "url": "https://platform-lookaside.fbsbx.com/p.jpg", "width": 50}},
    });
    case(
        "facebook",
        &["email", "public_profile"],
        vec![("graph.facebook.com/oauth/access_token", token("")), ("graph.facebook.com/me", me)],
    )
}

fn vk() -> Case {
    let users = json!({"response": [{
        "id": 210_700_286, "bdate": "30.5.1990", "photo_200": "https://sun9-1.userapi.com/200.jpg", "nickname": "anna",
        "sex": 1, "first_name": "Anna", "last_name": "Berg", "can_access_closed": true, "is_closed": false,
    }]});
    let token = json!({"access_token": "an access token", "expires_in": 43_200, "user_id": 210_700_286, "email": "anna@example.org"});
    case("vk", &["email"], vec![("oauth.vk.com/access_token", token), ("api.vk.com/method/users.get", users)])
}

fn yandex() -> Case {
    let info = json!({
        "id": "1000034426", "login": "anna", "client_id": "portico", "display_name": "anna", "real_name": "Anna Berg",
        "first_name": "Anna", "last_name": "Berg", "sex": "female", "default_email": "anna@yandex.example",
        "emails": ["anna@yandex.example"], "default_avatar_id": "131652443", "is_avatar_empty": false, "birthday": "1990-05-30",
    });
    case("yandex", &["login:email"], vec![("oauth.yandex.com/token", token("")), ("login.yandex.ru/info", info)])
}

fn spotify() -> Case {
    let me = json!({
        "country": "DE", "display_name": "Anna Berg", "email": "anna@example.org", "external_urls": {"spotify": "https://open.spotify.com/user/anna"},
        "followers": {"href": null, "total": 3}, "href": "https://api.spotify.com/v1/users/anna", "id": "anna",
        "images": [{"url": "https://i.scdn.co/image/1", "height": 300, "width": 300}], "product": "free", "type": "user", "uri": "spotify:user:anna",
    });
    case(
        "spotify",
        &["user-read-email"],
        vec![
            ("accounts.spotify.com/api/token", token("user-read-email user-read-private")),
            ("api.spotify.com/v1/me", me),
        ],
    )
}

fn dingtalk() -> Case {
    let me = json!({
        "nick": "Anna", "avatarUrl": "https://static-legacy.dingtalk.com/a.png", "mobile": "150xxxx9144", "openId": "123openid",
        "unionId": "z21HjQliSzpw0Yxxxx", "email": "anna@example.org", "stateCode": "86",
    });
    let token = json!({"accessToken": "an access token", "refreshToken": "a refresh token", "expireIn": 7200, "corpId": "dingxxxx"});
    case(
        "dingtalk",
        &["openid"],
        vec![("api.dingtalk.com/v1.0/oauth2/userAccessToken", token), ("api.dingtalk.com/v1.0/contact/users/me", me)],
    )
}

fn linkedin() -> Case {
    let size = |side: u64| json!({"artifact": "a", "identifiers": [{"identifier": format!("https://media.licdn.com/{side}")}]});
    let me = json!({
        "localizedLastName": "Berg", "localizedFirstName": "Anna", "id": "yrZCpj2Z12",
        "profilePicture": {"displayImage": "urn:li:digitalmediaAsset:C4D00AAAAbBCDEFGhiJ",
            "displayImage~": {"elements": [size(100), size(200), size(400), size(800)]}},
    });
    let emails = json!({"elements": [{"handle": "urn:li:emailAddress:3775708763", "handle~": {"emailAddress": "anna@example.org"}}]});
    case(
        "linkedin",
        &["r_liteprofile", "r_emailaddress"],
        vec![
            ("www.linkedin.com/oauth/v2/accessToken", token("")),
            ("api.linkedin.com/v2/me", me),
            ("api.linkedin.com/v2/emailAddress", emails),
        ],
    )
}

fn patreon() -> Case {
    let identity = json!({
        "data": {"id": "12345689", "type": "user", "attributes": {
            "email": "anna@example.org", "first_name": "Anna", "full_name": "Anna Berg", "last_name": "Berg",
            "image_url": "https://c8.patreon.com/2/200/1", "url": "https://www.patreon.com/anna"}},
        "links": {"self": "https://www.patreon.com/api/oauth2/v2/user/12345689"},
    });
    case(
        "patreon",
        &["identity", "identity[email]"],
        vec![("www.patreon.com/api/oauth2/token", token("")), ("www.patreon.com/api/oauth2/v2/identity", identity)],
    )
}

fn lark() -> Case {
    let info = json!({
        "sub": "ou_caecc734c2e3328a62489fe0648c4b98779515d3", "name": "Anna", "picture": "https://www.feishu.cn/avatar",
        "open_id": "ou_caecc734c2e3328a62489fe0648c4b98779515d3", "union_id": "on_d89jhsdhjsajkda7828enjdj328ydhhw3u43yjhdj",
        "en_name": "Anna", "tenant_key": "736588c92lxf175d", "avatar_url": "https://www.feishu.cn/avatar/icon",
        "avatar_thumb": "https://www.feishu.cn/avatar/icon_thumb", "email": "anna@example.org", "user_id": "5d9bdxxx", "mobile": "+86130xxxx0000",
    });
    case(
        "lark",
        &[],
        vec![
            ("passport.feishu.cn/suite/passport/oauth/token", token("")),
            ("passport.feishu.cn/suite/passport/oauth/userinfo", info),
        ],
    )
}

fn amazon() -> Case {
    let profile = json!({"user_id": "amzn1.account.K2LI23KL2LK2", "email": "anna@example.org", "name": "Anna Berg", "postal_code": "53111"});
    case(
        "amazon",
        &["profile", "postal_code"],
        vec![("api.amazon.com/auth/o2/token", token("")), ("api.amazon.com/user/profile", profile)],
    )
}

fn uaepass() -> Case {
    let info = json!({
        "sub": "UAEPASS/ec1ad2a3", "fullnameAR": "آنا", "gender": "Female", "mobile": "971551122334", "lastnameEN": "Berg",
        "fullnameEN": "Anna,,Berg", "uuid": "ec1ad2a3", "lastnameAR": "بيرغ", "nationalityEN": "ARE", "firstnameEN": "Anna",
        "userType": "SOP3", "firstnameAR": "آنا", "email": "anna@example.org", "acr": "urn:safelayer:tws:policies:authentication:level:low",
    });
    case(
        "uaepass",
        &["urn:uae:digitalid:profile:general"],
        vec![("id.uaepass.ae/idshub/token", token("")), ("id.uaepass.ae/idshub/userinfo", info)],
    )
}
