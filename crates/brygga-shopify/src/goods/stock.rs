//! Writing stock.

use serde_json::json;

use super::refusal::{Sent, WriteFailure, accepted, payload, refusals};
use crate::client::Shopify;
use crate::documents;

/// One quantity to be set: `available` of an inventory item at a location.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuantitySet {
    /// Numeric id of the inventory item.
    pub inventory_item: String,
    /// Numeric id of the location.
    pub location: String,
    /// What was read there; always sent, so that a change in between is refused as stale (`facts/shopify` 8.7).
    pub from: i64,
    /// What shall be there.
    pub to: i64,
}

fn item(id: &str) -> String {
    format!("gid://shopify/InventoryItem/{id}")
}

fn location(id: &str) -> String {
    format!("gid://shopify/Location/{id}")
}

impl Shopify {
    /// Sets up to 250 quantities. `key` is the intent's own: with it the same call may come twice within a day and is done once
    /// (`facts/shopify` 6.3). `document` is a URI that Shopify shows in the history.
    pub async fn set_quantities(
        &self,
        rows: &[QuantitySet],
        key: &str,
        document: &str,
    ) -> Result<Sent, WriteFailure> {
        let quantities: Vec<_> = rows
            .iter()
            .map(|row| {
                json!({
                    "inventoryItemId": item(&row.inventory_item),
                    "locationId": location(&row.location),
                    "quantity": row.to,
                    "changeFromQuantity": row.from,
                })
            })
            .collect();
        let input = json!({
            "name": "available",
            "reason": "correction",
            "referenceDocumentUri": document,
            "quantities": quantities,
        });
        let variables = json!({ "input": input, "key": key });
        let answer = self
            .wire
            .query(&documents::INVENTORY_SET, variables)
            .await
            .map_err(WriteFailure::of)?;
        let payload = payload(answer, documents::INVENTORY_SET.root)?;
        let refused = refusals(&payload, "quantities")?;
        Ok(if refused.is_empty() {
            Sent::Done
        } else {
            Sent::Refused(refused)
        })
    }

    /// Connects an inventory item to a location, with its first quantity there.
    pub async fn activate_inventory(
        &self,
        inventory_item: &str,
        at: &str,
        available: i64,
        key: &str,
    ) -> Result<(), WriteFailure> {
        let variables = json!({
            "item": item(inventory_item), "location": location(at), "available": available, "key": key,
        });
        let answer = self
            .wire
            .query(&documents::INVENTORY_ACTIVATE, variables)
            .await
            .map_err(WriteFailure::of)?;
        accepted(&payload(answer, documents::INVENTORY_ACTIVATE.root)?)
    }
}
