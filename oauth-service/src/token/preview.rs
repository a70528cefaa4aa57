//! The tokens a recipe would yield, claim by claim with the rule that puts it there. The lines that make tokens make this too; nothing is
//! signed, kept or drawn for use.

use serde_json::{Map, Value, json};

use super::{
    id_token::{self, Beside},
    introspect::{self, Found},
    mint::{self, Plan, Recipe, plan},
    rule::{Account, LATER},
};
use crate::{
    app::Cx,
    config::TokenStrategy,
    key::{self, KeySet},
    model::token::Login,
    protocol::{alg::Alg, error::OAuthError},
};

/// Where the given claims come from.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Source {
    /// The consent, as the caller plays it.
    Consent,
    /// A hook, by its setting.
    Hook(&'static str),
}

impl Source {
    fn of(self, token: &str) -> String {
        match self {
            Self::Consent => format!("session.{token} of the consent"),
            Self::Hook(setting) => format!("session.{token} of {setting}"),
        }
    }
}

/// What the token endpoint would answer: the tokens in full, and what stands beside them.
pub(crate) async fn preview(cx: &Cx, recipe: Recipe<'_>, source: Source) -> Result<Map<String, Value>, OAuthError> {
    let plan = plan(cx, recipe)?;
    let access = access_token(cx, &plan, source).await?;
    let id_token = match plan.id_token_of() {
        Some(login) => id_token_account(cx, &plan, login, source).await?,
        None => Value::Null,
    };
    let refresh_token = plan.refreshes().map(|_| {
        let end = plan.ends.refresh;
        json!({
            "format": "opaque",
            "expires_at": end.map(|end| end.at),
            "rule": end.map_or("ttl.refresh_token", |end| end.by.name),
        })
    });
    let mut answer = Map::new();
    let mut set = |name: &str, value: Value| answer.insert(name.to_owned(), value);
    set("token_type", json!(plan.token_type()));
    set("expires_in", json!(plan.expires_in(cx)));
    set("scope", json!(plan.shown.scope.join(" ")));
    set("access_token", access);
    set("id_token", id_token);
    set("refresh_token", json!(refresh_token));
    Ok(answer)
}

async fn access_token(cx: &Cx, plan: &Plan<'_>, source: Source) -> Result<Value, OAuthError> {
    let mut account = Account::new(source.of("access_token"));
    if mint::strategy(cx, plan.client) == TokenStrategy::Opaque {
        // What introspection tells of it is all there is to see.
        let row = mint::row(cx, cx.digester.digest("preview", ""), plan.shown.clone(), &plan.ends);
        let ext = &plan.session.access_token;
        introspect::describe(cx, &Found::Access(row), &plan.session, ext, &mut account);
        return Ok(account.to_json("opaque", None));
    }
    mint::access_claims(cx, (&plan.shown, &plan.session), &plan.ends, LATER, &mut account);
    let typ = cx.config.oauth2.claims.profile.typ();
    let header = header(cx, KeySet::AccessToken, key::by_default(cx, KeySet::AccessToken), typ).await?;
    Ok(account.to_json("jwt", Some(&header)))
}

async fn id_token_account(cx: &Cx, plan: &Plan<'_>, login: &Login, source: Source) -> Result<Value, OAuthError> {
    let mut account = Account::new(source.of("id_token"));
    let beside = Beside { access_token: Some(""), code: None, ends: plan.ends.id };
    id_token::claims(cx, plan.client, (&plan.session, login), beside, &mut account);
    let header = header(cx, KeySet::IdToken, id_token::alg(cx, plan.client), id_token::TYP).await?;
    let encrypted = !plan.client.id_token_encrypted_response_alg.is_empty();
    Ok(account.to_json(if encrypted { "encrypted jwt" } else { "jwt" }, Some(&header)))
}

/// The header; the key's name is open where the key is yet to be made.
async fn header(cx: &Cx, set: KeySet, alg: Alg, typ: &str) -> Result<Value, OAuthError> {
    let signer = cx.keys.present_signer(cx, set, alg).await?;
    Ok(signer.map_or_else(|| json!({"alg": alg.as_str(), "kid": LATER, "typ": typ}), |signer| signer.header(typ)))
}
