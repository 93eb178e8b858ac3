//! What the link of a booked order remembers.

use chrono::{DateTime, Utc};

use brygga_core::booking::{BookedState, Document};
use brygga_core::erp::{CustomerDraft, DeliveryDraft, OrderNumber};
use brygga_core::{Code, Problem};
use brygga_store::{Link, RecordRef, Store};

/// Kind of the links of orders.
pub const ORDER: &str = "order";
/// Kind of the links of customers.
pub const CUSTOMER: &str = "customer";
/// Kind of the marks of VAT ids whose rounding a read-back has confirmed.
pub const VAT_CONFIRMED: &str = "vat-confirmed";

/// The number as the link keeps it: `SO/000223`.
pub fn erp_id(number: &OrderNumber) -> String {
    format!("{}/{}", number.order_type, number.number)
}

/// The number that a link keeps.
pub fn number(erp_id: &str) -> Option<OrderNumber> {
    let (order_type, number) = erp_id.split_once('/')?;
    Some(OrderNumber {
        order_type: order_type.to_owned(),
        number: number.to_owned(),
    })
}

/// What is remembered of a document that was just made or changed.
pub fn state(number: &OrderNumber, document: &Document) -> BookedState {
    BookedState {
        number: Some(number.clone()),
        document: document.clone(),
        cancelled: false,
        customer: None,
    }
}

/// What is remembered of a document without its buyer. The digest of the addresses stays: a change in the shop is still seen.
pub(crate) fn without_person(mut state: BookedState) -> BookedState {
    state.document.draft.head.delivery = DeliveryDraft::default();
    state.document.draft.head.billing = DeliveryDraft::default();
    state.document.identity.email = None;
    state
}

/// The number of a booked order's sales order.
pub(crate) fn order_number(state: &BookedState) -> Result<&OrderNumber, Problem> {
    state
        .number
        .as_ref()
        .ok_or_else(|| internal("a step on a sales order that is not there"))
}

/// The link of an order. Of one whose customer was erased it keeps nothing of the person.
pub fn link(
    store: &Store,
    order: &str,
    state: &BookedState,
    now: DateTime<Utc>,
) -> Result<Link, Problem> {
    let erased = store.is_erased(&RecordRef::order(order))?;
    let detail = if erased {
        serde_json::to_value(without_person(state.clone()))
    } else {
        serde_json::to_value(state)
    };
    let detail = detail.map_err(internal)?;
    Ok(Link {
        kind: ORDER.into(),
        shop_id: order.to_owned(),
        erp_id: state.number.as_ref().map(erp_id).unwrap_or_default(),
        detail,
        made_at: now,
    })
}

/// What is remembered of an order, if it is linked.
pub fn recall(store: &Store, order: &str) -> Result<Option<BookedState>, Problem> {
    match store.link(ORDER, order)? {
        Some(link) => serde_json::from_value(link.detail)
            .map(Some)
            .map_err(internal),
        None => Ok(None),
    }
}

/// What the link of a customer remembers that we made: the digest of what it was made from, by which a plan that was shown before
/// it was there is known again.
pub(crate) fn made_from(draft: &CustomerDraft) -> serde_json::Value {
    serde_json::json!({ "by": "created", "draft": brygga_core::digest::of(draft) })
}

/// A fault of our own.
pub(crate) fn internal(error: impl std::fmt::Display) -> Problem {
    Problem::new(Code::Internal).with("detail", error)
}
