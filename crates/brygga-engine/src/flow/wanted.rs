//! Items that orders wait for (`booking-rules` 3): which they are, why one was not made, and who goes on when it is there. They are made
//! by the products' run, on the way of every new item. What is wanted lies on the shelf beside what was read, so that a preview knows it
//! too; nothing is decided by it.

use std::collections::{BTreeMap, BTreeSet};

use brygga_core::booking::life::{PartDecision, PartState};
use brygga_core::booking::{
    self, BookedState, Change, Decision, FirstLook, Ground, WantedItem, wanted_items,
};
use brygga_core::code::Class;
use brygga_core::goods::{ProductDecision, ProductOutcome, Variant, sku};
use brygga_core::settings::{ProductsRun, Settings};
use brygga_core::shop::Order;
use brygga_core::{Code, Problem, digest};
use brygga_store::{Link, RecordKind, RecordRef, RecordState};
use serde::{Deserialize, Serialize};

use super::products::record_id;
use super::shelf::{ITEM, Ledger, VARIANT};
use crate::booked::internal;
use crate::engine::{Engine, Setup};

/// What an order, or its parts, wait for.
pub(super) const WANTED: &str = "goods-wanted";
/// Why an item that is waited for was not made, by its number.
pub(super) const UNMADE: &str = "goods-unmade";

/// Why an item was not made.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Unmade {
    problem: Problem,
    /// The choices under which it was not: under others it is tried again.
    under: String,
    /// The product's record, if there is a product.
    record: Option<String>,
}

/// Of what is wanted and has a product: by number the product's record, and why no item is made of it.
pub(super) type AboutWanted = BTreeMap<String, (String, Option<Problem>)>;

/// The choices that decide what an item is made with.
fn choices(settings: &Settings) -> String {
    digest::of(&settings.products)
}

/// Whose wish it is.
fn order_itself(id: &str) -> String {
    format!("order/{id}")
}

fn its_parts(id: &str) -> String {
    format!("parts/{id}")
}

fn waits(problem: &Problem) -> bool {
    problem.code == Code::WaitingForItem
}

/// The problem of an order that waits for an item.
fn wanting(look: &FirstLook) -> Option<&Problem> {
    let problem = match look {
        FirstLook::Decided(Decision::Waiting(problem, _)) => problem,
        FirstLook::Changed(change) => match change.as_ref() {
            Change::Unbookable(problem) => problem,
            Change::Cancel | Change::Edit(_) | Change::Grown(_) => return None,
        },
        FirstLook::Decided(_) | FirstLook::New(_) => return None,
    };
    waits(problem).then_some(problem)
}

/// What it waits for; at least what it says.
fn wanted_by<'a>(
    order: &Order,
    known: Option<&BookedState>,
    ground: Ground<'_>,
    said: impl IntoIterator<Item = &'a Problem>,
) -> BTreeSet<WantedItem> {
    let side = known.map_or_else(
        || booking::document::side(order, ground.settings),
        |known| known.document.side,
    );
    let mut said = said.into_iter().peekable();
    if said.peek().is_none() {
        return BTreeSet::new();
    }
    let mut wanted = wanted_items(order, ground, side);
    for problem in said {
        if let Some(sku) = problem.params.get("sku")
            && wanted.iter().all(|item| item.sku != *sku)
        {
            wanted.insert(WantedItem {
                sku: sku.clone(),
                variant: None,
            });
        }
    }
    wanted
}

impl Engine {
    /// Notes what an order waits for, or that it waits for nothing any more.
    pub(crate) fn note_wanted_by(
        &self,
        order: &Order,
        known: Option<&BookedState>,
        look: &FirstLook,
        ground: Ground<'_>,
    ) -> Result<(), Problem> {
        let wanted = wanted_by(order, known, ground, wanting(look));
        self.note_wanted(&order_itself(&order.id.0), &wanted)
    }

