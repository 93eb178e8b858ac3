//! Fills the basket: lines, discounts, shipping, fees.

use serde_json::Value;

use super::amounts::{Exchange, rounded, spread};
use super::catalogue::Product;
use super::dice::Dice;
use super::kinds::{Basket, Buyer};
use super::model::{Application, Duty, Fee, Line, Model, Shipping, TaxRule};
use super::places::{Place, TaxKind};
use super::purse::Purse;

/// What taxes an order is under.
#[derive(Debug, Clone, Copy)]
pub(super) struct Regime {
    pub(super) place: &'static Place,
    pub(super) buyer: Buyer,
    pub(super) basket: Basket,
    /// Exports come with an empty list of taxes, or with a tax of 0 %: shops differ.
    pub(super) write_zero: bool,
}

impl Regime {
    pub(super) fn rules(&self, kind: TaxKind) -> Vec<TaxRule> {
        let untaxed = matches!(self.buyer, Buyer::EuCompany | Buyer::Svalbard)
            || self.basket == Basket::TaxExempt
            || kind == TaxKind::Untaxed;
        if untaxed {
            return Vec::new();
        }
        let rule = |title, rate| TaxRule {
            title,
            rate,
            channel_liable: self.basket == Basket::ChannelLiable,
        };
        if self.buyer == Buyer::UsaSalesTax {
            return vec![
                rule("Minnesota State Tax", 688),
                rule("Hennepin County Tax", 15),
            ];
        }
        match self.place.rate(kind) {
            Some(rate) => vec![rule(self.place.tax_title, rate)],
            None if self.write_zero => vec![rule("Export", 0)],
            None => Vec::new(),
        }
    }
}

/// Gives out ids; `step` keeps them as far apart as Shopify's.
#[derive(Debug)]
pub(super) struct Numbers(i64);

impl Numbers {
    pub(super) fn after(ids_after: i64) -> Self {
        Self(15_300_000_000_000 + ids_after)
    }

    pub(super) fn take(&mut self) -> i64 {
        self.0 += 32_768;
        self.0
    }
}

/// Puts together the parts of one order.
pub(super) struct Filler<'a> {
    pub(super) dice: &'a mut Dice,
    pub(super) numbers: &'a mut Numbers,
    pub(super) products: &'a [Product],
    pub(super) regime: Regime,
    pub(super) fx: Exchange,
    /// What the shop owes in gift cards and store credit.
    pub(super) purse: &'a mut Purse,
}

