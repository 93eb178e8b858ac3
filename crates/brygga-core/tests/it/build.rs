//! Small building blocks: a shop, its settings, what Visma.net is set up with, and orders to change in each test.

use std::collections::{BTreeMap, BTreeSet};

use brygga_core::booking::{Document, Ground, LinkedItems, document};
use brygga_core::erp::{
    self, Catalogue, CurrencyInfo, CustomerStatus, Item, ItemType, Period, VatCalculation, VatId,
    VatRate,
};
use brygga_core::settings::{
    ClassRow, HouseRow, Party, Scheme, Settings, SpecialItem, SpecialItems, VatKey, VatKind, VatRow,
};
use brygga_core::shop::{
    Address, Customer, FinancialStatus, FulfillmentStatus, Line, LineKind, MoneyBag, Order,
    OrderId, OrderTotals, ShippingLine, ShopInfo, TaxLine, Transaction, TransactionKind,
    TransactionStatus,
};
use brygga_core::{Code, Currency, Decimal, Money, Problem};
use chrono::{DateTime, NaiveDate, Utc};

use crate::shopify::tax_of;

/// Every rate of the Nordic countries, Germany, and those that stress the rounding; in tenths of a per cent.
pub(crate) const RATES: [i128; 15] = [
    0, 55, 60, 70, 100, 120, 135, 140, 150, 190, 200, 220, 240, 250, 255,
];

pub(crate) fn d(text: &str) -> Decimal {
    text.parse().unwrap()
}

pub(crate) fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

pub(crate) fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

/// Tenths of a per cent as per cent.
pub(crate) fn percent(tenths: i128) -> Decimal {
    Decimal::from_i128_with_scale(tenths, 1).normalize()
}

pub(crate) fn nok(text: &str) -> MoneyBag {
    MoneyBag::same(Money::new(d(text), Currency::NOK))
}

pub(crate) fn shop() -> ShopInfo {
    ShopInfo {
        name: "Fjord & Fjell AS".into(),
        domain: "fjord-og-fjell.myshopify.com".into(),
        currency: Currency::NOK,
        time_zone: chrono_tz::Europe::Oslo,
        country: "NO".into(),
        taxes_included: true,
        scopes: vec!["read_orders".into()],
    }
}

fn row(destination: &str, rate: i128, kind: VatKind, party: Party, scheme: Scheme) -> VatRow {
    VatRow {
        key: VatKey {
            dispatch: "NO".into(),
            destination: destination.into(),
            rate: percent(rate),
            kind,
            party,
            scheme,
        },
        category: format!("C{}", percent(rate)),
        zone: match scheme {
            Scheme::Domestic => format!("{destination}-IN"),
            Scheme::Ioss => format!("{destination}-IOSS"),
            _ => "EXP".into(),
        },
    }
}

const KINDS: [VatKind; 4] = [
    VatKind::Goods,
    VatKind::Shipping,
    VatKind::GiftCard,
    VatKind::Other,
];

/// VAT rows for Norway at every rate, for Sweden and Finland by IOSS, and for exports.
fn vat_rows() -> Vec<VatRow> {
    let mut rows = Vec::new();
    for kind in KINDS {
        for party in [Party::Private, Party::Company] {
            for rate in RATES {
                rows.push(row("NO", rate, kind, party, Scheme::Domestic));
            }
            for destination in ["SE", "FI", "JP", "SJ", "AX"] {
                rows.push(row(destination, 0, kind, party, Scheme::Export));
            }
        }
        for (destination, rates) in [
            ("SE", &[250, 120, 60, 0][..]),
            ("FI", &[255, 140, 135, 100, 0]),
        ] {
            for rate in rates {
                rows.push(row(destination, *rate, kind, Party::Private, Scheme::Ioss));
            }
        }
    }
    rows
}

fn special(item: &str) -> SpecialItem {
    SpecialItem {
        item: item.into(),
        account: None,
    }
}

