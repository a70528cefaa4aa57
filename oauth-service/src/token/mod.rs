//! Tokens: what they look like, what they say, how long they live, and how they are taken back (contract 5).
//!
//! A token text is never stored; a keyed digest names its row. Grants call this module, it knows none of them.

pub(crate) mod binding;
pub(crate) mod claims;
pub(crate) mod code;
pub(crate) mod credential;
pub(crate) mod dpop;
pub(crate) mod fresh;
pub(crate) mod front;
pub(crate) mod hook;
pub(crate) mod id_token;
pub(crate) mod imported;
pub(crate) mod introspect;
pub(crate) mod lifetime;
pub(crate) mod logout;
pub(crate) mod mint;
pub(crate) mod opaque;
pub(crate) mod preview;
pub(crate) mod revoke;
pub(crate) mod rule;
mod session;

use shared_types::{
    db::{Coalescer, Db},
    secret::Digest,
};

use crate::{model::token::AccessToken, store};

pub(crate) use session::{open as open_session, seal as seal_session};

/// How many rows one statement reads or writes.
const BATCH: usize = 256;

/// The hot paths of access tokens: concurrent inserts and look-ups share statements, and introspections what hooks say.
#[derive(Debug)]
pub(crate) struct Tokens {
    insert: Coalescer<AccessToken, ()>,
    find: Coalescer<Digest, AccessToken>,
    fresh: fresh::Fresh,
}

impl Tokens {
    /// The paths to this database.
    pub(crate) fn new(db: &Db) -> Self {
        Self {
            insert: Coalescer::write(db, BATCH, store::access_tokens::insert_many),
            find: Coalescer::read(db, BATCH, store::access_tokens::get_many),
            fresh: fresh::Fresh::default(),
        }
    }

    /// Keeps a token; returns after the commit.
    pub(crate) async fn insert(&self, token: AccessToken) -> Result<(), shared_types::db::Error> {
        self.insert.submit(token).await.map(drop)
    }

    /// The token of a digest.
    pub(crate) async fn find(&self, digest: Digest) -> Result<Option<AccessToken>, shared_types::db::Error> {
        self.find.submit(digest).await
    }
}
