#![doc = include_str!("../README.md")]

mod answer;
mod call;
mod client;
mod complete;
mod config;
pub mod documents;
mod goods;
mod payouts;
mod scopes;
mod sending;
mod token;
pub mod wire;
mod write_back;

pub use client::{
    CustomerPage, OrderHead, OrderHeadPage, OrderPage, RawCustomer, RawOrder, Shopify,
};
pub use config::{Auth, ShopifyConfig, shop_domain};
pub use goods::{QuantitySet, RowRefusal, Sent, WriteFailure};
pub use scopes::{Flow, ScopeReport};
pub use write_back::{BackField, BackState, FieldDefinition, MetafieldDraft, WroteBack};

/// The Admin API version that every document is written for: the only place that names it (`facts/shopify` 4.4).
pub const API_VERSION: &str = "2026-07";

/// The name of this remote in messages.
pub(crate) const REMOTE: &str = "Shopify";
