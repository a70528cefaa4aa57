use openssl::{
    asn1::Asn1Time,
    bn::BigNum,
    ec::{EcGroup, EcKey},
    hash::MessageDigest,
    nid::Nid,
    pkey::{PKey, Private},
    x509::{X509, X509NameBuilder, extension::SubjectAlternativeName},
};
use url::Url;

use super::{
    clock,
    cookie::{self, Cookie, SameSite},
    cors, database, listener, place, probe, redirect, secrets, tls, *,
};
use crate::{
    db::Inspection,
    http::{
        client::HttpReply,
        cors::CorsOptions,
        server::{PemSource, TlsOptions},
    },
    secret::Secret,
    time::Time,
};

fn url(text: &str) -> Url {
    Url::parse(text).unwrap()
}

/// Level and beginning of what was found.
#[track_caller]
fn assert_found(found: &[Finding], wanted: &[(Level, &str)]) {
    let fits = found.len() == wanted.len()
        && found.iter().zip(wanted).all(|(is, (level, part))| is.level == *level && is.what.contains(part));
    assert!(fits, "{found:#?}");
    for finding in found.iter().filter(|finding| finding.level != Level::Fine) {
        assert!(!finding.why.is_empty() && !finding.fix.is_empty(), "{finding:?}");
    }
}

#[test]
fn hosts_and_domains() {
    assert!(place::covers("example.org", "example.org") && place::covers(".Example.org", "id.example.org"));
    assert!(!place::covers("example.org", "badexample.org") && !place::covers("id.example.org", "example.org"));
    assert!(!place::covers("0.0.1", "127.0.0.1"));
    for (host, site) in [
        ("id.example.org", "example.org"),
        ("example.org", "example.org"),
        ("id.shop.co.uk", "shop.co.uk"),
        ("localhost", "localhost"),
        ("127.0.0.1", "127.0.0.1"),
    ] {
        assert_eq!(place::site(host), site);
    }
    assert!(place::same_site(&url("https://a.example.org"), &url("https://b.example.org:8443")));
    assert!(!place::same_site(&url("http://a.example.org"), &url("https://a.example.org")));
    assert!(place::is_loopback(&url("http://[::1]:80/")) && place::is_loopback(&url("http://app.localhost")));
    assert!(place::listens_on_loopback("::1") && !place::listens_on_loopback("0.0.0.0"));
}

#[test]
fn cookies_that_browsers_drop_or_do_not_bring() {
    let home = url("https://id.example.org/");
    let home = Place { key: "serve.public.base_url", url: &home };
    let cookie = Cookie {
        section: "cookies",
        same_site_key: "cookies.same_site",
        domain: None,
        secure: true,
        same_site: SameSite::Lax,
    };
    assert!(cookie::check(cookie, home, &[]).is_empty());
    for (domain, part) in [
        ("example.com", "does not cover"),
        ("https://example.org", "no domain name"),
        ("org", "top-level"),
        ("10.0.0.1", "is an address"),
    ] {
        let found = cookie::check(Cookie { domain: Some(domain), ..cookie }, home, &[]);
        assert_found(&found, &[(Level::Wrong, part)]);
        assert_eq!(found[0].key, "cookies.domain");
    }
    let open = Cookie { secure: false, ..cookie };
    assert_found(&cookie::check(open, home, &[]), &[(Level::Warning, "not Secure")]);
    let none = Cookie { same_site: SameSite::None, ..open };
    assert_found(&cookie::check(none, home, &[]), &[(Level::Wrong, "SameSite=None without Secure")]);
    let plain = url("http://id.example.org/");
    let plain = Place { key: "serve.public.base_url", url: &plain };
    assert_found(&cookie::check(cookie, plain, &[]), &[(Level::Wrong, "plain http")]);
    let local = url("http://localhost:4433/");
    assert!(cookie::check(cookie, Place { key: "k", url: &local }, &[]).is_empty());

    let (near, far) = (url("https://app.example.org/login"), url("https://app.example.net/login"));
    let (near, far) = (Place { key: "ui_url", url: &near }, Place { key: "ui_url", url: &far });
    assert_found(&cookie::check(cookie, home, &[near]), &[(Level::Warning, "do not come to")]);
    assert!(cookie::check(Cookie { domain: Some("example.org"), ..cookie }, home, &[near]).is_empty());
    assert_found(&cookie::check(cookie, home, &[far]), &[(Level::Warning, "another site")]);
    assert!(cookie::check(Cookie { same_site: SameSite::None, ..cookie }, home, &[far]).is_empty());
}

