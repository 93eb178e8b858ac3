//! Visma Connect: tokens by client credentials with the company's tenant id, and what a token opens (`facts/visma 1`). How a person signs
//! in is in [`super::sign_in`].

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;

use super::exchange::{Call, Reply, pairs};
use super::sign_in::{self, SignIns};
use super::world::World;
use crate::practice;

/// Scopes that the practice app has been granted in the Developer Portal.
const SCOPES: [&str; 6] = [
    "vismanet_erp_service_api:read",
    "vismanet_erp_service_api:create",
    "vismanet_erp_service_api:update",
    "vismanet_erp_service_api:delete",
    "visma.net.erp.salesorder:read",
    "visma.net.erp.salesorder:write",
];

/// Seconds that a token lives: the default of 60 minutes.
const LIFE_SECONDS: i64 = 3600;

/// Tokens given out, and what has been taken away.
#[derive(Debug, Clone)]
pub(crate) struct Connect {
    tokens: BTreeMap<String, Token>,
    given: u64,
    granted: BTreeSet<String>,
    /// The application's user has no role "API User" in the company.
    pub(crate) role_missing: bool,
    /// The customer has withdrawn the app's approval.
    pub(crate) revoked: bool,
    /// What people have allowed.
    pub(crate) sign_ins: SignIns,
    /// Name of the practice company.
    own: String,
    /// Its tenant id.
    tenant: String,
}

/// A company that a token is for: exactly one (`facts/visma 1`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Company {
    /// The practice company.
    Practice,
    /// Another of the same people, with nothing in it.
    Other,
}

#[derive(Debug, Clone)]
struct Token {
    until: DateTime<Utc>,
    scopes: BTreeSet<String>,
    /// None: the customer's tenant, which opens nothing.
    company: Option<Company>,
    /// Of a person, not of the application.
    personal: bool,
}

impl Connect {
    /// Of the practice company with this name and tenant id.
    pub(crate) fn of(company: &str, tenant: &str) -> Self {
        let granted = SCOPES.iter().map(|&scope| scope.to_owned()).collect();
        Self {
            tokens: BTreeMap::new(),
            given: 0,
            granted,
            role_missing: false,
            revoked: false,
            sign_ins: SignIns::default(),
            own: company.to_owned(),
            tenant: tenant.to_owned(),
        }
    }

    /// A company's name.
    pub(crate) fn name_of(&self, company: Company) -> &str {
        match company {
            Company::Practice => &self.own,
            Company::Other => practice::VISMA_OTHER_COMPANY,
        }
    }

    /// Ends all tokens, as a revoked session does.
    pub(crate) fn drop_tokens(&mut self) {
        self.tokens.clear();
    }

    /// Ends the tokens of people.
    pub(crate) fn drop_personal_tokens(&mut self) {
        self.tokens.retain(|_, token| !token.personal);
    }

    /// A new token, and its life in seconds.
    pub(crate) fn issue(
        &mut self,
        scopes: BTreeSet<String>,
        company: Option<Company>,
        personal: bool,
        now: DateTime<Utc>,
    ) -> (String, i64) {
        self.given += 1;
        let text = format!("practice.{}.{:x}", self.given, now.timestamp());
        self.tokens.insert(
            text.clone(),
            Token {
                until: now + TimeDelta::seconds(LIFE_SECONDS),
                scopes,
                company,
                personal,
            },
        );
        (text, LIFE_SECONDS)
    }

    /// Takes a scope away from the app, or gives it back; tokens that are out keep theirs.
    pub(crate) fn grant(&mut self, scope: &str, granted: bool) {
        if granted {
            self.granted.insert(scope.to_owned());
        } else {
            self.granted.remove(scope);
        }
    }

    /// May the bearer of this token use `scope` now: 401 without a living token of the company, 403 without the scope.
    pub(crate) fn admit(
        &self,
        authorization: Option<&str>,
        scope: &str,
        now: DateTime<Utc>,
    ) -> Result<Company, u16> {
        let bearer = authorization
            .and_then(|value| value.strip_prefix("Bearer "))
            .ok_or(401_u16)?;
        let token = self
            .tokens
            .get(bearer)
            .filter(|token| now < token.until && (token.personal || !self.revoked))
            .ok_or(401_u16)?;
        let company = token.company.ok_or(401_u16)?;
        // A person's scopes of the ERP have another name (`facts/visma 1`).
        let personal = scope.replace("_service_api:", "_interactive_api:");
        if token.scopes.contains(scope) || (token.personal && token.scopes.contains(&personal)) {
            Ok(company)
        } else {
            Err(403)
        }
    }
}

/// `POST /connect/token`.
pub(crate) fn token(world: &mut World, call: &Call) -> Reply {
    let refuse = |error: &str| Reply::json_with(400, json!({"error": error}));
    // Form-encoded only; JSON is refused (`facts/visma 1`).
    if !call
        .header("content-type")
        .is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded"))
    {
        return refuse("invalid_request");
    }
    let form = pairs(&String::from_utf8_lossy(&call.body));
    let field = |name: &str| {
        form.iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
            .filter(|value| !value.is_empty())
    };
    match field("grant_type") {
        Some("client_credentials") => {}
        Some("authorization_code") => return sign_in::exchange(world, &form),
        Some("refresh_token") => return sign_in::refresh(world, &form),
        Some(_) => return refuse("unsupported_grant_type"),
        None => return refuse("invalid_request"),
    }
    if field("client_id") != Some(practice::VISMA_CLIENT_ID)
        || field("client_secret") != Some(practice::VISMA_CLIENT_SECRET)
    {
        return refuse("invalid_client");
    }
    let connect = &mut world.connect;
    let scopes: BTreeSet<String> = field("scope")
        .unwrap_or_default()
        .split_whitespace()
        .map(str::to_owned)
        .collect();
    if scopes.is_empty() || !scopes.is_subset(&connect.granted) {
        return refuse("invalid_scope");
    }
    if connect.revoked {
        return refuse("invalid_grant");
    }
    let company = match field("tenant_id") {
        Some(tenant) if tenant == connect.tenant && !connect.role_missing => {
            Some(Company::Practice)
        }
        // One application may be approved by several companies; a token is for exactly one (`facts/visma 1`).
        Some(practice::VISMA_OTHER_TENANT) if !connect.role_missing => Some(Company::Other),
        // The token is issued, but opens nothing (`facts/visma 1`).
        Some(practice::VISMA_CUSTOMER_TENANT) => None,
        _ => return refuse("invalid_tenant"),
    };
    let scope = scopes.iter().cloned().collect::<Vec<_>>().join(" ");
    let (text, life) = connect.issue(scopes, company, false, world.now);
    Reply::json(
        json!({"access_token": text, "expires_in": life, "token_type": "Bearer", "scope": scope}),
    )
    .with("cache-control", "no-store")
}
