//! The Nordic shop "Fjord & Fjell AS": a month of life, made from a seed. The official schema gives the names, `facts/shopify` 7 and 7R
//! the meaning, `kinds` what happens how often. No public recording of a Norwegian or Swedish order with VAT lines exists: these are made.

mod amounts;
mod back;
mod basket;
mod catalogue;
mod dice;
mod edit;
mod kinds;
mod life;
mod model;
mod must;
mod pay;
mod payouts;
mod people;
mod places;
mod post;
mod purse;
mod render;
mod render_money;
mod render_parts;
mod swap;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod tests_kinds;
#[cfg(test)]
mod tests_life;
#[cfg(test)]
mod tests_money;
mod totals;
mod ways;

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, TimeZone, Utc};
use chrono_tz::Europe::Oslo;
use serde_json::{Value, json};

use self::amounts::Exchange;
use self::basket::{Filler, Numbers, Regime};
use self::dice::Dice;
use self::kinds::{BASKETS, BUYERS, Basket, Buyer, Cards, KNOWN, Known, STORIES};
use self::life::Telling;
use self::model::Model;
use self::must::{ENOUGH, MUST};
use self::payouts::Movement;
use self::people::{Home, Person};
use self::places::{DENMARK, FINLAND, GERMANY, JAPAN, NORWAY, Place, SWEDEN, UNITED_STATES};
use self::purse::Purse;
use super::{DayRate, Life, ShopData};
use crate::shop_data::stamp;

/// The days of the month.
const DAYS: i64 = 31;

/// `ids_after` is added to the numbers of orders, customers and all that is made with them.
pub(super) fn shop(orders: u32, seed: u64, start: DateTime<Utc>, ids_after: i64) -> ShopData {
    let count = usize::try_from(orders).unwrap_or(0);
    let mut dice = Dice::new(seed);
    let products = catalogue::products();
    let moments = moments(count, start, &mut dice);
    let cards = cards(count, &mut dice);
    let mut month = Month {
        dice,
        numbers: Numbers::after(ids_after),
        products: &products,
        people: Vec::new(),
        bought: BTreeMap::new(),
        purse: Purse::default(),
        start,
        ids_after,
    };
    let mut lives = Vec::with_capacity(count);
    let mut movements: Vec<Movement> = Vec::new();
    for (n, (at, cards)) in moments.into_iter().zip(cards).enumerate() {
        let (life, moved) = month.order(i64::try_from(n).unwrap_or(0), at, cards);
        lives.push(life);
        movements.extend(moved);
    }
    let (payouts, balance_transactions) = payouts::payouts(movements, start, &mut month.numbers);
    let customers = month
        .people
        .iter()
        .map(|person| person.json(start, month.bought.get(&person.id).copied().unwrap_or(0)))
        .collect();
    let since = stamp(start - TimeDelta::days(400));
    ShopData {
        shop: shop_object(start),
        orders: lives,
        customers,
        products: products
            .iter()
            .map(|product| product.json(&since))
            .collect(),
        locations: vec![render_parts::location(0), render_parts::location(1)],
        payments_account: payouts::account(),
        payouts,
        balance_transactions,
        gift_cards: month.purse.gift_cards(),
        store_credit_accounts: month.purse.store_credit_accounts(),
        report: None,
        recorded: false,
        rates: rates(start),
        ids_after,
    }
}

/// The four cards of each order.
fn cards(count: usize, dice: &mut Dice) -> Vec<Cards> {
    let (buyers, baskets) = (dice.deck(BUYERS, count), dice.deck(BASKETS, count));
    let (stories, known) = (dice.deck(STORIES, count), dice.deck(KNOWN, count));
    let mut cards: Vec<Cards> = (0..count)
        .map(|n| {
            Cards {
                buyer: buyers[n],
                basket: baskets[n],
                story: stories[n],
                known: known[n],
            }
            .agreed()
        })
        .collect();
    if count >= ENOUGH {
        // Evenly over the month, so that what is sold early is used later.
        for (n, &(buyer, basket, story)) in MUST.iter().enumerate() {
            let one = &mut cards[n * count / MUST.len()];
            *one = Cards {
                buyer,
                basket,
                story,
                ..*one
            }
            .agreed();
        }
    }
    if count >= 100 {
        // One order that no page holds, in the middle of the month.
        let one = &mut cards[count / 2 + 1];
        *one = Cards {
            buyer: Buyer::NorwayPrivate,
            basket: Basket::Endless,
            ..*one
        }
        .agreed();
    }
    cards
}

