//! Every request that the product sent in all other suites, against the official specifications. Runs last, over the record
//! that the practice pair wrote (`BRYGGA_RECORD_DIR`).

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::large_futures,
    reason = "a test that cannot go on fails, and a skipped one says so"
)]

mod record;
mod shopify;
mod visma;
