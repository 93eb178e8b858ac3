//! The scenarios that cover most of the risk of money: each a whole story through the real engine and clients, over the
//! practice pair. `docs/pains.md` says which complaint each one answers.

mod away;
mod broken_off;
mod currencies;
mod edits;
mod erased;
mod nights;
mod race;
mod refund_accounts;
mod refunds;
mod transport;
mod twice;
