//! What a field says when nothing happened. A client must be able to select it, though no recording did; every use is reported.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use crate::shop_data::stamp;

/// A field that the schema does not allow to be null, and its quiet value.
pub(super) type Quiet = (&'static str, fn() -> Value);

fn no() -> Value {
    Value::Bool(false)
}

fn yes() -> Value {
    Value::Bool(true)
}

fn none() -> Value {
    Value::Array(Vec::new())
}

fn nothing() -> Value {
    json!("")
}

/// `Order`, apart from money, dates, refunds and lines.
pub(super) const ORDER: &[Quiet] = &[
    ("test", no),
    ("edited", no),
    ("taxExempt", no),
    ("tags", none),
    ("customAttributes", none),
    ("transactions", none),
    ("fulfillments", none),
    ("returns", none),
    ("discountApplications", none),
    ("discountCodes", none),
    ("paymentGatewayNames", none),
    ("confirmed", yes),
    ("dutiesIncluded", no),
    ("estimatedTaxes", no),
];

/// `LineItem`.
pub(super) const LINE: &[Quiet] = &[
    ("isGiftCard", no),
    ("requiresShipping", no),
    ("taxable", no),
    ("customAttributes", none),
    ("duties", none),
];

/// `ShippingLine`.
pub(super) const SHIPPING: &[Quiet] = &[
    ("title", || json!("Shipping")),
    ("isRemoved", no),
    ("custom", no),
];

/// `OrderTransaction`.
pub(super) const TRANSACTION: &[Quiet] = &[
    ("test", no),
    ("fees", none),
    ("manualPaymentGateway", no),
    ("manuallyCapturable", no),
    ("multiCapturable", no),
];

/// `Customer`.
pub(super) const CUSTOMER: &[Quiet] = &[
    ("tags", none),
    ("taxExempt", no),
    ("taxExemptions", none),
    ("verifiedEmail", no),
    ("state", || json!("DISABLED")),
    ("locale", || json!("en")),
    ("displayName", nothing),
    ("numberOfOrders", || json!("0")),
];

/// `MailingAddress`.
pub(super) const ADDRESS: &[Quiet] = &[("coordinatesValidated", no), ("formatted", none)];

/// `Refund` and its lines.
pub(super) const REFUND: &[Quiet] = &[("orderAdjustments", none), ("transactions", none)];

fn tail(id: &Value) -> String {
    id.as_str()
        .and_then(|id| id.rsplit('/').next())
        .unwrap_or_default()
        .to_owned()
}

/// A `Product` of which only a sold line is known.
pub(super) fn product(known: &Value, line: &Value, at: DateTime<Utc>) -> Value {
    let mut product = json!({
        "legacyResourceId": tail(&known["id"]), "title": line["title"], "handle": tail(&known["id"]), "vendor": line["vendor"].as_str().unwrap_or_default(), "productType": "",
        "status": "ACTIVE", "tags": [], "isGiftCard": line["isGiftCard"], "createdAt": stamp(at), "updatedAt": stamp(at), "description": "", "descriptionHtml": "",
        "hasOnlyDefaultVariant": true, "tracksInventory": false, "totalInventory": 0, "metafields": [],
    });
    add(&mut product, known);
    product
}

/// A `ProductVariant` of which only a sold line is known.
pub(super) fn variant(known: &Value, line: &Value, at: DateTime<Utc>) -> Value {
    let id = tail(&known["id"]);
    let mut variant = json!({
        "legacyResourceId": id, "title": line["variantTitle"].as_str().unwrap_or("Default Title"), "displayName": line["title"], "sku": line["sku"], "barcode": null,
        "taxable": line["taxable"], "price": line["originalUnitPriceSet"]["shopMoney"]["amount"], "position": 1, "createdAt": stamp(at), "updatedAt": stamp(at),
        "availableForSale": true, "inventoryPolicy": "CONTINUE", "selectedOptions": [], "metafields": [],
        "inventoryItem": { "id": format!("gid://shopify/InventoryItem/{id}"), "legacyResourceId": id, "sku": line["sku"], "tracked": false, "requiresShipping": line["requiresShipping"] },
    });
    add(&mut variant, known);
    variant
}

fn add(to: &mut Value, from: &Value) {
    if let (Some(to), Some(from)) = (to.as_object_mut(), from.as_object()) {
        to.extend(from.clone());
    }
}
