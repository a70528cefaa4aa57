//! Logs, request ids and trace export.
//!
//! A log line never holds a header, a cookie, a body or a query value: the request log writes method, route pattern,
//! path, status, duration, client and request id.

use std::{io::IsTerminal as _, rc::Rc, sync::Arc, time::Instant};

use actix_web::{
    HttpMessage as _,
    body::{BodySize, MessageBody},
    dev::{Service, ServiceRequest, ServiceResponse, Transform, forward_ready},
    http::header::{HeaderMap, HeaderValue},
};
use futures_util::future::{LocalBoxFuture, Ready, ready};
use opentelemetry::{
    propagation::{Extractor, TextMapPropagator as _},
    trace::TracerProvider as _,
};
use opentelemetry_otlp::WithExportConfig as _;
use opentelemetry_sdk::{propagation::TraceContextPropagator, trace::SdkTracerProvider};
use tracing::Instrument as _;
use tracing_opentelemetry::OpenTelemetrySpanExt as _;
use tracing_subscriber::{
    EnvFilter, Layer as _, filter::Targets, layer::SubscriberExt as _, util::SubscriberInitExt as _,
};

use super::{
    address::{TrustedProxies, client_address},
    metrics::{Answered, Metrics},
};
use crate::{
    audit::{self, Events},
    entropy::{Entropy, random_alnum},
    time::SystemClock,
};

/// How logs are written and where traces go.
#[derive(Debug, Clone)]
pub struct LogOptions {
    /// `trace` to `error`, or a filter such as `info,identity_service=debug`.
    pub level: String,
    /// One JSON object a line instead of text.
    pub json: bool,
    /// The service's name in traces.
    pub service: String,
    /// An OTLP endpoint over HTTP, such as `http://127.0.0.1:4318/v1/traces`; none exports nothing.
    pub otlp_endpoint: Option<String>,
    /// Whether security events are handed to somebody, beside being logged.
    pub hands_over_audit: bool,
}

/// Where spans are posted to: `tracing.providers.otlp.server_url` may be a host and port alone, and then stands for the
/// path the OTLP specification gives traces.
pub fn otlp_endpoint(server_url: &str, insecure: bool) -> String {
    let scheme = if insecure { "http" } else { "https" };
    let url = if server_url.contains("://") { server_url.to_owned() } else { format!("{scheme}://{server_url}") };
    let has_path = url.split_once("://").is_some_and(|(_, rest)| rest.trim_end_matches('/').contains('/'));
    if has_path { url } else { format!("{}/v1/traces", url.trim_end_matches('/')) }
}

/// Keeps the export alive; what is pending is sent when it is shut down.
#[derive(Debug, Default)]
pub struct TraceGuard {
    spans: Option<SdkTracerProvider>,
    /// The security events of the process, where somebody wants them.
    pub events: Option<Events>,
}

impl TraceGuard {
    /// Sends what is pending and stops. Blocks for at most a few seconds.
    pub fn shut_down(self) {
        if let Some(provider) = self.spans {
            let _ = provider.shutdown();
        }
    }
}

/// Starts logging for the process. A second call, as in tests, changes nothing.
pub fn init_logging(options: &LogOptions) -> anyhow::Result<TraceGuard> {
    let filter = || EnvFilter::try_new(level(&options.level)).unwrap_or_else(|_| EnvFilter::new("info"));
    let lines = if options.json {
        tracing_subscriber::fmt::layer().json().flatten_event(true).with_current_span(false).boxed()
    } else {
        tracing_subscriber::fmt::layer().compact().with_ansi(std::io::stdout().is_terminal()).boxed()
    };
    let provider = options.otlp_endpoint.as_deref().map(|endpoint| exporter(endpoint, &options.service)).transpose()?;
    let spans = provider
        .as_ref()
        .map(|provider| tracing_opentelemetry::layer().with_tracer(provider.tracer(options.service.clone())));
    let (audit, events) = if options.hands_over_audit {
        let (listener, events) = audit::listen(Arc::new(SystemClock));
        // Whatever the log leaves out.
        (Some(listener.with_filter(Targets::new().with_target(audit::TARGET, tracing::Level::TRACE))), Some(events))
    } else {
        (None, None)
    };
    let spans = spans.map(|spans| spans.with_filter(filter()));
    let _ = tracing_subscriber::registry().with(lines.with_filter(filter())).with(spans).with(audit).try_init();
    Ok(TraceGuard { spans: provider, events })
}

/// The level names of Ory's configuration that `tracing` does not have.
fn level(name: &str) -> &str {
    match name {
        "fatal" | "panic" => "error",
        "warning" => "warn",
        other => other,
    }
}

fn exporter(endpoint: &str, service: &str) -> anyhow::Result<SdkTracerProvider> {
    let exporter = opentelemetry_otlp::SpanExporter::builder().with_http().with_endpoint(endpoint).build()?;
    let resource = opentelemetry_sdk::Resource::builder().with_service_name(service.to_owned()).build();
    Ok(SdkTracerProvider::builder().with_batch_exporter(exporter).with_resource(resource).build())
}

/// The id of a request: what the caller sent as `X-Request-ID` when that is short and plain, or one made here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestId {
    /// The id, for logs and outgoing calls.
    pub id: Arc<str>,
    /// Whether the caller sent it; error bodies repeat only those.
    pub sent: bool,
}

impl RequestId {
    /// The id of the request being answered; the middleware has put it there.
    pub fn of(request: &actix_web::HttpRequest) -> Self {
        request.extensions().get::<Self>().cloned().unwrap_or_else(|| Self { id: Arc::from(""), sent: false })
    }

