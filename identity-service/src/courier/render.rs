//! Writes messages when they are sent: the operator's text for each part where there is one, ours otherwise.

use super::{
    Trouble, built_in,
    enqueue::{Content, Matter, Template},
    wording::{self, Part},
};
use crate::{
    app::Env,
    model::{
        address::Via,
        mail::{Mail, MailType},
    },
};

/// A message as it goes out.
pub(super) async fn written(env: &Env, mail: &Mail, matter: &Matter) -> Result<Content, Trouble> {
    let (data, headers) = match matter {
        Matter::Written(content) => return Ok(content.clone()),
        Matter::Unwritten { data, request_headers } => (data, request_headers),
    };
    let template: Template = mail.template.parse().map_err(|_| {
        // A newer version queued it; one of its workers may still take it.
        Trouble::Passing(format!("there is no template {}", mail.template))
    })?;
    let via = via(mail.kind);
    let mut content = built_in::content(template, via, data).map_err(|error| Trouble::Final(error.to_string()))?;
    let seen = wording::data(data, headers);
    for &part in wording::parts(via) {
        let own = env.wordings.written(&env.http, env.clock.now(), (template, part), &seen).await;
        // Whoever wrote it may mend it while the message waits.
        let told = |why: String| Trouble::Passing(format!("the text for {part} of {template}: {why}"));
        let Some(own) = own.map_err(told)? else { continue };
        match part {
            Part::Subject => content.subject = one_line(&own),
            Part::Html => content.html = own,
            Part::Text => content.text = own,
            Part::Sms => content.text = own.trim().to_owned(),
        }
    }
    Ok(content)
}

pub(super) const fn via(kind: MailType) -> Via {
    match kind {
        MailType::Email => Via::Email,
        MailType::Sms => Via::Sms,
    }
}

/// A subject is one line, whatever its file looks like and whatever it was filled with.
fn one_line(text: &str) -> String {
    text.split(|c: char| c.is_whitespace() || c.is_control())
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

#[cfg(test)]
mod tests;
