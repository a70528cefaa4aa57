//! The page that asks for the code a device shows (RFC 8628 §3.3), and the one that says that the device is connected.

use askama::Template;

use super::{Shell, Stage};
use crate::config;

/// No code of any provider is longer.
const LONGEST: usize = 128;

/// Asks for the code of a device.
#[derive(Debug, Template)]
#[template(path = "page/device.html")]
pub(crate) struct DevicePage {
    pub(super) shell: Shell,
    pub(super) action: String,
    pub(super) token: String,
    pub(super) challenge: String,
    /// Stands in the field already: the address had it (RFC 8628 §3.3.1), or it was typed and is wrong.
    pub(super) code: String,
    /// What is wrong with it.
    pub(super) problem: Option<String>,
}

/// What a person typed, or the address said.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Typed<'a> {
    /// The code.
    pub(crate) code: Option<&'a str>,
    /// What is wrong with it.
    pub(crate) problem: Option<Wrong>,
}

/// What is wrong with a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wrong {
    /// None was typed.
    Missing,
    /// It is not one that waits for somebody.
    Unknown,
}

impl DevicePage {
    /// The page for a challenge.
    pub(crate) fn new(stage: &Stage<'_>, challenge: &str, typed: Typed<'_>, token: String) -> Self {
        let problem = typed.problem.map(|problem| match problem {
            Wrong::Missing => stage.say("device.lead"),
            Wrong::Unknown => stage.say("device.unknown"),
        });
        Self {
            shell: Shell { wrong: problem.is_some(), ..Shell::new(stage, stage.say("device.title")) },
            action: config::below(&stage.serve.public.base_url, "device").into(),
            token,
            challenge: challenge.to_owned(),
            code: typed.code.filter(|code| code.len() <= LONGEST).unwrap_or_default().to_owned(),
            problem,
        }
    }
}

/// Says that a device is connected.
#[derive(Debug, Template)]
#[template(path = "page/device_done.html")]
pub(crate) struct DeviceDonePage {
    pub(super) shell: Shell,
}

impl DeviceDonePage {
    /// The page.
    pub(crate) fn new(stage: &Stage<'_>) -> Self {
        Self { shell: Shell::new(stage, stage.say("device_done.title")) }
    }
}
