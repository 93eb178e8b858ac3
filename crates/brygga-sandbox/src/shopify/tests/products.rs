//! Products and their writes, payouts, vouchers.

use serde_json::{Value, json};

use super::Bench;
use crate::faults::{Fault, FaultRule, Side};
use crate::shopify::ShopChange;

const BULK: &str = "mutation Bulk($id: ID!, $variants: [ProductVariantsBulkInput!]!, $partly: Boolean) { productVariantsBulkUpdate(productId: $id, variants: $variants, allowPartialUpdates: $partly) { product { id } productVariants { id sku price compareAtPrice barcode inventoryItem { sku unitCost { amount } measurement { weight { value unit } } } } userErrors { field message code } } }";
const SET: &str = "mutation Set($identifier: ProductSetIdentifiers, $input: ProductSetInput!) { productSet(identifier: $identifier, input: $input, synchronous: true) { product { id title handle status totalInventory options { name values } variants(first: 10) { nodes { id title sku price inventoryQuantity inventoryItem { tracked } } } } userErrors { field message code } } }";
const BY_SKU: &str = "query($query: String!) { productVariants(first: 10, query: $query) { nodes { id sku title price product { id title status productType vendor updatedAt collections(first: 3) { nodes { title } } resourcePublications(first: 3) { nodes { publication { name } } } } } } }";

async fn by_sku(bench: &Bench, sku: &str) -> Vec<Value> {
    bench.clock.advance(std::time::Duration::from_secs(5));
    bench
        .data(BY_SKU, json!({ "query": format!("sku:'{sku}'") }))
        .await["productVariants"]["nodes"]
        .as_array()
        .expect("a list")
        .clone()
}

#[tokio::test]
async fn a_sku_may_be_missing_or_double_and_the_index_lags() {
    let bench = Bench::new().await;
    let twins = by_sku(&bench, "FF-TORCH").await;
    assert_eq!(twins.len(), 2, "two products share a SKU");
    assert_ne!(twins[0]["product"]["id"], twins[1]["product"]["id"]);
    assert_eq!(
        twins[0]["product"]["collections"]["nodes"][0]["title"],
        "Outdoor"
    );
    assert_eq!(
        twins[0]["product"]["resourcePublications"]["nodes"]
            .as_array()
            .map(Vec::len),
        Some(2)
    );
    let without = bench
        .data(
            "{ productVariants(first: 250) { nodes { sku } } }",
            json!({}),
        )
        .await;
    assert!(
        without["productVariants"]["nodes"]
            .as_array()
            .expect("a list")
            .iter()
            .any(|one| one["sku"].is_null())
    );

    bench
        .server
        .act(&ShopChange::SetPrice {
            sku: "FF-KNIFE".to_owned(),
            price: rust_decimal::Decimal::new(7_005, 1),
        })
        .expect("there");
    let now = bench.data("query($q: String!) { products(first: 5, query: $q) { nodes { title variants(first: 1) { nodes { price } } } } }", json!({ "q": "updated_at:>='2026-11-05T12:00:00Z'" })).await;
    assert_eq!(
        now["products"]["nodes"],
        json!([]),
        "the index does not know yet"
    );
    bench.clock.advance(std::time::Duration::from_secs(5));
    let later = bench.data("query($q: String!) { products(first: 5, query: $q) { nodes { title variants(first: 1) { nodes { price } } } } }", json!({ "q": "updated_at:>='2026-11-05T12:00:00Z'" })).await;
    assert_eq!(
        later["products"]["nodes"][0]["variants"]["nodes"][0]["price"],
        "700.50"
    );
    let counted = bench
        .data(
            "{ productsCount { count } productVariantsCount { count precision } }",
            json!({}),
        )
        .await;
    assert!(
        counted["productVariantsCount"]["count"].as_u64()
            > counted["productsCount"]["count"].as_u64()
    );
}

