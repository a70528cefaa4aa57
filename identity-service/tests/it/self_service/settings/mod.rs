//! The settings flow: whose it is, how fresh a sign-in must be, and what each method changes.

mod backup_codes;
mod owner;
mod password;
mod profile;
mod totp;
