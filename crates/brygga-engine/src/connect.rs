//! Connecting: which shop and which company, with secrets from the secret store; from there to an engine.

mod grants;

use std::sync::Arc;
use std::time::Duration;

use secrecy::SecretString;
use serde::{Deserialize, Serialize};

use brygga_core::policy::RetryPolicy;
use brygga_core::secret::SecretName;
use brygga_core::settings::{Settings, WhoShips};
use brygga_core::shop::ShopInfo;
use brygga_core::{Clock, Code, Ids, Problem, SecretStore};
pub use brygga_http::loopback_only;
use brygga_http::{Http, HttpConfig};
use brygga_shopify::{Auth, Flow, ScopeReport, Shopify, ShopifyConfig, shop_domain};
use brygga_store::{RecordKind, Store};
pub use brygga_visma::Inspection;
use brygga_visma::{ErpReport, Visma};

use crate::adapters::{ShopifyShop, VismaErp};
use crate::adapters_goods::RealGoods;
use crate::adapters_payouts::RealPayouts;
use crate::booked::internal;
use crate::engine::{Engine, Parts, SETTINGS};
use crate::exchanges::ExchangeLog;
use crate::place::{Place, Who};
use crate::ports::Events;
use crate::rates::{RateHosts, RealRates};

/// Name of the shop's connection among the store's settings.
pub(crate) const SHOP: &str = "connection.shopify";
/// Name of the company's connection among the store's settings.
pub(crate) const COMPANY: &str = "connection.visma";
/// Name of the sign-in's connection among the store's settings.
pub(crate) const SIGN_IN: &str = "connection.visma.sign-in";
/// Name of the company that was met, among the store's settings.
pub(crate) const MET: &str = "connection.visma.company";
/// Tenant id of the company that was met, among the store's settings: it stays known when the application is not used any more.
pub(crate) const MET_TENANT: &str = "connection.visma.company.tenant";

/// Under this name the store remembers what the shop said of itself.
pub const KNOWN_SHOP: &str = "shop";

/// Which shop; its secrets are in the secret store.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShopConnection {
    /// `something.myshopify.com`.
    pub domain: String,
    /// Client id of a Dev Dashboard app; none for a legacy token.
    pub client_id: Option<String>,
    /// Address of the practice pair; only of this computer.
    pub base_url: Option<String>,
}

/// Which company; its secret is in the secret store.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CompanyConnection {
    /// Client id from the Visma Developer Portal.
    pub client_id: String,
    /// The company's tenant id.
    pub tenant_id: String,
    /// Address of the practice pair; only of this computer.
    pub base_url: Option<String>,
    /// Scopes to ask for; empty means the usual ones.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub scopes: Vec<String>,
}

/// How a person signs in to the company; the refresh token is in the secret store.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignInConnection {
    /// Client id of the public application.
    pub client_id: String,
    /// Scopes that were asked for.
    pub scopes: Vec<String>,
    /// Port of the redirect address on this computer.
    pub port: u16,
    /// Address of the practice pair; only of this computer.
    pub base_url: Option<String>,
}

/// What a check of the shop found.
#[derive(Debug, Clone)]
pub struct ShopCheck {
    /// The shop.
    pub info: ShopInfo,
    /// What the app may do there.
    pub scopes: ScopeReport,
}

/// What a check of the company came to, once it was kept.
#[derive(Debug, Clone)]
pub struct CompanyCheck {
    /// What the grants may do there.
    pub found: Inspection,
    /// It is another company than before: what was learned of that one is forgotten.
    pub other: bool,
    /// Why the application does not work beside the sign-in, if so.
    pub application: Option<Problem>,
}

/// A person waits for a check: two tries, and no long waiting for a quota.
const IN_SIGHT: RetryPolicy = RetryPolicy {
    max_attempts: 2,
    base: Duration::from_millis(300),
    cap: Duration::from_secs(2),
    longest_asked: Duration::from_secs(3),
};
/// So long a call of a check may take at most.
const PATIENCE: Duration = Duration::from_secs(20);

/// Everything an engine stands on, before it is connected.
pub struct Ground {
    /// The database of the pair.
    pub store: Arc<Store>,
    /// Where its secrets are.
    pub secrets: Arc<dyn SecretStore>,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Ids.
    pub ids: Arc<dyn Ids>,
    /// Time-outs and the like.
    pub http: HttpConfig,
    /// Where the central banks are.
    pub rates: RateHosts,
    /// Its place among the other pairs.
    pub place: Place,
}

impl Ground {
    fn http(&self, log: Option<&Arc<ExchangeLog>>) -> Result<Http, Problem> {
        let http = Http::new(
            self.http.clone(),
            Arc::clone(&self.clock),
            Arc::clone(&self.ids),
        )?;
        Ok(match log {
            Some(log) => http.observed(Arc::clone(log) as Arc<dyn brygga_http::Observer>),
            None => http,
        })
    }

