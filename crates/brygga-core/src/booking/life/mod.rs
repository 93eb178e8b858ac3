//! One order's life in the books after it was booked: shipments, invoices, credit notes, payments (`booking-rules` 6 to 8).
//!
//! [`decide`] looks at the shop's order and at what Visma.net has of it, read afresh, and says for each part of the order
//! (each fulfilment, refund and transaction) where it stands and which *one* step comes next. The engine journals that step,
//! sends it, reads again and asks again, until no part has a next step. So a program that was killed in the middle, a person
//! who did half of it by hand, and an ordinary run all go on from what is true.

mod applied;
mod consignment;
mod direct;
mod edits;
mod foreseen;
mod fulfil;
mod gate;
mod ground;
mod invoice;
mod late;
mod money;
mod money_back;
mod payment;
mod refund;
mod returns;
mod settlement;
mod shipping;
mod sums;

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

pub use foreseen::foreseen;
pub use sums::{Sums, expected, net, taken_off};

pub(super) use direct::{CASH_ROUNDING, DIFFERENCE, KEPT};

use ground::Life;
use invoice::Invoices;
use payment::Payments;

use super::BookedState;
use super::basis::{Component, Part};
use super::document::Ground;
use super::due;
use super::gate::Explained;
use crate::code::{Class, Code, Problem};
use crate::erp::{
    Application, BookedOrder, DocumentKind, LedgerChange, LedgerDocument, LedgerDraft, LineDraft,
    Operation, OrderNumber, OrderStatus, Payment, PaymentChange, PaymentDraft, SalesOrderDraft,
    Shipment, ShipmentQuantity,
};
use crate::rates::RateUsed;
use crate::shop::{
    FulfilmentDraft, Order, Refund, Sending, Tracking, TransactionKind, TransactionStatus,
};

/// What a part of an order is. Each is a record of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PartKind {
    /// A fulfilment: shipment and invoice. What needs no shipping at all has one part of its own, `order/ID`.
    Invoice,
    /// A refund: credit note, return, or a smaller order.
    CreditNote,
    /// A transaction: a customer payment.
    Payment,
    /// A shipment of Visma.net, where Visma.net ships: a fulfilment in the shop. Its id is the shipment's number.
    Shipment,
}

/// A part of an order.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct PartRef {
    /// What it is.
    pub kind: PartKind,
    /// Numeric id of the fulfilment, refund or transaction; `order/ID` for what needs no shipping.
    pub id: String,
}

/// Which document of Visma.net is which part's: what the journal has settled, or what was found and adopted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartLink {
    /// The part.
    pub part: PartRef,
    /// Which of its documents.
    pub what: Linked,
    /// Number in Visma.net; `SO/000223` for orders.
    pub number: String,
}

/// The documents that a part can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Linked {
    /// A sales order of its own: for goods added after invoicing, a return, or an order of behaviour Invoice.
    Order,
    /// A shipment.
    Shipment,
    /// An invoice.
    Invoice,
    /// A credit note.
    CreditNote,
    /// A payment, prepayment or refund.
    Payment,
}

/// What Visma.net has of one order, read afresh.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Books {
    /// Sales orders that carry the shop order's id: the booked one, and those of its parts (`ID-...`).
    pub orders: Vec<BookedOrder>,
    /// Shipments of these orders.
    pub shipments: Vec<Shipment>,
    /// Invoices and credit notes of these orders, and direct ones with our references.
    pub ledger: Vec<LedgerDocument>,
    /// Payments whose reference is one of the order's transactions.
    pub payments: Vec<Payment>,
    /// What is linked.
    pub links: Vec<PartLink>,
    /// How the order's sending stands in the shop, where Visma.net ships; none while it is not asked for, or the order is gone.
    #[serde(default)]
    pub sending: Option<Sending>,
    /// Why it is not known, where the shop does not tell.
    #[serde(default)]
    pub sending_problem: Option<Problem>,
    /// Shipments of the order that have a record of their own, gone ones too.
    #[serde(default)]
    pub known_shipments: Vec<String>,
    /// Exchange rates of the merchant's source on the days of the parts that still need a direct document; none while Visma.net's
    /// own table is the source (`booking-rules` 10).
    #[serde(default)]
    pub rates: BTreeMap<NaiveDate, Rated>,
}

