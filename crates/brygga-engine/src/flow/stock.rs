//! Stock: the items whose stock or open units changed are planned on fresh levels, and set in batches; what somebody changed in
//! between is read and decided again.

use std::collections::{BTreeMap, BTreeSet};

use brygga_core::goods::{
    OpenLine, OpenUnits, ShopLevel, StockItem, StockPlan, StockWrite, Variant, WarehouseStock,
    pair, plan_stock,
};
use brygga_core::{Code, Problem};
use brygga_store::{RecordKind, RecordRef, RecordState};

use super::preview::stock_digest;
use super::send::{Ended, GoodsStep, waiting};
use super::shelf::{Ledger, STOCK, VARIANT};
use super::{FlowReport, Round};
use crate::engine::{Engine, Setup};
use crate::ports::ItemStock;

/// Name of the flow.
pub(super) const FLOW: &str = "stock";
/// When everything was last compared.
pub(super) const WHOLE: &str = "stock-whole";
/// How far the ERP's stock was read.
pub(super) const CHANGES: &str = "stock-changes";
/// Rows in one call (`facts/shopify` 3.6, 8.7).
const ROWS: usize = 250;
/// How often items that others change all the time are read again before they are left to the next run.
const ROUNDS: usize = 6;

/// Items to be looked at.
pub(super) struct StockDue {
    pub(super) items: Vec<StockItem>,
    stock: Vec<WarehouseStock>,
    open: BTreeMap<String, OpenUnits>,
}

impl Engine {
    /// One run of the flow.
    pub(super) async fn stock(
        &self,
        round: &mut Round,
        report: &mut FlowReport,
    ) -> Result<(), Problem> {
        self.settle_goods(RecordKind::Stock).await?;
        let setup = self.setup().await?;
        self.refresh_variants(round, report).await?;
        let variants_changed = self.variants_for_stock()?;
        let nightly = self.is_nightly(WHOLE)?;
        let mut changed = self.refresh_stock(nightly, report).await?;
        changed.append(&mut self.count_other_orders(&setup).await?);
        let due = self
            .store
            .due(RecordKind::Stock, self.clock.now(), i32::MAX as usize)?;
        changed.extend(due.into_iter().map(|record| record.id));
        let whole = nightly || self.settings_moved(FLOW)?;
        let approved = self.approval().is_some();
        if !whole && !approved && changed.is_empty() && variants_changed.is_empty() {
            return Ok(());
        }
        self.undecided(FLOW)?;
        let mut ledger = Ledger::new(
            RecordKind::Stock,
            self.rows(RecordKind::Stock)?,
            setup.settings_rev,
            self.clock.now(),
        );
        let only = (!whole && !approved).then_some(&changed);
        let result = self
            .set_stock(&setup, only, &variants_changed, &mut ledger, report)
            .await;
        // What was settled stays settled, also when the flow could not go on.
        ledger.write(self)?;
        result?;
        if approved {
            // The rest is still to be decided on.
            return Ok(());
        }
        self.decided_with_settings(FLOW, setup.settings_rev)?;
        self.stock_decided_for(variants_changed)?;
        if nightly {
            self.nightly_done(WHOLE)?;
        }
        Ok(())
    }

    pub(super) async fn refresh_stock(
        &self,
        whole: bool,
        report: &mut FlowReport,
    ) -> Result<BTreeSet<String>, Problem> {
        let since = self.since(CHANGES, whole)?;
        let reading = self.goods.stock(since).await?;
        report.read += reading.rows.len();
        if since.is_none() && reading.rows.is_empty() && !self.store.links(STOCK)?.is_empty() {
            return Err(Problem::new(Code::RemoteEmpty).with("remote", "Visma.net"));
        }
        let rows = reading
            .rows
            .into_iter()
            .map(|item| (item.item.clone(), item));
        let changed = self.put_on_shelf(STOCK, rows, since.is_none())?;
        self.read_until(CHANGES, reading.newest)?;
        Ok(changed)
    }

    async fn set_stock(
        &self,
        setup: &Setup,
        only: Option<&BTreeSet<String>>,
        variants_changed: &BTreeSet<String>,
        ledger: &mut Ledger,
        report: &mut FlowReport,
    ) -> Result<(), Problem> {
        let due = self.stock_due(setup, only, variants_changed, ledger, report);
        match due.await? {
            Some(due) => self.settle_levels(setup, due, ledger, report).await,
            None => Ok(()),
        }
    }

