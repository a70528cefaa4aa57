//! The keys in memory. A change made by another replica is seen within [`FRESH_SECONDS`].

use std::{
    collections::HashMap,
    sync::{Arc, PoisonError, RwLock},
};

use shared_types::time::Time;
use tokio::sync::Mutex;

use super::{
    Key, KeyError, KeySet,
    generate::{add, is_due, open, unless_conflict},
    sign::Signer,
};
use crate::{app::Cx, protocol::alg::Alg, store};

/// How old the keys in memory may be.
const FRESH_SECONDS: i64 = 10;
/// How often a `kid` nobody knows may cause a look into the database.
const UNKNOWN_KID_SECONDS: i64 = 1;

#[derive(Debug, Clone)]
struct Loaded {
    /// Newest first.
    keys: Arc<[Arc<Key>]>,
    at: Time,
}

/// The keys of this server.
#[derive(Debug, Default)]
pub(crate) struct Keys {
    sets: RwLock<HashMap<KeySet, Loaded>>,
    loading: Mutex<()>,
}

impl Keys {
    /// What a set signs with, by the algorithm that is wanted. Makes the key when there is none yet.
    pub(crate) async fn signer(&self, cx: &Cx, set: KeySet, alg: Alg) -> Result<Signer, KeyError> {
        if let Some(key) = newest(&self.all(cx, set).await?, alg) {
            return Ok(Signer::new(key));
        }
        let _one_maker = self.loading.lock().await;
        // Another request, or another replica, may have made it meanwhile.
        if let Some(key) = newest(&self.load(cx, set).await?, alg) {
            return Ok(Signer::new(key));
        }
        unless_conflict(add(cx, set, alg).await)?;
        let keys = self.load(cx, set).await?;
        let missing = || KeyError::Db(shared_types::db::Error::Corrupt { table: "keys", column: "set_name" });
        newest(&keys, alg).map(Signer::new).ok_or_else(missing)
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
        let known = self.known(set);
        if let Some(loaded) = &known {
            if !is_due(loaded.at, cx.now, FRESH_SECONDS) {
                return Ok(Arc::clone(&loaded.keys));
            }
            // One request looks again; the others go on with what is there.
            let Ok(_one_loader) = self.loading.try_lock() else { return Ok(Arc::clone(&loaded.keys)) };
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
            if self.known(*set).is_some_and(|loaded| is_due(loaded.at, cx.now, UNKNOWN_KID_SECONDS))
                && let Some(key) = by_kid(&self.load(cx, *set).await?, kid)
            {
                return Ok(Some(key));
            }
        }
        Ok(None)
    }

    fn known(&self, set: KeySet) -> Option<Loaded> {
        self.sets.read().unwrap_or_else(PoisonError::into_inner).get(&set).cloned()
    }

    async fn load(&self, cx: &Cx, set: KeySet) -> Result<Arc<[Arc<Key>]>, KeyError> {
        let rows = cx.db.read(move |conn| store::keys::of_set(conn, set.name())).await?;
        let mut keys = Vec::new();
        for row in &rows {
            keys.extend(open(&cx.sealer, set, row)?.map(Arc::new));
        }
        let keys: Arc<[Arc<Key>]> = keys.into();
        let loaded = Loaded { keys: Arc::clone(&keys), at: cx.now };
        self.sets.write().unwrap_or_else(PoisonError::into_inner).insert(set, loaded);
        Ok(keys)
    }
}

/// What a set signs with where no client says otherwise: ID tokens by RS256, which every relying party knows, access tokens as
/// configured.
pub(crate) fn by_default(cx: &Cx, set: KeySet) -> Alg {
    match set {
        KeySet::IdToken => Alg::Rs256,
        KeySet::AccessToken => cx.config.oauth2.access_token_alg,
    }
}

fn newest(keys: &[Arc<Key>], alg: Alg) -> Option<Arc<Key>> {
    keys.iter().find(|key| key.alg == alg).map(Arc::clone)
}

fn by_kid(keys: &[Arc<Key>], kid: &str) -> Option<Arc<Key>> {
    keys.iter().find(|key| key.kid == kid).map(Arc::clone)
}
