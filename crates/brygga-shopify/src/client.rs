use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError};

use brygga_core::policy::{CostBucket, RetryPolicy};
use brygga_core::shop::{OrderId, ShopInfo};
use brygga_core::{Code, Problem};
use brygga_http::{Http, TokenCache, Url, loopback_only};
use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Value, json};

use crate::answer::{Answer, Denied};
use crate::call::Wire;
use crate::config::{Auth, ShopifyConfig, shop_domain};
use crate::documents::{self, Document};
use crate::scopes::{Flow, ScopeReport};
use crate::token::Issuer;
use crate::{API_VERSION, REMOTE, complete, wire};

/// One shop's Admin API. Clones share token and budget.
#[derive(Debug, Clone)]
pub struct Shopify {
    pub(crate) wire: Wire,
}

/// One order as it came, whole: every list in it is read to its end. [`wire::order`] understands `json`.
#[derive(Debug, Clone, PartialEq)]
pub struct RawOrder {
    /// Numeric id.
    pub id: OrderId,
    /// Name such as `#1001`.
    pub name: String,
    /// Its last change.
    pub updated_at: DateTime<Utc>,
    /// The node as GraphQL gives it, each connection as `{"nodes": [...]}`, withheld fields named under `_withheld`.
    pub json: Value,
}

/// A page of orders.
#[derive(Debug, Clone, PartialEq)]
pub struct OrderPage {
    /// Oldest change first.
    pub orders: Vec<RawOrder>,
    /// Where the next page begins, if there is one.
    pub next: Option<String>,
}

/// An order's identity, without its content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderHead {
    /// Numeric id.
    pub id: OrderId,
    /// Name such as `#1001`.
    pub name: String,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// Its last change.
    pub updated_at: DateTime<Utc>,
}

/// A page of order heads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderHeadPage {
    /// By id.
    pub orders: Vec<OrderHead>,
    /// Where the next page begins, if there is one.
    pub next: Option<String>,
}

/// One customer as it came. [`wire::customer`] understands `json`.
#[derive(Debug, Clone, PartialEq)]
pub struct RawCustomer {
    /// Numeric id.
    pub id: String,
    /// Last change.
    pub updated_at: DateTime<Utc>,
    /// The node as GraphQL gives it, withheld fields named under `_withheld`.
    pub json: Value,
}

/// A page of customers.
#[derive(Debug, Clone, PartialEq)]
pub struct CustomerPage {
    /// Oldest change first.
    pub customers: Vec<RawCustomer>,
    /// Where the next page begins, if there is one.
    pub next: Option<String>,
}

impl Shopify {
    /// A client for one shop. Makes no call.
    pub fn new(config: ShopifyConfig, http: Http) -> Result<Self, Problem> {
        Self::with_policy(config, http, RetryPolicy::default())
    }

    /// The same with other bounds for tries.
    pub fn with_policy(
        config: ShopifyConfig,
        http: Http,
        policy: RetryPolicy,
    ) -> Result<Self, Problem> {
        let domain = shop_domain(&config.domain)?;
        let (base, host) = match &config.base_url {
            // the practice shop tells by Host which shop is meant
            Some(text) => (loopback_only(text)?, Some(domain.clone())),
            None => (address(&format!("https://{domain}/"))?, None),
        };
        let tokens = match config.auth {
            Auth::Token(token) => TokenCache::fixed(token, Arc::clone(http.clock())),
            Auth::ClientCredentials { client_id, secret } => {
                let issuer = Issuer {
                    http: http.clone(),
                    domain: domain.clone(),
                    url: join(&base, "admin/oauth/access_token")?,
                    host: host.clone(),
                    client_id,
                    secret,
                    policy,
                };
                TokenCache::new(Arc::new(issuer), Arc::clone(http.clock()))
            }
        };
        let endpoint = join(&base, &format!("admin/api/{API_VERSION}/graphql.json"))?;
        let bucket = Arc::new(Mutex::new(CostBucket::default()));
        Ok(Self {
            wire: Wire {
                http,
                domain,
                endpoint,
                host,
                tokens: Arc::new(tokens),
                bucket,
                first: Arc::default(),
                policy,
                returns: Arc::default(),
            },
        })
    }