    /// An order does not wait for an item that is not made: it is held for the reason.
    pub(crate) fn or_why_not(
        &self,
        order: &Order,
        known: Option<&BookedState>,
        look: FirstLook,
        ground: Ground<'_>,
    ) -> Result<FirstLook, Problem> {
        let wanted = wanted_by(order, known, ground, wanting(&look));
        let Some(reason) = self.why_unmade(order, &wanted, ground.settings)? else {
            return Ok(look);
        };
        Ok(match look {
            FirstLook::Changed(_) => FirstLook::Changed(Box::new(Change::Unbookable(reason))),
            FirstLook::Decided(_) | FirstLook::New(_) => FirstLook::Decided(Decision::Held(reason)),
        })
    }

    /// The same for the parts of a booked order: what was added to it may have no item yet.
    pub(crate) fn parts_want(
        &self,
        order: &Order,
        booked: Option<&BookedState>,
        setup: &Setup,
        decisions: &mut [PartDecision],
    ) -> Result<(), Problem> {
        // The parts of an order that is not booked wait for it, whatever it waits for.
        if booked.is_none() {
            return Ok(());
        }
        let said = decisions
            .iter()
            .filter_map(|decision| match &decision.state {
                PartState::Waiting(problem, _) if waits(problem) => Some(problem),
                _ => None,
            });
        let wanted = wanted_by(order, booked, setup.ground(), said);
        self.note_wanted(&its_parts(&order.id.0), &wanted)?;
        let Some(reason) = self.why_unmade(order, &wanted, &setup.settings)? else {
            return Ok(());
        };
        for decision in decisions {
            if matches!(&decision.state, PartState::Waiting(problem, _) if waits(problem)) {
                decision.state = PartState::Held(reason.clone());
            }
        }
        Ok(())
    }

    fn note_wanted(&self, owner: &str, wanted: &BTreeSet<WantedItem>) -> Result<(), Problem> {
        let known = self.store.link(WANTED, owner)?;
        if wanted.is_empty() {
            if known.is_some() {
                self.store.remove_link(WANTED, owner)?;
            }
            return Ok(());
        }
        let detail = serde_json::to_value(wanted).map_err(internal)?;
        if known.is_none_or(|known| known.detail != detail) {
            self.store.put_link(&Link {
                kind: WANTED.to_owned(),
                shop_id: owner.to_owned(),
                erp_id: String::new(),
                detail,
                made_at: self.clock.now(),
            })?;
        }
        Ok(())
    }

    fn why_unmade(
        &self,
        order: &Order,
        wanted: &BTreeSet<WantedItem>,
        settings: &Settings,
    ) -> Result<Option<Problem>, Problem> {
        for item in wanted {
            if let Some(unmade) = self.unmade(&item.sku)?
                && unmade.under == choices(settings)
            {
                return Ok(Some(unmade.problem.with("order", &order.name)));
            }
        }
        Ok(None)
    }

    fn unmade(&self, number: &str) -> Result<Option<Unmade>, Problem> {
        let link = self.store.link(UNMADE, number)?;
        link.map(|link| serde_json::from_value(link.detail).map_err(internal))
            .transpose()
    }

    /// Somebody asked for an order again: what it waits for is tried again, too.
    pub(crate) fn ask_for_items_again(&self, order: &str) -> Result<(), Problem> {
        let Some(link) = self.store.link(WANTED, &order_itself(order))? else {
            return Ok(());
        };
        let wanted: BTreeSet<WantedItem> = serde_json::from_value(link.detail).map_err(internal)?;
        for item in wanted {
            if let Some(unmade) = self.unmade(&item.sku)? {
                self.store.remove_link(UNMADE, &item.sku)?;
                let record = unmade
                    .record
                    .map(|id| RecordRef::new(RecordKind::Product, id));
                self.store.mark_retry(record.as_slice())?;
            }
        }
        Ok(())
    }

