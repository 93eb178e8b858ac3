//! The booking rules: a pure function from what was read, plus the settings, to what is to be done.
//!
//! Two looks at an order: [`first_look`] says what the order alone decides, and what has to be looked up before more can
//! be said; [`plan`] takes the answers and makes the plan. Neither does anything: the preview shows the plan, and
//! approving executes exactly it.

mod address;
pub mod already;
pub mod basis;
mod buyer;
pub mod change;
pub mod customer;
pub mod document;
mod due;
pub mod follow;
pub mod gate;
mod item;
pub mod life;
pub mod order_lines;
pub mod place;
pub mod read_back;
pub mod shown;
pub mod suggest;
pub mod suggest_payments;
pub mod suggest_places;
pub mod touched;
pub mod vat;
pub mod write_back;

use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

pub use basis::is_link_of_ours;
pub use buyer::{Buyer, home};
pub use change::{Ours, is_changeable};
pub use customer::{Candidates, CustomerChoice, Identity, normal_email};
pub use document::{Document, Ground, LineWhy, LinkedItems};
pub use due::{NotNow, booking_date};
pub use gate::Explained;
pub use item::{WantedItem, wanted_items};

use crate::code::{Class, Code, Problem};
use crate::digest;
use crate::erp::{BookedOrder, HeadDraft, LineDraft, OrderNumber, OrderStatus, SalesOrderDraft};
use crate::settings::BookingMode;
use crate::shop::Order;

/// One effect in Visma.net. Each becomes a journalled intent of its own.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "step")]
pub enum Step {
    /// Make the customer and link it.
    CreateCustomer {
        /// Name of the link.
        key: String,
        /// The customer.
        draft: Box<crate::erp::CustomerDraft>,
    },
    /// Make the sales order and link it.
    CreateOrder {
        /// The sales order.
        draft: Box<SalesOrderDraft>,
        /// Customer number, where it is known; else the customer made by the step before.
        customer: Option<String>,
    },
    /// Change the head.
    PatchHead {
        /// What it shall be.
        head: Box<HeadDraft>,
    },
    /// Change lines that stay.
    PatchLines {
        /// What they shall be.
        lines: Vec<LineDraft>,
    },
    /// Add lines.
    AddLines {
        /// The new lines.
        lines: Vec<LineDraft>,
    },
    /// Take lines away.
    DeleteLines {
        /// Their links.
        links: Vec<String>,
    },
    /// Cancel the order.
    Cancel {},
}

impl Step {
    /// The step's stable name in the journal.
    pub fn name(&self) -> &'static str {
        match self {
            Self::CreateCustomer { .. } => "create-customer",
            Self::CreateOrder { .. } => "create-order",
            Self::PatchHead { .. } => "patch-head",
            Self::PatchLines { .. } => "patch-lines",
            Self::AddLines { .. } => "add-lines",
            Self::DeleteLines { .. } => "delete-lines",
            Self::Cancel { .. } => "cancel-order",
        }
    }
}

/// What is to be done about a record.
#[derive(Debug, Clone, PartialEq)]
pub enum Decision {
    /// Do this.
    Do(Box<Plan>),
    /// Nothing: Visma.net has what the order says.
    UpToDate,
    /// Not due; look again at the moment given, or when the order changes.
    Waiting(Problem, Option<DateTime<Utc>>),
    /// It will not be booked.
    Skipped(Problem),
    /// A person has to decide or repair.
    Held(Problem),
}

/// What is to be done, explained.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// The document that Visma.net has in the end; `None` when the order is cancelled.
    pub document: Option<Document>,
    /// A customer that was found and only has to be linked: (link key, number, how it was found).
    pub link_customer: Option<(String, String, String)>,
    /// The document that was found and only has to be linked.
    pub adopt: Option<OrderNumber>,
    /// In the invoice modes, in which no sales order is made: the customer of its invoices to come, where known; else the one
    /// made by the steps.
    #[serde(default)]
    pub customer: Option<String>,
    /// The effects, in order. None with `adopt`, where all is as it should be.
    pub steps: Vec<Step>,
}

