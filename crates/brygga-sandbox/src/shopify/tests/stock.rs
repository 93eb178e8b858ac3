//! Stock: what orders hold and take, setting quantities, keys, rows that are bad.

use serde_json::{Value, json};

use super::Bench;
use crate::faults::{Fault, FaultRule, Side};
use crate::shopify::ShopChange;

const SET: &str = "mutation Set($input: InventorySetQuantitiesInput!, $key: String!) { inventorySetQuantities(input: $input) @idempotent(key: $key) { inventoryAdjustmentGroup { id reason app { title } changes { name delta quantityAfterChange item { id sku variant { inventoryQuantity } } location { name } } } userErrors { field message code } } }";
const LEVELS: &str = "query($query: String) { inventoryItems(first: 50, query: $query) { nodes { id sku tracked duplicateSkuCount unitCost { amount currencyCode } measurement { weight { value unit } } variant { id product { title totalInventory } inventoryQuantity } inventoryLevels(first: 10) { nodes { id isActive location { id name } quantities(names: [\"available\", \"on_hand\", \"committed\", \"incoming\"]) { name quantity updatedAt } } } } } }";
const FIRST: &str = "gid://shopify/Location/61000000001";

fn sell(sku: &str, quantity: u32) -> ShopChange {
    ShopChange::Sell {
        sku: sku.to_owned(),
        quantity,
    }
}

async fn item(bench: &Bench, sku: &str) -> String {
    let found = bench
        .data(LEVELS, json!({ "query": format!("sku:'{sku}'") }))
        .await;
    found["inventoryItems"]["nodes"][0]["id"]
        .as_str()
        .expect("an item")
        .to_owned()
}

fn input(rows: Value) -> Value {
    json!({ "name": "available", "reason": "correction", "referenceDocumentUri": "gid://erp-connector/SyncJob/1", "quantities": rows })
}

fn row(item: &str, quantity: i64, from: Value) -> Value {
    json!({ "inventoryItemId": item, "locationId": FIRST, "quantity": quantity, "changeFromQuantity": from })
}

impl Bench {
    async fn set(&self, input: Value, key: &str) -> Value {
        self.data(SET, json!({ "input": input, "key": key })).await["inventorySetQuantities"]
            .clone()
    }

    fn units(&self, sku: &str, name: &str) -> i64 {
        self.server.quantity(sku, None, name).expect("a level")
    }
}

#[tokio::test]
async fn an_order_takes_from_available_and_is_held_until_it_is_sent() {
    let bench = Bench::new().await;
    let (before, held) = (
        bench.units("FF-SOCK-40", "available"),
        bench.units("FF-SOCK-40", "committed"),
    );
    let hand = bench.units("FF-SOCK-40", "on_hand");
    assert_eq!(hand, before + held);
    bench.server.act(&sell("FF-SOCK-40", 3)).expect("sold");
    assert_eq!(
        [
            bench.units("FF-SOCK-40", "available"),
            bench.units("FF-SOCK-40", "committed"),
            bench.units("FF-SOCK-40", "on_hand")
        ],
        [before - 3, held + 3, hand]
    );
    let level = bench
        .data(LEVELS, json!({ "query": "sku:FF-SOCK-40" }))
        .await["inventoryItems"]["nodes"][0]
        .clone();
    let first = &level["inventoryLevels"]["nodes"][0];
    assert_eq!(first["quantities"][0]["quantity"], before - 3);
    assert_eq!(first["quantities"][2]["quantity"], held + 3);
    assert_eq!(
        first["quantities"][1]["updatedAt"],
        Value::Null,
        "as recorded"
    );
    let over: i64 = level["inventoryLevels"]["nodes"]
        .as_array()
        .expect("levels")
        .iter()
        .filter_map(|level| level["quantities"][0]["quantity"].as_i64())
        .sum();
    assert_eq!(level["variant"]["inventoryQuantity"], over);
}

