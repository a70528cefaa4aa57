//! What people do, from the first visit to the last, across both services.

mod browser;
mod keys;
mod native;
mod relying_parties;
mod whole;
