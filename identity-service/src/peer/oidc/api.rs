//! Providers with an API of their own, as data: where they are, and where in their answers the claims stand.

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
    /// In that header, after these words.
    Header(&'static str, &'static str),
    Query(&'static str),
}

/// A provider whose two endpoints are well known.
pub(super) struct Fixed {
    pub(super) authorization: &'static str,
    pub(super) token: &'static str,
    pub(super) api: Api,
}

pub(super) const GITHUB: Fixed = Fixed {
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
            ("website", "/blog"),
            ("picture", "/avatar_url"),
            ("profile", "/html_url"),
            ("updated_at", "/updated_at"),
        ],
    },
};

pub(super) const DISCORD: Fixed = Fixed {
    authorization: "https://discord.com/api/v9/oauth2/authorize",
    token: "https://discord.com/api/v9/oauth2/token",
    api: Api {
        url: "https://discord.com/api/v9/users/@me",
        shows: Shows::Bearer,
        issuer: "https://discord.com/api/v9/oauth2/",
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

pub(super) const SLACK: Fixed = Fixed {
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

pub(super) const FACEBOOK: Fixed = Fixed {
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

pub(super) const VK: Fixed = Fixed {
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

pub(super) const YANDEX: Fixed = Fixed {
    authorization: "https://oauth.yandex.com/authorize",
    token: "https://oauth.yandex.com/token",
    api: Api {
        url: "https://login.yandex.ru/info?format=json",
        shows: Shows::Header("authorization", "OAuth "),
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

pub(super) const SPOTIFY: Fixed = Fixed {
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

pub(super) const DINGTALK: Fixed = Fixed {
    authorization: "https://login.dingtalk.com/oauth2/auth",
    token: "https://api.dingtalk.com/v1.0/oauth2/userAccessToken",
    api: Api {
        url: "https://api.dingtalk.com/v1.0/contact/users/me",
        shows: Shows::Header("x-acs-dingtalk-access-token", ""),
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

pub(super) const LINKEDIN: Fixed = Fixed {
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

pub(super) const PATREON: Fixed = Fixed {
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

pub(super) const LARK: Fixed = Fixed {
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

pub(super) const AMAZON: Fixed = Fixed {
    authorization: "https://www.amazon.com/ap/oa",
    token: "https://api.amazon.com/auth/o2/token",
    api: Api {
        url: "https://api.amazon.com/user/profile",
        shows: Shows::Header("x-amz-access-token", ""),
        issuer: "https://api.amazon.com/auth/o2/token",
        claims: &[("sub", "/user_id"), ("name", "/name"), ("email", "/email"), ("zoneinfo", "/postal_code")],
    },
};

/// Below where X is, or the stand-in of it.
pub(super) const X: Api = Api {
    url: "/1.1/account/verify_credentials.json",
    shows: Shows::Bearer,
    issuer: "",
    claims: &[
        ("sub", "/id_str"),
        ("name", "/name"),
        ("nickname", "/screen_name"),
        ("preferred_username", "/screen_name"),
        ("picture", "/profile_image_url_https"),
        ("email", "/email"),
        ("website", "/url"),
    ],
};

pub(super) const UAEPASS: Api = Api {
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
