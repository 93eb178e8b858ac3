//! The only place from which goods are changed, on either side: each write in the journal before, settled after, looked up when its
//! answer was lost.

use serde::{Deserialize, Serialize};

use brygga_core::goods::{
    FieldChange, ItemChange, ItemDraft, ProductDraft, ProductItem, StockConnection, StockWrite,
    Variant,
};
use brygga_core::{Code, Problem};
use brygga_store::{
    Activity, Intent, IntentState, Level, Link, RecordKind, RecordRow, RecordState, Settle,
};

use super::FlowReport;
use super::shelf::PRODUCT;
use crate::booked::internal;
use crate::crash;
use crate::engine::Engine;
use crate::ports::{RefusedRow, Signal, WriteError};
use crate::run::stops_the_run;

/// "Not found" counts after so many look-ups, some seconds apart: the search index lags a write (`facts/shopify` 5.4).
const LOOKUPS: u32 = 2;

/// Changes of one variant.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct VariantRow {
    /// Item number.
    pub(super) item: String,
    /// Numeric id.
    pub(super) variant: String,
    /// What changes.
    pub(super) fields: Vec<FieldChange>,
    /// Digest of all that was to change.
    pub(super) digest: String,
}

/// One write, as the journal keeps it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum GoodsStep {
    /// A new draft.
    CreateProduct { draft: ProductDraft },
    /// Fields of variants of one product.
    UpdateVariants {
        product: String,
        rows: Vec<VariantRow>,
    },
    /// Title and type of a product.
    UpdateProduct {
        product: String,
        variant: String,
        fields: Vec<FieldChange>,
    },
    /// A product is put away.
    ArchiveProduct { product: String, variant: String },
    /// Up to 250 quantities.
    SetQuantities { rows: Vec<StockWrite> },
    /// An item gets a location.
    ConnectItem { connection: StockConnection },
    /// A new item in Visma.net, for a variant (numeric id).
    CreateItem { draft: ItemDraft, variant: String },
    /// Fields of an item in Visma.net.
    UpdateItem {
        item: String,
        changes: Vec<ItemChange>,
    },
}

impl GoodsStep {
    fn kind(&self) -> &'static str {
        match self {
            Self::CreateProduct { .. } => "create-product",
            Self::UpdateVariants { .. } => "update-variants",
            Self::UpdateProduct { .. } => "update-product",
            Self::ArchiveProduct { .. } => "archive-product",
            Self::SetQuantities { .. } => "set-quantities",
            Self::ConnectItem { .. } => "connect-item",
            Self::CreateItem { .. } => "create-item",
            Self::UpdateItem { .. } => "update-item",
        }
    }

    /// The variants that it touches (numeric ids).
    fn variants(&self) -> Vec<String> {
        match self {
            Self::UpdateVariants { rows, .. } => {
                rows.iter().map(|row| row.variant.clone()).collect()
            }
            Self::UpdateProduct { variant, .. } | Self::ArchiveProduct { variant, .. } => {
                vec![variant.clone()]
            }
            Self::CreateProduct { .. }
            | Self::SetQuantities { .. }
            | Self::ConnectItem { .. }
            | Self::CreateItem { .. }
            | Self::UpdateItem { .. } => Vec::new(),
        }
    }
}

/// How a write ended.
pub(super) enum Ended {
    /// Done, but for the rows that were refused.
    Done(Vec<RefusedRow>),
    /// Refused as a whole.
    Refused(Problem),
    /// It goes on by itself: another try, or a look-up.
    Later(Problem),
}

/// What a write left behind.
#[derive(Default)]
struct Effect {
    variants: Vec<Variant>,
    items: Vec<ProductItem>,
    /// It was there already.
    found: bool,
    refused: Vec<RefusedRow>,
}

