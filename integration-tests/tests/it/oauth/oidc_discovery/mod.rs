//! OpenID Connect Discovery 1.0 and RFC 8414: the metadata is complete, and every value in it is true.

mod document;
mod truth;
