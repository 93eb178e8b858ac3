//! What the page shows of each thing in the preview, before somebody says yes to it: lines, units, VAT, accounts, what was there
//! before; and what is held, with the way to its repair.

use std::time::Duration;

use brygga_core::{Clock as _, Code};
use brygga_sandbox::visma::Change;
use brygga_store::RecordState;
use brygga_tests::{Back, Bench, Sale, orders};
use chrono::TimeDelta;
use serde_json::{Value, json};

/// Once nothing is under way any more.
async fn view(bench: &Bench) -> Value {
    loop {
        let view = bench.call("preview", Value::Null).await;
        if view["doing"].is_null() {
            return view;
        }
        tokio::task::yield_now().await;
    }
}

/// A preview of orders and their parts.
async fn looked(bench: &Bench) -> Value {
    bench.call("preview_start", Value::Null).await;
    let view = view(bench).await;
    assert_eq!(view["failure"], Value::Null);
    view
}

/// Approves all of it.
async fn approved(bench: &Bench, shown: &Value) -> Value {
    let approval = json!({"at": shown["at"], "all": true, "items": []});
    bench.call("preview_send", approval).await;
    view(bench).await
}

async fn item(bench: &Bench, kind: &str, id: u64) -> Value {
    let key = json!({"kind": kind, "id": id.to_string()});
    bench.call("preview_item", key).await
}

/// Lines as the page has them: `new 2 x 80 = 160`, and where it changes what was there.
fn lines(item: &Value) -> Vec<String> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let rows = item["lines"].as_array().expect("lines").iter();
    rows.map(|row| {
        let line = &row["line"];
        let told = format!("{} {}", text(&row["change"]), text(&line["quantity"]));
        let price = if line["unit_price"] == "" {
            String::new()
        } else {
            format!(" x {} = {}", text(&line["unit_price"]), text(&line["net"]))
        };
        let before = if row["before"].is_null() {
            String::new()
        } else {
            format!(", was {}", text(&row["before"]["quantity"]))
        };
        format!("{told}{price}{before}")
    })
    .collect()
}

fn facts(item: &Value, name: &str) -> Vec<String> {
    let all = item["facts"].as_array().expect("facts").iter();
    all.filter(|fact| fact["name"] == name)
        .map(|fact| fact["after"].as_str().unwrap_or_default().to_owned())
        .collect()
}

fn vat(item: &Value) -> Vec<String> {
    let rows = item["vat"].as_array().expect("VAT").iter();
    rows.map(|row| format!("{} {}", row["rate"], row["amount"]["amount"]).replace('"', ""))
        .collect()
}

