#![doc = include_str!("../README.md")]

mod answer;
mod call;
mod cash;
mod check;
mod client;
mod config;
mod connect;
#[cfg(test)]
mod contract;
mod erp;
mod error;
mod exact;
mod fault;
mod goods;
mod ledger;
mod location;
mod paging;
mod rates;
mod sales_order;
mod text;

pub use check::{ErpReport, Inspection, Permission, Probe};
pub use client::Visma;
pub use config::{Access, RefreshKeeper, Rotation, ServiceAccess, SignedInAccess, VismaConfig};
pub use connect::{CodeExchange, FirstTokens, authorize_url, exchange_code};
pub use error::CallError;
pub use goods::{ItemClass, ItemSet, ItemStock, PriceSet, StockSet};
