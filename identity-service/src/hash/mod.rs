//! Password hashes: slow by intent, so they run on threads of their own and never hold up a session check.

mod bcrypt;
mod pool;

use std::sync::Arc;

use shared_types::{
    entropy::{Entropy, random_bytes},
    secret::Secret,
};

pub(crate) use self::bcrypt::{MAX_BYTES, is_importable};
use self::pool::Pool;

/// Why no answer came from the hashing threads.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Error {
    /// Too many passwords are waiting already.
    #[error("too many passwords wait to be hashed")]
    Busy,
    /// bcrypt looks at 72 bytes only; a longer password would be cut without anybody noticing.
    #[error("the password is longer than 72 bytes")]
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

/// Hashes and compares passwords on a bounded number of threads with a bounded queue.
#[derive(Clone)]
pub(crate) struct Hasher {
    pool: Arc<Pool>,
    entropy: Arc<dyn Entropy>,
    cost: u32,
}

impl Hasher {
    /// A hasher for new hashes of this cost.
    pub(crate) fn start(cost: u32, entropy: Arc<dyn Entropy>) -> std::io::Result<Self> {
        let threads = std::thread::available_parallelism().map_or(2, std::num::NonZeroUsize::get);
        Ok(Self { pool: Arc::new(Pool::start(threads)?), entropy, cost })
    }

    /// A new hash of a password.
    pub(crate) async fn hash(&self, password: Secret<String>) -> Result<String, Error> {
        if password.expose().len() > MAX_BYTES {
            return Err(Error::TooLong);
        }
        let (cost, salt) = (self.cost, random_bytes::<16>(&*self.entropy));
        self.pool.run(move || bcrypt::hash(password.expose(), cost, salt)).await?
    }

    /// Compares a password with a stored hash.
    pub(crate) async fn verify(&self, password: Secret<String>, stored: String) -> Result<Verified, Error> {
        let cost = self.cost;
        self.pool
            .run(move || {
                let matches = bcrypt::verify(password.expose(), &stored)?;
                // A password that is too long to be hashed again keeps the hash it has.
                let due = matches && bcrypt::is_due(&stored, cost) && password.expose().len() <= MAX_BYTES;
                Ok(Verified { matches, due })
            })
            .await?
    }

    /// Spends what comparing with a real hash costs: an unknown user must not be told apart by time.
    pub(crate) async fn verify_dummy(&self, password: Secret<String>) -> Result<(), Error> {
        let stored = bcrypt::dummy(self.cost);
        let _ = self.verify(password, stored).await?;
        Ok(())
    }
}

#[cfg(test)]
mod tests;