#[tokio::test]
async fn setting_available_leaves_committed_and_moves_on_hand() {
    let bench = Bench::new().await;
    let item = item(&bench, "FF-STOVE").await;
    bench.server.act(&sell("FF-STOVE", 2)).expect("sold");
    let (before, held) = (
        bench.units("FF-STOVE", "available"),
        bench.units("FF-STOVE", "committed"),
    );
    let done = bench
        .set(input(json!([row(&item, 17, json!(before))])), "key-1")
        .await;
    assert_eq!(done["userErrors"], json!([]));
    let group = &done["inventoryAdjustmentGroup"];
    assert_eq!(
        group["changes"]
            .as_array()
            .expect("changes")
            .iter()
            .map(|change| change["name"].as_str().unwrap_or_default())
            .collect::<Vec<_>>(),
        ["available", "on_hand"]
    );
    assert_eq!(group["changes"][0]["delta"], 17 - before);
    assert_eq!(group["changes"][0]["quantityAfterChange"], Value::Null);
    assert_eq!(group["changes"][0]["item"]["sku"], "FF-STOVE");
    assert_eq!(
        [
            bench.units("FF-STOVE", "available"),
            bench.units("FF-STOVE", "committed"),
            bench.units("FF-STOVE", "on_hand")
        ],
        [17, held, 17 + held]
    );
    let mut hand = input(json!([row(&item, 30, Value::Null)]));
    hand["name"] = json!("on_hand");
    assert_eq!(bench.set(hand, "key-2").await["userErrors"], json!([]));
    assert_eq!(
        [
            bench.units("FF-STOVE", "available"),
            bench.units("FF-STOVE", "on_hand")
        ],
        [30 - held, 30]
    );
    // The next sale comes off what was set.
    bench.server.act(&sell("FF-STOVE", 1)).expect("sold");
    assert_eq!(bench.units("FF-STOVE", "available"), 29 - held);
}

#[tokio::test]
async fn a_sale_between_reading_and_writing_makes_the_write_stale() {
    let bench = Bench::new().await;
    let item = item(&bench, "FF-TARP-33").await;
    let read = bench.units("FF-TARP-33", "available");
    bench.server.act(&sell("FF-TARP-33", 1)).expect("sold");
    let stale = bench
        .set(input(json!([row(&item, 5, json!(read))])), "k")
        .await;
    assert_eq!(stale["userErrors"][0]["code"], "CHANGE_FROM_QUANTITY_STALE");
    assert_eq!(
        stale["userErrors"][0]["field"],
        json!(["input", "quantities", "0", "changeFromQuantity"])
    );
    assert_eq!(bench.units("FF-TARP-33", "available"), read - 1);
}

#[tokio::test]
async fn change_from_quantity_may_be_null_but_not_missing_and_a_key_is_needed() {
    let bench = Bench::new().await;
    let item = item(&bench, "FF-KNIFE").await;
    let bare = json!({ "inventoryItemId": item, "locationId": FIRST, "quantity": 1 });
    let answer = bench
        .answer(SET, json!({ "input": input(json!([bare])), "key": "k" }))
        .await;
    assert_eq!(answer.code(), "INVALID_FIELD_ARGUMENTS");
    assert_eq!(
        answer.json()["errors"][0]["message"],
        "InventoryQuantityInput must include the following argument: changeFromQuantity."
    );
    let without = SET
        .replace(" @idempotent(key: $key)", "")
        .replace(", $key: String!", "");
    let answer = bench
        .answer(
            &without,
            json!({ "input": input(json!([row(&item, 1, Value::Null)])) }),
        )
        .await;
    assert_eq!(answer.code(), "BAD_REQUEST");
    let many: Vec<Value> = (0..251).map(|_| row(&item, 1, Value::Null)).collect();
    let answer = bench
        .answer(SET, json!({ "input": input(json!(many)), "key": "k" }))
        .await;
    assert_eq!(answer.code(), "MAX_INPUT_SIZE_EXCEEDED");
}

