//! What a password may be, and where its owner may come from (contract §4.3, §4.4).

mod breaches;
mod groups;
mod listener;
mod migration;
