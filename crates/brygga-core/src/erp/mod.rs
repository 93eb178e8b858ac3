//! What the ERP (Visma.net) has, in the words of the trade, free of JSON.

mod cash;
mod catalogue;
mod customer;
mod ledger;
mod payment;
mod sales_order;
mod shipment;
mod subaccount;

pub use cash::{CashDraft, CashLine, CashStatus, CashTransaction};
pub use catalogue::{
    Account, Branch, Catalogue, CurrencyInfo, CustomerClass, Item, ItemType, OrderType,
    PaymentMethod, Period, VatCalculation, VatId, VatRate, Warehouse,
};
pub use customer::{
    Customer, CustomerCard, CustomerDraft, CustomerPatch, CustomerStatus, PostalAddress,
};
pub use ledger::{
    Application, DocumentKind, LedgerChange, LedgerDocument, LedgerDraft, LedgerLine,
    LedgerLineDraft, LedgerNews, LedgerStatus, TaxDraft,
};
pub use payment::{CashAccount, EntryType, OrderApplication, Payment, PaymentChange, PaymentDraft};
pub use sales_order::{
    BookedLine, BookedOrder, BookedTax, ChannelHead, DeliveryDraft, HeadDraft, InvoiceReference,
    LineDraft, LinePatch, OrderNumber, OrderStatus, SalesOrderDraft, SalesOrderHit,
};
pub use shipment::{
    Operation, Shipment, ShipmentLine, ShipmentNews, ShipmentOrder, ShipmentQuantity,
    ShipmentStatus,
};
pub use subaccount::Subaccount;