/// What we know of an order that is booked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BookedState {
    /// Type and number; `None` in the two invoice modes, in which no sales order of the whole is made (`booking-rules` 3).
    pub number: Option<OrderNumber>,
    /// The document that was booked last: its side is frozen, its digests tell what changed since.
    pub document: Document,
    /// The order was cancelled in Visma.net by us.
    pub cancelled: bool,
    /// Customer number; `None` where the sales order says it.
    #[serde(default)]
    pub customer: Option<String>,
}

impl BookedState {
    /// The document's number, or the order's name in the shop where it has none.
    pub fn shown(&self) -> String {
        self.number.as_ref().map_or_else(
            || self.document.draft.head.customer_order.clone(),
            OrderNumber::to_string,
        )
    }
}

/// What the order alone decides.
#[derive(Debug, Clone, PartialEq)]
pub enum FirstLook {
    /// Nothing has to be looked up.
    Decided(Decision),
    /// The customer and the order have to be looked up in Visma.net, then [`plan`] decides.
    New(Box<Document>),
    /// The booked document has to be read, then [`plan_change`] decides.
    Changed(Box<Change>),
}

/// How a booked order differs from what the shop has now.
#[derive(Debug, Clone, PartialEq)]
pub enum Change {
    /// It was cancelled, or nothing of it is left.
    Cancel,
    /// It is to become this document.
    Edit(Box<Document>),
    /// The same, and where the document may not be changed any more, what came and what went is followed by the order's parts:
    /// supplements, credit notes, fewer units (`booking-rules` 3 and 8).
    Grown(Box<Document>),
    /// It is to become something that no rule covers, or that lacks what comes by itself.
    Unbookable(Problem),
}

/// Looks at an order alone. `booked` is what we know of it if it is linked.
pub fn first_look(
    order: &Order,
    ground: Ground<'_>,
    booked: Option<&BookedState>,
    now: DateTime<Utc>,
) -> FirstLook {
    if let Some(booked) = booked {
        return look_again(order, ground, booked);
    }
    match due::not_now(order, ground.shop, ground.settings, now) {
        Some(NotNow::Skipped(problem)) => return FirstLook::Decided(Decision::Skipped(problem)),
        Some(NotNow::Waiting(problem, at)) => {
            return FirstLook::Decided(Decision::Waiting(problem, at));
        }
        None => {}
    }
    // What cannot be told here is told, with its reason, when the document is made.
    if document::is_empty(order, document::side(order, ground.settings)).unwrap_or(false) {
        return FirstLook::Decided(Decision::Skipped(
            Problem::new(Code::SkippedRemoved).with("order", &order.name),
        ));
    }
    match document::document(order, ground, None) {
        Ok(document) => FirstLook::New(Box::new(document)),
        Err(problem) => FirstLook::Decided(stopped(problem)),
    }
}

/// What is to be made of an order that no document can be made of now: it waits for what comes by itself, else a person has to look.
fn stopped(problem: Problem) -> Decision {
    if problem.code.class() == Class::Waiting {
        Decision::Waiting(problem, None)
    } else {
        Decision::Held(problem)
    }
}