impl Filler<'_> {
    /// A line of `product`.
    pub(super) fn line(&mut self, product: &Product, variant: usize, quantity: i64) -> Line {
        let taxes = self.regime.rules(product.kind);
        let goods = &product.variants[variant];
        Line {
            id: self.numbers.take(),
            product: product.brief(),
            variant: product.variant(variant),
            title: product.title.to_owned(),
            variant_title: (goods.title != "Default Title").then(|| goods.title.to_owned()),
            sku: goods.sku.clone(),
            quantity,
            unit: product.price(variant, &self.fx),
            taxes,
            allocations: Vec::new(),
            duties: Vec::new(),
            taxable: !product.gift_card,
            ships: product.ships,
            gift_card: product.gift_card,
            tip: false,
            grams: goods.grams,
        }
    }

    /// A line of any plain goods of these kinds: with a SKU that is written as it should be.
    pub(super) fn any_line(&mut self, kinds: &[TaxKind]) -> Line {
        let products = self.products;
        let fit = |product: &&Product| {
            kinds.contains(&product.kind) && product.variants.iter().all(|one| one.sku.is_some())
        };
        let fitting: Vec<&Product> = products.iter().filter(fit).collect();
        let product = fitting[self.dice.index(fitting.len())];
        let clean: Vec<usize> = (0..product.variants.len())
            .filter(|&at| {
                product.variants[at]
                    .sku
                    .as_deref()
                    .is_some_and(|sku| sku == sku.trim())
            })
            .collect();
        let variant = clean[self.dice.index(clean.len())];
        let quantity = if self.dice.permille(700) {
            1
        } else {
            self.dice.between(2, 5)
        };
        self.line(product, variant, quantity)
    }

    /// A line without a product.
    fn custom(&mut self, title: String, unit: i64, taxes: Vec<TaxRule>, ships: bool) -> Line {
        let taxable = !taxes.is_empty();
        Line {
            id: self.numbers.take(),
            product: Value::Null,
            variant: Value::Null,
            title,
            variant_title: None,
            sku: None,
            quantity: 1,
            unit,
            taxes,
            allocations: Vec::new(),
            duties: Vec::new(),
            taxable,
            ships,
            gift_card: false,
            tip: false,
            grams: 0,
        }
    }

    pub(super) fn by_title(&mut self, start: &str, quantity: i64) -> Option<Line> {
        let products = self.products;
        let product = products
            .iter()
            .find(|product| product.title.starts_with(start))?;
        Some(self.line(product, 0, quantity))
    }

    /// The lines of a basket.
    pub(super) fn lines(&mut self) -> Vec<Line> {
        const GOODS: &[TaxKind] = &[
            TaxKind::Standard,
            TaxKind::Standard,
            TaxKind::Food,
            TaxKind::Book,
        ];
        let mut lines = Vec::new();
        let plain = if self.dice.permille(550) {
            1
        } else {
            self.dice.between(2, 5)
        };
        let count = match self.regime.basket {
            Basket::ManyLines => self.dice.between(25, 60),
            Basket::Endless => 260,
            Basket::MixedRates => self.dice.between(1, 3),
            _ => plain,
        };
        for _ in 0..count {
            let kinds = if self.dice.permille(700) {
                &GOODS[..1]
            } else {
                GOODS
            };
            lines.push(self.any_line(kinds));
        }
        match self.regime.basket {
            Basket::MixedRates => {
                lines.push(self.any_line(&[TaxKind::Food]));
                lines.push(self.any_line(&[TaxKind::Book, TaxKind::Magazine]));
                if self.dice.permille(400) && matches!(self.regime.place.code, "NO" | "SE") {
                    lines.push(self.any_line(&[TaxKind::Lodging]));
                }
            }
            Basket::SkuWithBlanks => lines.extend(self.by_title("Enamel Mug", 2)),
            Basket::SkuMissing => lines.extend(self.by_title("Sheepskin", 1)),
            Basket::VariantGone => {
                if let Some(first) = lines.first_mut() {
                    first.variant = Value::Null;
                    first.product = Value::Null;
                }
            }
            Basket::GiftCardSold => {
                if self.dice.permille(500) {
                    lines.clear();
                }
                let value = self
                    .fx
                    .whole(if self.fx.currency == "JPY" { 7000 } else { 50 })
                    * if self.fx.decimals == 2 && self.fx.currency != "EUR" {
                        10
                    } else {
                        1
                    };
                if let Some(mut card) = self.by_title("Gift Card", 1) {
                    card.unit = value;
                    lines.push(card);
                }
            }
            Basket::ManyUnits => {
                if let Some(first) = lines.first_mut() {
                    first.quantity = self.dice.between(120, 999);
                }
            }
            Basket::CustomLine => {
                let rules = self.regime.rules(TaxKind::Standard);
                let unit = self.fx.whole(self.dice.between(20, 90))
                    + if self.fx.decimals == 2 {
                        self.dice.between(0, 3) * 25
                    } else {
                        0
                    };
                let title = (*self.dice.pick(&[
                    "Gift wrapping",
                    "Engraving: “Til far”",
                    "Repair of a zip",
                ]))
                .to_owned();
                let custom = self.custom(title, unit, rules, false);
                lines.push(custom);
            }
            Basket::LongTexts => {
                let rules = self.regime.rules(TaxKind::Standard);
                let title = format!(
                    "{} 🏔️🇳🇴 \"Særlig lang tekst\" {}",
                    "Håndlaget ryggsekk med ".repeat(9),
                    "å".repeat(60)
                );
                let unit = self.fx.whole(self.dice.between(300, 900));
                let custom = self.custom(title, unit, rules, true);
                lines.push(custom);
            }
            _ => {}
        }
        if self.regime.basket == Basket::Tip {
            let unit = self.fx.whole(self.dice.between(10, 60));
            let mut tip = self.custom("Tip".to_owned(), unit, Vec::new(), false);
            tip.tip = true;
            lines.push(tip);
        }
        if self.regime.basket == Basket::Duties {
            for line in &mut lines {
                let price = rounded(line.original() * 12, 100);
                line.duties.push(Duty {
                    id: self.numbers.take(),
                    price,
                });
            }
        }
        lines
    }

    /// The shipping lines; none where nothing is sent.
    pub(super) fn shipping(&mut self, lines: &[Line]) -> Vec<Shipping> {
        if self.regime.buyer == Buyer::PointOfSale || !lines.iter().any(|line| line.ships) {
            return Vec::new();
        }
        let minor = self.fx.whole(1);
        let usual: [i64; 4] = match self.fx.currency {
            "DKK" => [0, 4900, 5900, 9900],
            "EUR" => [0, 690, 990, 1490],
            "JPY" => [1200, 1500, 1800, 2500],
            "SEK" => [0, 5900, 7900, 12_900],
            _ => [0, 7900, 9900, 14_900],
        };
        let mut ways = vec![("Pakke i postkassen", "SERVICEPAKKE")];
        if self.regime.basket == Basket::SeveralShipping {
            ways.push(("Kjølevare, ekspress", "EXPRESS-COLD"));
        }
        let free = self.dice.permille(150) && self.regime.basket == Basket::Plain;
        let mut shipping = Vec::new();
        for (title, code) in ways {
            let price = if free {
                0
            } else {
                usual[self.dice.index(3) + 1].max(minor)
            };
            shipping.push(Shipping {
                id: self.numbers.take(),
                title,
                code,
                price,
                taxes: self.regime.rules(TaxKind::Standard),
                allocations: Vec::new(),
            });
        }
        shipping
    }

    pub(super) fn fees(&mut self) -> Vec<Fee> {
        if self.regime.basket != Basket::Fee {
            return Vec::new();
        }
        let price = if self.fx.currency == "JPY" {
            300
        } else {
            self.fx
                .whole(if self.fx.currency == "EUR" { 3 } else { 29 })
        };
        vec![Fee {
            id: self.numbers.take(),
            name: "Small order fee",
            price,
            taxes: self.regime.rules(TaxKind::Standard),
        }]
    }

    /// Gives the discounts that the basket stands for.
    pub(super) fn discounts(&mut self, order: &mut Model) {
        match self.regime.basket {
            Basket::LineDiscount => self.line_discount(order),
            Basket::OrderDiscount => self.order_discount(order),
            Basket::StackedDiscounts => {
                self.line_discount(order);
                self.order_discount(order);
            }
            Basket::ShippingDiscount => self.shipping_discount(order),
            Basket::BuyXGetY => self.one_for_free(order),
            Basket::ZeroTotal => {
                // One allocation for the whole of each line, so that nothing is left on either side of the exchange.
                let index = order.applications.len();
                order.applications.push(Application {
                    typename: "DiscountCodeApplication",
                    text: "ALT-GRATIS",
                    method: "ACROSS",
                    selection: "ALL",
                    shipping: false,
                    value: Ok(100),
                });
                for line in &mut order.lines {
                    line.allocations = vec![(index, line.original())];
                }
                self.shipping_discount(order);
                for shipping in &mut order.shipping {
                    shipping.allocations = vec![(index + 1, shipping.price)];
                }
            }
            _ => {}
        }
    }

    fn line_discount(&mut self, order: &mut Model) {
        let at = self.dice.index(order.lines.len());
        let line = &mut order.lines[at];
        if line.tip || line.gift_card {
            return;
        }
        let percent = *self.dice.pick(&[10, 15, 20, 30, 50]);
        let amount = rounded(line.original() * percent, 100);
        let typename = if self.dice.permille(500) {
            "ManualDiscountApplication"
        } else {
            "AutomaticDiscountApplication"
        };
        line.allocations.push((order.applications.len(), amount));
        order.applications.push(Application {
            typename,
            text: "Høstsalg",
            method: "EACH",
            selection: "EXPLICIT",
            shipping: false,
            value: Ok(percent),
        });
    }

    /// A discount on the whole order lies on the lines in proportion (`facts/shopify` 7.4).
    fn order_discount(&mut self, order: &mut Model) {
        let weights: Vec<i64> = order
            .lines
            .iter()
            .map(|line| {
                if line.tip || line.gift_card {
                    0
                } else {
                    line.after()
                }
            })
            .collect();
        let whole: i64 = weights.iter().sum();
        let (amount, value) = if self.dice.permille(650) {
            let percent = *self.dice.pick(&[5, 10, 15, 20, 25]);
            (rounded(whole * percent, 100), Ok(percent))
        } else {
            let fixed = self
                .fx
                .whole(if self.fx.currency == "JPY" { 500 } else { 5 })
                * self.dice.between(1, 10);
            let fixed = fixed.min(whole / 2);
            (fixed, Err(fixed))
        };
        let typename = if self.dice.permille(700) {
            "DiscountCodeApplication"
        } else {
            "AutomaticDiscountApplication"
        };
        let index = order.applications.len();
        order.applications.push(Application {
            typename,
            text: "VELKOMMEN",
            method: "ACROSS",
            selection: "ALL",
            shipping: false,
            value,
        });
        for (line, part) in order.lines.iter_mut().zip(spread(amount, &weights)) {
            if part > 0 {
                line.allocations.push((index, part));
            }
        }
    }

    fn shipping_discount(&mut self, order: &mut Model) {
        let percent = if self.dice.permille(700) { 100 } else { 50 };
        let index = order.applications.len();
        order.applications.push(Application {
            typename: "DiscountCodeApplication",
            text: "FRIFRAKT",
            method: "EACH",
            selection: "ALL",
            shipping: true,
            value: Ok(percent),
        });
        for shipping in &mut order.shipping {
            if shipping.price > 0 {
                shipping
                    .allocations
                    .push((index, rounded(shipping.price * percent, 100)));
            }
        }
    }

    /// Buy two, get the third: 100 % of one unit.
    fn one_for_free(&mut self, order: &mut Model) {
        let index = order.applications.len();
        order.applications.push(Application {
            typename: "AutomaticDiscountApplication",
            text: "3 for 2",
            method: "EACH",
            selection: "ENTITLED",
            shipping: false,
            value: Ok(100),
        });
        if self.dice.permille(500) {
            if let Some(line) = order.lines.iter_mut().find(|line| !line.tip) {
                line.quantity = 3;
                line.allocations.push((index, line.unit));
            }
        } else {
            let mut free = self.any_line(&[TaxKind::Standard]);
            free.quantity = 1;
            free.allocations.push((index, free.unit));
            order.lines.push(free);
        }
    }
}
