//! Whole stories over real HTTP: the product, the practice Shopify and the practice Visma.net.

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::large_futures,
    reason = "a test that cannot go on fails, and a skipped one says so"
)]

mod acceptance;
mod already;
mod approved;
mod background;
mod bad_input;
mod channels;
mod customers;
mod dates;
mod fixes;
mod follow;
mod health;
mod items_for_orders;
mod keeping;
mod life;
mod log;
mod mapping;
mod month;
mod named;
mod new_products;
mod pairs;
mod payouts;
mod persons;
mod practice;
mod preview;
mod products;
mod profiles;
mod proof;
mod proof_by_itself;
mod rates;
mod rehearsal;
mod setup;
mod shipping;
mod shown;
mod sign_in;
mod stock;
mod strangers;
mod support;
mod survey;
mod units;
mod unwritable;
mod wrong_setup;
