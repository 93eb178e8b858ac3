//! Connecting: which shop and which company, with secrets from the secret store; from there to an engine.

use std::sync::Arc;

use secrecy::SecretString;
use serde::{Deserialize, Serialize};

use brygga_core::secret::SecretName;
use brygga_core::settings::{Settings, WhoShips};
use brygga_core::{Clock, Code, Ids, Problem, SecretStore};
use brygga_http::{Http, HttpConfig, loopback_only};
use brygga_shopify::{Auth, Flow, ScopeReport, Shopify, ShopifyConfig, shop_domain};
use brygga_store::Store;
use brygga_visma::{ErpReport, Visma, VismaConfig};

use crate::adapters::{ShopifyShop, VismaErp};
use crate::adapters_goods::RealGoods;
use crate::adapters_payouts::RealPayouts;
use crate::booked::internal;
use crate::engine::{Engine, Parts, SETTINGS};
use crate::exchanges::ExchangeLog;
use crate::ports::Events;
use crate::rates::{RateHosts, RealRates};

/// Name of the shop's connection among the store's settings.
const SHOP: &str = "connection.shopify";
/// Name of the company's connection among the store's settings.
const COMPANY: &str = "connection.visma";
/// Under which name the secrets of a pair are kept. One database holds one pair.
const PAIR: &str = "default";

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
}

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

    /// Connects the shop: checks the address and the secret with Shopify, then keeps both.
    pub async fn connect_shop(
        &self,
        connection: ShopConnection,
        secret: SecretString,
    ) -> Result<ScopeReport, Problem> {
        let connection = ShopConnection {
            domain: shop_domain(&connection.domain)?,
            ..connection
        };
        if let Some(address) = &connection.base_url {
            loopback_only(address)?;
        }
        let shop = Shopify::new(shop_config(&connection, secret.clone()), self.http(None)?)?;
        let (_, report) = shop.connect_check().await?;
        let name = if connection.client_id.is_some() {
            SecretName::ShopifyClientSecret
        } else {
            SecretName::ShopifyToken
        };
        self.secrets.set(PAIR, name, &secret)?;
        self.store.put_setting(
            SHOP,
            serde_json::to_value(&connection).map_err(internal)?,
            "connect",
        )?;
        Ok(report)
    }

    /// Connects the company: checks the application and the tenant with Visma, then keeps both.
    pub async fn connect_company(
        &self,
        connection: CompanyConnection,
        secret: SecretString,
    ) -> Result<ErpReport, Problem> {
        if let Some(address) = &connection.base_url {
            loopback_only(address)?;
        }
        let visma = Visma::new(
            company_config(&connection, secret.clone()),
            self.http(None)?,
        )?;
        let report = visma.connect_check().await?;
        self.secrets
            .set(PAIR, SecretName::VismaClientSecret, &secret)?;
        self.store.put_setting(
            COMPANY,
            serde_json::to_value(&connection).map_err(internal)?,
            "connect",
        )?;
        Ok(report)
    }

    /// The shop that is connected, if one is.
    pub fn shop(&self) -> Result<Option<ShopConnection>, Problem> {
        self.read(SHOP)
    }

    /// The company that is connected, if one is.
    pub fn company(&self) -> Result<Option<CompanyConnection>, Problem> {
        self.read(COMPANY)
    }

    fn read<T: serde::de::DeserializeOwned>(&self, name: &str) -> Result<Option<T>, Problem> {
        match self.store.setting(name)? {
            Some(value) => serde_json::from_value(value)
                .map(Some)
                .map_err(|error| Problem::new(Code::SettingsUnreadable).with("detail", error)),
            None => Ok(None),
        }
    }

    fn secret(&self, name: SecretName, remote: &str) -> Result<SecretString, Problem> {
        self.secrets
            .get(PAIR, name)?
            .ok_or_else(|| Problem::new(Code::NotConnected).with("remote", remote))
    }

    fn shop_client(&self, http: Http) -> Result<Shopify, Problem> {
        let connection = self
            .shop()?
            .ok_or_else(|| Problem::new(Code::NotConnected).with("remote", "Shopify"))?;
        let name = if connection.client_id.is_some() {
            SecretName::ShopifyClientSecret
        } else {
            SecretName::ShopifyToken
        };
        Shopify::new(
            shop_config(&connection, self.secret(name, "Shopify")?),
            http,
        )
    }

    fn company_client(&self, http: Http) -> Result<Visma, Problem> {
        let connection = self
            .company()?
            .ok_or_else(|| Problem::new(Code::NotConnected).with("remote", "Visma.net"))?;
        Visma::new(
            company_config(
                &connection,
                self.secret(SecretName::VismaClientSecret, "Visma.net")?,
            ),
            http,
        )
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

fn company_config(connection: &CompanyConnection, secret: SecretString) -> VismaConfig {
    VismaConfig {
        base_url: connection.base_url.clone(),
        ..VismaConfig::new(&connection.client_id, secret, &connection.tenant_id)
    }
}
