//! As it is on the wire. Only the properties that are read.
#![allow(clippy::struct_field_names, reason = "the names are the API's")]

use serde::{Deserialize, Serialize};

use crate::erp::wire::{Id, Row, Wrapped};
use crate::exact::Exact;
use crate::paging::Metadata;

/// `InventoryUpdateDto`: omitted means unchanged (`facts/visma` 6).
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ItemUpdate {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) inventory_number: Option<Wrapped<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) status: Option<Wrapped<&'static str>>,
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub(crate) kind: Option<Wrapped<&'static str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) description: Option<Wrapped<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) item_class: Option<Wrapped<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) posting_class: Option<Wrapped<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) vat_code: Option<Wrapped<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) default_price: Option<Wrapped<Exact>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) packaging: Option<PackagingUpdate>,
}

/// `PackagingUpdateDto`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PackagingUpdate {
    pub(crate) base_item_weight: Wrapped<Exact>,
    #[serde(rename = "weightUOM")]
    pub(crate) unit: Wrapped<&'static str>,
}

/// `InventoryDto`, with what products need.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Product {
    pub(crate) inventory_number: String,
    pub(crate) status: Option<String>,
    #[serde(rename = "type")]
    pub(crate) kind: Option<String>,
    pub(crate) description: Option<String>,
    pub(crate) item_class: Option<Id>,
    pub(crate) vat_code: Option<Id>,
    pub(crate) lot_serial_class: Option<Id>,
    pub(crate) default_price: Option<Exact>,
    pub(crate) recommended_price: Option<Exact>,
    pub(crate) sales_unit: Option<String>,
    pub(crate) base_unit: Option<String>,
    pub(crate) stock_item: Option<bool>,
    pub(crate) kit_item: Option<bool>,
    pub(crate) cross_references: Option<Vec<CrossReference>>,
    pub(crate) warehouse_details: Option<Vec<WarehouseDetail>>,
    pub(crate) packaging: Option<Packaging>,
    pub(crate) last_modified_date_time: Option<String>,
    pub(crate) metadata: Option<Metadata>,
}

/// `InventoryCrossReferenceDto`.
#[derive(Debug, Deserialize)]
pub(crate) struct CrossReference {
    #[serde(rename = "alternateType")]
    pub(crate) kind: Option<String>,
    #[serde(rename = "alternateID")]
    pub(crate) id: Option<String>,
}

/// `WarehouseDetailDto`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct WarehouseDetail {
    pub(crate) warehouse: Option<String>,
    pub(crate) quantity_on_hand: Option<Exact>,
    pub(crate) available: Option<Exact>,
    pub(crate) available_for_shipment: Option<Exact>,
    pub(crate) last_modified_date_time: Option<String>,
}

/// `packagingInInventoryDto`.
#[derive(Debug, Deserialize)]
pub(crate) struct Packaging {
    #[serde(rename = "baseItemWeight")]
    pub(crate) weight: Option<Exact>,
    #[serde(rename = "weightUOM")]
    pub(crate) unit: Option<String>,
}

/// `CustomerSalesPriceDto`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SalesPrice {
    pub(crate) record_id: Option<i64>,
    pub(crate) price_type: Option<String>,
    pub(crate) price_code: Option<String>,
    pub(crate) inventory_id: Option<String>,
    #[serde(rename = "uoM")]
    pub(crate) unit: Option<String>,
    pub(crate) promotion: Option<bool>,
    pub(crate) break_qty: Option<Exact>,
    pub(crate) price: Option<Exact>,
    pub(crate) currency: Option<String>,
    pub(crate) effective_date: Option<String>,
    pub(crate) expiration_date: Option<String>,
    pub(crate) last_modified_date_time: Option<String>,
    pub(crate) metadata: Option<Metadata>,
}

/// `ItemClassDto`.
#[derive(Debug, Deserialize)]
pub(crate) struct Class {
    pub(crate) id: Option<String>,
    pub(crate) description: Option<String>,
}

impl Row for Product {
    fn metadata(&self) -> Option<Metadata> {
        self.metadata
    }
}

impl Row for SalesPrice {
    fn metadata(&self) -> Option<Metadata> {
        self.metadata
    }
}

/// `InventoryItemAvailabilityDto` of SalesOrder v3.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Availability {
    pub(crate) inventory_id: Option<String>,
    pub(crate) base_unit: Option<String>,
    pub(crate) availability: Option<Vec<WarehouseAvailability>>,
}

/// `WarehouseAvailabilityDto`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct WarehouseAvailability {
    pub(crate) warehouse_id: Option<String>,
    pub(crate) quantity_on_hand: Option<Exact>,
    pub(crate) quantity_available: Option<Exact>,
    pub(crate) quantity_available_for_shipment: Option<Exact>,
    pub(crate) last_modified: Option<String>,
}