impl Engine {
    /// Journals a write under a record, sends it and settles it.
    pub(super) async fn send_goods(
        &self,
        row: &RecordRow,
        step: &GoodsStep,
        report: &mut FlowReport,
    ) -> Result<Ended, Problem> {
        self.check_stop()?;
        let id = self.ids.next_id();
        let kind = step.kind();
        let body = serde_json::to_value(step).map_err(internal)?;
        let intent = Intent::new(
            id,
            self.ids.next_id(),
            row.record.clone(),
            kind,
            format!("{kind}/{id}"),
            body,
            self.clock.now(),
        );
        self.store
            .write_plan(row, std::slice::from_ref(&intent), &[])?;
        crash::point(kind, "before");
        self.store.mark_sending(id)?;
        crash::point(kind, "sending");
        report.calls += 1;
        let result = self.goods_effect(step, &id.to_string()).await;
        crash::point(kind, "answered");
        match result {
            Ok(effect) => {
                self.goods_done(&intent, step, &effect)?;
                crash::point(kind, "settled");
                self.note_variants(effect.variants)?;
                self.note_items(effect.items)?;
                self.events.signal(Signal::Changed);
                Ok(Ended::Done(effect.refused))
            }
            Err(WriteError::Unknown(problem)) => {
                let outcome = serde_json::to_value(&problem).map_err(internal)?;
                let next = self.clock.now() + self.lookup_gap()?;
                self.store.mark_unknown(id, outcome, next)?;
                Ok(Ended::Later(problem))
            }
            Err(WriteError::Refused(problem)) => {
                self.settle_undone(&intent, IntentState::Refused, &problem)?;
                Ok(Ended::Refused(problem))
            }
            Err(WriteError::Conflict(problem) | WriteError::NotSent(problem)) => {
                self.settle_undone(&intent, IntentState::Superseded, &problem)?;
                if stops_the_run(problem.code) {
                    Err(problem)
                } else {
                    Ok(Ended::Later(problem))
                }
            }
        }
    }

    async fn goods_effect(&self, step: &GoodsStep, key: &str) -> Result<Effect, WriteError> {
        match step {
            GoodsStep::CreateProduct { draft } => {
                let variant = self.goods.create_product(draft).await?;
                Ok(Effect {
                    variants: vec![variant],
                    ..Effect::default()
                })
            }
            GoodsStep::UpdateVariants { product, rows } => {
                let rows: Vec<_> = rows
                    .iter()
                    .map(|row| (row.variant.clone(), row.fields.clone()))
                    .collect();
                let (variants, refused) = self.goods.update_variants(product, &rows).await?;
                Ok(Effect {
                    variants,
                    refused,
                    ..Effect::default()
                })
            }
            GoodsStep::UpdateProduct {
                product,
                variant,
                fields,
            } => {
                self.goods.update_product(product, fields).await?;
                self.as_it_is_now(variant).await
            }
            GoodsStep::ArchiveProduct { product, variant } => {
                self.goods.archive_product(product).await?;
                self.as_it_is_now(variant).await
            }
            GoodsStep::SetQuantities { rows } => Ok(Effect {
                refused: self.goods.set_quantities(rows, key).await?,
                ..Effect::default()
            }),
            GoodsStep::ConnectItem { connection } => {
                self.goods.connect_item(connection, key).await?;
                Ok(Effect::default())
            }
            GoodsStep::CreateItem { draft, .. } => {
                // What is on the shelf may be a minute old: a number that is taken meanwhile is the variant's item.
                let there = self
                    .goods
                    .item(&draft.number)
                    .await
                    .map_err(WriteError::NotSent)?;
                let found = there.is_some();
                if !found {
                    self.goods.create_item(draft).await?;
                }
                Ok(Effect {
                    found,
                    ..self.item_as_it_is_now(&draft.number).await?
                })
            }
            GoodsStep::UpdateItem { item, changes } => {
                self.goods.update_item(item, changes).await?;
                self.item_as_it_is_now(item).await
            }
        }
    }

    /// Reads back what was written to a product. Its answer lost, the write itself is settled by the next look.
    async fn as_it_is_now(&self, variant: &str) -> Result<Effect, WriteError> {
        let variants = self
            .goods
            .variants(std::slice::from_ref(&variant.to_owned()))
            .await
            .map_err(WriteError::Unknown)?;
        Ok(Effect {
            variants,
            ..Effect::default()
        })
    }

    /// Reads back what was written to an item.
    async fn item_as_it_is_now(&self, number: &str) -> Result<Effect, WriteError> {
        let item = self.goods.item(number).await.map_err(WriteError::Unknown)?;
        Ok(Effect {
            items: item.into_iter().collect(),
            ..Effect::default()
        })
    }

    fn goods_done(
        &self,
        intent: &Intent,
        step: &GoodsStep,
        effect: &Effect,
    ) -> Result<(), Problem> {
        let now = self.clock.now();
        let mut links = Vec::new();
        let mut told = Vec::new();
        if let (GoodsStep::CreateProduct { draft }, [variant]) = (step, effect.variants.as_slice())
        {
            links.push(self.product_link(&variant.id, &draft.item, "created"));
            told.push(
                Activity::new(now, Level::Good, "product-created")
                    .about(intent.record.clone(), &draft.item),
            );
        }
        if let GoodsStep::CreateItem { draft, variant } = step {
            // Orders look for it from now on.
            self.forget_catalogue();
            let by = if effect.found { "sku" } else { "created" };
            links.push(self.product_link(variant, &draft.number, by));
            if !effect.found {
                told.push(
                    Activity::new(now, Level::Good, "item-created")
                        .about(intent.record.clone(), &draft.number),
                );
            }
        }
        let refused: Vec<_> = effect
            .refused
            .iter()
            .map(|row| serde_json::json!({ "row": row.row, "problem": row.problem }))
            .collect();
        let state = if refused.is_empty() {
            IntentState::Done
        } else {
            IntentState::Refused
        };
        self.store.settle(Settle {
            intent: intent.id,
            state,
            outcome: serde_json::json!({ "refused": refused }),
            links,
            record: None,
            activity: told,
        })?;
        Ok(())
    }

