//! The self-service flows: one pipeline for all kinds.
//!
//! `login`, `registration`, `recovery`, `settings` and `verification` begin flows; `submit` takes a submission through its checks to a method;
//! `finish` does what the method's step asks for, and is the only place that issues sessions. `view` is a flow as
//! clients and pages see it. Nothing here sees HTTP, and hashing and outgoing HTTP never happen inside a write.

pub(crate) mod begin;
pub(crate) mod csrf;
mod error;
pub(crate) mod exchange;
mod finish;
mod form;
mod hooks;
mod linking;
pub(crate) mod login;
pub(crate) mod logout;
mod oauth;
pub(crate) mod outcome;
mod pace;
mod pending;
pub(crate) mod provider;
pub(crate) mod recovery;
pub(crate) mod registration;
pub(crate) mod return_to;
mod send;
pub(crate) mod settings;
pub(crate) mod submit;
pub(crate) mod trial;
pub(crate) mod verification;
pub(crate) mod view;
pub(crate) mod visitor;

pub(crate) use error::{CsrfFailure, Ended, FlowError, Refusal, Replaced, Suspect};
pub(crate) use form::{public_url, ui_url};
