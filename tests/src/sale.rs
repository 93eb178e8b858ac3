//! An order as the shop tells it, from the sale to the last refund. What happens to it is in [`crate::events`]; here it is
//! added up as Shopify does (`facts/shopify` 7); [`crate::told`] writes it down. The arithmetic is its own.

use std::str::FromStr as _;
use std::sync::Arc;

use brygga_core::clock::JumpClock;
use brygga_core::{Clock as _, Decimal};
use chrono::{DateTime, SecondsFormat, Utc};
use rust_decimal::RoundingStrategy;
use serde_json::{Value, json};

use crate::Bench;

/// An amount written down.
pub fn d(text: &str) -> Decimal {
    Decimal::from_str(text).expect("a number")
}

fn cents(amount: Decimal) -> Decimal {
    amount.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero)
}

/// What `units` of `of` are worth, when `before` units have had theirs already: all parts add up to the whole.
fn share(whole: Decimal, before: u32, units: u32, of: u32) -> Decimal {
    let upto = |count: u32| cents(whole * Decimal::from(count) / Decimal::from(of.max(1)));
    upto(before + units) - upto(before)
}

/// The shop's amount and the customer's.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Bag {
    pub(crate) shop: Decimal,
    pub(crate) seen: Decimal,
}

impl Bag {
    pub(crate) fn at(seen: Decimal, rate: Decimal) -> Self {
        Self {
            shop: cents(seen * rate),
            seen,
        }
    }

    fn map(self, of: impl Fn(Decimal) -> Decimal) -> Self {
        Self {
            shop: of(self.shop),
            seen: of(self.seen),
        }
    }

    /// The VAT that is in it.
    pub(crate) fn vat(self, percent: u32) -> Self {
        let rate = Decimal::from(percent);
        self.map(|gross| cents(gross * rate / (Decimal::ONE_HUNDRED + rate)))
    }
}

impl std::ops::Add for Bag {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self {
            shop: self.shop + other.shop,
            seen: self.seen + other.seen,
        }
    }
}

impl std::ops::Sub for Bag {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self {
            shop: self.shop - other.shop,
            seen: self.seen - other.seen,
        }
    }
}

impl std::iter::Sum for Bag {
    fn sum<I: Iterator<Item = Self>>(bags: I) -> Self {
        bags.fold(Self::default(), |a, b| a + b)
    }
}

/// Units of one thing, at one price with VAT in it.
#[derive(Debug, Clone)]
pub(crate) struct Line {
    pub(crate) id: u64,
    pub(crate) units: u32,
    pub(crate) price: Decimal,
    pub(crate) vat: u32,
    /// Off the whole line.
    pub(crate) discount: Decimal,
    /// Untaxed.
    pub(crate) duty: Decimal,
    pub(crate) gift_card: bool,
}

/// Money that moves, or tries to.
#[derive(Debug, Clone)]
pub(crate) struct Money {
    pub(crate) id: u64,
    pub(crate) kind: &'static str,
    pub(crate) status: &'static str,
    pub(crate) gateway: String,
    pub(crate) amount: Decimal,
    /// Kroner for one unit of its currency, on its own day.
    pub(crate) rate: Decimal,
    pub(crate) at: DateTime<Utc>,
    pub(crate) parent: Option<u64>,
}

