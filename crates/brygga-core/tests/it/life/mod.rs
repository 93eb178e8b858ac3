//! One order's life after it was booked: a Visma.net and a Shopify in memory, and the decisions between them.

mod books;
mod fulfil;
mod lives;
mod named;
mod on_delivery;
mod refunds;
mod run;
mod shop;