    /// The shop's own address.
    pub fn domain(&self) -> &str {
        &self.wire.domain
    }

    /// Who the shop is and what the app may do there. Missing permissions are in the report, not an error.
    pub async fn connect_check(&self) -> Result<(ShopInfo, ScopeReport), Problem> {
        let info = self.shop_info().await?;
        let report = ScopeReport::of(&info.scopes);
        Ok((info, report))
    }

    /// Who the shop is. What the app may do there decides if returns are asked for with each order.
    pub async fn shop_info(&self) -> Result<ShopInfo, Problem> {
        let answer = self.wire.query(&documents::SHOP, json!({})).await?;
        if let Some(denied) = answer.denied.first() {
            return Err(denied.problem());
        }
        let info = wire::shop(&answer.data)?;
        let returns = ScopeReport::of(&info.scopes).missing_for(Flow::Returns);
        self.wire
            .returns
            .store(returns.is_empty(), Ordering::Relaxed);
        Ok(info)
    }

    /// A page of the orders changed from `since` on (and until `until`), oldest change first, each whole. `after` is the last page's
    /// `next`. The search index lags: ask with an overlap (`facts/shopify` 5.4).
    pub async fn orders_changed(
        &self,
        since: DateTime<Utc>,
        until: Option<DateTime<Utc>>,
        after: Option<&str>,
    ) -> Result<OrderPage, Problem> {
        // status:any, lest archived orders be left out (facts 5.3)
        let search = format!("{} AND status:any", window("updated_at", since, until));
        let variables =
            json!({"query": search, "after": after, "returns": self.wire.reads_returns()});
        let (nodes, next) = self
            .page_of(
                &documents::ORDERS_CHANGED,
                variables,
                after,
                withheld_order_field,
            )
            .await?;
        let mut orders = Vec::with_capacity(nodes.len());
        for node in nodes {
            // an order that is gone by the time its rest is read is gone
            if let Some(node) = complete::order(&self.wire, node).await? {
                orders.push(raw_order(node)?);
            }
        }
        Ok(OrderPage { orders, next })
    }

    /// One order, whole, past the search index; `None` if there is none, or it is older than the app may see (`facts/shopify` 5.8).
    pub async fn order(&self, id: &OrderId) -> Result<Option<RawOrder>, Problem> {
        match complete::read_order(&self.wire, &id.gid()).await? {
            Some(node) => Ok(Some(raw_order(node)?)),
            None => Ok(None),
        }
    }

    /// A page of the orders made from `since` until `until`, by id: what the nightly sweep compares with the mirror.
    pub async fn orders_by_id_window(
        &self,
        since: DateTime<Utc>,
        until: DateTime<Utc>,
        after: Option<&str>,
    ) -> Result<OrderHeadPage, Problem> {
        let search = format!(
            "{} AND status:any",
            window("created_at", since, Some(until))
        );
        let (nodes, next) = self
            .page(&documents::ORDERS_WINDOW, &search, after, |_| None)
            .await?;
        let orders = nodes.iter().map(order_head).collect::<Result<_, _>>()?;
        Ok(OrderHeadPage { orders, next })
    }

    /// A page of the customers changed from `since` on, oldest change first.
    pub async fn customers_changed(
        &self,
        since: DateTime<Utc>,
        until: Option<DateTime<Utc>>,
        after: Option<&str>,
    ) -> Result<CustomerPage, Problem> {
        let search = window("updated_at", since, until);
        let (nodes, next) = self
            .page(
                &documents::CUSTOMERS_CHANGED,
                &search,
                after,
                withheld_customer_field,
            )
            .await?;
        let customers = nodes
            .into_iter()
            .map(raw_customer)
            .collect::<Result<_, _>>()?;
        Ok(CustomerPage { customers, next })
    }