/// What the merchant's source says of a day.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rated {
    /// The rate.
    Used(RateUsed),
    /// Why there is none.
    Missing(Problem),
}

/// One effect in Visma.net or, where Visma.net ships, in the shop. Each becomes a journalled intent of its own.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "step")]
pub enum LifeStep {
    /// Makes a shipment of what the order still has to send or to take back (takes no quantities: `facts/visma` 16).
    CreateShipment {
        /// The sales order.
        order: OrderNumber,
        /// Goods out or in.
        operation: Operation,
        /// Warehouse.
        warehouse: String,
        /// Date.
        date: NaiveDate,
    },
    /// Sets the units of a shipment's lines; 0 takes a line away.
    SetQuantities {
        /// The shipment.
        shipment: String,
        /// Units per line.
        quantities: Vec<ShipmentQuantity>,
    },
    /// The goods have left, or have come back.
    ConfirmShipment {
        /// The shipment.
        shipment: String,
    },
    /// Takes a confirmed shipment back to Open.
    CorrectShipment {
        /// The shipment.
        shipment: String,
    },
    /// Takes an open shipment away.
    CancelShipment {
        /// The shipment.
        shipment: String,
    },
    /// Sets the date that the next invoice of the order gets.
    SetInvoiceDate {
        /// The sales order.
        order: OrderNumber,
        /// Date.
        date: NaiveDate,
    },
    /// Makes the invoice, or the credit note, of what was confirmed.
    PrepareInvoice {
        /// The sales order.
        order: OrderNumber,
    },
    /// Changes an invoice or credit note before its release.
    ChangeLedger {
        /// Invoice or credit note.
        kind: DocumentKind,
        /// Number.
        number: String,
        /// What.
        change: LedgerChange,
    },
    /// Puts an invoice or credit note in the books.
    ReleaseLedger {
        /// Invoice or credit note.
        kind: DocumentKind,
        /// Number.
        number: String,
    },
    /// Makes a direct invoice or credit note.
    CreateLedger {
        /// The document.
        draft: Box<LedgerDraft>,
    },
    /// Makes a further sales order: goods added after invoicing, a return (RC, CM), an order of behaviour Invoice (IN).
    CreateOrder {
        /// The order; its reference is `ID-...`.
        draft: Box<SalesOrderDraft>,
        /// Customer number.
        customer: String,
    },
    /// Sets lines of a sales order that is shipped in part: fewer units, never fewer than shipped.
    PatchOrderLines {
        /// The sales order.
        order: OrderNumber,
        /// What the lines shall be, found by their links.
        lines: Vec<LineDraft>,
    },
    /// Takes lines away of which nothing was shipped.
    DeleteOrderLines {
        /// The sales order.
        order: OrderNumber,
        /// Their links.
        links: Vec<String>,
    },
    /// Cancels a sales order of which nothing is shipped.
    CancelOrder {
        /// The sales order.
        order: OrderNumber,
    },
    /// Makes a payment, prepayment or refund.
    CreatePayment {
        /// The payment.
        draft: Box<PaymentDraft>,
    },
    /// Sets what a payment is applied to.
    ChangePayment {
        /// Kind.
        kind: DocumentKind,
        /// Number.
        number: String,
        /// What.
        change: PaymentChange,
    },
    /// Puts a payment in the books.
    ReleasePayment {
        /// Kind.
        kind: DocumentKind,
        /// Number.
        number: String,
    },
    /// Puts in the books what a payment or credit note that is there already was applied to since.
    ReleaseApplied {
        /// Kind.
        kind: DocumentKind,
        /// Number.
        number: String,
        /// All that it is applied to.
        documents: Vec<Application>,
    },
    /// Tells the shop what a shipment has sent. The call has no key against doing it twice (`facts/shopify` 6.4).
    CreateFulfilment {
        /// The shipment.
        shipment: String,
        /// The fulfilment.
        draft: Box<FulfilmentDraft>,
    },
    /// Tells the shop the tracking numbers of what was sent.
    UpdateTracking {
        /// The shipment.
        shipment: String,
        /// Numeric id of the fulfilment.
        fulfilment: String,
        /// Its tracking from now on.
        tracking: Tracking,
        /// Does Shopify write to the customer.
        notify: bool,
    },
}

