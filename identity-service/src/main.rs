//! The process: parse the command line, set the exit code.

use std::process::ExitCode;

fn main() -> ExitCode {
    identity_service::cli::run()
}
