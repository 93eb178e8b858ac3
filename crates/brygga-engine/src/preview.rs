//! What the next sync would do: both sides are read as a sync reads them, every record that is due is decided on as a sync decides,
//! and nothing is sent. Each thing that would be sent carries the digest by which it can be approved
//! ([`Engine::send_approved`]).
//!
//! Intake moves the cursor as a sync's does, and what was read is kept. Where records stand is not touched, but for one thing: why a
//! record is held is kept with it (`noted.rs`), so that it can be repaired before anything is sent.

use std::collections::{BTreeMap, BTreeSet};

use brygga_core::booking::life::{self, LifeStep, PartKind, PartState};
use brygga_core::booking::shown::{plan_digest, step_digest};
use brygga_core::booking::touched::{Touched, touched};
use brygga_core::booking::{BookedState, Decision, FirstLook, Plan};
use brygga_core::erp::{BookedOrder, CashDraft};
use brygga_core::goods::{FieldChange, ItemChange, ItemDraft, ProductDraft};
use brygga_core::policy::Lane;
use brygga_core::shop::Order;
use brygga_core::{Code, Decimal, Money, Problem};
use brygga_store::{RecordKind, RecordRef, RecordRow, RecordState};
use chrono::{DateTime, Utc};
use futures_util::future::BoxFuture;
use futures_util::{StreamExt as _, stream};
use serde::{Deserialize, Serialize};

use crate::booked;
use crate::decide::{Looked, describe};
use crate::engine::{Engine, Setup};
use crate::follow::CustomerShown;
use crate::life::{Shelf, name_of, record_of};
use crate::ports::{Phase, Signal};
use crate::profiles::ProfileShown;
use crate::run::{RunOptions, stops_the_run};

/// How many records are looked at at a time.
const SIDE_BY_SIDE: usize = 4;

/// Everything that the next sync would do.
#[derive(Debug, Clone, PartialEq)]
pub struct Preview {
    /// When it was made.
    pub at: DateTime<Utc>,
    /// What would be done, waits, is left out or is held: orders, their parts, products, stock, payouts.
    pub items: Vec<Previewed>,
    /// Flows that could not be looked at, by name, and why.
    pub failures: BTreeMap<String, Problem>,
}

/// What a sync would do with one record.
#[derive(Debug, Clone, PartialEq)]
pub struct Previewed {
    /// Which record.
    pub record: RecordRef,
    /// Name for people.
    pub name: String,
    /// The customer.
    pub party: Option<String>,
    /// What it comes to.
    pub amount: Option<Money>,
    /// Its own date.
    pub happened_at: Option<DateTime<Utc>>,
    /// Numeric id of the order that it is part of.
    pub part_of: Option<String>,
    /// What would be done.
    pub outcome: Outcome,
    /// It would be sent, but only after something: such as the first order with its VAT.
    pub note: Option<Problem>,
}

/// What would be done.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// This would be sent.
    Send {
        /// By it the thing is approved.
        digest: String,
        /// What.
        what: Box<What>,
    },
    /// Not due yet.
    Waiting(Problem),
    /// It would be left out.
    Skipped(Problem),
    /// A person has to decide or repair.
    Held(Problem),
}

/// What would be sent.
#[derive(Debug, Clone, PartialEq)]
pub enum What {
    /// A sales order, or a change of one.
    Order(Box<OrderShown>),
    /// The next step of an order's part. What follows it is decided on fresh books then (`docs/adr/0009`).
    Step(Box<StepShown>),
    /// A customer follows the shop.
    Customer(CustomerShown),
    /// A profile without an order becomes a customer.
    Profile(ProfileShown),
    /// A product, an item or stock.
    Goods(GoodsShown),
    /// A payout's cash transactions.
    Payout(PayoutShown),
}

