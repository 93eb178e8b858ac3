//! Goods: what Visma.net's items, prices and stock become in the shop, and what the shop owns in Visma.net (`booking-rules` 9). Pure.

mod link;
mod own;
mod price;
mod product;
mod stock;

pub use link::{Matched, Pairing, Unmatched, pair, sku};
pub use own::{ItemChange, ItemDraft, NewItemKind};
pub use product::{
    FieldChange, ItemStatus, PriceRow, PriceType, ProductDecision, ProductDraft, ProductGround,
    ProductItem, ProductOutcome, ProductStatus, Variant, Weight, WeightUnit, plan_products,
    plan_wanted,
};
pub use stock::{
    OpenLine, OpenUnits, ShopLevel, StockConnection, StockItem, StockPlan, StockWrite,
    WarehouseStock, open_lines, plan_stock,
};