/// When the orders come in: all over the month and the day, with the hours at which dates go wrong.
fn moments(count: usize, start: DateTime<Utc>, dice: &mut Dice) -> Vec<DateTime<Utc>> {
    let first = start.with_timezone(&Oslo).date_naive();
    let mut moments = Vec::with_capacity(count);
    let mut nights = dst_nights(first).into_iter();
    for n in 0..count {
        if n % 5 == 4
            && let Some(at) = nights.next()
        {
            moments.push(at);
            continue;
        }
        let day = first + TimeDelta::days(dice.between(0, DAYS - 1));
        let seconds = match n % 23 {
            0 => 23 * 3600 + 30 * 60 + dice.between(0, 59),
            1 => 30 * 60 + dice.between(0, 59),
            _ if dice.permille(800) => dice.between(8 * 3600, 22 * 3600),
            _ => dice.between(0, 86_399),
        };
        moments.push(local(day, seconds, false).max(start));
    }
    moments.sort();
    if let (true, Some(first)) = (count >= ENOUGH, moments.first_mut()) {
        *first = start - TimeDelta::days(12) + TimeDelta::hours(13);
    }
    moments
}

/// Local times around the night on which the clocks change, if the month has one: 02:30 happens twice in October.
fn dst_nights(first: NaiveDate) -> Vec<DateTime<Utc>> {
    let changes = (0..DAYS).map(|n| first + TimeDelta::days(n)).filter(|day| {
        local(*day, 0, false) + TimeDelta::days(1) != local(*day + TimeDelta::days(1), 0, false)
    });
    changes
        .flat_map(|day| {
            let half_past = |hour: i64, later| local(day, hour * 3600 + 1800, later);
            [
                half_past(0, false),
                half_past(2, false),
                half_past(2, true),
                half_past(3, false),
                half_past(23, false),
            ]
        })
        .collect()
}

/// So many seconds of the wall clock into a day in Oslo; `later` is the second of two equal times. A time that is skipped moves on by an hour.
fn local(day: NaiveDate, seconds: i64, later: bool) -> DateTime<Utc> {
    let wall = day.and_time(NaiveTime::MIN) + TimeDelta::seconds(seconds);
    let found = Oslo.from_local_datetime(&wall);
    let at = if later {
        found.latest()
    } else {
        found.earliest()
    };
    at.or_else(|| {
        Oslo.from_local_datetime(&(wall + TimeDelta::hours(1)))
            .earliest()
    })
    .map_or_else(|| wall.and_utc(), |at| at.with_timezone(&Utc))
}

/// What the month has made so far.
struct Month<'a> {
    dice: Dice,
    numbers: Numbers,
    products: &'a [catalogue::Product],
    people: Vec<Person>,
    bought: BTreeMap<i64, usize>,
    purse: Purse,
    start: DateTime<Utc>,
    /// Added to the numbers of its orders and customers.
    ids_after: i64,
}

