//! Which company, as which application, at which addresses (`facts/visma` 1, 2).

use brygga_core::{Code, Problem};
use brygga_http::{Url, loopback_only};
use secrecy::SecretString;

/// What the wizard asks for to connect one company by client credentials. Sign-in by the browser will be another way to the same token.
#[derive(Debug, Clone)]
pub struct VismaConfig {
    /// Client id from the Visma Developer Portal, such as `isv_name`.
    pub client_id: String,
    /// Its secret.
    pub secret: SecretString,
    /// The COMPANY's tenant id. With the customer's, a token is issued but every call answers 401 (`facts/visma` 1).
    pub tenant_id: String,
    /// In place of all of Visma's hosts, an address of this computer: the practice pair.
    pub base_url: Option<String>,
    /// Have the ERP carry out writes and actions as background jobs, whose end is waited for (`erp-api-background: none`; `facts/visma` 5).
    /// Off unless told: for companies whose actions take longer than a call may.
    pub background: bool,
    /// Scopes to ask for; [`VismaConfig::SCOPES`] unless told.
    pub scopes: Vec<String>,
}

impl VismaConfig {
    /// What orders and customers need: the ERP read, create and update, SalesOrder v3 read and write (`facts/visma` 1). One token serves both.
    pub const SCOPES: &'static [&'static str] =
        &[ERP_READ, ERP_CREATE, ERP_UPDATE, ORDER_READ, ORDER_WRITE];

    /// A company with the usual scopes at Visma's own addresses.
    pub fn new(
        client_id: impl Into<String>,
        secret: SecretString,
        tenant_id: impl Into<String>,
    ) -> Self {
        Self {
            client_id: client_id.into(),
            secret,
            tenant_id: tenant_id.into(),
            base_url: None,
            background: false,
            scopes: Self::SCOPES.iter().map(|&scope| scope.to_owned()).collect(),
        }
    }
}

pub(crate) const ERP_READ: &str = "vismanet_erp_service_api:read";
pub(crate) const ERP_CREATE: &str = "vismanet_erp_service_api:create";
pub(crate) const ERP_UPDATE: &str = "vismanet_erp_service_api:update";
pub(crate) const ORDER_READ: &str = "visma.net.erp.salesorder:read";
pub(crate) const ORDER_WRITE: &str = "visma.net.erp.salesorder:write";

/// Where the three services are.
#[derive(Debug, Clone)]
pub(crate) struct Hosts {
    pub(crate) connect: Url,
    pub(crate) erp: Url,
    pub(crate) orders: Url,
}

impl Hosts {
    pub(crate) fn of(config: &VismaConfig) -> Result<Self, Problem> {
        let own = |text: &str| {
            Url::parse(text).map_err(|error| Problem::new(Code::Internal).with("detail", error))
        };
        if let Some(text) = &config.base_url {
            let base = loopback_only(text)?;
            return Ok(Self {
                connect: base.clone(),
                erp: base.clone(),
                orders: base,
            });
        }
        Ok(Self {
            connect: own("https://connect.visma.com")?,
            erp: own("https://api.finance.visma.net")?,
            orders: own("https://salesorder.visma.net")?,
        })
    }
}

/// The two services that are called with the token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Api {
    /// ERP v1/v2.
    Erp,
    /// SalesOrder v3.
    Orders,
}