#[tokio::test]
async fn variants_are_changed_all_or_as_far_as_possible() {
    let bench = Bench::new().await;
    let variant = by_sku(&bench, "FF-SOCK-36").await.remove(0);
    let other = by_sku(&bench, "FF-KNIFE").await.remove(0);
    let product = variant["product"]["id"].clone();
    let good = json!({ "id": variant["id"], "price": "199", "compareAtPrice": "249.5", "barcode": "7038010009457",
        "inventoryItem": { "cost": "80", "measurement": { "weight": { "value": 0.09, "unit": "KILOGRAMS" } } } });
    let foreign = json!({ "id": other["id"], "price": "1" });
    let refused = bench
        .data(
            BULK,
            json!({ "id": product, "variants": [good, foreign], "partly": false }),
        )
        .await["productVariantsBulkUpdate"]
        .clone();
    assert_eq!(refused["productVariants"], Value::Null);
    assert_eq!(
        refused["userErrors"],
        json!([{ "field": ["variants", "1", "id"], "message": "Product variant does not exist", "code": "PRODUCT_VARIANT_DOES_NOT_EXIST" }])
    );
    let partly = bench
        .data(
            BULK,
            json!({ "id": product, "variants": [good, foreign], "partly": true }),
        )
        .await["productVariantsBulkUpdate"]
        .clone();
    assert_eq!(partly["userErrors"].as_array().map(Vec::len), Some(1));
    assert_eq!(
        partly["productVariants"],
        json!([{ "id": variant["id"], "sku": "FF-SOCK-36", "price": "199.00", "compareAtPrice": "249.50", "barcode": "7038010009457",
            "inventoryItem": { "sku": "FF-SOCK-36", "unitCost": { "amount": "80.00" }, "measurement": { "weight": { "value": 0.09, "unit": "KILOGRAMS" } } } }])
    );
    for (input, code) in [
        (json!({ "price": "1" }), "PRODUCT_VARIANT_ID_MISSING"),
        (
            json!({ "id": variant["id"], "price": "-1" }),
            "NEGATIVE_PRICE_VALUE",
        ),
        (
            json!({ "id": variant["id"], "inventoryQuantities": [{ "availableQuantity": 1, "locationId": "gid://shopify/Location/61000000001" }] }),
            "NO_INVENTORY_QUANTITIES_ON_VARIANTS_UPDATE",
        ),
        (
            json!({ "id": variant["id"], "optionValues": [{ "optionName": "Colour", "name": "Red" }] }),
            "OPTION_DOES_NOT_EXIST",
        ),
    ] {
        let refused = bench
            .data(BULK, json!({ "id": product, "variants": [input] }))
            .await["productVariantsBulkUpdate"]
            .clone();
        assert_eq!(refused["userErrors"][0]["code"], code);
    }
    let nothing = bench
        .data(
            BULK,
            json!({ "id": "gid://shopify/Product/1", "variants": [good] }),
        )
        .await["productVariantsBulkUpdate"]
        .clone();
    assert_eq!(nothing["userErrors"][0]["code"], "PRODUCT_DOES_NOT_EXIST");
}

