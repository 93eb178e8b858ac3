//! Leaves secrets and persons out of what is shown. Amounts, ids, dates, articles and countries stay: they are what a story is about.

use serde_json::Value;
use url::Url;

/// What stands in place of what was left out.
const HIDDEN: &str = "(hidden)";
/// The longest body that is kept, in characters.
const LONGEST: usize = 60_000;

/// Keys of both remotes whose whole value is left out, in lower case. Shopify: the protected fields
/// (`spec/shopify/protected-customer-fields`); Visma.net: contact and address fields of customers and orders (`facts/visma` 7, 9).
const PRIVATE: &[&str] = &[
    // secrets
    "access_token",
    "refresh_token",
    "client_secret",
    "clientsecret",
    "password",
    "token",
    "authorization",
    "code_verifier",
    "receiptjson",
    // persons
    "email",
    "emailaddress",
    "phone",
    "phonenumber",
    "phone1",
    "phone2",
    "fax",
    "firstname",
    "lastname",
    "displayname",
    "formatted",
    "formattedarea",
    "address1",
    "address2",
    "zip",
    "latitude",
    "longitude",
    "customername",
    "clientip",
    "addressline1",
    "addressline2",
    "addressline3",
    "line1",
    "line2",
    "line3",
    "postalcode",
    "attention",
    "web",
    "fullname",
    "contactname",
    "businessname",
    "corporateid",
    "vatregistrationid",
    "taxregistrationid",
    "note",
];

/// Keys that only an object about a person or a company has; the name of an order, which has lines, is not one.
const ADDRESS_HINTS: &[&str] = &[
    "address1",
    "zip",
    "addressline1",
    "postalcode",
    "phone1",
    "firstname",
    "email",
    "corporateid",
    "vatregistrationid",
    // a customer of Visma.net, as it is sent and read
    "maincontact",
    "customerclass",
    "customerclassid",
    "accountreference",
];

/// Where an object's `name` is the customer's whatever else is in it: `customer {number, name}` of Visma.net's documents
/// (`facts/visma-schemas`), and the contacts of orders and shipments.
fn says_who(key: &str) -> bool {
    key.eq_ignore_ascii_case("customer") || key.to_ascii_lowercase().ends_with("contact")
}

/// The value without secrets and persons.
pub fn without_persons(value: &Value) -> Value {
    let mut value = value.clone();
    hide(&mut value, false);
    value
}

pub(crate) fn body(value: &Value) -> String {
    bounded(&without_persons(value).to_string())
}

pub(crate) fn text(given: &str) -> String {
    match serde_json::from_str::<Value>(given) {
        Ok(value) => body(&value),
        // a page or a broken answer: nobody knows what is in it
        Err(_) => format!("(no JSON, {} characters)", given.chars().count()),
    }
}

pub(crate) fn path(url: &Url) -> String {
    let mut text = url.path().to_owned();
    // A customer without an e-mail address is looked for by its name.
    let of_customers = url.path_segments().is_some_and(|mut steps| {
        steps.any(|step| step.to_ascii_lowercase().starts_with("customer"))
    });
    for (index, (name, value)) in url.query_pairs().enumerate() {
        text.push(if index == 0 { '?' } else { '&' });
        text.push_str(&name);
        text.push('=');
        text.push_str(
            if is_private(&name)
                || value.contains('@')
                || (of_customers && name.eq_ignore_ascii_case("name"))
            {
                HIDDEN
            } else {
                &value
            },
        );
    }
    text
}

fn is_private(key: &str) -> bool {
    let key = key.to_ascii_lowercase();
    PRIVATE.contains(&key.as_str())
}

