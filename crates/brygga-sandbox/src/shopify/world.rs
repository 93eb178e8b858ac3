//! All that changes while the practice Shopify runs.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Duration;

use apollo_compiler::ExecutableDocument;
use apollo_compiler::validation::Valid;
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::store::Store;
use crate::practice;

/// How long a token of the client credentials grant lives, in seconds (`facts/shopify 1.2`).
pub(super) const TOKEN_SECONDS: i64 = 86_399;
/// Without `read_all_orders` an app sees so many days back (`facts/shopify 2.2`).
const HORIZON_DAYS: i64 = 60;

/// How the practice Shopify is set up; every field may be changed while it runs (`/__control/config`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ShopifyConfig {
    /// The scopes that the installation was granted; `write_x` implies `read_x` (`facts/shopify 1.3`).
    pub granted_scopes: Vec<String>,
    /// How many seconds the search index is behind (`facts/shopify 5.4`).
    pub index_lag_s: u32,
    /// The app is not approved for names, addresses, e-mail and phone: those fields are null with an error (`facts/shopify 2.5`).
    pub level_2_withheld: bool,
    /// The app is installed on the shop (`facts/shopify 1.5`).
    pub app_installed: bool,
    /// App and shop belong to one organisation (`facts/shopify 1.4`).
    pub same_organization: bool,
    /// The largest bucket of cost points, and what comes back per second (`facts/shopify 3.1`).
    pub bucket_size: u32,
    /// Points restored per second.
    pub restore_rate: u32,
    /// Shopify Payments is active; where it is not, its account is null (`facts/shopify 11.1`).
    pub shopify_payments: bool,
}

impl Default for ShopifyConfig {
    fn default() -> Self {
        let scopes = "read_all_orders,write_orders,read_customers,read_companies,read_products,read_inventory,read_locations,read_fulfillments,\
             read_merchant_managed_fulfillment_orders,read_returns,read_payment_terms,read_gift_cards,read_markets,\
             write_products,write_inventory,read_publications,write_publications,write_merchant_managed_fulfillment_orders,\
             read_store_credit_accounts,read_shopify_payments_accounts,read_shopify_payments_payouts,read_shopify_payments_disputes";
        Self {
            granted_scopes: scopes
                .split(',')
                .map(|scope| scope.trim().to_owned())
                .collect(),
            index_lag_s: 3,
            level_2_withheld: false,
            app_installed: true,
            same_organization: true,
            bucket_size: 2000,
            restore_rate: 100,
            shopify_payments: true,
        }
    }
}

impl ShopifyConfig {
    /// Whether the installation holds `scope`; `write_x` implies `read_x`.
    pub(super) fn grants(&self, scope: &str) -> bool {
        let write = scope
            .strip_prefix("read_")
            .map(|rest| format!("write_{rest}"));
        self.granted_scopes
            .iter()
            .any(|granted| granted == scope || Some(granted) == write.as_ref())
    }

    /// The oldest moment of creation that the app may see.
    pub(super) fn horizon(&self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        (!self.grants("read_all_orders")).then(|| now - TimeDelta::days(HORIZON_DAYS))
    }

    pub(super) fn index_lag(&self) -> TimeDelta {
        TimeDelta::seconds(i64::from(self.index_lag_s))
    }
}

/// What reached the practice Shopify.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShopifyCounters {
    /// GraphQL requests.
    pub calls: u64,
    /// Cost points, as far as queries were executed (sum of the actual cost).
    pub points: u64,
    /// Requests with a mutation, except those that only touch the app's own lease.
    pub writes: u64,
    /// Mutations that only set metafields of the app's installation: the lease that keeps two computers apart.
    pub lease_writes: u64,
    /// Token requests.
    pub tokens: u64,
    /// Requests answered THROTTLED or 429.
    pub throttled: u64,
}

/// The leaky bucket of cost points, filled by the clock.
#[derive(Debug, Clone)]
pub(super) struct Bucket {
    /// Thousandths of a point, so that a clock that moves by fractions of a second loses nothing.
    millipoints: i64,
    seen: DateTime<Utc>,
}

impl Bucket {
    fn full(config: &ShopifyConfig, now: DateTime<Utc>) -> Self {
        Self {
            millipoints: i64::from(config.bucket_size) * 1000,
            seen: now,
        }
    }

    /// Points available at `now`.
    pub(super) fn available(&mut self, config: &ShopifyConfig, now: DateTime<Utc>) -> i64 {
        let passed = (now - self.seen).num_milliseconds().max(0);
        let most = i64::from(config.bucket_size) * 1000;
        self.millipoints = passed
            .saturating_mul(i64::from(config.restore_rate))
            .saturating_add(self.millipoints)
            .min(most);
        self.seen = now;
        self.millipoints / 1000
    }

    pub(super) fn take(&mut self, points: u32) {
        self.millipoints -= i64::from(points) * 1000;
    }
}

#[derive(Debug)]
pub(super) struct World {
    pub(super) config: ShopifyConfig,
    pub(super) store: Store,
    pub(super) bucket: Bucket,
    pub(super) counters: ShopifyCounters,
    /// Access token to the moment it was issued.
    pub(super) tokens: BTreeMap<String, DateTime<Utc>>,
    pub(super) legacy_token_valid: bool,
    /// The client secret was revoked, and with it every token (`facts/shopify 1.8`).
    pub(super) revoked: bool,
    pub(super) requests: u64,
    /// Documents that were parsed and found valid.
    pub(super) documents: HashMap<String, Arc<Valid<ExecutableDocument>>>,
    issued: u64,
}

impl World {
    pub(super) fn new(config: ShopifyConfig, store: Store, now: DateTime<Utc>) -> Self {
        Self {
            bucket: Bucket::full(&config, now),
            config,
            store,
            counters: ShopifyCounters::default(),
            tokens: BTreeMap::new(),
            legacy_token_valid: true,
            revoked: false,
            requests: 0,
            documents: HashMap::new(),
            issued: 0,
        }
    }

    /// A new access token; older ones stay valid until their own end.
    pub(super) fn issue_token(&mut self, now: DateTime<Utc>) -> String {
        self.issued += 1;
        let digest = Sha256::digest(format!("practice token {} of {now}", self.issued));
        let token = digest
            .iter()
            .take(16)
            .fold(String::from("shpat_"), |text, byte| {
                format!("{text}{byte:02x}")
            });
        self.tokens.insert(token.clone(), now);
        token
    }

    /// Whether a request with this token is let in at `now`.
    pub(super) fn admits(&self, token: &str, now: DateTime<Utc>) -> bool {
        if self.revoked || !self.config.app_installed {
            return false;
        }
        if token == practice::SHOP_LEGACY_TOKEN {
            return self.legacy_token_valid;
        }
        self.tokens
            .get(token)
            .is_some_and(|issued| now < *issued + TimeDelta::seconds(TOKEN_SECONDS))
    }

    /// A request id in Shopify's shape.
    pub(super) fn request_id(&mut self, now: DateTime<Utc>) -> String {
        self.requests += 1;
        let id =
            uuid::Uuid::from_u64_pair(0x7072_6163_7469_4000, 0x8000_0000_0000_0000 | self.requests);
        format!("{id}-{}", now.timestamp())
    }
}

/// The index lag as a config value.
pub(super) fn lag_seconds(lag: Duration) -> u32 {
    u32::try_from(lag.as_secs()).unwrap_or(u32::MAX)
}