impl LifeStep {
    /// The step's stable name in the journal.
    pub fn name(&self) -> &'static str {
        match self {
            Self::CreateShipment { .. } => "create-shipment",
            Self::SetQuantities { .. } => "set-quantities",
            Self::ConfirmShipment { .. } => "confirm-shipment",
            Self::CorrectShipment { .. } => "correct-shipment",
            Self::CancelShipment { .. } => "cancel-shipment",
            Self::SetInvoiceDate { .. } => "set-invoice-date",
            Self::PrepareInvoice { .. } => "prepare-invoice",
            Self::ChangeLedger { .. } => "change-document",
            Self::ReleaseLedger { .. } => "release-document",
            Self::CreateLedger { .. } => "create-document",
            Self::CreateOrder { .. } => "create-part-order",
            Self::PatchOrderLines { .. } => "patch-order-lines",
            Self::DeleteOrderLines { .. } => "delete-order-lines",
            Self::CancelOrder { .. } => "cancel-part-order",
            Self::CreatePayment { .. } => "create-payment",
            Self::ChangePayment { .. } => "apply-payment",
            Self::ReleasePayment { .. } => "release-payment",
            Self::ReleaseApplied { .. } => "release-applied",
            Self::CreateFulfilment { .. } => "create-fulfilment",
            Self::UpdateTracking { .. } => "update-tracking",
        }
    }
}

/// Where a part stands.
#[derive(Debug, Clone, PartialEq)]
pub enum PartState {
    /// In the books, released, compared.
    Done,
    /// Not due; goes on by itself, or at the moment given.
    Waiting(Problem, Option<DateTime<Utc>>),
    /// Nothing is to be booked for it, and need not be.
    Skipped(Problem),
    /// A person has to decide or repair.
    Held(Problem),
    /// This comes next.
    Next(LifeStep),
}

/// What was decided of one part.
#[derive(Debug, Clone, PartialEq)]
pub struct PartDecision {
    /// The part.
    pub part: PartRef,
    /// Where it stands.
    pub state: PartState,
    /// Its documents so far.
    pub documents: Vec<PartLink>,
    /// What it comes to, with VAT, in the document's currency.
    pub amount: Option<Decimal>,
    /// Shopify's VAT in it, per rate in per cent.
    pub vat: BTreeMap<Decimal, Decimal>,
    /// Gift cards sold or taken back in it, net: money that is owed, not earned.
    pub gift_cards: Decimal,
    /// Its own date: of the fulfilment, the refund, the transaction.
    pub happened_at: Option<DateTime<Utc>>,
    /// Differences from Shopify that a rule names.
    pub explained: Vec<Explained>,
}

impl PartDecision {
    fn new(part: PartRef, state: PartState, happened_at: Option<DateTime<Utc>>) -> Self {
        Self {
            part,
            state,
            documents: Vec::new(),
            amount: None,
            vat: BTreeMap::new(),
            gift_cards: Decimal::ZERO,
            happened_at,
            explained: Vec::new(),
        }
    }

    /// Counts what its documents are made of.
    fn count<'a>(&mut self, shares: impl IntoIterator<Item = &'a Component>) {
        for share in shares {
            if !share.tax.is_zero() {
                *self.vat.entry(share.rate.normalize()).or_default() += share.tax;
            }
            if share.part == Part::GiftCard {
                self.gift_cards += share.net;
            }
        }
    }
}