    /// Is there anything that a run of the products would do in a shop whose products are not kept in step.
    pub(super) fn has_items_to_make(&self, settings: &Settings) -> Result<bool, Problem> {
        if !self.wanted(settings)?.is_empty() {
            return Ok(true);
        }
        let open = self.store.open_intents()?;
        Ok(open
            .iter()
            .any(|intent| intent.record.kind == RecordKind::Product))
    }

    /// Everything that orders wait for.
    pub(super) fn wanted(&self, settings: &Settings) -> Result<BTreeSet<WantedItem>, Problem> {
        let mut wanted = BTreeSet::new();
        if settings.makes_items_for_orders() {
            for link in self.store.links(WANTED)? {
                let more: BTreeSet<WantedItem> =
                    serde_json::from_value(link.detail).map_err(internal)?;
                wanted.extend(more);
            }
        }
        Ok(wanted)
    }

    /// Reads directly what lists may not show yet, or show no longer: a variant that was made a moment ago, and an item that was deleted.
    pub(super) async fn read_wanted(&self, wanted: &BTreeSet<WantedItem>) -> Result<(), Problem> {
        let mut unread = BTreeSet::new();
        for item in wanted {
            if let Some(variant) = &item.variant
                && self.store.link(VARIANT, variant)?.is_none()
            {
                unread.insert(variant.clone());
            }
            if self.is_there(&item.sku)? && self.goods.item(&item.sku).await?.is_none() {
                self.take_off_shelf(ITEM, [item.sku.clone()])?;
            }
        }
        if !unread.is_empty() {
            let unread: Vec<String> = unread.into_iter().collect();
            self.note_variants(self.goods.variants(&unread).await?)?;
        }
        Ok(())
    }

    fn is_there(&self, number: &str) -> Result<bool, Problem> {
        Ok(self.store.link(ITEM, number)?.is_some())
    }

