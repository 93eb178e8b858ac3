//! Whole stories over real HTTP: the product, the practice Shopify and the practice Visma.net.

mod customers;
mod dates;
mod life;
mod month;