#[tokio::test]
async fn one_bad_row_refuses_all_and_names_itself() {
    let bench = Bench::new().await;
    let (good, gone) = (
        item(&bench, "FF-KNIFE").await,
        item(&bench, "FF-THERM-075").await,
    );
    bench
        .server
        .act(&ShopChange::DeleteVariant {
            sku: "FF-THERM-075".to_owned(),
        })
        .expect("there");
    let before = bench.units("FF-KNIFE", "available");
    let rows = json!([
        row(&good, before + 5, json!(before)),
        row(&gone, 5, Value::Null),
        { "inventoryItemId": good, "locationId": "gid://shopify/Location/9", "quantity": 1, "changeFromQuantity": null },
        { "inventoryItemId": good, "locationId": "gid://shopify/Location/61000000002", "quantity": -1, "changeFromQuantity": null },
    ]);
    let refused = bench.set(input(rows), "k").await;
    assert_eq!(refused["inventoryAdjustmentGroup"], Value::Null);
    let told: Vec<(String, String)> = refused["userErrors"]
        .as_array()
        .expect("errors")
        .iter()
        .map(|error| {
            (
                error["field"][2].as_str().expect("a text").to_owned(),
                error["code"].as_str().unwrap_or_default().to_owned(),
            )
        })
        .collect();
    let wanted = [
        ("1", "INVALID_INVENTORY_ITEM"),
        ("2", "INVALID_LOCATION"),
        ("3", "INVALID_QUANTITY_NEGATIVE"),
    ];
    assert_eq!(
        told,
        wanted.map(|(index, code)| (index.to_owned(), code.to_owned()))
    );
    assert_eq!(bench.units("FF-KNIFE", "available"), before);

    let twice = json!([row(&good, 1, Value::Null), row(&good, 2, Value::Null)]);
    let refused = bench.set(input(twice), "k2").await;
    assert_eq!(
        refused["userErrors"][1]["code"],
        "NO_DUPLICATE_INVENTORY_ITEM_ID_GROUP_ID_PAIR"
    );
    let mut damaged = input(json!([row(&good, 1_000_000_001, Value::Null)]));
    assert_eq!(
        bench.set(damaged.clone(), "k3").await["userErrors"][0]["code"],
        "INVALID_QUANTITY_TOO_HIGH"
    );
    damaged["name"] = json!("damaged");
    assert_eq!(
        bench.set(damaged.clone(), "k4").await["userErrors"][0]["code"],
        "INVALID_NAME"
    );
    damaged["name"] = json!("available");
    damaged["reason"] = json!("because");
    assert_eq!(
        bench.set(damaged, "k5").await["userErrors"][0]["code"],
        "INVALID_REASON"
    );
}

#[tokio::test]
async fn a_key_writes_once_for_a_day() {
    let bench = Bench::new().await;
    let item = item(&bench, "FF-PACK-28").await;
    let wanted = input(json!([row(&item, 40, Value::Null)]));
    let first = bench.set(wanted.clone(), "once").await;
    bench.server.act(&sell("FF-PACK-28", 2)).expect("sold");
    let again = bench.set(wanted.clone(), "once").await;
    assert_eq!(
        again["inventoryAdjustmentGroup"]["id"],
        first["inventoryAdjustmentGroup"]["id"]
    );
    assert_eq!(bench.units("FF-PACK-28", "available"), 38, "written once");
    let other = bench
        .set(input(json!([row(&item, 41, Value::Null)])), "once")
        .await;
    assert_eq!(
        other["userErrors"][0]["code"],
        "IDEMPOTENCY_KEY_PARAMETER_MISMATCH"
    );
    let bad = input(json!([row(&item, -1, Value::Null)]));
    assert_eq!(
        bench.set(bad.clone(), "failed").await["userErrors"][0]["code"],
        "INVALID_QUANTITY_NEGATIVE"
    );
    assert_eq!(
        bench.set(bad, "failed").await["userErrors"][0]["code"],
        "IDEMPOTENCY_PREVIOUS_ATTEMPT_FAILED"
    );
    bench.clock.advance(std::time::Duration::from_hours(24));
    bench.set(wanted, "once").await;
    assert_eq!(
        bench.units("FF-PACK-28", "available"),
        40,
        "a new request after a day"
    );
}

#[tokio::test]
async fn an_answer_lost_after_the_write_is_safe_with_the_same_key() {
    let bench = Bench::new().await;
    let item = item(&bench, "FF-VEST-SM").await;
    let before = bench.units("FF-VEST-SM", "available");
    let wanted = input(json!([row(&item, before + 9, json!(before))]));
    for (committed, after) in [(false, before), (true, before + 9)] {
        bench.faults.add(
            FaultRule::next(
                Side::Shopify,
                Fault::Status {
                    code: 502,
                    committed,
                },
            )
            .operation("inventorySetQuantities"),
        );
        let answer = bench
            .answer(SET, json!({ "input": wanted, "key": "same" }))
            .await;
        assert_eq!(answer.status, 502);
        assert_eq!(bench.units("FF-VEST-SM", "available"), after);
    }
    let again = bench.set(wanted, "same").await;
    assert_eq!(again["userErrors"], json!([]));
    assert_eq!(bench.units("FF-VEST-SM", "available"), before + 9);
    assert_eq!(bench.server.counters().writes, 3);
}

