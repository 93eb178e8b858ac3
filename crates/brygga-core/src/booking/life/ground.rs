//! What all parts of one order stand on: its side and currency, what is to be booked of it, its documents in the books.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;

use super::consignment::is_thing;
use super::{Books, Linked, PartLink, PartRef, Rated};
use crate::booking::BookedState;
use crate::booking::basis::{Basis, Component, basis};
use crate::booking::document::{Ground, Table, open_date};
use crate::booking::item::item_for;
use crate::code::{Code, Problem};
use crate::erp::{
    Application, BookedOrder, DocumentKind, LedgerDocument, LedgerStatus, OrderNumber, OrderStatus,
    Subaccount,
};
use crate::money::{decimals, minor_unit};
use crate::rates::RateUsed;
use crate::settings::{BookingMode, RateSource};
use crate::shop::{Order, RestockType, Side};

/// One order, its books, and what follows from both for every part.
pub(super) struct Life<'a> {
    pub(super) order: &'a Order,
    pub(super) ground: Ground<'a>,
    pub(super) booked: &'a BookedState,
    pub(super) books: &'a Books,
    pub(super) side: Side,
    /// ISO currency of all documents.
    pub(super) currency: &'static str,
    pub(super) decimals: u32,
    /// What is to be booked: without what never left.
    pub(super) components: Vec<Component>,
    /// The same as the order's own document has it.
    pub(super) raw: Vec<Component>,
    /// What the components come to, with VAT.
    pub(super) total: Decimal,
    /// Customer number.
    pub(super) customer: String,
    /// The sales order of the whole.
    pub(super) base: Option<&'a BookedOrder>,
    /// Which components go on shipments.
    goods: BTreeMap<String, bool>,
}

impl<'a> Life<'a> {
    /// Subaccount of the lines of the order's own documents.
    pub(super) fn subaccount(&self) -> Option<Subaccount> {
        self.ground.settings.subaccount_of(self.order).cloned()
    }

    pub(super) fn of(
        order: &'a Order,
        ground: Ground<'a>,
        booked: &'a BookedState,
        books: &'a Books,
    ) -> Result<Self, Problem> {
        let side = booked.document.side;
        let currency = order.currency(side).code();
        let decimals = ground
            .catalogue
            .decimals(currency)
            .ok_or_else(|| Problem::new(Code::CurrencyUnknown).with("currency", currency))?;
        Self::on(order, ground, booked, books, (side, decimals))
    }

    /// The same in the currency that the customer saw, where the documents are in the shop's own: only what is due, and for
    /// what, is asked of it.
    pub(super) fn as_seen(&self) -> Option<Self> {
        let own = self.order.shop_currency == self.order.presentment_currency;
        if own || self.side == Side::Presentment {
            return None;
        }
        let decimals = decimals(self.order.presentment_currency);
        let side = (Side::Presentment, decimals);
        Self::on(self.order, self.ground, self.booked, self.books, side).ok()
    }

    fn on(
        order: &'a Order,
        ground: Ground<'a>,
        booked: &'a BookedState,
        books: &'a Books,
        (side, decimals): (Side, u32),
    ) -> Result<Self, Problem> {
        let currency = order.currency(side).code();
        let Basis { components, .. } = basis(order, side)?;
        let base = match &booked.number {
            Some(number) => Some(
                books
                    .orders
                    .iter()
                    .find(|known| known.number == *number)
                    .ok_or_else(|| Problem::new(Code::DocumentGone).with("document", number))?,
            ),
            None => None,
        };
        let customer = booked
            .customer
            .clone()
            .or_else(|| base.map(|base| base.customer.clone()))
            .ok_or_else(|| Problem::new(Code::WaitingForOrder).with("order", &order.name))?;
        let mut life = Self {
            order,
            ground,
            booked,
            books,
            side,
            currency,
            decimals,
            raw: components.clone(),
            components,
            total: Decimal::ZERO,
            customer,
            base,
            goods: BTreeMap::new(),
        };
        life.leave_unsent_out();
        life.put_late_back();
        life.total = life.components.iter().map(|one| one.net + one.tax).sum();
        life.goods = life
            .components
            .iter()
            .map(|one| (one.link.clone(), life.goes_on_a_shipment(one)))
            .collect();
        Ok(life)
    }