/// Units of a line that a refund takes: line, units, `restockType`.
pub(crate) type Units = (usize, u32, &'static str);

/// A refund, as it stands on the order.
#[derive(Debug, Clone, Default)]
pub(crate) struct Refund {
    pub(crate) id: u64,
    pub(crate) at: DateTime<Utc>,
    pub(crate) units: Vec<Units>,
    /// With its VAT.
    pub(crate) shipping: Decimal,
    pub(crate) duties: Decimal,
    pub(crate) adjustments: Vec<Decimal>,
    pub(crate) money: Vec<u64>,
}

/// Goods that left: id, when, and units by line.
#[derive(Debug, Clone)]
pub(crate) struct Parcel {
    pub(crate) id: u64,
    pub(crate) at: DateTime<Utc>,
    pub(crate) units: Vec<(usize, u32)>,
}

/// An order being told.
#[derive(Debug, Clone)]
pub struct Sale {
    /// Numeric id.
    pub id: u64,
    pub(crate) clock: Arc<JumpClock>,
    pub(crate) template: Value,
    pub(crate) placed: DateTime<Utc>,
    pub(crate) currency: String,
    /// Kroner for one unit of the customer's currency when the order was placed, and now.
    pub(crate) placed_rate: Decimal,
    pub(crate) rate: Decimal,
    pub(crate) lines: Vec<Line>,
    pub(crate) shipping: Decimal,
    pub(crate) money: Vec<Money>,
    pub(crate) refunds: Vec<Refund>,
    pub(crate) parcels: Vec<Parcel>,
    /// Lines that came in exchange for others.
    pub(crate) exchanged: Vec<usize>,
    pub(crate) cancelled: Option<DateTime<Utc>>,
    pub(crate) archived: Option<DateTime<Utc>>,
    pub(crate) edited: bool,
    next: u64,
}

pub(crate) fn stamp(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}

impl Sale {
    /// Two mugs for 100 kroner each, a lamp for 250 and shipping for 50: 500 kroner, of which 100 are VAT. Placed now.
    pub fn new(bench: &Bench, id: u64) -> Self {
        let mut sale = Self::of_nothing(bench, id);
        sale.line(2, "100");
        sale.line(1, "250");
        sale.shipping = d("50");
        sale
    }

    /// An order without anything on it yet.
    pub fn of_nothing(bench: &Bench, id: u64) -> Self {
        let placed = bench.clock.now();
        Self {
            id,
            clock: Arc::clone(&bench.clock),
            template: bench.plain(id, placed),
            placed,
            currency: "NOK".into(),
            placed_rate: Decimal::ONE,
            rate: Decimal::ONE,
            lines: Vec::new(),
            shipping: Decimal::ZERO,
            money: Vec::new(),
            refunds: Vec::new(),
            parcels: Vec::new(),
            exchanged: Vec::new(),
            cancelled: None,
            archived: None,
            edited: false,
            next: id * 1000,
        }
    }

    /// Bought in another currency, by somebody of their own: so many kroner for one unit on that day.
    #[must_use]
    pub fn seen_in(mut self, currency: &str, rate: &str) -> Self {
        currency.clone_into(&mut self.currency);
        self.placed_rate = d(rate);
        self.rate = self.placed_rate;
        let email = format!("kjoper.{}@example.no", self.id);
        self.bought_by(&email)
    }

    /// Bought by somebody new.
    #[must_use]
    pub fn bought_by(mut self, email: &str) -> Self {
        let id = self.id + 5_000_000;
        self.template["email"] = json!(email);
        self.template["customer"]["id"] = json!(format!("gid://shopify/Customer/{id}"));
        self.template["customer"]["legacyResourceId"] = json!(id.to_string());
        self.template["customer"]["defaultEmailAddress"] = json!({ "emailAddress": email });
        self
    }

    /// By the customer of another order.
    pub fn bought_again(mut self, before: &Self) -> Self {
        for field in ["email", "customer"] {
            self.template[field] = before.template[field].clone();
        }
        self
    }

    /// Any field of the order, set to a value of its own.
    pub fn field(&mut self, name: &str, value: Value) {
        self.template[name] = value;
    }

    /// The shop's rate from now on: what moves later is worth another number of kroner.
    pub fn rate_is(&mut self, rate: &str) {
        self.rate = d(rate);
    }

    /// A line of units at a price with 25 % VAT in it; its place.
    pub fn line(&mut self, units: u32, price: &str) -> usize {
        self.line_at(units, price, 25)
    }

    /// The same with another rate.
    pub fn line_at(&mut self, units: u32, price: &str, vat: u32) -> usize {
        let id = self.take();
        self.lines.push(Line {
            id,
            units,
            price: d(price),
            vat,
            discount: Decimal::ZERO,
            duty: Decimal::ZERO,
            gift_card: false,
        });
        self.lines.len() - 1
    }

    /// A gift card on the order: no VAT, nothing to send.
    pub fn gift_card(&mut self, price: &str) -> usize {
        let place = self.line_at(1, price, 0);
        self.lines[place].gift_card = true;
        place
    }

    /// So much off a line.
    pub fn discount(&mut self, place: usize, amount: &str) {
        self.lines[place].discount = d(amount);
    }

    /// What shipping costs.
    pub fn ship_for(&mut self, price: &str) {
        self.shipping = d(price);
    }

    /// A duty on a line.
    pub fn duty(&mut self, place: usize, amount: &str) {
        self.lines[place].duty = d(amount);
    }

    pub(crate) fn take(&mut self) -> u64 {
        self.next += 1;
        self.next
    }

    pub(crate) fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    /// Before discounts.
    pub(crate) fn original(&self, line: &Line) -> Bag {
        Bag::at(line.price * Decimal::from(line.units), self.placed_rate)
    }

    pub(crate) fn gross(&self, line: &Line) -> Bag {
        self.original(line) - Bag::at(line.discount, self.placed_rate)
    }

    /// Units of a line that refunds and edits have taken before the `until`-th refund.
    pub(crate) fn taken(&self, place: usize, until: usize) -> u32 {
        let refunds = self.refunds.iter().take(until);
        refunds
            .flat_map(|refund| &refund.units)
            .filter(|(line, ..)| *line == place)
            .map(|(_, units, _)| units)
            .sum()
    }

    /// What units of a line in the `at`-th refund are worth: with VAT, and the VAT in it.
    pub(crate) fn part(&self, at: usize, (place, units, _): Units) -> (Bag, Bag) {
        let line = &self.lines[place];
        let before = self.taken(place, at);
        let of = |bag: Bag| bag.map(|whole| share(whole, before, units, line.units));
        let gross = self.gross(line);
        (of(gross), of(gross.vat(line.vat)))
    }

    pub(crate) fn shipping_back(&self, refund: &Refund) -> (Bag, Bag) {
        let gross = Bag::at(refund.shipping, self.placed_rate);
        (gross, gross.vat(25))
    }

    /// What the parts of the `at`-th refund come to, with VAT, in the customer's currency.
    pub(crate) fn worth(&self, at: usize) -> Decimal {
        let refund = &self.refunds[at];
        let goods: Bag = refund.units.iter().map(|one| self.part(at, *one).0).sum();
        goods.seen + refund.shipping + refund.duties
    }

    /// Total and VAT as ordered, and as they are now.
    pub(crate) fn totals(&self) -> (Bag, Bag, Bag, Bag) {
        let shipping = Bag::at(self.shipping, self.placed_rate);
        let duty = |amount| Bag::at(amount, self.placed_rate);
        let goods: Bag = self
            .lines
            .iter()
            .map(|line| self.gross(line) + duty(line.duty))
            .sum();
        let vat: Bag = self
            .lines
            .iter()
            .map(|line| self.gross(line).vat(line.vat))
            .sum();
        let (total, tax) = (goods + shipping, vat + shipping.vat(25));
        let (mut gone, mut tax_gone) = (Bag::default(), Bag::default());
        for (at, refund) in self.refunds.iter().enumerate() {
            for units in &refund.units {
                let (worth, vat) = self.part(at, *units);
                (gone, tax_gone) = (gone + worth, tax_gone + vat);
            }
            let (worth, vat) = self.shipping_back(refund);
            (gone, tax_gone) = (gone + worth + duty(refund.duties), tax_gone + vat);
        }
        (total, tax, total - gone, tax - tax_gone)
    }

    /// What the order comes to now, with VAT, in the customer's currency.
    pub fn comes_to(&self) -> Decimal {
        self.totals().2.seen
    }

    fn moved(&self, kinds: &[&str]) -> Decimal {
        let moved = |one: &&Money| one.status == "SUCCESS" && kinds.contains(&one.kind);
        self.money.iter().filter(moved).map(|one| one.amount).sum()
    }

    /// Money in and money back, in the customer's currency.
    pub(crate) fn received(&self) -> (Decimal, Decimal) {
        (self.moved(&["SALE", "CAPTURE"]), self.moved(&["REFUND"]))
    }

    pub(crate) fn sent_units(&self, place: usize) -> u32 {
        let parcels = self.parcels.iter().flat_map(|parcel| &parcel.units);
        parcels
            .filter(|(line, _)| *line == place)
            .map(|(_, units)| units)
            .sum()
    }

    fn cancelled_units(&self, place: usize) -> u32 {
        let refunds = self.refunds.iter().flat_map(|refund| &refund.units);
        refunds
            .filter(|(line, _, restock)| *line == place && *restock == "CANCEL")
            .map(|(_, units, _)| units)
            .sum()
    }

    /// Units of a line that nobody has sent or taken out.
    pub fn waiting(&self, place: usize) -> u32 {
        self.lines[place]
            .units
            .saturating_sub(self.sent_units(place) + self.cancelled_units(place))
    }

    /// `displayFinancialStatus`, as far as money tells it (`facts/shopify` 7.12).
    pub(crate) fn financial_status(&self) -> &'static str {
        let (received, refunded) = self.received();
        let pending = self.money.iter().any(|one| one.kind == "AUTHORIZATION");
        if refunded > Decimal::ZERO {
            return if refunded >= received {
                "REFUNDED"
            } else {
                "PARTIALLY_REFUNDED"
            };
        }
        if received >= self.comes_to() {
            "PAID"
        } else if received > Decimal::ZERO {
            "PARTIALLY_PAID"
        } else if self.cancelled.is_some() {
            "VOIDED"
        } else if pending {
            "AUTHORIZED"
        } else {
            "PENDING"
        }
    }

    pub(crate) fn fulfillment_status(&self) -> &'static str {
        if self.parcels.is_empty() {
            "UNFULFILLED"
        } else if (0..self.lines.len()).all(|place| self.waiting(place) == 0) {
            "FULFILLED"
        } else {
            "PARTIALLY_FULFILLED"
        }
    }
}
