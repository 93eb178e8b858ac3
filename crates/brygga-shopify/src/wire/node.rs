use std::str::FromStr;

use brygga_core::Decimal;
use brygga_core::money::{Currency, Money};
use brygga_core::shop::{MoneyBag, TaxLine};
use chrono::{DateTime, Utc};
use serde_json::Value;

/// A place in a JSON tree that knows its way from the root.
#[derive(Clone)]
pub(crate) struct Node<'a> {
    value: &'a Value,
    path: String,
}

/// Where and why a value could not be read; never the value itself, which may be personal.
pub(crate) type Unreadable = String;

impl<'a> Node<'a> {
    pub(crate) fn root(value: &'a Value) -> Self {
        Self {
            value,
            path: String::new(),
        }
    }

    fn fail(&self, what: &str) -> Unreadable {
        let path = if self.path.is_empty() {
            "the record"
        } else {
            &self.path
        };
        format!("{path}: {what}")
    }

    pub(crate) fn is_null(&self) -> bool {
        self.value.is_null()
    }

    /// The field, null if absent.
    pub(crate) fn get(&self, name: &str) -> Self {
        let path = if self.path.is_empty() {
            name.to_owned()
        } else {
            format!("{}.{name}", self.path)
        };
        Self {
            value: self.value.get(name).unwrap_or(&Value::Null),
            path,
        }
    }

    /// The field if it is an object.
    pub(crate) fn object(&self, name: &str) -> Result<Option<Self>, Unreadable> {
        let node = self.get(name);
        match node.value {
            Value::Null => Ok(None),
            Value::Object(_) => Ok(Some(node)),
            _ => Err(node.fail("no object")),
        }
    }

    /// The rows of a list or a connection. `None` if it is absent: for money, an absent list is not an empty one.
    pub(crate) fn rows(&self, name: &str) -> Result<Option<Vec<Self>>, Unreadable> {
        let node = self.get(name);
        let (list, prefix) = match node.value {
            Value::Null => return Ok(None),
            Value::Array(list) => (list, node.path.clone()),
            Value::Object(fields) => match fields.get("nodes") {
                Some(Value::Array(list)) => (list, format!("{}.nodes", node.path)),
                _ => return Err(node.fail("no list")),
            },
            _ => return Err(node.fail("no list")),
        };
        Ok(Some(
            list.iter()
                .enumerate()
                .map(|(index, value)| Self {
                    value,
                    path: format!("{prefix}[{index}]"),
                })
                .collect(),
        ))
    }

    /// The rows of a list that must be there.
    pub(crate) fn list(&self, name: &str) -> Result<Vec<Self>, Unreadable> {
        self.rows(name)?
            .ok_or_else(|| self.get(name).fail("missing"))
    }

    /// The text that this place itself is.
    pub(crate) fn own_text(&self) -> Result<String, Unreadable> {
        self.value
            .as_str()
            .map(str::to_owned)
            .ok_or_else(|| self.fail("no text"))
    }

    pub(crate) fn opt_text(&self, name: &str) -> Result<Option<String>, Unreadable> {
        let node = self.get(name);
        match node.value {
            Value::Null => Ok(None),
            Value::String(text) => Ok(Some(text.clone())),
            _ => Err(node.fail("no text")),
        }
    }

    /// The text if there is something in it.
    pub(crate) fn filled(&self, name: &str) -> Result<Option<String>, Unreadable> {
        Ok(self.opt_text(name)?.filter(|text| !text.trim().is_empty()))
    }

    pub(crate) fn text(&self, name: &str) -> Result<String, Unreadable> {
        self.opt_text(name)?
            .ok_or_else(|| self.get(name).fail("missing"))
    }

    pub(crate) fn flag(&self, name: &str) -> Result<bool, Unreadable> {
        let node = self.get(name);
        node.value
            .as_bool()
            .ok_or_else(|| node.fail("no yes or no"))
    }

