//! Messages: whether there is a way out for them. None is sent.

use chrono::TimeDelta;
use shared_types::{
    db,
    doctor::{Finding, or_fine, probe},
    http::client::HttpRequest,
};

use super::Patient;
use crate::{
    config::{Request, Smtp, SmtpSecurity},
    courier::{SmtpStage, greet},
    store,
};

/// A message that waits longer waits for nobody.
const PATIENCE: TimeDelta = TimeDelta::minutes(10);
/// What the reference implementation sends from; nobody else may.
const FOREIGN: &str = "@ory.kratos.sh";

pub(super) async fn check(patient: &Patient) -> Vec<Finding> {
    let courier = &patient.config.courier;
    let mut found = Vec::new();
    match (&courier.mail_gateway, &courier.smtp) {
        (Some(request), _) => found.push(gateway(patient, "e-mail", request).await),
        (None, Some(smtp)) => found.extend(server(smtp).await),
        (None, None) => found.extend(no_way_out(patient)),
    }
    if let Some(request) = &courier.sms_gateway {
        found.push(gateway(patient, "sms", request).await);
    }
    found.extend(waiting(patient).await);
    or_fine(found, "no messages are sent")
}

fn no_way_out(patient: &Patient) -> Option<Finding> {
    let flows = &patient.config.selfservice;
    let needed = flows.verification.enabled || flows.recovery.enabled || flows.methods.code.passwordless;
    needed.then(|| {
        let why = "recovery, verification and sign-in by code send mails: they stay in the queue";
        let fix = "set courier.smtp.connection_uri, such as smtp://user:password@mail.example.org:587/";
        Finding::wrong("courier.smtp.connection_uri", "is not set").because(why, fix)
    })
}

async fn server(smtp: &Smtp) -> Vec<Finding> {
    const KEY: &str = "courier.smtp.connection_uri";
    let (host, port) = (&smtp.host, smtp.port);
    let mut found = Vec::new();
    match greet(smtp).await {
        Ok(()) => {
            let how = match smtp.security {
                SmtpSecurity::Plain => "in clear",
                SmtpSecurity::StartTls => "by STARTTLS",
                SmtpSecurity::Implicit => "by TLS",
            };
            let who = if smtp.user.is_some() { ", and takes user and password" } else { "" };
            found.push(Finding::fine(format!("{host}:{port} answers {how}{who}")));
        }
        Err((stage, said)) => {
            let (what, fix) = match stage {
                SmtpStage::SetUp => ("cannot be used", "correct what it names"),
                SmtpStage::Find => ("cannot be found", "correct the host, or see to its name server"),
                SmtpStage::Connect => {
                    ("does not answer", "correct host and port; smtps:// speaks TLS at once, smtp:// does not")
                }
                SmtpStage::NoStartTls => {
                    ("offers no STARTTLS", "use smtps://, or add ?disable_starttls=true where the way to it is private")
                }
                SmtpStage::StartTls => {
                    ("cannot be trusted", "name the host its certificate is for, or that name as ?server_name=")
                }
                SmtpStage::NoAuth => {
                    ("takes no user and password", "remove them, or use the port for submission (587)")
                }
                SmtpStage::Auth => {
                    ("refuses user and password", "correct them; special characters are written as %40 and so on")
                }
            };
            let what = format!("{host}:{port} {what}: {said}");
            found.push(Finding::wrong(KEY, what).because("no mail leaves: no recovery, no verification", fix));
        }
    }
    if smtp.skip_verify {
        let why = "whoever sits on the way reads every code and link";
        let fix = "remove skip_ssl_verify from the address";
        found.push(Finding::warning(KEY, "the server's certificate is not looked at").because(why, fix));
    }
    if smtp.from_address.ends_with(FOREIGN) {
        let what = format!("is {}", smtp.from_address);
        let why = "receivers refuse mails in the name of a domain that does not send them";
        let fix = "set an address of yours";
        found.push(Finding::warning("courier.smtp.from_address", what).because(why, fix));
    }
    found
}

/// Whether somebody answers; what is not asked to send sends nothing.
async fn gateway(patient: &Patient, name: &str, request: &Request) -> Finding {
    let origin = request.url.origin().ascii_serialization();
    match probe::send(&patient.http, HttpRequest::new("HEAD", request.url.clone())).await {
        Ok(reply) if reply.status < 500 => Finding::fine(format!("{origin}, for {name}, answers")),
        Ok(reply) => {
            let what = format!("{origin}, for {name}, answers with status {}", reply.status);
            Finding::warning("courier.channels", what)
                .because("messages will be tried again and again", "see to that system")
        }
        Err(why) => {
            let what = format!("{origin}, for {name}, cannot be reached: {why}");
            Finding::wrong("courier.channels", what)
                .because("no message leaves that way", "correct its address, or start it")
        }
    }
}

async fn waiting(patient: &Patient) -> Option<Finding> {
    let before = patient.now() - PATIENCE;
    let database = patient.db.as_ref().ok()?;
    let count = database.read(move |conn| store::mails::waiting_since(conn, before)).await;
    let count = count.map_err(|_: db::Error| ()).ok().filter(|count| *count > 0)?;
    let what = format!("{count} messages have waited for more than ten minutes");
    let why = "no courier runs, or it cannot send";
    let fix = "run `identity-service courier watch`, or `serve --watch-courier`; GET /admin/courier/messages says what happened";
    Some(Finding::warning("watch-courier", what).because(why, fix))
}
