//! Jsonnet: snippets of the operator that make one JSON value of others, such as claims of a session or the body of a web
//! hook. They are programs, and may be wrong: they run in processes of their own, which are bounded in time and memory,
//! and reach no file, no network and no environment.

mod evaluate;
mod explain;
pub(crate) mod format;
mod frame;
mod library;
pub(crate) mod lint;
mod pool;
mod snippet;
pub(crate) mod worker;

use std::{path::PathBuf, sync::Arc};

use serde_json::Value;

pub(crate) use self::library::Library;
pub(crate) use self::snippet::{Inputs, Snippet, SnippetSource};
use self::{
    frame::{Outcome, Request, Stop},
    pool::Pool,
};

/// Why a snippet gave no value.
#[derive(Debug, thiserror::Error)]
pub(crate) enum JsonnetError {
    /// The snippet is wrong. The text says where and why; it is for the operator, and may hold what the snippet was given.
    #[error("{0}")]
    Wrong(String),
    /// The snippet says `error 'cancel'`.
    #[error("the snippet cancelled")]
    Cancelled,
    /// It took more than a snippet may.
    #[error("the snippet took more {0} than it may")]
    OverBudget(&'static str),
    /// The snippet could not be fetched.
    #[error("the snippet {0}")]
    Unread(String),
    /// All processes that evaluate are at work, for seconds now.
    #[error("too many snippets wait to be evaluated")]
    Busy,
    /// There is no process that could evaluate, or it ended in the middle.
    #[error("the process that evaluates snippets failed: {0}")]
    Gone(String),
}

/// Evaluates snippets. Cloning shares the processes.
#[derive(Debug, Clone)]
pub(crate) struct Jsonnet(Place);

#[derive(Debug, Clone)]
enum Place {
    Processes(Arc<Pool>),
    /// In this process, through the same function. For tests of this crate, which have no program to run.
    #[cfg(test)]
    Here,
}

impl Jsonnet {
    /// Evaluation in processes of a program whose command `jsonnet` is [`worker::run`]. None is started yet.
    pub(crate) fn new(program: PathBuf) -> Self {
        #[cfg(test)]
        let place = {
            drop(program);
            Place::Here
        };
        #[cfg(not(test))]
        let place = Place::Processes(Pool::new(pool::Plan::of(program)));
        Self(place)
    }

    /// The value of a snippet.
    pub(crate) async fn evaluate(&self, snippet: &Snippet, inputs: &Inputs) -> Result<Value, JsonnetError> {
        let request = Request {
            name: snippet.name.to_string(),
            text: snippet.text.to_string(),
            vars: inputs.vars.clone(),
            args: inputs.args.clone(),
        };
        let json = match self.outcome(request).await? {
            Ok(json) => json,
            Err(Stop::Wrong(why)) => return Err(JsonnetError::Wrong(why)),
            Err(Stop::Cancelled) => return Err(JsonnetError::Cancelled),
            Err(Stop::TooLarge) => return Err(JsonnetError::OverBudget("room for its value")),
        };
        // What is left to go wrong is depth, which readers of JSON bound.
        serde_json::from_str(&json)
            .map_err(|error| JsonnetError::Wrong(format!("{}: its value: {error}", snippet.name)))
    }

    async fn outcome(&self, request: Request) -> Result<Outcome, JsonnetError> {
        match &self.0 {
            Place::Processes(pool) => {
                let frame = request.frame().ok_or(JsonnetError::OverBudget("room for what it is given"))?;
                pool.run(frame).await
            }
            #[cfg(test)]
            Place::Here => tokio::task::spawn_blocking(move || evaluate::evaluate(&request))
                .await
                .map_err(|error| JsonnetError::Gone(error.to_string())),
        }
    }

    /// Ends the processes. Nothing is evaluated after this.
    pub(crate) fn stop(&self) {
        match &self.0 {
            Place::Processes(pool) => pool.close(),
            #[cfg(test)]
            Place::Here => {}
        }
    }
}

/// Evaluates a snippet that is given claims in this process; whether there was a value.
#[cfg(feature = "fuzzing")]
pub(crate) fn evaluated_here(text: &str, claims: &str) -> Option<String> {
    let vars = [("claims".to_owned(), claims.to_owned())].into();
    let request = Request { name: "a snippet".to_owned(), text: text.to_owned(), vars, args: [].into() };
    evaluate::evaluate(&request).ok()
}

#[cfg(test)]
mod tests;
