//! Products and prices: what changed on either side is read, everything is decided on, and only differences are written.

use std::collections::{BTreeMap, BTreeSet};

use brygga_core::booking::WantedItem;
use brygga_core::goods::{
    ItemChange, PriceRow, ProductDecision, ProductGround, ProductItem, ProductOutcome, Variant,
    plan_products, plan_wanted,
};
use brygga_core::settings::{PriceSource, SpecialItems};
use brygga_core::{Problem, digest};
use brygga_store::{RecordKind, RecordRef, RecordState};

use super::preview::product_digest;
use super::send::{Ended, GoodsStep, VariantRow, waiting};
use super::shelf::{ITEM, Ledger, PRICE, VARIANT};
use super::wanted::AboutWanted;
use super::{FlowReport, Round};
use crate::engine::{Engine, Setup};

/// Name of the flow.
pub(super) const FLOW: &str = "products";
/// When everything was last compared.
pub(super) const WHOLE: &str = "products-whole";
/// How far the items were read.
pub(super) const ITEMS: &str = "goods-items";
/// How far the prices were read.
pub(super) const PRICES: &str = "goods-prices";
/// What stands for "put away" where a refusal is remembered.
pub(super) const ARCHIVE: &str = "archive";
/// Variants in one call (`facts/shopify` 3.6).
const ROWS: usize = 250;

impl Engine {
    /// One run of the flow.
    pub(super) async fn products(
        &self,
        round: &mut Round,
        report: &mut FlowReport,
    ) -> Result<(), Problem> {
        self.settle_goods(RecordKind::Product).await?;
        let setup = self.setup().await?;
        let whole = self.is_nightly(WHOLE)?;
        let mut changed = !self.refresh_variants(round, report).await?.is_empty();
        changed |= self.refresh_items(whole, report).await?;
        let settings = &setup.settings;
        let lists = matches!(settings.products.price, PriceSource::List { .. });
        if lists && !Self::only_wanted(settings) {
            changed |= self.refresh_prices(whole, report).await?;
        }
        let wanted = self.wanted(settings)?;
        self.read_wanted(&wanted).await?;
        changed |= self.has_unanswered(&wanted, settings)?;
        let due = !self
            .store
            .due(RecordKind::Product, self.clock.now(), 1)?
            .is_empty();
        if changed || due || whole || self.settings_moved(FLOW)? || self.approval().is_some() {
            self.undecided(FLOW)?;
            let mut ledger = Ledger::new(
                RecordKind::Product,
                self.rows(RecordKind::Product)?,
                setup.settings_rev,
                self.clock.now(),
            );
            let result = self
                .decide_products(&setup, &wanted, &mut ledger, report)
                .await;
            // Orders that wait go on with what was made, and are told why something was not. In a run of what was approved the
            // rest was not looked at.
            let answered = match (&result, self.approval()) {
                (Ok(about), None) => self.answer_wanted(&wanted, about, &ledger, settings),
                _ => Ok(()),
            };
            // What was settled stays settled, also when the flow could not go on.
            ledger.write(self)?;
            self.wake_for_made(&wanted)?;
            result?;
            answered?;
            if self.approval().is_some() {
                // The rest is still to be decided on.
                return Ok(());
            }
            self.decided_with_settings(FLOW, setup.settings_rev)?;
        }
        self.wake_for_made(&wanted)?;
        if whole {
            self.nightly_done(WHOLE)?;
        }
        Ok(())
    }

    pub(super) async fn refresh_items(
        &self,
        whole: bool,
        report: &mut FlowReport,
    ) -> Result<bool, Problem> {
        let since = self.since(ITEMS, whole)?;
        let reading = self.goods.items(since).await?;
        report.read += reading.rows.len();
        if since.is_none() && reading.rows.is_empty() && !self.store.links(ITEM)?.is_empty() {
            return Err(Problem::new(brygga_core::Code::RemoteEmpty).with("remote", "Visma.net"));
        }
        let rows = reading
            .rows
            .into_iter()
            .map(|item| (item.number.clone(), item));
        let changed = self.put_on_shelf(ITEM, rows, since.is_none())?;
        self.read_until(ITEMS, reading.newest)?;
        Ok(!changed.is_empty())
    }

