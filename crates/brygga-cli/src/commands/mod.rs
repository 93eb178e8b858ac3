//! One module per command.

pub(crate) mod backup;
pub(crate) mod connect;
pub(crate) mod demo;
pub(crate) mod doctor;
pub(crate) mod lists;
pub(crate) mod proof;
pub(crate) mod sandbox;
pub(crate) mod settings;
pub(crate) mod sync;