    /// Connects the shop: checks the address and the secret with Shopify, then keeps both. Without a secret, the one that is kept.
    ///
    /// [`Code::ShopOther`] if this database is of another shop.
    pub async fn connect_shop(
        &self,
        connection: ShopConnection,
        secret: Option<SecretString>,
    ) -> Result<ShopCheck, Problem> {
        let connection = ShopConnection {
            domain: shop_domain(&connection.domain)?,
            ..connection
        };
        if let Some(address) = &connection.base_url {
            loopback_only(address)?;
        }
        let name = shop_secret(&connection);
        let given = secret.is_some();
        let secret = match secret {
            Some(secret) => secret,
            None => self.secret(name, "Shopify")?,
        };
        let shop = Shopify::with_policy(
            shop_config(&connection, secret.clone()),
            self.patient_http()?,
            IN_SIGHT,
        )?;
        let (info, scopes) = shop.connect_check().await?;
        if let Some(before) = self.shop()?
            && before.domain != connection.domain
            && self.store.newest_mirrored(RecordKind::Order)?.is_some()
        {
            return Err(Problem::new(Code::ShopOther)
                .with("ours", before.domain)
                .with("theirs", &connection.domain));
        }
        self.place.in_turn(|| {
            self.place.alone(&Who {
                shop: Some(connection.domain.clone()),
                ..self.who()?
            })?;
            if given {
                self.secrets.set(&self.place.secrets, name, &secret)?;
            }
            if self.shop()?.map(|before| before.domain).as_ref() != Some(&connection.domain) {
                // What the shop before said of itself is not this one's name, nor its zone.
                self.store.forget(KNOWN_SHOP)?;
            }
            self.put(SHOP, &connection)
        })?;
        Ok(ShopCheck { info, scopes })
    }

    /// Is a secret kept for this shop, and are the client secret and the sign-in of the company.
    pub fn kept(&self) -> Result<Kept, Problem> {
        Ok(Kept {
            shop_secret: self.has(SecretName::ShopifyClientSecret)?,
            shop_token: self.has(SecretName::ShopifyToken)?,
            company_secret: self.has(SecretName::VismaClientSecret)?,
            sign_in: self.has(SecretName::VismaRefreshToken)?,
        })
    }

    /// The shop that is connected, if one is.
    pub fn shop(&self) -> Result<Option<ShopConnection>, Problem> {
        self.read(SHOP)
    }

    /// How a person signed in, if one did.
    pub fn sign_in(&self) -> Result<Option<SignInConnection>, Problem> {
        self.read(SIGN_IN)
    }

    /// Name of the company as it was met last.
    pub fn company_name(&self) -> Result<Option<String>, Problem> {
        self.read(MET)
    }

    /// The company that is connected by client credentials, if one is.
    pub fn company(&self) -> Result<Option<CompanyConnection>, Problem> {
        self.read(COMPANY)
    }

    pub(crate) fn read<T: serde::de::DeserializeOwned>(
        &self,
        name: &str,
    ) -> Result<Option<T>, Problem> {
        match self.store.setting(name)? {
            // What is not used any more.
            Some(serde_json::Value::Null) | None => Ok(None),
            Some(value) => serde_json::from_value(value)
                .map(Some)
                .map_err(|error| Problem::new(Code::SettingsUnreadable).with("detail", error)),
        }
    }

    pub(crate) fn put(&self, name: &str, value: &impl Serialize) -> Result<(), Problem> {
        self.store.put_setting(
            name,
            serde_json::to_value(value).map_err(internal)?,
            "connect",
        )?;
        Ok(())
    }

    pub(crate) fn clear(&self, name: &str) -> Result<(), Problem> {
        match self.store.setting(name)? {
            Some(_) => self.put(name, &serde_json::Value::Null),
            None => Ok(()),
        }
    }

    /// Is this secret kept; that the store does not answer is a failure, no answer.
    fn has(&self, name: SecretName) -> Result<bool, Problem> {
        Ok(self.secrets.get(&self.place.secrets, name)?.is_some())
    }

    fn secret(&self, name: SecretName, remote: &str) -> Result<SecretString, Problem> {
        self.secrets
            .get(&self.place.secrets, name)?
            .ok_or_else(|| Problem::new(Code::NotConnected).with("remote", remote))
    }

    fn shop_client(&self, http: Http) -> Result<Shopify, Problem> {
        let connection = self
            .shop()?
            .ok_or_else(|| Problem::new(Code::NotConnected).with("remote", "Shopify"))?;
        let name = shop_secret(&connection);
        Shopify::new(
            shop_config(&connection, self.secret(name, "Shopify")?),
            http,
        )
    }

    fn company_client(&self, http: Http) -> Result<Visma, Problem> {
        Visma::new(self.company_config()?, http)
    }

    /// For a check that a person waits for.
    pub(crate) fn patient_http(&self) -> Result<Http, Problem> {
        let config = HttpConfig {
            total_timeout: self.http.total_timeout.min(PATIENCE),
            ..self.http.clone()
        };
        Http::new(config, Arc::clone(&self.clock), Arc::clone(&self.ids))
    }

