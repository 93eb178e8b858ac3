//! What the flows of goods and payouts would write. What was read for it is kept, and marked as not decided on: the next run decides
//! on everything.

use std::collections::{BTreeMap, BTreeSet};

use brygga_core::erp::CashDraft;
use brygga_core::goods::{ProductDecision, ProductOutcome, StockPlan};
use brygga_core::payout::{PayoutDecision, PayoutDrafts};
use brygga_core::policy::{Lane, Lanes};
use brygga_core::settings::{PriceSource, ProductsRun};
use brygga_core::shop::{Payout, PayoutStatus};
use brygga_core::{Code, Problem, digest};
use brygga_store::{Link, RecordKind, RecordRef, RecordRow, RecordState};

use super::payouts::{PAYOUT, link_key, made_otherwise};
use super::products::record_id;
use super::shelf::Ledger;
use super::{FlowReport, Round};
use crate::booked::internal;
use crate::engine::{Engine, Setup};
use crate::ports::{Phase, Signal};
use crate::preview::{GoodsShown, Outcome, PayoutShown, Preview, Previewed, What, previewed};

/// Digest of what is decided of a product.
pub(super) fn product_digest(decision: &ProductDecision) -> String {
    digest::of(&(
        &decision.item,
        &decision.variant,
        &decision.outcome,
        &decision.to_item,
    ))
}

/// Digest of what is written of an item's stock.
pub(super) fn stock_digest(plan: &StockPlan, item: &str) -> Option<String> {
    let writes: Vec<_> = plan.writes.iter().filter(|row| row.item == item).collect();
    let connections: Vec<_> = plan
        .connections
        .iter()
        .filter(|row| row.item == item)
        .collect();
    (!writes.is_empty() || !connections.is_empty()).then(|| digest::of(&(writes, connections)))
}

/// Digest of what is done about a payout.
pub(super) fn payout_digest(shown: &PayoutShown) -> String {
    digest::of(shown)
}

impl Engine {
    /// Looks at the flows that are asked for and switched on. One that cannot be looked at does not stop the others.
    pub(crate) async fn preview_flows(
        &self,
        lanes: Lanes,
        preview: &mut Preview,
    ) -> Result<(), Problem> {
        let settings = self.settings()?;
        let mut round = Round::default();
        let products = match settings.products_run() {
            Some(ProductsRun::Whole) => true,
            Some(ProductsRun::ItemsForOrders) => self.has_items_to_make(&settings)?,
            None => false,
        };
        for (lane, on, name) in [
            (Lane::Customers, settings.customers.takes_all(), "customers"),
            (Lane::Products, products, "products"),
            (Lane::Stock, settings.stock.on, "stock"),
            (Lane::Payouts, settings.payouts.on, "payouts"),
        ] {
            if !on || !lanes.has(lane) {
                continue;
            }
            self.check_stop()?;
            self.events
                .signal(Signal::Progress(Phase::Previewing, 0, None));
            let shown = match lane {
                Lane::Customers => Box::pin(self.preview_profiles(&preview.items)).await,
                Lane::Products => Box::pin(self.preview_products(&mut round)).await,
                Lane::Stock => Box::pin(self.preview_stock(&mut round)).await,
                _ => Box::pin(self.preview_payouts()).await,
            };
            match shown {
                Ok(items) => preview.items.extend(items),
                Err(problem) if problem.code == Code::Stopped => return Err(problem),
                Err(problem) => {
                    preview.failures.insert(name.to_owned(), problem);
                }
            }
        }
        Ok(())
    }

    async fn preview_products(&self, round: &mut Round) -> Result<Vec<Previewed>, Problem> {
        self.settle_goods(RecordKind::Product).await?;
        let setup = self.setup().await?;
        // Before anything is read: what is read here is not decided on here.
        self.undecided(super::products::FLOW)?;
        let mut report = FlowReport::default();
        self.refresh_variants(round, &mut report).await?;
        self.refresh_items(false, &mut report).await?;
        self.read_wanted(&self.wanted(&setup.settings)?).await?;
        if matches!(setup.settings.products.price, PriceSource::List { .. }) {
            self.refresh_prices(false, &mut report).await?;
        }
        let mut ledger = Ledger::new(
            RecordKind::Product,
            self.rows(RecordKind::Product)?,
            setup.settings_rev,
            self.clock.now(),
        );
        let known = self.rows(RecordKind::Product)?;
        let mut items = Vec::new();
        for decision in self.product_decisions(&setup)? {
            let id = record_id(&decision);
            let row = self.goods_row(RecordKind::Product, &id, &decision.name, &known);
            if let Some(outcome) = product_outcome(&decision, &id, &row, &mut ledger) {
                items.push(previewed(&row, outcome));
            }
        }
        Ok(items)
    }

    fn goods_row(
        &self,
        kind: RecordKind,
        id: &str,
        name: &str,
        known: &BTreeMap<String, RecordRow>,
    ) -> RecordRow {
        let mut row = known
            .get(id)
            .cloned()
            .unwrap_or_else(|| RecordRow::new(RecordRef::new(kind, id), name, self.clock.now()));
        name.clone_into(&mut row.name);
        row
    }

