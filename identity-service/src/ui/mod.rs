//! What people see: nodes and messages as data (below the methods), pages (above the flows).

pub(crate) mod console;
pub(crate) mod node;
pub(crate) mod page;
pub(crate) mod render;
pub(crate) mod text;
