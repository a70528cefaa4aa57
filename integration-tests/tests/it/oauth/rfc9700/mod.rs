//! RFC 9700, Best Current Practice for OAuth 2.0 Security: the attacks it describes, tried.

mod browsers;
mod fetching;
mod forged;
mod forgery;
mod mix_up;
mod pkce;
mod redirects;
mod replay;
mod retired;
mod widening;