/// A sales order to be.
#[derive(Debug, Clone, PartialEq)]
pub struct OrderShown {
    /// The plan, exactly.
    pub plan: Plan,
    /// What we know of it, where it is booked already.
    pub booked: Option<BookedState>,
    /// The document that is there.
    pub there: Option<BookedOrder>,
    /// What the order has beside itself, decided once it is booked.
    pub follows: Vec<Follows>,
}

/// The next step of an order's part to be.
#[derive(Debug, Clone, PartialEq)]
pub struct StepShown {
    /// The step, exactly.
    pub step: LifeStep,
    /// What it is taken on.
    pub touched: Touched,
    /// The shop's VAT in the part, per rate in per cent.
    pub vat: BTreeMap<Decimal, Decimal>,
    /// ISO currency of the part.
    pub currency: String,
}

/// Parts that follow an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Follows {
    /// What.
    pub kind: PartKind,
    /// How many.
    pub count: usize,
}

/// What would be written of goods.
#[derive(Debug, Clone, PartialEq)]
pub enum GoodsShown {
    /// A new product in the shop, as a draft.
    Product(ProductDraft),
    /// A new item in Visma.net.
    Item(ItemDraft),
    /// A product is put away.
    Archive,
    /// Fields of the variant follow the item, and fields of the item follow the variant.
    Fields {
        /// In the shop.
        shop: Vec<FieldChange>,
        /// In Visma.net.
        erp: Vec<ItemChange>,
    },
    /// Quantities per location: name, before (none where the item is not kept there yet), after.
    Stock(Vec<(String, Option<i64>, i64)>),
}

/// What would be done about a payout.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PayoutShown {
    /// Cash transactions to be made and put in the books; the payout's own last.
    pub make: Vec<CashDraft>,
    /// Those that are there and would be put in the books: number, and as it was made.
    pub release: Vec<(String, CashDraft)>,
}

impl Engine {
    /// Looks at everything that is due. Reads both sides, writes to neither.
    ///
    /// `Err` with [`Code::SyncUnderWay`] if a run or another preview is under way, with [`Code::Stopped`] if it was stopped.
    pub async fn preview(&self, options: RunOptions) -> Result<Preview, Problem> {
        let Some(_running) = self.begin_run() else {
            return Err(Code::SyncUnderWay.into());
        };
        self.forget_setup();
        let mut preview = Preview {
            at: self.clock.now(),
            items: Vec::new(),
            failures: BTreeMap::new(),
        };
        if options.lanes.has(Lane::Orders) {
            // What an earlier run left open is looked up first, as in a sync: else its record is not shown.
            self.resolve_open().await?;
            self.read_orders(options.since).await?;
            self.read_ledger_news().await?;
            self.read_shipment_news().await?;
            let setup = self.setup().await?;
            let due = self
                .store
                .due(RecordKind::Order, self.clock.now(), i32::MAX as usize)?;
            preview
                .items
                .extend(self.preview_orders(&due, &setup).await?);
            let sent: BTreeSet<String> = preview
                .items
                .iter()
                .filter(|item| matches!(item.outcome, Outcome::Send { .. }))
                .map(|item| item.record.id.clone())
                .collect();
            let mut lives = self.store.due_lives(self.clock.now(), i32::MAX as usize)?;
            lives.retain(|order| !sent.contains(order));
            preview
                .items
                .extend(self.preview_lives(&lives, &setup).await?);
            let customers = self.preview_customers(&due, &preview.items, &setup);
            let customers = Box::pin(customers).await?;
            preview.items.extend(customers);
        }
        Box::pin(self.preview_flows(options.lanes, &mut preview)).await?;
        self.events.signal(Signal::Changed);
        Ok(preview)
    }

