#![doc = include_str!("../README.md")]

pub mod broken;
mod control;
pub mod faults;
mod hands;
mod identity;
pub mod pair;
pub mod rates;
pub mod record;
pub mod shop_data;
pub mod shopify;
pub mod visma;

pub use hands::Hands;
pub use identity::Identity;
pub use pair::{Pair, PairConfig, PairCounters, PairError, ShopSource, seeded_start};

/// The credentials that the practice pair accepts. They are no secrets: they open nothing but a server on loopback.
pub mod practice {
    /// The practice shop's domain.
    pub const SHOP_DOMAIN: &str = "fjord-og-fjell.myshopify.com";
    /// Client id of the practice app in Shopify's Dev Dashboard.
    pub const SHOP_CLIENT_ID: &str = "practice-client";
    /// Its secret.
    pub const SHOP_CLIENT_SECRET: &str = "practice-secret";
    /// The static token of a legacy custom app (`facts/shopify 1.1`).
    pub const SHOP_LEGACY_TOKEN: &str = "shpat_practice_legacy_token";
    /// Client id at Visma Connect.
    pub const VISMA_CLIENT_ID: &str = "isv_brygga_practice";
    /// Its secret.
    pub const VISMA_CLIENT_SECRET: &str = "practice-secret";
    /// Client id of the public application with which people sign in.
    pub const VISMA_PUBLIC_CLIENT_ID: &str = "brygga_practice_public";
    /// Its registered redirect address.
    pub const VISMA_REDIRECT: &str = "http://127.0.0.1:47823";
    /// Another company in which the person on the sign-in page has the role "API User".
    pub const VISMA_OTHER_COMPANY: &str = "Fjell Eiendom AS";
    /// Tenant id of the practice company.
    pub const VISMA_COMPANY_TENANT: &str = "11111111-2222-3333-4444-555555555555";
    /// Its tenant id: the application is approved there, too, as one of an agency with several clients, or of a company and its test copy.
    pub const VISMA_OTHER_TENANT: &str = "11111111-2222-3333-4444-666666666666";
    /// Tenant id of the customer that owns the company: a token is issued for it, but every API call answers 401.
    pub const VISMA_CUSTOMER_TENANT: &str = "99999999-8888-7777-6666-555555555555";
}