impl Month<'_> {
    fn order(&mut self, n: i64, created: DateTime<Utc>, cards: Cards) -> (Life, Vec<Movement>) {
        let place = self.place(cards.buyer);
        let company = matches!(cards.buyer, Buyer::NorwayCompany | Buyer::EuCompany);
        let has_profile = matches!(cards.known, Known::Again | Known::New);
        let person = self.person(place, company, cards);
        let home = if cards.buyer == Buyer::Svalbard {
            Home {
                zip: "9170",
                city: "Longyearbyen",
                ..person.home.clone()
            }
        } else {
            person.home.clone()
        };
        let seen = self.bought.get(&person.id).copied().unwrap_or(0) + 1;
        if has_profile {
            self.bought.insert(person.id, seen);
        }
        let customer = if has_profile {
            person.json(self.start, seen)
        } else {
            Value::Null
        };
        let pos = cards.buyer == Buyer::PointOfSale;
        let billing = if pos {
            Value::Null
        } else {
            person.address(self.numbers.take(), place, &home)
        };
        // The goods go home, to a work place, or to a friend abroad; tax and currency: `regime`.
        let (goes_to, there) = if cards.basket == Basket::SentAbroad {
            (&SWEDEN, Home::any(&SWEDEN, &mut self.dice))
        } else {
            (place, home)
        };
        let there = if self.dice.permille(80) && !pos && cards.buyer != Buyer::Svalbard {
            Home::any(goes_to, &mut self.dice)
        } else {
            there
        };
        let shipping_to = if pos {
            Value::Null
        } else {
            person.address(self.numbers.take(), goes_to, &there)
        };

        let currency = match cards.buyer {
            // Some exports are shown in euros.
            Buyer::UsaExport if self.dice.permille(400) => "EUR",
            _ => place.currency,
        };
        let fx = Exchange::on(currency, (created - self.start).num_days().max(0));
        let draft = cards.basket == Basket::Draft;
        let taxes_on_top = draft
            || matches!(
                cards.buyer,
                Buyer::NorwayCompany
                    | Buyer::EuCompany
                    | Buyer::UsaExport
                    | Buyer::JapanExport
                    | Buyer::UsaSalesTax
            );
        let write_zero = self.dice.permille(500);
        let regime = Regime {
            place: goes_to,
            buyer: cards.buyer,
            basket: cards.basket,
            write_zero,
        };
        let mut filler = Filler {
            dice: &mut self.dice,
            numbers: &mut self.numbers,
            products: self.products,
            regime,
            fx,
            purse: &mut self.purse,
        };
        let lines = filler.lines();
        let shipping = filler.shipping(&lines);
        let fees = filler.fees();
        let sends = lines.iter().any(|line| line.ships);
        let email = match cards.known {
            Known::Nameless => None,
            // Counter sales often have no name at all.
            _ if pos && filler.dice.permille(500) => None,
            // People write the same address in several ways.
            _ if filler.dice.permille(60) => Some(person.email.to_uppercase()),
            _ => Some(person.email.clone()),
        };
        let nameless_sale = pos && email.is_none();
        let long = cards.basket == Basket::LongTexts;
        let mut order = Model {
            id: 6_100_000_000_000 + self.ids_after + n * 32_768,
            number: 1001 + n,
            created,
            fx,
            taxes_included: !taxes_on_top,
            tax_is_converted: filler.dice.permille(150),
            tax_exempt: cards.basket == Basket::TaxExempt || cards.buyer == Buyer::EuCompany,
            test: false,
            source: if pos {
                "pos"
            } else if draft {
                "shopify_draft_order"
            } else {
                "web"
            },
            locale: place.locale,
            purchasing_entity: if nameless_sale || !has_profile {
                Value::Null
            } else {
                person.purchasing_entity(&customer, self.start)
            },
            customer: if nameless_sale { Value::Null } else { customer },
            phone: if email.is_none() && !pos {
                person.phone.clone()
            } else {
                None
            },
            email,
            po_number: (company && filler.dice.permille(600))
                .then(|| format!("PO-{}", filler.dice.between(10_000, 99_999))),
            net_days: None,
            billing,
            shipping_to: if sends { shipping_to } else { Value::Null },
            pos,
            lines,
            shipping,
            fees,
            applications: Vec::new(),
            txs: Vec::new(),
            refunds: Vec::new(),
            returns: Vec::new(),
            parcels: Vec::new(),
            tags: if filler.dice.permille(100) {
                vec!["nyhetsbrev".to_owned()]
            } else {
                Vec::new()
            },
            note: long.then(|| {
                format!(
                    "🎁 Kjære dere, \"vær så snill\": {}",
                    "ring på hos naboen; ".repeat(40)
                )
            }),
            attributes: if filler.dice.permille(50) {
                vec![("delivery-date".to_owned(), "snarest".to_owned())]
            } else {
                Vec::new()
            },
            cancelled: None,
            closed: None,
            edited: false,
            expired: false,
            original_total: None,
        };
        filler.discounts(&mut order);
        Telling::new(&mut filler, order, self.start).tell(cards.story)
    }

    fn place(&mut self, buyer: Buyer) -> &'static Place {
        match buyer {
            Buyer::NorwayPrivate | Buyer::NorwayCompany | Buyer::PointOfSale | Buyer::Svalbard => {
                &NORWAY
            }
            Buyer::SwedenPrivate => &SWEDEN,
            Buyer::DenmarkPrivate => &DENMARK,
            Buyer::FinlandPrivate => &FINLAND,
            Buyer::GermanyPrivate => &GERMANY,
            Buyer::EuCompany => [&SWEDEN, &DENMARK, &FINLAND, &GERMANY][self.dice.index(4)],
            Buyer::UsaExport | Buyer::UsaSalesTax => &UNITED_STATES,
            Buyer::JapanExport => &JAPAN,
        }
    }

    /// Somebody who lives there: an old customer, a new one, or a guest who leaves no profile.
    fn person(&mut self, place: &'static Place, company: bool, cards: Cards) -> Person {
        let exempt = cards.basket == Basket::TaxExempt;
        if cards.known == Known::Again && !exempt {
            let fits = |person: &&Person| {
                person.place.code == place.code
                    && person.company.is_some() == company
                    && !person.tax_exempt
            };
            let known: Vec<&Person> = self.people.iter().filter(fits).collect();
            if !known.is_empty() {
                return known[self.dice.index(known.len())].clone();
            }
        }
        let n = i64::try_from(self.people.len()).unwrap_or(0) + 1;
        let guest = matches!(cards.known, Known::Guest | Known::Nameless);
        let n = if guest {
            500_000 + self.numbers.take() % 100_003
        } else {
            n
        };
        let mut person = Person::any(n, place, &mut self.dice);
        person.tax_exempt = exempt;
        if company {
            person = person.of_company(n, cards.buyer == Buyer::EuCompany, &mut self.dice);
        }
        person.id += self.ids_after;
        if let Some(company) = &mut person.company {
            company.id += self.ids_after;
        }
        if !guest {
            self.people.push(person.clone());
        }
        person
    }
}

