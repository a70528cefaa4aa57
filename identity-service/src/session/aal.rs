//! Is the assurance level of a session enough? (contract §5.1, §5.2)

use url::Url;

use crate::{
    app::Cx,
    config::below,
    model::{
        identity::Identity,
        session::{Aal, Session},
    },
};

/// The level an identity could reach. Second factors raise it; none is built, so one factor is all there is.
pub(crate) const fn available(_identity: &Identity) -> Aal {
    Aal::Aal1
}

/// Where to go for the missing factor, when whoami asks for one.
pub(crate) fn missing_for_whoami(cx: &Cx, session: &Session, identity: &Identity) -> Option<Url> {
    if cx.config.session.whoami_aal.is_met(session.aal, available(identity)) {
        return None;
    }
    let mut url = below(&cx.config.serve.public.base_url, "self-service/login/browser");
    url.query_pairs_mut().append_pair("aal", "aal2");
    Some(url)
}
