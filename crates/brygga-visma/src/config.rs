//! Which company, as which application, at which addresses (`facts/visma` 1, 2).

use std::fmt::Debug;
use std::sync::{Arc, Mutex, PoisonError};

use brygga_core::{Code, Problem};
use brygga_http::{Url, loopback_only};
use secrecy::SecretString;

/// Which company, by which grants, and how it is called.
#[derive(Debug, Clone)]
pub struct VismaConfig {
    /// By what the company lets the application in.
    pub access: Access,
    /// In place of all of Visma's hosts, an address of this computer: the practice pair.
    pub base_url: Option<String>,
    /// Have the ERP carry out writes and actions as background jobs, whose end is waited for (`erp-api-background: none`; `facts/visma` 5).
    /// Off unless told: for companies whose actions take longer than a call may.
    pub background: bool,
}

/// The grants by which tokens are had.
#[derive(Debug, Clone)]
pub enum Access {
    /// The merchant's own application, by client credentials.
    Service(ServiceAccess),
    /// A person who signed in by the browser. SalesOrder v3 is closed to such tokens (`facts/visma` 1).
    SignedIn(SignedInAccess),
    /// Both: each service is called by client credentials if their scopes name it, else by the sign-in.
    Both(ServiceAccess, SignedInAccess),
}

/// Client credentials of one company.
#[derive(Debug, Clone)]
pub struct ServiceAccess {
    /// Client id from the Visma Developer Portal, such as `isv_name`.
    pub client_id: String,
    /// Its secret.
    pub secret: SecretString,
    /// The COMPANY's tenant id. With the customer's, a token is issued but every call answers 401 (`facts/visma` 1).
    pub tenant_id: String,
    /// Scopes to ask for; [`ServiceAccess::SCOPES`] unless told.
    pub scopes: Vec<String>,
}

/// A sign-in whose refresh token is kept.
#[derive(Debug, Clone)]
pub struct SignedInAccess {
    /// Client id of the public application.
    pub client_id: String,
    /// Where the refresh token is, and its successors go.
    pub keeper: Arc<dyn RefreshKeeper>,
    /// Shared by everything that renews the same sign-in.
    pub rotation: Arc<Rotation>,
}

/// Renewing one sign-in: one at a time, since in one-time mode the second would come with a dead token (`facts/visma` 1); and the token that
/// came last, as long as it could not be kept.
#[derive(Debug, Default)]
pub struct Rotation {
    one: tokio::sync::Mutex<()>,
    unkept: Mutex<Option<SecretString>>,
}

impl Rotation {
    /// Nobody renews the sign-in while the guard lives.
    pub async fn turn(&self) -> tokio::sync::MutexGuard<'_, ()> {
        self.one.lock().await
    }

    /// Another sign-in is kept, or none: what could not be kept is of the one before.
    pub fn forget(&self) {
        *self.unkept() = None;
    }

    pub(crate) fn unkept(&self) -> std::sync::MutexGuard<'_, Option<SecretString>> {
        self.unkept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Keeps the one refresh token of a sign-in.
pub trait RefreshKeeper: Send + Sync + Debug {
    /// The newest one; none if nobody signed in or the grant was revoked.
    fn newest(&self) -> Result<Option<SecretString>, Problem>;
    /// Keeps the successor. Called before the access token that came with it is used: in one-time mode the old one is dead by
    /// then (`facts/visma` 1).
    fn keep(&self, token: &SecretString) -> Result<(), Problem>;
}

impl ServiceAccess {
    /// What orders and customers need: the ERP read, create and update, SalesOrder v3 read and write (`facts/visma` 1). One token serves both.
    pub const SCOPES: &'static [&'static str] =
        &[ERP_READ, ERP_CREATE, ERP_UPDATE, ORDER_READ, ORDER_WRITE];

    /// An application with the usual scopes.
    pub fn new(
        client_id: impl Into<String>,
        secret: SecretString,
        tenant_id: impl Into<String>,
    ) -> Self {
        Self {
            client_id: client_id.into(),
            secret,
            tenant_id: tenant_id.into(),
            scopes: Self::SCOPES.iter().map(|&scope| scope.to_owned()).collect(),
        }
    }

    /// The same, asking for what it takes to read the company's name: its own scopes, or that one scope where they name none of the ERP.
    #[must_use]
    pub fn to_tell_the_company(mut self) -> Self {
        if !self.names(Api::Erp) {
            self.scopes = vec![ERP_READ.to_owned()];
        }
        self
    }

    /// Do its scopes name this service.
    pub(crate) fn names(&self, api: Api) -> bool {
        let prefix = match api {
            Api::Erp => "vismanet_erp_",
            Api::Orders => "visma.net.erp.salesorder:",
        };
        self.scopes.iter().any(|scope| scope.starts_with(prefix))
    }
}

impl VismaConfig {
    /// A company by client credentials with the usual scopes, at Visma's own addresses.
    pub fn new(
        client_id: impl Into<String>,
        secret: SecretString,
        tenant_id: impl Into<String>,
    ) -> Self {
        Self::with(Access::Service(ServiceAccess::new(
            client_id, secret, tenant_id,
        )))
    }

    /// A company by these grants, at Visma's own addresses.
    pub fn with(access: Access) -> Self {
        Self {
            access,
            base_url: None,
            background: false,
        }
    }

    /// The client credentials, if there are some.
    pub fn service(&self) -> Option<&ServiceAccess> {
        match &self.access {
            Access::Service(service) | Access::Both(service, _) => Some(service),
            Access::SignedIn(_) => None,
        }
    }

    /// The same, to change.
    pub fn service_mut(&mut self) -> Option<&mut ServiceAccess> {
        match &mut self.access {
            Access::Service(service) | Access::Both(service, _) => Some(service),
            Access::SignedIn(_) => None,
        }
    }

    pub(crate) fn signed_in(&self) -> Option<&SignedInAccess> {
        match &self.access {
            Access::SignedIn(person) | Access::Both(_, person) => Some(person),
            Access::Service(_) => None,
        }
    }

    /// The company, as far as it is known before anything is asked.
    pub(crate) fn tenant(&self) -> String {
        self.service()
            .map(|service| service.tenant_id.trim().to_owned())
            .unwrap_or_default()
    }
}

pub(crate) const ERP_READ: &str = "vismanet_erp_service_api:read";
pub(crate) const ERP_CREATE: &str = "vismanet_erp_service_api:create";
pub(crate) const ERP_UPDATE: &str = "vismanet_erp_service_api:update";
pub(crate) const ORDER_READ: &str = "visma.net.erp.salesorder:read";
pub(crate) const ORDER_WRITE: &str = "visma.net.erp.salesorder:write";

/// Are these one permission: a person's token names the ERP's scopes otherwise than an application's (`facts/visma` 1).
pub(crate) fn same_scope(one: &str, other: &str) -> bool {
    let plain =
        |scope: &str| scope.replace("vismanet_erp_interactive_api:", "vismanet_erp_service_api:");
    plain(one) == plain(other)
}

/// Where the three services are.
#[derive(Debug, Clone)]
pub(crate) struct Hosts {
    pub(crate) connect: Url,
    pub(crate) erp: Url,
    pub(crate) orders: Url,
}

impl Hosts {
    pub(crate) fn of(config: &VismaConfig) -> Result<Self, Problem> {
        Self::at(config.base_url.as_deref())
    }

    pub(crate) fn at(base_url: Option<&str>) -> Result<Self, Problem> {
        let own = |text: &str| {
            Url::parse(text).map_err(|error| Problem::new(Code::Internal).with("detail", error))
        };
        if let Some(text) = base_url {
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
