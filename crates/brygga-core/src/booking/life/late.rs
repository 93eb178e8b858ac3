//! What was on an invoice already when it was taken out of the order: shipping, and lines that go on no shipment. It is credited,
//! and does not make the order smaller (`booking-rules` 8).

use rust_decimal::Decimal;

use super::ground::Life;
use crate::booking::basis::{Component, Part, basis};
use crate::erp::{BookedOrder, DocumentKind, LedgerStatus};
use crate::shop::{Line, LineKind, Refund, RefundLine, RestockType, TaxLine};

impl Life<'_> {
    /// Was the shipping of this refund on an invoice already when it was given back together with units that never left:
    /// then it is credited, and does not make the order smaller.
    pub(super) fn is_late_shipping(&self, refund: &Refund) -> bool {
        if !refund.removes_before_shipping() || refund.shipping.is_empty() {
            return false;
        }
        let Some(base) = self.base else {
            return self.was_after_first(refund);
        };
        // The sales order tells: its invoice has the shipping that Shopify's figures have not.
        let is_shipping = |line: &&crate::erp::BookedLine| {
            line.link
                .as_deref()
                .is_some_and(|link| link.starts_with("shipping/"))
        };
        let there: Decimal = base
            .lines
            .iter()
            .filter(is_shipping)
            .filter(|line| self.is_on_an_invoice(base, line.line_id))
            .map(|line| line.net)
            .sum();
        let Ok(basis) = basis(self.order, self.side) else {
            return false;
        };
        let here: Decimal = basis
            .components
            .iter()
            .filter(|one| one.part == Part::Shipping)
            .map(|one| one.net)
            .sum();
        let given: Decimal = refund
            .shipping
            .iter()
            .map(|row| row.subtotal.on(self.side).amount)
            .sum();
        there - here >= given - self.unit() * Decimal::from(2)
    }

    /// Was something that needs no shipment on an invoice already when it was taken out of the order: then it is credited.
    pub(super) fn is_late_row(&self, refund: &Refund, row: &RefundLine) -> bool {
        let link = format!("line/{}", row.line_id);
        let line = self.order.lines.iter().find(|line| line.id == row.line_id);
        if row.restock != RestockType::Cancel || !line.is_some_and(|line| self.is_service(line)) {
            return false;
        }
        let Some(base) = self.base else {
            return self.was_after_first(refund);
        };
        let raw = self
            .raw
            .iter()
            .find(|one| one.link == link)
            .map_or(0, |one| one.quantity);
        base.lines.iter().any(|stored| {
            stored.link.as_deref() == Some(link.as_str())
                && stored.quantity > Decimal::from(raw)
                && self.is_on_an_invoice(base, stored.line_id)
        })
    }

    /// A line that goes on no shipment.
    pub(super) fn is_service(&self, line: &Line) -> bool {
        if self.is_sales_order() {
            let link = format!("line/{}", line.id);
            if let Some(planned) = self
                .booked
                .document
                .draft
                .lines
                .iter()
                .find(|planned| planned.link == link)
                && let Some(item) = self.ground.catalogue.items.get(&planned.item)
            {
                return !item.stock;
            }
        }
        !line.requires_shipping
    }

    fn was_after_first(&self, refund: &Refund) -> bool {
        let first = self
            .order
            .fulfilments
            .iter()
            .map(|one| one.created_at)
            .min()
            .or_else(|| super::whole_part(self.order).map(|_| self.order.processed_at));
        matches!((first, refund.created_at), (Some(first), Some(at)) if first <= at)
    }

    pub(super) fn is_on_an_invoice(&self, order: &BookedOrder, line: i64) -> bool {
        self.books.ledger.iter().any(|document| {
            document.kind == DocumentKind::Invoice
                && document.status != LedgerStatus::Voided
                && document.lines.iter().any(|row| {
                    row.order.as_ref() == Some(&order.number)
                        && row.order_line.map(i64::from) == Some(line)
                })
        })
    }

    pub(super) fn put_late_back(&mut self) {
        let (mut net, mut tax) = (Decimal::ZERO, Decimal::ZERO);
        let mut rows = Vec::new();
        for refund in &self.order.refunds {
            if self.is_late_shipping(refund) {
                for row in &refund.shipping {
                    net += row.subtotal.on(self.side).amount;
                    tax += row.tax.on(self.side).amount;
                }
            }
            for row in &refund.lines {
                if self.is_late_row(refund, row) {
                    rows.push(row);
                }
            }
        }
        for row in rows {
            let (net, tax) = self.refund_money(row.subtotal, row.tax);
            let Some(line) = self.order.lines.iter().find(|line| line.id == row.line_id) else {
                continue;
            };
            let link = format!("line/{}", row.line_id);
            self.put_back(
                link,
                part_of_line(line),
                &line.title,
                &line.taxes,
                row.quantity,
                net,
                tax,
            );
        }
        if (!net.is_zero() || !tax.is_zero())
            && let Some(line) = self.order.shipping.first()
        {
            let there = self
                .components
                .iter()
                .find(|one| one.part == Part::Shipping);
            let link = there.map_or_else(
                || format!("shipping/{}", line.id),
                |there| there.link.clone(),
            );
            self.put_back(link, Part::Shipping, &line.title, &line.taxes, 0, net, tax);
        }
    }

    #[expect(
        clippy::too_many_arguments,
        reason = "the fields of a component that may not be there yet"
    )]
    fn put_back(
        &mut self,
        link: String,
        part: Part,
        title: &str,
        taxes: &[TaxLine],
        units: u32,
        net: Decimal,
        tax: Decimal,
    ) {
        if let Some(line) = self.components.iter_mut().find(|one| one.link == link) {
            line.quantity += units;
            line.net += net;
            line.tax += tax;
            return;
        }
        self.components.push(Component {
            link,
            part,
            title: title.to_owned(),
            quantity: units.max(1),
            net,
            tax,
            rate: taxes
                .iter()
                .find_map(|tax| tax.rate_percent)
                .unwrap_or_default()
                .normalize(),
            untaxed_by_default: false,
        });
    }
}

fn part_of_line(line: &Line) -> Part {
    match &line.kind {
        LineKind::Product { variant_id, sku } => Part::Product {
            variant: variant_id.clone(),
            sku: sku.clone(),
        },
        LineKind::Custom { sku } => Part::Custom { sku: sku.clone() },
        LineKind::Tip => Part::Tip,
        LineKind::GiftCard => Part::GiftCard,
    }
}
