//! The other lists of the SalesOrder v3 service: customers with their locations, and stock (`facts/visma 8, 9`).

use serde_json::{Value, json};

use super::exchange::{Call, Reply};
use super::orders;
use super::stock;
use super::world::{Customer, World};

/// `/api/v3/Customers...` and `/api/v3/Inventory`.
pub(crate) fn serve(world: &World, call: &Call, resource: &str, rest: &[&str]) -> Reply {
    match (call.method.as_str(), resource, rest) {
        ("GET", "customers", []) => customers(world, call),
        ("GET", "customers", [id, "locations"]) => match world.customers.get(*id) {
            Some(customer) => Reply::json(json!([location(customer)])),
            None => Reply::problem(
                404,
                "Not Found",
                Some(&format!("Customer {id} was not found.")),
            ),
        },
        ("GET", "inventory", []) => stock::inventory(world, call),
        _ => Reply::problem(404, "Not Found", None),
    }
}

/// The filter searches id, name, GLN and tax registration id.
fn customers(world: &World, call: &Call) -> Reply {
    let filter = call.param("filter").map(str::to_lowercase);
    let rows = world
        .listed_customers()
        .into_iter()
        .filter(|(_, dto)| {
            filter.as_deref().is_none_or(|part| {
                ["number", "name", "gln", "vatRegistrationId"]
                    .iter()
                    .any(|name| dto.get(*name).and_then(Value::as_str).is_some_and(|text| text.to_lowercase().contains(part)))
            })
        })
        .map(|(customer, _)| {
            json!({
                "internalId": customer.internal_id,
                "id": customer.number,
                "name": customer.text("name"),
                "currencyId": customer.text("currencyId"),
                "customerClassId": customer.id_of("customerClass"),
                "defaultLocation": location(customer),
                "country": customer.dto.get("mainAddress").and_then(|address| address.pointer("/country/id")),
                "status": customer.text("status"),
            })
        })
        .collect();
    orders::page(world, call, rows, 100)
}

fn location(customer: &Customer) -> Value {
    json!({
        "id": "Main",
        "name": "Hovedadresse",
        "internalId": customer.internal_id,
        "countryId": customer.dto.get("mainAddress").and_then(|address| address.pointer("/country/id")),
        "gln": customer.text("gln"),
        "taxRegistrationId": customer.text("vatRegistrationId"),
        "corporateId": customer.text("corporateId"),
        "warehouseId": null,
    })
}
