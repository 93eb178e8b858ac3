//! Connecting: which shop and which company, with secrets from the secret store; from there to an engine.

use std::sync::{Arc, Mutex, PoisonError};
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
use brygga_visma::{
    Access, ErpReport, RefreshKeeper, ServiceAccess, SignedInAccess, Visma, VismaConfig,
};

use crate::adapters::{ShopifyShop, VismaErp};
use crate::adapters_goods::RealGoods;
use crate::adapters_payouts::RealPayouts;
use crate::booked::internal;
use crate::company::{Grant, Identity, other_company};
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

    /// Connects the company by client credentials: checks the application and the tenant with Visma, then keeps both. Without a
    /// secret, the one that is kept.
    ///
    /// [`Code::ErpOtherCompany`] if this database is of another company.
    pub async fn connect_company(
        &self,
        connection: CompanyConnection,
        secret: Option<SecretString>,
    ) -> Result<ErpReport, Problem> {
        let visma = self.service_client(&connection, secret.as_ref())?;
        let report = visma.connect_check().await?;
        self.take_in_service(&connection, secret, &visma, report.company.as_deref())
            .await?;
        Ok(report)
    }

    /// The same, trying everything that the program may want to do. What is not allowed is in the answer.
    pub async fn inspect_service(
        &self,
        connection: CompanyConnection,
        secret: Option<SecretString>,
    ) -> Result<CompanyCheck, Problem> {
        let visma = self.service_client(&connection, secret.as_ref())?;
        let found = visma.inspect().await?;
        let other = self
            .take_in_service(&connection, secret, &visma, found.company.as_deref())
            .await?;
        Ok(CompanyCheck {
            found,
            other,
            application: None,
        })
    }

    /// Keeps client credentials that were tried, unless they are of another company than the person who is signed in, or than what is
    /// booked. Is it another company than before.
    async fn take_in_service(
        &self,
        connection: &CompanyConnection,
        secret: Option<SecretString>,
        visma: &Visma,
        company: Option<&str>,
    ) -> Result<bool, Problem> {
        let mut theirs = Identity {
            tenant: Some(connection.tenant_id.clone()),
            name: company.map(str::to_owned),
        };
        if let Some(person) = self.signed_in_access()? {
            let base = connection.base_url.as_deref();
            let service = self.service_of(connection, secret.as_ref())?;
            // What they may not tell is no consent: half of an order would be booked in each of two companies.
            theirs.name = self.company_of(base, alone(service)).await?;
            match self.company_of(base, Access::SignedIn(person)).await {
                Ok(name) if name != theirs.name => {
                    let person = Identity { tenant: None, name };
                    return Err(other_company(&person, &theirs, Grant::Application));
                }
                Ok(_) => {}
                // A sign-in that is not accepted any more books nowhere; the next one is compared with this application.
                Err(problem) if problem.code == Code::ErpSignedOut => {}
                Err(problem) => return Err(problem),
            }
        }
        let ours_are_there = self.has_ours(visma, &theirs).await?;
        self.alone(&theirs, Grant::Application, ours_are_there, || {
            self.keep_service(connection, secret)
        })
    }

    /// Tries everything by the grants that are kept.
    pub async fn inspect_company(&self) -> Result<Inspection, Problem> {
        let visma = Visma::with_policy(self.company_config()?, self.patient_http()?, IN_SIGHT)?;
        let found = visma.inspect().await?;
        let service = self.service_access()?;
        let by = service
            .as_ref()
            .map_or(Grant::Person, |_| Grant::Application);
        let theirs = Identity {
            tenant: service.map(|service| service.tenant_id),
            name: found.company.clone(),
        };
        let ours_are_there = self.has_ours(&visma, &theirs).await?;
        // What only a name tells is known from here on.
        self.alone(&theirs, by, ours_are_there, || Ok(()))?;
        Ok(found)
    }

    /// Tries a person's new sign-in, beside the client credentials if there are some, and keeps it if it is of the same company.
    pub(crate) async fn keep_sign_in(
        &self,
        connection: &SignInConnection,
        refresh: SecretString,
    ) -> Result<CompanyCheck, Problem> {
        let trial = Arc::new(Trial(Mutex::new(refresh)));
        let person = SignedInAccess {
            client_id: connection.client_id.clone(),
            keeper: Arc::clone(&trial) as Arc<dyn RefreshKeeper>,
            rotation: Arc::default(),
        };
        let base = connection.base_url.as_deref();
        let by_person = self.trial(base, Access::SignedIn(person.clone()))?;
        let mut found = by_person.inspect().await?;
        let mut theirs = Identity {
            tenant: None,
            name: found.company.clone(),
        };
        let mut application = None;
        if let Some(service) = self.service_access()? {
            match self.company_of(base, alone(service.clone())).await {
                Ok(name) => {
                    let ours = Identity {
                        tenant: Some(service.tenant_id.clone()),
                        name,
                    };
                    if ours.name != theirs.name {
                        return Err(other_company(&ours, &theirs, Grant::Person));
                    }
                    theirs.tenant = ours.tenant;
                }
                Err(problem) if is_about_the_application(&problem) => {
                    let ours = self.met()?;
                    match &ours.name {
                        Some(name) if Some(name) != theirs.name.as_ref() => {
                            return Err(other_company(&ours, &theirs, Grant::Person));
                        }
                        // It works, but cannot tell whose it is, and never could.
                        None if matches!(problem.code, Code::ErpScope | Code::ErpForbidden) => {
                            return Err(problem);
                        }
                        _ => {}
                    }
                }
                Err(problem) => return Err(problem),
            }
            // A broken application is no reason to refuse the sign-in: it is said what does not work by it.
            match self
                .trial(base, Access::Both(service.clone(), person))?
                .inspect()
                .await
            {
                Ok(by_both) => found = by_both,
                Err(problem) if is_about_the_application(&problem) => {
                    found.refuse_to_application(&service, &problem);
                    application = Some(problem);
                }
                Err(problem) => return Err(problem),
            }
        }
        let ours_are_there = self.has_ours(&by_person, &theirs).await?;
        // A refresh by the sign-in before must not put its token in the place of this one.
        let _turn = self.place.rotation.turn().await;
        let other = self.alone(&theirs, Grant::Person, ours_are_there, || {
            self.secrets.set(
                &self.place.secrets,
                SecretName::VismaRefreshToken,
                &trial.newest(),
            )?;
            self.place.rotation.forget();
            self.put(SIGN_IN, connection)
        })?;
        Ok(CompanyCheck {
            found,
            other,
            application,
        })
    }

    /// Stops using one of the two grants: its secret and its connection go. Which company this is of stays known, so the other grant, or
    /// a new one, is compared with it.
    pub async fn forget_grant(&self, grant: Grant) -> Result<(), Problem> {
        match grant {
            Grant::Application => {
                if let Some(tenant) = self.met()?.tenant {
                    self.put(MET_TENANT, &tenant)?;
                }
                self.clear(COMPANY)?;
                self.secrets
                    .delete(&self.place.secrets, SecretName::VismaClientSecret)
            }
            Grant::Person => {
                // A refresh under way would keep its token after all.
                let _turn = self.place.rotation.turn().await;
                self.place.rotation.forget();
                self.clear(SIGN_IN)?;
                self.secrets
                    .delete(&self.place.secrets, SecretName::VismaRefreshToken)
            }
        }
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

    /// A client with the new client credentials beside the sign-in, if one is kept.
    fn service_client(
        &self,
        connection: &CompanyConnection,
        secret: Option<&SecretString>,
    ) -> Result<Visma, Problem> {
        let service = self.service_of(connection, secret)?;
        let access = match self.signed_in_access()? {
            Some(person) => Access::Both(service, person),
            None => Access::Service(service),
        };
        self.trial(connection.base_url.as_deref(), access)
    }

    /// A client for a check that a person waits for.
    fn trial(&self, base_url: Option<&str>, access: Access) -> Result<Visma, Problem> {
        if let Some(address) = base_url {
            loopback_only(address)?;
        }
        let config = VismaConfig {
            base_url: base_url.map(str::to_owned),
            ..VismaConfig::with(access)
        };
        Visma::with_policy(config, self.patient_http()?, IN_SIGHT)
    }

    /// Name of the company that these grants open.
    async fn company_of(
        &self,
        base_url: Option<&str>,
        access: Access,
    ) -> Result<Option<String>, Problem> {
        self.trial(base_url, access)?.company_name().await
    }

    fn service_of(
        &self,
        connection: &CompanyConnection,
        secret: Option<&SecretString>,
    ) -> Result<ServiceAccess, Problem> {
        let secret = match secret {
            Some(secret) => secret.clone(),
            None => self.secret(SecretName::VismaClientSecret, "Visma.net")?,
        };
        let mut service = ServiceAccess::new(&connection.client_id, secret, &connection.tenant_id);
        if !connection.scopes.is_empty() {
            service.scopes.clone_from(&connection.scopes);
        }
        Ok(service)
    }

    fn keep_service(
        &self,
        connection: &CompanyConnection,
        secret: Option<SecretString>,
    ) -> Result<(), Problem> {
        if let Some(secret) = secret {
            self.secrets
                .set(&self.place.secrets, SecretName::VismaClientSecret, &secret)?;
        }
        self.put(COMPANY, connection)
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

    /// The application that is kept. One whose secret is gone is none: a sign-in takes its place.
    fn service_access(&self) -> Result<Option<ServiceAccess>, Problem> {
        match self.company()? {
            Some(connection) if self.has(SecretName::VismaClientSecret)? => {
                self.service_of(&connection, None).map(Some)
            }
            _ => Ok(None),
        }
    }

    /// The sign-in that is kept. One whose token is gone is none.
    fn signed_in_access(&self) -> Result<Option<SignedInAccess>, Problem> {
        match self.sign_in()? {
            Some(connection) if self.has(SecretName::VismaRefreshToken)? => {
                Ok(Some(SignedInAccess {
                    client_id: connection.client_id,
                    keeper: Arc::new(Keeper {
                        secrets: Arc::clone(&self.secrets),
                        name: self.place.secrets.clone(),
                    }),
                    rotation: Arc::clone(&self.place.rotation),
                }))
            }
            _ => Ok(None),
        }
    }

    /// The company by all grants that there are.
    fn company_config(&self) -> Result<VismaConfig, Problem> {
        let base_url = match (self.company()?, self.sign_in()?) {
            (Some(company), _) => company.base_url,
            (None, Some(person)) => person.base_url,
            (None, None) => None,
        };
        let access = match (self.service_access()?, self.signed_in_access()?) {
            (Some(service), Some(person)) => Access::Both(service, person),
            (Some(service), None) => Access::Service(service),
            (None, Some(person)) => Access::SignedIn(person),
            (None, None) => {
                return Err(Problem::new(Code::NotConnected).with("remote", "Visma.net"));
            }
        };
        Ok(VismaConfig {
            base_url,
            ..VismaConfig::with(access)
        })
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

/// The application alone, with what it takes to see whose it is: an application for the sales orders alone names no scope of the ERP.
fn alone(service: ServiceAccess) -> Access {
    Access::Service(service.to_tell_the_company())
}

/// Does this say that the application does not work, and nothing of the connection.
fn is_about_the_application(problem: &Problem) -> bool {
    matches!(
        problem.code,
        Code::ErpCredentials
            | Code::ErpApproval
            | Code::ErpTenant
            | Code::ErpTenantCustomer
            | Code::ErpScope
            | Code::ErpForbidden
            | Code::ErpLicence
    )
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
    ServiceAccess::SCOPES
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

/// The refresh token in the secret store.
#[derive(Debug)]
struct Keeper {
    secrets: Arc<dyn SecretStore>,
    name: String,
}

impl RefreshKeeper for Keeper {
    fn newest(&self) -> Result<Option<SecretString>, Problem> {
        self.secrets.get(&self.name, SecretName::VismaRefreshToken)
    }

    fn keep(&self, token: &SecretString) -> Result<(), Problem> {
        self.secrets
            .set(&self.name, SecretName::VismaRefreshToken, token)
    }
}

/// The refresh token of a sign-in that is not accepted yet: the one that is kept stays until then.
#[derive(Debug)]
struct Trial(Mutex<SecretString>);

impl Trial {
    fn newest(&self) -> SecretString {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

impl RefreshKeeper for Trial {
    fn newest(&self) -> Result<Option<SecretString>, Problem> {
        Ok(Some(Self::newest(self)))
    }

    fn keep(&self, token: &SecretString) -> Result<(), Problem> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = token.clone();
        Ok(())
    }
}
