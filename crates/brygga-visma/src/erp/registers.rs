//! The rows of the registers in the words of the trade: pure.

use std::collections::{HashMap, HashSet};

use brygga_core::Problem;
use brygga_core::erp::{
    Account, Branch, CashAccount, CurrencyInfo, CustomerClass, EntryType, Item, ItemType,
    OrderType, PaymentMethod, Period, VatCalculation, VatId, VatRate, Warehouse,
};
use chrono::NaiveDate;

use super::wire;
use crate::error::unexpected;
use crate::exact::Exact;
use crate::text::{day, some};

pub(super) fn lot_class(row: &wire::Inventory) -> Option<&str> {
    row.lot_serial_class
        .as_ref()?
        .id
        .as_deref()
        .map(str::trim)
        .filter(|id| !id.is_empty())
}

pub(super) fn item(row: wire::Inventory, tracked: &HashSet<String>) -> Item {
    let unsupported =
        row.kit_item == Some(true) || lot_class(&row).is_some_and(|class| tracked.contains(class));
    let item_type = ItemType::from(row.kind.unwrap_or_default());
    let goods = matches!(
        item_type,
        ItemType::FinishedGood | ItemType::ComponentPart | ItemType::Subassembly
    );
    Item {
        number: row.inventory_number.trim().to_owned(),
        description: row.description.unwrap_or_default(),
        status: row.status.unwrap_or_default(),
        item_type,
        stock: row.stock_item.unwrap_or(goods),
        unsupported,
        class: row.item_class.and_then(|class| class.id),
        vat_category: row.vat_code.and_then(|code| code.id),
        base_unit: row.base_unit,
        sales_unit: row.sales_unit,
    }
}

pub(super) fn vat_id(row: wire::Vat) -> Option<VatId> {
    let calculation = match row.calculate_on.as_deref() {
        Some("ItemAmount" | "ItemTaxAmount") => Some(VatCalculation::PerLine),
        Some("DocumentAmount" | "DocumenTaxAmount") => Some(VatCalculation::PerDocument),
        Some("ExtractFromItemAmount") => Some(VatCalculation::Inclusive),
        _ => None,
    };
    // Sales are output VAT; a schedule without a group stands for both.
    let output = row
        .schedules
        .unwrap_or_default()
        .into_iter()
        .filter(|rate| rate.group_type.as_deref() != Some("Input"));
    let mut rates: Vec<VatRate> = output
        .filter_map(|rate| {
            Some(VatRate {
                from: rate.start_date.as_deref().and_then(day)?,
                percent: rate.vat_rate.unwrap_or(Exact::default()).0,
            })
        })
        .collect();
    rates.sort_by_key(|rate| rate.from);
    // A category that "excludes listed taxes" means every VAT id of the zone but these. It is left out, so a mapping to it leads to no
    // single VAT id and is held instead of guessed.
    let listed = row.categories.unwrap_or_default().into_iter();
    let categories = listed.filter(|category| {
        category.active != Some(false) && category.exclude_listed_taxes != Some(true)
    });
    Some(VatId {
        id: row.vat_id?,
        description: row.description.unwrap_or_default(),
        calculation,
        zones: row
            .zones
            .unwrap_or_default()
            .into_iter()
            .filter_map(|zone| zone.id)
            .collect(),
        categories: categories
            .filter_map(|category| category.vat_category_id)
            .collect(),
        rates,
        reverse: row.reverse_vat == Some(true) || row.kind.as_deref() == Some("ReverseVat"),
    })
}

pub(super) fn currency(row: wire::Currency) -> Option<CurrencyInfo> {
    Some(CurrencyInfo {
        id: row.id?,
        decimals: row.decimal_precision?,
        base: row.is_base_currency == Some(true),
    })
}

pub(super) fn warehouse(row: wire::Warehouse) -> Option<Warehouse> {
    Some(Warehouse {
        id: row.id?,
        description: row.description.unwrap_or_default(),
        active: row.active != Some(false),
    })
}

pub(super) fn customer_class(row: wire::CustomerClass) -> Option<CustomerClass> {
    // `CustomerClassDto` names no country.
    Some(CustomerClass {
        id: row.id?,
        description: row.description.unwrap_or_default(),
        vat_zone: row.tax_zone_id.filter(|zone| !zone.is_empty()),
        country: None,
    })
}

pub(super) fn branch(row: wire::Branch) -> Option<Branch> {
    Some(Branch {
        number: row.number?.trim().to_owned(),
        name: row.name.unwrap_or_default(),
    })
}