/// The part `order/ID` of an order, whether it is one of [`parts`] now or not: in the invoice modes, a document that was made
/// of it before anything was sent stays its own, so it is always looked for.
pub fn whole(order: &Order) -> PartRef {
    PartRef {
        kind: PartKind::Invoice,
        id: format!("order/{}", order.id),
    }
}

/// `externalReference` of a part's direct invoice or credit note: what makes it ours; of payments, `paymentRef`.
pub fn external(part: &PartRef) -> String {
    match part.kind {
        PartKind::Invoice if part.id.starts_with("order/") => part.id.clone(),
        PartKind::Invoice => format!("fulfilment/{}", part.id),
        PartKind::CreditNote => format!("refund/{}", part.id),
        PartKind::Payment | PartKind::Shipment => part.id.clone(),
    }
}

/// The part of a shipment of Visma.net.
pub fn shipment_part(number: &str) -> PartRef {
    PartRef {
        kind: PartKind::Shipment,
        id: number.to_owned(),
    }
}

/// The part `order/ID` of an order that is invoiced without a fulfilment: nothing of what is left of it needs shipping.
fn whole_part(order: &Order) -> Option<PartRef> {
    // Nothing was ever to be shipped: also what is told to be sent, such as a download, is on the order's own invoice.
    let has_goods = order.lines.iter().any(|line| line.requires_shipping);
    if !has_goods {
        return Some(whole(order));
    }
    // Where all goods were taken out, what the merchant kept of the shipping is still a sale, also if it was given back later.
    let nothing_to_send = order
        .lines
        .iter()
        .all(|line| !line.requires_shipping || line.current_quantity == 0);
    let shipping_alone = |refund: &Refund| refund.lines.is_empty() && !refund.shipping.is_empty();
    let kept = order.cancelled_at.is_none()
        || !order.totals.current_total.shop.amount.is_zero()
        || order.refunds.iter().any(shipping_alone);
    (order.fulfilments.is_empty() && nothing_to_send && kept).then(|| whole(order))
}

/// The parts of an order, each with a name for people and its own date: every fulfilment, every refund, every transaction
/// that moves money or tries to. An authorisation is not money (`booking-rules` 7). An order of which nothing needs shipping
/// has an invoice part of its own, `order/ID`.
pub fn parts(order: &Order) -> Vec<(PartRef, String, Option<DateTime<Utc>>)> {
    let part = |kind, id: &str| PartRef {
        kind,
        id: id.to_owned(),
    };
    let mut parts = Vec::new();
    if let Some(whole) = whole_part(order) {
        parts.push((whole, order.name.clone(), Some(order.processed_at)));
    }
    for (index, fulfilment) in order.fulfilments.iter().enumerate() {
        parts.push((
            part(PartKind::Invoice, &fulfilment.id),
            format!("{} F{}", order.name, index + 1),
            Some(fulfilment.created_at),
        ));
    }
    for (index, refund) in order.refunds.iter().enumerate() {
        parts.push((
            part(PartKind::CreditNote, &refund.id),
            format!("{} R{}", order.name, index + 1),
            refund.created_at,
        ));
    }
    let moves = order.transactions.iter().filter(|one| payment::moves(one));
    for (index, transaction) in moves.enumerate() {
        parts.push((
            part(PartKind::Payment, &transaction.id),
            format!("{} T{}", order.name, index + 1),
            transaction.processed_at,
        ));
    }
    parts
}