pub(crate) fn settings() -> Settings {
    let mut settings = Settings {
        vat: vat_rows(),
        special_items: SpecialItems {
            shipping_methods: BTreeMap::new(),
            shipping: Some(special("FRAKT")),
            tip: Some(special("TIPS")),
            duty: Some(special("TOLL")),
            fee: Some(special("GEBYR")),
            rounding: Some(special("AVRUNDING")),
            gift_card: Some(special("GAVEKORT")),
            custom: Some(special("DIVERSE")),
            channel_tax: None,
        },
        ..Settings::default()
    };
    settings.customers.classes = [Party::Private, Party::Company]
        .map(|party| ClassRow {
            country: "*".into(),
            party,
            class: format!("CLASS-{}", party.as_str()),
            terms: None,
        })
        .to_vec();
    settings.customers.house = vec![HouseRow {
        country: "NO".into(),
        currency: "NOK".into(),
        customer: "90001".into(),
    }];
    settings
}

fn vat_id(rate: i128, zone: &str, calculation: VatCalculation) -> VatId {
    let rates = match (zone, rate) {
        // Food in Sweden and in Finland: rates that begin on a day (booking-rules 5).
        ("SE-IOSS", 60) => vec![("2026-04-01", "6"), ("2028-01-01", "12")],
        ("FI-IOSS", 140) => vec![("2000-01-01", "14"), ("2026-01-01", "13.5")],
        _ => vec![],
    };
    let mut rates: Vec<_> = rates
        .into_iter()
        .map(|(from, rate)| VatRate {
            from: day(from),
            percent: d(rate),
        })
        .collect();
    if rates.is_empty() {
        rates.push(VatRate {
            from: day("1990-01-01"),
            percent: percent(rate),
        });
    }
    VatId {
        id: format!("V{}-{zone}", percent(rate)),
        description: format!("{} %", percent(rate)),
        calculation: Some(calculation),
        zones: vec![zone.into()],
        categories: vec![format!("C{}", percent(rate))],
        rates,
        reverse: false,
    }
}

pub(crate) fn item(number: &str, stock: bool) -> (String, Item) {
    (
        number.to_owned(),
        Item {
            number: number.to_owned(),
            description: number.to_owned(),
            status: "Active".into(),
            item_type: if stock {
                ItemType::FinishedGood
            } else {
                ItemType::NonStock
            },
            stock,
            unsupported: false,
            vat_category: None,
            class: None,
            base_unit: None,
            sales_unit: None,
        },
    )
}

/// What Visma.net is set up with; `calculation` says how the VAT id of a rate is computed.
pub(crate) fn catalogue_by(calculation: impl Fn(i128) -> VatCalculation) -> Catalogue {
    let mut vat_ids: Vec<_> = RATES
        .iter()
        .map(|rate| vat_id(*rate, "NO-IN", calculation(*rate)))
        .collect();
    for (zone, rates) in [
        ("SE-IOSS", &[250, 120, 60, 0][..]),
        ("FI-IOSS", &[255, 140, 135, 100, 0]),
        ("EXP", &[0]),
    ] {
        for rate in rates {
            vat_ids.push(vat_id(*rate, zone, calculation(*rate)));
        }
    }
    let specials = [
        "FRAKT",
        "TIPS",
        "TOLL",
        "GEBYR",
        "AVRUNDING",
        "GAVEKORT",
        "DIVERSE",
    ];
    let goods = (0..48).map(|number| format!("SKU{number}"));
    let items: BTreeMap<_, _> = specials
        .iter()
        .map(|number| item(number, false))
        .chain(goods.map(|number| item(&number, true)))
        .collect();
    let months = (2025..=2027).flat_map(|year| (1..=12).map(move |month| (year, month)));
    let period = |(year, month): (i32, u32)| {
        let from = NaiveDate::from_ymd_opt(year, month, 1).unwrap();
        Period {
            id: format!("{year}{month:02}"),
            from,
            to: from
                .checked_add_months(chrono::Months::new(1))
                .and_then(|next| next.pred_opt())
                .unwrap(),
            open: true,
        }
    };
    Catalogue {
        items,
        vat_ids,
        currencies: ["NOK", "SEK", "DKK", "EUR", "PLN", "JPY"]
            .map(|id| CurrencyInfo {
                id: id.into(),
                decimals: if id == "JPY" { 0 } else { 2 },
                base: id == "NOK",
            })
            .to_vec(),
        periods: months.map(period).collect(),
        ..Catalogue::default()
    }
}