    pub(crate) fn flag_or(&self, name: &str, absent: bool) -> Result<bool, Unreadable> {
        if self.get(name).is_null() {
            Ok(absent)
        } else {
            self.flag(name)
        }
    }

    pub(crate) fn count(&self, name: &str) -> Result<u32, Unreadable> {
        let node = self.get(name);
        node.value
            .as_u64()
            .and_then(|number| u32::try_from(number).ok())
            .ok_or_else(|| node.fail("no count"))
    }

    pub(crate) fn moment(&self, name: &str) -> Result<DateTime<Utc>, Unreadable> {
        self.opt_moment(name)?
            .ok_or_else(|| self.get(name).fail("missing"))
    }

    pub(crate) fn opt_moment(&self, name: &str) -> Result<Option<DateTime<Utc>>, Unreadable> {
        let Some(text) = self.opt_text(name)? else {
            return Ok(None);
        };
        let moment =
            DateTime::parse_from_rfc3339(&text).map_err(|_| self.get(name).fail("no moment"))?;
        Ok(Some(moment.with_timezone(&Utc)))
    }

    pub(crate) fn currency(&self, name: &str) -> Result<Currency, Unreadable> {
        Currency::from_code(&self.text(name)?).ok_or_else(|| self.get(name).fail("no currency"))
    }