    /// Looks again at these orders and all their parts, at these customers, and with `flows` at products, stock and payouts: after some
    /// of a preview was sent.
    pub async fn preview_again(
        &self,
        orders: &BTreeSet<String>,
        customers: &BTreeSet<RecordRef>,
        flows: bool,
    ) -> Result<Preview, Problem> {
        let Some(_running) = self.begin_run() else {
            return Err(Code::SyncUnderWay.into());
        };
        let setup = self.setup().await?;
        let now = self.clock.now();
        let mut due = self.store.due(RecordKind::Order, now, i32::MAX as usize)?;
        due.retain(|record| orders.contains(&record.id));
        let mut items = self.preview_orders(&due, &setup).await?;
        let sent: BTreeSet<&str> = items
            .iter()
            .filter(|item| matches!(item.outcome, Outcome::Send { .. }))
            .map(|item| item.record.id.as_str())
            .collect();
        let mut lives = self.store.due_lives(now, i32::MAX as usize)?;
        lives.retain(|order| orders.contains(order) && !sent.contains(order.as_str()));
        items.extend(self.preview_lives(&lives, &setup).await?);
        let followed = Box::pin(self.preview_customers(&due, &items, &setup)).await?;
        items.extend(followed);
        let profiles = Box::pin(self.preview_some_profiles(customers, &items, &setup)).await?;
        items.extend(profiles);
        let mut preview = Preview {
            at: now,
            items,
            failures: BTreeMap::new(),
        };
        if flows {
            let lanes = [Lane::Products, Lane::Stock, Lane::Payouts];
            Box::pin(self.preview_flows(lanes.into_iter().collect(), &mut preview)).await?;
        }
        Ok(preview)
    }

