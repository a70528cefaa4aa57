//! `/self-service/registration`.

mod one_step;
mod outcome;
mod two_steps;
