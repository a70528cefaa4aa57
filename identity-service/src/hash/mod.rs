//! Password hashes: slow by intent, so they run on threads of their own and never hold up a session check.
//!
//! New hashes are made by the configured algorithm. Those of other systems (contract §4.4) are compared with, and replaced
//! at the next sign-in; each format is a file of its own, and the table of them is in `stored`.

mod algorithm;
mod argon2;
mod bcrypt;
mod digest;
mod firescrypt;
mod hmac;
mod md5_crypt;
mod pbkdf2;
mod pool;
mod salted;
mod scrypt;
mod sha_crypt;
mod ssha;
mod stored;
mod text;

use std::sync::Arc;

use shared_types::{entropy::Entropy, secret::Secret};

pub(crate) use self::text::Unusable;
use self::{algorithm::Algorithm, pool::Pool};
use crate::config::Hashers;

/// No password is longer: some formats take time by the square of its length.
const LONGEST: usize = 4096;

/// Why no answer came from the hashing threads.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Error {
    /// Too many passwords are waiting already.
    #[error("too many passwords wait to be hashed")]
    Busy,
    /// The algorithm would look at a part of the password only, without anybody noticing.
    #[error("the password is longer than what is hashed")]
    TooLong,
    /// The stored hash is in no format this service knows.
    #[error("the stored password hash cannot be read")]
    Unreadable,
}

/// What comparing a password with a stored hash says.
#[must_use]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Verified {
    pub(crate) matches: bool,
    /// The stored hash is not what a new one would be: hash again.
    pub(crate) due: bool,
}

/// Hashes and compares passwords on a bounded number of threads, with a bounded queue and within bounded memory.
#[derive(Clone)]
pub(crate) struct Hasher {
    pool: Arc<Pool>,
    entropy: Arc<dyn Entropy>,
    algorithm: Algorithm,
}

impl Hasher {
    /// A hasher that makes new hashes as configured.
    pub(crate) fn start(config: &Hashers, entropy: Arc<dyn Entropy>) -> std::io::Result<Self> {
        let threads = std::thread::available_parallelism().map_or(2, std::num::NonZeroUsize::get);
        let pool = Arc::new(Pool::start(threads, config.argon2.dedicated_memory)?);
        Ok(Self { pool, entropy, algorithm: Algorithm::configured(config) })
    }

    /// How many passwords wait for a thread.
    pub(crate) fn waiting(&self) -> usize {
        self.pool.waiting()
    }

    /// The most bytes a new password may have.
    pub(crate) const fn longest(&self) -> usize {
        self.algorithm.longest()
    }

    /// A new hash of a password.
    pub(crate) async fn hash(&self, password: Secret<String>) -> Result<String, Error> {
        if password.expose().len() > self.longest() {
            return Err(Error::TooLong);
        }
        let algorithm = self.algorithm;
        let salt = algorithm.salt(&*self.entropy);
        self.pool.run(algorithm.memory(), move || algorithm.hash(password.expose().as_bytes(), &salt)).await?
    }

    /// Compares a password with a stored hash.
    pub(crate) async fn verify(&self, password: Secret<String>, stored: String) -> Result<Verified, Error> {
        let (algorithm, longest) = (self.algorithm, self.longest());
        if password.expose().len() > LONGEST {
            self.verify_dummy().await?;
            return Ok(Verified { matches: false, due: false });
        }
        let known = stored::read(&stored).map_err(|_| Error::Unreadable)?;
        let foreign = algorithm.is_due(&stored);
        let memory = known.memory().max(if foreign { algorithm.memory() } else { 0 });
        let job = move || {
            let password = password.expose().as_bytes();
            let matches = known.matches(password)?;
            if foreign && !matches {
                // A quick foreign hash must not tell by time that it exists.
                algorithm.spend()?;
            }
            // A password that is too long to be hashed again keeps the hash it has.
            Ok(Verified { matches, due: matches && foreign && password.len() <= longest })
        };
        self.pool.run(memory, job).await?
    }

    /// Spends what comparing with a real hash costs: an unknown user must not be told apart by time.
    pub(crate) async fn verify_dummy(&self) -> Result<(), Error> {
        let algorithm = self.algorithm;
        self.pool.run(algorithm.memory(), move || algorithm.spend()).await?
    }
}

/// Whether a hash can be compared with; the error says what is wrong with it.
pub(crate) fn check(hash: &str) -> Result<(), Unusable> {
    stored::read(hash).map(|_| ())
}

#[cfg(test)]
mod tests;