    /// Is there an item that is wanted, of which it is not known why it is not there.
    pub(super) fn has_unanswered(
        &self,
        wanted: &BTreeSet<WantedItem>,
        settings: &Settings,
    ) -> Result<bool, Problem> {
        let under = choices(settings);
        for item in wanted {
            let answered = self.is_there(&item.sku)?
                || self
                    .unmade(&item.sku)?
                    .is_some_and(|unmade| unmade.under == under);
            if !answered {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// What was decided of the variants that are wanted.
    pub(super) fn about_wanted(
        &self,
        decisions: &[ProductDecision],
        wanted: &BTreeSet<WantedItem>,
    ) -> Result<AboutWanted, Problem> {
        let mut about = AboutWanted::new();
        if wanted.is_empty() {
            return Ok(about);
        }
        let numbers: BTreeSet<&str> = wanted.iter().map(|item| item.sku.as_str()).collect();
        for decision in decisions.iter().filter(|decision| decision.item.is_none()) {
            let Some((variant, _)) = &decision.variant else {
                continue;
            };
            let Some(link) = self.store.link(VARIANT, variant)? else {
                continue;
            };
            let variant: Variant = serde_json::from_value(link.detail).map_err(internal)?;
            let number = variant.sku.as_deref().and_then(sku);
            if let Some(number) = number.filter(|number| numbers.contains(number)) {
                let why = match &decision.outcome {
                    ProductOutcome::Held(problem) => Some(problem.clone()),
                    ProductOutcome::Skipped(problem) => Some(not_made(number, problem)),
                    _ => None,
                };
                about.insert(number.to_owned(), (record_id(decision), why));
            }
        }
        Ok(about)
    }

    /// Keeps why what is wanted was not made, and wakes the orders for which that is news.
    pub(super) fn answer_wanted(
        &self,
        wanted: &BTreeSet<WantedItem>,
        about: &AboutWanted,
        ledger: &Ledger,
        settings: &Settings,
    ) -> Result<(), Problem> {
        let numbers: BTreeSet<&str> = wanted.iter().map(|item| item.sku.as_str()).collect();
        for link in self.store.links(UNMADE)? {
            if !numbers.contains(link.shop_id.as_str()) {
                self.store.remove_link(UNMADE, &link.shop_id)?;
            }
        }
        for number in numbers {
            let unmade = if self.is_there(number)? {
                None
            } else {
                let (record, problem) = match about.get(number) {
                    // What the other side refused stands in the record.
                    Some((id, None)) => (Some(id.clone()), ledger.held(id)),
                    Some((id, why)) => (Some(id.clone()), why.clone()),
                    // No product has this SKU any more.
                    None => (
                        None,
                        Some(Problem::new(Code::ItemNotFound).with("sku", number)),
                    ),
                };
                problem.map(|problem| Unmade {
                    problem,
                    under: choices(settings),
                    record,
                })
            };
            if unmade == self.unmade(number)? {
                continue;
            }
            match &unmade {
                Some(unmade) => self.store.put_link(&Link {
                    kind: UNMADE.to_owned(),
                    shop_id: number.to_owned(),
                    erp_id: String::new(),
                    detail: serde_json::to_value(unmade).map_err(internal)?,
                    made_at: self.clock.now(),
                })?,
                None => {
                    self.store.remove_link(UNMADE, number)?;
                }
            }
            self.wake_for(number)?;
        }
        Ok(())
    }

    /// Wakes whoever waits for an item that is there: until its order was looked at, at every run, so that no crash leaves one behind.
    pub(super) fn wake_for_made(&self, wanted: &BTreeSet<WantedItem>) -> Result<(), Problem> {
        for item in wanted {
            if self.is_there(&item.sku)? {
                self.wake_for(&item.sku)?;
            }
        }
        Ok(())
    }

    fn wake_for(&self, number: &str) -> Result<(), Problem> {
        // What was read of Visma.net before does not have it.
        self.forget_catalogue();
        let now = self.clock.now();
        for link in self.store.links(WANTED)? {
            let wanted: BTreeSet<WantedItem> =
                serde_json::from_value(link.detail).map_err(internal)?;
            if wanted.iter().all(|item| item.sku != number) {
                continue;
            }
            match link.shop_id.split_once('/') {
                Some(("order", id)) => {
                    if let Some(mut row) = self.store.record(&RecordRef::order(id))?
                        && matches!(row.state, RecordState::Waiting | RecordState::Held)
                        && row.due_at.is_none_or(|due| due > now)
                    {
                        row.due_at = Some(now);
                        self.store.put_record(&row)?;
                    }
                }
                Some((_, id)) => {
                    self.store.wake_parts(id)?;
                }
                None => {}
            }
        }
        Ok(())
    }

    /// In a shop whose products are not kept in step, records of products are those of items that were made, or refused. One that is
    /// not wanted any more is done; all others stay as they are.
    pub(super) fn leave_unwanted(
        &self,
        ledger: &mut Ledger,
        seen: &BTreeSet<String>,
    ) -> Result<(), Problem> {
        for id in ledger.ids() {
            let Some(variant) = id.strip_prefix("variant/") else {
                continue;
            };
            if seen.contains(&id) || ledger.held(&id).is_none() && !ledger.is_open(&id) {
                continue;
            }
            let gone = self.store.link(VARIANT, variant)?.is_none();
            let tried = ledger
                .held(&id)
                .is_none_or(|problem| problem.code == Code::ErpRefused);
            let linked = self.store.link(super::shelf::PRODUCT, variant)?.is_some();
            if gone || tried || linked {
                ledger.set(&id, &id, RecordState::Booked, None);
            }
        }
        Ok(())
    }

    /// Does this run make nothing but items that orders wait for.
    pub(super) fn only_wanted(settings: &Settings) -> bool {
        settings.products_run() != Some(ProductsRun::Whole)
    }
}

/// A product that is left out of the products' run: of an order that needs its item, that holds it.
fn not_made(number: &str, problem: &Problem) -> Problem {
    if problem.code.class() != Class::Skipped {
        return problem.clone();
    }
    let status = problem.params.get("status").map_or("-", String::as_str);
    Problem::new(Code::ItemNotMade)
        .with("sku", number)
        .with("status", status)
}
