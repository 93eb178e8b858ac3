//! Random baskets through the gate: to the cent, or held with a code; never an unexplained cent (`booking-rules` 2).

use std::cell::RefCell;
use std::collections::BTreeMap;

use brygga_core::booking::{
    BookedState, Change, Decision, Document, Explained, FirstLook, document, first_look, read_back,
};
use brygga_core::erp::{OrderNumber, VatCalculation};
use brygga_core::shop::{Order, Side};
use brygga_core::{Decimal, proof};
use proptest::prelude::*;
use proptest::test_runner::{RngAlgorithm, TestRng, TestRunner};

use crate::build::{Setting, at, catalogue_by, setting};
use crate::shopify::{Basket, Leaves, Truth, places};
use crate::specs::{basket, plain_basket};
use crate::visma::Stored;

/// How the VAT ids are computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Mode {
    Line,
    Document,
    Mixed,
}

fn calculation(mode: Mode, rate: i128) -> VatCalculation {
    match mode {
        Mode::Line => VatCalculation::PerLine,
        Mode::Document => VatCalculation::PerDocument,
        Mode::Mixed if rate % 4 < 2 => VatCalculation::PerLine,
        Mode::Mixed => VatCalculation::PerDocument,
    }
}

fn in_mode(mode: Mode) -> Setting {
    Setting {
        catalogue: catalogue_by(|rate| calculation(mode, rate)),
        ..setting()
    }
}

/// Runs so many cases, the same ones each time.
fn run<S: Strategy>(
    cases: u32,
    seed: u8,
    strategy: &S,
    test: impl Fn(S::Value) -> Result<(), TestCaseError>,
) {
    let config = ProptestConfig {
        cases,
        failure_persistence: None,
        ..ProptestConfig::default()
    };
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[seed; 32]);
    if let Err(fault) = TestRunner::new_with_rng(config, rng).run(strategy, test) {
        panic!("{fault}");
    }
}

