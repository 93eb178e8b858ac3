//! What a change of the mapping would come to over the orders that are stored: those that are still to be booked, and, to see what it does,
//! the newest that are booked. Both settings are planned with; nothing is sent or kept.

use std::collections::BTreeSet;

use brygga_core::Problem;
use brygga_core::booking::{LinkedItems, document};
use brygga_core::erp::Catalogue;
use brygga_core::settings::Settings;
use brygga_core::shop::ShopInfo;
use brygga_engine::Engine;
use brygga_store::{RecordKind, RecordRef, RecordRow, RecordState};

use super::differing::{differing, fact};
use super::preview::{Look, Then, as_if_new, customer_of, order, part, tried};
use super::seen::{RECORDS, counted};
use crate::api::{reason, record_line};
use crate::contract::{MappingPreview, PreviewDiffering, PreviewFact, PreviewRow};

/// At most so many records are named in each list.
const NAMED: usize = 200;
/// So many of the newest booked orders are planned again.
const BOOKED: usize = 1_000;
/// Tables whose rows say nothing about an order's own document.
const BESIDES: &[&str] = &[
    "gateways",
    "payouts",
    "stock",
    "buffers",
    "categories",
    "warehouses",
    "rates",
];

/// The settings as they are, and as they would be.
#[derive(Clone, Copy)]
pub(super) struct Both<'a> {
    pub(super) shop: &'a ShopInfo,
    pub(super) catalogue: &'a Catalogue,
    pub(super) linked: &'a LinkedItems,
    pub(super) before: &'a Settings,
    pub(super) after: &'a Settings,
}

impl<'a> Both<'a> {
    fn ground(&self, settings: &'a Settings) -> document::Ground<'a> {
        document::Ground {
            shop: self.shop,
            settings,
            catalogue: self.catalogue,
            linked: self.linked,
        }
    }

    /// Whether the change has a say in what an order becomes, and not only in what follows it, or in goods.
    fn decides_orders(&self) -> bool {
        let mut rest = self.after.clone();
        rest.payments.clone_from(&self.before.payments);
        rest.payouts.clone_from(&self.before.payouts);
        rest.rates.clone_from(&self.before.rates);
        rest.stock.clone_from(&self.before.stock);
        rest.products.clone_from(&self.before.products);
        rest.refunds.clone_from(&self.before.refunds);
        rest.invoices
            .warehouses
            .clone_from(&self.before.invoices.warehouses);
        rest != *self.before
    }
}

/// What was found, and the records that would pass.
pub(super) struct Rehearsal {
    pub(super) preview: MappingPreview,
    pub(super) passing: Vec<RecordRef>,
}

pub(super) fn rehearse(
    engine: &Engine,
    both: Both<'_>,
    tables: BTreeSet<String>,
) -> Result<Rehearsal, Problem> {
    let decides = both.decides_orders();
    let mut found = Rehearsal {
        preview: MappingPreview {
            acts_on: acts_on(decides, tables),
            ..MappingPreview::default()
        },
        passing: Vec::new(),
    };
    for state in [RecordState::Held, RecordState::Waiting, RecordState::New] {
        for kind in RecordKind::ALL {
            let is_order = *kind == RecordKind::Order;
            // What is new and no order is decided on with its order, or has no document of its own here.
            if state == RecordState::New && !(is_order && decides) {
                continue;
            }
            let (rows, stored) =
                engine
                    .store()
                    .search_records(*kind, None, Some(state), 0, RECORDS)?;
            add(&mut found.preview.stored, stored);
            add(&mut found.preview.seen, rows.len());
            for row in &rows {
                if is_order {
                    found.order(engine, both, row)?;
                } else if let Some(then) =
                    part(engine, both.after, row).or_else(|| tried(both.before, both.after, row))
                {
                    found.tell(row, None, then);
                }
            }
        }
    }
    if decides {
        found.booked(engine, both)?;
    }
    Ok(found)
}

/// The tables of the change whose rows say nothing about an order's document: the page tells what they act on.
fn acts_on(decides: bool, tables: BTreeSet<String>) -> Vec<String> {
    tables
        .into_iter()
        .filter(|table| !decides || BESIDES.contains(&table.as_str()))
        .collect()
}

impl Rehearsal {
    /// An order that is still to be booked.
    fn order(&mut self, engine: &Engine, both: Both<'_>, row: &RecordRow) -> Result<(), Problem> {
        let Some(after) = order(engine, both.ground(both.after), row)? else {
            return Ok(());
        };
        // Whatever its state says: what held it may be mended already, without a run that has looked since.
        let before = order(engine, both.ground(both.before), row)?;
        if let Some(before) = &before {
            let facts = facts(engine, both, before, &after)?;
            if !facts.is_empty() {
                add(&mut self.preview.changed, 1);
                self.differs(row, facts);
            }
        }
        self.tell(row, before.map(|look| look.then).as_ref(), after.then);
        Ok(())
    }

