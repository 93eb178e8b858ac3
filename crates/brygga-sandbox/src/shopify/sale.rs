//! An order that somebody places while the shop runs: one line, paid by card, to an address in Oslo, Norwegian VAT included. For the control
//! page and for tests, where the moment of the sale matters more than its variety.

use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::goods::money;
use super::store::{Store, stamp};

pub(super) fn set(amount: Decimal) -> Value {
    let money = json!({ "amount": money(amount), "currencyCode": "NOK" });
    json!({ "shopMoney": money, "presentmentMoney": money })
}

/// Norwegian VAT of the standard rate, so much.
pub(super) fn vat(tax: Decimal) -> Value {
    json!([{ "title": "MVA", "rate": 0.25, "ratePercentage": 25.0, "channelLiable": false, "priceSet": set(tax), "source": "Shopify" }])
}

/// A line that somebody puts on an order.
pub(super) struct NewLine {
    pub(super) json: Value,
    pub(super) title: String,
    /// What it costs, VAT included.
    pub(super) total: Decimal,
    pub(super) tax: Decimal,
}

/// A line of so many of a SKU; nothing when no variant bears the SKU.
pub(super) fn new_line(
    store: &mut Store,
    sku: &str,
    quantity: u32,
    now: DateTime<Utc>,
) -> Option<NewLine> {
    let variant = store.variant_by_sku(sku, now)?.clone();
    let product = store.product_of(variant["id"].as_str()?, now)?.clone();
    let line_number = store.fresh_number();
    let price: Decimal = variant["price"].as_str()?.parse().ok()?;
    let total = price * Decimal::from(quantity);
    let tax = (total / Decimal::from(5)).round_dp(2);
    let nothing = set(Decimal::ZERO);
    let mut brief = variant.clone();
    if let Some(fields) = brief.as_object_mut() {
        fields.remove("product");
    }
    let json = json!({
        "id": format!("gid://shopify/LineItem/{line_number}"), "title": product["title"], "name": variant["displayName"], "variantTitle": null,
        "sku": variant["sku"], "vendor": product["vendor"], "product": { "id": product["id"], "legacyResourceId": product["legacyResourceId"], "title": product["title"] },
        "variant": brief, "quantity": quantity, "currentQuantity": quantity, "refundableQuantity": quantity, "unfulfilledQuantity": quantity,
        "fulfillableQuantity": quantity, "nonFulfillableQuantity": 0, "isGiftCard": false, "requiresShipping": variant["inventoryItem"]["requiresShipping"],
        "taxable": true, "restockable": true, "merchantEditable": true, "customAttributes": [], "lineItemGroup": null, "sellingPlan": null,
        "staffMember": null, "contract": null, "image": null, "weight": variant["inventoryItem"]["measurement"]["weight"],
        "originalUnitPriceSet": set(price), "originalTotalSet": set(total), "totalDiscountSet": nothing, "discountedTotalSet": set(total),
        "discountedUnitPriceSet": set(price), "discountedUnitPriceAfterAllDiscountsSet": set(price), "priceAfterAllDiscountsBeforeTaxesSet": set(total - tax),
        "unfulfilledOriginalTotalSet": set(total), "unfulfilledDiscountedTotalSet": set(total), "discountAllocations": [], "taxLines": vat(tax), "duties": [],
    });
    Some(NewLine {
        json,
        title: product["title"].as_str().unwrap_or(sku).to_owned(),
        total,
        tax,
    })
}

/// Money by card that moves now: `SALE` or `REFUND`.
pub(super) fn transaction(number: u64, kind: &str, amount: Decimal, at: &str) -> Value {
    json!({
        "id": format!("gid://shopify/OrderTransaction/{number}"), "kind": kind, "status": "SUCCESS", "gateway": "shopify_payments",
        "formattedGateway": "Shopify Payments", "test": false, "createdAt": at, "processedAt": at, "amountSet": set(amount), "amountRoundingSet": null,
        "parentTransaction": null, "errorCode": null, "authorizationCode": null, "authorizationExpiresAt": null, "accountNumber": null,
        "paymentId": format!("c{number}.1"), "manualPaymentGateway": false, "manuallyCapturable": false, "multiCapturable": false,
        "receiptJson": "{}", "fees": [], "settlementCurrency": null, "settlementCurrencyRate": null, "location": null, "user": null, "device": null,
        "totalUnsettledSet": set(Decimal::ZERO), "currencyExchangeAdjustment": null,
        "paymentDetails": { "__typename": "CardPaymentDetails", "paymentMethodName": "card", "company": "Visa", "number": "•••• •••• •••• 4242", "bin": "424242",
            "name": null, "expirationMonth": 1, "expirationYear": 2030, "avsResultCode": null, "cvvResultCode": null, "wallet": null },
    })
}

