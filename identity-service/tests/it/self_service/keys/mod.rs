//! Passkeys and security keys: how they are made, what they sign in to, and what is refused.

mod imported;
mod passkey_login;
mod passkey_settings;
mod passkeys;
mod second_factor;
mod security_keys;
