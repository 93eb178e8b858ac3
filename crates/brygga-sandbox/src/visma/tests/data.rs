use std::collections::BTreeSet;

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::*;
use crate::visma::{CATEGORY_NONE, CalculateOn, VatRounding};

#[test]
fn the_company_knows_every_sku_and_currency_of_its_shop() {
    let data = VismaData::for_shop(shop(), &VismaConfig::default());
    for sku in shop().skus() {
        assert!(data.items.contains_key(sku.sku.trim()), "{sku:?}");
    }
    let currencies: BTreeSet<String> = data
        .currencies
        .iter()
        .map(|currency| currency.id.clone())
        .collect();
    assert!(shop().currencies().is_subset(&currencies));
    assert_eq!(data.decimals("JPY"), 0);
    for currency in &currencies {
        assert!(
            data.cash_accounts
                .iter()
                .any(|account| account.currency == *currency)
        );
        assert!(
            data.customers
                .iter()
                .any(|customer| customer["number"] == json!(format!("HUS-{currency}")))
        );
    }
}

#[test]
fn every_pair_of_zone_and_category_leads_to_at_most_one_vat_id() {
    for rounding in [VatRounding::Line, VatRounding::Document] {
        let data = VismaData::for_shop(
            shop(),
            &VismaConfig {
                vat_rounding: rounding,
                ..VismaConfig::default()
            },
        );
        for zone in &data.vat_zones {
            for category in &data.vat_categories {
                let found = data
                    .vat_ids
                    .iter()
                    .filter(|vat| {
                        vat.zones.contains(&zone.id) && vat.categories.contains(&category.id)
                    })
                    .count();
                assert!(found <= 1, "{} {}", zone.id, category.id);
            }
            let free = data.vat_ids.iter().find(|vat| {
                vat.zones.contains(&zone.id) && vat.categories.iter().any(|id| id == CATEGORY_NONE)
            });
            assert!(
                free.is_some_and(|vat| vat.schedule.iter().all(|(_, rate)| rate.is_zero())),
                "{}",
                zone.id
            );
        }
        let expected = if rounding == VatRounding::Line {
            CalculateOn::ItemAmount
        } else {
            CalculateOn::DocumentAmount
        };
        assert!(data.vat_ids.iter().all(|vat| vat.calculate_on == expected));
    }
}

#[test]
fn the_rates_are_those_of_the_day() {
    let data = VismaData::for_shop(shop(), &VismaConfig::default());
    let rates = |year| -> BTreeSet<(String, Decimal)> {
        let day = NaiveDate::from_ymd_opt(year, 10, 1).expect("a day");
        data.vat_rows(day)
            .into_iter()
            .filter_map(|row| Some((row.country?, row.rate)))
            .collect()
    };
    let has = |year, country: &str, tenths| {
        rates(year).contains(&(country.to_owned(), Decimal::new(tenths, 1).normalize()))
    };
    for (country, tenths) in [
        ("NO", 250),
        ("NO", 150),
        ("NO", 120),
        ("NO", 0),
        ("SE", 250),
        ("SE", 120),
        ("SE", 60),
        ("DK", 250),
        ("FI", 255),
        ("FI", 135),
        ("FI", 100),
        ("DE", 190),
        ("DE", 70),
    ] {
        assert!(has(2026, country, tenths), "{country} {tenths}");
    }
    assert!(has(2025, "FI", 140) && !has(2025, "FI", 135));
}

#[test]
fn two_customers_share_an_email_and_some_buyers_are_known() {
    let data = VismaData::for_shop(shop(), &VismaConfig::default());
    let emails: Vec<&str> = data
        .customers
        .iter()
        .filter_map(|customer| customer["mainContact"]["email"].as_str())
        .collect();
    let distinct: BTreeSet<&str> = emails.iter().copied().collect();
    assert_eq!(emails.len(), distinct.len() + 1, "one e-mail stands twice");
    assert!(emails.len() > 4);
    let companies = data
        .customers
        .iter()
        .filter(|customer| customer.get("vatRegistrationId").is_some());
    assert_eq!(companies.count(), 1, "one company is known by its number");
}

#[test]
fn the_recordings_have_items_rates_and_open_periods() {
    let dir = std::path::Path::new(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../../shared/examples/shopify"
    ));
    if !dir.exists() {
        println!("skipped: ../shared is not here");
        return;
    }
    let Ok(shop) = ShopData::recorded(dir) else {
        println!("skipped: the recordings cannot be read yet");
        return;
    };
    let data = VismaData::for_shop(&shop, &VismaConfig::default());
    for sku in shop.skus() {
        assert!(data.items.contains_key(sku.sku.trim()), "{sku:?}");
    }
    for life in &shop.orders {
        for (at, _) in &life.versions {
            assert!(
                data.period_of(at.date_naive())
                    .is_some_and(|period| period.active && !period.closed),
                "{at}"
            );
        }
    }
    for currency in shop.currencies() {
        assert!(data.currency(&currency).is_some(), "{currency}");
    }
}
