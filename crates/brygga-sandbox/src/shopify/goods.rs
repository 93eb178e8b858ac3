//! What the practice shop has beside what its orders need: further locations, collections, sales channels, a SKU that two products share, an
//! item that is not tracked, and as many generated products as a test wants.

use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::stock::Shelf;
use super::store::{Store, number_of, stamp};

/// The warehouse beside the shop's first location.
pub(super) const WAREHOUSE: u64 = 61_000_000_002;
/// The shop in town, which sells over the counter and sends nothing.
pub(super) const COUNTER: u64 = 61_000_000_003;
/// A thing that is sold without being counted.
const UNTRACKED: &str = "FF-STICK";
/// The SKU that a second product bears too, as merchants do who copy a product.
const DOUBLED: &str = "FF-TORCH";

/// A moment before everything, in the API's form.
fn long_ago(store: &Store) -> String {
    store.shop["createdAt"]
        .as_str()
        .unwrap_or("2024-01-02T08:00:00Z")
        .to_owned()
}

/// Adds all this to a seeded shop and fills its shelves.
pub(super) fn complete(store: &mut Store) {
    let since = long_ago(store);
    if let Some(first) = store.locations.first().cloned() {
        for (number, name, street, zip, sends) in [
            (WAREHOUSE, "Lager Alnabru", "Strømsveien 200", "0668", true),
            (COUNTER, "Torggata", "Torggata 5", "0181", false),
        ] {
            let id = super::stock::location_gid(number);
            if store.locations.iter().all(|one| one["id"] != id.as_str()) {
                store.add_location(location(&first, number, name, street, zip, sends));
            }
        }
    }
    for (number, name) in [
        (94_000_000_001_u64, "Online Store"),
        (94_000_000_002, "Point of Sale"),
    ] {
        store.add_publication(json!({
            "__typename": "Publication", "id": format!("gid://shopify/Publication/{number}"), "name": name, "autoPublish": number == 94_000_000_001,
            "supportsFuturePublishing": number == 94_000_000_001,
        }));
    }
    let kinds: std::collections::BTreeSet<String> = store
        .products_at(DateTime::<Utc>::MAX_UTC)
        .filter_map(|product| product["productType"].as_str().map(str::to_owned))
        .collect();
    for (place, kind) in kinds.iter().enumerate() {
        store.add_collection(collection(place, kind, &since));
    }
    let ids: Vec<String> = store
        .products_at(DateTime::<Utc>::MAX_UTC)
        .filter_map(|product| product["id"].as_str().map(str::to_owned))
        .collect();
    let published = publications(store, &since);
    for life in &mut store.products {
        for (_, product) in &mut life.versions {
            let product = std::sync::Arc::make_mut(product);
            let kind = product["productType"].as_str().unwrap_or_default();
            let place = kinds.iter().position(|one| one == kind).unwrap_or(0);
            product["collections"] = json!([{ "id": collection_gid(place) }]);
            product["resourcePublications"] = published.clone();
            if product["options"].as_array().is_none_or(Vec::is_empty) {
                product["options"] = options_of(product);
            }
            for variant in product["variants"].as_array_mut().into_iter().flatten() {
                if variant["sku"] == UNTRACKED {
                    variant["inventoryItem"]["tracked"] = json!(false);
                }
                variant["inventoryItem"]["unitCost"] = cost_of(variant);
            }
        }
    }
    if let Some(twin) = store
        .variant_by_sku(DOUBLED, DateTime::<Utc>::MAX_UTC)
        .cloned()
    {
        let twin = New {
            title: "Head Torch (copy)",
            sku: Some(DOUBLED),
            price: twin["price"].as_str().unwrap_or("0.00"),
            product_type: "Outdoor",
            number: 7_990_000_000_000,
            grams: 90,
        };
        let mut product = twin.product(&since, &published);
        let place = kinds.iter().position(|one| one == twin.product_type);
        product["collections"] = json!([{ "id": collection_gid(place.unwrap_or(0)) }]);
        store.add_product(DateTime::<Utc>::MIN_UTC, product);
    }
    stock(store, &ids);
}