    async fn preview_stock(&self, round: &mut Round) -> Result<Vec<Previewed>, Problem> {
        self.settle_goods(RecordKind::Stock).await?;
        let setup = self.setup().await?;
        self.undecided(super::stock::FLOW)?;
        let mut report = FlowReport::default();
        self.refresh_variants(round, &mut report).await?;
        self.refresh_stock(false, &mut report).await?;
        self.count_other_orders(&setup).await?;
        // A ledger that is never written: where records stand is not touched.
        let mut ledger = Ledger::new(
            RecordKind::Stock,
            BTreeMap::new(),
            setup.settings_rev,
            self.clock.now(),
        );
        let none = BTreeSet::new();
        let due = self.stock_due(&setup, None, &none, &mut ledger, &mut report);
        let due = due.await?;
        let mut items = kept_back(&ledger);
        let Some(due) = due else { return Ok(items) };
        let plan = self.stock_plan(&setup, &due.items, &due).await?;
        let names: BTreeMap<String, String> = self
            .locations()
            .await?
            .iter()
            .map(|location| (location.id.clone(), location.name.clone()))
            .collect();
        let place = |id: &str| names.get(id).cloned().unwrap_or_else(|| id.to_owned());
        let known = self.rows(RecordKind::Stock)?;
        for item in &due.items {
            let number = item.item.as_str();
            let row = self.goods_row(RecordKind::Stock, number, number, &known);
            let outcome = match (stock_digest(&plan, number), plan.problems.get(number)) {
                (Some(digest), _) => {
                    let connected = plan
                        .connections
                        .iter()
                        .filter(|row| row.item == number)
                        .map(|row| (place(&row.location), None, row.available));
                    let written = plan
                        .writes
                        .iter()
                        .filter(|row| row.item == number)
                        .map(|row| (place(&row.location), Some(row.from), row.to));
                    Outcome::Send {
                        digest,
                        what: Box::new(What::Goods(GoodsShown::Stock(
                            connected.chain(written).collect(),
                        ))),
                    }
                }
                (None, Some(problem)) => by_class(problem.clone()),
                (None, None) => continue,
            };
            items.push(previewed(&row, outcome));
        }
        Ok(items)
    }

    async fn preview_payouts(&self) -> Result<Vec<Previewed>, Problem> {
        self.settle_payouts().await?;
        let setup = self.setup().await?;
        let known = self.rows(RecordKind::Payout)?;
        let since = self.payouts_since(&setup, &known);
        let mut items = Vec::new();
        for payout in self.payouts.payouts(since).await? {
            self.check_stop()?;
            let row = self.payout_row(&payout, known.get(&payout.id));
            let outcome = match self.payout_look(&setup, &payout, &row).await?.next {
                PayoutNext::Nothing => continue,
                PayoutNext::Do(shown) => Outcome::Send {
                    digest: payout_digest(&shown),
                    what: Box::new(What::Payout(shown)),
                },
                PayoutNext::Waiting(problem) => Outcome::Waiting(problem),
                PayoutNext::Skipped(problem) => Outcome::Skipped(problem),
                PayoutNext::Held(problem) => Outcome::Held(problem),
            };
            items.push(previewed(&row, outcome));
        }
        Ok(items)
    }

    /// What comes next for a payout, with what it was decided from.
    pub(super) async fn payout_look(
        &self,
        setup: &Setup,
        payout: &Payout,
        row: &RecordRow,
    ) -> Result<PayoutLook, Problem> {
        if let Some(link) = self.store.link(PAYOUT, &payout.id)? {
            return Ok(PayoutLook {
                next: self.release_next(payout, row, &link).await?,
                decision: None,
            });
        }
        let decision = self.payout_decision(setup, payout).await?;
        let next = match &decision {
            PayoutDecision::Waiting(problem) => PayoutNext::Waiting(problem.clone()),
            PayoutDecision::Skipped(problem) => PayoutNext::Skipped(problem.clone()),
            PayoutDecision::Held(problem) => PayoutNext::Held(problem.clone()),
            PayoutDecision::Book(drafts) => self.make_next(payout, drafts).await?,
        };
        Ok(PayoutLook {
            next,
            decision: Some(decision),
        })
    }

    /// What is made of a payout that has no cash transaction of its own; one of another currency may be there from a run that was
    /// broken off.
    async fn make_next(
        &self,
        payout: &Payout,
        drafts: &PayoutDrafts,
    ) -> Result<PayoutNext, Problem> {
        let mut shown = PayoutShown {
            make: Vec::new(),
            release: Vec::new(),
        };
        for draft in drafts.converted.iter().chain([&drafts.own]) {
            let Some(link) = self.store.link(PAYOUT, link_key(draft))? else {
                shown.make.push(draft.clone());
                continue;
            };
            let made: CashDraft = serde_json::from_value(link.detail).map_err(internal)?;
            if let Some(differs) = made_otherwise(&link.erp_id, &made, draft) {
                return Ok(PayoutNext::Held(differs));
            }
            if self
                .cash_stands(payout, &link.erp_id, &made)
                .await?
                .is_none()
            {
                shown.release.push((link.erp_id, made));
            }
        }
        Ok(PayoutNext::Do(shown))
    }

