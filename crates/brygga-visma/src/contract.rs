//! Every property that is sent or read exists in the official OpenAPI files, with its type and length. Needs the `../shared` folder.

mod ledger;

use std::path::Path;

use brygga_core::erp::{DocumentKind, LedgerStatus, ShipmentStatus};
use serde::de::{DeserializeOwned, Error as _, Visitor};
use serde::{Deserializer, Serialize};
use serde_json::Value;

use crate::erp::{card, customer, wire as erp};
use crate::sales_order::{wire as orders, write};

const ORDERS: &str = "visma-net-salesorder-v3_1.1.0.1279_2025-02.openapi3.json";
const ERP: &str = "visma-net-erp-service-api_2025-04-24.openapi3.json";

fn spec(name: &str) -> Option<Value> {
    let path = Path::new(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../../shared/spec/visma"
    ))
    .join(name);
    let Ok(text) = std::fs::read_to_string(&path) else {
        println!("SKIPPED: no {}", path.display());
        return None;
    };
    Some(serde_json::from_str(&text).expect("an OpenAPI file"))
}

/// The ERP's file with the properties that came since (`delta_2025-04_to_2026-08`). Their types are not in the delta: those that are
/// sent take the type that the same property has elsewhere, the others are only there.
fn erp_today() -> Option<Value> {
    let mut today = spec(ERP)?;
    let delta = spec("delta_2025-04_to_2026-08.json")?;
    let rate =
        today["components"]["schemas"]["CustomerInvoiceUpdateDto"]["properties"]["exchangeRate"]
            .clone();
    for (schema, fields) in delta["new_fields"].as_object().expect("an object") {
        let Some(properties) = today["components"]["schemas"][schema].get_mut("properties") else {
            continue;
        };
        for field in fields
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
        {
            let kind = if field == "exchangeRate" {
                rate.clone()
            } else {
                serde_json::json!({"type": "string"})
            };
            properties[field] = kind;
        }
    }
    Some(today)
}

/// Takes the names of a struct's fields out of its own `Deserialize`, so that no list has to be kept beside it.
struct Names<'a>(&'a mut &'static [&'static str]);

impl<'de> Deserializer<'de> for Names<'_> {
    type Error = serde::de::value::Error;

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Self::Error> {
        Err(Self::Error::custom("no struct"))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        _: V,
    ) -> Result<V::Value, Self::Error> {
        *self.0 = fields;
        Err(Self::Error::custom("only the names"))
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct newtype_struct seq tuple
        tuple_struct map enum identifier ignored_any
    }
}

fn names<T: DeserializeOwned>() -> &'static [&'static str] {
    let mut fields: &'static [&'static str] = &[];
    let _ = T::deserialize(Names(&mut fields));
    assert!(
        !fields.is_empty(),
        "{} has no fields",
        std::any::type_name::<T>()
    );
    fields
}

fn read<T: DeserializeOwned>(spec: &Value, schemas: &[&str]) {
    for schema in schemas {
        let properties = spec
            .pointer(&format!("/components/schemas/{schema}/properties"))
            .unwrap_or_else(|| panic!("no schema {schema}"));
        for name in names::<T>() {
            assert!(properties.get(name).is_some(), "{schema} has no {name}");
        }
    }
}

/// Walks a body along its schema: unknown property, wrong type, too long a text.
fn check(spec: &Value, schema: &Value, body: &Value, path: &str) {
    let schema = match schema.get("$ref").and_then(Value::as_str) {
        Some(reference) => spec
            .pointer(reference.trim_start_matches('#'))
            .unwrap_or_else(|| panic!("{reference} is missing")),
        None => schema,
    };
    let schema = match schema.get("allOf").and_then(Value::as_array) {
        Some(parts) if parts.len() == 1 => return check(spec, &parts[0], body, path),
        _ => schema,
    };
    let kind = schema
        .get("type")
        .and_then(Value::as_str)
        .unwrap_or("object");
    match (kind, body) {
        ("object", Value::Object(fields)) => {
            for name in schema
                .get("required")
                .and_then(Value::as_array)
                .into_iter()
                .flatten()
                .filter_map(Value::as_str)
            {
                assert!(fields.contains_key(name), "{path} lacks {name}");
            }
            for (name, value) in fields {
                let property = schema
                    .get("properties")
                    .and_then(|properties| properties.get(name))
                    // A map, such as the segments of a subaccount: whatever the name, each value is of this kind.
                    .or_else(|| {
                        schema
                            .get("additionalProperties")
                            .filter(|each| each.is_object())
                    });
                check(
                    spec,
                    property.unwrap_or_else(|| panic!("{path}.{name} is not declared")),
                    value,
                    &format!("{path}.{name}"),
                );
            }
        }
        ("array", Value::Array(items)) => {
            for (index, item) in items.iter().enumerate() {
                check(spec, &schema["items"], item, &format!("{path}[{index}]"));
            }
        }
        ("string", Value::String(text)) => {
            let length = text.encode_utf16().count() as u64;
            if let Some(most) = schema.get("maxLength").and_then(Value::as_u64) {
                assert!(length <= most, "{path} has {length} of {most} characters");
            }
        }
        ("number", Value::Number(_)) | ("boolean", Value::Bool(_)) => {}
        ("integer", Value::Number(number)) => assert!(
            number.is_i64() || number.is_u64(),
            "{path} is no whole number"
        ),
        _ => panic!("{path} is {body}, declared as {kind}"),
    }
}

