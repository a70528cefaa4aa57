//! The identifier before anything else (contract §6.5): the next screen offers what its owner signs in with.

use serde::Deserialize;

use super::{Attempt, Method, MethodError, MethodId, Scene};
use crate::{
    app::Cx,
    identity::{normal, schema::Schema},
    limit,
    model::{
        address::Via,
        credential::CredentialType,
        flow::Flow,
        step::{Identified, Step},
    },
    store,
    ui::{
        node::{Group, InputType, Node},
        text::{Message, label, validation},
    },
};

/// The method.
pub(super) struct IdentifierFirst;

/// What it reads of a submission.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Input {
    #[serde(default)]
    identifier: Option<String>,
}

impl Method for IdentifierFirst {
    const ID: MethodId = MethodId::IdentifierFirst;
    type Input = Input;

    fn nodes(_: &Cx, _: &mut Flow, scene: Scene<'_>) -> Vec<Node> {
        vec![
            Node::input(Group::IdentifierFirst, "identifier", InputType::Text)
                .value("")
                .required()
                .autocomplete("username webauthn")
                .label(asked(scene.schema)),
            Node::submit(Group::IdentifierFirst, "method", MethodId::IdentifierFirst.as_str(), label::continue_on()),
        ]
    }

    async fn submit(cx: &Cx, attempt: Attempt<'_>, input: Input) -> Result<Step, MethodError> {
        let typed = input.identifier.unwrap_or_default();
        if typed.trim().is_empty() {
            let mut form = attempt.flow.data.ui.clone();
            form.tell("identifier", validation::required("identifier"));
            return Ok(Step::Again(form));
        }
        let identifier = normal::identifier(&typed);
        limit::check(cx, "login", attempt.client, Some(&identifier))?;
        let wanted = identifier.clone();
        let owner = cx
            .db
            .read(move |conn| {
                let kinds = [CredentialType::Password, CredentialType::Code, CredentialType::WebAuthn];
                let mut found = None;
                for kind in kinds {
                    if found.is_none() {
                        found = store::credentials::by_identifier(conn, kind, &wanted)?.map(|it| it.identity_id);
                    }
                }
                if found.is_none() {
                    let via = if wanted.contains('@') { Via::Email } else { Via::Sms };
                    found = store::addresses::verifiable_by_value(conn, via, &wanted)?.map(|(owner, _)| owner);
                }
                let Some(id) = found else { return Ok(None) };
                let identity = store::identities::get(conn, id)?;
                let credentials = store::credentials::of_identity(conn, id)?;
                Ok::<_, MethodError>(identity.map(|identity| (identity, credentials)))
            })
            .await?;
        Ok(Step::Identified(Box::new(Identified { identifier: typed, owner })))
    }
}

/// The schema's title of the identifier, when there is exactly one.
fn asked(schema: Option<&Schema>) -> Message {
    match schema.map(Schema::password_identifiers).unwrap_or_default().as_slice() {
        [(name, Some(title))] => label::generated(title, name),
        _ => label::identifier(),
    }
}
