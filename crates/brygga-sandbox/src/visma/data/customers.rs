//! Customers that the company already has: people a connector must find again, two that it must not choose between, and house customers.

use serde_json::{Map, Value, json};

use super::seen::{Buyer, Seen};
use super::{CreditTerm, CustomerClass, VatZone};

/// Every how manieth Norwegian private buyer is a customer of the company already.
const KNOWN_EVERY: usize = 9;

/// In the order of their numbers, which the server gives from 10001 on; house customers have numbers of their own, such as `HUS-NOK`.
pub(super) fn existing(
    seen: &Seen,
    classes: &[CustomerClass],
    terms: &[CreditTerm],
    zones: &[VatZone],
) -> Vec<Map<String, Value>> {
    let make = |number: Option<String>,
                name: &str,
                class: &str,
                email: Option<&str>,
                country: &str,
                city: Option<&str>| {
        dto(
            number, name, class, email, country, city, classes, terms, zones,
        )
    };
    let mut all = Vec::new();
    for class in classes.iter().filter(|class| class.id.starts_with("HUS-")) {
        all.push(make(
            Some(class.id.clone()),
            &format!("Nettbutikk {}", &class.id[4..]),
            &class.id,
            None,
            "NO",
            None,
        ));
    }
    all.push(make(
        None,
        "Kiosken på hjørnet AS",
        "BEDRIFT",
        Some("post@kiosken.example"),
        "NO",
        Some("Bergen"),
    ));
    all.push(make(
        None,
        "Turlaget i bygda",
        "BEDRIFT",
        Some("kasserer@turlaget.example"),
        "NO",
        Some("Voss"),
    ));

    // A company that the ERP knows by its VAT number, under an address of its own.
    let company = seen
        .buyers
        .iter()
        .filter(|buyer| buyer.country == "NO")
        .find_map(|buyer| buyer.company.as_ref())
        .filter(|(_, registration)| !registration.is_empty());
    if let Some((name, registration)) = company {
        let email = Some("faktura@kunden.example");
        let mut known = make(None, name, "BEDRIFT", email, "NO", None);
        known.insert("vatRegistrationId".to_owned(), json!(registration));
        all.push(known);
    }

    let known: Vec<&Buyer> = seen
        .buyers
        .iter()
        .filter(|buyer| buyer.country == "NO" && buyer.currency == "NOK" && buyer.company.is_none())
        .collect();
    for (index, buyer) in known.iter().enumerate() {
        let add = |name: &str| {
            make(
                None,
                name,
                "PRIVAT",
                Some(&buyer.email),
                "NO",
                buyer.city.as_deref(),
            )
        };
        if index == 1 {
            // One household, one e-mail, two customers: "which one?" (`booking-rules 4`).
            all.push(add(&buyer.name));
            all.push(add(&format!("{} (gammel)", buyer.name)));
        } else if index % KNOWN_EVERY == KNOWN_EVERY - 1 {
            all.push(add(&buyer.name));
        }
    }
    all
}

#[allow(clippy::too_many_arguments, reason = "one per part of the record")]
fn dto(
    number: Option<String>,
    name: &str,
    class: &str,
    email: Option<&str>,
    country: &str,
    city: Option<&str>,
    classes: &[CustomerClass],
    terms: &[CreditTerm],
    zones: &[VatZone],
) -> Map<String, Value> {
    let class = classes.iter().find(|known| known.id == class);
    let address = json!({"addressLine1": null, "postalCode": null, "city": city, "country": {"id": country, "name": country}});
    let contact = json!({"name": name, "email": email, "phone1": null});
    let zone = class
        .and_then(|class| class.vat_zone.as_deref())
        .and_then(|id| zones.iter().find(|zone| zone.id == id));
    let term = class
        .and_then(|class| class.terms.as_deref())
        .and_then(|id| terms.iter().find(|term| term.id == id));
    let value = json!({
        "number": number,
        "name": name,
        "status": "Active",
        "mainAddress": address,
        "mainContact": contact,
        "customerClass": class.map(|class| json!({"id": class.id, "description": class.text})),
        "creditTerms": term.map(|term| json!({"id": term.id, "description": term.text})),
        "currencyId": class.and_then(|class| class.currency.clone()).unwrap_or_else(|| "NOK".to_owned()),
        "vatZone": zone.map(|zone| json!({"id": zone.id, "description": zone.text})),
    });
    match value {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}