/// The document against what must be in the books, by an arithmetic of its own.
fn prove(
    order: &Order,
    document: &Document,
    truth: &Truth,
    side: Side,
    setting: &Setting,
    mode: Mode,
) -> Result<(), TestCaseError> {
    let places = places(order.currency(side));
    let unit = Decimal::new(1, places);
    let draft = &document.draft;
    let stored = Stored::new(draft).read(&setting.catalogue);

    // To the cent.
    prop_assert_eq!(stored.total, truth.total, "the document's total");
    prop_assert_eq!(
        document.total,
        truth.total,
        "the total that the document says"
    );
    prop_assert_eq!(draft.currency.as_str(), order.currency(side).code());

    // VAT per rate equal, or within the class that is named.
    let mut named: BTreeMap<Decimal, Decimal> = BTreeMap::new();
    let mut rounded = Decimal::ZERO;
    for class in &document.explained {
        match class {
            Explained::VatPerDocument { rate, difference }
            | Explained::ConvertedVat { rate, difference } => {
                prop_assert!(named.insert(*rate, *difference).is_none(), "named twice");
            }
            Explained::RoundingLine { amount } => rounded += amount,
            other => {
                return Err(TestCaseError::fail(format!(
                    "no class of an order: {other:?}"
                )));
            }
        }
    }
    let computed = read_back::vat_per_rate(&stored);
    for (rate, (tax, lines)) in &truth.vat {
        let ours = computed.get(rate).copied().unwrap_or_default();
        let difference = ours - tax;
        prop_assert_eq!(
            difference,
            named.remove(rate).unwrap_or_default(),
            "VAT at {} %",
            rate
        );
        let mut tenths = *rate;
        tenths.rescale(1);
        let tenths = tenths.mantissa();
        let one_currency = order.shop_currency == order.presentment_currency;
        if calculation(mode, tenths) == VatCalculation::PerLine && one_currency {
            prop_assert!(difference.is_zero(), "VAT per line is exact");
        }
        prop_assert!(difference.abs() <= unit * Decimal::from(*lines));
    }
    prop_assert!(named.is_empty(), "a class for a rate that is not there");

    // Each part on exactly one line, with its units; nets moved by a cent at most, and only where VAT is per line.
    let mut parts = truth.parts.clone();
    let mut moved = Decimal::ZERO;
    for line in draft.lines.iter().filter(|line| line.link != "rounding") {
        let Some((units, net)) = parts.remove(&line.link) else {
            return Err(TestCaseError::fail(format!(
                "{} is not in the order",
                line.link
            )));
        };
        prop_assert_eq!(line.quantity, Decimal::from(units));
        prop_assert!(line.unit_price >= Decimal::ZERO, "a negative price");
        prop_assert!(line.discount >= Decimal::ZERO, "a negative discount");
        prop_assert!(
            line.discount < unit * line.quantity.max(Decimal::ONE),
            "the price is not the least one"
        );
        let off = line.unit_price * line.quantity - line.discount - net;
        prop_assert!(off.abs() <= unit, "{} moved by {}", line.link, off);
        prop_assert!(off.is_zero() || mode != Mode::Document);
        moved += off;
    }
    // Shipping that went back whole is gone, also when its conversion left cents that make up for each other.
    prop_assert!(
        parts.keys().all(|link| link.starts_with("shipping/"))
            && parts
                .values()
                .map(|(_, net)| net)
                .sum::<Decimal>()
                .is_zero(),
        "left out: {:?}",
        parts
    );

    // One rounding line at most, within the limit, and of exactly what the others leave.
    let rounding: Vec<_> = draft
        .lines
        .iter()
        .filter(|line| line.link == "rounding")
        .collect();
    prop_assert!(rounding.len() <= 1);
    let amount = rounding.first().map_or(Decimal::ZERO, |line| line.net());
    let lines = draft.lines.len() - rounding.len();
    prop_assert_eq!(amount, rounded);
    prop_assert_eq!(rounding.is_empty(), amount.is_zero());
    prop_assert!(amount.abs() <= unit * Decimal::from(lines.min(5)));
    let vat_off: Decimal =
        stored.tax_total - truth.vat.values().map(|(tax, _)| tax).sum::<Decimal>();
    prop_assert_eq!(amount, -(moved + vat_off), "the rounding has its reason");

    // What was stored proves itself, also against a fresh look at the order.
    prop_assert!(read_back::compare(document, &stored).is_ok());
    let proof = proof::compare(
        order,
        &stored,
        side,
        &setting.shop,
        &setting.settings,
        &setting.catalogue,
    );
    prop_assert!(proof.differences.is_empty(), "{:?}", proof.differences);
    prop_assert_eq!(
        proof.explained.len(),
        document.explained.len(),
        "the proof names what the plan named"
    );
    Ok(())
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Story {
    Plain,
    Removed,
}

fn story(basket: &Basket) -> Story {
    if basket
        .removals
        .iter()
        .all(|removal| removal.leaves == Leaves::Returned)
    {
        Story::Plain
    } else {
        Story::Removed
    }
}

/// How many passed, and how many were held with which code.
#[derive(Default)]
struct Tally(BTreeMap<(Mode, &'static str, Story), BTreeMap<String, u32>>);

impl Tally {
    fn count(&mut self, mode: Mode, side: &'static str, story: Story, how: &str) {
        let row = self.0.entry((mode, side, story)).or_default();
        *row.entry(how.to_owned()).or_default() += 1;
    }

    /// Of those of which something is left, the share that passed.
    fn share(&self, pick: impl Fn(Mode, &str, Story) -> bool) -> f64 {
        let (mut passed, mut all) = (0, 0);
        for ((mode, side, story), row) in &self.0 {
            if pick(*mode, side, *story) {
                passed += row.get("passed").copied().unwrap_or_default();
                let skipped = row.get("skipped").copied().unwrap_or_default();
                all += row.values().sum::<u32>() - skipped;
            }
        }
        f64::from(passed) / f64::from(all)
    }

    fn show(&self) {
        for (key, row) in &self.0 {
            let all: u32 = row.values().sum();
            println!("{key:?}: {all}");
            for (how, count) in row {
                let share = f64::from(*count) * 100.0 / f64::from(all);
                println!("    {how}: {count} ({share:.1} %)");
            }
        }
    }
}

fn any_baskets(cases: u32, seed: u8) {
    let settings = [Mode::Line, Mode::Document, Mode::Mixed].map(|mode| (mode, in_mode(mode)));
    let tally = RefCell::new(Tally::default());
    run(cases, seed, &basket(), |basket| {
        let made = basket.make();
        let sides = [
            ("seen", Side::Presentment, &made.seen),
            ("own", Side::Shop, &made.own),
        ];
        for (mode, setting) in &settings {
            for (name, side, truth) in &sides {
                // The shop's own side is a conversion, and asked less often: it is the costly half of the cases.
                if *side == Side::Shop
                    && (*mode == Mode::Mixed
                        || made.order.shop_currency == made.order.presentment_currency)
                {
                    continue;
                }
                if document::is_empty(&made.order, *side).unwrap_or(false) {
                    prop_assert!(truth.total.is_zero(), "something is left");
                    tally
                        .borrow_mut()
                        .count(*mode, name, story(&basket), "skipped");
                    continue;
                }
                let how = match document::document(&made.order, setting.ground(), Some(*side)) {
                    Ok(document) => {
                        prove(&made.order, &document, truth, *side, setting, *mode)?;
                        "passed".to_owned()
                    }
                    Err(problem) => {
                        prop_assert!(
                            !problem.message().contains('{'),
                            "a parameter is missing: {}",
                            problem.message()
                        );
                        problem.code.to_string()
                    }
                };
                tally.borrow_mut().count(*mode, name, story(&basket), &how);
            }
        }
        Ok(())
    });
    let tally = tally.into_inner();
    tally.show();
    // A gate that holds everything would prove nothing.
    let plain = tally.share(|_, side, story| side == "seen" && story == Story::Plain);
    let removed = tally.share(|_, side, story| side == "seen" && story == Story::Removed);
    let own = tally.share(|mode, side, _| side == "own" && mode == Mode::Document);
    assert!(plain > 0.99, "only {plain} of the plain ones passed");
    assert!(
        removed > 0.85,
        "only {removed} of those with removed units passed"
    );
    assert!(own > 0.4, "only {own} of the converted ones passed");
}

#[test]
fn any_basket_is_right_to_the_cent_or_held() {
    any_baskets(10_000, 1);
}

#[test]
fn any_other_basket_is_right_to_the_cent_or_held() {
    any_baskets(10_000, 2);
}

/// The same basket gives the same document, and once it is booked there is nothing to do.
#[test]
fn planning_is_repeatable_and_comes_to_rest() {
    let setting = in_mode(Mode::Mixed);
    let now = at("2026-10-06T10:00:00Z");
    run(500, 4, &basket(), |basket| {
        let order = basket.make().order;
        let first = first_look(&order, setting.ground(), None, now);
        prop_assert_eq!(&first, &first_look(&order, setting.ground(), None, now));
        let FirstLook::New(document) = first else {
            return Ok(());
        };
        let state = BookedState {
            number: Some(OrderNumber {
                order_type: "SO".into(),
                number: "1".into(),
            }),
            document: *document,
            cancelled: false,
            customer: None,
        };
        let again = first_look(&order, setting.ground(), Some(&state), now);
        prop_assert_eq!(again, FirstLook::Decided(Decision::UpToDate));
        let mut cancelled = order;
        cancelled.cancelled_at = Some(now);
        let skipped = first_look(&cancelled, setting.ground(), None, now);
        prop_assert!(matches!(skipped, FirstLook::Decided(Decision::Skipped(_))));
        let cancel = first_look(&cancelled, setting.ground(), Some(&state), now);
        prop_assert_eq!(cancel, FirstLook::Changed(Box::new(Change::Cancel)));
        Ok(())
    });
}

/// With whole kroner at 25 % nothing is ever off.
#[test]
fn whole_kroner_are_never_off() {
    let settings = [Mode::Line, Mode::Document].map(|mode| (mode, in_mode(mode)));
    run(2_000, 3, &plain_basket(), |basket| {
        let made = basket.make();
        for (mode, setting) in &settings {
            let document = match setting.document(&made.order) {
                Ok(document) => document,
                Err(problem) => return Err(TestCaseError::fail(problem.to_string())),
            };
            prove(
                &made.order,
                &document,
                &made.own,
                Side::Shop,
                setting,
                *mode,
            )?;
            prop_assert!(document.explained.is_empty());
            prop_assert!(!document.depends_on_mode);
            prop_assert!(
                document
                    .draft
                    .lines
                    .iter()
                    .all(|line| line.link != "rounding")
            );
            for line in &document.draft.lines {
                prop_assert_eq!(line.net(), made.own.parts[&line.link].1, "a moved net");
            }
        }
        Ok(())
    });
}
