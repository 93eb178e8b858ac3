//! What the orders of a sales channel have of their own (`booking-rules` 3).

use serde::{Deserialize, Serialize};

use super::Settings;
use crate::erp::{ChannelHead, Subaccount};
use crate::shop::Order;

/// What the orders of one sales channel have of their own; what is not chosen is as for all orders.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ChannelRow {
    /// Order type of sales orders.
    pub order_type: Option<String>,
    /// Branch of all documents.
    pub branch: Option<String>,
    /// Warehouse of goods lines.
    pub warehouse: Option<String>,
    /// Subaccount of the lines of all documents.
    pub subaccount: Option<Subaccount>,
    /// Project of sales orders.
    pub project: Option<String>,
    /// Sales person of sales orders.
    pub sales_person: Option<String>,
    /// Ship-via code of sales orders.
    pub ship_via: Option<String>,
    /// Payment terms of sales orders.
    pub terms: Option<String>,
}

impl Settings {
    fn channel(&self, order: &Order) -> Option<&ChannelRow> {
        self.channels.get(order.source_name.as_deref()?.trim())
    }

    /// Order type of an order's sales order.
    pub fn order_type_of(&self, order: &Order) -> &str {
        self.channel(order)
            .and_then(|row| row.order_type.as_ref())
            .unwrap_or(&self.order_type)
    }

    /// Branch of an order's documents; none means the company's own default.
    pub fn branch_of(&self, order: &Order) -> Option<&String> {
        self.channel(order)
            .and_then(|row| row.branch.as_ref())
            .or(self.branch.as_ref())
    }

    /// Warehouse of an order's goods; none means the item's own default.
    pub fn warehouse_of(&self, order: &Order) -> Option<&String> {
        self.channel(order)
            .and_then(|row| row.warehouse.as_ref())
            .or(self.warehouse.as_ref())
    }

    /// Subaccount of the lines of an order's documents; none means Visma.net's own choice.
    pub fn subaccount_of(&self, order: &Order) -> Option<&Subaccount> {
        self.channel(order)?.subaccount.as_ref()
    }

    /// What only a channel says of a sales order.
    pub fn head_of(&self, order: &Order) -> ChannelHead {
        self.channel(order)
            .map_or_else(ChannelHead::default, |row| ChannelHead {
                project: row.project.clone(),
                sales_person: row.sales_person.clone(),
                ship_via: row.ship_via.clone(),
                terms: row.terms.clone(),
            })
    }
}
