//! The booking rules, proven: against an arithmetic of its own (`shopify`, `visma`), by random baskets and by tables of cases.
//!
//! `shopify` makes orders as the shop would, in whole minor units; `visma` computes VAT and totals as the ERP would. Neither
//! uses a line of the product's own arithmetic, so that a fault in it cannot hide behind itself.

#![expect(
    clippy::print_stdout,
    reason = "how many baskets passed, for whoever looks, and which cases were skipped"
)]
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test fails by panicking, also in what its cases share"
)]

mod baskets;
mod build;
mod changes;
mod channels;
mod codes;
mod customers;
mod dates;
mod digests;
mod due;
mod eu_amounts;
mod follow;
mod gate;
mod goods;
mod items;
mod life;
mod named;
mod payouts;
mod places;
mod planning;
mod profiles;
mod proof;
mod rates;
mod read_back;
mod removals;
mod shopify;
mod specs;
mod suggested_payments;
mod suggested_places;
mod vat;
mod visma;
