//! What people do, from the first visit to the last, across both services.

mod accessible;
mod browser;
mod console;
mod device;
mod keys;
mod login_and_consent;
mod native;
mod partner_portal;
mod reference_ui;
mod social;
mod whole;