pub(super) fn payment_method(row: wire::PaymentMethod) -> Option<PaymentMethod> {
    Some(PaymentMethod {
        id: row.id?,
        description: row.description.unwrap_or_default(),
    })
}

pub(super) fn account(row: wire::LedgerAccount) -> Option<Account> {
    Some(Account {
        number: some(row.number)?.trim().to_owned(),
        description: row.description.unwrap_or_default(),
    })
}

pub(super) fn cash_account(row: wire::CashAccount) -> Option<CashAccount> {
    let entry = |row: wire::EntryType| {
        // The account's own offset account goes before the entry type's.
        let offset = [row.offset_account_override, row.default_offset_account];
        Some(EntryType {
            id: some(row.entry_type_id)?,
            description: row.description.unwrap_or_default(),
            receipt: row.disable_receipt.as_deref() == Some("Receipt"),
            offset_account: offset
                .into_iter()
                .flatten()
                .find_map(|account| some(account.number)),
        })
    };
    Some(CashAccount {
        number: some(row.number)?,
        description: row.description.unwrap_or_default(),
        currency: some(row.currency)?,
        entry_types: row
            .entry_types
            .unwrap_or_default()
            .into_iter()
            .filter_map(entry)
            .collect(),
    })
}

pub(super) fn order_type(row: wire::OrderType) -> Option<OrderType> {
    Some(OrderType {
        id: row.order_type?,
        description: row.description.unwrap_or_default(),
        active: row.active != Some(false),
        behavior: row.behavior.unwrap_or_default(),
        // `SalesOrderTypeDto` does not tell; the read-back shows it.
        hold_on_entry: false,
    })
}

pub(super) fn financial_periods(rows: &[wire::FinancialPeriod]) -> Result<Vec<Period>, Problem> {
    let starts: HashMap<NaiveDate, usize> = rows
        .iter()
        .enumerate()
        .filter_map(|(index, row)| Some((row.start_date.as_deref().and_then(day)?, index)))
        .collect();
    let mut periods = Vec::with_capacity(rows.len());
    for (index, row) in rows.iter().enumerate() {
        let dates = row
            .start_date
            .as_deref()
            .and_then(day)
            .zip(row.end_date.as_deref().and_then(day));
        let Some((from, end)) = dates else {
            return Err(unexpected(format!(
                "financial period {} without dates",
                row.period.as_deref().unwrap_or("?")
            )));
        };
        // Is the last day in the period or after it? The file does not say; if another period starts on it, it is after.
        let after = end > from && starts.get(&end).is_some_and(|other| *other != index);
        let to = if after {
            end.pred_opt().unwrap_or(end)
        } else {
            end
        };
        // A period without a day of its own is for adjustments; no sale is dated in it.
        if from == end && starts.get(&from).is_some_and(|other| *other != index) {
            continue;
        }
        let closed = row.closed_in_customer_ledger == Some(true)
            || row.closed_in_general_ledger == Some(true);
        periods.push(Period {
            id: period_id(row.year, row.period.as_deref().unwrap_or_default()),
            from,
            to,
            open: row.active == Some(true) && !closed,
        });
    }
    periods.sort_by_key(|period| period.from);
    Ok(periods)
}

