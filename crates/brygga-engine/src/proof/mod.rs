//! Proof: every booked document read back, against a fresh read of the shop (`booking-rules` 11).

mod life;
mod side;

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use futures_util::future::BoxFuture;
use futures_util::{StreamExt as _, stream};
use serde::{Deserialize, Serialize};

use brygga_core::Problem;
use brygga_core::booking::{Explained, is_changeable};
use brygga_core::erp::OrderStatus;
use brygga_core::proof::{DayRow, Difference, Entry, add_up, compare};
use brygga_core::shop::OrderId;
use brygga_store::{Link, RecordRef, RecordState};

use crate::booked::{self, ORDER};
use crate::engine::{Engine, Setup};
use crate::flow::StockRow;
use crate::ports::{Phase, Signal};

/// What the proof of all booked orders came to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProofReport {
    /// Documents read back (head, lines, VAT) and compared with a fresh read of the shop.
    pub checked: usize,
    /// Unexplained: differing, missing, doubled, without an order.
    pub differences: Vec<Difference>,
    /// Differences that a rule names, by class.
    pub explained: BTreeMap<String, usize>,
    /// Orders that have a document, but are not booked now: held or waiting, each with its reason.
    pub undecided: Vec<String>,
    /// Each day's sales, refunds and money on both sides: of what is in the books. What waits or is held is listed with its reason
    /// elsewhere.
    #[serde(default)]
    pub days: Vec<DayRow>,
    /// Documents that stand on another day than their event, each for a reason that a rule names.
    #[serde(default)]
    pub dated: Vec<Difference>,
    /// Stock per location of the shop, as it is now.
    #[serde(default)]
    pub stock: Vec<StockRow>,
}

/// What the proof of one order came to.
#[derive(Debug, Default)]
struct Proven {
    differences: Vec<Difference>,
    explained: Vec<Explained>,
    /// Events of the shop.
    shop: Vec<Entry>,
    /// Documents of the ledger.
    ledger: Vec<Entry>,
    /// On another day, for a named reason.
    dated: Vec<Difference>,
}

impl ProofReport {
    /// How many differences a rule names.
    pub fn explained_count(&self) -> usize {
        self.explained.values().sum()
    }
}

const SIDE_BY_SIDE: usize = 4;

impl Engine {
    /// Proves all linked orders. Reads both sides; writes nothing.
    pub async fn prove(&self) -> Result<ProofReport, Problem> {
        let setup = self.setup().await?;
        let links = self.store.links(ORDER)?;
        let mut report = ProofReport::default();
        self.look_for_strangers(&links, &mut report).await?;
        // An order that is held after it was booked (edited into something that no rule covers, say) is a named difference of
        // its own: it stands among the held ones with its reason, until somebody decides.
        let mut proven = Vec::with_capacity(links.len());
        for link in &links {
            match self.store.record(&RecordRef::order(&link.shop_id))? {
                Some(row) if row.state != RecordState::Booked => report.undecided.push(row.name),
                _ => proven.push(link),
            }
        }
        let total = proven.len();
        let mut work: Vec<BoxFuture<'_, _>> = Vec::with_capacity(total);
        for link in proven {
            work.push(Box::pin(self.prove_one(link, &setup)));
        }
        let (mut shop_side, mut ledger_side) = (Vec::new(), Vec::new());
        let mut results = stream::iter(work).buffer_unordered(SIDE_BY_SIDE);
        while let Some(result) = results.next().await {
            let proven: Proven = result?;
            report.checked += 1;
            report.differences.extend(proven.differences);
            shop_side.extend(proven.shop);
            ledger_side.extend(proven.ledger);
            report.dated.extend(proven.dated);
            for class in proven.explained {
                let name = match class {
                    Explained::VatPerDocument { .. } => "vat-per-document",
                    Explained::ConvertedVat { .. } => "converted-vat",
                    Explained::RoundingLine { .. } => "rounding-line",
                    Explained::VatPerInvoice { .. } => "vat-per-invoice",
                    Explained::InvoiceRounding { .. } => "invoice-rounding",
                    Explained::PaymentRate { .. } => "payment-rate",
                    Explained::RefundDifference { .. } => "refund-difference",
                    Explained::CashRounding { .. } => "cash-rounding",
                };
                *report.explained.entry(name.to_owned()).or_default() += 1;
            }
            self.events.signal(Signal::Progress(
                Phase::Proving,
                report.checked,
                Some(total),
            ));
        }
        report.days = add_up(&shop_side, &ledger_side);
        report.stock = self.stock_standing(&setup).await?;
        report
            .dated
            .sort_by(|a, b| (&a.order, &a.document).cmp(&(&b.order, &b.document)));
        report
            .differences
            .sort_by(|a, b| (&a.order, &a.what).cmp(&(&b.order, &b.what)));
        Ok(report)
    }

