//! The ERP's own parts, v1/v2: customers and what the company is set up with.

pub(crate) mod card;
mod catalogue;
pub(crate) mod customer;
mod registers;
pub(crate) mod wire;

pub(crate) use catalogue::NOT_EXPANDED;
