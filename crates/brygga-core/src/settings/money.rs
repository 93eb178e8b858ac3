//! Choices about shipping, invoices, payments and refunds (`booking-rules` 6 to 8).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// What an order becomes (`booking-rules` 3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BookingMode {
    /// A sales order that Visma.net picks, ships and invoices.
    #[default]
    SalesOrder,
    /// One order of behaviour Invoice per fulfilment.
    InvoiceOrder,
    /// One direct invoice per fulfilment: non-stock items or accounts only.
    DirectInvoice,
}

/// Who ships.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WhoShips {
    /// Fulfilments of the shop make shipments in Visma.net.
    #[default]
    Shopify,
    /// Shipments in Visma.net make fulfilments in the shop, with tracking.
    Visma,
}

/// Shipments and invoices.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct InvoiceSettings {
    /// Are invoices made at all. Off: orders are booked, and Visma.net's people do the rest.
    pub on: bool,
    /// Who ships.
    pub who_ships: WhoShips,
    /// Where Visma.net ships: does Shopify write to the customer when a fulfilment is made, or gets its tracking.
    pub notify_customer: bool,
    /// Leave invoices Balanced for somebody to release.
    pub stop_before_release: bool,
    /// Warehouse per location of the shop (numeric id).
    pub warehouses: BTreeMap<String, String>,
    /// Write number, status, amount, due date and balance back to the order.
    pub write_back: bool,
    /// Tag to set on the order when it is invoiced; none sets no tag.
    pub tag: Option<String>,
    /// Mark the shop's order paid when its invoice on terms is closed.
    pub mark_paid: bool,
    /// Make corrections of an order that was edited after it was invoiced; off proposes them.
    pub correct_edits: bool,
}

impl Default for InvoiceSettings {
    fn default() -> Self {
        Self {
            on: true,
            who_ships: WhoShips::Shopify,
            notify_customer: false,
            stop_before_release: false,
            warehouses: BTreeMap::new(),
            write_back: true,
            tag: None,
            mark_paid: false,
            correct_edits: false,
        }
    }
}

/// What becomes of a gateway's money (`booking-rules` 7).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GatewayRule {
    /// A payment per transaction.
    Book,
    /// Left to the bank import of Visma.net.
    Leave,
}

/// One row of the payment map.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GatewayRow {
    /// Gateway as Shopify writes it, such as `shopify_payments`, `gift_card`, `manual`.
    pub gateway: String,
    /// Payment method name within the gateway; none is every method without a row of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub method: Option<String>,
    /// ISO currency of the documents.
    pub currency: String,
    /// Book or leave.
    pub rule: GatewayRule,
    /// Cash account: the provider's clearing account, or the liability of gift cards and store credit.
    #[serde(default)]
    pub cash_account: String,
    /// Payment method in Visma.net.
    #[serde(default)]
    pub payment_method: String,
}

/// Payments.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PaymentSettings {
    /// Are payments booked at all.
    pub on: bool,
    /// The payment map.
    pub gateways: Vec<GatewayRow>,
    /// Account of cash rounding.
    pub cash_rounding_item: Option<super::SpecialItem>,
}

impl Default for PaymentSettings {
    fn default() -> Self {
        Self {
            on: true,
            gateways: Vec::new(),
            cash_rounding_item: None,
        }
    }
}

impl PaymentSettings {
    /// The row for a transaction: its own method's first, then the gateway's.
    pub fn row(&self, gateway: &str, method: Option<&str>, currency: &str) -> Option<&GatewayRow> {
        let of = |wanted: Option<&str>| {
            self.gateways.iter().find(|row| {
                row.gateway == gateway
                    && row.currency == currency
                    && row.method.as_deref() == wanted
            })
        };
        method
            .and_then(|method| of(Some(method)))
            .or_else(|| of(None))
    }
}

/// What is done about a refund of one kind (`booking-rules` 8).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefundRule {
    /// Booked by itself.
    Automatic,
    /// Held until somebody says yes.
    Ask,
    /// Left out, with its reason.
    Ignore,
}

/// Kinds of refunds, each with a rule and an account of its own (`booking-rules` 8).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefundKind {
    /// Of everything.
    Full,
    /// Of some lines.
    Partial,
    /// Of an amount without lines.
    AmountOnly,
    /// To store credit or gift card.
    StoreCredit,
}

/// Ledger account per kind of refund, for what stands on the refunds' own item; none is that item's account.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RefundAccounts {
    /// Refunds of everything.
    pub full: Option<String>,
    /// Refunds of some lines.
    pub partial: Option<String>,
    /// Refunds of an amount without lines.
    pub amount_only: Option<String>,
    /// Refunds to store credit or gift card.
    pub store_credit: Option<String>,
}

/// How goods that came back are taken in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GoodsBack {
    /// A return order (type RC): receipt, shipment, credit note.
    #[default]
    ReturnOrder,
    /// A credit-memo order (type CM): credit note and stock without a receipt.
    CreditOrder,
}

/// Refunds and returns.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RefundSettings {
    /// Are refunds booked at all.
    pub on: bool,
    /// Refunds of everything.
    pub full: RefundRule,
    /// Refunds of some lines.
    pub partial: RefundRule,
    /// Refunds of an amount without lines.
    pub amount_only: RefundRule,
    /// Refunds to store credit or gift card.
    pub store_credit: RefundRule,
    /// Refunds of orders from before the start date, or never booked.
    pub not_booked: RefundRule,
    /// Accounts of the kinds.
    pub accounts: RefundAccounts,
    /// How goods come back.
    pub goods_back: GoodsBack,
    /// Order type of returns.
    pub return_type: String,
    /// Order type of credit-memo orders.
    pub credit_type: String,
    /// Item of the line "refund difference" and of amounts without goods.
    pub difference_item: Option<super::SpecialItem>,
    /// Refunds that the merchant approved (numeric ids).
    pub approved: std::collections::BTreeSet<String>,
}

impl Default for RefundSettings {
    fn default() -> Self {
        Self {
            on: true,
            full: RefundRule::Automatic,
            partial: RefundRule::Automatic,
            amount_only: RefundRule::Automatic,
            store_credit: RefundRule::Automatic,
            not_booked: RefundRule::Ask,
            accounts: RefundAccounts::default(),
            goods_back: GoodsBack::ReturnOrder,
            return_type: "RC".into(),
            credit_type: "CM".into(),
            difference_item: None,
            approved: std::collections::BTreeSet::new(),
        }
    }
}

impl RefundSettings {
    /// What is done about refunds of a kind.
    pub fn rule(&self, kind: RefundKind) -> RefundRule {
        match kind {
            RefundKind::Full => self.full,
            RefundKind::Partial => self.partial,
            RefundKind::AmountOnly => self.amount_only,
            RefundKind::StoreCredit => self.store_credit,
        }
    }

    /// The account of what is on the refunds' own item; none is the item's.
    pub fn account(&self, kind: RefundKind) -> Option<&str> {
        let own = match kind {
            RefundKind::Full => &self.accounts.full,
            RefundKind::Partial => &self.accounts.partial,
            RefundKind::AmountOnly => &self.accounts.amount_only,
            RefundKind::StoreCredit => &self.accounts.store_credit,
        };
        own.as_deref()
    }
}
