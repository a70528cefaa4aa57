//! Trying a provider for the operator (contract §4.7): all that a sign-in there would do, written down instead of done.

use serde_json::{Map, Value};

use super::{Departure, Returned, mapper, memory};
use crate::{
    app::Cx,
    config::Provider,
    identity::schema::{Issue, Schema},
    model::{
        flow::{Flow, Open},
        trial::{Fault, Objection, Report},
    },
    peer::oidc::{self, Answer, Found, Stage, Tokens},
    source,
};

/// Under this name a flow keeps its report.
const NAME: &str = "oidc trial";

/// The flow with its report.
pub(crate) fn reporting(cx: &Cx, open: Open, report: &Report) -> Open {
    open.remembering(NAME, memory::sealed(cx, NAME, report))
}

/// The report of a flow. Whoever asks for it has to see that it is told to its holder alone.
pub(crate) fn report(cx: &Cx, flow: &Flow) -> Option<Report> {
    memory::recall(cx, flow, NAME)
}

/// Takes what a provider has answered as far as a sign-in would go before anything is kept.
pub(crate) async fn tried(
    cx: &Cx,
    departure: &Departure,
    returned: Result<Returned<'_>, Fault>,
    schema: &Schema,
) -> Report {
    let Ok(provider) = super::known(cx, &departure.provider) else {
        return failed(Report::default(), Fault::at("callback", "callback_failed", "The provider is gone."));
    };
    let report = Report { jsonnet_mapper_url: Some(source::shown(&provider.mapper_url)), ..Report::default() };
    let returned = match returned {
        Ok(returned) => returned,
        Err(fault) => return failed(report, fault),
    };
    let answer = Answer {
        code: returned.code,
        issuer: returned.issuer,
        user: returned.user,
        verifier: departure.verifier.as_deref(),
        nonce: &departure.nonce,
        token: returned.token,
        temporary: departure.temporary.as_ref(),
    };
    match oidc::identify_by_stages(cx, &provider, answer).await {
        Ok(found) => mapped(cx, &provider, found, (report, schema)).await,
        Err((stage, error)) => {
            let (step, reason) = match stage {
                Stage::Exchange => ("token_exchange", "exchange_failed"),
                Stage::IdToken => ("id_token_verify", "verification_failed"),
                Stage::Claims => ("claims_decode", "claims_invalid"),
            };
            failed(report, Fault::at(step, reason, error.to_string()))
        }
    }
}

async fn mapped(cx: &Cx, provider: &Provider, found: Found, (mut report, schema): (Report, &Schema)) -> Report {
    let claims = without_tokens(&found.claims, &found.tokens);
    report.userinfo = found.userinfo.map(|said| without_tokens(&said, &found.tokens));
    report.jsonnet_input = Some(claims.clone());
    report.id_token_claims = Some(claims);
    let said = match mapper::evaluated(cx, provider, &found.claims, None).await {
        Ok(said) => said,
        Err(error) => {
            report.jsonnet_stderr = Some(error.to_string());
            return failed(report, Fault::at("jsonnet_run", "evaluation_failed", error.to_string()));
        }
    };
    let Value::Object(output) = &said else {
        let told = "The mapper made something else than an object.";
        return failed(report, Fault::at("jsonnet_run", "invalid_output", told));
    };
    report.jsonnet_output = Some(without_tokens(output, &found.tokens));
    let mapped = match mapper::read(said) {
        Ok(mapped) => mapped,
        Err(error) => return failed(report, Fault::at("jsonnet_run", "invalid_traits", error.to_string())),
    };
    let issues = match schema.check_user_write(None, &mapped.traits) {
        Ok(traits) => schema.validate(&traits),
        Err(issues) => issues,
    };
    if issues.is_empty() {
        return report;
    }
    let told: Vec<String> = issues.iter().map(|issue| issue.message.text.clone()).collect();
    report.schema_validation_errors = issues.into_iter().map(objection).collect();
    failed(report, Fault::at("schema_validate", "traits_invalid", told.join(" ")))
}

fn failed(report: Report, fault: Fault) -> Report {
    Report { error: Some(fault), ..report }
}

/// `traits.name.first` as `/traits/name/first`.
fn objection(issue: Issue) -> Objection {
    let pointer = |at: String| format!("/{}", at.replace('~', "~0").replace('/', "~1").replace('.', "/"));
    Objection { path: issue.at.map(pointer).unwrap_or_default(), message: issue.message.text }
}

/// What was said, without the tokens a provider may have put among it.
fn without_tokens(said: &Map<String, Value>, tokens: &Tokens) -> Map<String, Value> {
    fn clean(value: &Value, tokens: &Tokens) -> Value {
        match value {
            Value::String(text) if tokens.holds(text) => Value::from("(a token)"),
            Value::Array(items) => items.iter().map(|item| clean(item, tokens)).collect(),
            Value::Object(map) => Value::Object(without_tokens(map, tokens)),
            other => other.clone(),
        }
    }
    said.iter().map(|(name, value)| (name.clone(), clean(value, tokens))).collect()
}