    /// The items to be looked at, with what is in stock and open of them; in a run of what was approved only those.
    pub(super) async fn stock_due(
        &self,
        setup: &Setup,
        only: Option<&BTreeSet<String>>,
        variants_changed: &BTreeSet<String>,
        ledger: &mut Ledger,
        report: &mut FlowReport,
    ) -> Result<Option<StockDue>, Problem> {
        let approval = self.approval();
        let variants: Vec<Variant> = self.shelf(VARIANT)?.into_values().collect();
        let shelf: BTreeMap<String, ItemStock> = self.shelf(STOCK)?;
        let links = self.linked_items()?;
        let pairing = pair(&variants, shelf.keys().map(String::as_str), &links);
        let concerns = |item: &str, variant: Option<&str>| {
            if let Some(approval) = &approval {
                return approval.wants(&RecordRef::new(RecordKind::Stock, item));
            }
            only.is_none_or(|only| only.contains(item))
                || variant.is_some_and(|variant| variants_changed.contains(variant))
        };
        let mut items: Vec<StockItem> = Vec::new();
        let mut stock: Vec<WarehouseStock> = Vec::new();
        for (number, on_shelf) in &shelf {
            let number = number.as_str();
            let matched = pairing.matched.get(number);
            let variant = matched.map(|matched| matched.variant);
            if !concerns(number, variant.map(|variant| variant.id.as_str())) {
                continue;
            }
            report.decided += 1;
            if let Some(problem) = pairing.doubled.get(number) {
                ledger.set(number, number, RecordState::Held, Some(problem.clone()));
                continue;
            }
            let Some(variant) = variant else {
                let problem = Problem::new(Code::StockNotInShop).with("item", number);
                ledger.set(number, number, RecordState::Skipped, Some(problem));
                continue;
            };
            let known = setup.catalogue.items.get(number);
            if known.is_some_and(|item| item.unsupported) {
                let problem = Problem::new(Code::ItemUnsupported).with("sku", number);
                ledger.set(number, number, RecordState::Held, Some(problem));
                continue;
            }
            items.push(StockItem {
                item: number.to_owned(),
                inventory_item: variant.inventory_item.clone(),
                tracked: variant.tracked,
                bundle: variant.bundle,
                base_unit: on_shelf.base_unit.clone(),
                sales_unit: known.and_then(|item| item.sales_unit.clone()),
            });
            stock.extend(on_shelf.warehouses.iter().cloned());
        }
        for id in ledger.ids() {
            if !shelf.contains_key(&id) && concerns(&id, None) {
                ledger.set(&id, &id, RecordState::Booked, None);
            }
        }
        if items.is_empty() {
            return Ok(None);
        }
        let by_variant: BTreeMap<&str, &str> = pairing
            .matched
            .values()
            .map(|matched| (matched.variant.id.as_str(), matched.item))
            .collect();
        self.count_orders().await?;
        let open = self.open_by_item(setup, |line: &OpenLine| {
            let by_id = line
                .variant
                .as_deref()
                .and_then(|variant| by_variant.get(variant).copied());
            by_id.or(line.sku.as_deref()).map(str::to_owned)
        })?;
        Ok(Some(StockDue { items, stock, open }))
    }

    /// Plans on levels read afresh.
    pub(super) async fn stock_plan(
        &self,
        setup: &Setup,
        items: &[StockItem],
        due: &StockDue,
    ) -> Result<StockPlan, Problem> {
        let settings = &setup.settings.stock;
        // Only what the shop counts has levels.
        let counted: Vec<String> = items
            .iter()
            .filter(|item| item.tracked && !item.bundle)
            .map(|item| item.inventory_item.clone())
            .collect();
        let levels: Vec<ShopLevel> = if settings.locations.is_empty() {
            Vec::new()
        } else {
            self.goods.levels(&counted).await?
        };
        Ok(plan_stock(items, &due.stock, &levels, &due.open, settings))
    }

    /// Takes what may not be written out of a plan: in a run of what was approved, what is not what was shown.
    fn only_approved(
        &self,
        items: &mut Vec<StockItem>,
        plan: &mut StockPlan,
        written: &BTreeSet<String>,
        ledger: &mut Ledger,
    ) -> Result<(), Problem> {
        if self.approval().is_none() {
            return Ok(());
        }
        let mut approved = BTreeSet::new();
        for item in items.iter() {
            let record = RecordRef::new(RecordKind::Stock, &item.item);
            let digest = stock_digest(plan, &item.item);
            let fits = self.may_send(&record, &item.item, |shown| {
                Ok(digest.as_deref() == Some(shown))
            })?;
            if fits || digest.is_none() && self.has_begun(&record) {
                // Begun, and nothing is left to do: it is where it was shown to go.
                approved.insert(item.item.clone());
            } else if digest.is_some() && self.has_begun(&record) {
                // Somebody bought or counted between reading and writing: the shop took no quantity of it.
                if !written.contains(&item.item) {
                    self.taken_back(&record, &item.item)?;
                }
                let busy = Problem::new(Code::RemoteConflict).with("remote", "Shopify");
                let problem = waiting(&item.item, &busy, self.clock.now());
                ledger.set(&item.item, &item.item, RecordState::Waiting, Some(problem));
            }
        }
        items.retain(|item| approved.contains(&item.item));
        plan.writes.retain(|row| approved.contains(&row.item));
        plan.connections.retain(|row| approved.contains(&row.item));
        Ok(())
    }

