//! The keys in memory. A change made by another replica is seen within [`FRESH_SECONDS`].

use std::{
    collections::HashMap,
    sync::{Arc, PoisonError, RwLock},
};

use serde_json::Value;
use shared_types::time::Time;
use tokio::sync::Mutex;

use super::{
    Key, KeyError, KeySet,
    generate::{add, is_due, open, unless_conflict},
    sealed,
    sign::Signer,
};
use crate::{app::Cx, model::key::StoredKey, protocol::alg::Alg, store};

/// How old the keys in memory may be.
const FRESH_SECONDS: i64 = 10;
/// How often a `kid` nobody knows may cause a look into the database.
const UNKNOWN_KID_SECONDS: i64 = 1;

#[derive(Debug, Clone)]
struct Loaded {
    /// Newest first. Only this server's own sets have some.
    keys: Arc<[Arc<Key>]>,
    /// The public half of every key, newest first.
    published: Arc<[Value]>,
    at: Time,
}

/// The keys of this server.
#[derive(Debug, Default)]
pub(crate) struct Keys {
    sets: RwLock<HashMap<String, Loaded>>,
    loading: Mutex<()>,
}

impl Keys {
    /// What a set signs with, by the algorithm that is wanted. Makes the key when there is none yet.
    pub(crate) async fn signer(&self, cx: &Cx, set: KeySet, alg: Alg) -> Result<Signer, KeyError> {
        if let Some(key) = signing(&self.all(cx, set).await?, alg, cx.now) {
            return Ok(Signer::new(key));
        }
        let _one_maker = self.loading.lock().await;
        // Another request, or another replica, may have made it meanwhile.
        if let Some(key) = signing(&self.load(cx, set.name()).await?.keys, alg, cx.now) {
            return Ok(Signer::new(key));
        }
        unless_conflict(add(cx, set, alg).await)?;
        let keys = self.load(cx, set.name()).await?.keys;
        let missing = || KeyError::Db(shared_types::db::Error::Corrupt { table: "keys", column: "set_name" });
        signing(&keys, alg, cx.now).map(Signer::new).ok_or_else(missing)
    }

    /// What a set signs with, if it has such a key already.
    pub(crate) async fn present_signer(&self, cx: &Cx, set: KeySet, alg: Alg) -> Result<Option<Signer>, KeyError> {
        Ok(signing(&self.all(cx, set).await?, alg, cx.now).map(Signer::new))
    }

    /// Opens what is stored, so that a wrong `secrets.system` ends the start and not the first request.
    pub(crate) async fn check(&self, cx: &Cx) -> Result<(), KeyError> {
        for set in KeySet::ALL {
            self.all(cx, set).await?;
        }
        Ok(())
    }

    /// Makes the keys of both sets now, so that no request has to wait for it.
    pub(crate) async fn warm(&self, cx: &Cx) -> Result<(), KeyError> {
        for set in KeySet::ALL {
            self.signer(cx, set, by_default(cx, set)).await?;
        }
        Ok(())
    }

    /// The keys of a set, newest first.
    pub(super) async fn all(&self, cx: &Cx, set: KeySet) -> Result<Arc<[Arc<Key>]>, KeyError> {
        Ok(self.fresh(cx, set.name()).await?.keys)
    }

    /// The public halves of a set of any name, newest first.
    pub(super) async fn published(&self, cx: &Cx, set: &str) -> Result<Arc<[Value]>, KeyError> {
        Ok(self.fresh(cx, set).await?.published)
    }

    /// Lets the next look at a set see what has just been changed.
    pub(super) fn forget(&self, set: &str) {
        self.sets.write().unwrap_or_else(PoisonError::into_inner).remove(set);
    }

    async fn fresh(&self, cx: &Cx, set: &str) -> Result<Loaded, KeyError> {
        let known = self.known(set);
        if let Some(loaded) = &known {
            if !is_due(loaded.at, cx.now, FRESH_SECONDS) {
                return Ok(loaded.clone());
            }
            // One request looks again; the others go on with what is there.
            let Ok(_one_loader) = self.loading.try_lock() else { return Ok(loaded.clone()) };
            return self.load(cx, set).await;
        }
        self.load(cx, set).await
    }

    /// The key of a `kid` in any of the sets.
    pub(super) async fn find(&self, cx: &Cx, sets: &[KeySet], kid: &str) -> Result<Option<Arc<Key>>, KeyError> {
        for set in sets {
            if let Some(key) = by_kid(&self.all(cx, *set).await?, kid) {
                return Ok(Some(key));
            }
        }
        for set in sets {
            if self.known(set.name()).is_some_and(|loaded| is_due(loaded.at, cx.now, UNKNOWN_KID_SECONDS))
                && let Some(key) = by_kid(&self.load(cx, set.name()).await?.keys, kid)
            {
                return Ok(Some(key));
            }
        }
        Ok(None)
    }

    fn known(&self, set: &str) -> Option<Loaded> {
        self.sets.read().unwrap_or_else(PoisonError::into_inner).get(set).cloned()
    }

    async fn load(&self, cx: &Cx, set: &str) -> Result<Loaded, KeyError> {
        let name = set.to_owned();
        let rows = cx.db.read(move |conn| store::keys::of_set(conn, &name)).await?;
        let loaded = match KeySet::named(set) {
            Some(_) => own(cx, &rows)?,
            None => foreign(cx, &rows)?,
        };
        self.sets.write().unwrap_or_else(PoisonError::into_inner).insert(set.to_owned(), loaded.clone());
        Ok(loaded)
    }
}

/// The keys of a set this server signs with.
fn own(cx: &Cx, rows: &[StoredKey]) -> Result<Loaded, KeyError> {
    let mut keys = Vec::new();
    for row in rows {
        keys.extend(open(&cx.sealer, row)?.map(Arc::new));
    }
    let published = keys.iter().map(|key| Value::Object(key.public.as_ref().clone())).collect();
    Ok(Loaded { keys: keys.into(), published, at: cx.now })
}

/// What may be shown of a set that is somebody else's.
fn foreign(cx: &Cx, rows: &[StoredKey]) -> Result<Loaded, KeyError> {
    let mut published = Vec::new();
    for row in rows {
        published.extend(sealed::public_members(&sealed::reveal(&cx.sealer, row)?).map(Value::Object));
    }
    Ok(Loaded { keys: Arc::from([]), published: published.into(), at: cx.now })
}

/// What a set signs with where no client says otherwise: ID tokens by RS256, which every relying party knows, access tokens as
/// configured.
pub(crate) fn by_default(cx: &Cx, set: KeySet) -> Alg {
    match set {
        KeySet::IdToken => Alg::Rs256,
        KeySet::AccessToken => cx.config.oauth2.access_token_alg,
    }
}

/// What signs now: of the keys that have begun, the one that began last. Where none has, one that is yet to begin will do.
fn signing(keys: &[Arc<Key>], alg: Alg, now: Time) -> Option<Arc<Key>> {
    let fitting = || keys.iter().filter(|key| key.alg == alg && key.signer.is_some());
    // Of two that began together the newer row, which comes first, counts.
    fitting()
        .filter(|key| key.begins <= now)
        .reduce(|a, b| if b.begins > a.begins { b } else { a })
        .or_else(|| fitting().next())
        .map(Arc::clone)
}

fn by_kid(keys: &[Arc<Key>], kid: &str) -> Option<Arc<Key>> {
    keys.iter().find(|key| key.kid == kid).map(Arc::clone)
}