    async fn prove_one(&self, link: &Link, setup: &Setup) -> Result<Proven, Problem> {
        let missing = |what: &str, shopify: &str, visma: &str| {
            let difference = Difference {
                order: link.shop_id.clone(),
                document: Some(link.erp_id.replace('/', " ")),
                what: what.to_owned(),
                shopify: shopify.to_owned(),
                visma: visma.to_owned(),
            };
            Ok(Proven {
                differences: vec![difference],
                ..Proven::default()
            })
        };
        let Some(state) = booked::recall(&self.store, &link.shop_id)? else {
            return missing("stale-link", &link.shop_id, &link.erp_id);
        };
        let Some(raw) = self.shop.order(&OrderId(link.shop_id.clone())).await? else {
            return missing("document-without-order", "gone", &state.shown());
        };
        let order = self.shop.read(&raw.json)?;
        let mut proven = self.prove_life(&order, &state, setup).await?;
        let Some(number) = &state.number else {
            return Ok(proven);
        };
        let Some(document) = self.erp.order(number).await? else {
            return missing("missing", &order.name, "gone");
        };
        // As long as nothing is sent, the sales order says what the order says; after that its invoices and credit notes do.
        if document.status == OrderStatus::Cancelled || is_changeable(&document) {
            let of_order = compare(
                &order,
                &document,
                state.document.side,
                &setup.shop,
                &setup.settings,
                &setup.catalogue,
            );
            proven.differences.extend(of_order.differences);
            proven.explained.extend(of_order.explained);
        }
        Ok(proven)
    }

    /// Documents that carry the id of one of our orders, but are not the one that is linked.
    async fn look_for_strangers(
        &self,
        links: &[Link],
        report: &mut ProofReport,
    ) -> Result<(), Problem> {
        let by_id: BTreeMap<&str, &Link> = links
            .iter()
            .map(|link| (link.shop_id.as_str(), link))
            .collect();
        // Where a purchase order number stands in the reference, the list does not show the id: such documents are read.
        let mut by_name: BTreeMap<String, Vec<&Link>> = BTreeMap::new();
        for link in links {
            if let Some(state) = booked::recall(&self.store, &link.shop_id)?
                && state.document.draft.head.custom_id.is_some()
            {
                let name = state.document.draft.head.customer_order;
                by_name.entry(name).or_default().push(link);
            }
        }
        let hits = if self.erp.opens_sales_orders() {
            self.erp.orders_since(DateTime::<Utc>::UNIX_EPOCH).await?
        } else {
            Vec::new()
        };
        for hit in hits {
            if hit.status == OrderStatus::Cancelled {
                continue;
            }
            let here = booked::erp_id(&hit.number);
            let name = hit.customer_order.as_deref().unwrap_or_default();
            let told = hit.customer_ref.as_deref().and_then(|id| by_id.get(id));
            let read = by_name
                .get(name)
                .filter(|links| links.iter().all(|link| link.erp_id != here));
            let owner = match (told, read) {
                (Some(link), _) => Some(*link),
                (None, Some(links)) => {
                    let document = self.erp.order(&hit.number).await?;
                    let is_of = |link: &&&Link| {
                        document
                            .as_ref()
                            .is_some_and(|document| document.is_of(&link.shop_id))
                    };
                    links.iter().find(is_of).copied()
                }
                (None, None) => None,
            };
            if let Some(link) = owner.filter(|link| link.erp_id != here) {
                report.differences.push(Difference {
                    order: hit
                        .customer_order
                        .clone()
                        .unwrap_or_else(|| link.shop_id.clone()),
                    document: Some(hit.number.to_string()),
                    what: "doubled".to_owned(),
                    shopify: link.erp_id.replace('/', " "),
                    visma: hit.number.to_string(),
                });
            }
        }
        Ok(())
    }
}
