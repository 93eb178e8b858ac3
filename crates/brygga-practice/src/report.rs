//! What the demo prints, in the form of `brygga demo --json`.

use std::collections::BTreeMap;

use brygga_core::proof::{DayRow, Difference};
use brygga_engine::StockRow;
use brygga_sandbox::shop_data::ShopDataReport;
use brygga_store::StateCounts;
use serde::Serialize;

/// The figures of a demo.
#[derive(Debug, Clone, Serialize)]
pub struct DemoReport {
    /// Orders by state; `seen` is the number of distinct ids served, each in exactly one state.
    pub orders: OrderCounts,
    /// Every held order with its code.
    pub held: Vec<HeldRecord>,
    /// Every other held record with its code: invoices, credit notes, payments, payouts, products, stock.
    pub held_others: Vec<HeldRecord>,
    /// Customers made, linked, and held for a question.
    pub customers: CustomerCounts,
    /// Fulfilments: shipments and invoices.
    pub invoices: FlowCounts,
    /// Refunds: credit notes and returns.
    pub credit_notes: FlowCounts,
    /// Transactions: customer payments.
    pub payments: FlowCounts,
    /// Items: products and variants.
    pub products: FlowCounts,
    /// Items: quantities.
    pub stock: FlowCounts,
    /// Payouts of the payment provider.
    pub payouts: FlowCounts,
    /// The proof.
    pub proof: ProofCounts,
    /// Requests as the practice pair counted them.
    pub requests: Requests,
    /// The second sync, after the clock has moved past index lag and overlap.
    pub second_sync: SecondSync,
    /// What was served of a folder of recordings, and what was not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shop_data: Option<ShopDataReport>,
    /// Seconds of real time.
    pub elapsed_s: f64,
}

/// Orders by state.
#[derive(Debug, Clone, Default, Serialize)]
pub struct OrderCounts {
    /// Distinct ids.
    pub seen: usize,
    /// In Visma.net, read back.
    pub booked: usize,
    /// Not due.
    pub waiting: usize,
    /// Left out.
    pub skipped: usize,
    /// Needs a person.
    pub held: usize,
}

/// Records of one flow by state.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct FlowCounts {
    /// Distinct records, each in exactly one state.
    pub seen: usize,
    /// In the books, or on the other side, and read back.
    pub done: usize,
    /// Not due.
    pub waiting: usize,
    /// Left out.
    pub skipped: usize,
    /// Needs a person.
    pub held: usize,
}

impl From<StateCounts> for FlowCounts {
    fn from(counts: StateCounts) -> Self {
        Self {
            seen: counts.total(),
            done: counts.booked,
            waiting: counts.waiting,
            skipped: counts.skipped,
            held: counts.held,
        }
    }
}

impl FlowCounts {
    fn adds_up(&self) -> bool {
        self.seen == self.done + self.waiting + self.skipped + self.held
    }
}

/// A held record.
#[derive(Debug, Clone, Serialize)]
pub struct HeldRecord {
    /// Kind of record: `order`, `invoice`, `credit_note`, `payment`, ...
    pub kind: &'static str,
    /// Name for people.
    pub order: String,
    /// Stable code.
    pub code: String,
    /// The English sentence.
    pub message: String,
}

/// Customers.
#[derive(Debug, Clone, Default, Serialize)]
pub struct CustomerCounts {
    /// Made by us.
    pub created: usize,
    /// Found and linked.
    pub linked: usize,
    /// A question for the merchant.
    pub held: usize,
}

/// The proof in figures.
#[derive(Debug, Clone, Default, Serialize)]
pub struct ProofCounts {
    /// Documents read back and compared with a fresh read of the shop.
    pub checked: usize,
    /// Unexplained differences.
    pub differences: usize,
    /// Differences that a rule names.
    pub explained: usize,
    /// The same by class.
    pub explained_by_class: BTreeMap<String, usize>,
    /// Orders with a document that are held or wait again, with their reason in `held`.
    pub undecided: usize,
    /// Orders proven as a whole: all documents of each are its current sale and VAT.
    pub orders: usize,
    /// Each day's sales, refunds and money, both sides.
    pub days: Vec<DayRow>,
    /// Documents that stand on another day than their event, each for a reason that a rule names.
    pub dated: Vec<Difference>,
    /// Stock per location, as it is at the end.
    pub stock: Vec<StockRow>,
    /// Each unexplained difference.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub found: Vec<Difference>,
}

/// Requests, tokens apart.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Requests {
    /// To the practice Shopify.
    pub shopify: ShopifyRequests,
    /// To the practice Visma.net.
    pub visma: VismaRequests,
}

/// Requests to the practice Shopify.
#[derive(Debug, Clone, Default, Serialize)]
pub struct ShopifyRequests {
    /// How many.
    pub calls: u64,
    /// Sum of the actual cost.
    pub points: u64,
}

/// Requests to the practice Visma.net.
#[derive(Debug, Clone, Default, Serialize)]
pub struct VismaRequests {
    /// How many.
    pub calls: u64,
    /// Those among them that are not reads.
    pub writes: u64,
}

/// The second sync.
#[derive(Debug, Clone, Default, Serialize)]
pub struct SecondSync {
    /// Everything but reads, at both sides.
    pub writes: u64,
}

impl DemoReport {
    /// Is everything booked, waiting, skipped or held for a stated reason, and nothing unexplained.
    pub fn is_right(&self) -> bool {
        let OrderCounts {
            seen,
            booked,
            waiting,
            skipped,
            held,
        } = self.orders;
        seen == booked + waiting + skipped + held
            && self.proof.differences == 0
            && self.proof.days.iter().all(|row| row.difference.is_zero())
            && self.proof.stock.iter().all(|row| row.differing.is_empty())
            && [
                self.invoices,
                self.credit_notes,
                self.payments,
                self.products,
                self.stock,
                self.payouts,
            ]
            .iter()
            .all(FlowCounts::adds_up)
            && self.proof.checked == booked
            && self.second_sync.writes == 0
            && self.held.len() == held
    }
}