fn look_again(order: &Order, ground: Ground<'_>, booked: &BookedState) -> FirstLook {
    // There is no sales order of the whole: whatever changes is its parts' matter.
    if booked.number.is_none() {
        return FirstLook::Decided(Decision::UpToDate);
    }
    let empty = || document::is_empty(order, booked.document.side).unwrap_or(false);
    if order.cancelled_at.is_some() || empty() {
        return if booked.cancelled {
            FirstLook::Decided(Decision::UpToDate)
        } else {
            FirstLook::Changed(Box::new(Change::Cancel))
        };
    }
    if digest::economic(order, booked.document.side) == booked.document.economic
        && digest::addresses(order) == booked.document.addresses
    {
        return FirstLook::Decided(Decision::UpToDate);
    }
    let wanted = document::document(order, ground, Some(booked.document.side));
    FirstLook::Changed(Box::new(
        match wanted.map(|document| over(document, &booked.document)) {
            Ok(document) if followed_by_parts(order, &document, booked, ground) => {
                Change::Grown(Box::new(document))
            }
            Ok(document) => Change::Edit(Box::new(document)),
            Err(problem) => Change::Unbookable(problem),
        },
    ))
}

/// What the settings do not say any more stays in a document that is there.
fn over(mut document: Document, written: &Document) -> Document {
    document.draft = document.draft.over(&written.draft);
    document
}

/// Is every difference one that the order's parts follow: lines of an exchange, lines added by an edit where the merchant lets
/// corrections be made, units that were refunded. A price that moved on a line that stays is not.
fn followed_by_parts(
    order: &Order,
    document: &Document,
    booked: &BookedState,
    ground: Ground<'_>,
) -> bool {
    let old = &booked.document.draft;
    let new = &document.draft;
    if old.currency != new.currency || old.head.vat_zone != new.head.vat_zone {
        return false;
    }
    let may_come = |link: &str| {
        ground.settings.invoices.correct_edits
            || link == "rounding"
            || link
                .strip_prefix("line/")
                .is_some_and(|id| order.exchange_lines.iter().any(|line| line == id))
    };
    new.lines.iter().all(|line| {
        match old.lines.iter().find(|known| known.link == line.link) {
            Some(known) if known.quantity == line.quantity => {
                // A cent may move between a line and the rounding.
                line.link == "rounding" || (known.net() - line.net()).abs() <= Decimal::new(1, 2)
            }
            Some(known) => known.quantity > line.quantity || may_come(&line.link),
            None => may_come(&line.link),
        }
    })
}

/// What was looked up for an order that is not linked.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct LookedUp {
    /// The customer that is linked already.
    pub linked_customer: Option<String>,
    /// Customers that match.
    pub candidates: Candidates,
    /// Documents that carry this order's id, cancelled ones left out.
    pub documents: Vec<BookedOrder>,
}

/// Plans the first booking of an order.
pub fn plan(order: &Order, ground: Ground<'_>, document: Document, found: &LookedUp) -> Decision {
    match found.documents.as_slice() {
        [] => {}
        [one] => return adopt(document, one),
        several => {
            let numbers: Vec<_> = several
                .iter()
                .map(|document| document.number.to_string())
                .collect();
            let problem = Problem::new(Code::DocumentDoubled)
                .with("count", several.len())
                .with("order", &order.name)
                .with("numbers", numbers.join(", "));
            return Decision::Held(problem);
        }
    }
    let place = match place::destination(order) {
        Ok(place) => place,
        Err(problem) => return Decision::Held(problem),
    };
    let wanted = customer::Wanted {
        place: Some(place.key()),
        currency: &document.draft.currency,
        vat_zone: Some(&document.draft.head.vat_zone),
    };
    let choice = customer::choose(
        &Buyer::of_order(order, &document.identity),
        &wanted,
        found.linked_customer.as_deref(),
        &found.candidates,
        ground.settings,
    );
    let draft = Box::new(document.draft.clone());
    let (link_customer, steps) = match choice {
        Err(problem) => return Decision::Held(problem),
        Ok(CustomerChoice::Known { number }) => (
            None,
            vec![Step::CreateOrder {
                draft,
                customer: Some(number),
            }],
        ),
        Ok(CustomerChoice::Link { key, number, by }) => (
            Some((key, number.clone(), by)),
            vec![Step::CreateOrder {
                draft,
                customer: Some(number),
            }],
        ),
        Ok(CustomerChoice::Create {
            key,
            draft: customer,
        }) => (
            None,
            vec![
                Step::CreateCustomer {
                    key,
                    draft: customer,
                },
                Step::CreateOrder {
                    draft,
                    customer: None,
                },
            ],
        ),
    };
    let (customer, steps) = if ground.settings.booking_mode == BookingMode::SalesOrder {
        (None, steps)
    } else {
        without_order(steps)
    };
    Decision::Do(Box::new(Plan {
        document: Some(document),
        link_customer,
        adopt: None,
        customer,
        steps,
    }))
}