    /// One customer past the search index, by numeric id.
    pub async fn customer(&self, id: &str) -> Result<Option<RawCustomer>, Problem> {
        let variables = json!({"id": format!("gid://shopify/Customer/{id}")});
        let mut answer = self.wire.query(&documents::CUSTOMER, variables).await?;
        let mut node = answer.data["customer"].take();
        note_withheld(&answer.denied, &mut node, 1, withheld_customer_field)?;
        if node.is_null() {
            Ok(None)
        } else {
            raw_customer(node).map(Some)
        }
    }

    /// The name of a buying company past the search index, by numeric id.
    pub async fn company_name(&self, id: &str) -> Result<Option<String>, Problem> {
        let variables = json!({"id": format!("gid://shopify/Company/{id}")});
        let answer = self.wire.query(&documents::COMPANY, variables).await?;
        if let Some(denied) = answer.denied.first() {
            return Err(denied.problem());
        }
        let name = answer.data["company"]["name"].as_str();
        Ok(name.map(str::to_owned))
    }

    /// What the answers so far said of the budget.
    pub fn budget(&self) -> CostBucket {
        *self
            .wire
            .bucket
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// How many tokens were fetched so far.
    pub async fn tokens_fetched(&self) -> u64 {
        self.wire.tokens.fetched().await
    }

    pub(crate) async fn page(
        &self,
        document: &Document,
        search: &str,
        after: Option<&str>,
        withheld: impl Fn(&[&str]) -> Option<String> + Copy,
    ) -> Result<(Vec<Value>, Option<String>), Problem> {
        let variables = json!({"query": search, "after": after});
        self.page_of(document, variables, after, withheld).await
    }

    async fn page_of(
        &self,
        document: &Document,
        variables: Value,
        after: Option<&str>,
        withheld: impl Fn(&[&str]) -> Option<String> + Copy,
    ) -> Result<(Vec<Value>, Option<String>), Problem> {
        let Answer { mut data, denied } = self.wire.query(document, variables).await?;
        let connection = &mut data[document.root];
        let Some(mut nodes) = connection["nodes"].as_array_mut().map(std::mem::take) else {
            return Err(match denied.first() {
                Some(denied) => denied.problem(),
                None => unexpected(format_args!("{} without a list", document.root)),
            });
        };
        for denied in &denied {
            let position = denied
                .path
                .get(2)
                .and_then(|part| part.parse::<usize>().ok());
            let node = position
                .and_then(|position| nodes.get_mut(position))
                .ok_or_else(|| denied.problem())?;
            note_withheld(std::slice::from_ref(denied), node, 3, withheld)?;
        }
        let info = &connection["pageInfo"];
        let next = match (info["hasNextPage"].as_bool(), info["endCursor"].as_str()) {
            (Some(false), _) => None,
            // a page that leads nowhere would be read for ever
            (Some(true), Some(cursor)) if Some(cursor) != after => Some(cursor.to_owned()),
            _ => {
                return Err(unexpected(format_args!(
                    "{}: no way to the next page",
                    document.root
                )));
            }
        };
        Ok((nodes, next))
    }
}

/// Writes the fields that were denied into `node`, or fails if one of them is not of the kind that may be withheld.
/// `depth` is the length of the path to `node`.
pub(crate) fn note_withheld(
    denied: &[Denied],
    node: &mut Value,
    depth: usize,
    withheld: impl Fn(&[&str]) -> Option<String>,
) -> Result<(), Problem> {
    for denied in denied {
        let names: Vec<&str> = denied
            .path
            .iter()
            .skip(depth)
            .filter(|part| part.parse::<usize>().is_err())
            .map(String::as_str)
            .collect();
        let (Some(field), Some(fields)) = (withheld(&names), node.as_object_mut()) else {
            return Err(denied.problem());
        };
        let list = fields.entry(wire::WITHHELD).or_insert_with(|| json!([]));
        if let Some(list) = list.as_array_mut()
            && !list.iter().any(|known| *known == *field)
        {
            list.push(Value::from(field));
        }
    }
    Ok(())
}

/// Personal data of an order, and the place of a sale over the counter: an order without them can still be understood, and says so.
/// A null anywhere else (lines, refunds, transactions) would make wrong books.
pub(crate) fn withheld_order_field(names: &[&str]) -> Option<String> {
    const PERSONAL: &[&str] = &[
        "customer",
        "email",
        "phone",
        "billingAddress",
        "shippingAddress",
        "purchasingEntity",
        "retailLocation",
    ];
    // Where goods left or came back: what needs it says so by itself.
    const PLACES: &[&[&str]] = &[
        &["fulfillments", "location"],
        &["refunds", "refundLineItems", "nodes", "location"],
    ];
    let place = PLACES.contains(&names);
    (place || PERSONAL.contains(names.first()?)).then(|| names.join("."))
}

fn withheld_customer_field(names: &[&str]) -> Option<String> {
    const PERSONAL: &[&str] = &[
        "firstName",
        "lastName",
        "defaultEmailAddress",
        "defaultPhoneNumber",
        "defaultAddress",
    ];
    PERSONAL.contains(names.first()?).then(|| names.join("."))
}

/// Timestamps are quoted: without quotes Shopify loses the time of day (`facts/shopify` 5.2).
pub(crate) fn window(field: &str, since: DateTime<Utc>, until: Option<DateTime<Utc>>) -> String {
    let moment = |at: DateTime<Utc>| at.to_rfc3339_opts(SecondsFormat::Secs, true);
    let from = format!("{field}:>='{}'", moment(since));
    match until {
        Some(until) => format!("{from} AND {field}:<='{}'", moment(until)),
        None => from,
    }
}

fn raw_order(json: Value) -> Result<RawOrder, Problem> {
    let head = order_head(&json)?;
    Ok(RawOrder {
        id: head.id,
        name: head.name,
        updated_at: head.updated_at,
        json,
    })
}

fn order_head(node: &Value) -> Result<OrderHead, Problem> {
    wire::head(node).map_err(|problem| {
        unexpected(format_args!(
            "an order without identity: {}",
            problem.message()
        ))
    })
}

fn raw_customer(json: Value) -> Result<RawCustomer, Problem> {
    let (id, updated_at) = wire::customer_head(&json).map_err(|problem| {
        unexpected(format_args!(
            "a customer without identity: {}",
            problem.message()
        ))
    })?;
    Ok(RawCustomer {
        id,
        updated_at,
        json,
    })
}

pub(crate) fn unexpected(detail: impl std::fmt::Display) -> Problem {
    Problem::new(Code::RemoteUnexpected)
        .with("remote", REMOTE)
        .with("detail", detail)
}

fn address(text: &str) -> Result<Url, Problem> {
    Url::parse(text).map_err(|error| Problem::new(Code::Internal).with("detail", error))
}

fn join(base: &Url, path: &str) -> Result<Url, Problem> {
    let text = base.as_str().trim_end_matches('/');
    address(&format!("{text}/{path}"))
}

#[cfg(test)]
mod tests {
    use chrono::TimeZone;

    use super::*;

    #[test]
    fn windows_are_quoted_and_in_utc() {
        let at = |hour| Utc.with_ymd_and_hms(2026, 10, 1, hour, 0, 0).unwrap();
        assert_eq!(
            window("updated_at", at(1), None),
            "updated_at:>='2026-10-01T01:00:00Z'"
        );
        assert_eq!(
            window("created_at", at(1), Some(at(2))),
            "created_at:>='2026-10-01T01:00:00Z' AND created_at:<='2026-10-01T02:00:00Z'"
        );
    }

    #[test]
    fn only_personal_fields_may_be_withheld() {
        assert_eq!(
            withheld_order_field(&["customer", "firstName"]),
            Some("customer.firstName".to_owned())
        );
        assert_eq!(
            withheld_order_field(&["lineItems", "nodes", "variant"]),
            None
        );
        assert_eq!(withheld_order_field(&["refunds"]), None);
        assert_eq!(withheld_order_field(&[]), None);
    }
}
