//! `session`: who has registered is signed in as well.

use super::After;

pub(super) fn run(after: &mut After<'_>) {
    after.hand_out = true;
}