    /// The newest booked orders, as if they came today: they stay as they are, and show what the change does.
    fn booked(&mut self, engine: &Engine, both: Both<'_>) -> Result<(), Problem> {
        let store = engine.store();
        let booked = Some(RecordState::Booked);
        let (rows, stored) = store.search_records(RecordKind::Order, None, booked, 0, BOOKED)?;
        add(&mut self.preview.booked.stored, stored);
        for row in &rows {
            let Some(before) = as_if_new(engine, both.ground(both.before), row)? else {
                continue;
            };
            let Some(after) = as_if_new(engine, both.ground(both.after), row)? else {
                continue;
            };
            add(&mut self.preview.booked.looked, 1);
            let facts = facts(engine, both, &before, &after)?;
            if !facts.is_empty() {
                add(&mut self.preview.booked.changed, 1);
                self.differs(row, facts);
            } else if let (Then::Pass, Then::Held(problem)) = (&before.then, &after.then) {
                add(&mut self.preview.booked.held, 1);
                self.name(row, "held", Some(problem));
            }
        }
        Ok(())
    }

    fn tell(&mut self, row: &RecordRow, before: Option<&Then>, then: Then) {
        let preview = &mut self.preview;
        add(&mut preview.looked, 1);
        let (count, word, state, problem) = match &then {
            Then::Pass => (&mut preview.pass, "pass", None, None),
            Then::Held(problem) => (
                &mut preview.held,
                "held",
                Some(RecordState::Held),
                Some(problem),
            ),
            Then::Waiting(problem) => (
                &mut preview.waiting,
                "waiting",
                Some(RecordState::Waiting),
                Some(problem),
            ),
            Then::Skipped(problem) => (
                &mut preview.skipped,
                "skipped",
                Some(RecordState::Skipped),
                Some(problem),
            ),
            Then::Open => (&mut preview.open, "open", None, None),
        };
        add(count, 1);
        if matches!(then, Then::Pass) {
            self.passing.push(row.record.clone());
        }
        let same = match before {
            Some(before) => *before == then,
            None => state == Some(row.state) && problem == row.problem.as_ref(),
        };
        if !same {
            let passed = matches!(before, Some(Then::Pass));
            match &then {
                Then::Held(_) if passed => add(&mut self.preview.stopped, 1),
                Then::Pass if !passed => add(&mut self.preview.freed, 1),
                _ => {}
            }
            self.name(row, word, problem);
        }
    }

    fn name(&mut self, row: &RecordRow, outcome: &str, problem: Option<&Problem>) {
        if self.preview.rows.len() < NAMED {
            self.preview.rows.push(PreviewRow {
                record: record_line(row),
                outcome: outcome.to_owned(),
                reason: problem.map(reason),
            });
        }
    }

    fn differs(&mut self, row: &RecordRow, facts: Vec<PreviewFact>) {
        if self.preview.differing.len() < NAMED {
            self.preview.differing.push(PreviewDiffering {
                record: record_line(row),
                facts,
            });
        }
    }
}

/// What differs between the documents of an order by both settings; nothing where one of them makes none.
fn facts(
    engine: &Engine,
    both: Both<'_>,
    before: &Look,
    after: &Look,
) -> Result<Vec<PreviewFact>, Problem> {
    let (Some((one, _)), Some((other, _))) = (&before.document, &after.document) else {
        return Ok(Vec::new());
    };
    // One that is held all the same is booked neither way.
    if !matches!((&before.then, &after.then), (Then::Pass, Then::Pass)) {
        return Ok(Vec::new());
    }
    let mut facts = differing(one, other);
    if both.before.customers != both.after.customers {
        let was = customer_of(engine, both.before, one)?;
        let is = customer_of(engine, both.after, other)?;
        if was != is {
            facts.insert(0, fact("customer", was, is));
        }
    }
    Ok(facts)
}

fn add(sum: &mut u32, more: usize) {
    *sum = sum.saturating_add(counted(more));
}