#[tokio::test]
async fn product_set_replaces_whole_lists() {
    let bench = Bench::new().await;
    let option = |names: &[&str]| json!([{ "name": "Size", "values": names.iter().map(|name| json!({ "name": name })).collect::<Vec<_>>() }]);
    let variant = |name: &str, sku: &str, units: i64| {
        json!({ "optionValues": [{ "optionName": "Size", "name": name }], "sku": sku, "price": "100", "inventoryItem": { "tracked": true },
            "inventoryQuantities": [{ "locationId": "gid://shopify/Location/61000000001", "name": "available", "quantity": units }] })
    };
    let input = json!({ "title": "Wind Anorak", "status": "DRAFT", "productType": "Outdoor", "productOptions": option(&["S", "M"]),
        "variants": [variant("S", "AN-S", 3), variant("M", "AN-M", 4)] });
    let made = bench.data(SET, json!({ "input": input })).await["productSet"].clone();
    assert_eq!(made["userErrors"], json!([]), "{made}");
    let product = &made["product"];
    assert_eq!(
        (
            product["handle"].as_str(),
            product["status"].as_str(),
            product["totalInventory"].as_i64()
        ),
        (Some("wind-anorak"), Some("DRAFT"), Some(7))
    );
    assert_eq!(product["options"][0]["values"], json!(["S", "M"]));
    let (small, id) = (
        product["variants"]["nodes"][0]["id"].clone(),
        product["id"].clone(),
    );
    let half = json!({ "productOptions": option(&["S", "L"]), "variants": [variant("S", "AN-S", 5), variant("L", "AN-L", 1)] });
    let set = bench
        .data(SET, json!({ "identifier": { "id": id }, "input": half }))
        .await["productSet"]
        .clone();
    let skus: Vec<&str> = set["product"]["variants"]["nodes"]
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|one| one["sku"].as_str())
        .collect();
    assert_eq!(
        skus,
        ["AN-S", "AN-L"],
        "the variant that was not named is deleted"
    );
    assert_eq!(
        set["product"]["variants"]["nodes"][0]["id"], small,
        "known by its option values"
    );
    assert_eq!(
        set["product"]["title"], "Wind Anorak",
        "what is left out stays"
    );
    assert_eq!(by_sku(&bench, "AN-M").await.len(), 0);
    let handle = bench.data(SET, json!({ "identifier": { "handle": "wind-anorak" }, "input": { "title": "Anorak", "handle": "wind-anorak" } })).await["productSet"].clone();
    assert_eq!(
        (
            handle["product"]["id"].clone(),
            handle["product"]["title"].as_str()
        ),
        (id.clone(), Some("Anorak"))
    );
    for (identifier, input, code) in [
        (
            json!({ "id": "gid://shopify/Product/1" }),
            json!({ "title": "x" }),
            "PRODUCT_DOES_NOT_EXIST",
        ),
        (
            json!({ "id": id }),
            json!({ "variants": [variant("S", "AN-S", 1)] }),
            "PRODUCT_OPTIONS_INPUT_MISSING",
        ),
        (
            json!({ "id": id }),
            json!({ "productOptions": option(&["S"]) }),
            "VARIANTS_INPUT_MISSING",
        ),
        (
            json!({ "id": id }),
            json!({ "handle": "enamel-mug" }),
            "HANDLE_NOT_UNIQUE",
        ),
    ] {
        let refused = bench
            .data(SET, json!({ "identifier": identifier, "input": input }))
            .await["productSet"]
            .clone();
        assert_eq!(
            (
                refused["product"].clone(),
                refused["userErrors"][0]["code"].as_str()
            ),
            (Value::Null, Some(code))
        );
    }
    let read = bench.data("query($id: ID!) { product(id: $id) { variants(first: 1) { nodes { inventoryItem { inventoryLevels(first: 2) { nodes { quantities(names: [\"available\"]) { quantity } } } } } } } }", json!({ "id": id })).await;
    assert_eq!(
        read["product"]["variants"]["nodes"][0]["inventoryItem"]["inventoryLevels"]["nodes"][0]["quantities"]
            [0]["quantity"],
        5
    );
}

