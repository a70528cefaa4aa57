//! What the tests across both services share: a world with both of them running, people and browsers who use it, relying
//! parties, and a mailbox. Nothing here knows how the services are made inside; it starts them and speaks HTTP.

pub mod binary;
pub mod browser;
pub mod form;
pub mod login;
pub mod mailbox;
pub mod person;
pub mod ports;
pub mod program;
pub mod relying_party;
pub mod settings;
pub mod totp;
pub mod world;