/// Fills the shelves of the tracked items: much at the first location, some in the warehouse, a little of a few over the counter.
fn stock(store: &mut Store, products: &[String]) {
    let places: Vec<u64> = store
        .locations
        .iter()
        .filter_map(|location| location["id"].as_str().map(number_of))
        .collect();
    let mut shelves = Vec::new();
    for (at, product) in products.iter().enumerate() {
        let Some(product) = store.record(product, DateTime::<Utc>::MAX_UTC) else {
            continue;
        };
        for variant in product["variants"].as_array().into_iter().flatten() {
            let item = &variant["inventoryItem"];
            if item["tracked"] != true {
                continue;
            }
            let number = item["id"].as_str().map_or(0, number_of);
            let whole = variant["inventoryQuantity"].as_i64().unwrap_or(250);
            for (rank, place) in places.iter().enumerate() {
                let put = match rank {
                    0 => whole,
                    1 => 40 + i64::try_from(number % 60).unwrap_or(0),
                    _ if at < 6 => 8,
                    _ => continue,
                };
                shelves.push(((number, *place), put));
            }
        }
    }
    for (place, put) in shelves {
        let shelf = Shelf::new(put, DateTime::<Utc>::UNIX_EPOCH);
        store.shelves.insert(place, shelf);
    }
}

/// Adds so many generated SKUs, ten to a product, `GEN-00001` and on, each with a hundred at the first location.
pub(super) fn generate(store: &mut Store, count: u32, now: DateTime<Utc>) {
    let since = stamp(now);
    let published = publications(store, &since);
    let first = store
        .locations
        .first()
        .and_then(|location| location["id"].as_str().map(number_of));
    let known = store.products.len() as u64;
    let mut made = 0;
    while made < count {
        let batch = (count - made).min(10);
        let number = 8_100_000_000_000 + (known + u64::from(made)) * 100;
        let title = format!("Generated product {}", made / 10 + 1);
        let new = New {
            title: &title,
            sku: None,
            price: "100.00",
            product_type: "Generated",
            number,
            grams: 100,
        };
        let mut product = new.product(&since, &published);
        let variants: Vec<Value> = (0..batch)
            .map(|n| {
                let sku = format!("GEN-{:05}", made + n + 1);
                let mut variant = variant(
                    number + 1 + u64::from(n),
                    &format!("Size {}", n + 1),
                    "Size",
                    &since,
                );
                variant["sku"] = json!(sku);
                variant["inventoryItem"]["sku"] = json!(sku);
                variant["price"] = json!("100.00");
                variant["position"] = json!(n + 1);
                variant["displayName"] = json!(format!("{title} - Size {}", n + 1));
                variant
            })
            .collect();
        for variant in &variants {
            let item = variant["inventoryItem"]["id"].as_str().map_or(0, number_of);
            if let Some(first) = first {
                store.shelves.insert((item, first), Shelf::new(100, now));
            }
        }
        product["variants"] = Value::Array(variants);
        product["hasOnlyDefaultVariant"] = json!(false);
        product["options"] = options_of(&product);
        store.add_product(now, product);
        made += batch;
    }
}

fn location(like: &Value, number: u64, name: &str, street: &str, zip: &str, sends: bool) -> Value {
    let mut location = like.clone();
    location["id"] = json!(super::stock::location_gid(number));
    location["legacyResourceId"] = json!(number.to_string());
    location["name"] = json!(name);
    location["isPrimary"] = json!(false);
    location["fulfillsOnlineOrders"] = json!(sends);
    location["shipsInventory"] = json!(sends);
    location["hasUnfulfilledOrders"] = json!(false);
    location["address"]["address1"] = json!(street);
    location["address"]["zip"] = json!(zip);
    location["address"]["formatted"] = json!([street, format!("{zip} Oslo"), "Norway"]);
    location
}

fn collection_gid(place: usize) -> String {
    format!("gid://shopify/Collection/{}", 83_000_000_001 + place)
}

fn collection(place: usize, title: &str, since: &str) -> Value {
    json!({
        "__typename": "Collection", "id": collection_gid(place), "legacyResourceId": (83_000_000_001 + place).to_string(), "title": title,
        "handle": handle(title), "description": "", "descriptionHtml": "", "updatedAt": since, "metafields": [],
    })
}

/// A product is in all sales channels from a moment on.
pub(super) fn publications(store: &Store, since: &str) -> Value {
    let one = |publication: &std::sync::Arc<Value>| json!({ "isPublished": true, "publication": { "id": publication["id"] }, "publishDate": since });
    Value::Array(store.publications.iter().map(one).collect())
}

/// Three fifths of the price, as shops reckon.
fn cost_of(variant: &Value) -> Value {
    let price: Decimal = variant["price"]
        .as_str()
        .and_then(|text| text.parse().ok())
        .unwrap_or_default();
    let cost = (price * Decimal::new(6, 1)).round_dp(2);
    json!({ "amount": money(cost), "currencyCode": "NOK" })
}

/// An amount with two decimals, as prices are written.
pub(super) fn money(amount: Decimal) -> String {
    format!("{:.2}", amount.round_dp(2))
}

