//! Items made and changed as the shop has them (`booking-rules` 9; `InventoryUpdateDto` of the specification).

use brygga_core::Problem;
use brygga_core::goods::{ItemChange, ItemDraft, NewItemKind, ProductItem, Weight};
use brygga_http::Method;
use rust_decimal::Decimal;

use super::items::product;
use super::wire::{ItemUpdate, PackagingUpdate, Product};
use crate::call::Call;
use crate::client::Visma;
use crate::config::Api;
use crate::erp::wire::{Wrapped, wrap, wrap_some};
use crate::error::CallError;
use crate::exact::Exact;
use crate::text::path_value;

/// The unit in which weights are written: Visma.net's words for units are the company's own, and this one is read back as it is.
const KILOGRAMS: &str = "KG";

impl Visma {
    /// One item with what products need, by its exact number. `None` if it is not there.
    pub async fn product_item(&self, number: &str) -> Result<Option<ProductItem>, Problem> {
        let path = ["v1", "inventory", &path_value(number)];
        let call = Call::get(Api::Erp, &path, "read an item");
        let Some((row, _)) = self.read::<Product>(call).await? else {
            return Ok(None);
        };
        // Whether numbers are compared by their letters' case is not documented (`facts/visma` 9).
        if row.inventory_number.trim() != number.trim() {
            return Ok(None);
        }
        let lots = row
            .lot_serial_class
            .as_ref()
            .and_then(|class| class.id.as_deref());
        let lots = lots.map(str::trim).filter(|id| !id.is_empty());
        let tracked = self.tracked_lots(lots.into_iter()).await?;
        Ok(Some(product(row, &tracked)))
    }

    /// Makes an item. There is no key against doing it twice, but a number is there once.
    pub async fn create_item(&self, draft: &ItemDraft) -> Result<(), CallError> {
        let call = Call::new(Api::Erp, Method::POST, &["v1", "inventory"], "make an item")
            .json(&new_item(draft))
            .map_err(CallError::NotSent)?;
        self.write(call)
            .await
            .map(drop)
            .map_err(|failed| failed.error)
    }

    /// Changes fields of an item; what is not named stays.
    pub async fn update_item(&self, number: &str, changes: &[ItemChange]) -> Result<(), CallError> {
        let path = ["v1", "inventory", &path_value(number)];
        let call = Call::new(Api::Erp, Method::PUT, &path, "change an item")
            .json(&changed_item(changes))
            .map_err(CallError::NotSent)?;
        self.write(call)
            .await
            .map(drop)
            .map_err(|failed| failed.error)
    }
}

pub(crate) fn new_item(draft: &ItemDraft) -> ItemUpdate {
    ItemUpdate {
        inventory_number: Some(wrap(draft.number.clone())),
        status: Some(wrap("Active")),
        kind: Some(wrap(match draft.kind {
            NewItemKind::Goods => "FinishedGoodItem",
            NewItemKind::Service => "NonStockItem",
        })),
        description: Some(wrap(draft.description.clone())),
        item_class: Some(wrap(draft.class.clone())),
        posting_class: wrap_some(draft.posting_class.clone()),
        vat_code: wrap_some(draft.vat_category.clone()),
        default_price: draft.price.map(|price| wrap(Exact(price))),
        packaging: draft.weight.as_ref().and_then(packaging),
    }
}

pub(crate) fn changed_item(changes: &[ItemChange]) -> ItemUpdate {
    let mut update = ItemUpdate::default();
    for change in changes {
        match change {
            ItemChange::Description { to, .. } => update.description = Some(wrap(to.clone())),
            ItemChange::Price { to, .. } => update.default_price = Some(wrap(Exact(*to))),
            ItemChange::Weight { to, .. } => update.packaging = packaging(to),
        }
    }
    update
}

fn packaging(weight: &Weight) -> Option<PackagingUpdate> {
    let kilograms: Decimal = weight.grams()?.checked_div(Decimal::ONE_THOUSAND)?;
    let unit: Wrapped<&'static str> = wrap(KILOGRAMS);
    Some(PackagingUpdate {
        base_item_weight: wrap(Exact(kilograms.normalize())),
        unit,
    })
}
