//! What people see: nodes and messages as data (below the methods), pages (above the flows), and the words of pages in
//! several languages.

pub(crate) mod console;
pub(crate) mod node;
pub(crate) mod page;
pub(crate) mod render;
pub(crate) mod text;
pub(crate) mod words;