/// Orders, their parts and nothing else.
async fn morning() -> Bench {
    let bench = Bench::morning().await;
    bench.choose(|settings| {
        settings.products.on = false;
        settings.stock.on = false;
    });
    bench
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_line_tells_its_account_and_its_warehouse() {
    let bench = morning().await;
    bench.choose(|settings| {
        let shipping = settings.special_items.shipping.as_mut();
        shipping.expect("practice maps it").account = Some("3110".into());
        settings.warehouse = Some("BUTIKK".into());
    });
    let mut sale = Sale::new(&bench, 940_101);
    sale.paid();
    bench.put_sale(&sale);
    looked(&bench).await;
    let shown = item(&bench, "order", sale.id).await;
    let rows = shown["lines"].as_array().expect("lines");
    let shipping = rows
        .iter()
        .find(|row| {
            row["line"]["part"]
                .as_str()
                .is_some_and(|part| part.starts_with("shipping"))
        })
        .expect("shipping");
    assert_eq!(shipping["line"]["account"], "3110");
    assert_ne!(shipping["line"]["item"], "");
    let goods = &rows[0]["line"];
    assert_eq!(goods["account"], Value::Null);
    assert_eq!(goods["warehouse"], "BUTIKK", "{goods}");
}

/// From the parcel to the released invoice, each step is approved on what it carries.
#[tokio::test(flavor = "multi_thread")]
async fn each_step_to_a_released_invoice_shows_its_lines_and_vat() {
    let bench = morning().await;
    bench.choose(|settings| {
        settings.invoices.write_back = true;
        settings.invoices.tag = Some("Fakturert".into());
        settings.invoices.mark_paid = true;
    });
    let mut sale = Sale::new(&bench, 940_201);
    sale.paid();
    bench.put_sale(&sale);
    bench.quiet().await;
    bench.clock.advance(Duration::from_mins(1));
    let parcel = sale.send(&[(0, 1)]);
    bench.put_sale(&sale);

    let mut told = Vec::new();
    let key = json!({"kind": "invoice", "id": parcel.to_string()});
    for _ in 0..12 {
        let shown = looked(&bench).await;
        let Ok(one) = bench.practice.api.call("preview_item", key.clone()).await else {
            break;
        };
        let what = one["line"]["what"].as_str().unwrap_or_default().to_owned();
        told.push(format!("{what}: {}", lines(&one).join(" + ")));
        // The shop's order is told once it is in the books, and not before.
        let back = if what == "release-document" {
            json!({"tag": "Fakturert", "marks_paid": true})
        } else {
            Value::Null
        };
        assert_eq!(one["back"], back, "{what}");
        match what.as_str() {
            "create-shipment" => assert_eq!(one["later"], "shipment"),
            "prepare-invoice" => {
                assert_eq!(one["later"], "invoice");
                assert_eq!(vat(&one), ["25 30.00"]);
                assert_eq!(facts(&one, "customer").len(), 1);
            }
            "release-document" => {
                assert_eq!(one["later"], Value::Null);
                assert_eq!(vat(&one), ["25 30.00"]);
                assert_eq!(facts(&one, "total"), ["150.00 NOK"]);
                assert_eq!(facts(&one, "document").len(), 1);
                assert_eq!(facts(&one, "date").len(), 1);
                let rows = one["lines"].as_array().expect("lines");
                assert!(
                    rows.iter().all(|row| row["line"]["account"].is_string()
                        && row["line"]["vat_category"] != ""),
                    "{one}"
                );
            }
            _ => {}
        }
        let sent = approved(&bench, &shown).await["sent"].clone();
        assert_eq!(sent["changed"], json!([]), "{what}: {sent}");
    }
    assert_eq!(
        told,
        [
            "create-shipment: new 2 + new 1",
            "set-quantities: changed 1, was 2 + gone 1",
            "confirm-shipment: new 1",
            "set-invoice-date: ",
            "prepare-invoice: new 1 x 80 = 80 + new 1 x 40 = 40",
            "release-document: new 1 x 80 = 80 + new 1 x 40 = 40",
        ]
    );
    assert!(
        bench.books(&sale)[1].contains("150.00 VAT 30.00"),
        "{:?}",
        bench.books(&sale)
    );
}

/// What somebody changed in an invoice since it was shown is not what was approved.
#[tokio::test(flavor = "multi_thread")]
async fn an_invoice_that_was_edited_since_it_was_shown_is_not_released() {
    let bench = morning().await;
    let mut sale = Sale::new(&bench, 940_301);
    sale.paid();
    bench.put_sale(&sale);
    bench.quiet().await;
    bench.clock.advance(Duration::from_mins(1));
    let parcel = sale.send_all();
    bench.put_sale(&sale);
    let shown = loop {
        let shown = looked(&bench).await;
        let one = item(&bench, "invoice", parcel).await;
        if one["line"]["what"] == "release-document" {
            break shown;
        }
        approved(&bench, &shown).await;
    };
    let visma = bench.practice.pair.visma();
    let number = visma.ledger().invoices[0].number.clone();
    // The practice company lets nobody change a line that comes from an order.
    let with = json!({"documentDate": {"value": "2026-09-21T00:00:00"}});
    visma.change(Change::DocumentEdited {
        kind: "Invoice".into(),
        number,
        with: with.as_object().expect("a map").clone(),
    });
    let after = approved(&bench, &shown).await;
    let changed = &after["sent"]["changed"][0];
    assert_eq!(changed["record"]["kind"], "invoice", "{after}");
    assert_eq!(changed["reason"]["code"], "preview-changed");
    let invoice = |bench: &Bench| bench.books(&sale)[1].clone();
    assert!(invoice(&bench).contains("Balanced"), "{}", invoice(&bench));
    let one = item(&bench, "invoice", parcel).await;
    assert_eq!(facts(&one, "date"), ["2026-09-21"], "it is shown anew");
}

fn simple(bench: &Bench, id: u64) -> Value {
    orders::simple(
        bench.practice.pair.shop_data(),
        id,
        bench.clock.now() - TimeDelta::minutes(3),
    )
}

/// Who works with previews alone finds in Fixes what they hold; and nothing of it is decided.
#[tokio::test(flavor = "multi_thread")]
async fn what_a_preview_holds_is_in_fixes_until_nothing_holds_it() {
    let bench = morning().await;
    let id = 940_401;
    let order = simple(&bench, id);
    let sku = order["lineItems"][0]["sku"]
        .as_str()
        .expect("a SKU")
        .to_owned();
    let visma = bench.practice.pair.visma();
    let known = visma.data().items[&sku].clone();
    visma.change(Change::ItemGone {
        number: known.number.clone(),
    });
    bench.put(order);
    let writes = bench.writes();

    looked(&bench).await;
    let shown = item(&bench, "order", id).await;
    assert_eq!(shown["line"]["outcome"], "held");
    assert_eq!(
        (&shown["in_fixes"], &shown["remedy"]),
        (&json!(true), &json!("settings"))
    );
    let held = bench.call("held", Value::Null).await;
    assert_eq!(held[0]["reason"]["code"], "item-not-found", "{held}");
    assert_eq!(held[0]["records"][0]["amount"]["amount"], "450.00");
    let cause = json!({"kind": "order", "code": "item-not-found", "params": {}});
    let remedy = bench.call("remedy", cause.clone()).await;
    let row = bench.record(id);
    assert_eq!(
        row.problem.as_ref().map(|problem| problem.code),
        Some(Code::ItemNotFound)
    );
    assert_eq!(bench.writes(), writes, "a preview writes to neither side");

    // Looked at again, it is still there, and still the one that was shown.
    bench.clock.advance(Duration::from_mins(5));
    looked(&bench).await;
    assert_eq!(bench.record(id), row);
    assert_eq!(
        bench.call("remedy", cause).await["looked"],
        remedy["looked"]
    );

    // Somebody makes the item: the next look counts, without anybody asking for the order.
    visma.change_data(|data| {
        data.items.insert(sku.clone(), known.clone());
    });
    let view = looked(&bench).await;
    assert_eq!(item(&bench, "order", id).await["line"]["outcome"], "send");
    assert_eq!(bench.record(id).state, RecordState::New);
    assert_eq!(bench.call("held", Value::Null).await, json!([]));
    approved(&bench, &view).await;
    assert_eq!(bench.record(id).state, RecordState::Booked);
}

/// A sync after such a preview decides by itself.
#[tokio::test(flavor = "multi_thread")]
async fn a_run_decides_anew_on_what_only_a_preview_held() {
    let bench = morning().await;
    let id = 940_501;
    let order = simple(&bench, id);
    let sku = order["lineItems"][0]["sku"]
        .as_str()
        .expect("a SKU")
        .to_owned();
    let visma = bench.practice.pair.visma();
    let known = visma.data().items[&sku].clone();
    visma.change(Change::ItemGone {
        number: known.number.clone(),
    });
    bench.put(order);
    looked(&bench).await;
    assert_eq!(bench.record(id).state, RecordState::Held);
    visma.change_data(|data| {
        data.items.insert(sku.clone(), known.clone());
    });
    // Past the time for which what was read of the company is taken for granted.
    bench.clock.advance(Duration::from_mins(11));
    bench.quiet().await;
    assert_eq!(bench.record(id).state, RecordState::Booked);
}

/// The set-up's sample of an order that was given back in part.
#[tokio::test(flavor = "multi_thread")]
async fn a_refunded_order_becomes_its_credit_note_and_its_refund_too() {
    let bench = morning().await;
    let mut sale = Sale::new(&bench, 940_601);
    sale.paid();
    sale.send_all();
    let refund = sale.give_back(&Back::units(0, 1, "RETURN"));
    assert!(refund > 0);
    bench.put_sale(&sale);
    let writes = bench.writes();
    bench.practice.engine.read_for_setup().await.expect("read");
    let key = json!({"kind": "order", "id": sale.id.to_string()});
    let sample = bench.practice.served.call("sample", key).await;
    let sample = sample.expect("a sample");
    let documents: Vec<String> = sample["documents"]
        .as_array()
        .expect("documents")
        .iter()
        .filter(|one| one["kind"] != "customer")
        .map(|one| {
            let vat = one["vat"].as_array().expect("VAT").iter();
            let vat: Vec<_> = vat.map(|row| row["amount"]["amount"].to_string()).collect();
            format!(
                "{} {} {} [{}]",
                one["when"],
                one["kind"],
                one["total"]["amount"],
                vat.join(" ")
            )
            .replace('"', "")
        })
        .collect();
    assert_eq!(
        documents,
        [
            "make sales_order 500.00 [100.00]",
            "later invoice 500.00 [100.00]",
            "later payment 500.00 []",
            "follows credit_note 100.00 [20.00]",
            "follows refund 100.00 []",
        ]
    );
    assert_eq!(bench.writes(), writes);
}