    pub(super) fn product_link(&self, variant: &str, item: &str, by: &str) -> Link {
        Link {
            kind: PRODUCT.to_owned(),
            shop_id: variant.to_owned(),
            erp_id: item.to_owned(),
            detail: serde_json::json!({ "by": by }),
            made_at: self.clock.now(),
        }
    }

    /// Settles what an earlier run, or a lost answer, left open. A new draft is looked up by its SKU, a new item by its number; all else is decided again on
    /// what is true now: quantities are only set from what was read, fields are only written where they differ.
    pub(super) async fn settle_goods(&self, kind: RecordKind) -> Result<(), Problem> {
        for intent in self.store.open_intents()? {
            if intent.record.kind != kind {
                continue;
            }
            self.check_stop()?;
            let step: GoodsStep = serde_json::from_value(intent.body.clone()).map_err(internal)?;
            let mut links = Vec::new();
            let mut found = false;
            if intent.state != IntentState::Intent {
                self.begin_look_up(&intent)?;
                if let GoodsStep::CreateProduct { draft } = &step {
                    let variants = self.find_created(&intent, &draft.item).await?;
                    if let [variant] = variants.as_slice() {
                        links.push(self.product_link(&variant.id, &draft.item, "looked up"));
                    }
                    found = !variants.is_empty();
                    self.note_variants(variants)?;
                } else if let GoodsStep::CreateItem { draft, variant } = &step {
                    let item = self.find_item(&intent, &draft.number).await?;
                    if item.is_some() {
                        links.push(self.product_link(variant, &draft.number, "looked up"));
                        found = true;
                    }
                    self.note_items(item.into_iter().collect())?;
                } else if let GoodsStep::UpdateItem { item, .. } = &step {
                    let item = self.goods.item(item).await?;
                    self.note_items(item.into_iter().collect())?;
                } else {
                    let touched = step.variants();
                    if !touched.is_empty() {
                        let variants = self.goods.variants(&touched).await?;
                        self.note_variants(variants)?;
                    }
                }
            }
            let mut row = self
                .store
                .record(&intent.record)?
                .ok_or_else(|| internal(format!("no record {}", intent.record)))?;
            row.retry = true;
            row.state = RecordState::Planned;
            let (state, outcome) = if found {
                (IntentState::Done, serde_json::json!({ "found": true }))
            } else {
                let again = serde_json::json!({ "superseded": "decided again" });
                (IntentState::Superseded, again)
            };
            self.store.settle(Settle {
                intent: intent.id,
                state,
                outcome,
                links,
                record: Some(row),
                activity: Vec::new(),
            })?;
        }
        Ok(())
    }

    async fn find_item(
        &self,
        intent: &Intent,
        number: &str,
    ) -> Result<Option<ProductItem>, Problem> {
        for look in 1..=LOOKUPS {
            let found = self.goods.item(number).await?;
            if found.is_some() || look == LOOKUPS {
                return Ok(found);
            }
            self.look_later(intent).await?;
        }
        Ok(None)
    }

    async fn find_created(&self, intent: &Intent, sku: &str) -> Result<Vec<Variant>, Problem> {
        for look in 1..=LOOKUPS {
            let found = self.goods.variants_by_sku(sku).await?;
            if !found.is_empty() || look == LOOKUPS {
                return Ok(found);
            }
            self.look_later(intent).await?;
        }
        Ok(Vec::new())
    }
}

/// Why a record of goods waits.
pub(super) fn waiting(item: &str, problem: &Problem, at: chrono::DateTime<chrono::Utc>) -> Problem {
    let remote = problem
        .params
        .get("remote")
        .cloned()
        .unwrap_or_else(|| "Shopify".into());
    Problem::new(Code::GoodsWaiting)
        .with("remote", remote)
        .with("item", item)
        .with("at", (at + chrono::TimeDelta::minutes(1)).format("%H:%M"))
        .with("cause", problem.code)
}