/// `YYYYMM` from "the period no and the year" (`FinancialPeriodDto.period`), in whatever order and with whatever between.
fn period_id(year: Option<i32>, text: &str) -> String {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let Some(year) = year.map(|year| year.to_string()) else {
        return digits;
    };
    let number = if digits.len() <= 2 {
        Some(digits.as_str())
    } else {
        digits
            .strip_prefix(&year)
            .or_else(|| digits.strip_suffix(&year))
    };
    number.map_or_else(|| digits.clone(), |number| format!("{year}{number:0>2}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vat_ids_are_read_with_modes_rates_and_categories() {
        let read =
            |json: &str| vat_id(serde_json::from_str(json).expect("a VAT id")).expect("a VAT id");
        let found = read(
            r#"{"vatId":"FI255","description":"x","type":"Vat","reverseVat":false,"calculateOn":"ItemAmount",
            "schedules":[{"startDate":"2024-09-01T00:00:00","vatRate":25.5,"groupType":"Output"},{"startDate":"2013-01-01T00:00:00","vatRate":24.0},
                {"startDate":"2024-09-01T00:00:00","vatRate":99.0,"groupType":"Input"}],
            "categories":[{"vatCategoryId":"HOY","active":true},{"vatCategoryId":"OLD","active":false},{"vatCategoryId":"ALL-BUT","excludeListedTaxes":true}],
            "zones":[{"id":"FI-IOSS"},{"id":null}]}"#,
        );
        assert_eq!(found.calculation, Some(VatCalculation::PerLine));
        let rates: Vec<String> = found
            .rates
            .iter()
            .map(|rate| format!("{} {}", rate.from, rate.percent))
            .collect();
        assert_eq!(rates, ["2013-01-01 24.0", "2024-09-01 25.5"]);
        assert_eq!(
            (found.categories, found.zones),
            (vec!["HOY".to_owned()], vec!["FI-IOSS".to_owned()])
        );
        let table = [
            ("ItemTaxAmount", Some(VatCalculation::PerLine)),
            ("DocumentAmount", Some(VatCalculation::PerDocument)),
            ("DocumenTaxAmount", Some(VatCalculation::PerDocument)),
            ("ExtractFromItemAmount", Some(VatCalculation::Inclusive)),
            ("Newer", None),
        ];
        for (word, want) in table {
            assert_eq!(
                read(&format!(r#"{{"vatId":"A","calculateOn":"{word}"}}"#)).calculation,
                want,
                "{word}"
            );
        }
        assert!(read(r#"{"vatId":"A","type":"ReverseVat"}"#).reverse);
    }

    #[test]
    fn periods_are_read_whatever_their_last_day_means() {
        let row = |period: &str, from: &str, to: &str, closed| wire::FinancialPeriod {
            year: Some(2026),
            period: Some(period.into()),
            start_date: Some(from.into()),
            end_date: Some(to.into()),
            active: Some(true),
            closed_in_customer_ledger: Some(closed),
            closed_in_general_ledger: Some(false),
        };
        let texts = |rows: &[wire::FinancialPeriod]| -> Vec<String> {
            let periods = financial_periods(rows).expect("periods");
            periods
                .iter()
                .map(|period| {
                    format!(
                        "{} {} {} {}",
                        period.id, period.from, period.to, period.open
                    )
                })
                .collect()
        };
        let want = [
            "202609 2026-09-01 2026-09-30 false",
            "202610 2026-10-01 2026-10-31 true",
        ];
        let inclusive = [
            row("202609", "2026-09-01T00:00:00", "2026-09-30T00:00:00", true),
            row(
                "202610",
                "2026-10-01T00:00:00",
                "2026-10-31T00:00:00",
                false,
            ),
        ];
        assert_eq!(texts(&inclusive), want);
        let exclusive = [
            row("09-2026", "2026-09-01", "2026-10-01", true),
            row("10-2026", "2026-10-01", "2026-11-01", false),
            row("11-2026", "2026-11-01", "2026-11-01", false),
            row("11-2026", "2026-11-01", "2026-12-01", false),
        ];
        assert_eq!(texts(&exclusive)[..2], want);
        assert!(financial_periods(&[row("1", "", "", false)]).is_err());
    }

    #[test]
    fn period_ids_have_one_form() {
        for (text, want) in [
            ("202610", "202610"),
            ("10-2026", "202610"),
            ("102026", "202610"),
            ("9", "202609"),
            ("2026-09", "202609"),
            ("2026 9", "202609"),
        ] {
            assert_eq!(period_id(Some(2026), text), want, "{text}");
        }
        assert_eq!(period_id(None, "202610"), "202610");
    }

    #[test]
    fn kits_and_tracked_items_are_not_supported() {
        let tracked: HashSet<String> = ["LOT".to_owned()].into();
        let read = |json: &str| item(serde_json::from_str(json).expect("an item"), &tracked);
        assert!(!read(r#"{"inventoryNumber":"A ","type":"FinishedGoodItem","lotSerialClass":{"id":"NONE"}}"#).unsupported);
        assert!(
            read(
                r#"{"inventoryNumber":"A","type":"FinishedGoodItem","lotSerialClass":{"id":"LOT"}}"#
            )
            .unsupported
        );
        assert!(read(r#"{"inventoryNumber":"A","kitItem":true}"#).unsupported);
        let goods = read(r#"{"inventoryNumber":"A ","type":"FinishedGoodItem"}"#);
        assert_eq!((goods.number.as_str(), goods.stock), ("A", true));
        assert_eq!(
            read(r#"{"inventoryNumber":"A","type":"NewerItem"}"#).item_type,
            ItemType::from("NewerItem".to_owned())
        );
    }
}
