use brygga_core::shop::{Address, B2b, Customer};
use brygga_core::{Code, Problem};
use chrono::{DateTime, Utc};
use serde_json::Value;

use super::WITHHELD;
use super::node::{Node, Unreadable};

/// A customer's profile. Fails with `record-unreadable`, naming the place.
pub fn customer(json: &Value) -> Result<Customer, Problem> {
    profile(&Node::root(json)).map_err(unreadable)
}

/// Numeric id and last change of a raw customer.
pub fn customer_head(json: &Value) -> Result<(String, DateTime<Utc>), Problem> {
    let node = Node::root(json);
    node.numeric_id()
        .and_then(|id| Ok((id, node.moment("updatedAt")?)))
        .map_err(unreadable)
}

/// Names of the fields of a raw customer that the shop withheld.
pub fn withheld(json: &Value) -> Vec<String> {
    let names = json[WITHHELD].as_array();
    names
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .map(str::to_owned)
        .collect()
}

fn unreadable(reason: Unreadable) -> Problem {
    Problem::new(Code::RecordUnreadable)
        .with("order", "")
        .with("reason", reason)
}

pub(super) fn profile(node: &Node<'_>) -> Result<Customer, Unreadable> {
    // the old fields `email`, `phone` are deprecated (facts 4.6); recordings have them
    let email = match node.object("defaultEmailAddress")? {
        Some(address) => address.filled("emailAddress")?,
        None => node.filled("email")?,
    };
    let phone = match node.object("defaultPhoneNumber")? {
        Some(number) => number.filled("phoneNumber")?,
        None => node.filled("phone")?,
    };
    Ok(Customer {
        id: node.numeric_id()?,
        first_name: node.filled("firstName")?,
        last_name: node.filled("lastName")?,
        email,
        phone,
        updated_at: node.opt_moment("updatedAt")?,
        default_address: node
            .object("defaultAddress")?
            .map(|node| address(&node))
            .transpose()?,
    })
}

pub(super) fn address(node: &Node<'_>) -> Result<Address, Unreadable> {
    Ok(Address {
        name: node.filled("name")?,
        company: node.filled("company")?,
        line1: node.filled("address1")?,
        line2: node.filled("address2")?,
        zip: node.filled("zip")?,
        city: node.filled("city")?,
        province: node.filled("provinceCode")?,
        country: node.filled("countryCodeV2")?,
        phone: node.filled("phone")?,
    })
}

/// The buying company, if a company buys (`facts/shopify` 7.16). A private buyer is an empty object here: nothing of it is asked for.
pub(super) fn company(node: &Node<'_>) -> Result<Option<B2b>, Unreadable> {
    let Some(company) = node.object("company")? else {
        return Ok(None);
    };
    let location = node.object("location")?;
    let tax = location
        .as_ref()
        .map(|location| location.object("taxSettings"))
        .transpose()?
        .flatten();
    Ok(Some(B2b {
        company_id: company.numeric_id()?,
        company_name: company.text("name")?,
        location_id: location.as_ref().map(Node::numeric_id).transpose()?,
        external_id: company.filled("externalId")?,
        tax_registration_id: tax
            .map(|tax| tax.filled("taxRegistrationId"))
            .transpose()?
            .flatten(),
    }))
}