/// Every VAT id per line.
pub(crate) fn catalogue() -> Catalogue {
    catalogue_by(|_| VatCalculation::PerLine)
}

/// What documents are made with, owned: tests change what they are about.
pub(crate) struct Setting {
    pub(crate) shop: ShopInfo,
    pub(crate) settings: Settings,
    pub(crate) catalogue: Catalogue,
    pub(crate) linked: LinkedItems,
}

pub(crate) fn setting() -> Setting {
    Setting {
        shop: shop(),
        settings: settings(),
        catalogue: catalogue(),
        linked: LinkedItems::new(),
    }
}

impl Setting {
    pub(crate) fn ground(&self) -> Ground<'_> {
        Ground {
            shop: &self.shop,
            settings: &self.settings,
            catalogue: &self.catalogue,
            linked: &self.linked,
        }
    }

    pub(crate) fn document(&self, order: &Order) -> Result<Document, Problem> {
        document::document(order, self.ground(), None)
    }

    /// The code with which the order's document is refused.
    pub(crate) fn refusal(&self, order: &Order) -> Option<Code> {
        self.document(order).err().map(|problem| problem.code)
    }
}

pub(crate) fn address(country: &str, zip: &str) -> Address {
    Address {
        name: Some("Kari Nordmann".into()),
        line1: Some("Storgata 1".into()),
        zip: Some(zip.into()),
        city: Some("By".into()),
        country: Some(country.into()),
        ..Address::default()
    }
}

pub(crate) fn tax(amount: &str, rate: &str) -> TaxLine {
    TaxLine {
        title: "MVA".into(),
        rate_percent: Some(d(rate)),
        amount: nok(amount),
        channel_liable: false,
    }
}

fn included(gross: &str, rate: &str) -> TaxLine {
    let mut rate = d(rate);
    rate.rescale(1);
    let (gross, tenths) = (minor(d(gross)), rate.mantissa());
    let amount = Decimal::from_i128_with_scale(tax_of(gross, tenths, true), 2);
    TaxLine {
        title: "MVA".into(),
        rate_percent: Some(percent(tenths)),
        amount: MoneyBag::same(Money::new(amount, Currency::NOK)),
        channel_liable: false,
    }
}

fn minor(amount: Decimal) -> i128 {
    let mut amount = amount;
    amount.rescale(2);
    amount.mantissa()
}

/// A product line of NOK, tax included.
pub(crate) fn line(id: &str, sku: &str, quantity: u32, gross: &str, rate: &str) -> Line {
    Line {
        id: id.into(),
        kind: LineKind::Product {
            variant_id: Some(format!("9{id}")),
            sku: Some(sku.into()),
        },
        title: format!("Thing {id}"),
        quantity,
        current_quantity: quantity,
        original_total: nok(gross),
        discounts: vec![],
        taxes: vec![included(gross, rate)],
        duties: vec![],
        requires_shipping: true,
        taxable: true,
    }
}

/// A line of another kind, without tax.
pub(crate) fn plain_line(id: &str, kind: LineKind, gross: &str) -> Line {
    Line {
        kind,
        taxes: vec![],
        taxable: false,
        requires_shipping: false,
        ..line(id, "", 1, gross, "0")
    }
}

pub(crate) fn shipping(id: &str, gross: &str, rate: &str) -> ShippingLine {
    ShippingLine {
        id: id.into(),
        title: "Post".into(),
        code: None,
        original: nok(gross),
        discounted: nok(gross),
        taxes: vec![included(gross, rate)],
    }
}

/// A paid order of these lines from Norway to Norway, in NOK, tax included, with totals that fit.
pub(crate) fn order(lines: Vec<Line>, shipping: Vec<ShippingLine>) -> Order {
    let mut order = bare();
    order.lines = lines;
    order.shipping = shipping;
    totals(&mut order);
    order
}