fn sent(spec: &Value, schema: &str, body: &impl Serialize) {
    let text = serde_json::to_string(body).expect("JSON");
    let body: Value = serde_json::from_str(&text).expect("JSON");
    let schema_value = spec
        .pointer(&format!("/components/schemas/{schema}"))
        .unwrap_or_else(|| panic!("no schema {schema}"));
    check(spec, schema_value, &body, schema);
}

#[test]
fn sales_orders_are_sent_and_read_as_declared() {
    let Some(spec) = spec(ORDERS) else { return };
    let draft = write::tests::full_draft();
    sent(
        &spec,
        "NewSalesOrderCommand",
        &write::new_order(&draft, "10001"),
    );
    sent(
        &spec,
        "PatchSalesOrderCommand",
        &write::patch_head(&draft.head),
    );
    sent(
        &spec,
        "PatchSalesOrderCommand",
        &orders::StatusAlone {
            status: "Cancelled",
        },
    );
    sent(
        &spec,
        "AddSalesOrderLinesCommand",
        &write::add_lines(&draft.lines),
    );
    let patch = brygga_core::erp::LinePatch {
        line_id: 1,
        line: draft.lines[0].clone(),
    };
    sent(
        &spec,
        "PatchSalesOrderLinesCommand",
        &write::patch_lines(&[patch]),
    );

    read::<orders::Page<orders::ListRow>>(
        &spec,
        &[
            "SalesOrderListDtoPagedResult",
            "SalesOrderLineDtoPagedResult",
        ],
    );
    read::<orders::ListRow>(&spec, &["SalesOrderListDto"]);
    read::<orders::Order>(&spec, &["SalesOrderDto"]);
    read::<orders::OrderState>(&spec, &["SalesOrderStatusDto"]);
    read::<orders::OrderCustomer>(&spec, &["SalesOrderCustomerDto"]);
    read::<orders::Pair>(
        &spec,
        &["CdDescriptionPairDto", "SalesOrderLineInventoryDto"],
    );
    read::<orders::FinancialInformation>(&spec, &["SalesOrderFinancialInfoDto"]);
    read::<orders::Totals>(&spec, &["SalesOrderTotalsDto"]);
    read::<orders::ReadCustomFields>(&spec, &["CustomFieldsDto"]);
    read::<orders::Line>(&spec, &["SalesOrderLineDto"]);
    read::<orders::Tax>(&spec, &["SalesOrderTaxDto"]);
    // Read by hand in `fault`.
    for (schema, names) in [
        (
            "SalesOrderValidationProblemDetails",
            ["title", "detail", "errors", "details"].as_slice(),
        ),
        (
            "ValidationErrorCodeDetails",
            ["code", "message", "parameters"].as_slice(),
        ),
    ] {
        for name in names {
            assert!(
                spec.pointer(&format!("/components/schemas/{schema}/properties/{name}"))
                    .is_some(),
                "{schema} has no {name}"
            );
        }
    }
    for expand in ["Customer", "CustomFields", "FinancialInformation"] {
        let known = spec
            .pointer("/components/schemas/SalesOrderExpansions/enum")
            .and_then(Value::as_array)
            .expect("an enum");
        assert!(known.iter().any(|value| value == expand));
    }
}