#[tokio::test]
async fn products_are_made_given_variants_published_and_archived() {
    let bench = Bench::new().await;
    const CREATE: &str = "mutation($product: ProductCreateInput!) { productCreate(product: $product) { product { id status publishedAt variants(first: 2) { nodes { title price inventoryItem { tracked } } } resourcePublicationsCount { count } } userErrors { field message } } }";
    let blank = bench
        .data(CREATE, json!({ "product": { "title": " " } }))
        .await["productCreate"]
        .clone();
    assert_eq!(blank["userErrors"][0]["message"], "Title can't be blank");
    let made = bench.data(CREATE, json!({ "product": { "title": "Lantern", "status": "DRAFT", "productOptions": [{ "name": "Colour", "values": [{ "name": "Red" }] }] } })).await["productCreate"].clone();
    let (id, product) = (made["product"]["id"].clone(), &made["product"]);
    assert_eq!(
        (product["status"].as_str(), product["publishedAt"].clone()),
        (Some("DRAFT"), Value::Null)
    );
    assert_eq!(
        product["variants"]["nodes"],
        json!([{ "title": "Red", "price": "0.00", "inventoryItem": { "tracked": false } }])
    );
    assert_eq!(
        product["resourcePublicationsCount"]["count"], 0,
        "publishing is separate"
    );
    const ADD: &str = "mutation($id: ID!, $variants: [ProductVariantsBulkInput!]!, $strategy: ProductVariantsBulkCreateStrategy) { productVariantsBulkCreate(productId: $id, variants: $variants, strategy: $strategy) { product { variantsCount { count } } productVariants { title sku displayName inventoryQuantity } userErrors { field message code } } }";
    let blue = json!({ "optionValues": [{ "optionName": "Colour", "name": "Blue" }], "price": "100", "inventoryItem": { "sku": "LT-BLUE", "tracked": true },
        "inventoryQuantities": [{ "locationId": "gid://shopify/Location/61000000002", "availableQuantity": 6 }] });
    let added = bench
        .data(
            ADD,
            json!({ "id": id, "variants": [blue], "strategy": "PRESERVE_STANDALONE_VARIANT" }),
        )
        .await["productVariantsBulkCreate"]
        .clone();
    assert_eq!(
        added,
        json!({ "product": { "variantsCount": { "count": 2 } }, "productVariants": [{ "title": "Blue", "sku": "LT-BLUE", "displayName": "Lantern - Blue", "inventoryQuantity": 6 }], "userErrors": [] })
    );
    let again = bench
        .data(ADD, json!({ "id": id, "variants": [blue] }))
        .await["productVariantsBulkCreate"]
        .clone();
    assert_eq!(
        (
            again["userErrors"][0]["code"].as_str(),
            again["productVariants"].clone()
        ),
        (Some("VARIANT_ALREADY_EXISTS"), json!([]))
    );
    let nothing = bench
        .data(ADD, json!({ "id": id, "variants": [{ "price": "1" }] }))
        .await["productVariantsBulkCreate"]
        .clone();
    assert_eq!(
        nothing["userErrors"][0]["message"],
        "You need to add option values for Colour"
    );

    let channels = bench
        .data(
            "{ publications(first: 5) { nodes { id name } } }",
            json!({}),
        )
        .await["publications"]["nodes"]
        .clone();
    const PUBLISH: &str = "mutation($id: ID!, $input: [PublicationInput!]!) { publishablePublish(id: $id, input: $input) { publishable { resourcePublicationsCount { count } } userErrors { field message } } }";
    let published = bench
        .data(
            PUBLISH,
            json!({ "id": id, "input": [{ "publicationId": channels[0]["id"] }] }),
        )
        .await["publishablePublish"]
        .clone();
    assert_eq!(
        published["publishable"]["resourcePublicationsCount"]["count"],
        1
    );
    const UPDATE: &str = "mutation($product: ProductUpdateInput!) { productUpdate(product: $product) { product { title status productType updatedAt collections(first: 3) { nodes { id } } } userErrors { field message } } }";
    bench.clock.advance(std::time::Duration::from_mins(1));
    let archived = bench.data(UPDATE, json!({ "product": { "id": id, "status": "ARCHIVED", "productType": "Food", "collectionsToJoin": ["gid://shopify/Collection/83000000001"] } })).await["productUpdate"]["product"].clone();
    assert_eq!(
        (archived["status"].as_str(), archived["title"].as_str()),
        (Some("ARCHIVED"), Some("Lantern"))
    );
    assert_eq!(archived["updatedAt"], "2026-11-05T12:01:00Z");
    assert_eq!(
        archived["collections"]["nodes"].as_array().map(Vec::len),
        Some(1)
    );
    let nobody = bench
        .data(
            UPDATE,
            json!({ "product": { "id": "gid://shopify/Product/1" } }),
        )
        .await["productUpdate"]
        .clone();
    assert_eq!(nobody["userErrors"][0]["message"], "Product does not exist");

    const ITEM: &str = "mutation($id: ID!, $input: InventoryItemInput!) { inventoryItemUpdate(id: $id, input: $input) { inventoryItem { sku tracked variant { sku } inventoryLevels(first: 3) { nodes { id } } } userErrors { field message } } }";
    let sticker = bench
        .data(
            "{ inventoryItems(first: 1, query: \"sku:FF-STICK\") { nodes { id } } }",
            json!({}),
        )
        .await["inventoryItems"]["nodes"][0]["id"]
        .clone();
    let tracked = bench
        .data(
            ITEM,
            json!({ "id": sticker, "input": { "tracked": true, "sku": "FF-STICKER" } }),
        )
        .await["inventoryItemUpdate"]
        .clone();
    assert_eq!(tracked["inventoryItem"]["variant"]["sku"], "FF-STICKER");
    assert_eq!(
        tracked["inventoryItem"]["inventoryLevels"]["nodes"]
            .as_array()
            .map(Vec::len),
        Some(1)
    );
}

