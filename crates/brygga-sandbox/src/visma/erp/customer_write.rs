//! `POST` and `PUT /v1/customer`: wrapped values in, 201 with a Location or 204, and no body (`facts/visma 6, 8`).

use serde_json::{Map, Value, json};

use super::{answer, customer};
use crate::visma::exchange::{Call, Reply};
use crate::visma::shape::{self, ShapeFault, customer::CUSTOMER};
use crate::visma::world::World;

/// Plain fields whose names are the same on both sides.
const SAME: [&str; 19] = [
    "name",
    "status",
    "accountReference",
    "numberOfEmployees",
    "currencyId",
    "creditLimit",
    "creditDaysPastDue",
    "printInvoices",
    "acceptAutoInvoices",
    "sendInvoicesByEmail",
    "sendDunningLettersViaEMail",
    "printDunningLetters",
    "printStatements",
    "sendStatementsByEmail",
    "printMultiCurrencyStatements",
    "invoiceToDefaultLocation",
    "vatRegistrationId",
    "corporateId",
    "gln",
];

/// More of them.
const SAME_TOO: [&str; 4] = [
    "creditVerification",
    "statementType",
    "excludeDebtCollection",
    "note",
];

pub(super) fn create(world: &mut World, call: &Call) -> Reply {
    let body = match read(world, call) {
        Ok(body) => body,
        Err(reply) => return reply,
    };
    if wrapped(&body, "name")
        .and_then(Value::as_str)
        .is_none_or(str::is_empty)
    {
        return failed(world, "creating", "'AcctName' may not be empty.");
    }
    // A number of one's own needs the series to be overridden (`facts/visma 8`); without, the series gives it.
    let forced = wrapped(&body, "overrideNumberSeries")
        .and_then(Value::as_bool)
        .unwrap_or(false);
    let number = wrapped(&body, "number")
        .and_then(Value::as_str)
        .filter(|number| forced && !number.is_empty())
        .map(str::to_owned);
    if let Some(number) = &number
        && world.customers.contains_key(number)
    {
        return failed(
            world,
            "creating",
            &format!("Customer '{number}' already exists in the system."),
        );
    }
    let class = wrapped(&body, "customerClassId")
        .and_then(Value::as_str)
        .unwrap_or("PRIVAT")
        .to_owned();
    let Some(class) = world.data.class(&class) else {
        return failed(
            world,
            "creating",
            &format!("CustomerClassID '{class}' cannot be found in the system."),
        );
    };
    let terms = class
        .terms
        .as_deref()
        .and_then(|id| world.data.credit_terms.iter().find(|terms| terms.id == id));
    let zone = class.vat_zone.as_deref().and_then(|id| world.data.zone(id));
    // What a class gives to its new customers; the body may say otherwise.
    let mut dto = answer::object(json!({
        "number": null,
        "name": null,
        "status": "Active",
        "mainAddress": null,
        "mainContact": null,
        "customerClass": {"id": class.id, "description": class.text},
        "creditTerms": terms.map(|terms| json!({"id": terms.id, "description": terms.text})),
        "currencyId": class.currency.as_deref().unwrap_or(world.data.base_currency()),
        "creditVerification": "Disabled",
        "printInvoices": true,
        "acceptAutoInvoices": true,
        "sendInvoicesByEmail": true,
        "sendDunningLettersViaEMail": true,
        "printDunningLetters": true,
        "printStatements": false,
        "sendStatementsByEmail": false,
        "printMultiCurrencyStatements": false,
        "statementType": "OpenItem",
        "vatZone": zone.map(|zone| json!({"id": zone.id, "description": zone.text, "defaultVatCategory": zone.default_category})),
        "location": {"countryId": null, "id": "Main", "name": "Hovedadresse"},
        "attributes": [],
        "defaultPaymentMethodId": class.payment_method,
        "excludeDebtCollection": false,
    }));
    if let Err(text) = apply(world, &body, &mut dto) {
        return failed(world, "creating", &text);
    }
    let number = world.put_customer(number, dto);
    // Location headers may point to another host than the one called; only the last part counts (`facts/visma 2`).
    Reply::empty(201).with(
        "location",
        format!("{}/v1/customer/{number}", world.base_url),
    )
}

pub(super) fn update(world: &mut World, call: &Call, number: Option<String>) -> Reply {
    let Some(mut record) = number.and_then(|number| world.customers.get(&number).cloned()) else {
        return answer::not_found(world, "customer", "CustomerCD");
    };
    // If-Match is optional here (`facts/visma 3`).
    if call
        .header("if-match")
        .is_some_and(|wanted| wanted.trim_matches('"') != customer::stamp(&record))
    {
        return answer::error(
            world,
            412,
            "The customer has been changed since it was read.",
        );
    }
    let body = match read(world, call) {
        Ok(body) => body,
        Err(reply) => return reply,
    };
    let mut dto = record.dto.clone();
    if let Err(text) = apply(world, &body, &mut dto) {
        return failed(world, "updating", &text);
    }
    record.dto = dto;
    let etag = customer::stamp(world.save_customer(record));
    Reply::empty(204).with("etag", format!("\"{etag}\""))
}