    /// The id to repeat in an error body.
    pub fn echoed(&self) -> Option<&str> {
        self.sent.then_some(&*self.id)
    }
}

const HEADER: &str = "x-request-id";

fn request_id(request: &ServiceRequest, entropy: &dyn Entropy) -> RequestId {
    let plain = |text: &&str| {
        !text.is_empty()
            && text.len() <= 128
            && text
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.' | b':' | b'/' | b'=' | b'+'))
    };
    match request.headers().get(HEADER).and_then(|value| value.to_str().ok()).filter(plain) {
        Some(text) => RequestId { id: Arc::from(text), sent: true },
        None => RequestId { id: Arc::from(random_alnum(entropy, 20)), sent: false },
    }
}

/// What the request log needs.
#[derive(Clone)]
pub struct LogContext {
    /// `public` or `admin`.
    pub listener: &'static str,
    /// Whose forwarding headers are believed.
    pub proxies: Arc<TrustedProxies>,
    /// Where requests are counted.
    pub metrics: Metrics,
    /// Where request ids come from.
    pub entropy: Arc<dyn Entropy>,
    /// Leave health checks out of the log.
    pub skip_health: bool,
    /// Spans are exported.
    pub traced: bool,
}

impl std::fmt::Debug for LogContext {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LogContext").field("listener", &self.listener).finish_non_exhaustive()
    }
}

/// Middleware: gives each request its id, logs it and counts it.
#[derive(Debug, Clone)]
pub struct RequestLog(Arc<LogContext>);

impl RequestLog {
    /// A request log of one listener.
    pub fn new(context: LogContext) -> Self {
        Self(Arc::new(context))
    }
}

impl<S, B> Transform<S, ServiceRequest> for RequestLog
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = actix_web::Error> + 'static,
    B: MessageBody + 'static,
{
    type Response = ServiceResponse<B>;
    type Error = actix_web::Error;
    type Transform = RequestLogService<S>;
    type InitError = ();
    type Future = Ready<Result<Self::Transform, ()>>;

    fn new_transform(&self, service: S) -> Self::Future {
        ready(Ok(RequestLogService { context: Arc::clone(&self.0), service: Rc::new(service) }))
    }
}

/// The running middleware.
#[derive(Debug)]
pub struct RequestLogService<S> {
    context: Arc<LogContext>,
    service: Rc<S>,
}

impl<S, B> Service<ServiceRequest> for RequestLogService<S>
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = actix_web::Error> + 'static,
    B: MessageBody + 'static,
{
    type Response = ServiceResponse<B>;
    type Error = actix_web::Error;
    type Future = LocalBoxFuture<'static, Result<Self::Response, Self::Error>>;

    forward_ready!(service);

    fn call(&self, request: ServiceRequest) -> Self::Future {
        let started = Instant::now();
        let id = request_id(&request, &*self.context.entropy);
        request.extensions_mut().insert(id.clone());
        let context = Arc::clone(&self.context);
        let span = tracing::info_span!(
            "http.request",
            "otel.kind" = "server",
            method = request.method().as_str(),
            listener = context.listener,
            request_id = &*id.id,
            endpoint = tracing::field::Empty,
            status = tracing::field::Empty,
        );
        if context.traced {
            follow(&span, request.headers());
        }
        let answer = span.in_scope(|| self.service.call(request)).instrument(span.clone());
        Box::pin(async move {
            let mut answer = answer.await?;
            if context.traced {
                span.record("endpoint", answer.request().match_pattern().as_deref().unwrap_or("unmatched"));
                span.record("status", answer.status().as_u16());
            }
            record(&context, &answer, &id, started.elapsed());
            if let Ok(value) = HeaderValue::from_str(&id.id) {
                answer.headers_mut().insert(actix_web::http::header::HeaderName::from_static(HEADER), value);
            }
            Ok(answer)
        })
    }
}

/// Continues the caller's trace (W3C Trace Context).
fn follow(span: &tracing::Span, headers: &HeaderMap) {
    struct Carrier<'a>(&'a HeaderMap);
    impl Extractor for Carrier<'_> {
        fn get(&self, key: &str) -> Option<&str> {
            self.0.get(key).and_then(|value| value.to_str().ok())
        }

        fn keys(&self) -> Vec<&str> {
            self.0.keys().map(actix_web::http::header::HeaderName::as_str).collect()
        }
    }
    if headers.contains_key("traceparent") {
        // Fails only where spans are not exported, and then there is nothing to continue.
        let _ = span.set_parent(TraceContextPropagator::new().extract(&Carrier(headers)));
    }
}

fn record<B: MessageBody>(
    context: &LogContext,
    answer: &ServiceResponse<B>,
    id: &RequestId,
    took: std::time::Duration,
) {
    let request = answer.request();
    let pattern = request.match_pattern();
    let endpoint = pattern.as_deref().unwrap_or("unmatched");
    let code = answer.status().as_u16();
    let size = match answer.response().body().size() {
        BodySize::None => Some(0),
        BodySize::Sized(bytes) => Some(bytes),
        BodySize::Stream => None,
    };
    context.metrics.count(Answered { endpoint, method: request.method().as_str(), code, took, size });
    if context.skip_health && endpoint.contains("/health/") || !tracing::enabled!(tracing::Level::INFO) {
        return;
    }
    let client = client_address(request, &context.proxies);
    let took_us = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
    tracing::info!(
        listener = context.listener,
        method = request.method().as_str(),
        endpoint,
        path = request.path(),
        status = code,
        took_us,
        client = %client,
        request_id = &*id.id,
        "request answered"
    );
}

#[cfg(test)]
mod tests;
