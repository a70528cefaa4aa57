//! What the first page shows of health and figures over time.

use std::fmt::Write as _;

use shared_types::{db::migrate, time::Time};

use super::operator::Operator;
use crate::{
    app::Env,
    figures::{self, Figure, Sample},
    peer::provider::{self, ProviderError},
    store,
    ui::console::{Cell, Fact, Line, Moment, Plot, PlotGroup, Tone, number},
};

/// Points of a line; more cannot be told apart.
const POINTS: usize = 240;
/// Rows of the table beside a plot.
const ROWS: usize = 12;

/// How far back is looked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Range {
    Hour,
    Day,
}

impl Range {
    pub(super) const ALL: [Self; 2] = [Self::Hour, Self::Day];

    pub(super) fn named(name: &str) -> Self {
        if name == "24h" { Self::Day } else { Self::Hour }
    }

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Hour => "1h",
            Self::Day => "24h",
        }
    }

    pub(super) const fn label(self) -> &'static str {
        match self {
            Self::Hour => "Last hour",
            Self::Day => "Last 24 hours",
        }
    }

    fn span(self) -> chrono::Duration {
        match self {
            Self::Hour => chrono::Duration::hours(1),
            Self::Day => chrono::Duration::hours(24),
        }
    }
}

/// A plot before it is drawn: its id, title, unit, and what each line is called and shows.
struct Wanted(&'static str, &'static str, &'static str, &'static [(&'static str, Figure)]);

const OWN: &[Wanted] = &[
    Wanted("requests", "Requests", "a second", &[("", Figure::Requests)]),
    Wanted("slow", "Slowest hundredth of requests", "ms", &[("", Figure::Slow)]),
    Wanted("errors", "Failed requests (5xx)", "a second", &[("", Figure::Errors)]),
    Wanted("logins", "Sign-ins", "a minute", &[("good", Figure::LoginsGood), ("failed", Figure::LoginsBad)]),
    Wanted("sessions", "Sessions issued", "a minute", &[("", Figure::Sessions)]),
    Wanted("hashing", "Passwords waiting to be hashed", "waiting", &[("", Figure::Hashing)]),
    Wanted("messages", "Messages waiting to be sent", "waiting", &[("", Figure::Messages)]),
    Wanted("database", "Waiting for the database", "ms", &[("", Figure::DatabaseWait)]),
    Wanted("memory", "Memory", "MiB", &[("", Figure::Memory)]),
];
const PEER: &[Wanted] = &[
    Wanted("tokens", "Token answers", "a second", &[("all", Figure::Tokens), ("refreshes", Figure::Refreshes)]),
    Wanted("introspections", "Introspections", "a second", &[("", Figure::Introspections)]),
    Wanted("peer-slow", "Slowest hundredth of requests", "ms", &[("", Figure::PeerSlow)]),
    Wanted("peer-errors", "Failed requests (5xx)", "a second", &[("", Figure::PeerErrors)]),
    Wanted("peer-memory", "Memory", "MiB", &[("", Figure::PeerMemory)]),
];

/// The plots of both services.
pub(super) async fn plots(operator: &Operator, range: Range) -> Vec<PlotGroup> {
    figures::sample_if_due(&operator.cx).await;
    let now = operator.cx.now;
    let samples = operator.cx.figures.since(now - range.span());
    let group = |title: &'static str, wanted: &[Wanted]| PlotGroup {
        title,
        plots: wanted.iter().map(|wanted| wanted.plot(&samples, (range, now))).collect(),
    };
    let mut groups = vec![group("identity-service", OWN)];
    if operator.cx.config.oauth2.url.is_some() {
        groups.push(group("oauth-service", PEER));
    }
    groups
}

impl Wanted {
    fn plot(&self, samples: &[Sample], (range, now): (Range, Time)) -> Plot {
        let Self(id, title, unit, shown) = self;
        let buckets = |parts: usize, figure: Figure| means(samples, figure, (now - range.span(), now), parts);
        let lines = shown.iter().enumerate().map(|(index, (name, figure))| {
            let values = buckets(POINTS, *figure);
            let points = values.into_iter().enumerate().map(|(place, value)| (part(place, POINTS), value)).collect();
            Line { name, second: index > 0, points }
        });
        let columns: Vec<Vec<Option<f64>>> = shown.iter().map(|(_, figure)| buckets(ROWS, *figure)).collect();
        let moments = (0..ROWS).map(|row| {
            let cell =
                |column: &Vec<Option<f64>>| column.get(row).copied().flatten().map_or_else(|| "–".to_owned(), number);
            let step = range.span() / i32::try_from(ROWS).unwrap_or(1);
            let from = now - range.span() + step * i32::try_from(row).unwrap_or_default();
            Moment { time: clock(from), values: columns.iter().map(cell).collect() }
        });
        Plot {
            id,
            title,
            unit,
            lines: lines.collect(),
            ends: (clock(now - range.span()), clock(now)),
            moments: moments.collect(),
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "places on a screen")]
fn part(place: usize, of: usize) -> f64 {
    (place + 1) as f64 / of as f64
}

fn clock(time: Time) -> String {
    time.format("%H:%M").to_string()
}

/// The means of equal parts of a time; nothing for those of which nothing is known.
fn means(samples: &[Sample], figure: Figure, (from, to): (Time, Time), parts: usize) -> Vec<Option<f64>> {
    let mut sums = vec![(0.0, 0_u32); parts];
    let whole = (to - from).num_milliseconds().max(1);
    for sample in samples {
        let Some(value) = sample.get(figure) else { continue };
        let at = (sample.at - from).num_milliseconds().clamp(0, whole - 1);
        let place = usize::try_from(at * i64::try_from(parts).unwrap_or(1) / whole).unwrap_or_default();
        if let Some((sum, count)) = sums.get_mut(place) {
            *sum += value;
            *count += 1;
        }
    }
    sums.into_iter().map(|(sum, count)| (count > 0).then(|| sum / f64::from(count))).collect()
}

/// How both services are.
pub(super) async fn health(operator: &Operator) -> Vec<Fact> {
    let env: &Env = &operator.cx;
    let mut facts = vec![Fact::new("identity-service", own(env).await), Fact::new("oauth-service", peer(env).await)];
    facts.push(Fact::new("Database schema", schema(env).await));
    facts.push(Fact::new(
        "Last message sent",
        match figures::last_delivery(env).await {
            Ok(Some(time)) => Cell::time(time),
            Ok(None) => Cell::text("None yet"),
            Err(_) => Cell::text("Unknown"),
        },
    ));
    facts
}

async fn own(env: &Env) -> Cell {
    let version = concat!("version ", env!("CARGO_PKG_VERSION"));
    match env.db.read(|conn| migrate::pending(conn, store::MIGRATIONS)).await {
        Ok(pending) if pending.is_empty() => Cell::badge(Tone::Good, "Ready").and(version),
        Ok(pending) => {
            Cell::badge(Tone::Bad, "Not ready").and(format!("{version}; {} migrations are pending", pending.len()))
        }
        Err(error) => Cell::badge(Tone::Bad, "Not ready").and(format!("{version}; {error}")),
    }
}

async fn peer(env: &Env) -> Cell {
    match provider::ready(env).await {
        Ok(version) => Cell::badge(Tone::Good, "Ready").and(format!("version {}", version.trim_start_matches('v'))),
        Err(ProviderError::NotConfigured) => Cell::text("None is configured"),
        Err(error) => {
            let mut text = error.to_string();
            let _ = write!(text, ".");
            Cell::badge(Tone::Bad, "Not ready").and(text)
        }
    }
}

async fn schema(env: &Env) -> Cell {
    match env.db.read(migrate::newest).await {
        Ok(Some(version)) => Cell::code(version),
        Ok(None) => Cell::text("None"),
        Err(_) => Cell::text("Unknown"),
    }
}
