//! What would become of a record under other settings, from what was read last. Nothing is sent or kept.

use brygga_core::booking::{BookedState, Change, Decision, Document, FirstLook, document};
use brygga_core::code::Class;
use brygga_core::erp::Catalogue;
use brygga_core::settings::{Party, Settings};
use brygga_core::shop::{Order, ShopInfo};
use brygga_core::{Code, Money, Problem};
use brygga_engine::{Engine, booked};
use brygga_store::{RecordKind, RecordRef, RecordRow};

use super::edit::special;
use super::seen::counted;
use super::tables::{VAT_CAUSE, cells, vat_cells};
use crate::api::{amount, reason, record_line};
use crate::contract::{FixPreview, FixRow};

/// At most so many records are named.
const NAMED: usize = 200;

#[derive(Debug, PartialEq)]
pub(super) enum Then {
    Pass,
    Held(Problem),
    Waiting(Problem),
    Skipped(Problem),
    /// Is tried: what was read does not tell.
    Open,
}

/// What would become of these held records, with the document that each order would be.
pub(crate) fn fix_preview(
    engine: &Engine,
    shop: &ShopInfo,
    settings: &Settings,
    catalogue: &Catalogue,
    rows: &[RecordRow],
) -> Result<FixPreview, Problem> {
    let linked = engine.linked_items()?;
    let ground = document::Ground {
        shop,
        settings,
        catalogue,
        linked: &linked,
    };
    let mut found = FixPreview::default();
    for row in rows {
        let look = match row.record.kind {
            RecordKind::Order => order(engine, ground, row)?,
            RecordKind::Customer => customer(settings, row),
            _ => part(engine, settings, row).map(Look::alone),
        };
        let (count, outcome, problem) = match look.as_ref().map(|look| &look.then) {
            Some(Then::Pass) => (&mut found.pass, "pass", None),
            Some(Then::Held(problem)) => (&mut found.held, "held", Some(problem)),
            Some(Then::Waiting(problem)) => (&mut found.waiting, "waiting", Some(problem)),
            Some(Then::Skipped(problem)) => (&mut found.skipped, "skipped", Some(problem)),
            Some(Then::Open) | None => (&mut found.open, "open", None),
        };
        *count = count.saturating_add(1);
        found.looked = found.looked.saturating_add(1);
        if counted(found.rows.len()) >= counted(NAMED) {
            continue;
        }
        let mut told = FixRow {
            record: record_line(row),
            outcome: outcome.to_owned(),
            reason: problem.map(reason),
            date: None,
            total: None,
            customer: None,
        };
        if let Some((document, total)) = look.and_then(|look| look.document) {
            told.date = Some(document.draft.head.date.to_string());
            told.total = Some(amount(&total));
            told.customer = customer_of(engine, settings, &document)?;
        }
        found.rows.push(told);
    }
    Ok(found)
}

/// The number of a document's customer, where that needs no look-up.
pub(super) fn customer_of(
    engine: &Engine,
    settings: &Settings,
    document: &Document,
) -> Result<Option<String>, Problem> {
    let currency = &document.draft.currency;
    if document.identity.key == "house" {
        return Ok(settings
            .customers
            .house_customer(&document.destination, currency)
            .map(str::to_owned));
    }
    let key = document.identity.link_key(currency);
    if let Some(link) = engine.store().link(booked::CUSTOMER, &key)? {
        return Ok(Some(link.erp_id));
    }
    let chosen = &settings.customers.chosen;
    Ok(chosen
        .get(&key)
        .or_else(|| chosen.get(&document.identity.key))
        .cloned())
}

