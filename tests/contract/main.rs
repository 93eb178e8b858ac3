//! Every request that the product sent in all other suites, against the official specifications. Runs last, over the record
//! that the practice pair wrote (`BRYGGA_RECORD_DIR`).

#![allow(clippy::print_stdout, reason = "a skipped suite says so")]

mod record;
mod shopify;
mod visma;