    pub(super) async fn refresh_prices(
        &self,
        whole: bool,
        report: &mut FlowReport,
    ) -> Result<bool, Problem> {
        let since = self.since(PRICES, whole)?;
        let reading = self.goods.prices(since).await?;
        report.read += reading.rows.len();
        let rows = reading
            .rows
            .into_iter()
            .map(|row| (row.id.to_string(), row));
        let changed = self.put_on_shelf(PRICE, rows, since.is_none())?;
        self.read_until(PRICES, reading.newest)?;
        Ok(!changed.is_empty())
    }

    /// Plans over everything that is on the shelf.
    pub(super) fn product_decisions(&self, setup: &Setup) -> Result<Vec<ProductDecision>, Problem> {
        let variants: Vec<Variant> = self.shelf(VARIANT)?.into_values().collect();
        let items: Vec<ProductItem> = self.shelf(ITEM)?.into_values().collect();
        let prices: Vec<PriceRow> = self.shelf(PRICE)?.into_values().collect();
        let links = self.linked_items()?;
        let special = special_items(&setup.settings.special_items);
        let wanted = self.wanted(&setup.settings)?;
        let wanted = wanted.into_iter().map(|item| item.sku).collect();
        let ground = ProductGround {
            currency: setup.shop.currency,
            taxes_included: setup.shop.taxes_included,
            catalogue: &setup.catalogue,
            special_items: &special,
            links: &links,
            wanted: &wanted,
            today: self
                .clock
                .now()
                .with_timezone(&setup.shop.time_zone)
                .date_naive(),
        };
        let settings = &setup.settings.products;
        Ok(if Self::only_wanted(&setup.settings) {
            plan_wanted(&items, &variants, ground, settings)
        } else {
            plan_products(&items, &prices, &variants, ground, settings)
        })
    }

    /// What is decided of the products that a run may write: in a run of what was approved only what was shown.
    fn product_decisions_to_write(
        &self,
        setup: &Setup,
        ledger: &mut Ledger,
    ) -> Result<Vec<ProductDecision>, Problem> {
        let decisions = self.product_decisions(setup)?;
        if self.approval().is_none() {
            let seen: BTreeSet<String> = decisions.iter().map(record_id).collect();
            if Self::only_wanted(&setup.settings) {
                self.leave_unwanted(ledger, &seen)?;
                return Ok(decisions);
            }
            for id in ledger.ids() {
                // The variant has its item now, or item and variant are gone: nothing is left to decide.
                if !seen.contains(&id) {
                    ledger.set(&id, &id, RecordState::Booked, None);
                }
            }
            return Ok(decisions);
        }
        let mut approved = Vec::new();
        for decision in decisions {
            let record = RecordRef::new(RecordKind::Product, record_id(&decision));
            if self.may_send(&record, &decision.name, |shown| {
                Ok(product_digest(&decision) == shown)
            })? {
                approved.push(decision);
            }
        }
        Ok(approved)
    }

