//! SalesOrder v3 as it is on the wire (spec 1.1.0.1279; `facts/visma` 7). Only the properties that are sent or read.
#![allow(clippy::struct_field_names, reason = "the names are the API's")]

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::exact::Exact;

// ---- sent ----

/// `NewSalesOrderCommand`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct NewSalesOrder {
    #[serde(rename = "type")]
    pub(crate) order_type: String,
    pub(crate) currency_id: String,
    #[serde(flatten)]
    pub(crate) head: Head,
    pub(crate) order_lines: Vec<NewLine>,
}

/// What `NewSalesOrderCommand` and `PatchSalesOrderCommand` have in common: the head that follows the shop.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Head {
    pub(crate) date: String,
    pub(crate) description: String,
    pub(crate) customer: CustomerRef,
    pub(crate) tax_zone_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) branch_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) sales_person_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) project_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) shipping: Option<Place>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) billing: Option<Place>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) custom_fields: Option<CustomFields>,
}

/// `NewSalesOrderCustomerDto`, `PatchSalesOrderCustomerDto`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CustomerRef {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) id: Option<String>,
    pub(crate) order: String,
    pub(crate) ref_no: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) terms_id: Option<String>,
}

/// `NewSalesOrderShippingDto`, `NewSalesOrderBillingDto` and their patches: address and contact, and how the goods
/// are sent.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Place {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) address: Option<Address>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) contact: Option<Contact>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) ship_via_id: Option<String>,
}

/// `NewSalesOrderAddressDto`. In a patch a field that is left out stays as it was, so there an empty one is sent as an empty text.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Address {
    pub(crate) line1: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) line2: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) line3: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) postal_code: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) city: Option<String>,
    pub(crate) country_id: String,
}

/// `NewSalesOrderContactDto`.
#[derive(Debug, Serialize)]
pub(crate) struct Contact {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) attention: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) phone1: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) email: Option<String>,
}

/// `NewSalesOrderCustomFieldsDto`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CustomFields {
    pub(crate) custom_str1: String,
}

/// `NewSalesOrderLineDto`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct NewLine {
    pub(crate) inventory_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) shipping_rule: Option<&'static str>,
    #[serde(flatten)]
    pub(crate) line: LineBody,
}

/// `PatchSalesOrderLineDto`: the item cannot change.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PatchLine {
    pub(crate) line_id: i64,
    #[serde(flatten)]
    pub(crate) line: LineBody,
}

/// What a new line and a changed one have in common.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct LineBody {
    pub(crate) description: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) unit_of_measure: Option<String>,
    pub(crate) quantity: Exact,
    pub(crate) unit_price: Exact,
    pub(crate) has_manual_price: bool,
    pub(crate) discount_amount: Exact,
    pub(crate) has_manual_discount: bool,
    pub(crate) tax_category_id: String,
    pub(crate) external_link: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) warehouse_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) sales_account_id: Option<String>,
    /// Number of a segment to its value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) subaccount: Option<BTreeMap<String, String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) operation: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) invoice_type: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) invoice_number: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) invoice_line_number: Option<i32>,
}

/// `AddSalesOrderLinesCommand`, `PatchSalesOrderLinesCommand`.
#[derive(Debug, Serialize)]
pub(crate) struct Lines<T> {
    pub(crate) lines: Vec<T>,
}

/// A `PatchSalesOrderCommand` that changes the status, which may not be combined with anything else (`facts/visma` 7).
#[derive(Debug, Serialize)]
pub(crate) struct StatusAlone {
    pub(crate) status: &'static str,
}

// ---- read ----

/// A page of v3: zero-based, `nextPage` and `totalCount` may both be missing (`facts/visma` 4).
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Page<T> {
    #[serde(default = "Vec::new")]
    pub(crate) value: Vec<T>,
    pub(crate) next_page: Option<String>,
    pub(crate) total_count: Option<u64>,
}

/// `SalesOrderListDto`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ListRow {
    #[serde(rename = "type")]
    pub(crate) order_type: Option<String>,
    pub(crate) order_id: Option<String>,
    pub(crate) status: Option<String>,
    pub(crate) date: Option<String>,
    pub(crate) customer_id: Option<String>,
    pub(crate) customer_name: Option<String>,
    pub(crate) order_total: Option<Exact>,
    pub(crate) currency: Option<String>,
    pub(crate) customer_order: Option<String>,
    pub(crate) customer_ref_no: Option<String>,
    pub(crate) description: Option<String>,
}

/// `SalesOrderDto`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Order {
    #[serde(rename = "type")]
    pub(crate) order_type: Option<String>,
    pub(crate) order_id: Option<String>,
    pub(crate) date: Option<String>,
    pub(crate) currency_id: Option<String>,
    pub(crate) status: Option<OrderState>,
    pub(crate) customer: Option<OrderCustomer>,
    pub(crate) order_qty: Option<Exact>,
    pub(crate) totals: Option<Totals>,
    pub(crate) version: Option<String>,
    pub(crate) custom_fields: Option<ReadCustomFields>,
    pub(crate) financial_information: Option<FinancialInformation>,
}

/// `SalesOrderFinancialInfoDto`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct FinancialInformation {
    pub(crate) invoice_date: Option<String>,
}

/// `SalesOrderStatusDto`.
#[derive(Debug, Deserialize)]
pub(crate) struct OrderState {
    pub(crate) description: Option<String>,
    #[serde(default)]
    pub(crate) cancelled: bool,
    #[serde(default)]
    pub(crate) hold: bool,
}

/// `SalesOrderCustomerDto`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct OrderCustomer {
    pub(crate) id: Option<String>,
    pub(crate) tax_zone: Option<Pair>,
    pub(crate) order: Option<String>,
    pub(crate) ref_no: Option<String>,
}

/// `CdDescriptionPairDto`.
#[derive(Debug, Deserialize)]
pub(crate) struct Pair {
    pub(crate) id: Option<String>,
}

/// `SalesOrderTotalsDto`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Totals {
    pub(crate) order_total: Option<Exact>,
    pub(crate) tax_total: Option<Exact>,
}

/// `CustomFieldsDto`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ReadCustomFields {
    pub(crate) custom_str1: Option<String>,
}

/// `SalesOrderLineDto`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Line {
    pub(crate) line_id: i64,
    pub(crate) inventory: Option<Pair>,
    pub(crate) unit_of_measure: Option<String>,
    pub(crate) quantity: Option<Exact>,
    pub(crate) unit_price: Option<Exact>,
    pub(crate) line_total_before_discount: Option<Exact>,
    pub(crate) extended_price: Option<Exact>,
    pub(crate) discount_amount: Option<Exact>,
    pub(crate) external_link: Option<String>,
    pub(crate) tax_category_id: Option<String>,
    pub(crate) warehouse_id: Option<String>,
    pub(crate) quantity_on_shipments: Option<Exact>,
}

/// `SalesOrderTaxDto`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Tax {
    pub(crate) tax_id: Option<String>,
    pub(crate) tax_rate: Option<Exact>,
    pub(crate) taxable_amount: Option<Exact>,
    pub(crate) tax_amount: Option<Exact>,
}