    /// Reads levels, plans and writes, until nothing is left to do.
    async fn settle_levels(
        &self,
        setup: &Setup,
        due: StockDue,
        ledger: &mut Ledger,
        report: &mut FlowReport,
    ) -> Result<(), Problem> {
        let mut items = due.items.clone();
        let mut written: BTreeSet<String> = BTreeSet::new();
        for _ in 0..ROUNDS {
            let mut plan = self.stock_plan(setup, &items, &due).await?;
            self.only_approved(&mut items, &mut plan, &written, ledger)?;
            for item in &items {
                let (state, problem) = match plan.problems.get(&item.item) {
                    Some(problem) => {
                        let state = match problem.code.class() {
                            brygga_core::code::Class::Skipped => RecordState::Skipped,
                            _ => RecordState::Held,
                        };
                        (state, Some(problem.clone()))
                    }
                    None => (RecordState::Booked, None),
                };
                ledger.set(&item.item, &item.item, state, problem);
            }
            for connection in plan.connections {
                let item = connection.item.clone();
                let row = ledger.planned(&item, &item);
                let step = GoodsStep::ConnectItem { connection };
                match self.send_goods(&row, &step, report).await? {
                    Ended::Done(_) => {
                        written.insert(item.clone());
                        ledger.set(&item, &item, RecordState::Booked, None);
                    }
                    Ended::Refused(problem) => {
                        ledger.set(&item, &item, RecordState::Held, Some(problem));
                    }
                    Ended::Later(problem) => {
                        let problem = waiting(&item, &problem, self.clock.now());
                        ledger.set(&item, &item, RecordState::Waiting, Some(problem));
                    }
                }
            }
            let again = self
                .send_quantities(plan.writes, &plan.problems, &mut written, ledger, report)
                .await?;
            items.retain(|item| again.contains(&item.item));
            if items.is_empty() {
                break;
            }
        }
        report.written += written.len();
        for item in items {
            let busy = Problem::new(Code::RemoteConflict).with("remote", "Shopify");
            let problem = waiting(&item.item, &busy, self.clock.now());
            ledger.set(&item.item, &item.item, RecordState::Waiting, Some(problem));
        }
        Ok(())
    }

    /// Sends rows in batches; the items to be read and decided again.
    async fn send_quantities(
        &self,
        rows: Vec<StockWrite>,
        problems: &BTreeMap<String, Problem>,
        written: &mut BTreeSet<String>,
        ledger: &mut Ledger,
        report: &mut FlowReport,
    ) -> Result<BTreeSet<String>, Problem> {
        let mut again: BTreeSet<String> = BTreeSet::new();
        let mut held: BTreeSet<String> = BTreeSet::new();
        let mut batches: Vec<Vec<StockWrite>> = rows.chunks(ROWS).map(<[_]>::to_vec).collect();
        batches.reverse();
        while let Some(mut batch) = batches.pop() {
            let Some(first) = batch.first() else { continue };
            let row = ledger.planned(&first.item, &first.item);
            let step = GoodsStep::SetQuantities {
                rows: batch.clone(),
            };
            let refused = match self.send_goods(&row, &step, report).await? {
                Ended::Done(refused) => refused,
                Ended::Refused(problem) => vec![crate::ports::RefusedRow {
                    row: None,
                    stale: false,
                    problem,
                }],
                Ended::Later(problem) => {
                    for row in &batch {
                        let problem = waiting(&row.item, &problem, self.clock.now());
                        ledger.set(&row.item, &row.item, RecordState::Waiting, Some(problem));
                    }
                    continue;
                }
            };
            let named = refused
                .iter()
                .any(|refused| refused.row.is_some_and(|row| row < batch.len()));
            if refused.is_empty() {
                for row in &batch {
                    written.insert(row.item.clone());
                    // An item that is not everywhere as it should be keeps its reason.
                    if !problems.contains_key(&row.item) && !held.contains(&row.item) {
                        ledger.set(&row.item, &row.item, RecordState::Booked, None);
                    }
                }
            } else if named {
                // Bad rows are left out; whether the others are done, only reading tells (`facts/shopify` 8.8).
                for refused in refused {
                    let Some(row) = refused.row.and_then(|row| batch.get(row)) else {
                        continue;
                    };
                    if !refused.stale {
                        held.insert(row.item.clone());
                        let problem = Some(refused.problem);
                        ledger.set(&row.item, &row.item, RecordState::Held, problem);
                    }
                }
                again.extend(batch.into_iter().map(|row| row.item));
            } else if batch.len() == 1 {
                for (row, refused) in batch.iter().zip(refused) {
                    if refused.stale {
                        again.insert(row.item.clone());
                    } else {
                        held.insert(row.item.clone());
                        let problem = Some(refused.problem);
                        ledger.set(&row.item, &row.item, RecordState::Held, problem);
                    }
                }
            } else {
                // Nobody says which row is the bad one: it is looked for in halves.
                let second = batch.split_off(batch.len() / 2);
                batches.push(second);
                batches.push(batch);
            }
        }
        again.retain(|item| !held.contains(item));
        Ok(again)
    }
}