    /// Writes the differences; what was decided of the products whose items are wanted.
    async fn decide_products(
        &self,
        setup: &Setup,
        wanted: &BTreeSet<WantedItem>,
        ledger: &mut Ledger,
        report: &mut FlowReport,
    ) -> Result<AboutWanted, Problem> {
        let decisions = self.product_decisions_to_write(setup, ledger)?;
        let about = self.about_wanted(&decisions, wanted)?;
        // Where products are not kept in step, a reason is the order's alone.
        let tells = |ledger: &Ledger, id: &str| {
            !Self::only_wanted(&setup.settings) || ledger.held(id).is_some()
        };
        report.decided += decisions.len();
        let new_links: Vec<_> = decisions
            .iter()
            .filter(|decision| decision.link)
            .filter_map(|decision| {
                let (variant, _) = decision.variant.as_ref()?;
                Some(self.product_link(variant, decision.item.as_ref()?, "sku"))
            })
            .collect();
        if !new_links.is_empty() {
            self.store.put_links(&new_links, &[])?;
        }
        let mut updates: BTreeMap<String, Vec<VariantRow>> = BTreeMap::new();
        let mut archived: BTreeMap<String, Vec<(String, String)>> = BTreeMap::new();
        for decision in decisions {
            let id = record_id(&decision);
            let name = decision.name.as_str();
            if !decision.to_item.is_empty() {
                let follows = decision.outcome == ProductOutcome::Same;
                let changes = decision.to_item.clone();
                self.item_follows(&id, changes, ledger, report).await?;
                if follows {
                    continue;
                }
            }
            match decision.outcome {
                ProductOutcome::Same => ledger.set(&id, name, RecordState::Booked, None),
                ProductOutcome::Held(problem) if tells(ledger, &id) => {
                    ledger.set(&id, name, RecordState::Held, Some(problem));
                }
                ProductOutcome::Skipped(problem) if tells(ledger, &id) => {
                    ledger.set(&id, name, RecordState::Skipped, Some(problem));
                }
                ProductOutcome::Held(_) | ProductOutcome::Skipped(_) => {}
                ProductOutcome::Create(draft) => {
                    let digest = digest::of(&draft);
                    if !ledger.was_refused(&id, &digest) {
                        let step = GoodsStep::CreateProduct { draft };
                        self.one_product(&id, &digest, &step, ledger, report)
                            .await?;
                    }
                }
                ProductOutcome::CreateItem(draft) => {
                    let digest = digest::of(&draft);
                    let number = draft.number.clone();
                    if let Some((variant, _)) = decision.variant
                        && !ledger.was_refused(&id, &digest)
                    {
                        let step = GoodsStep::CreateItem { draft, variant };
                        if self
                            .one_product(&id, &digest, &step, ledger, report)
                            .await?
                        {
                            // From now on it goes by its number.
                            ledger.set(&number, &number, RecordState::Booked, None);
                        }
                    }
                }
                ProductOutcome::Archive => {
                    if let Some((variant, product)) = decision.variant
                        && !ledger.was_refused(&id, ARCHIVE)
                    {
                        archived.entry(product).or_default().push((id, variant));
                    }
                }
                ProductOutcome::Change(fields) => {
                    let digest = digest::of(&fields);
                    if let Some((variant, product)) = decision.variant
                        && !ledger.was_refused(&id, &digest)
                    {
                        updates.entry(product).or_default().push(VariantRow {
                            item: id,
                            variant,
                            fields,
                            digest,
                        });
                    }
                }
            }
        }
        for (product, rows) in archived {
            let Some((id, variant)) = rows.first().cloned() else {
                continue;
            };
            let step = GoodsStep::ArchiveProduct { product, variant };
            if self
                .one_product(&id, ARCHIVE, &step, ledger, report)
                .await?
            {
                for (id, _) in &rows[1..] {
                    report.written += 1;
                    ledger.set(id, id, RecordState::Booked, None);
                }
            }
        }
        for (product, rows) in updates {
            self.update(&product, rows, ledger, report).await?;
        }
        Ok(about)
    }

    /// The fields that the shop owns go to the item.
    async fn item_follows(
        &self,
        id: &str,
        changes: Vec<ItemChange>,
        ledger: &mut Ledger,
        report: &mut FlowReport,
    ) -> Result<(), Problem> {
        let digest = digest::of(&changes);
        if ledger.was_refused(id, &digest) {
            return Ok(());
        }
        let step = GoodsStep::UpdateItem {
            item: id.to_owned(),
            changes,
        };
        self.one_product(id, &digest, &step, ledger, report).await?;
        Ok(())
    }

    /// One write about one record; whether it is done.
    async fn one_product(
        &self,
        id: &str,
        digest: &str,
        step: &GoodsStep,
        ledger: &mut Ledger,
        report: &mut FlowReport,
    ) -> Result<bool, Problem> {
        let row = ledger.planned(id, id);
        match self.send_goods(&row, step, report).await? {
            Ended::Done(_) => {
                report.written += 1;
                ledger.set(id, id, RecordState::Booked, None);
                Ok(true)
            }
            Ended::Refused(problem) => {
                ledger.refuse(id, digest, problem);
                Ok(false)
            }
            Ended::Later(problem) => {
                let problem = waiting(id, &problem, self.clock.now());
                ledger.set(id, id, RecordState::Waiting, Some(problem));
                Ok(false)
            }
        }
    }

