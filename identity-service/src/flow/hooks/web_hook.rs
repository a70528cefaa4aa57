//! `web_hook`: another system is told of a flow; it may refuse, and change what is about to be written (contract §6.3).

use std::time::Duration;

use serde::Deserialize;
use serde_json::{Value, json};
use shared_types::{
    http::client::{HttpError, HttpReply, HttpRequest},
    id::uuid_v4,
};

use crate::{
    app::Cx,
    config::{Hook, WebHook},
    flow::{FlowError, Refusal, view::FlowView, visitor::Visitor},
    identity::{
        create::KnownAddress,
        import::{self, AddressBody, ImportError},
        schema::Issue,
        view,
    },
    jsonnet::{Inputs, JsonnetError},
    model::{
        flow::Flow,
        identity::{Identity, IdentityState},
        session::Session,
        traits::Traits,
    },
    peer, session,
    ui::text::{Message, MessageType},
};

/// Somebody waits for the answer.
const PATIENCE: Duration = Duration::from_secs(30);
/// The pauses before a call that failed is made again.
const PAUSES: [Duration; 2] = [Duration::from_millis(200), Duration::from_millis(800)];

/// What a hook is told of.
pub(in crate::flow) struct About<'a> {
    pub(in crate::flow) flow: &'a Flow,
    pub(in crate::flow) identity: Option<&'a Identity>,
    pub(in crate::flow) session: Option<&'a Session>,
}

/// What a hook that is asked says.
pub(in crate::flow) enum Said {
    /// Go on.
    GoOn,
    /// Go on with these changes.
    Changes(Box<Wanted>),
    /// No: what is wrong, and where.
    No(Vec<Issue>),
}

/// What a hook changes about an identity before it is written.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Changes {
    traits: Option<Value>,
    schema_id: Option<String>,
    state: Option<String>,
    verifiable_addresses: Option<Vec<AddressBody>>,
    metadata_public: Option<Value>,
    metadata_admin: Option<Value>,
    external_id: Option<String>,
}

/// The same, read. Recovery addresses follow the traits, whatever a hook says of them.
#[derive(Debug, Clone, Default)]
pub(in crate::flow) struct Wanted {
    pub(in crate::flow) traits: Option<Traits>,
    pub(in crate::flow) schema_id: Option<String>,
    pub(in crate::flow) state: Option<IdentityState>,
    pub(in crate::flow) addresses: Vec<KnownAddress>,
    pub(in crate::flow) metadata_public: Option<Value>,
    pub(in crate::flow) metadata_admin: Option<Value>,
    /// Nothing in it: the identity has none any more.
    pub(in crate::flow) external_id: Option<String>,
}

impl Wanted {
    /// What another hook wants, over it.
    pub(in crate::flow) fn overlay(&mut self, over: Self) {
        let under = std::mem::take(self);
        *self = Self {
            traits: over.traits.or(under.traits),
            schema_id: over.schema_id.or(under.schema_id),
            state: over.state.or(under.state),
            addresses: [under.addresses, over.addresses].concat(),
            metadata_public: over.metadata_public.or(under.metadata_public),
            metadata_admin: over.metadata_admin.or(under.metadata_admin),
            external_id: over.external_id.or(under.external_id),
        };
    }
}

impl Changes {
    /// Reads them; the error names what cannot be used.
    fn read(self) -> Result<Wanted, ImportError> {
        let addresses = self.verifiable_addresses.into_iter().flatten();
        Ok(Wanted {
            traits: self.traits.map(|traits| import::traits(Some(traits))).transpose()?,
            schema_id: self.schema_id.filter(|id| !id.is_empty()),
            state: import::state(self.state.as_deref())?,
            addresses: addresses.map(|body| body.read("verifiable_addresses")).collect::<Result<_, _>>()?,
            metadata_public: self.metadata_public,
            metadata_admin: self.metadata_admin,
            external_id: self.external_id.map(|id| import::external_id(Some(id))).transpose()?.flatten(),
        })
    }
}

/// Runs the web hooks among these where nothing is written in between, in their order: those that may refuse are asked,
/// the others told. What is wrong, when one refuses.
pub(in crate::flow) async fn run(
    cx: &Cx,
    visitor: &Visitor,
    hooks: &[Hook],
    about: &About<'_>,
) -> Result<Option<Vec<Issue>>, FlowError> {
    for hook in among(hooks) {
        if !hook.parse {
            tell(cx, visitor, [hook], about).await?;
        } else if let Said::No(issues) = ask(cx, visitor, hook, about).await? {
            return Ok(Some(issues));
        }
    }
    Ok(None)
}

