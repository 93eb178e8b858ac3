//! From an order to the sales order it becomes: dates, currency, VAT rows, items, the gate, the lines (`booking-rules` 3).

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::address::delivery;
use super::basis::{Basis, Component, basis};
use super::customer::Identity;
use super::due::booking_date;
use super::gate::{self, Explained, Limits, Priced};
use super::item::{Chosen, item_for};
pub(super) use super::vat::Table;
use crate::code::{Code, Problem};
use crate::digest;
use crate::erp::{Catalogue, HeadDraft, LineDraft, SalesOrderDraft};
use crate::settings::{ClosedPeriod, DocumentCurrency, Settings};
use crate::shop::{Order, ShopInfo, Side};

/// Why a line is as it is: shown in the preview and in the record's story.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LineWhy {
    /// `externalLink` of the line.
    pub link: String,
    /// The rule that made it, such as `product-by-sku`.
    pub rule: String,
    /// VAT rate in per cent.
    #[serde(with = "rust_decimal::serde::str")]
    pub vat_percent: Decimal,
}

/// A sales order to be, with all that is known of it before anything is sent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Document {
    /// The document.
    pub draft: SalesOrderDraft,
    /// Why each line is as it is.
    pub why: Vec<LineWhy>,
    /// The side of Shopify's amounts that it is made from; frozen at first booking.
    pub side: Side,
    /// Shopify's total, VAT included.
    #[serde(with = "rust_decimal::serde::str")]
    pub total: Decimal,
    /// VAT that Visma.net will compute, per rate in per cent.
    pub vat: BTreeMap<String, String>,
    /// What differs from Shopify, by name.
    pub explained: Vec<Explained>,
    /// VAT ids on it.
    pub vat_ids: BTreeSet<String>,
    /// Would the other way of computing VAT give other figures.
    pub depends_on_mode: bool,
    /// Who buys.
    pub identity: Identity,
    /// ISO country or special territory.
    pub destination: String,
    /// Digest of the economic content.
    pub economic: String,
    /// Digest of the addresses.
    pub addresses: String,
}

/// Which item each product was linked with: numeric variant id to item number.
pub type LinkedItems = BTreeMap<String, String>;

/// What documents are made with.
#[derive(Debug, Clone, Copy)]
pub struct Ground<'a> {
    /// The shop.
    pub shop: &'a ShopInfo,
    /// The merchant's choices.
    pub settings: &'a Settings,
    /// What Visma.net is set up with.
    pub catalogue: &'a Catalogue,
    /// The items of products.
    pub linked: &'a LinkedItems,
}

/// The side on which an order is documented, when it is not frozen yet (`booking-rules` 1).
pub fn side(order: &Order, settings: &Settings) -> Side {
    match &settings.document_currency {
        DocumentCurrency::Presentment { mapped }
            if mapped.contains(order.presentment_currency.code()) =>
        {
            Side::Presentment
        }
        DocumentCurrency::Presentment { .. } | DocumentCurrency::Shop => Side::Shop,
    }
}

/// Is nothing left of an order: no units, and no money either. Shipping that the merchant kept is still a sale.
pub fn is_empty(order: &Order, side: Side) -> Result<bool, Problem> {
    let basis = basis(order, side)?;
    Ok(basis.units == 0 && basis.total.is_zero())
}

