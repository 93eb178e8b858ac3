//! What stands in the practice Visma.net of one order, in lines that can be compared, and whether all is as it must be.

use std::collections::BTreeMap;

use brygga_core::proof::{Account, DayRow};
use brygga_core::{Code, Decimal};
use brygga_engine::ProofReport;
use brygga_sandbox::visma::{DocumentSnapshot, OrderSnapshot};
use brygga_store::{RecordKind, RecordRow, RecordState};

use crate::{Bench, Sale};

fn text(amount: Decimal) -> String {
    format!("{amount:.2}")
}

/// Was a document made of one of an order's sales orders, or does it carry the reference of one of its parts.
fn is_of(sale: &Sale, orders: &[OrderSnapshot], document: &DocumentSnapshot) -> bool {
    let made_of = |order: &OrderSnapshot| {
        let number = (order.order_type.clone(), order.id.clone());
        let mut lines = document.lines.iter();
        lines.any(|line| line.order.as_ref() == Some(&number))
    };
    let mut externals = vec![format!("order/{}", sale.id)];
    externals.extend(sale.refunds.iter().map(|one| format!("refund/{}", one.id)));
    let parcels = sale.parcels.iter();
    externals.extend(parcels.map(|one| format!("fulfilment/{}", one.id)));
    let ours = |text: &String| externals.contains(text);
    document.external.as_ref().is_some_and(ours) || orders.iter().any(made_of)
}

impl Bench {
    /// Puts an order into the shop as it is now, and syncs until nothing more happens.
    pub async fn tell(&self, sale: &Sale) {
        self.put(sale.version());
        self.quiet().await;
    }

    /// Puts an order into the shop as it is now; nobody has synced yet.
    pub fn put_sale(&self, sale: &Sale) {
        self.put(sale.version());
    }

    /// So many days go by, and nobody syncs.
    pub fn days(&self, days: u64) {
        self.clock
            .advance(std::time::Duration::from_hours(24 * days));
    }

    /// All sales orders of an order: its own, and those of its parts (`ID-...`).
    pub fn all_orders(&self, id: u64) -> Vec<OrderSnapshot> {
        let (own, parts) = (id.to_string(), format!("{id}-"));
        let ours = |text: &Option<String>| {
            text.as_ref()
                .is_some_and(|text| *text == own || text.starts_with(&parts))
        };
        let mut orders = self.practice.pair.visma().orders();
        orders.retain(|order| ours(&order.ref_no) || ours(&order.custom_str1));
        orders.sort_by_key(|order| (order.order_type != "SO", order.id.clone()));
        orders
    }

    /// Every document of an order, oldest first: `SO 500.00 Completed`, `Invoice 2026-09-11 500.00 VAT 100.00 Closed 0.00`,
    /// `Payment 2026-09-11 500.00 on 1950-NOK Closed`.
    pub fn books(&self, sale: &Sale) -> Vec<String> {
        let orders = self.all_orders(sale.id);
        let ledger = self.practice.pair.visma().ledger();
        let mut lines: Vec<String> = orders
            .iter()
            .map(|order| {
                format!(
                    "{} {} {}",
                    order.order_type,
                    text(order.total),
                    order.status
                )
            })
            .collect();
        for (kind, documents) in [
            ("Invoice", &ledger.invoices),
            ("CreditNote", &ledger.credit_notes),
        ] {
            for one in documents.iter().filter(|one| is_of(sale, &orders, one)) {
                let currency = match one.currency.as_str() {
                    "NOK" => String::new(),
                    other => format!("{other} "),
                };
                lines.push(format!(
                    "{kind} {} {currency}{} VAT {} {} {}",
                    one.date,
                    text(one.total),
                    text(one.tax_total),
                    one.status,
                    text(one.balance)
                ));
            }
        }
        let moved: Vec<String> = sale.money.iter().map(|one| one.id.to_string()).collect();
        for one in ledger
            .payments
            .iter()
            .filter(|one| moved.contains(&one.reference))
        {
            lines.push(format!(
                "{} {} {} on {} {}",
                one.kind,
                one.date,
                text(one.amount),
                one.cash_account,
                one.status
            ));
        }
        lines
    }

    /// The invoices of an order.
    pub fn invoices(&self, sale: &Sale) -> Vec<DocumentSnapshot> {
        self.of(sale, self.practice.pair.visma().ledger().invoices)
    }

    /// The credit notes of an order.
    pub fn credit_notes(&self, sale: &Sale) -> Vec<DocumentSnapshot> {
        self.of(sale, self.practice.pair.visma().ledger().credit_notes)
    }

    fn of(&self, sale: &Sale, mut documents: Vec<DocumentSnapshot>) -> Vec<DocumentSnapshot> {
        let orders = self.all_orders(sale.id);
        documents.retain(|one| is_of(sale, &orders, one));
        documents
    }