/// A held customer passes with its first order, or by its profile: once it is answered which one it is, or a class is there.
fn customer(settings: &Settings, row: &RecordRow) -> Option<Look> {
    let problem = row.problem.as_ref()?;
    let answered = settings.customers.chosen.contains_key(&row.record.id);
    match problem.code {
        Code::CustomerAmbiguous if answered => Some(Look::alone(Then::Pass)),
        Code::CustomerAmbiguous => Some(Look::alone(Then::Held(problem.clone()))),
        // Only a profile is held for it; an order's customer is held with the order.
        Code::CustomerClassUnmapped => {
            let country = problem.params.get("country").map_or("", String::as_str);
            let mapped = settings.customers.class(country, Party::Private);
            Some(Look::alone(match mapped {
                Some(_) => Then::Pass,
                None => Then::Held(problem.clone()),
            }))
        }
        Code::ProfileIncomplete | Code::ProfileWithheld => {
            Some(Look::alone(if settings.customers.takes_all() {
                Then::Held(problem.clone())
            } else {
                Then::Skipped(Code::SkippedNoOrder.into())
            }))
        }
        _ => None,
    }
}

/// What is seen of one record.
pub(super) struct Look {
    pub(super) then: Then,
    /// The document with its total, where the order alone makes one.
    pub(super) document: Option<(Box<Document>, Money)>,
}

impl Look {
    fn alone(then: Then) -> Self {
        Self {
            then,
            document: None,
        }
    }
}

/// What an order alone decides. What has to be looked up in Visma.net is taken as found.
pub(super) fn order(
    engine: &Engine,
    ground: document::Ground<'_>,
    row: &RecordRow,
) -> Result<Option<Look>, Problem> {
    let order = match read(engine, row)? {
        Some(Ok(order)) => order,
        Some(Err(problem)) => return Ok(Some(Look::alone(Then::Held(problem)))),
        None => return Ok(None),
    };
    let known = booked::recall(engine.store(), &order.id.0)?;
    look(engine, ground, row, &order, known.as_ref()).map(Some)
}

/// A booked order as if it came today. `None` for one of which nothing can be read now.
pub(super) fn as_if_new(
    engine: &Engine,
    ground: document::Ground<'_>,
    row: &RecordRow,
) -> Result<Option<Look>, Problem> {
    match read(engine, row)? {
        Some(Ok(order)) => look(engine, ground, row, &order, None).map(Some),
        Some(Err(_)) | None => Ok(None),
    }
}

/// The order as it was read last, or what is wrong with it. `None` where nothing of it is kept.
fn read(engine: &Engine, row: &RecordRow) -> Result<Option<Result<Order, Problem>>, Problem> {
    let Some(mirror) = engine.store().mirror(&row.record)? else {
        return Ok(None);
    };
    // Taken out by an erasure: it is read anew when it is decided on, and only that tells.
    if mirror.payload.is_null() {
        return Ok(None);
    }
    let order = engine.shop().read(&mirror.payload);
    Ok(Some(
        order.map_err(|problem| problem.with("order", &mirror.name)),
    ))
}

fn look(
    engine: &Engine,
    ground: document::Ground<'_>,
    row: &RecordRow,
    order: &Order,
    known: Option<&BookedState>,
) -> Result<Look, Problem> {
    // One that somebody else booked stays so under every mapping.
    let then = match engine.first_under(order, known, ground)? {
        FirstLook::Decided(Decision::Held(problem)) => Then::Held(problem),
        FirstLook::Decided(Decision::Waiting(problem, _)) => Then::Waiting(problem),
        FirstLook::Decided(Decision::Skipped(problem)) => Then::Skipped(problem),
        FirstLook::Changed(change) => match *change {
            Change::Unbookable(problem) if problem.code.class() == Class::Waiting => {
                Then::Waiting(problem)
            }
            Change::Unbookable(problem) => Then::Held(problem),
            Change::Cancel | Change::Edit(_) | Change::Grown(_) => Then::Pass,
        },
        FirstLook::New(document) => {
            let then = match after_look_up(row, ground.settings, &document) {
                Some(problem) => Then::Held(problem),
                None => Then::Pass,
            };
            let total = Money::new(document.total, order.currency(document.side));
            return Ok(Look {
                then,
                document: Some((document, total)),
            });
        }
        FirstLook::Decided(Decision::UpToDate | Decision::Do(_)) => Then::Pass,
    };
    Ok(Look::alone(then))
}