#[tokio::test]
async fn writes_need_their_scopes_and_an_answer_may_be_lost() {
    let bench = Bench::new().await;
    let product = by_sku(&bench, "FF-KNIFE").await.remove(0)["product"]["id"].clone();
    const UPDATE: &str = "mutation Update($product: ProductUpdateInput!) { productUpdate(product: $product) { product { title } userErrors { message } } }";
    let rename = |title: &str| json!({ "product": { "id": product, "title": title } });
    bench.faults.add(
        FaultRule::next(
            Side::Shopify,
            Fault::Status {
                code: 503,
                committed: true,
            },
        )
        .operation("productUpdate"),
    );
    assert_eq!(bench.answer(UPDATE, rename("Knife")).await.status, 503);
    assert_eq!(
        by_sku(&bench, "FF-KNIFE").await[0]["product"]["title"],
        "Knife"
    );
    bench.server.grant_scope("write_products", false);
    bench.server.grant_scope("read_products", true);
    let denied = bench.answer(UPDATE, rename("Other")).await;
    assert_eq!(
        (denied.status, denied.code().as_str()),
        (200, "ACCESS_DENIED")
    );
    assert_eq!(
        denied.json()["errors"][0]["extensions"]["requiredAccess"],
        "`write_products` access scope. Also: The user must have a permission to update products."
    );
    assert_eq!(
        by_sku(&bench, "FF-KNIFE").await[0]["product"]["title"],
        "Knife"
    );
}

#[tokio::test]
async fn payouts_are_behind_their_scopes_and_come_with_time() {
    let bench = Bench::new().await;
    const READ: &str = "query($query: String) { shopifyPaymentsAccount { id defaultCurrency payouts(first: 10, query: $query) { nodes { id legacyResourceId issuedAt status transactionType net { amount currencyCode } summary { chargesGross { amount } } } } balanceTransactions(first: 10, hideTransfers: true) { nodes { id type net { amount } fee { amount } associatedPayout { id status } sourceOrderTransactionId } } disputes(first: 5) { nodes { id } } } }";
    let money = |amount: &str| json!({ "amount": amount, "currencyCode": "NOK" });
    let keys = [
        "chargesGross",
        "chargesFee",
        "refundsFee",
        "refundsFeeGross",
        "adjustmentsGross",
        "adjustmentsFee",
        "reservedFundsGross",
        "reservedFundsFee",
        "retriedPayoutsGross",
        "retriedPayoutsFee",
        "advanceGross",
        "advanceFees",
        "usdcRebateCreditAmount",
    ];
    let summary: Value = keys
        .iter()
        .map(|key| ((*key).to_owned(), money("0.00")))
        .collect::<serde_json::Map<_, _>>()
        .into();
    let payout = |number: u32, issued: &str| json!({ "id": format!("gid://shopify/ShopifyPaymentsPayout/{number}"), "issuedAt": issued, "status": "PAID", "transactionType": "DEPOSIT", "net": money("97.10"), "summary": summary, "externalTraceId": null });
    let row = |number: u32, kind: &str, net: &str| json!({ "id": format!("gid://shopify/ShopifyPaymentsBalanceTransaction/{number}"), "type": kind, "amount": money("100.00"), "fee": money("2.90"), "net": money(net), "transactionDate": "2026-11-01T08:00:00Z", "sourceOrderTransactionId": "77", "sourceId": "77", "sourceType": "CHARGE", "test": false, "adjustmentsOrders": [], "associatedPayout": { "id": "gid://shopify/ShopifyPaymentsPayout/1", "status": "PAID" } });
    bench.server.set_payouts(
        vec![
            payout(1, "2026-11-04T00:00:00Z"),
            payout(2, "2026-11-09T00:00:00Z"),
        ],
        vec![row(1, "CHARGE", "97.10"), row(2, "TRANSFER", "-97.10")],
        Vec::new(),
    );
    let read = bench.data(READ, json!({})).await["shopifyPaymentsAccount"].clone();
    assert_eq!(
        read["payouts"]["nodes"].as_array().map(Vec::len),
        Some(1),
        "the second is not issued yet"
    );
    assert_eq!(read["payouts"]["nodes"][0]["legacyResourceId"], "1");
    assert_eq!(
        read["balanceTransactions"]["nodes"]
            .as_array()
            .map(Vec::len),
        Some(1),
        "transfers are hidden on demand"
    );
    bench.clock.advance(std::time::Duration::from_hours(5 * 24));
    let later = bench
        .data(
            READ,
            json!({ "query": "issued_at:>='2026-11-05T00:00:00Z'" }),
        )
        .await["shopifyPaymentsAccount"]
        .clone();
    assert_eq!(
        later["payouts"]["nodes"][0]["id"],
        "gid://shopify/ShopifyPaymentsPayout/2"
    );

    bench
        .server
        .grant_scope("read_shopify_payments_payouts", false);
    let denied = bench.answer(READ, json!({})).await;
    assert_eq!(denied.code(), "ACCESS_DENIED");
    bench
        .server
        .grant_scope("read_shopify_payments_accounts", false);
    let denied = bench
        .answer("{ shopifyPaymentsAccount { id } }", json!({}))
        .await;
    assert_eq!(
        denied.json()["errors"][0]["extensions"]["requiredAccess"],
        "the `read_shopify_payments` or the `read_shopify_payments_accounts` access scope."
    );
    bench
        .server
        .grant_scope("read_shopify_payments_accounts", true);
    bench
        .server
        .change_config(|config| config.shopify_payments = false);
    let none = bench
        .data("{ shopifyPaymentsAccount { id } }", json!({}))
        .await;
    assert_eq!(none["shopifyPaymentsAccount"], Value::Null);
}

