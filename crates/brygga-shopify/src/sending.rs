//! What of an order is to be sent and what was sent, and the word that it was (`booking-rules` 6, `facts/shopify` 8.13).
//!
//! Making a fulfilment takes no key against doing it twice (`facts/shopify` 6.4): it is sent once, and what became of a lost answer is
//! read from the order itself, past the search index.

use brygga_core::shop::{FulfilmentDraft, OrderId, Sending, Tracking};
use brygga_core::{Code, Problem};
use serde_json::{Value, json};

use crate::answer::Answer;
use crate::client::{Shopify, unexpected};
use crate::complete::{FRESH_STARTS, Filled, fulfilments, lengthen, open};
use crate::documents;
use crate::goods::{WriteFailure, accepted, payload};
use crate::wire;

/// No order is sent from so many places; more pages than this lead nowhere.
const MOST_PAGES: usize = 50;

impl Shopify {
    /// How the sending of an order stands; `None` if there is no such order. `fulfilment-scope-missing` where the app may not see it.
    pub async fn sending(&self, order: &OrderId) -> Result<Option<Sending>, Problem> {
        for _ in 0..FRESH_STARTS {
            let Some(mut node) = self.sending_pages(order).await? else {
                return Ok(None);
            };
            let rows = node["fulfillmentOrders"]["nodes"].as_array_mut();
            let mut whole = true;
            for row in rows.map(Vec::as_mut_slice).unwrap_or_default() {
                let gid = row["id"]
                    .as_str()
                    .ok_or_else(|| unexpected("a fulfilment order without id"))?
                    .to_owned();
                let filled = lengthen(
                    &self.wire,
                    &mut row["lineItems"],
                    "lineItems",
                    &documents::FULFILMENT_ORDER_LINES_MORE,
                    &gid,
                    None,
                )
                .await?;
                whole &= matches!(filled, Filled::Whole);
            }
            // What was moved to another place while it was read is read anew.
            if whole && matches!(fulfilments(&self.wire, &mut node).await?, Filled::Whole) {
                return wire::sending(&node).map(Some);
            }
        }
        Err(unexpected(format_args!(
            "what is to be sent of order {order} changes faster than it can be read"
        )))
    }

    /// The order with all its fulfilment orders, their lines as far as a page holds them.
    async fn sending_pages(&self, order: &OrderId) -> Result<Option<Value>, Problem> {
        let document = &documents::ORDER_SENDING;
        let mut whole: Option<Value> = None;
        let mut rows: Vec<Value> = Vec::new();
        let mut after: Option<String> = None;
        for _ in 0..MOST_PAGES {
            let variables = json!({"id": order.gid(), "after": after});
            let Answer { mut data, denied } = self.wire.query(document, variables).await?;
            if let Some(denied) = denied.first() {
                return Err(not_allowed(denied.problem()));
            }
            let mut node = data[document.root].take();
            if node.is_null() {
                return Ok(None);
            }
            let (more, next) = open(&mut node["fulfillmentOrders"], "fulfillmentOrders")?;
            rows.extend(more);
            let whole = whole.get_or_insert(node);
            let Some(next) = next else {
                whole["fulfillmentOrders"] = json!({ "nodes": rows });
                return Ok(Some(whole.take()));
            };
            after = Some(next);
        }
        Err(unexpected(format_args!(
            "fulfillmentOrders of order {order} have no end"
        )))
    }

    /// Makes a fulfilment; its numeric id.
    pub async fn create_fulfilment(&self, draft: &FulfilmentDraft) -> Result<String, WriteFailure> {
        let document = &documents::FULFILMENT_CREATE;
        let parts: Vec<Value> = draft
            .parts
            .iter()
            .map(|part| {
                let lines: Vec<Value> = part
                    .lines
                    .iter()
                    .map(|line| {
                        json!({
                            "id": format!("gid://shopify/FulfillmentOrderLineItem/{}", line.id),
                            "quantity": line.units,
                        })
                    })
                    .collect();
                json!({
                    "fulfillmentOrderId": format!("gid://shopify/FulfillmentOrder/{}", part.fulfilment_order),
                    "fulfillmentOrderLineItems": lines,
                })
            })
            .collect();
        let mut input =
            json!({"lineItemsByFulfillmentOrder": parts, "notifyCustomer": draft.notify});
        if let Some(of) = &draft.tracking {
            input["trackingInfo"] = tracking(of);
        }
        let answer = self
            .wire
            .once(document, json!({ "fulfillment": input }))
            .await
            .map_err(WriteFailure::of)?;
        let payload = allowed(answer, document.root)?;
        accepted(&payload)?;
        payload["fulfillment"]["id"]
            .as_str()
            .and_then(|gid| gid.rsplit('/').next())
            .map(str::to_owned)
            .ok_or_else(|| {
                WriteFailure::Unknown(unexpected("a fulfilment that was made has no id"))
            })
    }

    /// Sets the tracking of a fulfilment: all of it, so twice is once.
    pub async fn set_tracking(
        &self,
        fulfilment: &str,
        to: &Tracking,
        notify: bool,
    ) -> Result<(), WriteFailure> {
        let document = &documents::FULFILMENT_TRACKING;
        let variables = json!({
            "id": format!("gid://shopify/Fulfillment/{fulfilment}"), "tracking": tracking(to), "notify": notify,
        });
        // The customer would be written to twice: sent once, and read again after a lost answer.
        let answer = self
            .wire
            .once(document, variables)
            .await
            .map_err(WriteFailure::of)?;
        accepted(&allowed(answer, document.root)?)
    }
}

/// Shopify makes the links to the parcels of companies that it knows; Visma.net has none to give.
fn tracking(of: &Tracking) -> Value {
    let mut input = json!({ "numbers": of.numbers });
    if let Some(company) = &of.company {
        input["company"] = json!(company);
    }
    input
}

/// The shop's books go on without the right to fulfil: it is these records' matter alone.
fn not_allowed(denied: Problem) -> Problem {
    Problem {
        code: Code::FulfilmentScope,
        params: denied.params,
    }
}

fn allowed(answer: Answer, root: &str) -> Result<Value, WriteFailure> {
    match answer.denied.first() {
        Some(denied) => Err(WriteFailure::Refused(not_allowed(denied.problem()))),
        None => payload(answer, root),
    }
}
