//! What the ERP (Visma.net) has, in the words of the trade, free of JSON.

mod catalogue;
mod customer;
mod sales_order;

pub use catalogue::{
    Branch, Catalogue, CurrencyInfo, CustomerClass, Item, ItemType, OrderType, PaymentMethod,
    Period, VatCalculation, VatId, VatRate, Warehouse,
};
pub use customer::{Customer, CustomerDraft, CustomerStatus, PostalAddress};
pub use sales_order::{
    BookedLine, BookedOrder, BookedTax, DeliveryDraft, HeadDraft, LineDraft, LinePatch,
    OrderNumber, OrderStatus, SalesOrderDraft, SalesOrderHit,
};