    /// The parts of an order with their states, in their order.
    pub fn parts(&self, sale: &Sale) -> Vec<RecordRow> {
        self.practice
            .engine
            .store()
            .parts_of(&sale.id.to_string())
            .expect("readable")
    }

    /// Where a refund stands.
    pub fn refund_record(&self, refund: u64) -> (RecordState, Option<Code>) {
        self.part_record(RecordKind::CreditNote, refund)
    }

    /// Where a part stands.
    pub fn part_record(&self, kind: RecordKind, id: u64) -> (RecordState, Option<Code>) {
        let row = self.item(kind, &id.to_string());
        (row.state, row.problem.map(|problem| problem.code))
    }

    /// The order and all its parts are in the books, each by a number that is there; nothing is held or waits. Parts that came
    /// to nothing may be left out, with their reason.
    pub fn all_booked(&self, sale: &Sale) {
        let order = self.record(sale.id);
        assert_eq!(order.state, RecordState::Booked, "{:?}", order.problem);
        let ledger = self.practice.pair.visma().ledger();
        let numbers: Vec<&str> = (ledger.invoices.iter().map(|one| one.number.as_str()))
            .chain(ledger.credit_notes.iter().map(|one| one.number.as_str()))
            .chain(ledger.payments.iter().map(|one| one.number.as_str()))
            .collect();
        for part in self.parts(sale) {
            let what = format!("{} {:?}", part.name, part.problem);
            assert!(
                matches!(part.state, RecordState::Booked | RecordState::Skipped),
                "{what}"
            );
            assert_eq!(
                part.state == RecordState::Skipped,
                part.problem.is_some(),
                "{what}"
            );
            if let Some(number) = part.erp_number.as_deref() {
                let there = numbers.iter().any(|known| number.contains(known));
                assert!(there, "{what}: {number}");
            }
        }
    }

    /// Another sync writes nothing, the proof finds nothing unexplained, and each day's rows agree on both sides. The proof.
    pub async fn at_rest(&self) -> ProofReport {
        let writes = self.writes();
        self.clock.advance(std::time::Duration::from_mins(20));
        self.sync().await;
        assert_eq!(self.writes(), writes, "a second sync writes nothing");
        let proof = self.practice.engine.prove().await.expect("both answer");
        assert_eq!(proof.differences, Vec::new());
        for row in &proof.days {
            assert_eq!(row.difference, Decimal::ZERO, "{row:?}");
        }
        assert_eq!(bridge(&proof), self.open(), "paid, not yet invoiced");
        proof
    }

    /// What is paid and not invoiced less what is invoiced and not paid, by currency: by the balances of the ledger's own documents.
    fn open(&self) -> BTreeMap<String, Decimal> {
        let ledger = self.practice.pair.visma().ledger();
        let paid = ledger.payments.iter().map(|one| {
            let kept: Decimal = one.orders.iter().map(|order| order.amount).sum();
            (&one.currency, one.available + kept)
        });
        let given_back = ledger.credit_notes.iter();
        let given_back = given_back.map(|one| (&one.currency, one.balance));
        let owed = ledger.invoices.iter();
        let owed = owed.map(|one| (&one.currency, -one.balance));
        sums(paid.chain(given_back).chain(owed))
    }
}

/// The bridge of all days, by currency (`booking-rules` 11).
fn bridge(proof: &ProofReport) -> BTreeMap<String, Decimal> {
    let rows = proof.days.iter();
    let rows = rows.filter(|row| row.account == Account::Prepayments);
    sums(rows.map(|row| (&row.currency, row.visma)))
}

fn sums<'a>(amounts: impl Iterator<Item = (&'a String, Decimal)>) -> BTreeMap<String, Decimal> {
    let mut sums: BTreeMap<String, Decimal> = BTreeMap::new();
    for (currency, amount) in amounts {
        *sums.entry(currency.clone()).or_default() += amount;
    }
    sums.retain(|_, sum| !sum.is_zero());
    sums
}

/// The sales, refunds and money of the days, written out: `2026-09-11 sales 500.00`. VAT and what is owed have rows of their own,
/// which [`Bench::at_rest`] judges with the others.
pub fn days(proof: &ProofReport) -> Vec<String> {
    let name = |row: &DayRow| match &row.account {
        Account::Sales => Some("sales".to_owned()),
        Account::Refunds => Some("refunds".to_owned()),
        Account::Money { gateway } => Some(gateway.clone()),
        _ => None,
    };
    let rows = proof
        .days
        .iter()
        .filter_map(|row| name(row).map(|name| (row, name)));
    rows.map(|(row, name)| {
        let currency = match row.currency.as_str() {
            "NOK" => String::new(),
            other => format!("{other} "),
        };
        format!("{} {name} {currency}{}", row.date, text(row.visma))
    })
    .collect()
}