#[tokio::test]
async fn gift_cards_and_store_credit_have_balances() {
    let bench = Bench::new().await;
    let cards = bench.data("{ giftCards(first: 250) { nodes { id lastCharacters balance { amount } initialValue { amount currencyCode } customer { id } order { name } } } giftCardsCount { count } }", json!({})).await;
    let list = cards["giftCards"]["nodes"].as_array().expect("a list");
    assert!(!list.is_empty());
    let amount = |value: &Value| -> rust_decimal::Decimal {
        value["amount"]
            .as_str()
            .and_then(|text| text.parse().ok())
            .expect("an amount")
    };
    assert!(
        list.iter()
            .all(|card| amount(&card["balance"]) <= amount(&card["initialValue"]))
    );
    assert_eq!(cards["giftCardsCount"]["count"], list.len());
    bench.server.grant_scope("read_gift_cards", false);
    let denied = bench
        .answer("{ giftCards(first: 1) { nodes { id } } }", json!({}))
        .await;
    assert_eq!(denied.code(), "ACCESS_DENIED");

    let owners = bench.data("{ customers(first: 250) { nodes { id storeCreditAccounts(first: 2) { nodes { id balance { amount currencyCode } owner { ... on Customer { id } } } } } } }", json!({})).await;
    let owner = owners["customers"]["nodes"]
        .as_array()
        .expect("a list")
        .iter()
        .find(|one| one["storeCreditAccounts"]["nodes"][0].is_object())
        .expect("somebody has store credit");
    let account = &owner["storeCreditAccounts"]["nodes"][0];
    assert_eq!(account["owner"]["id"], owner["id"]);
}

#[tokio::test]
async fn the_months_payouts_are_the_sum_of_their_rows() {
    let bench = Bench::new().await;
    const READ: &str = "query($id: String) { shopifyPaymentsAccount { payouts(first: 50) { nodes { legacyResourceId status net { amount } } } balanceTransactions(first: 250, hideTransfers: true, query: $id) { nodes { id net { amount } associatedPayout { id } } pageInfo { hasNextPage } } } }";
    let sum = |rows: &Value| -> rust_decimal::Decimal {
        rows.as_array()
            .expect("a list")
            .iter()
            .filter_map(|row| {
                row["net"]["amount"]
                    .as_str()?
                    .parse::<rust_decimal::Decimal>()
                    .ok()
            })
            .sum()
    };
    let read = bench.data(READ, json!({})).await["shopifyPaymentsAccount"].clone();
    let payouts = read["payouts"]["nodes"]
        .as_array()
        .expect("payouts")
        .clone();
    assert!(!payouts.is_empty());
    for payout in payouts {
        bench.clock.advance(std::time::Duration::from_secs(5));
        let query = format!(
            "payments_transfer_id:{}",
            payout["legacyResourceId"].as_str().expect("a number")
        );
        let rows = bench.data(READ, json!({ "id": query })).await["shopifyPaymentsAccount"]["balanceTransactions"].clone();
        assert_eq!(rows["pageInfo"]["hasNextPage"], false);
        assert_eq!(
            sum(&rows["nodes"]),
            sum(&json!([payout])),
            "payout {}",
            payout["legacyResourceId"]
        );
    }
}
