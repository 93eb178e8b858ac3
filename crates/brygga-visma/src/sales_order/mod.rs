//! Sales orders in SalesOrder v3 (`facts/visma` 7).

mod calls;
mod read;
mod refusal;
pub(crate) mod wire;
pub(crate) mod write;

pub(crate) use calls::{at, gone};
