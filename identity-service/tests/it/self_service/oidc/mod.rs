//! Sign-in at other providers (contract §4.7).

mod linking;
mod login;
mod native;
mod presets;
mod trial;
mod untrusted;
mod x;