fn shop_object(start: DateTime<Utc>) -> Value {
    let created = stamp(start - TimeDelta::days(900));
    let address = json!({
        "id": "gid://shopify/ShopAddress/66000000001", "address1": "Storgata 1", "address2": null, "zip": "0155", "city": "Oslo", "company": "Fjord & Fjell AS",
        "country": "Norway", "countryCodeV2": "NO", "province": null, "provinceCode": null, "phone": null, "latitude": null, "longitude": null,
        "coordinatesValidated": false, "formatted": ["Storgata 1", "0155 Oslo", "Norway"], "formattedArea": "Oslo, Norway",
    });
    let mut enabled = vec![amounts::SHOP_CURRENCY];
    enabled.extend(amounts::foreign());
    json!({
        "__typename": "Shop", "id": "gid://shopify/Shop/66000000000", "name": "Fjord & Fjell AS", "myshopifyDomain": "fjord-og-fjell.myshopify.com",
        "currencyCode": amounts::SHOP_CURRENCY, "enabledPresentmentCurrencies": enabled,
        "ianaTimezone": "Europe/Oslo", "timezoneAbbreviation": "CEST", "timezoneOffset": "+0200", "timezoneOffsetMinutes": 120,
        "taxesIncluded": true, "taxShipping": true, "unitSystem": "METRIC_SYSTEM", "weightUnit": "KILOGRAMS", "setupRequired": false,
        "email": "post@example.com", "contactEmail": "post@example.com", "shopOwnerName": "Kari Nordmann", "description": null,
        "orderNumberFormatPrefix": "#", "orderNumberFormatSuffix": "", "url": "https://fjord-og-fjell.myshopify.com",
        "primaryDomain": { "id": "gid://shopify/Domain/1", "host": "fjord-og-fjell.example.com", "url": "https://fjord-og-fjell.example.com", "sslEnabled": true },
        "plan": { "publicDisplayName": "Basic", "partnerDevelopment": false, "shopifyPlus": false },
        "currencyFormats": { "moneyFormat": "{{amount}} kr", "moneyWithCurrencyFormat": "{{amount}} NOK", "moneyInEmailsFormat": "{{amount}} kr", "moneyWithCurrencyInEmailsFormat": "{{amount}} NOK" },
        "shopAddress": address, "billingAddress": address, "createdAt": created, "updatedAt": created, "metafields": [],
        "shipsToCountries": ["NO", "SE", "DK", "FI", "DE", "US", "JP"],
    })
}

fn rates(start: DateTime<Utc>) -> Vec<DayRate> {
    let first = start.with_timezone(&Oslo).date_naive();
    let day = |n: i64| {
        amounts::foreign().map(move |currency| DayRate {
            currency: currency.to_owned(),
            day: first + TimeDelta::days(n),
            to_shop: Exchange::on(currency, n).to_shop(),
        })
    };
    (0..DAYS).flat_map(day).collect()
}
