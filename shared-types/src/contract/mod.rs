//! What the two services say to each other, once for both: the login, consent, logout and token-hook messages of the
//! Hydra API (contract oauth 3.5 to 3.8, 5.8, 6.4).

pub mod consent;
pub mod device;
pub mod login;
pub mod logout;
pub mod token_hook;

pub use consent::{AcceptConsent, ConsentRequest, ConsentSession};
pub use login::{AcceptLogin, LoginRequest, OidcContext, RedirectTo, RejectRequest};
pub use logout::LogoutRequest;
pub use token_hook::{HookReply, HookRequester, HookTokenRequest, RefreshHookRequest, TokenHookRequest};
