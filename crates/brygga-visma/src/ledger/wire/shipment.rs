//! Shipments on the wire.

use serde::{Deserialize, Serialize};

use super::Operation;
use crate::erp::wire::{Id, Wrapped};
use crate::exact::Exact;
use crate::paging::Metadata;

// ---- sent ----

/// `CreateShipmentActionDto`: plain values (`facts/visma` 6).
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CreateShipment {
    pub(crate) order_type: String,
    pub(crate) shipment_date: String,
    pub(crate) shipment_warehouse: String,
    /// `I` or `R`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) operation: Option<&'static str>,
}

/// `ShipmentUpdateDto`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ShipmentUpdate {
    pub(crate) shipment_detail_lines: Vec<LineUpdate>,
}

/// `ShipmentDetailLineUpdateDto`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct LineUpdate {
    pub(crate) operation: Operation,
    pub(crate) line_number: Wrapped<i32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) shipped_qty: Option<Wrapped<Exact>>,
}

/// `PatchSalesOrderCommand` with the date of the next invoice alone.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct InvoiceDate {
    pub(crate) financial_information: InvoiceDateInfo,
}

/// `PatchSalesOrderFinancialInfoDto`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct InvoiceDateInfo {
    pub(crate) invoice_date: String,
}

// ---- read ----

/// `SalesOrderShipmentDto` of SalesOrder v3.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct OfOrder {
    pub(crate) id: Option<String>,
    pub(crate) status: Option<String>,
    pub(crate) invoice_id: Option<String>,
}

/// `ShipmentDto`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Shipment {
    pub(crate) time_stamp: Option<String>,
    pub(crate) shipment_number: Option<String>,
    pub(crate) status: Option<String>,
    pub(crate) operation: Option<String>,
    pub(crate) shipment_date: Option<String>,
    pub(crate) from_warehouse: Option<Id>,
    pub(crate) shipment_detail_lines: Option<Vec<Line>>,
    pub(crate) shipment_order_lines: Option<Vec<Order>>,
    pub(crate) shipment_package_lines: Option<Vec<Package>>,
    pub(crate) ship_via: Option<Carrier>,
    pub(crate) last_modified_date_time: Option<String>,
    pub(crate) metadata: Option<Metadata>,
}

/// `ShipVia` of `ShipmentDto`.
#[derive(Debug, Deserialize)]
pub(crate) struct Carrier {
    pub(crate) id: Option<String>,
    pub(crate) description: Option<String>,
}

/// `PackageDetailLineDto`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Package {
    pub(crate) tracking_number: Option<String>,
}

/// `ShipmentDetailLineDto`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Line {
    pub(crate) line_number: Option<i32>,
    pub(crate) order_type: Option<String>,
    pub(crate) order_nbr: Option<String>,
    pub(crate) order_line_nbr: Option<i32>,
    pub(crate) inventory_number: Option<String>,
    pub(crate) warehouse: Option<Id>,
    pub(crate) shipped_qty: Option<Exact>,
    pub(crate) ordered_qty: Option<Exact>,
}

/// `ShipmentOrderLineDto`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Order {
    pub(crate) order_type: Option<String>,
    pub(crate) order_nbr: Option<String>,
    pub(crate) invoice_type: Option<String>,
    pub(crate) invoice_nbr: Option<String>,
    pub(crate) inventory_ref_nbr: Option<String>,
}
