//! Rows of the mapping put into the settings. What is no row stays as it is.

mod rules;

use std::collections::BTreeMap;

use brygga_core::erp::Catalogue;
use brygga_core::settings::{
    ClassRow, GatewayRow, GatewayRule, HouseRow, MissingItem, Party, PayoutClass, PayoutRow,
    Settings, SpecialItem, VatKey, VatRow,
};
use brygga_core::{Code, Problem};
use rust_decimal::Decimal;
use serde::de::DeserializeOwned;

use super::tables::{DEFAULT_ITEM, ELSEWHERE, ITEMS};
use crate::contract::MappingEdit;
use crate::settings::{Source, picks, refused};

/// The settings with these rows.
pub(crate) fn applied(
    settings: &Settings,
    edits: &[MappingEdit],
    catalogue: &Catalogue,
) -> Result<Settings, Problem> {
    let mut settings = settings.clone();
    for edit in edits {
        let row = Row {
            edit,
            catalogue,
            name: edit.key.values().cloned().collect::<Vec<_>>().join(", "),
        };
        match edit.table.as_str() {
            "vat" => row.vat(&mut settings)?,
            "gateways" => row.gateway(&mut settings)?,
            "items" => row.item(&mut settings)?,
            "shipping" => row.shipping(&mut settings)?,
            "warehouses" => row.warehouse(&mut settings)?,
            "stock" => row.stock(&mut settings)?,
            "units" => row.unit(&mut settings)?,
            "categories" => row.category(&mut settings)?,
            "classes" => row.class(&mut settings)?,
            "house" => row.house(&mut settings)?,
            "payouts" => row.payout(&mut settings)?,
            "triggers" => row.trigger(&mut settings)?,
            "channels" => row.channel(&mut settings)?,
            "buffers" => row.buffer(&mut settings)?,
            "rates" => row.rate(&mut settings)?,
            other => return Err(refused(other, "-")),
        }
    }
    Ok(settings)
}

/// The item for something that is no product.
pub(super) fn special(settings: &Settings, kind: &str) -> Option<SpecialItem> {
    let special = &settings.special_items;
    let chosen = match kind {
        // The same choice as in the settings: there it is a rule with its item.
        DEFAULT_ITEM => {
            return match &settings.missing_item {
                MissingItem::DefaultItem { item } => Some(SpecialItem {
                    item: item.clone(),
                    account: None,
                }),
                MissingItem::Hold | MissingItem::Create => None,
            };
        }
        "shipping" => special.shipping.as_ref(),
        "tip" => special.tip.as_ref(),
        "duty" => special.duty.as_ref(),
        "fee" => special.fee.as_ref(),
        "rounding" => special.rounding.as_ref(),
        "gift_card" => special.gift_card.as_ref(),
        "custom" => special.custom.as_ref(),
        "channel_tax" => special.channel_tax.as_ref(),
        "refund_difference" => settings.refunds.difference_item.as_ref(),
        "cash_rounding" => settings.payments.cash_rounding_item.as_ref(),
        _ => None,
    };
    chosen.cloned()
}

fn put_special(settings: &mut Settings, kind: &str, item: Option<SpecialItem>) {
    let special = &mut settings.special_items;
    let place = match kind {
        DEFAULT_ITEM => {
            match item {
                Some(special) => {
                    settings.missing_item = MissingItem::DefaultItem { item: special.item };
                }
                // A row that is emptied takes away an item, no other choice.
                None if settings.missing_item != MissingItem::Create => {
                    settings.missing_item = MissingItem::Hold;
                }
                None => {}
            }
            return;
        }
        "shipping" => &mut special.shipping,
        "tip" => &mut special.tip,
        "duty" => &mut special.duty,
        "fee" => &mut special.fee,
        "rounding" => &mut special.rounding,
        "gift_card" => &mut special.gift_card,
        "custom" => &mut special.custom,
        "channel_tax" => &mut special.channel_tax,
        "refund_difference" => &mut settings.refunds.difference_item,
        "cash_rounding" => &mut settings.payments.cash_rounding_item,
        _ => return,
    };
    *place = item;
}

struct Row<'a> {
    edit: &'a MappingEdit,
    catalogue: &'a Catalogue,
    name: String,
}

