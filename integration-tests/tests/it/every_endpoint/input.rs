//! What is sent: each way in which a request can be wrong.

use serde_json::json;

use super::Route;

pub(crate) struct Input {
    pub(crate) name: &'static str,
    /// Appended to the address.
    pub(crate) query: String,
    pub(crate) headers: Vec<(&'static str, &'static str)>,
    pub(crate) body: Option<Vec<u8>>,
}

const JSON: (&str, &str) = ("content-type", "application/json");
const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");
const HTML: (&str, &str) = ("accept", "text/html");

impl Input {
    fn query(name: &'static str, query: &str) -> Self {
        Self { name, query: query.to_owned(), headers: vec![], body: None }
    }

    fn body(name: &'static str, kind: (&'static str, &'static str), body: impl Into<Vec<u8>>) -> Self {
        Self { name, query: FLOW.to_owned(), headers: vec![kind], body: Some(body.into()) }
    }

    /// More than any route takes.
    pub(crate) fn oversize(&self) -> bool {
        self.body.as_ref().is_some_and(|body| body.len() > 5_000_000)
    }
}

/// Names every route's handle, so that the body is what is wrong and not its absence.
const FLOW: &str = "?flow=00000000-0000-4000-8000-000000000000&id=00000000-0000-4000-8000-000000000000\
&login_challenge=x&consent_challenge=x&logout_challenge=x&client_id=x&subject=x";

pub(crate) fn all(route: &Route) -> Vec<Input> {
    let mut inputs = queries();
    if route.method != "GET" {
        inputs.extend(json_bodies());
        inputs.extend(other_bodies());
    }
    inputs.extend(headers());
    inputs
}

fn queries() -> Vec<Input> {
    let long = format!("?flow={0}&id={0}&login_challenge={0}&page_token={0}", "x".repeat(7000));
    vec![
        Input::query("nothing", ""),
        Input::query("ids of nobody", FLOW),
        Input::query(
            "ids that are none",
            "?flow=not-a-uuid&id=%20&login_challenge=%3D&page_size=-1&page=x&page_token=!!&token=%22",
        ),
        Input::query(
            "bytes that are no UTF-8",
            "?flow=%ff%fe&id=%c3%28&login_challenge=%80&consent_challenge=%80&state=%ff&client_id=%ff&subject=%ff",
        ),
        Input::query(
            "NUL",
            "?flow=%00&id=%00&login_challenge=%00&consent_challenge=%00&logout_challenge=%00&client_id=%00&subject=%00&token=%00&credentials_identifier=%00&owner=%00&client_name=%00",
        ),
        Input::query("stray percent signs", "?flow=%&id=%2&login_challenge=%zz&client_id=%"),
        Input::query(
            "duplicates",
            "?flow=a&flow=b&id=a&id=b&login_challenge=a&login_challenge=b&client_id=a&client_id=b&state=a&state=b",
        ),
        Input::query(
            "huge numbers",
            "?page_size=99999999999999999999&page=99999999999999999999&per_page=-9223372036854775809&max_age=99999999999999999999",
        ),
        Input::query("a long value", &long),
        Input::query(
            "an odd return_to",
            "?return_to=javascript%3Aalert(1)&refresh=maybe&aal=aal9&via=%00&post_logout_redirect_uri=%2F%2Fevil&id_token_hint=a.b.c",
        ),
        Input::query("a token that is none", "?token=ory_lo_x&code=000000&flow=00000000-0000-4000-8000-000000000000"),
    ]
}

