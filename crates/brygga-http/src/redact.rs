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
    "corporateid",
    "vatregistrationid",
    "taxregistrationid",
    "note",
];

/// Objects whose `name` is a person's or a company's; the name of an order, which has lines, is not.
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
];

pub(crate) fn json(value: &Value) -> String {
    let mut value = value.clone();
    hide(&mut value);
    bounded(&value.to_string())
}

pub(crate) fn text(body: &str) -> String {
    match serde_json::from_str::<Value>(body) {
        Ok(value) => json(&value),
        // a page or a broken answer: nobody knows what is in it
        Err(_) => format!("(no JSON, {} characters)", body.chars().count()),
    }
}

pub(crate) fn path(url: &Url) -> String {
    let mut text = url.path().to_owned();
    for (index, (name, value)) in url.query_pairs().enumerate() {
        text.push(if index == 0 { '?' } else { '&' });
        text.push_str(&name);
        text.push('=');
        text.push_str(if is_private(&name) || value.contains('@') {
            HIDDEN
        } else {
            &value
        });
    }
    text
}

fn is_private(key: &str) -> bool {
    let key = key.to_ascii_lowercase();
    PRIVATE.contains(&key.as_str())
}

fn hide(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(hide),
        Value::Object(fields) => {
            let of_a_person = fields
                .keys()
                .any(|key| ADDRESS_HINTS.contains(&key.to_ascii_lowercase().as_str()))
                && !fields.contains_key("lineItems")
                && !fields.contains_key("displayFulfillmentStatus");
            for (key, value) in fields.iter_mut() {
                let hidden =
                    is_private(key) || (of_a_person && (key == "name" || key == "company"));
                if hidden {
                    hide_whole(value);
                } else {
                    hide(value);
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
        let shown = json(&json!({
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
    fn queries_hide_addresses() {
        let url = Url::parse(
            "https://x.example/v1/customer?email=a%40b.no&name=x&q=c%40d.no&pageNumber=1",
        )
        .unwrap();
        assert_eq!(
            path(&url),
            "/v1/customer?email=(hidden)&name=x&q=(hidden)&pageNumber=1"
        );
    }

    #[test]
    fn what_is_no_json_is_only_counted() {
        assert_eq!(text("<html>secret</html>"), "(no JSON, 19 characters)");
    }
}