impl Row<'_> {
    fn cell<'b>(cells: &'b BTreeMap<String, String>, column: &str) -> Option<&'b str> {
        cells
            .get(column)
            .map(|text| text.trim())
            .filter(|text| !text.is_empty())
    }

    fn key(&self, column: &str) -> Result<&str, Problem> {
        Self::cell(&self.edit.key, column).ok_or_else(|| self.lacks(column))
    }

    fn lacks(&self, column: &str) -> Problem {
        Problem::new(Code::MappingIncomplete)
            .with("row", &self.name)
            .with("column", column)
    }

    /// Takes the whole row away.
    fn is_empty(&self) -> bool {
        self.edit
            .values
            .values()
            .all(|value| value.trim().is_empty())
    }

    fn value(&self, column: &str) -> Result<String, Problem> {
        Self::cell(&self.edit.values, column)
            .map(str::to_owned)
            .ok_or_else(|| self.lacks(column))
    }

    fn maybe(&self, column: &str) -> Option<String> {
        Self::cell(&self.edit.values, column).map(str::to_owned)
    }

    /// A value that Visma.net must be set up with, where it tells what it is set up with.
    fn picked(&self, column: &str, source: Source) -> Result<String, Problem> {
        let value = self.value(column)?;
        let known = picks(Some(self.catalogue), source);
        if known.is_empty() || known.iter().any(|choice| choice.id == value) {
            Ok(value)
        } else {
            Err(refused(column, value))
        }
    }

    /// An account, where one is chosen.
    fn account(&self) -> Result<Option<String>, Problem> {
        match self.maybe("account") {
            Some(_) => self.picked("account", Source::Accounts).map(Some),
            None => Ok(None),
        }
    }

    fn word<T: DeserializeOwned>(&self, column: &str) -> Result<T, Problem> {
        let word = self.key(column)?;
        serde_json::from_value(word.into()).map_err(|_| refused(column, word))
    }

    fn country(&self, column: &str, elsewhere: bool) -> Result<String, Problem> {
        let country = self.key(column)?;
        if crate::settings::is_country(country) || (elsewhere && country == ELSEWHERE) {
            Ok(country.to_owned())
        } else {
            Err(refused(column, country))
        }
    }

    fn vat(&self, settings: &mut Settings) -> Result<(), Problem> {
        let rate = self.key("rate")?;
        let percent: Decimal = rate.parse().map_err(|_| refused("rate", rate))?;
        if percent.is_sign_negative() || percent > Decimal::ONE_HUNDRED {
            return Err(refused("rate", rate));
        }
        let key = VatKey {
            dispatch: self.country("dispatch", false)?,
            destination: self.country("destination", false)?,
            rate: percent.normalize(),
            kind: self.word("kind")?,
            party: self.word("party")?,
            scheme: self.word("scheme")?,
        };
        let place = settings.vat.iter().position(|row| row.key == key);
        if self.is_empty() {
            if let Some(place) = place {
                settings.vat.remove(place);
            }
            return Ok(());
        }
        let row = VatRow {
            key,
            category: self.picked("category", Source::Categories)?,
            zone: self.picked("zone", Source::Zones)?,
        };
        let ids = self.catalogue.vat_ids_of(&row.category, &row.zone);
        if ids.len() > 1 || (ids.is_empty() && !percent.is_zero()) {
            return Err(Problem::new(Code::VatMappingBroken)
                .with("category", &row.category)
                .with("zone", &row.zone));
        }
        match place.and_then(|place| settings.vat.get_mut(place)) {
            Some(there) => *there = row,
            None => settings.vat.push(row),
        }
        Ok(())
    }

    fn gateway(&self, settings: &mut Settings) -> Result<(), Problem> {
        let gateway = self.key("gateway")?.to_owned();
        let method = Self::cell(&self.edit.key, "method").map(str::to_owned);
        let currency = self.key("currency")?.to_owned();
        let rows = &mut settings.payments.gateways;
        let place = rows.iter().position(|row| {
            row.gateway == gateway && row.method == method && row.currency == currency
        });
        if self.is_empty() {
            if let Some(place) = place {
                rows.remove(place);
            }
            return Ok(());
        }
        let rule = match self.value("rule")?.as_str() {
            "book" => GatewayRule::Book,
            "leave" => GatewayRule::Leave,
            other => return Err(refused("rule", other)),
        };
        let (cash_account, payment_method) = match rule {
            GatewayRule::Leave => (String::new(), String::new()),
            GatewayRule::Book => (
                self.picked("cash_account", Source::CashAccounts)?,
                self.picked("payment_method", Source::PaymentMethods)?,
            ),
        };
        let account = self
            .catalogue
            .cash_accounts
            .iter()
            .find(|account| account.number == cash_account);
        if let Some(account) = account.filter(|account| account.currency != currency) {
            return Err(Problem::new(Code::CashAccountCurrency)
                .with("account", &account.number)
                .with("theirs", &account.currency)
                .with("ours", &currency));
        }
        let row = GatewayRow {
            gateway,
            method,
            currency,
            rule,
            cash_account,
            payment_method,
        };
        match place.and_then(|place| rows.get_mut(place)) {
            Some(there) => *there = row,
            None => rows.push(row),
        }
        Ok(())
    }

    fn item(&self, settings: &mut Settings) -> Result<(), Problem> {
        let kind = self.key("for")?;
        if !ITEMS.contains(&kind) {
            return Err(refused("for", kind));
        }
        let item = if self.is_empty() {
            None
        } else {
            let account = self.account()?;
            if let Some(account) = account.as_ref().filter(|_| kind == DEFAULT_ITEM) {
                return Err(refused("account", account));
            }
            Some(SpecialItem {
                item: self.picked("item", Source::Items)?,
                account,
            })
        };
        put_special(settings, kind, item);
        Ok(())
    }

    fn shipping(&self, settings: &mut Settings) -> Result<(), Problem> {
        let method = self.key("method")?.to_owned();
        let rows = &mut settings.special_items.shipping_methods;
        if self.is_empty() {
            rows.remove(&method);
        } else {
            let item = SpecialItem {
                item: self.picked("item", Source::Items)?,
                account: self.account()?,
            };
            rows.insert(method, item);
        }
        Ok(())
    }

    fn unit(&self, settings: &mut Settings) -> Result<(), Problem> {
        let number = self.key("item")?.to_owned();
        if self.is_empty() {
            settings.units.remove(&number);
            return Ok(());
        }
        let unit = self.value("unit")?;
        let item = self.catalogue.items.get(&number);
        let fits = item
            .and_then(brygga_core::erp::Item::two_units)
            .is_some_and(|(base, sales)| unit == base || unit == sales);
        if !fits {
            return Err(refused("unit", unit));
        }
        settings.units.insert(number, unit);
        Ok(())
    }

    fn category(&self, settings: &mut Settings) -> Result<(), Problem> {
        let class = self.key("class")?.to_owned();
        let rows = &mut settings.products.product_types;
        if self.is_empty() {
            rows.remove(&class);
        } else {
            rows.insert(class, self.value("product_type")?);
        }
        Ok(())
    }

    fn warehouse(&self, settings: &mut Settings) -> Result<(), Problem> {
        let location = self.key("location")?.to_owned();
        let rows = &mut settings.invoices.warehouses;
        if self.is_empty() {
            rows.remove(&location);
        } else {
            rows.insert(location, self.picked("warehouse", Source::Warehouses)?);
        }
        Ok(())
    }

    fn stock(&self, settings: &mut Settings) -> Result<(), Problem> {
        let warehouse = self.key("warehouse")?.to_owned();
        let rows = &mut settings.stock.locations;
        if self.is_empty() {
            rows.remove(&warehouse);
        } else {
            rows.insert(warehouse, self.value("location")?);
        }
        Ok(())
    }

    fn class(&self, settings: &mut Settings) -> Result<(), Problem> {
        let country = self.country("country", true)?;
        let party: Party = self.word("party")?;
        let rows = &mut settings.customers.classes;
        let place = rows
            .iter()
            .position(|row| row.country == country && row.party == party);
        if self.is_empty() {
            if let Some(place) = place {
                rows.remove(place);
            }
            return Ok(());
        }
        let row = ClassRow {
            country,
            party,
            class: self.picked("class", Source::Classes)?,
            terms: self.maybe("terms"),
        };
        match place.and_then(|place| rows.get_mut(place)) {
            Some(there) => *there = row,
            None => rows.push(row),
        }
        Ok(())
    }

    fn house(&self, settings: &mut Settings) -> Result<(), Problem> {
        let country = self.country("country", true)?;
        let currency = self.key("currency")?.to_owned();
        let rows = &mut settings.customers.house;
        let place = rows
            .iter()
            .position(|row| row.country == country && row.currency == currency);
        if self.is_empty() {
            if let Some(place) = place {
                rows.remove(place);
            }
            return Ok(());
        }
        let row = HouseRow {
            country,
            currency,
            customer: self.value("customer")?,
        };
        match place.and_then(|place| rows.get_mut(place)) {
            Some(there) => *there = row,
            None => rows.push(row),
        }
        Ok(())
    }

    fn payout(&self, settings: &mut Settings) -> Result<(), Problem> {
        let name = self.key("class")?;
        let class = PayoutClass::ALL
            .into_iter()
            .find(|class| class.as_str() == name);
        let row = if self.is_empty() {
            None
        } else {
            Some(PayoutRow {
                account: self.picked("account", Source::Accounts)?,
                vat_category: self.maybe("category"),
            })
        };
        let payouts = &mut settings.payouts;
        match (class, row) {
            (Some(class), Some(row)) => {
                payouts.classes.insert(class, row);
            }
            (Some(class), None) => {
                payouts.classes.remove(&class);
            }
            (None, Some(row)) => {
                payouts.types.insert(name.to_owned(), row);
            }
            (None, None) => {
                payouts.types.remove(name);
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
