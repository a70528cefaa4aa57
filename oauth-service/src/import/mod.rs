//! Bringing over what another server holds. The rows of its database are read in `store`, made into ours here, and kept once each.

pub(crate) mod hydra;
