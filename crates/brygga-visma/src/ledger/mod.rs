//! Shipments, invoices, credit notes and payments: the ERP's actions and the customer ledger (`facts/visma` 5, 6, 7, 10, 12, 16).

mod action;
mod changes;
pub(crate) mod document;
pub(crate) mod payment;
mod refusal;
pub(crate) mod shipment;
pub(crate) mod wire;
