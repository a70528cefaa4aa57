//! `preview token`.

use anyhow::Context as _;
use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::{
    output::{self, Column, Format},
    remote::{self, Remote},
};

const COLUMNS: &[Column] =
    &[("TOKEN", "token"), ("CLAIM", "claim"), ("VALUE", "value"), ("RULE", "rule"), ("SOURCE", "source")];

/// Things to foresee.
#[derive(Debug, Subcommand)]
pub(crate) enum Preview {
    /// The tokens a client would get, claim by claim with the rule that puts it there, at the admin API.
    Token(PreviewArgs),
}

/// Arguments of `preview token`.
#[derive(Debug, Args)]
pub(crate) struct PreviewArgs {
    /// The client.
    #[arg(long)]
    client_id: String,
    /// Whose tokens.
    #[arg(long, default_value = "")]
    subject: String,
    /// Scopes the client asks for.
    #[arg(long, value_delimiter = ',')]
    scope: Vec<String>,
    /// Audiences the client asks for.
    #[arg(long, value_delimiter = ',')]
    audience: Vec<String>,
    /// How the client gets them.
    #[arg(long, default_value = "authorization_code")]
    grant_type: String,
    /// The claims a consent would give: {"access_token": {..}, "id_token": {..}}.
    #[arg(long, value_name = "JSON", default_value = "{}")]
    session: String,
    #[command(flatten)]
    remote: Remote,
}

/// Shows the tokens a client would get.
pub(crate) async fn token(args: PreviewArgs) -> anyhow::Result<()> {
    let service = args.remote.admin()?;
    let session: Value = serde_json::from_str(&args.session).context("--session is not JSON")?;
    let wanted = json!({
        "client_id": args.client_id,
        "subject": args.subject,
        "scope": args.scope.join(" "),
        "audience": args.audience,
        "grant_type": args.grant_type,
        "session": session,
    });
    let url = service.url(&["admin", "oauth2", "token-preview"])?;
    let told = remote::json(&service.call("POST", url, Some(&wanted)).await?)?;
    if args.remote.format != Format::Table {
        return output::one(&args.remote.format, &told, COLUMNS);
    }
    output::list(&Format::Table, &rows(&told), None, COLUMNS)?;
    for problem in told.get("problems").and_then(Value::as_array).into_iter().flatten() {
        let text = |name: &str| problem.get(name).and_then(Value::as_str).unwrap_or_default();
        output::note(&format!("No tokens would be issued: {}: {}", text("error"), text("error_description")));
    }
    Ok(())
}

/// A row for each claim of either token.
fn rows(told: &Value) -> Vec<Value> {
    let tokens = ["access_token", "id_token"].into_iter();
    tokens
        .flat_map(|token| {
            let rules = told.pointer(&format!("/{token}/rules")).and_then(Value::as_array);
            rules.into_iter().flatten().map(move |rule| (token, rule))
        })
        .map(|(token, rule)| {
            let mut row = rule.clone();
            if let Value::Object(row) = &mut row {
                row.insert("token".to_owned(), json!(token));
            }
            row
        })
        .collect()
}
