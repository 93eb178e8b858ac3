//! One module per table: its SQL, its rows, and the methods of the store that read and write it.

pub(crate) mod activity;
pub(crate) mod activity_find;
pub(crate) mod background;
pub(crate) mod cursors;
pub(crate) mod exchanges;
pub(crate) mod journal;
pub(crate) mod links;
pub(crate) mod meta;
pub(crate) mod mirror;
pub(crate) mod moved;
pub(crate) mod noted;
pub(crate) mod problems;
pub(crate) mod records;
pub(crate) mod runs;
pub(crate) mod search;
pub(crate) mod settings;
pub(crate) mod tally;
pub(crate) mod undone;