/// One thing for 125.00 and postage for 50.00, at 25 %.
pub(crate) fn simple() -> Order {
    order(
        vec![line("1", "SKU1", 1, "125.00", "25")],
        vec![shipping("1", "50.00", "25")],
    )
}

/// Adds up the totals anew from the parts, in NOK.
pub(crate) fn totals(order: &mut Order) {
    let taxes = |lines: &[TaxLine]| -> Decimal {
        lines.iter().map(|tax| tax.amount.presentment.amount).sum()
    };
    let mut total = Decimal::ZERO;
    let mut tax = Decimal::ZERO;
    for line in &order.lines {
        total += line.original_total.presentment.amount;
        total -= line
            .discounts
            .iter()
            .map(|discount| discount.amount.presentment.amount)
            .sum::<Decimal>();
        tax += taxes(&line.taxes);
        for duty in &line.duties {
            total += duty.price.presentment.amount;
            tax += taxes(&duty.taxes);
        }
    }
    for line in &order.shipping {
        total += line.discounted.presentment.amount;
        tax += taxes(&line.taxes);
    }
    for fee in &order.fees {
        total += fee.price.presentment.amount;
        tax += taxes(&fee.taxes);
    }
    if !order.taxes_included {
        total += tax;
    }
    let bag = |amount| MoneyBag::same(Money::new(amount, Currency::NOK));
    order.totals = OrderTotals {
        total: bag(total),
        tax: bag(tax),
        current_total: bag(total),
        current_tax: bag(tax),
        tip: None,
        received: None,
        refunded: None,
    };
}

fn bare() -> Order {
    let zero = nok("0");
    Order {
        id: OrderId("5001".into()),
        name: "#1001".into(),
        created_at: at("2026-10-05T10:00:00Z"),
        processed_at: at("2026-10-05T10:00:00Z"),
        updated_at: at("2026-10-05T10:01:00Z"),
        cancelled_at: None,
        test: false,
        taxes_included: true,
        edited: false,
        shop_currency: Currency::NOK,
        presentment_currency: Currency::NOK,
        financial_status: Some(FinancialStatus::Paid),
        fulfillment_status: FulfillmentStatus::Unfulfilled,
        tags: vec![],
        source_name: Some("web".into()),
        pos_country: None,
        email: Some("kari@example.com".into()),
        phone: None,
        customer: Some(Customer {
            id: "700".into(),
            first_name: Some("Kari".into()),
            last_name: Some("Nordmann".into()),
            email: Some("kari@example.com".into()),
            phone: None,
            updated_at: None,
            default_address: None,
        }),
        b2b: None,
        po_number: None,
        billing: Some(address("NO", "0150")),
        shipping_address: Some(address("NO", "0150")),
        lines: vec![],
        shipping: vec![],
        fees: vec![],
        refunds: vec![],
        transactions: vec![Transaction {
            id: "1".into(),
            kind: TransactionKind::Sale,
            status: TransactionStatus::Success,
            gateway: "shopify_payments".into(),
            amount: zero,
            processed_at: None,
            parent_id: None,
            method: None,
            rounding: None,
        }],
        totals: OrderTotals {
            total: zero,
            tax: zero,
            current_total: zero,
            current_tax: zero,
            tip: None,
            received: None,
            refunded: None,
        },
        withheld: vec![],
        fulfilments: vec![],
        exchange_lines: vec![],
        cash_rounding: None,
    }
}

/// The names of a set of text.
pub(crate) fn set(texts: &[&str]) -> BTreeSet<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

/// A customer of Visma.net: Kari, in kroner.
pub(crate) fn customer(number: &str) -> erp::Customer {
    erp::Customer {
        internal_id: 1,
        number: number.into(),
        name: "Kari Nordmann".into(),
        status: CustomerStatus::Active,
        email: Some("kari@example.com".into()),
        currency: Some("NOK".into()),
        vat_registration: None,
        corporate_id: None,
        vat_zone: None,
        class: None,
        any_currency: None,
        reference: None,
    }
}