/// Places an order for so many of a SKU at `now` and tells its gid; nothing when no variant bears the SKU.
pub(super) fn place(
    store: &mut Store,
    sku: &str,
    quantity: u32,
    now: DateTime<Utc>,
) -> Option<String> {
    let NewLine {
        json: line,
        total,
        tax,
        ..
    } = new_line(store, sku, quantity, now)?;
    let number = store.fresh_number();
    let transaction_number = store.fresh_number();
    let id = format!("gid://shopify/Order/{number}");
    let at = stamp(now);
    let taxes = vat(tax);
    let nothing = set(Decimal::ZERO);
    let paid = transaction(transaction_number, "SALE", total, &at);
    let address = json!({
        "id": format!("gid://shopify/MailingAddress/{number}"), "firstName": "Kari", "lastName": "Nordmann", "name": "Kari Nordmann", "company": null,
        "address1": "Karl Johans gate 1", "address2": null, "zip": "0154", "city": "Oslo", "country": "Norway", "countryCodeV2": "NO", "province": null,
        "provinceCode": null, "phone": null, "latitude": null, "longitude": null, "coordinatesValidated": false, "timeZone": null, "formattedArea": "Oslo, Norway",
        "formatted": ["Karl Johans gate 1", "0154 Oslo", "Norway"],
    });
    let count = store.orders.len() + 1001;
    let mut order = json!({
        "__typename": "Order", "id": id, "legacyResourceId": number.to_string(), "name": format!("#C{count}"), "number": count,
        "confirmationNumber": format!("FC{number:X}"), "confirmed": true, "createdAt": at, "processedAt": at, "updatedAt": at, "cancelledAt": null,
        "cancelReason": null, "cancellation": null, "closed": false, "closedAt": null, "test": false, "edited": false, "taxesIncluded": true,
        "taxExempt": false, "estimatedTaxes": false, "dutiesIncluded": false, "currencyCode": "NOK", "presentmentCurrencyCode": "NOK",
    });
    let about = json!({
        "displayFinancialStatus": "PAID", "displayFulfillmentStatus": "UNFULFILLED", "returnStatus": "NO_RETURN", "tags": [], "note": null,
        "customAttributes": [], "sourceName": "web", "sourceIdentifier": null, "registeredSourceUrl": null, "channelInformation": null,
        "merchantBusinessEntity": { "id": "gid://shopify/BusinessEntity/1", "displayName": "Fjord & Fjell AS", "companyName": "Fjord & Fjell AS", "primary": true, "archived": false },
        "app": { "id": "gid://shopify/OrderApp/580111", "name": "Online Store", "icon": { "url": "https://example.com/icon.png" } },
        "retailLocation": null, "physicalLocation": null, "email": "kari.nordmann@example.no", "phone": null, "customerLocale": "nb",
        "customerAcceptsMarketing": false, "clientIp": null, "customer": null, "purchasingEntity": null, "poNumber": null, "paymentTerms": null,
    });
    let sums = json!({
        "billingAddress": address, "shippingAddress": address, "displayAddress": address, "billingAddressMatchesShippingAddress": true,
        "discountCode": null, "discountCodes": [], "discountApplications": [], "subtotalLineItemsQuantity": quantity,
        "currentSubtotalLineItemsQuantity": quantity, "totalWeight": "0", "currentTotalWeight": "0", "originalTotalDutiesSet": null,
        "currentTotalDutiesSet": null, "originalTotalAdditionalFeesSet": null, "currentTotalAdditionalFeesSet": null,
        "totalTipReceived": { "amount": "0.00", "currencyCode": "NOK" },
        "totalCashRoundingAdjustment": { "paymentSet": nothing, "refundSet": nothing }, "capturable": false, "fullyPaid": true, "unpaid": false,
        "canMarkAsPaid": false, "refundable": true,
    });
    let parts = json!({
        "taxLines": taxes, "currentTaxLines": taxes, "lineItems": [line], "nonFulfillableLineItems": [],
        "shippingLines": [], "shippingLine": null, "additionalFees": [], "transactions": [paid], "transactionsCount": { "count": 1, "precision": "EXACT" },
        "paymentGatewayNames": ["shopify_payments"], "paymentCollectionDetails": { "additionalPaymentCollectionUrl": null, "vaultedPaymentMethods": [] },
    });
    let rest = json!({
        "refunds": [], "returns": [], "fulfillments": [], "fulfillmentsCount": { "count": 0, "precision": "EXACT" }, "fulfillmentOrders": [],
        "fulfillable": true, "requiresShipping": true, "restockable": true, "merchantEditable": true, "merchantEditableErrors": [],
        "canNotifyCustomer": true, "hasTimelineComment": false, "productNetwork": false, "alerts": [], "disputes": [], "metafields": [],
        "risk": { "assessments": [], "recommendation": "ACCEPT" }, "riskLevel": "LOW", "statusPageUrl": format!("https://example.com/orders/{number}"),
    });
    for more in [about, sums, parts, rest] {
        if let (Some(order), Value::Object(more)) = (order.as_object_mut(), more) {
            order.extend(more);
        }
    }
    for (amount, keys) in [
        (
            total,
            &[
                "subtotalPriceSet",
                "currentSubtotalPriceSet",
                "totalPriceSet",
                "originalTotalPriceSet",
                "currentTotalPriceSet",
                "totalReceivedSet",
                "netPaymentSet",
            ][..],
        ),
        (tax, &["totalTaxSet", "currentTotalTaxSet"][..]),
        (
            Decimal::ZERO,
            &[
                "totalDiscountsSet",
                "currentTotalDiscountsSet",
                "cartDiscountAmountSet",
                "currentCartDiscountAmountSet",
                "totalShippingPriceSet",
                "currentShippingPriceSet",
                "totalRefundedShippingSet",
                "totalTipReceivedSet",
                "totalRefundedSet",
                "totalOutstandingSet",
                "totalCapturableSet",
                "refundDiscrepancySet",
            ][..],
        ),
    ] {
        for key in keys {
            order[*key] = set(amount);
        }
    }
    store.add_version(now, order);
    Some(id)
}