    async fn preview_orders(
        &self,
        due: &[RecordRef],
        setup: &Setup,
    ) -> Result<Vec<Previewed>, Problem> {
        let work = due
            .iter()
            .map(|record| -> BoxFuture<'_, Result<Vec<Previewed>, Problem>> {
                Box::pin(async move {
                    let item = match Box::pin(self.preview_order(record, setup)).await {
                        Ok(item) => item,
                        Err(problem) if stops_the_run(problem.code) => return Err(problem),
                        Err(problem) => {
                            let row = self.store.record(record)?.unwrap_or_else(|| {
                                RecordRow::new(record.clone(), &record.id, self.clock.now())
                            });
                            Some(previewed(&row, silent(&row, problem)))
                        }
                    };
                    Ok(item.into_iter().collect())
                })
            })
            .collect();
        self.side_by_side(work).await
    }

    async fn preview_lives(
        &self,
        orders: &[String],
        setup: &Setup,
    ) -> Result<Vec<Previewed>, Problem> {
        let work = orders
            .iter()
            .map(|order| -> BoxFuture<'_, Result<Vec<Previewed>, Problem>> {
                Box::pin(async move {
                    match Box::pin(self.preview_life(order, setup)).await {
                        Ok(items) => Ok(items),
                        Err(problem) if stops_the_run(problem.code) => Err(problem),
                        Err(problem) => Ok(self
                            .store
                            .parts_of(order)?
                            .iter()
                            .filter(|row| row.state != RecordState::Booked)
                            .map(|row| previewed(row, silent(row, problem.clone())))
                            .collect()),
                    }
                })
            })
            .collect();
        self.side_by_side(work).await
    }

    /// In the order in which they came; stops when asked to.
    async fn side_by_side(
        &self,
        work: Vec<BoxFuture<'_, Result<Vec<Previewed>, Problem>>>,
    ) -> Result<Vec<Previewed>, Problem> {
        let total = work.len();
        let mut results = stream::iter(work).buffered(SIDE_BY_SIDE);
        let mut items = Vec::new();
        let mut done = 0;
        while let Some(result) = results.next().await {
            items.extend(result?);
            done += 1;
            self.events
                .signal(Signal::Progress(Phase::Previewing, done, Some(total)));
            self.check_stop()?;
        }
        Ok(items)
    }

    /// One order. `None` where nothing would be sent and nothing is to be said.
    async fn preview_order(
        &self,
        record: &RecordRef,
        setup: &Setup,
    ) -> Result<Option<Previewed>, Problem> {
        let Some(mirror) = self.store.mirror(record)? else {
            return Ok(None);
        };
        let kept = self.store.record(record)?;
        let mut row = kept
            .clone()
            .unwrap_or_else(|| RecordRow::new(record.clone(), &mirror.name, self.clock.now()));
        row.name.clone_from(&mirror.name);
        let order = match self.shop.read(&self.payload_of(&mirror).await?) {
            Ok(order) => order,
            Err(problem) => {
                let outcome = Outcome::Held(problem.with("order", &mirror.name));
                self.note_found(kept.as_ref(), &row, &outcome, setup)?;
                return Ok(Some(previewed(&row, outcome)));
            }
        };
        let known = booked::recall(&self.store, &order.id.0)?;
        describe(&mut row, &order, known.as_ref(), setup);
        let mut note = None;
        let mut booked = known.clone();
        let mut first = self.first(&order, known.as_ref(), setup)?;
        let mut looked = None;
        if let FirstLook::Changed(change) = first {
            let Some(state) = &known else {
                return Err(no_document());
            };
            let there = self
                .look_changed(&row, &order, *change, state, row.retry)
                .await?;
            if there.there.is_none() && row.retry {
                // Somebody asked for it again: it is booked as if for the first time, by all the rules of the first time.
                booked = None;
                first = self.first(&order, None, setup)?;
            } else {
                looked = Some(there);
                first = FirstLook::Decided(Decision::UpToDate);
            }
        }
        let looked = match (looked, first) {
            (Some(looked), _) => looked,
            (None, FirstLook::Decided(decision)) => Looked {
                decision,
                there: None,
                version: None,
            },
            (None, FirstLook::New(document)) => {
                if document.depends_on_mode
                    && setup.settings.confirm_vat_mode
                    && !self.all_confirmed(&document)?
                {
                    note = Some(Problem::new(Code::VatModeUnconfirmed).with("order", &order.name));
                }
                self.look_new(&order, *document, setup).await?
            }
            (None, FirstLook::Changed(_)) => return Err(no_document()),
        };
        let outcome = match looked.decision {
            // Nothing is sent; what was held is read back again.
            Decision::UpToDate => match row.problem.clone() {
                Some(problem) if row.state == RecordState::Held => Outcome::Held(problem),
                _ => return Ok(None),
            },
            Decision::Waiting(problem, _) => Outcome::Waiting(problem),
            Decision::Skipped(problem) => Outcome::Skipped(problem),
            Decision::Held(problem) => Outcome::Held(problem),
            Decision::Do(plan) => Outcome::Send {
                digest: plan_digest(&plan, looked.version.as_deref(), None),
                what: Box::new(What::Order(Box::new(OrderShown {
                    plan: *plan,
                    booked,
                    there: looked.there,
                    follows: follows(&order),
                }))),
            },
        };
        self.note_found(kept.as_ref(), &row, &outcome, setup)?;
        let mut item = previewed(&row, outcome);
        item.note = note;
        Ok(Some(item))
    }

    /// The parts of one booked order: what is next of each. Parts of an order that is not booked are decided once it is.
    async fn preview_life(&self, id: &str, setup: &Setup) -> Result<Vec<Previewed>, Problem> {
        let record = RecordRef::order(id);
        let Some(mirror) = self.store.mirror(&record)? else {
            return Ok(Vec::new());
        };
        let Some(known) = booked::recall(&self.store, id)? else {
            return Ok(Vec::new());
        };
        let order_row = self.store.record(&record)?;
        let order_problem = order_row.as_ref().and_then(|row| row.problem.clone());
        // The order itself is held for it.
        let Ok(order) = self.shop.read(&self.payload_of(&mirror).await?) else {
            return Ok(Vec::new());
        };
        let blocked = order_problem
            .as_ref()
            .is_some_and(|problem| problem.code == Code::ReadBackDiffers);
        let side = known.document.side;
        let booked = Some(known).filter(|_| !blocked);
        let shelf = Shelf {
            order: &order,
            booked: booked.as_ref(),
            setup,
        };
        let books = self.read_books(&shelf).await?;
        let resting = self.resting(id, &mirror.digest, setup)?;
        let mut decisions = life::decide(
            &order,
            setup.ground(),
            booked.as_ref(),
            order_problem.as_ref(),
            &books,
            self.clock.now(),
        );
        self.parts_want(&order, booked.as_ref(), setup, &mut decisions)?;
        let mut items = Vec::new();
        for decision in &decisions {
            let part = record_of(&decision.part);
            let known = self.store.record(&part)?;
            let mut row = known.clone().unwrap_or_else(|| {
                let name = name_of(&order, &decision.part);
                RecordRow::new(part.clone(), name, self.clock.now())
            });
            let kept = row.problem.clone();
            let outcome = match &decision.state {
                PartState::Done => continue,
                PartState::Waiting(problem, _) => Outcome::Waiting(problem.clone()),
                PartState::Skipped(problem) => Outcome::Skipped(problem.clone()),
                PartState::Held(problem) => Outcome::Held(problem.clone()),
                PartState::Next(step) => {
                    let under_way = self.is_under_way(&part, step)?;
                    let refused = resting.get(&part) == Some(step);
                    match kept {
                        Some(problem) if refused => Outcome::Held(problem),
                        Some(problem) if under_way => Outcome::Waiting(problem),
                        // Taken on a moment ago, and nothing to be seen of it yet.
                        None if under_way => Outcome::Waiting(
                            Problem::new(Code::WaitingErp)
                                .with("order", &order.name)
                                .with("step", step.name())
                                .with("document", crate::life::about(step)),
                        ),
                        _ => {
                            let planned = booked.as_ref().map(|booked| &booked.document);
                            let touched = touched(step, &books, planned);
                            Outcome::Send {
                                digest: step_digest(decision, step, &touched),
                                what: Box::new(What::Step(Box::new(StepShown {
                                    step: step.clone(),
                                    touched,
                                    vat: decision.vat.clone(),
                                    currency: order.currency(side).code().to_owned(),
                                }))),
                            }
                        }
                    }
                }
            };
            row.happened_at = decision.happened_at.or(row.happened_at);
            if let Some(amount) = decision.amount {
                row.amount = Some(Money::new(amount, order.currency(side)));
            }
            self.note_found(known.as_ref(), &row, &outcome, setup)?;
            let mut item = previewed(&row, outcome);
            item.part_of = Some(id.to_owned());
            item.party = item
                .party
                .or_else(|| order_row.as_ref().and_then(|row| row.party.clone()));
            items.push(item);
        }
        Ok(items)
    }
}

fn no_document() -> Problem {
    booked::internal("a change without a booked document")
}

pub(crate) fn previewed(row: &RecordRow, outcome: Outcome) -> Previewed {
    Previewed {
        record: row.record.clone(),
        name: row.name.clone(),
        party: row.party.clone(),
        amount: row.amount,
        happened_at: row.happened_at,
        part_of: row.part_of.clone(),
        outcome,
        note: None,
    }
}

/// A record of which a remote said nothing: it waits, as it would in a sync; what concerns it alone holds it.
fn silent(row: &RecordRow, problem: Problem) -> Outcome {
    match problem.code.class() {
        brygga_core::code::Class::Held => Outcome::Held(problem.with("order", &row.name)),
        brygga_core::code::Class::Waiting
        | brygga_core::code::Class::Skipped
        | brygga_core::code::Class::Failure => Outcome::Waiting(problem),
    }
}

fn follows(order: &Order) -> Vec<Follows> {
    let mut counts: Vec<Follows> = Vec::new();
    for (part, ..) in life::parts(order) {
        match counts.iter_mut().find(|known| known.kind == part.kind) {
            Some(known) => known.count += 1,
            None => counts.push(Follows {
                kind: part.kind,
                count: 1,
            }),
        }
    }
    counts
}