/// Makes the document of an order, or says what stands in the way.
pub fn document(
    order: &Order,
    ground: Ground<'_>,
    frozen: Option<Side>,
) -> Result<Document, Problem> {
    let Ground {
        shop,
        settings,
        catalogue,
        linked: _,
    } = ground;
    let side = frozen.unwrap_or_else(|| side(order, settings));
    let currency = order.currency(side);
    let decimals = catalogue
        .decimals(currency.code())
        .ok_or_else(|| Problem::new(Code::CurrencyUnknown).with("currency", currency.code()))?;
    let Basis {
        components,
        total,
        tax,
        ..
    } = basis(order, side)?;
    let date = open_date(booking_date(order, shop), ground)?;

    let table = Table::of(order, ground, &components, tax, date)?;
    table.refuse_wrong_zero(order, &components)?;
    let Lined {
        zone,
        lines,
        why,
        passed,
        vat_ids,
    } = lined(order, &table, components, total, decimals, None)?;
    let identity = table.identity;
    let place = table.place;

    Ok(Document {
        draft: SalesOrderDraft {
            order_type: settings.order_type_of(order).to_owned(),
            currency: currency.code().to_owned(),
            head: head(order, settings, &order.id.0, date, zone),
            lines,
        },
        why,
        side,
        total,
        vat: passed
            .vat
            .iter()
            .map(|(rate, amount)| (rate.normalize().to_string(), amount.normalize().to_string()))
            .collect(),
        explained: passed.explained,
        vat_ids,
        depends_on_mode: passed.depends_on_mode,
        identity,
        destination: place.key().to_owned(),
        economic: digest::economic(order, side),
        addresses: digest::addresses(order),
    })
}

/// The head of a sales order of ours that carries `id`.
pub(super) fn head(
    order: &Order,
    settings: &Settings,
    id: &str,
    date: NaiveDate,
    zone: String,
) -> HeadDraft {
    let po = order
        .po_number
        .as_deref()
        .map(str::trim)
        .filter(|po| !po.is_empty())
        .map(reference);
    let billing = order.billing.as_ref().or(order.shipping_address.as_ref());
    let goods_to = order.shipping_address.as_ref().or(order.billing.as_ref());
    HeadDraft {
        customer_order: reference(&order.name),
        custom_id: po.is_some().then(|| id.to_owned()),
        customer_ref: po.unwrap_or_else(|| id.to_owned()),
        date,
        vat_zone: zone,
        description: format!("Shopify {}", order.name),
        branch: settings.branch_of(order).cloned(),
        channel: settings.head_of(order),
        delivery: delivery(order, goods_to),
        billing: delivery(order, billing),
    }
}

/// The lines of a sales order that passed the gate.
pub(super) struct Lined {
    /// VAT zone of all of them.
    pub(super) zone: String,
    /// The lines, a rounding line last where one is needed.
    pub(super) lines: Vec<LineDraft>,
    /// Why each is as it is.
    pub(super) why: Vec<LineWhy>,
    /// What the gate found.
    pub(super) passed: gate::Passed,
    /// VAT ids on them.
    pub(super) vat_ids: BTreeSet<String>,
}

/// Names another item than a component's own.
pub(super) type Instead<'a> = &'a dyn Fn(&Component) -> Option<Result<Chosen, Problem>>;

