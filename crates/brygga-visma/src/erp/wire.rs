//! ERP v1/v2 as it is on the wire (spec 2025-04-24; `facts/visma` 6, 8, 9, 11). Only the properties that are sent or read.
#![allow(clippy::struct_field_names, reason = "the names are the API's")]

use serde::{Deserialize, Serialize};

use crate::exact::Exact;
use crate::paging::Metadata;

// ---- sent: every scalar and every nested object is wrapped ----

/// `{"value": x}`.
#[derive(Debug, Serialize)]
pub(crate) struct Wrapped<T> {
    value: T,
}

/// Wraps a value.
pub(crate) fn wrap<T>(value: T) -> Wrapped<T> {
    Wrapped { value }
}

/// Wraps a value that may be missing. Omitted means unchanged; nulls are never sent (`facts/visma` 6, 15).
pub(crate) fn wrap_some<T>(value: Option<T>) -> Option<Wrapped<T>> {
    value.map(wrap)
}

/// `CustomerUpdateDto`.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CustomerUpdate {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) name: Option<Wrapped<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) customer_class_id: Option<Wrapped<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) currency_id: Option<Wrapped<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) credit_terms_id: Option<Wrapped<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) vat_zone_id: Option<Wrapped<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) vat_registration_id: Option<Wrapped<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) corporate_id: Option<Wrapped<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) account_reference: Option<Wrapped<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) main_address: Option<Wrapped<AddressUpdate>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) main_contact: Option<Wrapped<ContactUpdate>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) invoice_address: Option<Wrapped<AddressUpdate>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) delivery_address: Option<Wrapped<AddressUpdate>>,
    #[serde(flatten)]
    pub(crate) silence: Option<Silence>,
}

/// The switches of `CustomerUpdateDto` that keep Visma.net from writing to somebody who has already paid (`booking-rules` 4).
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Silence {
    print_invoices: Wrapped<bool>,
    accept_auto_invoices: Wrapped<bool>,
    send_invoices_by_email: Wrapped<bool>,
    #[serde(rename = "sendDunningLettersViaEMail")]
    send_dunning_letters_via_email: Wrapped<bool>,
    print_dunning_letters: Wrapped<bool>,
    print_statements: Wrapped<bool>,
    send_statements_by_email: Wrapped<bool>,
    exclude_debt_collection: Wrapped<bool>,
}

impl Silence {
    /// Nothing is sent, printed or collected.
    pub(crate) fn kept() -> Self {
        Self {
            print_invoices: wrap(false),
            accept_auto_invoices: wrap(false),
            send_invoices_by_email: wrap(false),
            send_dunning_letters_via_email: wrap(false),
            print_dunning_letters: wrap(false),
            print_statements: wrap(false),
            send_statements_by_email: wrap(false),
            exclude_debt_collection: wrap(true),
        }
    }
}

/// `AddressUpdateDto`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AddressUpdate {
    pub(crate) address_line1: Wrapped<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) address_line2: Option<Wrapped<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) address_line3: Option<Wrapped<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) postal_code: Option<Wrapped<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) city: Option<Wrapped<String>>,
    pub(crate) country_id: Wrapped<String>,
}

/// `ContactInfoUpdateDto`.
#[derive(Debug, Serialize)]
pub(crate) struct ContactUpdate {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) name: Option<Wrapped<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) attention: Option<Wrapped<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) email: Option<Wrapped<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) phone1: Option<Wrapped<String>>,
}

impl ContactUpdate {
    /// Is there nothing in it.
    pub(crate) fn is_empty(&self) -> bool {
        self.name.is_none()
            && self.attention.is_none()
            && self.email.is_none()
            && self.phone1.is_none()
    }
}

// ---- read: plain ----

/// A row of a list that is paged.
pub(crate) trait Row {
    /// The count and the largest page, which stand in every row (`facts/visma` 4).
    fn metadata(&self) -> Option<Metadata>;
}

macro_rules! row {
    ($($name:ident),+) => { $(impl Row for $name { fn metadata(&self) -> Option<Metadata> { self.metadata } })+ };
}
row!(Customer, Inventory, OrderType, LotSerialClass);

/// `CustomerDto`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Customer {
    #[serde(default)]
    pub(crate) internal_id: i64,
    pub(crate) number: String,
    pub(crate) name: Option<String>,
    pub(crate) status: Option<String>,
    pub(crate) main_contact: Option<Contact>,
    pub(crate) account_reference: Option<String>,
    pub(crate) customer_class: Option<Id>,
    pub(crate) currency_id: Option<String>,
    pub(crate) vat_registration_id: Option<String>,
    pub(crate) corporate_id: Option<String>,
    pub(crate) vat_zone: Option<Id>,
    pub(crate) metadata: Option<Metadata>,
}

/// The main contact of a customer.
#[derive(Debug, Deserialize)]
pub(crate) struct Contact {
    pub(crate) email: Option<String>,
}

/// `CustomerDto` with what it is called and where it is reached.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CustomerCard {
    pub(crate) number: String,
    pub(crate) name: Option<String>,
    pub(crate) main_contact: Option<CardContact>,
    pub(crate) main_address: Option<Address>,
    pub(crate) invoice_address: Option<Address>,
    pub(crate) delivery_address: Option<Address>,
}

/// The main contact of a customer, whole.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct CardContact {
    pub(crate) name: Option<String>,
    pub(crate) email: Option<String>,
    pub(crate) phone1: Option<String>,
}