    /// What is put in the books of a payout whose cash transactions are all there.
    async fn release_next(
        &self,
        payout: &Payout,
        row: &RecordRow,
        own: &Link,
    ) -> Result<PayoutNext, Problem> {
        let of_payout = format!("{}/", payout.id);
        let failed = matches!(
            payout.status,
            PayoutStatus::Failed | PayoutStatus::Cancelled
        );
        if failed {
            return Ok(PayoutNext::Held(
                Problem::new(Code::PayoutFailed)
                    .with("payout", &payout.id)
                    .with("document", &own.erp_id)
                    .with("status", payout.status.as_str()),
            ));
        }
        if row.state == RecordState::Booked {
            return Ok(PayoutNext::Nothing);
        }
        // Its own last, as in a run.
        let links = self.store.links(PAYOUT)?;
        let others = links
            .iter()
            .filter(|link| link.shop_id.starts_with(&of_payout));
        let mut release = Vec::new();
        for made in others.chain([own]) {
            let draft = serde_json::from_value(made.detail.clone()).map_err(internal)?;
            let Some(standing) = self.cash_stands(payout, &made.erp_id, &draft).await? else {
                release.push((made.erp_id.clone(), draft));
                continue;
            };
            if let Some(problem) = standing.problem {
                // The run would end there.
                if release.is_empty() {
                    return Ok(match standing.state {
                        RecordState::Waiting => PayoutNext::Waiting(problem),
                        _ => PayoutNext::Held(problem),
                    });
                }
                break;
            }
        }
        Ok(if release.is_empty() {
            PayoutNext::Nothing
        } else {
            PayoutNext::Do(PayoutShown {
                make: Vec::new(),
                release,
            })
        })
    }
}

/// What was found of a payout.
pub(super) struct PayoutLook {
    /// What comes next.
    pub(super) next: PayoutNext,
    /// What was decided, where it has no cash transaction of its own.
    pub(super) decision: Option<PayoutDecision>,
}

/// What comes next for a payout.
pub(super) enum PayoutNext {
    /// It is in the books.
    Nothing,
    /// This.
    Do(PayoutShown),
    /// Not paid yet.
    Waiting(Problem),
    /// It will not be booked.
    Skipped(Problem),
    /// A person has to decide or repair.
    Held(Problem),
}

/// What a flow would leave out or hold, as it noted in a ledger.
fn kept_back(ledger: &Ledger) -> Vec<Previewed> {
    ledger
        .all()
        .filter_map(|row| Some(previewed(row, by_class(row.problem.clone()?))))
        .collect()
}

fn by_class(problem: Problem) -> Outcome {
    match problem.code.class() {
        brygga_core::code::Class::Skipped => Outcome::Skipped(problem),
        brygga_core::code::Class::Waiting => Outcome::Waiting(problem),
        brygga_core::code::Class::Held | brygga_core::code::Class::Failure => {
            Outcome::Held(problem)
        }
    }
}

fn product_outcome(
    decision: &ProductDecision,
    id: &str,
    row: &RecordRow,
    ledger: &mut Ledger,
) -> Option<Outcome> {
    let send = |what: GoodsShown| Outcome::Send {
        digest: product_digest(decision),
        what: Box::new(What::Goods(what)),
    };
    let kept = || row.problem.clone().map(Outcome::Held);
    let to_item = decision.to_item.clone();
    let fields = |shop| GoodsShown::Fields {
        shop,
        erp: to_item.clone(),
    };
    match &decision.outcome {
        ProductOutcome::Held(problem) if to_item.is_empty() => Some(Outcome::Held(problem.clone())),
        ProductOutcome::Skipped(problem) if to_item.is_empty() => {
            Some(Outcome::Skipped(problem.clone()))
        }
        ProductOutcome::Same | ProductOutcome::Held(_) | ProductOutcome::Skipped(_) => {
            if to_item.is_empty() {
                return None;
            }
            if ledger.was_refused(id, &digest::of(&to_item)) {
                return kept();
            }
            Some(send(fields(Vec::new())))
        }
        ProductOutcome::Change(changes) => {
            if ledger.was_refused(id, &digest::of(changes)) {
                return kept();
            }
            Some(send(fields(changes.clone())))
        }
        ProductOutcome::Create(draft) => {
            if ledger.was_refused(id, &digest::of(draft)) {
                return kept();
            }
            Some(send(GoodsShown::Product(draft.clone())))
        }
        ProductOutcome::CreateItem(draft) => {
            if ledger.was_refused(id, &digest::of(draft)) {
                return kept();
            }
            Some(send(GoodsShown::Item(draft.clone())))
        }
        ProductOutcome::Archive => {
            if ledger.was_refused(id, super::products::ARCHIVE) {
                return kept();
            }
            Some(send(GoodsShown::Archive))
        }
    }
}