#[test]
fn customers_and_registers_are_sent_and_read_as_declared() {
    let Some(spec) = spec(ERP) else { return };
    for private in [true, false] {
        let draft = customer::tests::full_draft(private);
        sent(&spec, "CustomerUpdateDto", &customer::new_customer(&draft));
    }
    let (there, patch) = card::tests::whole();
    sent(
        &spec,
        "CustomerUpdateDto",
        &card::changed_customer(&there, &patch),
    );
    read::<erp::CustomerCard>(&spec, &["CustomerDto"]);
    read::<erp::CardContact>(&spec, &["mainContactInCustomerDto"]);
    let addresses = [
        "mainAddressInCustomerDto",
        "invoiceAddressInCustomerDto",
        "deliveryAddressInCustomerDto",
    ];
    read::<erp::Address>(&spec, &addresses);
    read::<crate::paging::Metadata>(&spec, &["MetadataDto"]);
    read::<erp::Customer>(&spec, &["CustomerDto"]);
    read::<erp::Contact>(&spec, &["mainContactInCustomerDto"]);
    let look_ups = [
        "customerClassInCustomerDto",
        "vatZoneInCustomerDto",
        "vatCodeInInventoryDto",
        "lotSerialClassInInventoryDto",
        "VatZoneDto",
    ];
    read::<erp::Id>(&spec, &look_ups);
    read::<erp::Inventory>(&spec, &["InventoryDto"]);
    read::<erp::LotSerialClass>(&spec, &["LotSerialClassDto"]);
    read::<erp::Vat>(&spec, &["VatInformationDto"]);
    read::<erp::VatSchedule>(&spec, &["VatInformationScheduleDto"]);
    read::<erp::VatCategory>(&spec, &["VatCategoryDto"]);
    read::<erp::Warehouse>(&spec, &["WarehouseDto"]);
    read::<erp::Currency>(&spec, &["CurrencyDto"]);
    read::<erp::CustomerClass>(&spec, &["CustomerClassDto"]);
    read::<erp::Branch>(&spec, &["BranchDto"]);
    read::<erp::PaymentMethod>(&spec, &["PaymentMethodDto"]);
    read::<erp::CashAccount>(&spec, &["CashAccountDto"]);
    read::<erp::FinancialPeriod>(&spec, &["FinancialPeriodDto"]);
    read::<erp::OrderType>(&spec, &["SalesOrderTypeDto"]);
}

#[test]
fn goods_are_read_as_declared() {
    use crate::goods::wire as goods;
    let (Some(erp), Some(orders)) = (spec(ERP), spec(ORDERS)) else {
        return;
    };
    read::<goods::Product>(&erp, &["InventoryDto"]);
    read::<goods::CrossReference>(&erp, &["InventoryCrossReferenceDto"]);
    read::<goods::WarehouseDetail>(&erp, &["WarehouseDetailDto"]);
    read::<goods::Packaging>(&erp, &["packagingInInventoryDto"]);
    read::<goods::SalesPrice>(&erp, &["CustomerSalesPriceDto"]);
    read::<goods::Class>(&erp, &["ItemClassDto"]);
    read::<goods::Availability>(&orders, &["InventoryItemAvailabilityDto"]);
    read::<goods::WarehouseAvailability>(&orders, &["WarehouseAvailabilityDto"]);
}

#[test]
fn items_are_sent_as_declared() {
    use brygga_core::Decimal;
    use brygga_core::goods::{ItemChange, ItemDraft, NewItemKind, Weight, WeightUnit};

    use crate::goods::own::{changed_item, new_item};
    let Some(erp) = spec(ERP) else { return };
    let weight = Weight {
        value: Decimal::from(250),
        unit: WeightUnit::Grams,
    };
    for kind in [NewItemKind::Goods, NewItemKind::Service] {
        let draft = ItemDraft {
            number: "MUG-1".into(),
            description: "Mug".into(),
            kind,
            class: "VARER".into(),
            posting_class: Some("STD".into()),
            vat_category: Some("HOY".into()),
            price: Some(Decimal::new(15920, 2)),
            weight: Some(weight.clone()),
        };
        sent(&erp, "InventoryUpdateDto", &new_item(&draft));
    }
    let changes = [
        ItemChange::Description {
            from: "Mug".into(),
            to: "Large mug".into(),
        },
        ItemChange::Price {
            from: None,
            to: Decimal::new(15920, 2),
        },
        ItemChange::Weight {
            from: None,
            to: weight,
        },
    ];
    sent(&erp, "InventoryUpdateDto", &changed_item(&changes));
}