    /// The numeric id: `legacyResourceId`, else the tail of the global id.
    pub(crate) fn numeric_id(&self) -> Result<String, Unreadable> {
        let legacy = self.get("legacyResourceId");
        let text = match legacy.value {
            Value::String(text) => text.clone(),
            Value::Number(number) => number.to_string(),
            _ => {
                let gid = self.text("id")?;
                let tail = gid.rsplit('/').next().unwrap_or_default();
                tail.split('?').next().unwrap_or_default().to_owned()
            }
        };
        if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
            Ok(text)
        } else {
            Err(self.get("id").fail("no numeric id"))
        }
    }

    /// An exact number out of text, or out of a JSON number by its text.
    fn decimal(&self) -> Option<Decimal> {
        let text = match self.value {
            Value::String(text) => text.trim().to_owned(),
            Value::Number(number) => number.to_string(),
            _ => return None,
        };
        Decimal::from_str(&text)
            .or_else(|_| Decimal::from_scientific(&text))
            .ok()
    }

    /// An exact number that must be there.
    pub(crate) fn exact(&self, name: &str) -> Result<Decimal, Unreadable> {
        self.opt_exact(name)?
            .ok_or_else(|| self.get(name).fail("missing"))
    }

    pub(crate) fn opt_exact(&self, name: &str) -> Result<Option<Decimal>, Unreadable> {
        let node = self.get(name);
        if node.is_null() {
            return Ok(None);
        }
        node.decimal()
            .map(Some)
            .ok_or_else(|| node.fail("no number"))
    }

    /// A whole number, also below 0.
    pub(crate) fn whole(&self, name: &str) -> Result<i64, Unreadable> {
        let node = self.get(name);
        node.value
            .as_i64()
            .ok_or_else(|| node.fail("no whole number"))
    }

    fn money(&self, name: &str) -> Result<Money, Unreadable> {
        let node = self.get(name);
        let amount = node.get("amount");
        let exact = amount.decimal().ok_or_else(|| amount.fail("no amount"))?;
        Ok(Money::new(exact, node.currency("currencyCode")?))
    }

    /// A money bag, both sides of it (`facts/shopify` 7.2).
    pub(crate) fn bag(&self, name: &str) -> Result<MoneyBag, Unreadable> {
        self.opt_bag(name)?
            .ok_or_else(|| self.get(name).fail("missing"))
    }

    pub(crate) fn opt_bag(&self, name: &str) -> Result<Option<MoneyBag>, Unreadable> {
        let Some(bag) = self.object(name)? else {
            return Ok(None);
        };
        Ok(Some(MoneyBag {
            shop: bag.money("shopMoney")?,
            presentment: bag.money("presentmentMoney")?,
        }))
    }

    /// The tax lines under `taxLines`; a place that cannot have any has none.
    pub(crate) fn taxes(&self) -> Result<Vec<TaxLine>, Unreadable> {
        self.list("taxLines")?.iter().map(Self::tax).collect()
    }

    fn tax(&self) -> Result<TaxLine, Unreadable> {
        Ok(TaxLine {
            title: self.opt_text("title")?.unwrap_or_default(),
            rate_percent: self.rate(),
            amount: self.bag("priceSet")?,
            // null is "unknown"; only a clear yes is one (facts 7.5)
            channel_liable: self.flag_or("channelLiable", false)?,
        })
    }

    /// The rate in per cent: `ratePercentage`, checked against `rate` where both are there (`facts/shopify` 7.5). Both are binary
    /// fractions on Shopify's side: six decimals are kept. If they contradict each other, no rate is known.
    fn rate(&self) -> Option<Decimal> {
        let tidy = |rate: Decimal| rate.round_dp(6).normalize();
        let percentage = self.get("ratePercentage").decimal().map(tidy);
        let share = self
            .get("rate")
            .decimal()
            .and_then(|rate| rate.checked_mul(Decimal::ONE_HUNDRED))
            .map(tidy);
        match (percentage, share) {
            (Some(percentage), Some(share)) if (percentage - share).abs() > Decimal::new(1, 2) => {
                None
            }
            (Some(percentage), _) => Some(percentage),
            (None, share) => share,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn rates_come_out_exact() {
        let rate = |value: Value| Node::root(&value).rate().map(|rate| rate.to_string());
        for (json, expected) in [
            (json!({"rate": 0.25, "ratePercentage": 25.0}), Some("25")),
            (json!({"rate": 0.255, "ratePercentage": 25.5}), Some("25.5")),
            (json!({"rate": 0.055}), Some("5.5")),
            (json!({"rate": 0.06}), Some("6")),
            (json!({"rate": 0.07}), Some("7")),
            (json!({"rate": 0.135}), Some("13.5")),
            (json!({"rate": 0.060_000_000_000_000_005}), Some("6")),
            (json!({"rate": 0, "ratePercentage": 0.0}), Some("0")),
            (json!({"rate": 1e-7}), Some("0.00001")),
            (json!({"rate": null, "ratePercentage": null}), None),
            (json!({"rate": 0.25, "ratePercentage": 12.0}), None),
        ] {
            assert_eq!(rate(json.clone()).as_deref(), expected, "{json}");
        }
    }

    #[test]
    fn ids_come_from_the_number_or_the_tail() {
        let id = |value: Value| Node::root(&value).numeric_id();
        assert_eq!(
            id(json!({"legacyResourceId": "42", "id": "gid://shopify/Order/7"})).unwrap(),
            "42"
        );
        assert_eq!(id(json!({"legacyResourceId": 42})).unwrap(), "42");
        assert_eq!(id(json!({"id": "gid://shopify/Order/7"})).unwrap(), "7");
        assert_eq!(
            id(json!({"id": "gid://shopify/InventoryLevel/7?inventory_item_id=3"})).unwrap(),
            "7"
        );
        assert!(id(json!({"id": "gid://shopify/Order/x"})).is_err());
        assert!(id(json!({})).is_err());
    }

    #[test]
    fn amounts_are_read_by_their_text() {
        let value = json!({"x": {"shopMoney": {"amount": "1234567890.12", "currencyCode": "NOK"}, "presentmentMoney": {"amount": "10.0", "currencyCode": "EUR"}}});
        let bag = Node::root(&value).bag("x").unwrap();
        assert_eq!(bag.shop.amount.to_string(), "1234567890.12");
        assert_eq!(bag.presentment.amount.to_string(), "10.0");
        let bad = json!({"x": {"shopMoney": {"amount": "1,0", "currencyCode": "NOK"}, "presentmentMoney": null}});
        assert_eq!(
            Node::root(&bad).bag("x").unwrap_err(),
            "x.shopMoney.amount: no amount"
        );
    }
}