#[test]
fn origins_that_may_call() {
    let (home, app) = (url("https://id.example.org/"), url("https://app.example.org/login"));
    let (home, page) = (Place { key: "base_url", url: &home }, Place { key: "ui_url", url: &app });
    let with = |enabled: bool, origins: &[&str], credentials: bool| CorsOptions {
        enabled,
        allowed_origins: origins.iter().map(|origin| (*origin).to_owned()).collect(),
        allowed_methods: Vec::new(),
        allowed_headers: Vec::new(),
        exposed_headers: Vec::new(),
        allow_credentials: credentials,
        max_age: 0,
    };
    let check = |options: &CorsOptions, pages: &[Place<'_>]| cors::check("cors", options, home, pages);
    assert!(check(&with(false, &[], true), &[home]).is_empty());
    assert_found(&check(&with(false, &[], true), &[page]), &[(Level::Warning, "CORS is off")]);
    assert_found(&check(&with(true, &["*"], true), &[page]), &[(Level::Wrong, "with cookies")]);
    assert_found(&check(&with(true, &["*"], false), &[]), &[(Level::Warning, "every origin")]);
    let other = with(true, &["https://portal.example.org"], true);
    assert_found(&check(&other, &[page]), &[(Level::Wrong, "not among")]);
    assert!(check(&with(true, &["https://*.example.org"], true), &[page]).is_empty());
    let odd = with(true, &["app.example.org", "https://app.example.org/x", "https://*.*.org", "http://x.org"], true);
    let wanted = [
        (Level::Wrong, "no origin"),
        (Level::Wrong, "more than scheme"),
        (Level::Wrong, "no origin"),
        (Level::Warning, "plain http"),
    ];
    assert_found(&check(&odd, &[]), &wanted);
}

#[test]
fn listeners_that_are_open() {
    let local = listener::Listener { section: "serve.admin", host: "127.0.0.1", is_socket: false, has_tls: false };
    let open = listener::Listener { host: "0.0.0.0", ..local };
    assert!(listener::admin(local, false).is_empty() && listener::admin(open, true).is_empty());
    assert!(listener::admin(listener::Listener { is_socket: true, ..open }, false).is_empty());
    assert_found(&listener::admin(open, false), &[(Level::Wrong, "asks for no key")]);
    assert_found(&listener::development(true, open), &[(Level::Wrong, "development mode")]);
    assert!(listener::development(true, local).is_empty() && listener::development(false, open).is_empty());
    assert_found(&listener::quotas(false, false), &[(Level::Warning, "quotas are off")]);
    let (https, http) = (url("https://id.example.org"), url("http://127.0.0.1"));
    assert_found(&listener::proxies(&[], open, &https), &[(Level::Warning, "not trusted")]);
    assert!(listener::proxies(&["10.0.0.0/8".to_owned()], open, &https).is_empty());
    assert!(listener::proxies(&[], open, &http).is_empty());
    assert_found(&listener::proxies(&["0.0.0.0/0".to_owned()], open, &https), &[(Level::Wrong, "everybody")]);
}

#[test]
fn secrets_that_can_be_guessed() {
    let list = |texts: &[&str]| texts.iter().map(|text| Secret::new((*text).to_owned())).collect::<Vec<_>>();
    let good = "3kO9v7Qw2LxPz8RtYb5NcHd4MfGjUaSe";
    assert!(secrets::check("secrets.system", &list(&[good])).is_empty());
    let found =
        secrets::check("secrets.system", &list(&["PLEASE-CHANGE-ME-I-AM-INSECURE!!", "k9Q2mZx7Lw4Rt8Yb", good, good]));
    let wanted = [
        (Level::Wrong, "secret 1 of 4 is easily guessed"),
        (Level::Warning, "16 characters"),
        (Level::Warning, "twice"),
    ];
    assert_found(&found, &wanted);
    assert!(!format!("{found:?}").contains("PLEASE"), "no secret is shown");
    assert_found(
        &secrets::check("k", &list(&["aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"])),
        &[(Level::Wrong, "guessed")],
    );
}

#[test]
fn clocks_that_differ() {
    let now = Time::from_timestamp(1_800_000_000, 0).unwrap();
    let at = |seconds: i64| clock::compare(now, now + chrono::TimeDelta::seconds(seconds), "the database's").level;
    assert_eq!([at(0), at(-5), at(6), at(-61)], [Level::Fine, Level::Fine, Level::Warning, Level::Wrong]);
    assert!(clock::compare(now, now + chrono::TimeDelta::seconds(70), "X").what.contains("70 seconds behind X"));
    let read = clock::of_header("Fri, 15 Jan 2027 08:00:00 GMT").unwrap();
    assert_eq!(read, now);
    let reply = HttpReply {
        status: 200,
        headers: vec![("date".to_owned(), "Fri, 15 Jan 2027 08:02:00 GMT".to_owned())],
        body: Vec::new(),
    };
    assert_eq!(probe::date(&reply, now, "X").unwrap().level, Level::Wrong);
    assert!(clock::of_header("yesterday").is_none());
}

#[test]
fn databases_that_forget() {
    let seen = Inspection {
        engine: "PostgreSQL 15".to_owned(),
        settings: [("fsync", "off"), ("synchronous_commit", "on"), ("synchronous", "2"), ("journal_mode", "delete")]
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .to_vec(),
        is_replica: true,
        max_connections: Some(10),
        ..Inspection::default()
    };
    let wanted = [
        (Level::Warning, "fsync is off"),
        (Level::Warning, "journal_mode is delete"),
        (Level::Wrong, "replica"),
        (Level::Warning, "8 connections"),
    ];
    assert_found(&database::settings(&seen, 8), &wanted);
}

#[test]
fn what_an_admin_api_answers() {
    let at = url("http://127.0.0.1:4445/");
    let admin = probe::Admin {
        whose: "oauth-service",
        key: "oauth2_provider.url",
        headers_key: "oauth2_provider.headers",
        url: &at,
    };
    let reply = |status: u16, body: &str| Ok(HttpReply { status, headers: Vec::new(), body: body.into() });
    assert_eq!(admin.judge(&reply(200, "[]")).level, Level::Fine);
    assert_found(&[admin.judge(&reply(401, "{}"))], &[(Level::Wrong, "refuses the configured headers")]);
    assert_found(&[admin.judge(&reply(404, "{}"))], &[(Level::Wrong, "not the admin API")]);
    assert_found(&[admin.judge(&reply(200, "<html>"))], &[(Level::Wrong, "status 200, not as")]);
    assert_found(&[admin.judge(&Err("refused".to_owned()))], &[(Level::Wrong, "cannot be asked: refused")]);
}

#[test]
fn addresses_of_clients() {
    let check = |uris: &[&str]| {
        redirect::check("portal", "redirect_uris", &uris.iter().map(|uri| (*uri).to_owned()).collect::<Vec<_>>())
    };
    let good = [
        "https://portal.example.org/cb",
        "http://127.0.0.1:8080/cb",
        "com.example.app:/cb",
        "https://api.example.org/cb",
    ];
    assert!(check(&good).is_empty());
    assert_found(&check(&["http://portal.example.org/cb"]), &[(Level::Wrong, "plain http")]);
    assert_found(&check(&["https://*.example.org/cb"]), &[(Level::Wrong, "wildcard")]);
    assert_found(&check(&["https://a.example.org/cb#x"]), &[(Level::Wrong, "fragment")]);
    assert_found(&check(&["cb"]), &[(Level::Wrong, "no absolute address")]);
    assert_found(
        &check(&["https://a.example.org/cb", "https://old.example.com/cb"]),
        &[(Level::Warning, "another site")],
    );
}

fn key() -> PKey<Private> {
    let group = EcGroup::from_curve_name(Nid::X9_62_PRIME256V1).unwrap();
    PKey::from_ec_key(EcKey::generate(&group).unwrap()).unwrap()
}

/// A certificate for these names, from so many days on, for 90.
fn certificate(names: &[&str], begins: i64, key: &PKey<Private>, issuer: Option<(&X509, &PKey<Private>)>) -> X509 {
    let mut name = X509NameBuilder::new().unwrap();
    name.append_entry_by_text("CN", names.first().unwrap()).unwrap();
    let name = name.build();
    let mut builder = X509::builder().unwrap();
    builder.set_version(2).unwrap();
    builder.set_serial_number(&BigNum::from_u32(1).unwrap().to_asn1_integer().unwrap()).unwrap();
    builder.set_subject_name(&name).unwrap();
    builder.set_issuer_name(issuer.map_or(&name, |(issuer, _)| issuer.subject_name())).unwrap();
    builder.set_pubkey(key).unwrap();
    let day = |days: i64| Asn1Time::from_unix(NOW + days * 86_400).unwrap();
    builder.set_not_before(&day(begins)).unwrap();
    builder.set_not_after(&day(begins + 90)).unwrap();
    let mut all = SubjectAlternativeName::new();
    for one in names {
        if place::is_ip(one) {
            all.ip(one)
        } else {
            all.dns(one)
        };
    }
    let extension = all.build(&builder.x509v3_context(None, None)).unwrap();
    builder.append_extension(extension).unwrap();
    builder.sign(issuer.map_or(key, |(_, key)| key), MessageDigest::sha256()).unwrap();
    builder.build()
}

const NOW: i64 = 1_800_000_000;

#[test]
fn certificates_that_clients_refuse() {
    let (root_key, own_key) = (key(), key());
    let root = certificate(&["root"], -10, &root_key, None);
    let now = Time::from_timestamp(NOW, 0).unwrap();
    let pem = |chain: &[&X509]| chain.iter().flat_map(|one| one.to_pem().unwrap()).collect::<Vec<u8>>();
    let options = |chain: &[&X509], key: &PKey<Private>| TlsOptions {
        cert: PemSource::Inline(Secret::new(String::from_utf8(pem(chain)).unwrap())),
        key: PemSource::Inline(Secret::new(String::from_utf8(key.private_key_to_pem_pkcs8().unwrap()).unwrap())),
    };
    let home = url("https://id.example.org/");
    let check =
        |chain: &[&X509], key: &PKey<Private>| tls::check("serve.public.tls", &options(chain, key), &[&home], now);
    let leaf = |begins: i64, names: &[&str]| certificate(names, begins, &own_key, Some((&root, &root_key)));
    let good = leaf(-1, &["id.example.org"]);
    assert!(check(&[&good, &root], &own_key).is_empty());
    assert!(check(&[&leaf(-1, &["*.example.org"]), &root], &own_key).is_empty());
    assert_found(&check(&[&good, &root], &root_key), &[(Level::Wrong, "does not belong")]);
    assert_found(&check(&[&good], &own_key), &[(Level::Warning, "stands alone")]);
    let own = certificate(&["id.example.org"], -1, &own_key, None);
    assert_found(&check(&[&own], &own_key), &[(Level::Warning, "signed by itself")]);
    let stranger = certificate(&["stranger"], -1, &key(), None);
    assert_found(&check(&[&good, &stranger], &own_key), &[(Level::Wrong, "not followed by its issuer")]);
    assert_found(&check(&[&leaf(-91, &["id.example.org"]), &root], &own_key), &[(Level::Wrong, "ended on")]);
    assert_found(&check(&[&leaf(-80, &["id.example.org"]), &root], &own_key), &[(Level::Warning, "ends in 10 days")]);
    assert_found(&check(&[&leaf(1, &["id.example.org"]), &root], &own_key), &[(Level::Wrong, "begins on")]);
    for other in ["example.org", "a.id.example.org", "*.id.example.org", "127.0.0.1"] {
        assert_found(&check(&[&leaf(-1, &[other]), &root], &own_key), &[(Level::Wrong, "is not for id.example.org")]);
    }
    let address = url("https://127.0.0.1:4433/");
    let by_address = leaf(-1, &["127.0.0.1"]);
    assert!(tls::check("tls", &options(&[&by_address, &root], &own_key), &[&address], now).is_empty());
    let missing = TlsOptions {
        cert: PemSource::Path("/nowhere/cert.pem".into()),
        key: PemSource::Inline(Secret::new("x".to_owned())),
    };
    let wanted = [(Level::Wrong, "/nowhere/cert.pem"), (Level::Wrong, "no private key in PEM")];
    assert_found(&tls::check("tls", &missing, &[&home], now), &wanted);
}

#[test]
fn a_report_for_people_and_for_programs() {
    let mut report = Report::new("identity-service");
    report.add("configuration", vec![Finding::fine("every key is known")]);
    report.add("peer", Vec::new());
    let wrong =
        Finding::wrong("cookies.domain", "\"example.com\" covers nothing").because("nobody signs in", "leave it out");
    report.add("cookies", vec![wrong, Finding::warning("", "odd").because("why not", "look")]);
    assert!(report.failed());
    assert_eq!(
        report.text(),
        "configuration\n  fine     every key is known\ncookies\n  WRONG    cookies.domain: \"example.com\" covers nothing\n           \
         why  nobody signs in\n           do   leave it out\n  warning  odd\n           why  why not\n           do   look\n\n\
         identity-service: 1 wrong, 1 warning"
    );
    let json = report.json();
    assert_eq!((&json["ok"], &json["wrong"], &json["warnings"]), (&false.into(), &1.into(), &1.into()));
    assert_eq!(json["checks"][1]["findings"][0]["key"], "cookies.domain");
    assert_eq!(json["checks"][0]["findings"][0], serde_json::json!({"level": "fine", "what": "every key is known"}));
}