    /// Is there one sales order of the whole, with shipments.
    pub(super) fn is_sales_order(&self) -> bool {
        self.booked.number.is_some()
    }

    /// Are invoices made as orders of behaviour Invoice.
    pub(super) fn is_invoice_order(&self) -> bool {
        !self.is_sales_order() && self.ground.settings.booking_mode == BookingMode::InvoiceOrder
    }

    /// A minor unit of the currency.
    pub(super) fn unit(&self) -> Decimal {
        minor_unit(self.decimals)
    }

    /// Does this go on shipments in Visma.net; in the invoice modes: does it leave with fulfilments.
    pub(super) fn is_goods(&self, component: &Component) -> bool {
        self.is_goods_link(&component.link)
    }

    pub(super) fn is_goods_link(&self, link: &str) -> bool {
        // A line of which nothing is left is in no component; its item still says what it is.
        self.goods.get(link).copied().unwrap_or_else(|| {
            self.order
                .lines
                .iter()
                .find(|line| link.strip_prefix("line/") == Some(line.id.as_str()))
                .is_some_and(|line| line.requires_shipping)
        })
    }

    fn goes_on_a_shipment(&self, component: &Component) -> bool {
        if !is_thing(&component.part) {
            return false;
        }
        if self.is_sales_order()
            && let Ok(item) = item_for(&component.part, &component.title, self.order, self.ground)
        {
            return item.stock;
        }
        self.order
            .lines
            .iter()
            .find(|line| component.link.strip_prefix("line/") == Some(line.id.as_str()))
            .is_some_and(|line| line.requires_shipping)
    }

    /// Units refunded without coming back, although they were never sent, leave the order with their money.
    fn leave_unsent_out(&mut self) {
        for line in &self.order.lines {
            let link = format!("line/{}", line.id);
            let mut sent = self.units_sent(&line.id);
            let (mut units, mut net, mut tax) = (0, Decimal::ZERO, Decimal::ZERO);
            for row in self.order.refunds.iter().flat_map(|refund| &refund.lines) {
                if row.line_id != line.id || row.restock == RestockType::Cancel {
                    continue;
                }
                let of_sent = row.quantity.min(sent);
                sent -= of_sent;
                let gone = row.quantity - of_sent;
                let (row_net, row_tax) = self.refund_money(row.subtotal, row.tax);
                let of = |amount| super::money::part_of(amount, gone, row.quantity, self.decimals);
                units += gone;
                net += of(row_net);
                tax += of(row_tax);
            }
            if units > 0
                && !self.is_service(line)
                && let Some(component) = self.components.iter_mut().find(|one| one.link == link)
            {
                component.quantity = component.quantity.saturating_sub(units);
                component.net -= net;
                component.tax -= tax;
            }
        }
        self.components
            .retain(|one| one.quantity > 0 || !one.net.is_zero() || !one.tax.is_zero());
    }

    /// Units of a line in all fulfilments.
    pub(super) fn units_sent(&self, line: &str) -> u32 {
        self.order
            .fulfilments
            .iter()
            .flat_map(|fulfilment| &fulfilment.lines)
            .filter(|row| row.line_id == line)
            .map(|row| row.quantity)
            .sum()
    }

    /// Net and VAT of refunded money.
    pub(super) fn refund_money(
        &self,
        subtotal: crate::shop::MoneyBag,
        tax: crate::shop::MoneyBag,
    ) -> (Decimal, Decimal) {
        let (subtotal, tax) = (subtotal.on(self.side).amount, tax.on(self.side).amount);
        if self.order.taxes_included {
            (subtotal - tax, tax)
        } else {
            (subtotal, tax)
        }
    }

