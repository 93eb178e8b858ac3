//! Which one remedy a code has: where the choice stands that decides it.

use std::collections::BTreeMap;

use brygga_core::Code;

use crate::contract::{MappingRow, MappingTable, RemedyKind, SettingValue};
use crate::mapping::VAT_CAUSE;

type Params = BTreeMap<String, String>;

/// Settings, by path, each with the value that would let the records pass.
pub(super) type Fields = Vec<(String, Option<SettingValue>)>;

/// Is this row one that repairs it.
type Fits<'a> = Box<dyn Fn(&MappingRow) -> bool + 'a>;

/// The one remedy.
pub(super) enum Way {
    /// The row of this table with this key.
    Row(&'static str, Vec<(&'static str, String)>),
    /// The rows of the VAT table that lead to this VAT id.
    VatId(String),
    /// The rows of the VAT table with this category and zone.
    VatChoice(String, String),
    /// The rows of the gateways with this cash account.
    CashAccount(String),
    Settings(Fields),
    Customers,
    Approve,
    Elsewhere,
}

impl Way {
    /// The remedy of a cause.
    pub(super) fn of(code: Code, params: &Params) -> Self {
        let param = |name: &str| params.get(name).cloned().unwrap_or_default();
        match code {
            Code::VatUnmapped => Self::Row(
                "vat",
                VAT_CAUSE
                    .map(|(column, name)| (column, param(name)))
                    .to_vec(),
            ),
            Code::VatMappingBroken => Self::VatChoice(param("category"), param("zone")),
            Code::VatRateUnknown | Code::VatIdInclusive => Self::VatId(param("vat_id")),
            Code::GatewayUnmapped => Self::Row(
                "gateways",
                vec![
                    ("gateway", param("gateway")),
                    // A lone dash says that there is none (`booking/life/payment.rs`).
                    (
                        "method",
                        Some(param("method"))
                            .filter(|method| method != "-")
                            .unwrap_or_default(),
                    ),
                    ("currency", param("currency")),
                ],
            ),
            Code::CashAccountCurrency | Code::CashAccountUnfit => {
                Self::CashAccount(param("account"))
            }
            Code::SpecialItemUnmapped if param("kind") == "warehouse" => {
                Self::Settings(fields([("warehouse", None)]))
            }
            Code::SpecialItemUnmapped => Self::Row(
                "items",
                vec![("for", param("kind").replace([' ', '-'], "_"))],
            ),
            Code::CustomerClassUnmapped => Self::Row(
                "classes",
                vec![("country", param("country")), ("party", param("kind"))],
            ),
            Code::HouseCustomerMissing => Self::Row(
                "house",
                vec![
                    ("country", param("country")),
                    ("currency", param("currency")),
                ],
            ),
            Code::ItemUnitUndecided => Self::Row("units", vec![("item", param("sku"))]),
            Code::PayoutAccount => Self::Row("payouts", vec![("class", param("class"))]),
            Code::PayoutType => Self::Row("payouts", vec![("class", param("type"))]),
            Code::StockReturnLocation => {
                Self::Row("stock", vec![("warehouse", param("warehouse"))])
            }
            Code::CustomerAmbiguous => Self::Customers,
            Code::TaxZero | Code::RefundNeedsApproval | Code::ProductArchiveProposed => {
                Self::Approve
            }
            _ => settings(code, params).map_or(Self::Elsewhere, Self::Settings),
        }
    }

    pub(super) fn kind(&self) -> RemedyKind {
        match self {
            Self::Row(..) | Self::VatId(_) | Self::VatChoice(..) | Self::CashAccount(_) => {
                RemedyKind::Rows
            }
            Self::Settings(_) => RemedyKind::Settings,
            Self::Customers => RemedyKind::Customers,
            Self::Approve => RemedyKind::Approve,
            Self::Elsewhere => RemedyKind::Elsewhere,
        }
    }