/// In the invoice modes there is only a customer to be made or known (`booking-rules` 3).
fn without_order(steps: Vec<Step>) -> (Option<String>, Vec<Step>) {
    let mut known = None;
    let steps = steps
        .into_iter()
        .filter(|step| match step {
            Step::CreateOrder { customer, .. } => {
                known.clone_from(customer);
                false
            }
            _ => true,
        })
        .collect();
    (known, steps)
}

/// A document with our id is there already: it is linked, and brought to what the order says if it may still be changed.
fn adopt(document: Document, there: &BookedOrder) -> Decision {
    let number = Some(there.number.clone());
    let steps = match change::steps(None, &document.draft, there) {
        Ok(steps) => steps,
        Err(problem) => return Decision::Held(problem),
    };
    if !steps.is_empty() && !is_changeable(there) {
        return Decision::Held(Problem::new(Code::DocumentChanged).with("document", &there.number));
    }
    Decision::Do(Box::new(Plan {
        document: Some(document),
        link_customer: None,
        adopt: number,
        customer: None,
        steps,
    }))
}

/// Plans the change of a booked order. `there` is the document as it was just read.
pub fn plan_change(
    order: &Order,
    change: Change,
    booked: &BookedState,
    there: Option<&BookedOrder>,
) -> Decision {
    plan_change_beside(order, change, booked, Ours::Whole, there)
}

/// The same, where more of ours may stand in the document than what was written last as a whole.
pub fn plan_change_beside(
    order: &Order,
    change: Change,
    booked: &BookedState,
    ours: Ours<'_>,
    there: Option<&BookedOrder>,
) -> Decision {
    let Some(there) = there else {
        return Decision::Held(Problem::new(Code::DocumentGone).with("document", booked.shown()));
    };
    match change {
        Change::Cancel if there.status == OrderStatus::Cancelled => Decision::Do(Box::new(Plan {
            document: None,
            link_customer: None,
            adopt: None,
            customer: None,
            steps: Vec::new(),
        })),
        Change::Cancel if is_changeable(there) => Decision::Do(Box::new(Plan {
            document: None,
            link_customer: None,
            adopt: None,
            customer: None,
            steps: vec![Step::Cancel {}],
        })),
        // Sent or invoiced: only refunds act, and they are parts of their own (booking-rules 3).
        Change::Cancel => Decision::UpToDate,
        Change::Unbookable(problem) => stopped(problem),
        Change::Edit(_) | Change::Grown(_) if there.status == OrderStatus::Cancelled => {
            Decision::Held(Problem::new(Code::DocumentChanged).with("document", &there.number))
        }
        Change::Edit(document) | Change::Grown(document) if is_changeable(there) => {
            match change::steps_beside(Some(&booked.document.draft), ours, &document.draft, there) {
                Ok(steps) => Decision::Do(Box::new(Plan {
                    document: Some(*document),
                    link_customer: None,
                    adopt: None,
                    customer: None,
                    steps,
                })),
                Err(problem) => Decision::Held(problem),
            }
        }
        // Only the addresses changed: a document that was sent or invoiced keeps its own.
        Change::Edit(document) if document.economic == booked.document.economic => {
            Decision::UpToDate
        }
        Change::Grown(_) => Decision::UpToDate,
        Change::Edit(_) => {
            Decision::Held(Problem::new(Code::EditedAfterInvoice).with("order", &order.name))
        }
    }
}