/// Decides on every part of an order: those with a next step first. Of these the first is to be done, and then all asked
/// again: a later one may rest on what the first has not changed yet.
///
/// `booked` is what we know of the booked order (its frozen side, its document, its number or, in the invoice modes, its
/// customer); `None` while the order is not booked, and then its parts wait or are skipped with it, for the reason
/// `order_problem`. The documents that a decision names are the part's, found by their references or by what they hold: they
/// are to be linked.
pub fn decide(
    order: &Order,
    ground: Ground<'_>,
    booked: Option<&BookedState>,
    order_problem: Option<&Problem>,
    books: &Books,
    _now: DateTime<Utc>,
) -> Vec<PartDecision> {
    let mut parts = parts(order);
    let shipments = || {
        let known = books.known_shipments.iter();
        known.map(|number| (shipment_part(number), String::new(), None))
    };
    let Some(booked) = booked else {
        parts.extend(shipments());
        return parts
            .into_iter()
            .map(|(part, _, at)| {
                let state = unbooked(order, ground, &part, order_problem);
                PartDecision::new(part, state, at)
            })
            .collect();
    };
    let life = match Life::of(order, ground, booked, books) {
        Ok(life) => life,
        Err(problem) => {
            parts.extend(shipments());
            return parts
                .into_iter()
                .map(|(part, _, at)| {
                    let state = if problem.code.class() == Class::Waiting {
                        PartState::Waiting(problem.clone(), None)
                    } else {
                        PartState::Held(problem.clone())
                    };
                    PartDecision::new(part, state, at)
                })
                .collect();
        }
    };
    if let Some(whole) = life.whole_booked()
        && parts.iter().all(|(part, ..)| *part != whole)
    {
        parts.insert(0, (whole, order.name.clone(), Some(order.processed_at)));
    }
    let mut decisions = decide_all(&life, parts);
    for decision in &mut decisions {
        // An item that is being made comes by itself; whatever step lacks it.
        if let PartState::Held(problem) = &decision.state
            && problem.code == Code::WaitingForItem
        {
            decision.state = PartState::Waiting(problem.clone(), None);
        }
    }
    decisions.sort_by_key(|decision| !matches!(decision.state, PartState::Next(_)));
    decisions
}