/// Makes lines that come to `total` of components, or says what stands in the way. `instead` is given for
/// a part of an order.
pub(super) fn lined(
    order: &Order,
    table: &Table<'_>,
    components: Vec<Component>,
    total: Decimal,
    decimals: u32,
    instead: Option<Instead<'_>>,
) -> Result<Lined, Problem> {
    let ground = table.ground;
    let settings = ground.settings;
    let is_part = instead.is_some();
    let mut priced = Vec::with_capacity(components.len());
    let mut zones = BTreeSet::new();
    for component in components {
        let row = table.row(&component, order)?;
        zones.insert(row.zone.clone());
        priced.push(Priced {
            vat_id: table.vat_id(row, component.rate)?,
            category: row.category.clone(),
            component,
        });
    }
    let zone = table.one_zone(zones)?;

    let passed = gate::pass(
        &priced,
        total,
        Limits {
            decimals,
            rounding: settings.rounding_limit,
            // A share of a line's VAT is no product of net and rate either: a minor unit per line at most, as of converted VAT.
            converted: is_part || order.shop_currency != order.presentment_currency,
        },
    )
    .map_err(|problem| problem.with("order", &order.name))?;
    let vat_ids: BTreeSet<_> = priced
        .iter()
        .filter_map(|line| line.vat_id.as_ref().map(|id| id.id.clone()))
        .collect();

    let mut lines = Vec::with_capacity(passed.lines.len() + 1);
    let mut why = Vec::with_capacity(lines.capacity());
    let mut waiting = None;
    for line in &passed.lines {
        let item = instead
            .and_then(|of| of(&line.component))
            .unwrap_or_else(|| {
                item_for(&line.component.part, &line.component.title, order, ground)
            });
        let item = match item {
            Ok(item) => item,
            // Nothing is made for an order that something else holds: that is told first.
            Err(problem) if problem.code == Code::WaitingForItem => {
                waiting.get_or_insert(problem);
                continue;
            }
            Err(problem) => return Err(problem),
        };
        let quantity = Decimal::from(line.component.quantity);
        let price = gate::price(line.net, quantity, decimals);
        why.push(LineWhy {
            link: line.component.link.clone(),
            rule: item.rule.into(),
            vat_percent: line.component.rate,
        });
        lines.push(LineDraft {
            link: line.component.link.clone(),
            item: item.number,
            unit: item.unit,
            description: line.component.title.clone(),
            quantity,
            unit_price: price.unit_price,
            discount: price.discount,
            vat_category: line.category.clone(),
            account: item.account,
            subaccount: settings.subaccount_of(order).cloned(),
            warehouse: if item.stock {
                settings.warehouse_of(order).cloned()
            } else {
                None
            },
            operation: None,
            invoice: None,
        });
    }
    if let Some(amount) = passed.rounding {
        let (special, category) = table.rounding(&zone)?;
        why.push(LineWhy {
            link: "rounding".into(),
            rule: "rounding".into(),
            vat_percent: Decimal::ZERO,
        });
        lines.push(LineDraft {
            link: "rounding".into(),
            item: special.item.clone(),
            unit: None,
            description: ROUNDING_TEXT.into(),
            quantity: Decimal::ONE,
            unit_price: amount,
            discount: Decimal::ZERO,
            vat_category: category,
            account: special.account.clone(),
            subaccount: settings.subaccount_of(order).cloned(),
            warehouse: None,
            operation: None,
            invoice: None,
        });
    }
    if let Some(waiting) = waiting {
        return Err(waiting);
    }
    Ok(Lined {
        zone,
        lines,
        why,
        passed,
        vat_ids,
    })
}

/// The text of a rounding line.
pub(super) const ROUNDING_TEXT: &str = "Rounding between Shopify and Visma.net";

/// A text as Visma.net's reference fields take it: at most 40 characters, as UTF-16 counts them (`facts/visma` 7). Cut
/// here, so that what is read back is what was planned.
pub(super) fn reference(text: &str) -> String {
    let mut room = 40_usize;
    let fits = |letter: &char| {
        let left = room.checked_sub(letter.len_utf16());
        room = left.unwrap_or_default();
        left.is_some()
    };
    let kept: String = text.trim().chars().take_while(fits).collect();
    kept.trim_end().to_owned()
}

/// The booking date, in a period that is open (`booking-rules` 3).
pub(super) fn open_date(date: NaiveDate, ground: Ground<'_>) -> Result<NaiveDate, Problem> {
    let periods = &ground.catalogue.periods;
    let Some(period) = ground.catalogue.period(date) else {
        return Err(Problem::new(Code::PeriodMissing).with("date", date));
    };
    if period.open {
        return Ok(date);
    }
    let next = periods
        .iter()
        .filter(|other| other.open && other.from > date)
        .map(|other| other.from)
        .min();
    match (ground.settings.closed_period, next) {
        (ClosedPeriod::FirstOpenDay, Some(first)) => Ok(first),
        (ClosedPeriod::FirstOpenDay | ClosedPeriod::Hold, _) => {
            Err(Problem::new(Code::PeriodClosed).with("period", &period.id))
        }
    }
}