/// What only Visma.net tells about an order, the mapping does not change: a customer that matches twice stays held until it is
/// answered which one it is. A class and a house customer it does.
fn after_look_up(row: &RecordRow, settings: &Settings, document: &Document) -> Option<Problem> {
    let problem = row.problem.as_ref()?;
    let param = |name: &str| problem.params.get(name).map_or("", String::as_str);
    let mended = match problem.code {
        Code::CustomerClassUnmapped => {
            let party = if param("kind") == "company" {
                Party::Company
            } else {
                Party::Private
            };
            settings.customers.class(param("country"), party).is_some()
        }
        Code::HouseCustomerMissing => settings
            .customers
            .house_customer(param("country"), param("currency"))
            .is_some(),
        Code::CustomerAmbiguous => {
            let key = document.identity.link_key(&document.draft.currency);
            let chosen = &settings.customers.chosen;
            chosen.contains_key(&key) || chosen.contains_key(&document.identity.key)
        }
        Code::CustomerCurrency
        | Code::CustomerInactive
        | Code::DocumentDoubled
        | Code::ErpRefused => false,
        _ => true,
    };
    (!mended).then(|| problem.clone())
}

/// The order that a part belongs to, as it was read last.
fn order_of(engine: &Engine, row: &RecordRow) -> Option<Order> {
    let id = row.part_of.as_ref()?;
    let mirror = engine.store().mirror(&RecordRef::order(id)).ok()??;
    engine.shop().read(&mirror.payload).ok()
}

/// Documents of an order and payouts: the row that they wait for is there, or it is not.
pub(super) fn part(engine: &Engine, settings: &Settings, row: &RecordRow) -> Option<Then> {
    let problem = row.problem.as_ref()?;
    let param = |name: &str| problem.params.get(name).map_or("", String::as_str);
    let there = match problem.code {
        Code::GatewayUnmapped => {
            let method = Some(param("method")).filter(|method| *method != "-");
            settings
                .payments
                .row(param("gateway"), method, param("currency"))
                .is_some()
        }
        Code::VatUnmapped => {
            let key = cells(VAT_CAUSE.map(|(column, name)| (column, param(name))));
            settings.vat.iter().any(|row| vat_cells(&row.key) == key)
        }
        Code::SpecialItemUnmapped => match param("kind") {
            // As a shipment asks for it (`booking/life/shipping.rs`): the location's, then the channel's or the one for all.
            "warehouse" => {
                let mapped = &settings.invoices.warehouses;
                mapped.contains_key(param("location"))
                    || order_of(engine, row)
                        .is_some_and(|order| settings.warehouse_of(&order).is_some())
            }
            kind => special(settings, &kind.replace([' ', '-'], "_")).is_some(),
        },
        Code::PayoutAccount => settings
            .payouts
            .classes
            .keys()
            .any(|class| class.as_str() == param("class")),
        Code::PayoutType => settings.payouts.types.contains_key(param("type")),
        // The mapping has no say in anything else.
        _ => return None,
    };
    Some(if there {
        Then::Pass
    } else {
        Then::Held(problem.clone())
    })
}

/// What the change may mend although the row that it waits for cannot be told from the cause: it is tried when the change is kept.
pub(super) fn tried(before: &Settings, after: &Settings, row: &RecordRow) -> Option<Then> {
    let changed = match row.problem.as_ref()?.code {
        Code::CashAccountCurrency | Code::CashAccountUnfit => {
            before.payments.gateways != after.payments.gateways
        }
        Code::VatMappingBroken | Code::VatRateUnknown | Code::VatIdInclusive => {
            before.vat != after.vat
        }
        Code::ItemUnitUndecided => before.units != after.units,
        Code::RateMissing => before.rates != after.rates,
        Code::StockReturnLocation => before.stock.locations != after.stock.locations,
        _ => false,
    };
    changed.then_some(Then::Open)
}