/// Runs them when everything is written, and nothing can be refused any more.
pub(in crate::flow) async fn run_after(
    cx: &Cx,
    visitor: &Visitor,
    hooks: &[Hook],
    about: &About<'_>,
) -> Result<(), FlowError> {
    tell(cx, visitor, among(hooks), about).await
}

/// Runs those that come before a flow begins.
pub(in crate::flow) async fn run_before(cx: &Cx, visitor: &Visitor, about: &About<'_>) -> Result<(), FlowError> {
    for hook in cx.config.selfservice.before(about.flow.kind) {
        if !hook.parse {
            tell(cx, visitor, [&**hook], about).await?;
        } else if let Said::No(issues) = ask(cx, visitor, hook, about).await? {
            let texts: Vec<String> = issues.into_iter().map(|issue| issue.message.text).collect();
            return Err(Refusal::Malformed(texts.join(" ")).into());
        }
    }
    Ok(())
}

fn among(hooks: &[Hook]) -> impl Iterator<Item = &WebHook> {
    hooks.iter().filter_map(|hook| if let Hook::Call(hook) = hook { Some(&**hook) } else { None })
}

/// Asks a hook before anything is written.
pub(in crate::flow) async fn ask(
    cx: &Cx,
    visitor: &Visitor,
    hook: &WebHook,
    about: &About<'_>,
) -> Result<Said, FlowError> {
    let Some(request) = request(cx, visitor, hook, about).await? else { return Ok(Said::GoOn) };
    let reply = sent(cx, hook, request).await?;
    said(hook, &reply)
}

/// Tells the hooks that only have to be told, in their order. The first that fails ends the request.
pub(in crate::flow) async fn tell(
    cx: &Cx,
    visitor: &Visitor,
    hooks: impl IntoIterator<Item = &WebHook>,
    about: &About<'_>,
) -> Result<(), FlowError> {
    for hook in hooks {
        if hook.ignore {
            tell_beside(cx, visitor, hook, about);
            continue;
        }
        let Some(request) = request(cx, visitor, hook, about).await? else { continue };
        let reply = sent(cx, hook, request).await?;
        if reply.status >= 400 {
            return Err(refused(hook, reply.status));
        }
    }
    Ok(())
}

/// Tells a hook beside the answer: what comes of it is only logged.
fn tell_beside(cx: &Cx, visitor: &Visitor, hook: &WebHook, about: &About<'_>) {
    let (cx, hook, ctx) = (cx.clone(), hook.clone(), ctx(&cx.clone(), visitor, about));
    let background = cx.background.clone();
    background.spawn(async move {
        match with_body(&cx, &hook, ctx).await {
            Ok(Some(request)) => match sent(&cx, &hook, request).await {
                Ok(reply) if reply.status < 400 => {}
                Ok(reply) => tracing::warn!(hook = hook.id, status = reply.status, "a web hook failed; it is ignored"),
                Err(error) => tracing::warn!(hook = hook.id, %error, "a web hook failed; it is ignored"),
            },
            Ok(None) => {}
            Err(error) => tracing::warn!(hook = hook.id, %error, "a web hook failed; it is ignored"),
        }
    });
}

async fn request(
    cx: &Cx,
    visitor: &Visitor,
    hook: &WebHook,
    about: &About<'_>,
) -> Result<Option<HttpRequest>, FlowError> {
    with_body(cx, hook, ctx(cx, visitor, about)).await
}

/// The request; nothing when its body says that there is to be none.
async fn with_body(cx: &Cx, hook: &WebHook, ctx: Value) -> Result<Option<HttpRequest>, FlowError> {
    let mut request = peer::request::begun(&hook.request);
    request.timeout = Some(PATIENCE);
    if let Some(url) = hook.request.body.as_deref().filter(|_| peer::request::may_have_body(&hook.request)) {
        let broken = |what: String| FlowError::Upstream(format!("the body of the web hook {}: {what}", hook.id));
        let body = match cx.snippets.value(cx, url, &Inputs::default().arg("ctx", &ctx)).await {
            Ok(body) => body,
            Err(JsonnetError::Cancelled) => return Ok(None),
            Err(error) => return Err(broken(error.to_string())),
        };
        request.body = peer::request::body(&hook.request, &body).map_err(broken)?;
    }
    Ok(Some(request.header("ory-webhook-trigger-id", uuid_v4(&*cx.entropy))))
}