/// `of_a_person`: whoever holds the value is named for a person.
fn hide(value: &mut Value, of_a_person: bool) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| hide(item, of_a_person)),
        Value::Object(fields) => {
            let of_a_person = of_a_person
                || (fields
                    .keys()
                    .any(|key| ADDRESS_HINTS.contains(&key.to_ascii_lowercase().as_str()))
                    && !fields.contains_key("lineItems")
                    && !fields.contains_key("displayFulfillmentStatus"));
            for (key, value) in fields.iter_mut() {
                let hidden =
                    is_private(key) || (of_a_person && (key == "name" || key == "company"));
                if hidden {
                    hide_whole(value);
                } else {
                    // What Visma.net is sent is wrapped: `{"mainContact": {"value": {"name": ...}}}` (`facts/visma` 6).
                    hide(value, says_who(key) || (of_a_person && key == "value"));
                }
            }
        }
        Value::String(text) => {
            // search terms and messages may carry an address
            if text.contains('@')
                && text
                    .split_whitespace()
                    .any(|word| word.contains('@') && word.contains('.'))
                && !text.contains('{')
            {
                HIDDEN.clone_into(text);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// Null stays null: that something was withheld or absent is worth seeing.
fn hide_whole(value: &mut Value) {
    match value {
        Value::Null | Value::Bool(_) => {}
        // Visma.net's wrapped values, Shopify's lists
        Value::Object(fields) => fields.values_mut().for_each(hide_whole),
        Value::Array(items) => items.iter_mut().for_each(hide_whole),
        Value::String(text) if text.is_empty() => {}
        Value::String(_) | Value::Number(_) => *value = Value::from(HIDDEN),
    }
}

fn bounded(text: &str) -> String {
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}… ({} characters)", &text[..end], text.chars().count()),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn persons_and_secrets_go_amounts_and_ids_stay() {
        let shown = body(&json!({
            "access_token": "shpat_x",
            "name": "#1001",
            "displayFulfillmentStatus": "UNFULFILLED",
            "email": "kari@example.no",
            "customer": {"firstName": "Kari", "lastName": null, "id": "gid://shopify/Customer/7"},
            "shippingAddress": {"name": "Kari Nordmann", "address1": "Storgata 1", "city": "Oslo", "countryCodeV2": "NO"},
            "total": {"amount": "100.00"},
            "mainContact": {"value": {"email": {"value": "x@y.no"}, "name": {"value": "Kari"}}},
            "query": "customer kari@example.no",
        }));
        for gone in ["shpat_x", "kari", "Kari", "Storgata", "x@y.no"] {
            assert!(!shown.contains(gone), "{gone}: {shown}");
        }
        for kept in [
            "#1001",
            "Customer/7",
            "Oslo",
            "NO",
            "100.00",
            "\"lastName\":null",
        ] {
            assert!(shown.contains(kept), "{kept}: {shown}");
        }
    }

    #[test]
    fn queries_hide_addresses_and_names_of_customers() {
        let shown = |url: &str| path(&Url::parse(url).unwrap());
        assert_eq!(
            shown("https://x.example/v1/customer?email=a%40b.no&name=x&q=c%40d.no&pageNumber=1"),
            "/v1/customer?email=(hidden)&name=(hidden)&q=(hidden)&pageNumber=1"
        );
        assert_eq!(
            shown("https://x.example/v1/warehouse?name=x"),
            "/v1/warehouse?name=x"
        );
    }

    #[test]
    fn names_in_calls_about_customers_and_their_documents_go() {
        let value = |value: Value| json!({ "value": value });
        for (call, kept) in [
            // a new private customer, and a change of it: no address of a company's kind in it
            (
                json!({"name": value(json!("Kari Nordmann")), "customerClassId": value(json!("PRIVAT"))}),
                "PRIVAT",
            ),
            (
                json!({"name": value(json!("Kari Nordmann")), "mainContact": value(json!({"name": value(json!("Kari Nordmann"))}))}),
                "mainContact",
            ),
            // documents, as they are read
            (
                json!([{"referenceNumber": "100031", "customer": {"number": "10022", "name": "Kari Nordmann"}}]),
                "10022",
            ),
            (
                json!({"invoiceContact": {"businessName": "Kari Nordmann", "contactId": 7}}),
                "7",
            ),
            (
                json!({"deliveryContact": {"name": "Kari Nordmann", "overrideContact": true}}),
                "true",
            ),
            (
                json!({"shipping": {"contact": {"name": "Kari Nordmann"}, "warehouse": {"name": "Oslo"}}}),
                "Oslo",
            ),
        ] {
            let shown = body(&call);
            assert!(!shown.contains("Nordmann"), "{shown}");
            assert!(shown.contains(kept), "{kept}: {shown}");
        }
    }

    #[test]
    fn names_of_things_stay() {
        let call = json!({
            "name": "#1001", "displayFulfillmentStatus": "FULFILLED", "email": null,
            "lineItems": {"nodes": [{"name": "Mug", "title": "Mug"}]},
            "fulfillments": [{"location": {"name": "Warehouse Oslo"}}],
            "purchasingEntity": {"company": {"name": "Fjord AS"}},
            "customer": {"number": "10022", "customerClass": {"id": "1", "description": "Private"}},
        });
        let shown = body(&call);
        for kept in ["#1001", "Mug", "Warehouse Oslo", "Fjord AS", "Private"] {
            assert!(shown.contains(kept), "{kept}: {shown}");
        }
    }

    #[test]
    fn what_is_no_json_is_only_counted() {
        assert_eq!(text("<html>secret</html>"), "(no JSON, 19 characters)");
    }
}
