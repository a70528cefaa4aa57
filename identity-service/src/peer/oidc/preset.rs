//! What is known of each kind of provider, as data: where it is, and where in its answers the claims stand.

use serde_json::{Map, Value};
use url::Url;

use super::{ProviderError, directory::Place};
use crate::config::{Provider, ProviderKind};

/// How a provider is found.
pub(super) enum Known {
    /// Its addresses are known.
    Fixed(Box<Place>),
    /// It tells them.
    Discovered { issuer: String, profile: Profile },
}

/// Where it stands who somebody is.
#[derive(Debug, Clone, Copy)]
pub(super) enum Profile {
    /// In the ID token.
    IdToken,
    /// At the userinfo endpoint, in OpenID's names.
    Userinfo,
    /// In an API of the provider's own.
    Own(&'static Api),
}

/// An API that says who somebody is.
#[derive(Debug)]
pub(super) struct Api {
    /// Where; below the issuer when it begins with a slash.
    pub(super) url: &'static str,
    pub(super) shows: Shows,
    /// What stands for the issuer; the issuer of the configuration when empty.
    pub(super) issuer: &'static str,
    /// Claims, and where they stand in the answer (RFC 6901).
    pub(super) claims: &'static [(&'static str, &'static str)],
}

/// How the access token is shown.
#[derive(Debug, Clone, Copy)]
pub(super) enum Shows {
    Bearer,
    Header(&'static str),
    Query(&'static str),
}

/// A provider whose two endpoints are well known.
struct Fixed {
    authorization: &'static str,
    token: &'static str,
    api: Api,
}

const GITHUB: Fixed = Fixed {
    authorization: "https://github.com/login/oauth/authorize",
    token: "https://github.com/login/oauth/access_token",
    api: Api {
        url: "https://api.github.com/user",
        shows: Shows::Bearer,
        issuer: "https://github.com/login/oauth/access_token",
        claims: &[
            ("sub", "/id"),
            ("name", "/name"),
            ("nickname", "/login"),
            ("preferred_username", "/login"),
            ("website", "/blog"),
            ("picture", "/avatar_url"),
            ("profile", "/html_url"),
        ],
    },
};
const DISCORD: Fixed = Fixed {
    authorization: "https://discord.com/api/oauth2/authorize",
    token: "https://discord.com/api/oauth2/token",
    api: Api {
        url: "https://discord.com/api/users/@me",
        shows: Shows::Bearer,
        issuer: "https://discord.com/api/oauth2/",
        claims: &[
            ("sub", "/id"),
            ("nickname", "/username"),
            ("preferred_username", "/username"),
            ("email", "/email"),
            ("email_verified", "/verified"),
            ("locale", "/locale"),
        ],
    },
};
const SLACK: Fixed = Fixed {
    authorization: "https://slack.com/oauth/authorize",
    token: "https://slack.com/api/oauth.access",
    api: Api {
        url: "https://slack.com/api/users.identity",
        shows: Shows::Bearer,
        issuer: "https://slack.com/oauth/",
        claims: &[
            ("sub", "/user/id"),
            ("name", "/user/name"),
            ("nickname", "/user/name"),
            ("preferred_username", "/user/name"),
            ("email", "/user/email"),
            ("picture", "/user/image_512"),
            ("team", "/team/id"),
        ],
    },
};
const FACEBOOK: Fixed = Fixed {
    authorization: "https://www.facebook.com/dialog/oauth",
    token: "https://graph.facebook.com/oauth/access_token",
    api: Api {
        url: "https://graph.facebook.com/me?fields=id,name,first_name,last_name,middle_name,email,picture,birthday,gender",
        shows: Shows::Bearer,
        issuer: "https://graph.facebook.com/me",
        claims: &[
            ("sub", "/id"),
            ("name", "/name"),
            ("given_name", "/first_name"),
            ("family_name", "/last_name"),
            ("middle_name", "/middle_name"),
            ("nickname", "/name"),
            ("preferred_username", "/name"),
            ("picture", "/picture/data/url"),
            ("email", "/email"),
            ("birthdate", "/birthday"),
            ("gender", "/gender"),
        ],
    },
};
const VK: Fixed = Fixed {
    authorization: "https://oauth.vk.com/authorize",
    token: "https://oauth.vk.com/access_token",
    api: Api {
        url: "https://api.vk.com/method/users.get?fields=photo_200,nickname,bdate,sex&v=5.131",
        shows: Shows::Query("access_token"),
        issuer: "https://api.vk.com/method/users.get",
        claims: &[
            ("sub", "/response/0/id"),
            ("given_name", "/response/0/first_name"),
            ("family_name", "/response/0/last_name"),
            ("nickname", "/response/0/nickname"),
            ("picture", "/response/0/photo_200"),
            ("birthdate", "/response/0/bdate"),
        ],
    },
};
const YANDEX: Fixed = Fixed {
    authorization: "https://oauth.yandex.com/authorize",
    token: "https://oauth.yandex.com/token",
    api: Api {
        url: "https://login.yandex.ru/info?format=json",
        shows: Shows::Bearer,
        issuer: "https://login.yandex.ru/info",
        claims: &[
            ("sub", "/id"),
            ("given_name", "/first_name"),
            ("family_name", "/last_name"),
            ("email", "/default_email"),
            ("gender", "/sex"),
            ("birthdate", "/birthday"),
        ],
    },
};
const SPOTIFY: Fixed = Fixed {
    authorization: "https://accounts.spotify.com/authorize",
    token: "https://accounts.spotify.com/api/token",
    api: Api {
        url: "https://api.spotify.com/v1/me",
        shows: Shows::Bearer,
        issuer: "https://accounts.spotify.com/api/token",
        claims: &[
            ("sub", "/id"),
            ("name", "/display_name"),
            ("nickname", "/display_name"),
            ("email", "/email"),
            ("picture", "/images/0/url"),
            ("profile", "/external_urls/spotify"),
            ("birthdate", "/birthdate"),
        ],
    },
};
const DINGTALK: Fixed = Fixed {
    authorization: "https://login.dingtalk.com/oauth2/auth",
    token: "https://api.dingtalk.com/v1.0/oauth2/userAccessToken",
    api: Api {
        url: "https://api.dingtalk.com/v1.0/contact/users/me",
        shows: Shows::Header("x-acs-dingtalk-access-token"),
        issuer: "https://api.dingtalk.com/v1.0/contact/users/me",
        claims: &[
            ("sub", "/openId"),
            ("nickname", "/nick"),
            ("name", "/nick"),
            ("picture", "/avatarUrl"),
            ("email", "/email"),
        ],
    },
};
const LINKEDIN: Fixed = Fixed {
    authorization: "https://www.linkedin.com/oauth/v2/authorization",
    token: "https://www.linkedin.com/oauth/v2/accessToken",
    api: Api {
        url: "https://api.linkedin.com/v2/me?projection=(id,localizedFirstName,localizedLastName,\
              profilePicture(displayImage~digitalmediaAsset:playableStreams))",
        shows: Shows::Bearer,
        issuer: "https://login.linkedin.com/",
        claims: &[
            ("sub", "/id"),
            ("given_name", "/localizedFirstName"),
            ("last_name", "/localizedLastName"),
            ("family_name", "/localizedLastName"),
        ],
    },
};
const PATREON: Fixed = Fixed {
    authorization: "https://www.patreon.com/oauth2/authorize",
    token: "https://www.patreon.com/api/oauth2/token",
    api: Api {
        url: "https://www.patreon.com/api/oauth2/v2/identity?fields%5Buser%5D=first_name,last_name,url,full_name,email,image_url",
        shows: Shows::Bearer,
        issuer: "https://www.patreon.com/",
        claims: &[
            ("sub", "/data/id"),
            ("name", "/data/attributes/full_name"),
            ("email", "/data/attributes/email"),
            ("given_name", "/data/attributes/first_name"),
            ("family_name", "/data/attributes/last_name"),
            ("last_name", "/data/attributes/last_name"),
            ("picture", "/data/attributes/image_url"),
        ],
    },
};
const LARK: Fixed = Fixed {
    authorization: "https://passport.feishu.cn/suite/passport/oauth/authorize",
    token: "https://passport.feishu.cn/suite/passport/oauth/token",
    api: Api {
        url: "https://passport.feishu.cn/suite/passport/oauth/userinfo",
        shows: Shows::Bearer,
        issuer: "https://passport.feishu.cn/suite/passport/oauth/userinfo",
        claims: &[
            ("sub", "/open_id"),
            ("name", "/name"),
            ("nickname", "/name"),
            ("picture", "/avatar_url"),
            ("email", "/email"),
            ("phone_number", "/mobile"),
        ],
    },
};
const AMAZON: Fixed = Fixed {
    authorization: "https://www.amazon.com/ap/oa",
    token: "https://api.amazon.com/auth/o2/token",
    api: Api {
        url: "https://api.amazon.com/user/profile",
        shows: Shows::Header("x-amz-access-token"),
        issuer: "https://api.amazon.com/auth/o2/token",
        claims: &[("sub", "/user_id"), ("name", "/name"), ("email", "/email")],
    },
};
const UAEPASS: Api = Api {
    url: "/idshub/userinfo",
    shows: Shows::Bearer,
    issuer: "",
    claims: &[
        ("sub", "/sub"),
        ("email", "/email"),
        ("name", "/fullnameEN"),
        ("given_name", "/firstnameEN"),
        ("last_name", "/lastnameEN"),
        ("family_name", "/lastnameEN"),
    ],
};

const MICROSOFT: &str = "https://login.microsoftonline.com/";

/// How the provider is found.
pub(super) fn place(provider: &Provider) -> Result<Known, ProviderError> {
    use ProviderKind as Kind;
    let own = |fallback: &str| provider.issuer.clone().unwrap_or_else(|| fallback.to_owned());
    let discovered = |issuer: String, profile| Ok(Known::Discovered { issuer, profile });
    match provider.kind {
        Kind::Generic => discovered(own(""), Profile::IdToken),
        Kind::Google => discovered("https://accounts.google.com".to_owned(), Profile::IdToken),
        Kind::Line => discovered("https://access.line.me".to_owned(), Profile::IdToken),
        Kind::LinkedIn2 => discovered("https://www.linkedin.com/oauth".to_owned(), Profile::IdToken),
        Kind::NetId => discovered("https://broker.netid.de/".to_owned(), Profile::Userinfo),
        Kind::Microsoft => {
            let tenant = provider.tenant.as_deref().unwrap_or("common");
            discovered(format!("{MICROSOFT}{tenant}/v2.0"), Profile::IdToken)
        }
        Kind::GitLab => below(&own("https://gitlab.com"), ["/oauth/authorize", "/oauth/token", "/oauth/userinfo"]),
        Kind::Auth0 => below(&own(""), ["/authorize", "/oauth/token", "/userinfo"]),
        Kind::Salesforce => {
            below(&own(""), ["/services/oauth2/authorize", "/services/oauth2/token", "/services/oauth2/userinfo"])
        }
        Kind::UaePass => {
            let known =
                below(&own("https://id.uaepass.ae"), ["/idshub/authorize", "/idshub/token", "/idshub/userinfo"])?;
            Ok(with_profile(known, Profile::Own(&UAEPASS)))
        }
        Kind::Jackson => jackson(provider),
        Kind::Apple => apple(),
        Kind::X => Err(ProviderError::Unfit("X is asked by other means than OAuth 2.0")),
        Kind::GitHub | Kind::GitHubApp => fixed(&GITHUB),
        Kind::Discord => fixed(&DISCORD),
        Kind::Slack => fixed(&SLACK),
        Kind::Facebook => fixed(&FACEBOOK),
        Kind::Vk => fixed(&VK),
        Kind::Yandex => fixed(&YANDEX),
        Kind::Spotify => fixed(&SPOTIFY),
        Kind::DingTalk => fixed(&DINGTALK),
        Kind::LinkedIn => fixed(&LINKEDIN),
        Kind::Patreon => fixed(&PATREON),
        Kind::Lark => fixed(&LARK),
        Kind::Amazon => fixed(&AMAZON),
    }
}

fn url(text: &str) -> Result<Url, ProviderError> {
    Url::parse(text).map_err(|_| ProviderError::Unfit("an address of the provider is no URL"))
}

fn oauth(authorization: Url, token: Url, profile: Profile) -> Place {
    Place {
        authorization,
        token,
        userinfo: None,
        keys: None,
        issuer: None,
        binds_codes: false,
        secret_in_body: true,
        names_sender: false,
        algorithms: Vec::new(),
        profile,
    }
}

fn fixed(known: &'static Fixed) -> Result<Known, ProviderError> {
    let profile = Profile::Own(&known.api);
    Ok(Known::Fixed(Box::new(oauth(url(known.authorization)?, url(known.token)?, profile))))
}

/// Endpoints at known paths below an issuer that may be anywhere.
fn below(issuer: &str, paths: [&str; 3]) -> Result<Known, ProviderError> {
    let issuer = issuer.trim_end_matches('/');
    let [authorization, token, userinfo] = paths.map(|path| url(&format!("{issuer}{path}")));
    let place = Place { userinfo: Some(userinfo?), ..oauth(authorization?, token?, Profile::Userinfo) };
    Ok(Known::Fixed(Box::new(place)))
}

fn with_profile(known: Known, profile: Profile) -> Known {
    match known {
        Known::Fixed(place) => Known::Fixed(Box::new(Place { profile, ..*place })),
        Known::Discovered { issuer, .. } => Known::Discovered { issuer, profile },
    }
}

fn apple() -> Result<Known, ProviderError> {
    let at = |path: &str| url(&format!("https://appleid.apple.com/auth/{path}"));
    Ok(Known::Fixed(Box::new(Place {
        keys: Some(at("keys")?),
        issuer: Some("https://appleid.apple.com".to_owned()),
        ..oauth(at("authorize")?, at("token")?, Profile::IdToken)
    })))
}

/// Jackson's other endpoints stand beside its token endpoint.
fn jackson(provider: &Provider) -> Result<Known, ProviderError> {
    let missing = ProviderError::Unfit("auth_url and token_url are required");
    let (Some(authorization), Some(token)) = (&provider.auth_url, &provider.token_url) else { return Err(missing) };
    let home = token.as_str().trim_end_matches("/api/oauth/token").to_owned();
    Ok(Known::Fixed(Box::new(Place {
        userinfo: Some(url(&format!("{home}/api/oauth/userinfo"))?),
        keys: Some(url(&format!("{home}/oauth/jwks"))?),
        issuer: provider.issuer.clone(),
        ..oauth(authorization.clone(), token.clone(), Profile::IdToken)
    })))
}

/// Whether the provider speaks OpenID Connect: it is asked with a nonce.
pub(super) fn speaks_openid(kind: ProviderKind) -> bool {
    use ProviderKind as Kind;
    matches!(
        kind,
        Kind::Generic
            | Kind::Google
            | Kind::Microsoft
            | Kind::Apple
            | Kind::NetId
            | Kind::Line
            | Kind::LinkedIn2
            | Kind::Jackson
    )
}

/// Whether a program may hand an ID token in.
pub(super) fn takes_tokens(kind: ProviderKind) -> bool {
    matches!(kind, ProviderKind::Google | ProviderKind::Apple | ProviderKind::NetId)
}

/// Google is asked for refresh tokens by a parameter of its own.
pub(super) fn is_no_scope(kind: ProviderKind, word: &str) -> bool {
    kind == ProviderKind::Google && word == "offline_access"
}

/// What else the question holds.
pub(super) fn extras(provider: &Provider) -> Vec<(&'static str, &'static str)> {
    let asks = |word: &str| provider.scope.iter().any(|scope| scope == word);
    match provider.kind {
        ProviderKind::Google if asks("offline_access") => vec![("access_type", "offline")],
        // Apple answers by a form when it is asked for more than the subject.
        ProviderKind::Apple if asks("name") || asks("email") => vec![("response_mode", "form_post")],
        ProviderKind::Discord => vec![("prompt", "none")],
        ProviderKind::UaePass => vec![("acr_values", "urn:safelayer:tws:policies:authentication:level:low")],
        ProviderKind::DingTalk => vec![("prompt", "consent")],
        _ => Vec::new(),
    }
}

/// Whether an ID token's issuer is the provider.
pub(super) fn is_issuer(kind: ProviderKind, issuer: &str, named: &str, claims: &Map<String, Value>) -> bool {
    match kind {
        // The token says which tenant it is of; it is signed by the same keys for all.
        ProviderKind::Microsoft => {
            let tenant = claims.get("tid").and_then(Value::as_str).filter(|tid| uuid::Uuid::parse_str(tid).is_ok());
            tenant.is_some_and(|tid| named == issuer.replace("{tenantid}", tid))
        }
        ProviderKind::Google => named == issuer || named == "accounts.google.com",
        _ => named == issuer,
    }
}

/// Whether a discovery document that was asked of one issuer may name that other one.
pub(super) fn may_be_named(kind: ProviderKind, asked: &str, named: &str) -> bool {
    match kind {
        // A tenant may be asked for by its domain, and is named by its id.
        ProviderKind::Microsoft => named.starts_with(MICROSOFT) && named.ends_with("/v2.0"),
        _ => named.trim_end_matches('/') == asked.trim_end_matches('/'),
    }
}