/// What the Jsonnet of the body is given.
fn ctx(cx: &Cx, visitor: &Visitor, about: &About<'_>) -> Value {
    let flow = FlowView::of(cx, about.flow.clone(), None);
    let mut ctx = json!({
        "flow": flow.body(&cx.config),
        "request_headers": visitor.request.headers,
        "request_method": visitor.request.method,
        "request_url": visitor.request.url,
        "request_cookies": visitor.request.cookies,
    });
    if let Value::Object(map) = &mut ctx {
        let shown = about.identity.map(|identity| view::public(identity, &cx.config));
        if let Some(session) = about.session {
            map.insert("session".to_owned(), session::view::json(session, shown.clone(), cx.now));
        }
        map.extend(shown.map(|identity| ("identity".to_owned(), identity)));
    }
    ctx
}

/// Sends a request, and again when no answer came or the other side was at fault.
async fn sent(cx: &Cx, hook: &WebHook, request: HttpRequest) -> Result<HttpReply, FlowError> {
    let mut pauses = PAUSES.iter();
    loop {
        let attempt = request.clone().header("ory-webhook-request-id", uuid_v4(&*cx.entropy));
        let reply = cx.http.send(attempt).await;
        let passing = match &reply {
            Ok(reply) => reply.status >= 500 && reply.status != 501,
            Err(HttpError::Timeout(_) | HttpError::Unreachable(..)) => true,
            Err(_) => false,
        };
        if let Some(pause) = pauses.next().filter(|_| passing) {
            tokio::time::sleep(*pause).await;
            continue;
        }
        tracing::info!(hook = hook.id, request = %cx.request_id, ok = reply.is_ok(), "web hook called");
        return reply.map_err(|error| match error {
            HttpError::Timeout(_) => FlowError::UpstreamTimeout(format!("the web hook {}: {error}", hook.id)),
            error => FlowError::Upstream(format!("the web hook {}: {error}", hook.id)),
        });
    }
}

fn refused(hook: &WebHook, status: u16) -> FlowError {
    FlowError::Upstream(format!("the web hook {} answered with status {status}", hook.id))
}

#[derive(Deserialize)]
struct Answer {
    identity: Option<Changes>,
}

#[derive(Deserialize)]
struct Complaint {
    #[serde(default)]
    messages: Vec<ComplaintAt>,
}

#[derive(Deserialize)]
struct ComplaintAt {
    #[serde(default)]
    instance_ptr: String,
    #[serde(default)]
    messages: Vec<Detail>,
}

#[derive(Deserialize)]
struct Detail {
    #[serde(default)]
    id: u32,
    #[serde(default)]
    text: String,
    #[serde(default, rename = "type")]
    kind: String,
    #[serde(default)]
    context: Option<serde_json::Map<String, Value>>,
}

/// What an answer means.
fn said(hook: &WebHook, reply: &HttpReply) -> Result<Said, FlowError> {
    let unusable = |why: &str| FlowError::Upstream(format!("the answer of the web hook {}: {why}", hook.id));
    match reply.status {
        200 if reply.body.iter().all(u8::is_ascii_whitespace) => Ok(Said::GoOn),
        200 => {
            let answer: Answer = serde_json::from_slice(&reply.body).map_err(|error| unusable(&error.to_string()))?;
            let Some(changes) = answer.identity else { return Ok(Said::GoOn) };
            let wanted = changes.read().map_err(|error| unusable(&error.to_string()))?;
            Ok(Said::Changes(Box::new(wanted)))
        }
        400.. => {
            let complaint: Complaint = serde_json::from_slice(&reply.body).map_err(|_| refused(hook, reply.status))?;
            let issues: Vec<Issue> = complaint.messages.into_iter().flat_map(issues).collect();
            if issues.is_empty() { Err(refused(hook, reply.status)) } else { Ok(Said::No(issues)) }
        }
        _ => Ok(Said::GoOn),
    }
}

fn issues(complaint: ComplaintAt) -> Vec<Issue> {
    let pointer = complaint.instance_ptr.trim_start_matches('#').trim_matches('/');
    let at = (!pointer.is_empty()).then(|| pointer.replace('/', "."));
    let message = |detail: Detail| Message {
        id: detail.id,
        text: detail.text,
        kind: if detail.kind == "error" { MessageType::Error } else { MessageType::Info },
        context: detail.context.unwrap_or_default(),
    };
    complaint.messages.into_iter().map(|detail| Issue { at: at.clone(), message: message(detail) }).collect()
}