fn json_bodies() -> Vec<Input> {
    let nested = format!("{}1{}", "[".repeat(5000), "]".repeat(5000));
    let nested_object = format!("{}1{}", r#"{"a":"#.repeat(5000), "}".repeat(5000));
    let mut inputs = vec![
        Input::body("malformed JSON", JSON, r#"{"a":"#),
        Input::body("JSON with a tail", JSON, "{} {}"),
        Input::body("deep arrays", JSON, nested),
        Input::body("deep objects", JSON, nested_object),
        Input::body("lone surrogates", JSON, r#"{"client_name":"\ud800","method":"\udfff","subject":"\ud800"}"#),
        Input::body(
            "bytes that are no UTF-8 in JSON",
            JSON,
            b"{\"subject\":\"\xff\xfe\",\"method\":\"\x80\"}".to_vec(),
        ),
        Input::body("a byte-order mark", JSON, b"\xef\xbb\xbf{}".to_vec()),
        Input::body("duplicate keys", JSON, r#"{"subject":"a","subject":"b","client_id":"a","client_id":"b"}"#),
        Input::body(
            "numbers beyond bounds",
            JSON,
            r#"{"remember_for":1e400,"client_secret_expires_at":99999999999999999999}"#,
        ),
        Input::body("an oversize body", JSON, format!(r#"{{"a":"{}"}}"#, "x".repeat(6_000_000))),
    ];
    for (name, value) in [
        ("null", json!(null)),
        ("a number", json!(7)),
        ("a text", json!("text")),
        ("an array", json!([1, "a", null, {}])),
        ("unknown fields", json!({ "unexpected": { "deeply": ["nested"] } })),
        ("wrong types", wrong_types()),
        ("other wrong types", other_wrong_types()),
        ("NUL in texts", nul()),
        ("a patch that makes no sense", json!([{ "op": "replace", "path": "nowhere", "value": 1 }, { "op": "fly" }])),
        ("a patch of the whole", json!([{ "op": "remove", "path": "" }])),
        ("a patch of the id", json!([{ "op": "replace", "path": "/id", "value": "x" }])),
    ] {
        inputs.push(Input::body(name, JSON, value.to_string()));
    }
    inputs
}

fn wrong_types() -> serde_json::Value {
    json!({
        "method": 5, "password": {}, "identifier": [], "traits": "none", "csrf_token": 1, "code": {}, "session_token": 4,
        "schema_id": 3, "credentials": [], "verifiable_addresses": {}, "state": {}, "metadata_public": 1,
        "client_id": 7, "redirect_uris": "x", "grant_types": {}, "scope": [], "jwks": "x", "metadata": [],
        "authorization_code_grant_access_token_lifespan": "soon", "subject": [], "remember": "yes", "remember_for": "long",
        "grant_scope": "openid", "session": [], "error": {}, "alg": 5, "kid": [], "keys": {}, "request": [], "requester": 1,
    })
}

fn other_wrong_types() -> serde_json::Value {
    json!({
        "method": ["password"], "password": 1, "identifier": {}, "traits": { "email": [], "name": {}, "permissions": "all" },
        "schema_id": "no-such-schema", "credentials": { "password": { "config": { "hashed_password": "$2a$99$x" } } },
        "state": "sleeping", "external_id": {}, "redirect_uris": [1, "not a uri", "http://x#y"], "jwks_uri": "not a uri",
        "token_endpoint_auth_method": "magic", "subject_type": "odd", "contacts": [{}], "remember_for": -1,
        "alg": "none", "use": "fly", "keys": [{ "kty": "RSA", "n": "!" }], "subject": "",
    })
}

fn nul() -> serde_json::Value {
    let nul = "a\u{0}b";
    json!({
        "method": "password", "password": nul, "identifier": nul, "code": nul, "session_token": nul, "schema_id": "default",
        "traits": { "email": "a\u{0}b@example.org", "name": nul, "role": nul }, "external_id": nul,
        "metadata_public": { nul: nul }, "client_id": nul, "client_name": nul, "owner": nul, "scope": nul,
        "redirect_uris": ["http://127.0.0.1/\u{0}"], "metadata": { nul: nul }, "contacts": [nul], "subject": nul,
        "kid": nul, "alg": "RS256", "use": "sig", "error": nul, "error_description": nul,
        "session": { "access_token": { nul: nul } },
    })
}

fn other_bodies() -> Vec<Input> {
    let form = "grant_type=authorization_code&code=%00&token=%00&client_id=%00&client_secret=%00&refresh_token=%00&scope=%00\
&redirect_uri=%00&code_verifier=%00&identifier=%00&password=%00&method=password&csrf_token=%00&traits.email=%00&action=accept&state=%00";
    let multipart = ("content-type", "multipart/form-data; boundary=x");
    vec![
        Input::body("a form with NUL", FORM, form),
        Input::body(
            "a form that is no UTF-8",
            FORM,
            b"grant_type=\xff&client_id=%ff&token=%fe&identifier=%80&password=\x80&method=password".to_vec(),
        ),
        Input::body(
            "a form with duplicates",
            FORM,
            "grant_type=a&grant_type=b&token=a&token=b&client_id=a&client_id=b&method=a&method=b&action=a&action=b",
        ),
        Input::body(
            "a form with odd names",
            FORM,
            "=&&a[b]=1&traits.=1&.=2&traits.a.b.c.d.e.f=3&traits.0.0=1&traits=x&traits.email=y",
        ),
        Input::body("an unknown grant", FORM, "grant_type=urn:odd&client_id=x"),
        Input::body(
            "an assertion",
            FORM,
            "grant_type=client_credentials&client_assertion=a.b.c&client_assertion_type=urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        ),
        Input::body("an oversize form", FORM, format!("token={0}&password={0}", "x".repeat(3_000_000))),
        Input::body("an empty form", FORM, ""),
        Input::body("a form called JSON", JSON, "grant_type=client_credentials"),
        Input::body("JSON called a form", FORM, "{\"method\":\"password\"}"),
        Input::body("an unknown type", ("content-type", "application/x-odd"), "x"),
        Input::body("a type that is none", ("content-type", ";;;"), "x"),
        Input::body("broken multipart", multipart, "--x\r\nContent-Disposition: form-data; name=\"a\r\n\r\n--x"),
    ]
}

fn headers() -> Vec<Input> {
    let with = |name: &'static str, headers: Vec<(&'static str, &'static str)>| Input {
        name,
        query: FLOW.to_owned(),
        headers,
        body: None,
    };
    vec![
        with(
            "cookies that are none",
            vec![("cookie", "ory_kratos_session=x; csrf_token_=; ory_hydra_session=%ff; =; ;;")],
        ),
        with("a session token that is none", vec![("x-session-token", "ory_st_nothing")]),
        with("an Accept that is none", vec![("accept", "////;q=x,,")]),
        with("a browser", vec![HTML, ("origin", "null")]),
        with(
            "forwarding headers that lie",
            vec![("x-forwarded-for", "not-an-address, ::1, 1.2.3.4:x"), ("forwarded", "for=;;")],
        ),
        with("an odd request id", vec![("x-request-id", "\"{}<script>")]),
    ]
}