/// The enums that are read as words, so that a renamed word shows.
#[test]
fn words_are_the_official_ones() {
    let Some(spec) = spec(ERP) else { return };
    let words = |schema: &str, name: &str| -> Vec<String> {
        let list = spec
            .pointer(&format!(
                "/components/schemas/{schema}/properties/{name}/enum"
            ))
            .and_then(Value::as_array)
            .expect("an enum");
        list.iter()
            .filter_map(Value::as_str)
            .map(str::to_owned)
            .collect()
    };
    for word in words("ShipmentDto", "status") {
        // Of shipments that the system makes by itself.
        let known = !matches!(ShipmentStatus::from(word.clone()), ShipmentStatus::Other(_));
        assert!(known || word == "AutoGenerated", "{word}");
    }
    for schema in ["CustomerInvoiceDto", "CustomerCreditNoteDto", "PaymentDto"] {
        for word in words(schema, "status") {
            let known = !matches!(LedgerStatus::from(word.clone()), LedgerStatus::Other(_));
            assert!(known || word == "CcHold", "{schema} {word}");
        }
    }
    for kind in [
        DocumentKind::Payment,
        DocumentKind::Prepayment,
        DocumentKind::Refund,
        DocumentKind::CreditNote,
    ] {
        assert!(words("PaymentDto", "type").contains(&kind.as_str().to_owned()));
        assert!(words("PaymentLineDto", "documentType").contains(&kind.as_str().to_owned()));
    }
    assert_eq!(
        words("EntryTypeDto", "disableReceipt"),
        ["Disbursement", "Receipt"]
    );
    assert_eq!(
        words("ReleaseInvoiceActionResultDto", "actionResult"),
        ["Queued", "InProcess", "Failed", "Done"]
    );
    assert_eq!(
        words("VatInformationDto", "calculateOn"),
        [
            "ExtractFromItemAmount",
            "ItemAmount",
            "ItemTaxAmount",
            "DocumentAmount",
            "DocumenTaxAmount"
        ]
    );
    assert!(words("VatInformationDto", "type").contains(&"ReverseVat".to_owned()));
    assert!(words("LotSerialClassDto", "trackingMethod").contains(&"NotNumbered".to_owned()));
    for word in words("InventoryDto", "type") {
        assert!(
            !matches!(
                brygga_core::erp::ItemType::from(word.clone()),
                brygga_core::erp::ItemType::Unknown(_)
            ),
            "{word}"
        );
    }
    for word in words("CustomerDto", "status") {
        assert!(
            !matches!(
                brygga_core::erp::CustomerStatus::from(word.clone()),
                brygga_core::erp::CustomerStatus::Other(_)
            ),
            "{word}"
        );
    }
}

/// Every official code of v3 leads somewhere, and the ones with a code of our own are the ones we think they are.
#[test]
fn official_error_codes_are_the_ones_we_know() {
    let path = Path::new(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../../shared/spec/visma/salesorder-v3_error-codes.json"
    ));
    let Ok(text) = std::fs::read_to_string(path) else {
        println!("SKIPPED: no {}", path.display());
        return;
    };
    let codes: Vec<Value> = serde_json::from_str(&text).expect("a list");
    let known: Vec<&str> = codes
        .iter()
        .filter_map(|entry| entry["code"].as_str())
        .collect();
    for code in [
        "1803-UniqueInventoryIdNotFound",
        "1804-InventoryIdNotFound",
        "1407-InvalidCustomerStatus",
        "1408-OverrideCurrencyIdProhibited",
        "1600-FinancialPeriodNotFound",
        "1601-FinancialPeriodClosed",
        "1602-FinancialPeriodInactive",
        "1805-InvalidTaxCategoryId",
        "1200-SubaccountSegmentInactive",
        "1201-SubaccountInactive",
        "1202-SegmentValueNotFound",
        "1203-SubaccountNotFound",
        "1204-SubaccountError",
    ] {
        assert!(known.contains(&code), "{code}");
    }
    for code in known {
        let body = serde_json::json!({"title": "x", "status": 400, "details": [{"code": code, "message": "words", "parameters": {"property": "x"}}]});
        let fault = crate::fault::read(400, &body.to_string());
        assert_eq!(fault.details.len(), 1, "{code}");
        assert!(fault.text.starts_with(code), "{code}");
    }
}

#[test]
fn cash_transactions_and_exchange_rates_are_sent_and_read_as_declared() {
    let Some(spec) = spec(ERP) else { return };
    let draft = crate::cash::tests::draft();
    sent(
        &spec,
        "CashTransactionUpdateDto",
        &crate::cash::new_cash(&draft),
    );
    read::<crate::cash::Cash>(&spec, &["CashTransactionDto"]);
    read::<crate::cash::Detail>(&spec, &["TransactionDetailDto"]);
    read::<crate::cash::Number>(&spec, &["cashAccountInCashTransactionDto"]);
    read::<crate::cash::Released>(&spec, &["ReleaseCashTransactionActionResultDto"]);
    read::<crate::rates::Rate>(&spec, &["CurrencyRateDto"]);
}
