//! The process that evaluates (`identity-service jsonnet`): it limits itself, then answers requests until there are no
//! more. A snippet that takes too much ends this process and nothing else.

use std::{
    io::{Read, Write},
    panic::{AssertUnwindSafe, catch_unwind},
    time::Duration,
};

use rlimit::Resource;

use super::{
    evaluate::evaluate,
    frame::{Answer, Outcome, Request, Stop},
};

/// What a process may take of addresses, itself included.
const MEMORY: u64 = 256 << 20;
/// What a process may take of processors in its whole life. It outlives no service that could end it, but for a loop
/// whose service was killed.
pub(super) const PROCESSOR_TIME: Duration = Duration::from_secs(30);

/// Answers requests.
pub(crate) fn run(input: &mut impl Read, output: &mut impl Write) -> anyhow::Result<()> {
    if let Err(why) = limit() {
        return Ok(Answer::Unfit(why).write(output)?);
    }
    Answer::Ready.write(output)?;
    while let Some(request) = Request::read(input)? {
        Answer::Outcome(caught(&request)).write(output)?;
    }
    Ok(())
}

/// A panic of the evaluator, as at a length no memory has, is about the snippet too.
fn caught(request: &Request) -> Outcome {
    catch_unwind(AssertUnwindSafe(|| evaluate(request)))
        .unwrap_or_else(|_| Err(Stop::Wrong(format!("{}: the evaluator gave up on it", request.name))))
}

/// Gives up for good what evaluating does not need: memory without end, time without end, files, processes, and a
/// picture of the memory after a crash.
fn limit() -> Result<(), String> {
    // Standard input, output and error are open already; there will be no others.
    let limits = [
        (Resource::AS, MEMORY),
        (Resource::CPU, PROCESSOR_TIME.as_secs()),
        (Resource::FSIZE, 0),
        (Resource::NOFILE, 3),
        (Resource::NPROC, 0),
        (Resource::CORE, 0),
    ];
    for (resource, most) in limits {
        let limited = resource.get_hard().and_then(|hard| {
            let most = most.min(hard);
            resource.set(most, most)
        });
        limited.map_err(|error| format!("{}: {error}", resource.as_name()))?;
    }
    Ok(())
}