/// A handle as Shopify makes it: small letters, digits and single hyphens (recorded: "  Another Weird/Handle 300 % " gives
/// "another-weird-handle-300").
pub(super) fn handle(title: &str) -> String {
    let mut handle = String::new();
    for letter in title.to_lowercase().chars() {
        if letter.is_alphanumeric() {
            handle.push(letter);
        } else if !handle.ends_with('-') && !handle.is_empty() {
            handle.push('-');
        }
    }
    handle.trim_end_matches('-').to_owned()
}

/// A product with one variant, before more is said of it.
pub(super) struct New<'a> {
    pub(super) title: &'a str,
    pub(super) sku: Option<&'a str>,
    pub(super) price: &'a str,
    pub(super) product_type: &'a str,
    /// Its number; its variant has the next one.
    pub(super) number: u64,
    pub(super) grams: i64,
}

impl New<'_> {
    /// The `Product` object.
    pub(super) fn product(&self, since: &str, published: &Value) -> Value {
        let mut only = variant(self.number + 1, "Default Title", "Title", since);
        only["sku"] = json!(self.sku);
        only["inventoryItem"]["sku"] = json!(self.sku);
        only["price"] = json!(self.price);
        only["displayName"] = json!(self.title);
        only["inventoryItem"]["measurement"]["weight"]["value"] = json!(self.grams);
        let mut product = json!({
            "__typename": "Product", "id": format!("gid://shopify/Product/{}", self.number), "legacyResourceId": self.number.to_string(),
            "title": self.title, "handle": handle(self.title), "vendor": "Fjord & Fjell", "productType": self.product_type, "isGiftCard": false,
            "tags": [], "status": "ACTIVE", "createdAt": since, "updatedAt": since, "publishedAt": since, "description": "", "descriptionHtml": "",
            "templateSuffix": null, "onlineStoreUrl": null, "hasOnlyDefaultVariant": true, "tracksInventory": true, "metafields": [], "collections": [],
            "resourcePublications": published, "variants": [only],
        });
        product["options"] = options_of(&product);
        product
    }
}

/// A variant with the number given, tracked and to be sent.
pub(super) fn variant(number: u64, title: &str, option: &str, since: &str) -> Value {
    let item = number + 1_000_000;
    json!({
        "__typename": "ProductVariant", "id": format!("gid://shopify/ProductVariant/{number}"), "legacyResourceId": number.to_string(),
        "title": title, "displayName": title, "sku": null, "barcode": null, "taxable": true, "price": "0.00", "compareAtPrice": null, "position": 1,
        "createdAt": since, "updatedAt": since, "availableForSale": true, "inventoryPolicy": "DENY", "requiresComponents": false,
        "selectedOptions": [{ "name": option, "value": title }], "metafields": [], "defaultCursor": number.to_string(), "showUnitPrice": false,
        "inventoryItem": {
            "__typename": "InventoryItem", "id": format!("gid://shopify/InventoryItem/{item}"), "legacyResourceId": item.to_string(), "sku": null,
            "tracked": true, "requiresShipping": true, "createdAt": since, "updatedAt": since, "duplicateSkuCount": 0, "unitCost": null,
            "countryCodeOfOrigin": null, "harmonizedSystemCode": null, "provinceCodeOfOrigin": null,
            "measurement": { "id": format!("gid://shopify/InventoryItemMeasurement/{item}"), "weight": { "value": 0, "unit": "KILOGRAMS" } },
        },
    })
}

/// The options of a product, read off its variants.
pub(super) fn options_of(product: &Value) -> Value {
    let mut found: Vec<(String, Vec<String>)> = Vec::new();
    for variant in product["variants"].as_array().into_iter().flatten() {
        for option in variant["selectedOptions"].as_array().into_iter().flatten() {
            let (name, value) = (
                option["name"].as_str().unwrap_or_default(),
                option["value"].as_str().unwrap_or_default(),
            );
            match found.iter_mut().find(|(known, _)| known == name) {
                Some((_, values)) if values.iter().any(|known| known == value) => {}
                Some((_, values)) => values.push(value.to_owned()),
                None => found.push((name.to_owned(), vec![value.to_owned()])),
            }
        }
    }
    let number = product["id"].as_str().map_or(0, number_of);
    let options = found.into_iter().zip(1_u64..).map(|((name, values), place)| {
        json!({ "id": format!("gid://shopify/ProductOption/{}", number * 4 + place), "name": name, "position": place, "values": values })
    });
    Value::Array(options.collect())
}
