//! Profiles of the shop, as somebody changes them there.

use brygga_sandbox::shopify::ShopChange;
use serde_json::{Map, Value, json};

/// The fields of a change.
pub fn fields(value: Value) -> Map<String, Value> {
    let Value::Object(map) = value else {
        panic!("an object")
    };
    map
}

/// Somebody changes a profile, or makes it.
pub fn edit(number: u64, with: Value) -> ShopChange {
    ShopChange::EditCustomer {
        customer: number,
        fields: fields(with),
    }
}

/// An address in Oslo.
pub fn home(street: &str) -> Value {
    home_in(street, "0155", "NO")
}

/// An address elsewhere.
pub fn home_in(street: &str, zip: &str, country: &str) -> Value {
    json!({
        "name": "Kari Nordmann", "company": null, "address1": street, "address2": null, "zip": zip, "city": "Oslo",
        "provinceCode": null, "countryCodeV2": country, "phone": null,
    })
}