    /// What the app may do in the shop, asked now.
    pub async fn check_shop(&self) -> Result<ScopeReport, Problem> {
        let mut report = self.shop_client(self.http(None)?)?.connect_check().await?.1;
        for flow in self.asked_for()? {
            for scope in report.missing_for(flow) {
                if !report.missing.contains(&scope) {
                    report.missing.push(scope);
                }
            }
        }
        Ok(report)
    }

    /// What the merchant's choices need beside reading orders: telling the shop of shipments, where Visma.net ships.
    fn asked_for(&self) -> Result<Vec<Flow>, Problem> {
        let Some(value) = self.store.setting(SETTINGS)? else {
            return Ok(Vec::new());
        };
        let settings: Settings = serde_json::from_value(value)
            .map_err(|error| Problem::new(Code::SettingsUnreadable).with("detail", error))?;
        let ships = settings.invoices.who_ships == WhoShips::Visma;
        Ok(ships.then_some(Flow::Fulfilment).into_iter().collect())
    }

    /// What the application may do in the company, asked now.
    pub async fn check_company(&self) -> Result<ErpReport, Problem> {
        self.company_client(self.http(None)?)?.connect_check().await
    }

    /// An engine over what is connected. [`Code::NotConnected`] if a side is missing.
    pub fn engine(&self, events: Arc<dyn Events>) -> Result<Engine, Problem> {
        let log = Arc::new(ExchangeLog::default());
        let http = self.http(Some(&log))?;
        let shop = self.shop_client(http.clone())?;
        let rate_http = http.clone();
        let erp = self.company_client(http)?;
        let goods = RealGoods {
            shop: shop.clone(),
            erp: erp.clone(),
        };
        let rates = RealRates::new(rate_http, Some(erp.clone()), self.rates.clone());
        let payouts = RealPayouts {
            shop: shop.clone(),
            erp: erp.clone(),
        };
        Ok(Engine::new(Parts {
            shop: Arc::new(ShopifyShop(shop)),
            erp: Arc::new(VismaErp(erp)),
            goods: Arc::new(goods),
            payouts: Arc::new(payouts),
            rates: Arc::new(rates),
            store: Arc::clone(&self.store),
            clock: Arc::clone(&self.clock),
            ids: Arc::clone(&self.ids),
            events,
            exchanges: log,
        }))
    }
}

fn shop_config(connection: &ShopConnection, secret: SecretString) -> ShopifyConfig {
    let auth = match &connection.client_id {
        Some(client_id) => Auth::ClientCredentials {
            client_id: client_id.clone(),
            secret,
        },
        None => Auth::Token(secret),
    };
    ShopifyConfig {
        domain: connection.domain.clone(),
        auth,
        base_url: connection.base_url.clone(),
    }
}

/// A permission that a flow of the shop needs: any one of `any` is enough.
#[derive(Debug, Clone, Copy)]
pub struct ShopNeed {
    /// The flow: `orders`, `returns`, `write_back`, `fulfilment`, `payouts`, `stock`, `products`, `gift_cards`.
    pub flow: &'static str,
    /// Scopes, the usual one first.
    pub any: &'static [&'static str],
}

/// Everything that the program may need of the shop (`facts/shopify` 2.1).
pub fn shop_needs() -> Vec<ShopNeed> {
    Flow::ALL
        .iter()
        .flat_map(|flow| {
            let name = match flow {
                Flow::Orders => "orders",
                Flow::Returns => "returns",
                Flow::WriteBack => "write_back",
                Flow::Fulfilment => "fulfilment",
                Flow::Payouts => "payouts",
                Flow::Stock => "stock",
                Flow::Products => "products",
                Flow::Items => "items",
                Flow::GiftCards => "gift_cards",
            };
            flow.needs()
                .iter()
                .map(move |any| ShopNeed { flow: name, any })
        })
        .collect()
}

/// Is one of `any` held; a scope to write is one to read too (`facts/shopify` 1.3).
pub fn is_granted(granted: &[String], any: &[&str]) -> bool {
    any.iter().any(|scope| {
        granted.iter().any(|had| {
            let had = had.trim();
            had == *scope
                || scope
                    .strip_prefix("read_")
                    .is_some_and(|rest| had.strip_prefix("write_") == Some(rest))
        })
    })
}

/// The usual scopes of client credentials at Visma Connect.
pub fn service_scopes() -> Vec<String> {
    brygga_visma::ServiceAccess::SCOPES
        .iter()
        .map(|&scope| scope.to_owned())
        .collect()
}

/// Which secrets are kept; never the secrets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kept {
    /// Client secret of the shop's app.
    pub shop_secret: bool,
    /// Token of the shop's legacy app.
    pub shop_token: bool,
    /// Client secret of the company's application.
    pub company_secret: bool,
    /// Refresh token of a sign-in.
    pub sign_in: bool,
}

fn shop_secret(connection: &ShopConnection) -> SecretName {
    if connection.client_id.is_some() {
        SecretName::ShopifyClientSecret
    } else {
        SecretName::ShopifyToken
    }
}