    /// The table with the rows of this remedy alone; `lead` tells the categories and zones that lead to a VAT id.
    pub(super) fn rows(
        &self,
        tables: Vec<MappingTable>,
        lead: impl Fn(&str, &str, &str) -> bool,
    ) -> Option<MappingTable> {
        let (name, fits): (&str, Fits<'_>) = match self {
            Self::Row(table, key) => (
                table,
                Box::new(|row: &MappingRow| {
                    // A key with a cell that the cause leaves open fits whatever stands there.
                    key.iter().all(|(column, wanted)| {
                        let there = row.key.get(*column).map_or("", String::as_str);
                        wanted == there
                            || wanted.is_empty()
                            || (*column == "method" && there.is_empty())
                    })
                }),
            ),
            Self::VatId(id) => (
                "vat",
                Box::new(move |row: &MappingRow| {
                    let cell = |name: &str| row.values.get(name).map_or("", String::as_str);
                    lead(id, cell("category"), cell("zone"))
                }),
            ),
            Self::VatChoice(category, zone) => (
                "vat",
                Box::new(|row: &MappingRow| {
                    row.values.get("category") == Some(category)
                        && row.values.get("zone") == Some(zone)
                }),
            ),
            Self::CashAccount(account) => (
                "gateways",
                Box::new(|row: &MappingRow| row.values.get("cash_account") == Some(account)),
            ),
            Self::Settings(_) | Self::Customers | Self::Approve | Self::Elsewhere => return None,
        };
        let mut table = tables.into_iter().find(|table| table.name == name)?;
        table.rows.retain(|row| fits(row));
        Some(table)
    }
}

fn fields<const N: usize>(fields: [(&str, Option<SettingValue>); N]) -> Fields {
    fields
        .into_iter()
        .map(|(path, value)| (path.to_owned(), value))
        .collect()
}

fn word(word: &str) -> SettingValue {
    SettingValue::Text(word.to_owned())
}

/// The settings that decide a code, if settings do.
fn settings(code: Code, params: &Params) -> Option<Fields> {
    let yes = || Some(SettingValue::Flag(true));
    Some(match code {
        Code::SkuMissing | Code::ItemNotFound => fields([
            ("missing_item/rule", Some(word("default_item"))),
            ("missing_item/item", None),
        ]),
        Code::GiftCardUnmapped => fields([("gift_cards", Some(word("multi_purpose")))]),
        Code::PeriodClosed => fields([("closed_period", Some(word("first_open_day")))]),
        Code::RoundingOverLimit => fields([("rounding_limit", None)]),
        Code::CustomerWithheld => fields([("customers/withheld", Some(word("house_customer")))]),
        Code::ProfileWithheld | Code::ProfileIncomplete => {
            fields([("customers/which", Some(word("with_order")))])
        }
        Code::VatNotRegistered => match params.get("scheme").map(String::as_str) {
            Some(scheme @ ("oss" | "ioss" | "voec")) => {
                vec![(
                    format!("registrations/{scheme}/registered"),
                    Some(word("yes")),
                )]
            }
            _ => fields([("registrations/local", None)]),
        },
        Code::RefundNotBooked => fields([("refunds/not_booked", Some(word("ignore")))]),
        Code::NewItemIncomplete => match params.get("kind").map(String::as_str) {
            Some("goods-class") => fields([("products/new_item/goods_class", None)]),
            Some("service-class") => fields([("products/new_item/service_class", None)]),
            _ => fields([("products/new_item/vat_category", None)]),
        },
        Code::ProductPriceMissing | Code::ProductPriceCurrency => fields([
            ("products/price/from", None),
            ("products/price/price_class", None),
        ]),
        Code::ProductPriceZero => fields([("products/allow_zero_price", yes())]),
        Code::ProductPriceVat => fields([
            ("products/price_vat/vat", Some(word("add"))),
            ("products/price_vat/zone", None),
        ]),
        Code::StockAvailableUnconfirmed => fields([
            ("stock/quantity", None),
            ("stock/available_deducts_orders", yes()),
        ]),
        Code::StockNotAtLocation => fields([("stock/connect_items", yes())]),
        Code::RateMissing => fields([("rates/source", None)]),
        Code::RateStale => fields([("rates/source", None), ("rates/oldest_days", None)]),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_method_keeps_its_hyphen_and_a_lone_dash_is_none() {
        for (method, wanted) in [("apple-pay", "apple-pay"), ("-", ""), ("Vipps", "Vipps")] {
            let params = [
                ("gateway", "klarna-ab"),
                ("method", method),
                ("currency", "NOK"),
            ];
            let params = params.map(|(name, value)| (name.to_owned(), value.to_owned()));
            let Way::Row("gateways", key) = Way::of(Code::GatewayUnmapped, &params.into()) else {
                panic!("a row of the gateways");
            };
            assert!(key.contains(&("method", wanted.to_owned())), "{key:?}");
            assert!(
                key.contains(&("gateway", "klarna-ab".to_owned())),
                "{key:?}"
            );
        }
    }
}
