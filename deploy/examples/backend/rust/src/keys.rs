//! The issuer's public keys. They are fetched when a key is not known, so that keys may follow one another, and never more often than
//! every ten seconds, so that made-up key ids cause no traffic; and once in a while, so that a key that was taken away is forgotten.

use std::{
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use jsonwebtoken::{Algorithm, DecodingKey, jwk::JwkSet};

use crate::refusal::Refusal;

const AT_MOST_EVERY: Duration = Duration::from_secs(10);
const AT_LEAST_EVERY: Duration = Duration::from_secs(600);
const PATIENCE: Duration = Duration::from_secs(5);

pub struct Keys {
    url: String,
    agent: ureq::Agent,
    known: Mutex<Known>,
}

#[derive(Default)]
struct Known {
    set: Option<JwkSet>,
    fetched: Option<Instant>,
    tried: Option<Instant>,
}

impl Keys {
    pub fn at(url: &str) -> Self {
        let agent = ureq::Agent::config_builder().timeout_global(Some(PATIENCE)).max_redirects(0).build().into();
        Self { url: url.to_owned(), agent, known: Mutex::default() }
    }

    /// The key of this id, if it is one for this algorithm.
    pub fn find(&self, kid: &str, algorithm: Algorithm) -> Result<DecodingKey, Refusal> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let old = known.fetched.is_none_or(|at| at.elapsed() > AT_LEAST_EVERY);
        let unknown = known.set.as_ref().is_none_or(|set| set.find(kid).is_none());
        let may = known.tried.is_none_or(|at| at.elapsed() > AT_MOST_EVERY);
        if (old || unknown) && may {
            known.tried = Some(Instant::now());
            match self.fetch() {
                Ok(set) => {
                    known.set = Some(set);
                    known.fetched = Some(Instant::now());
                }
                // While the issuer is away, the keys there were go on counting.
                Err(error) => eprintln!("the keys at {} cannot be fetched: {error}", self.url),
            }
        }
        let set = known.set.as_ref().ok_or(Refusal::NoKeys)?;
        let jwk = set.find(kid).ok_or(Refusal::Invalid("The token is signed by an unknown key."))?;
        let meant = jwk.common.key_algorithm.is_some_and(|own| own.to_string() == format!("{algorithm:?}"));
        if !meant {
            return Err(Refusal::Invalid("The token's key is for another algorithm."));
        }
        DecodingKey::from_jwk(jwk).map_err(|_| Refusal::NoKeys)
    }

    fn fetch(&self) -> Result<JwkSet, ureq::Error> {
        self.agent.get(&self.url).call()?.body_mut().read_json()
    }
}