fn decide_all(
    life: &Life<'_>,
    parts: Vec<(PartRef, String, Option<DateTime<Utc>>)>,
) -> Vec<PartDecision> {
    let order = life.order;
    let invoices = Invoices::of(life);
    let drift = invoices
        .as_ref()
        .map_or(Decimal::ZERO, |invoices| invoices.drift(life));
    let settlement::Settled { refunds, received } = settlement::settled(life, drift);
    let mut payments = Payments::of(life, received, invoices.as_ref().ok(), &refunds);
    let (mut money_in, mut sales, mut credits, mut money_out) =
        (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for (part, _, at) in parts {
        match part.kind {
            PartKind::Invoice => sales.push(invoice_part(life, part, at, &invoices)),
            PartKind::CreditNote => {
                if !life.ground.settings.refunds.on {
                    let problem = life.problem(Code::SkippedRefundsOff);
                    credits.push(PartDecision::new(part, PartState::Skipped(problem), at));
                    continue;
                }
                let Some(index) = refunds.iter().position(|one| one.part == part) else {
                    continue;
                };
                let (earlier, rest) = refunds.split_at(index);
                if let Some(one) = rest.first() {
                    credits.push(returns::decide(life, one, earlier, &invoices));
                }
            }
            PartKind::Payment => {
                let transaction = order.transactions.iter().find(|one| one.id == part.id);
                if let Some(transaction) = transaction {
                    let decision = payments.decide(transaction);
                    if transaction.kind == TransactionKind::Refund {
                        money_out.push(decision);
                    } else {
                        money_in.push(decision);
                    }
                }
            }
            // Shipments are no parts that the shop knows of.
            PartKind::Shipment => {}
        }
    }
    // Units that an edit took out without a refund are no part's: the last invoice's part takes them out.
    if life.is_sales_order()
        && credits.iter().all(|one| one.state == PartState::Done)
        && let Ok(invoices) = &invoices
        && let Some(last) = sales.last_mut()
        && last.state == PartState::Done
    {
        match edits::reduce(life, &invoices.legs) {
            Ok(Some(state)) => last.state = state,
            Ok(None) => {}
            Err(problem) => last.state = PartState::Held(problem),
        }
    }
    // Money that came before the invoice is booked before it; money goes back after the credit note.
    money_in.extend(sales);
    money_in.extend(credits);
    money_in.extend(money_out);
    money_in.extend(fulfil::decide(life));
    money_in
}

fn invoice_part(
    life: &Life<'_>,
    part: PartRef,
    at: Option<DateTime<Utc>>,
    invoices: &Result<Invoices<'_>, Problem>,
) -> PartDecision {
    let state = if !life.ground.settings.invoices.on {
        PartState::Skipped(life.problem(Code::SkippedInvoicesOff))
    } else if let Some(base) = life
        .base
        .filter(|base| base.status == OrderStatus::Cancelled)
    {
        if life.booked.cancelled || life.order.cancelled_at.is_some() {
            PartState::Skipped(life.problem(Code::SkippedCancelled))
        } else {
            PartState::Held(
                Problem::new(Code::OrderNotOpen)
                    .with("document", &base.number)
                    .with("status", base.status.as_str()),
            )
        }
    } else {
        match invoices {
            Ok(_) if waits_to_be_handed_over(life, &part) => {
                PartState::Waiting(life.problem(Code::WaitingForFulfilment), None)
            }
            Ok(invoices) => return invoices.decide(life, part, at),
            Err(problem) => PartState::Held(problem.clone()),
        }
    };
    PartDecision::new(part, state, at)
}

/// Is this the invoice of what needs no shipping, before it was told to be handed over; one that is made already goes on.
fn waits_to_be_handed_over(life: &Life<'_>, part: &PartRef) -> bool {
    *part == whole(life.order)
        && life.whole_booked().is_none()
        && due::waits_for_fulfilment(life.order, life.ground.settings)
}

/// Where a part stands whose order is not booked.
fn unbooked(
    order: &Order,
    ground: Ground<'_>,
    part: &PartRef,
    order_problem: Option<&Problem>,
) -> PartState {
    let waiting = || Problem::new(Code::WaitingForOrder).with("order", &order.name);
    let Some(problem) = order_problem else {
        return PartState::Waiting(waiting(), None);
    };
    match problem.code.class() {
        Class::Skipped => {}
        Class::Waiting => return PartState::Waiting(problem.clone(), None),
        Class::Held | Class::Failure => {
            return PartState::Waiting(waiting().with("reason", problem.code), None);
        }
    }
    // A refund of an order from before the start, or of one that others booked, is the merchant's own choice (booking-rules 8).
    if matches!(
        problem.code,
        Code::SkippedBeforeStart | Code::AlreadyBooked | Code::AlreadyBookedDiffers
    ) && part.kind == PartKind::CreditNote
        && let Some(refund) = order.refunds.iter().find(|refund| refund.id == part.id)
        && !refund.total.shop.amount.is_zero()
    {
        return not_booked(order, ground, refund);
    }
    PartState::Skipped(problem.clone())
}

/// A refund of an order that is not in the books: there is no customer and no document of ours to book it on.
fn not_booked(order: &Order, ground: Ground<'_>, refund: &Refund) -> PartState {
    use crate::settings::RefundRule;
    let settings = &ground.settings.refunds;
    let moved = order.transactions.iter().any(|one| {
        refund.transactions.contains(&one.id) && one.status == TransactionStatus::Success
    });
    let named = |code| {
        Problem::new(code)
            .with("order", &order.name)
            .with("amount", refund.total.shop.amount.normalize())
    };
    match settings.not_booked {
        _ if !settings.on => PartState::Skipped(named(Code::SkippedRefundsOff)),
        RefundRule::Ignore => PartState::Skipped(named(Code::SkippedRefund)),
        _ if !moved => PartState::Waiting(named(Code::WaitingRefund), None),
        RefundRule::Ask if !settings.approved.contains(&refund.id) => {
            PartState::Held(named(Code::RefundNeedsApproval))
        }
        RefundRule::Ask | RefundRule::Automatic => PartState::Held(named(Code::RefundNotBooked)),
    }
}
