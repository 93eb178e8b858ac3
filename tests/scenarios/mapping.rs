//! The tables of the mapping and what they say would change.

use brygga_core::settings::MissingItem;
use brygga_core::{Clock as _, Code, Problem};
use brygga_sandbox::faults::{Fault, FaultRule, Side};
use brygga_store::{RecordKind, RecordRef, RecordRow, RecordState};
use brygga_tests::Bench;
use serde_json::{Value, json};

/// A part of an order that is held for `problem`.
fn held(bench: &Bench, kind: RecordKind, id: &str, problem: Problem) {
    let mut row = RecordRow::new(
        RecordRef::new(kind, id),
        format!("#{id}"),
        bench.clock.now(),
    );
    row.state = RecordState::Held;
    row.problem = Some(problem);
    bench.practice.engine.store().put_record(&row).unwrap();
}

fn table<'a>(mapping: &'a Value, name: &str) -> &'a Value {
    mapping["tables"]
        .as_array()
        .unwrap()
        .iter()
        .find(|table| table["name"] == name)
        .unwrap_or_else(|| panic!("no table {name}"))
}

fn row<'a>(table: &'a Value, key: &Value) -> &'a Value {
    table["rows"]
        .as_array()
        .unwrap()
        .iter()
        .find(|row| row["key"] == *key)
        .unwrap_or_else(|| panic!("no row {key}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_location_without_a_warehouse_is_counted_and_its_row_lets_the_record_pass() {
    let bench = Bench::morning().await;
    bench.choose(|settings| {
        settings.warehouse = None;
        settings.invoices.warehouses.clear();
    });
    let problem = Problem::new(Code::SpecialItemUnmapped)
        .with("kind", "warehouse")
        .with("location", "7009");
    held(&bench, RecordKind::Invoice, "1", problem);
    let mapping = bench.call("mapping", json!({})).await;
    let warehouses = table(&mapping, "warehouses");
    let first = &warehouses["rows"][0];
    assert_eq!(
        first["key"],
        json!({"location": "7009"}),
        "what waits comes first"
    );
    assert_eq!(
        (&first["waiting"], &first["records"][0]["name"]),
        (&json!(1), &json!("#1"))
    );

    let warehouse = &warehouses["columns"][0]["choices"][0]["id"];
    let preview = async |location: &str| {
        let change = json!({"revision": mapping["revision"], "rows": [
            {"table": "warehouses", "key": {"location": location}, "values": {"warehouse": warehouse}},
        ]});
        bench.call("mapping_preview", change).await
    };
    let shown = preview("7009").await;
    assert_eq!((&shown["pass"], &shown["held"]), (&json!(1), &json!(0)));
    let other = preview("7010").await;
    assert_eq!((&other["pass"], &other["held"]), (&json!(0), &json!(1)));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_only_the_documents_tell_is_said_to_be_tried() {
    let bench = Bench::morning().await;
    bench.map_gateway("klarna", "NOK", "1902", "KLARNA");
    let problem = Problem::new(Code::CashAccountCurrency)
        .with("account", "1902")
        .with("theirs", "SEK")
        .with("ours", "NOK");
    held(&bench, RecordKind::Payment, "2", problem);
    let key = json!({"destination": "NO", "rate": "25", "kind": "goods", "party": "private", "scheme": "domestic", "dispatch": "NO"});
    let mut problem = Problem::new(Code::VatUnmapped).with("country", "NO");
    for name in ["rate", "kind", "party", "scheme", "dispatch"] {
        problem = problem.with(name, key[name].as_str().unwrap());
    }
    held(&bench, RecordKind::CreditNote, "3", problem);
    bench.choose(|settings| settings.vat.retain(|row| row.key.rate.to_string() != "25"));

    let mapping = bench.call("mapping", json!({})).await;
    let preview = async |rows: Value| {
        let change = json!({"revision": mapping["revision"], "rows": rows});
        bench.call("mapping_preview", change).await
    };
    let leave = json!({"table": "gateways", "key": {"gateway": "klarna", "currency": "NOK"}, "values": {"rule": "leave"}});
    let shown = preview(json!([leave])).await;
    assert_eq!(shown["open"], 1, "{shown}");
    assert_eq!(shown["rows"][0]["outcome"], "open");
    assert_eq!(shown["rows"][0]["record"]["name"], "#2");
    assert_eq!((&shown["pass"], &shown["held"]), (&json!(0), &json!(1)));

    let suggested = &row(table(&mapping, "vat"), &key)["suggestion"]["values"];
    let again = json!({"table": "vat", "key": key, "values": suggested});
    let shown = preview(json!([again])).await;
    assert_eq!(
        (&shown["pass"], &shown["open"]),
        (&json!(1), &json!(0)),
        "{shown}"
    );
}

/// Accounts of the ledger are chosen by name where they may be read, and typed where not.
#[tokio::test(flavor = "multi_thread")]
async fn accounts_are_offered_and_one_that_is_not_there_is_named() {
    let bench = Bench::morning().await;
    let fee = json!({"class": "fee"});
    let choose =
        |account: &str| json!({"table": "payouts", "key": fee, "values": {"account": account}});
    let put = async |account: &str| {
        let mapping = bench.call("mapping", json!({})).await;
        let change = json!({"revision": mapping["revision"], "rows": [choose(account)]});
        let answer = bench.practice.served.call("put_mapping", change).await;
        answer.map_err(|error| error.code)
    };
    let mapping = bench.call("mapping", json!({})).await;
    let offered = table(&mapping, "payouts")["columns"][0]["choices"].clone();
    let first = &offered[0];
    assert_ne!(first["label"], "", "by name: {first}");
    for name in ["items", "shipping"] {
        assert_eq!(table(&mapping, name)["columns"][1]["choices"], offered);
    }
    assert_eq!(put("9999").await, Err("setting-refused".into()));
    let after = put(first["id"].as_str().unwrap())
        .await
        .expect("it is there");
    assert_eq!(row(table(&after, "payouts"), &fee)["trouble"], Value::Null);

    // It was typed before, or is gone since.
    bench.choose(|settings| {
        for payout in settings.payouts.classes.values_mut() {
            payout.account = "9999".into();
        }
    });
    let mapping = bench.call("mapping", json!({})).await;
    let trouble = &row(table(&mapping, "payouts"), &fee)["trouble"];
    assert_eq!(trouble["code"], "account-not-found");
    assert_eq!(trouble["params"]["account"], "9999");

    // A role that does not open them: a number is typed, and nothing is said of it.
    let forbidden = Fault::Status {
        code: 403,
        committed: false,
    };
    let rule = FaultRule::next(Side::Visma, forbidden).path("/v1/account");
    bench.practice.pair.faults().add(rule.times(u32::MAX));
    bench.practice.engine.forget_setup();
    let mapping = bench.call("mapping", json!({})).await;
    let payouts = table(&mapping, "payouts");
    assert_eq!(payouts["columns"][0]["choices"], json!([]));
    assert_eq!(row(payouts, &fee)["trouble"], Value::Null);
    put("9998").await.expect("nobody knows better");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_default_item_is_one_choice_in_two_places() {
    let bench = Bench::morning().await;
    let mapping = bench.call("mapping", json!({})).await;
    let key = json!({"for": "default_item"});
    assert_eq!(row(table(&mapping, "items"), &key)["values"], json!({}));
    let item = &table(&mapping, "items")["columns"][0]["choices"][0]["id"];
    let put = async |values: Value| {
        let mapping = bench.call("mapping", json!({})).await;
        let row = json!({"table": "items", "key": key, "values": values});
        let change = json!({"revision": mapping["revision"], "rows": [row]});
        bench.call("put_mapping", change).await
    };
    let after = put(json!({"item": item})).await;
    assert_eq!(
        row(table(&after, "items"), &key)["values"],
        json!({"item": item})
    );
    let settings = bench.practice.engine.settings().unwrap();
    assert_eq!(
        settings.missing_item,
        MissingItem::DefaultItem {
            item: item.as_str().unwrap().to_owned()
        }
    );
    put(json!({})).await;
    let settings = bench.practice.engine.settings().unwrap();
    assert_eq!(settings.missing_item, MissingItem::Hold);
    // An empty row takes no other choice away.
    bench.choose(|settings| settings.missing_item = MissingItem::Create);
    put(json!({})).await;
    let settings = bench.practice.engine.settings().unwrap();
    assert_eq!(settings.missing_item, MissingItem::Create);
}

/// A name that fits is offered with what speaks for it, and nothing is chosen by it.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_called_alike_is_offered_with_its_name() {
    let bench = Bench::morning().await;
    bench.choose(|settings| {
        settings.invoices.warehouses.clear();
        settings.stock.locations.clear();
        settings.payouts.classes.clear();
    });
    let warehouse = bench.practice.pair.visma().data().warehouses[0].id.clone();
    bench.practice.pair.visma().change_data(|data| {
        data.warehouses[0].text = "Alnabru".into();
    });
    bench.practice.engine.forget_setup();
    let mapping = bench.call("mapping", json!({})).await;
    let rows = table(&mapping, "warehouses")["rows"].as_array().unwrap();
    let offered: Vec<_> = rows
        .iter()
        .filter(|row| !row["suggestion"].is_null())
        .collect();
    let [row] = offered[..] else {
        panic!("one of them: {offered:?}");
    };
    assert_eq!(row["values"], json!({}));
    assert_eq!(row["suggestion"]["values"]["warehouse"], json!(warehouse));
    let evidence = &row["suggestion"]["evidence"];
    assert_eq!(evidence["code"], "warehouse-name");
    assert_eq!(evidence["params"]["name"], "Alnabru");

    let stock = table(&mapping, "stock")["rows"].as_array().unwrap();
    let stock = stock
        .iter()
        .find(|row| row["key"]["warehouse"] == json!(warehouse))
        .expect("its row");
    let place = &stock["suggestion"];
    assert_eq!(place["values"]["location"], row["key"]["location"]);
    assert_eq!(place["evidence"]["code"], "location-name");

    let payouts = table(&mapping, "payouts");
    let fee = self::row(payouts, &json!({"class": "fee"}));
    assert_eq!(fee["suggestion"]["values"], json!({"account": "7770"}));
    let name = &fee["suggestion"]["evidence"]["params"]["name"];
    assert_eq!(name, "Bank- og kortgebyr");
    let bank = self::row(payouts, &json!({"class": "bank"}));
    assert_eq!(bank["suggestion"], Value::Null, "it is the merchant's own");
}

/// Terms of a country's new customers go before those of their class.
#[tokio::test(flavor = "multi_thread")]
async fn a_new_customer_has_the_terms_of_its_row() {
    let bench = Bench::empty().await;
    let mapping = bench.call("mapping", json!({})).await;
    let key = json!({"country": "*", "party": "private"});
    let classes = table(&mapping, "classes");
    let mut values = row(classes, &key)["values"].clone();
    if values["class"].is_null() {
        values["class"] = classes["columns"][0]["choices"][0]["id"].clone();
    }
    let terms = bench.practice.pair.visma().data().credit_terms;
    let terms = &terms.last().expect("some").id;
    values["terms"] = json!(terms);
    bench.choose(|settings| settings.customers.classes.clear());
    let revision = bench.practice.engine.store().settings_rev().unwrap();
    let change =
        json!({"revision": revision, "rows": [{"table": "classes", "key": key, "values": values}]});
    let kept = bench.call("put_mapping", change).await;
    assert_eq!(
        row(table(&kept, "classes"), &key)["values"]["terms"],
        json!(terms)
    );

    let before = bench.practice.pair.visma().customers();
    bench.put(bench.plain(crate::bad_input::ID, bench.clock.now()));
    bench.quiet().await;
    let mut made = bench.practice.pair.visma().customers();
    made.retain(|customer| {
        before
            .iter()
            .all(|known| known["number"] != customer["number"])
    });
    let [made] = &made[..] else {
        panic!("one: {made:?}");
    };
    assert_eq!(made["creditTerms"]["id"], json!(terms), "{made:?}");
}