/// An address of a customer.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Address {
    pub(crate) address_line1: Option<String>,
    pub(crate) address_line2: Option<String>,
    pub(crate) address_line3: Option<String>,
    pub(crate) postal_code: Option<String>,
    pub(crate) city: Option<String>,
    pub(crate) country: Option<Id>,
}

/// A look-up value: `{id, description}`.
#[derive(Debug, Deserialize)]
pub(crate) struct Id {
    pub(crate) id: Option<String>,
}

/// `InventoryDto`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Inventory {
    pub(crate) inventory_number: String,
    pub(crate) status: Option<String>,
    #[serde(rename = "type")]
    pub(crate) kind: Option<String>,
    pub(crate) description: Option<String>,
    pub(crate) item_class: Option<Id>,
    pub(crate) vat_code: Option<Id>,
    pub(crate) lot_serial_class: Option<Id>,
    pub(crate) base_unit: Option<String>,
    pub(crate) sales_unit: Option<String>,
    pub(crate) stock_item: Option<bool>,
    pub(crate) kit_item: Option<bool>,
    pub(crate) metadata: Option<Metadata>,
}

/// `LotSerialClassDto`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct LotSerialClass {
    pub(crate) id: Option<String>,
    pub(crate) tracking_method: Option<String>,
    pub(crate) metadata: Option<Metadata>,
}

/// `VatInformationDto`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Vat {
    pub(crate) vat_id: Option<String>,
    pub(crate) description: Option<String>,
    #[serde(rename = "type")]
    pub(crate) kind: Option<String>,
    pub(crate) reverse_vat: Option<bool>,
    pub(crate) calculate_on: Option<String>,
    pub(crate) schedules: Option<Vec<VatSchedule>>,
    pub(crate) categories: Option<Vec<VatCategory>>,
    pub(crate) zones: Option<Vec<Id>>,
}

/// `VatInformationScheduleDto`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct VatSchedule {
    pub(crate) start_date: Option<String>,
    pub(crate) vat_rate: Option<Exact>,
    pub(crate) group_type: Option<String>,
}

/// `VatCategoryDto` within a VAT id.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct VatCategory {
    pub(crate) vat_category_id: Option<String>,
    pub(crate) active: Option<bool>,
    pub(crate) exclude_listed_taxes: Option<bool>,
}

/// `WarehouseDto`.
#[derive(Debug, Deserialize)]
pub(crate) struct Warehouse {
    #[serde(rename = "warehouseID")]
    pub(crate) id: Option<String>,
    pub(crate) description: Option<String>,
    pub(crate) active: Option<bool>,
}

/// `CurrencyDto`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Currency {
    pub(crate) id: Option<String>,
    pub(crate) is_base_currency: Option<bool>,
    pub(crate) decimal_precision: Option<u32>,
}

/// `CustomerClassDto`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CustomerClass {
    pub(crate) id: Option<String>,
    pub(crate) description: Option<String>,
    pub(crate) tax_zone_id: Option<String>,
}

/// `BranchDto`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Branch {
    pub(crate) number: Option<String>,
    pub(crate) name: Option<String>,
    pub(crate) is_main_branch: Option<bool>,
    pub(crate) is_active: Option<bool>,
}

/// `PaymentMethodDto`.
#[derive(Debug, Deserialize)]
pub(crate) struct PaymentMethod {
    #[serde(rename = "paymentMethodID")]
    pub(crate) id: Option<String>,
    pub(crate) active: Option<bool>,
    pub(crate) description: Option<String>,
}

/// `AccountDto`.
#[derive(Debug, Deserialize)]
pub(crate) struct LedgerAccount {
    #[serde(rename = "accountCD")]
    pub(crate) number: Option<String>,
    pub(crate) active: Option<bool>,
    pub(crate) description: Option<String>,
}

/// `CashAccountDto`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CashAccount {
    pub(crate) number: Option<String>,
    pub(crate) description: Option<String>,
    pub(crate) currency: Option<String>,
    pub(crate) entry_types: Option<Vec<EntryType>>,
}

/// `EntryTypeDto`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct EntryType {
    pub(crate) entry_type_id: Option<String>,
    pub(crate) description: Option<String>,
    /// "Disb/receipt": `Disbursement` or `Receipt`.
    pub(crate) disable_receipt: Option<String>,
    pub(crate) default_offset_account: Option<Account>,
    pub(crate) offset_account_override: Option<Account>,
}

/// An account in a row.
#[derive(Debug, Deserialize)]
pub(crate) struct Account {
    pub(crate) number: Option<String>,
}

/// `FinancialPeriodDto`.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct FinancialPeriod {
    pub(crate) year: Option<i32>,
    pub(crate) period: Option<String>,
    pub(crate) start_date: Option<String>,
    pub(crate) end_date: Option<String>,
    pub(crate) active: Option<bool>,
    pub(crate) closed_in_customer_ledger: Option<bool>,
    pub(crate) closed_in_general_ledger: Option<bool>,
}

/// `SalesOrderTypeDto`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct OrderType {
    pub(crate) order_type: Option<String>,
    pub(crate) active: Option<bool>,
    pub(crate) description: Option<String>,
    pub(crate) behavior: Option<String>,
    pub(crate) metadata: Option<Metadata>,
}