#[tokio::test]
async fn untracked_and_unstocked_items_are_refused_until_activated() {
    let bench = Bench::new().await;
    let all = bench.data(LEVELS, json!({ "query": "sku:FF-STICK" })).await;
    let sticker = &all["inventoryItems"]["nodes"][0];
    assert_eq!(
        (
            sticker["tracked"].clone(),
            sticker["inventoryLevels"]["nodes"].clone()
        ),
        (json!(false), json!([]))
    );
    let id = sticker["id"].as_str().expect("an id");
    let refused = bench
        .set(input(json!([row(id, 1, Value::Null)])), "a")
        .await;
    assert_eq!(
        refused["userErrors"][0]["code"],
        "ITEM_NOT_STOCKED_AT_LOCATION"
    );

    let torch = item(&bench, "MG-FJELL-4").await;
    let counter = "gid://shopify/Location/61000000003";
    let there = json!([{ "inventoryItemId": torch, "locationId": counter, "quantity": 4, "changeFromQuantity": null }]);
    let refused = bench.set(input(there.clone()), "b").await;
    assert_eq!(
        refused["userErrors"][0]["code"],
        "ITEM_NOT_STOCKED_AT_LOCATION"
    );
    let activate = "mutation($item: ID!, $place: ID!) { inventoryActivate(inventoryItemId: $item, locationId: $place, available: 2) @idempotent(key: \"c\") { inventoryLevel { id quantities(names: [\"available\"]) { quantity } item { sku } } userErrors { field message } } }";
    let level = bench
        .data(activate, json!({ "item": torch, "place": counter }))
        .await["inventoryActivate"]["inventoryLevel"]
        .clone();
    assert_eq!(level["quantities"][0]["quantity"], 2);
    assert_eq!(level["item"]["sku"], "MG-FJELL-4");
    let read = bench
        .data(
            "query($id: ID!) { inventoryLevel(id: $id) { location { name } } }",
            json!({ "id": level["id"] }),
        )
        .await;
    assert_eq!(read["inventoryLevel"]["location"]["name"], "Torggata");
    assert_eq!(bench.set(input(there), "d").await["userErrors"], json!([]));
}

#[tokio::test]
async fn ten_thousand_skus_are_listed_in_pages() {
    let bench = Bench::new().await;
    bench
        .server
        .act(&ShopChange::Generate { count: 10_000 })
        .expect("made");
    let mut after = Value::Null;
    let mut seen = std::collections::BTreeSet::new();
    for _ in 0..60 {
        bench.clock.advance(std::time::Duration::from_secs(20));
        let page = bench.data("query($after: String) { inventoryItems(first: 250, after: $after, query: \"sku:GEN*\") { nodes { sku inventoryLevels(first: 3) { nodes { quantities(names: [\"available\"]) { quantity } } } } pageInfo { hasNextPage endCursor } } }", json!({ "after": after })).await["inventoryItems"].clone();
        for node in page["nodes"].as_array().expect("nodes") {
            assert_eq!(
                node["inventoryLevels"]["nodes"][0]["quantities"][0]["quantity"],
                100
            );
            seen.insert(node["sku"].to_string());
        }
        after = page["pageInfo"]["endCursor"].clone();
        if page["pageInfo"]["hasNextPage"] != true {
            break;
        }
    }
    assert_eq!(seen.len(), 10_000);
}

#[tokio::test]
async fn the_control_page_sells_and_shows_the_shelves() {
    let bench = Bench::new().await;
    let url = format!("{}/__control", bench.server.url());
    let act = |body: Value| bench.http.post(format!("{url}/act")).json(&body).send();
    let sold = act(json!({ "do": "sell", "sku": "FF-WAX-C", "quantity": 2 }))
        .await
        .expect("an answer");
    assert_eq!(sold.status(), 200);
    let set = act(json!({ "do": "set_stock", "sku": "FF-WAX-C", "available": 7 }))
        .await
        .expect("an answer");
    assert_eq!(set.status(), 200);
    let shelves: Value = bench
        .http
        .get(format!("{url}/stock"))
        .send()
        .await
        .expect("an answer")
        .json()
        .await
        .expect("JSON");
    let row = shelves
        .as_array()
        .expect("rows")
        .iter()
        .find(|row| row["sku"] == "FF-WAX-C" && row["location"] == "61000000001")
        .expect("a row");
    assert_eq!(row["available"], 7);
    let unknown = act(json!({ "do": "sell", "sku": "NO-SUCH", "quantity": 1 }))
        .await
        .expect("an answer");
    assert_eq!(unknown.status(), 409);
}