    /// All changes of one product: first what belongs to the product itself, then its variants.
    async fn update(
        &self,
        product: &str,
        rows: Vec<VariantRow>,
        ledger: &mut Ledger,
        report: &mut FlowReport,
    ) -> Result<(), Problem> {
        let mut of_variants = Vec::with_capacity(rows.len());
        for mut row in rows {
            let (of_product, fields): (Vec<_>, Vec<_>) = row
                .fields
                .into_iter()
                .partition(brygga_core::goods::FieldChange::is_of_product);
            row.fields = fields;
            if !of_product.is_empty() {
                let step = GoodsStep::UpdateProduct {
                    product: product.to_owned(),
                    variant: row.variant.clone(),
                    fields: of_product,
                };
                if !self
                    .one_product(&row.item, &row.digest, &step, ledger, report)
                    .await?
                {
                    continue;
                }
            }
            if !row.fields.is_empty() {
                of_variants.push(row);
            }
        }
        let mut open: Vec<Vec<VariantRow>> = of_variants.chunks(ROWS).map(<[_]>::to_vec).collect();
        while let Some(rows) = open.pop() {
            let Some(first) = rows.first() else { continue };
            let row = ledger.planned(&first.item, &first.item);
            let step = GoodsStep::UpdateVariants {
                product: product.to_owned(),
                rows: rows.clone(),
            };
            match self.send_goods(&row, &step, report).await? {
                Ended::Done(refused) => {
                    let bad: BTreeMap<usize, Problem> = refused
                        .iter()
                        .filter_map(|refused| Some((refused.row?, refused.problem.clone())))
                        .collect();
                    let nameless = refused.iter().find(|refused| refused.row.is_none());
                    match nameless {
                        Some(refused) => split(rows, &refused.problem, ledger, &mut open),
                        None => {
                            for (position, row) in rows.iter().enumerate() {
                                if let Some(problem) = bad.get(&position) {
                                    ledger.refuse(&row.item, &row.digest, problem.clone());
                                } else {
                                    report.written += 1;
                                    ledger.set(&row.item, &row.item, RecordState::Booked, None);
                                }
                            }
                        }
                    }
                }
                Ended::Refused(problem) => split(rows, &problem, ledger, &mut open),
                Ended::Later(problem) => {
                    for row in &rows {
                        let problem = waiting(&row.item, &problem, self.clock.now());
                        ledger.set(&row.item, &row.item, RecordState::Waiting, Some(problem));
                    }
                }
            }
        }
        Ok(())
    }
}

/// Nobody says which row is the bad one: it is looked for in halves.
fn split(
    mut rows: Vec<VariantRow>,
    problem: &Problem,
    ledger: &mut Ledger,
    open: &mut Vec<Vec<VariantRow>>,
) {
    if let [only] = rows.as_slice() {
        ledger.refuse(&only.item, &only.digest, problem.clone());
        return;
    }
    let second = rows.split_off(rows.len() / 2);
    open.push(second);
    open.push(rows);
}

/// An item's number; a variant without an item goes by its own id.
pub(super) fn record_id(decision: &ProductDecision) -> String {
    match (&decision.item, &decision.variant) {
        (Some(item), _) => item.clone(),
        (None, Some((variant, _))) => format!("variant/{variant}"),
        (None, None) => decision.name.clone(),
    }
}

/// The items that stand for what is no product.
fn special_items(settings: &SpecialItems) -> BTreeSet<String> {
    [
        &settings.shipping,
        &settings.tip,
        &settings.duty,
        &settings.fee,
        &settings.rounding,
        &settings.gift_card,
        &settings.custom,
    ]
    .into_iter()
    .flatten()
    .map(|special| special.item.trim().to_owned())
    .collect()
}