    /// Sales orders that hold goods of the order: the one of the whole, then the supplements.
    pub(super) fn goods_orders(&self) -> Vec<&'a BookedOrder> {
        let Some(base) = self.base else {
            return Vec::new();
        };
        let mut orders = Vec::new();
        if base.status != OrderStatus::Cancelled {
            orders.push(base);
        }
        let mut number = 1;
        while let Some(order) = self.part_order(&format!("x{number}")) {
            if order.status != OrderStatus::Cancelled {
                orders.push(order);
            }
            number += 1;
        }
        orders
    }

    /// The part `order/ID`, where the invoice modes have booked it before anything was sent: it stays what it is.
    pub(super) fn whole_booked(&self) -> Option<PartRef> {
        if self.is_sales_order() {
            return None;
        }
        let whole = super::whole(self.order);
        let external = super::external(&whole);
        let direct = self.books.ledger.iter().any(|document| {
            document.kind == DocumentKind::Invoice
                && document.external.as_deref() == Some(external.as_str())
                && document.status != LedgerStatus::Voided
        });
        let by_order = self
            .part_order(super::direct::WHOLE)
            .is_some_and(|order| order.status != OrderStatus::Cancelled);
        (direct || by_order).then_some(whole)
    }

    /// The reference of a part's own sales order.
    pub(super) fn part_reference(&self, part: &str) -> String {
        format!("{}-{part}", self.order.id)
    }

    /// A part's own sales order.
    pub(super) fn part_order(&self, part: &str) -> Option<&'a BookedOrder> {
        let reference = self.part_reference(part);
        let mut found: Vec<_> = self
            .books
            .orders
            .iter()
            .filter(|order| order.is_of(&reference))
            .collect();
        // A cancelled one counts only where there is no other.
        found.sort_by_key(|order| order.status == OrderStatus::Cancelled);
        found.first().copied()
    }

    pub(super) fn sales_order(&self, number: &OrderNumber) -> Option<&'a BookedOrder> {
        self.books
            .orders
            .iter()
            .find(|order| order.number == *number)
    }

    /// The link of a line of a sales order.
    pub(super) fn link_of(&self, order: &OrderNumber, line: Option<i32>) -> Option<&'a str> {
        let line = i64::from(line?);
        self.sales_order(order)?
            .lines
            .iter()
            .find(|row| row.line_id == line)?
            .link
            .as_deref()
    }

    pub(super) fn document(&self, kind: &DocumentKind, number: &str) -> Option<&'a LedgerDocument> {
        self.books
            .ledger
            .iter()
            .find(|document| document.kind == *kind && document.number == number)
    }

    /// Direct documents with this reference that stand.
    pub(super) fn direct(
        &self,
        kind: &DocumentKind,
        external: &str,
    ) -> Result<Option<&'a LedgerDocument>, Problem> {
        let found: Vec<_> = self
            .books
            .ledger
            .iter()
            .filter(|document| {
                document.kind == *kind
                    && document.external.as_deref() == Some(external)
                    && document.status != LedgerStatus::Voided
            })
            .collect();
        match found.as_slice() {
            [] => Ok(None),
            [one] => Ok(Some(one)),
            several => Err(self.doubled(several.iter().map(|one| one.number.as_str()))),
        }
    }

    pub(super) fn doubled<'b>(&self, numbers: impl Iterator<Item = &'b str>) -> Problem {
        let numbers: Vec<_> = numbers.collect();
        Problem::new(Code::DocumentDoubled)
            .with("count", numbers.len())
            .with("order", &self.order.name)
            .with("numbers", numbers.join(", "))
    }

    /// What is open of an invoice, less what documents that are not released yet are to take of it.
    pub(super) fn open_balance(&self, invoice: &LedgerDocument) -> Decimal {
        let of_invoice = |rows: &[Application]| -> Decimal {
            rows.iter()
                .filter(|row| row.kind == DocumentKind::Invoice && row.number == invoice.number)
                .map(|row| row.amount)
                .sum()
        };
        let notes: Decimal = self
            .books
            .ledger
            .iter()
            .filter(|note| {
                note.kind == DocumentKind::CreditNote
                    && matches!(note.status, LedgerStatus::Balanced | LedgerStatus::Hold)
            })
            .map(|note| of_invoice(&note.applications))
            .sum();
        let payments: Decimal = self
            .books
            .payments
            .iter()
            .filter(|payment| matches!(payment.status, LedgerStatus::Balanced | LedgerStatus::Hold))
            .map(|payment| of_invoice(&payment.documents))
            .sum();
        (invoice.balance - notes - payments - self.not_yet_off(invoice)).max(Decimal::ZERO)
    }

    /// The number that is linked to a part.
    pub(super) fn linked(&self, part: &PartRef, what: Linked) -> impl Iterator<Item = &'a str> {
        let part = part.clone();
        self.books
            .links
            .iter()
            .filter(move |link| link.part == part && link.what == what)
            .map(|link| link.number.as_str())
    }

    /// Is a document another part's by its link.
    pub(super) fn is_of_another(&self, part: &PartRef, what: Linked, number: &str) -> bool {
        self.books
            .links
            .iter()
            .any(|link| link.what == what && link.number == number && link.part != *part)
    }

    /// The day of a moment in the shop's time zone, in a period that is open.
    pub(super) fn day(&self, at: DateTime<Utc>) -> Result<NaiveDate, Problem> {
        self.open_day(self.local(at))
    }

    /// A day, in a period that is open.
    pub(super) fn open_day(&self, day: NaiveDate) -> Result<NaiveDate, Problem> {
        open_date(day, self.ground)
    }

    pub(super) fn local(&self, at: DateTime<Utc>) -> NaiveDate {
        at.with_timezone(&self.ground.shop.time_zone).date_naive()
    }

    /// The exchange rate of a direct document of this day; none where the company's own table is the source, or no rate is needed
    /// (`booking-rules` 10).
    pub(super) fn rate(&self, date: NaiveDate) -> Result<Option<RateUsed>, Problem> {
        let source = self.ground.settings.rates.source;
        let base = self.ground.catalogue.base_currency();
        let Some(base) = base.filter(|base| *base != self.currency) else {
            return Ok(None);
        };
        if source == RateSource::VismaNet {
            return Ok(None);
        }
        // A document that was moved out of a closed period takes the rate of its event's day.
        match self.books.rates.range(..=date).next_back() {
            Some((_, Rated::Used(used))) => Ok(Some(used.clone())),
            Some((_, Rated::Missing(problem))) => Err(problem.clone()),
            None => Err(Problem::new(Code::RateMissing)
                .with("source", source.as_str())
                .with("from", self.currency)
                .with("to", base)
                .with("day", date)),
        }
    }

    /// The VAT table on a day.
    pub(super) fn table(&self, date: NaiveDate) -> Result<Table<'a>, Problem> {
        let tax: Decimal = self.components.iter().map(|one| one.tax).sum();
        Table::of(self.order, self.ground, &self.components, tax, date)
    }

    /// A problem that names the order.
    pub(super) fn problem(&self, code: Code) -> Problem {
        Problem::new(code).with("order", &self.order.name)
    }
}

/// A link, made.
pub(super) fn link(part: &PartRef, what: Linked, number: impl ToString) -> PartLink {
    PartLink {
        part: part.clone(),
        what,
        number: number.to_string(),
    }
}

/// The number of a sales order as links keep it: `SO/000223`.
pub(super) fn order_link(number: &OrderNumber) -> String {
    format!("{}/{}", number.order_type, number.number)
}