fn read(world: &World, call: &Call) -> Result<Map<String, Value>, Reply> {
    let dto = "CustomerUpdateDto";
    let Some(body) = call.json() else {
        return Err(answer::not_recognized(world, dto, "no JSON"));
    };
    if let Some(issue) = shape::check(&body, CUSTOMER).first() {
        let place = match &issue.fault {
            ShapeFault::Unknown => format!("unknown property {}", issue.path),
            _ => issue.path.clone(),
        };
        return Err(answer::not_recognized(world, dto, &place));
    }
    Ok(answer::object(body))
}

fn failed(world: &World, doing: &str, text: &str) -> Reply {
    answer::error(
        world,
        400,
        &format!("Error {doing} customer. Error: {text}"),
    )
}

/// The value inside `{"name": {"value": x}}`. Whether a null clears a field is not known (`facts/visma 6`): here it leaves it as it is.
fn wrapped<'a>(body: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
    body.get(name)?
        .get("value")
        .filter(|value| !value.is_null())
}

/// Moves the wrapped values into the plain `CustomerDto`.
fn apply(
    world: &World,
    body: &Map<String, Value>,
    dto: &mut Map<String, Value>,
) -> Result<(), String> {
    let data = &world.data;
    for name in SAME.into_iter().chain(SAME_TOO) {
        if let Some(value) = wrapped(body, name) {
            dto.insert(name.to_owned(), value.clone());
        }
    }
    let id = |name: &str| wrapped(body, name).and_then(Value::as_str);
    if let Some(currency) = id("currencyId")
        && data.currency(currency).is_none()
    {
        return Err(format!(
            "CuryID '{currency}' cannot be found in the system."
        ));
    }
    if let Some(class) = id("customerClassId") {
        let class = data
            .class(class)
            .ok_or_else(|| format!("CustomerClassID '{class}' cannot be found in the system."))?;
        dto.insert(
            "customerClass".to_owned(),
            json!({"id": class.id, "description": class.text}),
        );
    }
    if let Some(terms) = id("creditTermsId") {
        let terms = data
            .credit_terms
            .iter()
            .find(|known| known.id == terms)
            .ok_or_else(|| format!("TermsID '{terms}' cannot be found in the system."))?;
        dto.insert(
            "creditTerms".to_owned(),
            json!({"id": terms.id, "description": terms.text}),
        );
    }
    if let Some(zone) = id("vatZoneId") {
        let zone = data
            .zone(zone)
            .ok_or_else(|| format!("TaxZoneID '{zone}' cannot be found in the system."))?;
        dto.insert("vatZone".to_owned(), json!({"id": zone.id, "description": zone.text, "defaultVatCategory": zone.default_category}));
    }
    if let Some(parent) = id("parentRecordNumber") {
        let parent = world
            .customers
            .get(parent)
            .ok_or_else(|| format!("ParentBAccountID '{parent}' cannot be found in the system."))?;
        dto.insert(
            "parentRecord".to_owned(),
            json!({"number": parent.number, "name": parent.text("name")}),
        );
    }
    if let Some(price_class) = id("priceClassId") {
        return Err(format!(
            "CPriceClassID '{price_class}' cannot be found in the system."
        ));
    }
    if let Some(method) = wrapped(body, "defaultPaymentMethod")
        .and_then(Value::as_object)
        .and_then(|map| wrapped(map, "paymentMethodId"))
    {
        let method = method.as_str().unwrap_or_default();
        if !crate::visma::data::has(&data.payment_methods, method) {
            return Err(format!(
                "PaymentMethodID '{method}' cannot be found in the system."
            ));
        }
        dto.insert("defaultPaymentMethodId".to_owned(), json!(method));
    }
    if let Some(lines) = body.get("attributeLines").and_then(Value::as_array)
        && let Some(line) = lines.first().and_then(Value::as_object)
    {
        let attribute = wrapped(line, "attributeId")
            .and_then(Value::as_str)
            .unwrap_or_default();
        return Err(format!(
            "AttributeID '{attribute}' cannot be found in the system."
        ));
    }
    for name in ["mainContact", "invoiceContact", "deliveryContact"] {
        if let Some(input) = wrapped(body, name).and_then(Value::as_object) {
            let contact = part(dto, name);
            for field in input.keys() {
                if let Some(value) = wrapped(input, field) {
                    contact.insert(field.clone(), value.clone());
                }
            }
        }
    }
    for name in ["mainAddress", "invoiceAddress", "deliveryAddress"] {
        let Some(input) = wrapped(body, name).and_then(Value::as_object) else {
            continue;
        };
        for field in input.keys() {
            let Some(value) = wrapped(input, field) else {
                continue;
            };
            let text = value.as_str().unwrap_or_default();
            let (field, value) = match field.as_str() {
                "countryId"
                    if text.len() != 2 || !text.bytes().all(|byte| byte.is_ascii_uppercase()) =>
                {
                    return Err(format!("CountryID '{text}' cannot be found in the system."));
                }
                "countryId" => ("country", json!({"id": text, "name": text})),
                "county" => ("county", json!({"id": text, "name": text})),
                other => (other, value.clone()),
            };
            part(dto, name).insert(field.to_owned(), value);
        }
    }
    Ok(())
}

fn part<'a>(dto: &'a mut Map<String, Value>, name: &str) -> &'a mut Map<String, Value> {
    let value = dto.entry(name).or_insert(Value::Null);
    if !value.is_object() {
        *value = json!({});
    }
    match value {
        Value::Object(map) => map,
        _ => unreachable!("made an object above"),
    }
}
