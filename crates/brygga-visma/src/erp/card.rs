//! What a customer is called and where it is reached: read with its version, and changed field by field (`facts/visma` 6, 8;
//! `booking-rules` 4).

use brygga_core::Problem;
use brygga_core::erp::{CustomerCard, CustomerPatch, PostalAddress};
use brygga_http::Method;

use super::customer::{CITY, EMAIL, NAME, PHONE, POSTAL_CODE, STREET};
use super::wire::{self, AddressUpdate, ContactUpdate, CustomerUpdate, Wrapped, wrap, wrap_some};
use crate::call::Call;
use crate::client::Visma;
use crate::config::Api;
use crate::error::{CallError, unexpected};
use crate::text::{cut, cut_some, email, etag, path_value, some, street};

impl Visma {
    /// A customer's card by number. `None` if there is none.
    pub async fn customer_card(&self, number: &str) -> Result<Option<CustomerCard>, Problem> {
        let path = ["v1", "customer", &path_value(number)];
        let call = Call::get(Api::Erp, &path, "read a customer");
        let Some((found, response)) = self.read::<wire::CustomerCard>(call).await? else {
            return Ok(None);
        };
        let found = card(found, etag(response.header("etag"), None));
        // A number of digits could be taken for something else: what came must be what was asked for.
        if found.number == number.trim() {
            Ok(Some(found))
        } else {
            Err(unexpected(format!(
                "asked for customer {number}, got {}",
                found.number
            )))
        }
    }

    /// Changes what follows the shop, on the version that was read. What the patch does not name is not sent, and stays
    /// (`facts/visma` 6).
    pub async fn update_customer(
        &self,
        there: &CustomerCard,
        patch: &CustomerPatch,
    ) -> Result<(), CallError> {
        let path = ["v1", "customer", &path_value(&there.number)];
        let call = Call::new(Api::Erp, Method::PUT, &path, "change a customer")
            .if_match_some(there.etag.as_deref())
            .json(&changed_customer(there, patch))
            .map_err(CallError::NotSent)?;
        self.write(call)
            .await
            .map(drop)
            .map_err(|failed| failed.error)
    }
}

fn card(row: wire::CustomerCard, etag: Option<String>) -> CustomerCard {
    let contact = row.main_contact.unwrap_or_default();
    CustomerCard {
        number: row.number.trim().to_owned(),
        etag,
        name: row.name.unwrap_or_default().trim().to_owned(),
        contact_name: some(contact.name),
        email: some(contact.email),
        phone: some(contact.phone1),
        address: row.main_address.and_then(postal),
        invoice_address: row.invoice_address.and_then(postal),
        delivery: row.delivery_address.and_then(postal),
    }
}

/// An address with nothing but a country in it is none yet.
fn postal(row: wire::Address) -> Option<PostalAddress> {
    let more = [some(row.address_line2), some(row.address_line3)];
    let more: Vec<String> = more.into_iter().flatten().collect();
    let found = PostalAddress {
        line1: some(row.address_line1).unwrap_or_default(),
        line2: (!more.is_empty()).then(|| more.join(" ")),
        postal_code: some(row.postal_code),
        city: some(row.city),
        country: some(row.country.and_then(|country| country.id)).unwrap_or_default(),
    };
    let is_empty = found.line1.is_empty()
        && found.line2.is_none()
        && found.postal_code.is_none()
        && found.city.is_none();
    (!is_empty).then_some(found)
}

pub(crate) fn changed_customer(there: &CustomerCard, patch: &CustomerPatch) -> CustomerUpdate {
    let name = patch.name.as_deref().map(|name| cut(name, NAME));
    let contact = ContactUpdate {
        name: wrap_some(name.clone().filter(|_| patch.contact_name)),
        attention: None,
        email: wrap_some(email(patch.email.as_deref(), EMAIL)),
        phone1: wrap_some(cut_some(patch.phone.as_deref(), PHONE)),
    };
    let main = patch.address.as_ref();
    CustomerUpdate {
        name: wrap_some(name),
        main_address: main.and_then(|to| address(to, there.address.as_ref())),
        invoice_address: main
            .filter(|_| patch.invoice_address)
            .and_then(|to| address(to, there.invoice_address.as_ref())),
        main_contact: (!contact.is_empty()).then(|| wrap(contact)),
        delivery_address: patch
            .delivery
            .as_ref()
            .and_then(|to| address(to, there.delivery.as_ref())),
        ..CustomerUpdate::default()
    }
}

/// An address follows whole: a line of the old one that the new one has not would lead somewhere else, so it is emptied. Whether an
/// empty text empties a field is not verified (`facts/visma` 6); the read-back after the change tells.
fn address(
    given: &PostalAddress,
    before: Option<&PostalAddress>,
) -> Option<Wrapped<AddressUpdate>> {
    let country = given.country.trim().to_ascii_uppercase();
    if country.len() != 2 {
        return None;
    }
    let [line1, line2, line3] = street(given, STREET);
    let in_place_of = |new: Option<String>, old: bool| new.or_else(|| old.then(String::new));
    let had_more = before.is_some_and(|before| before.line2.is_some());
    let had =
        |of: fn(&PostalAddress) -> &Option<String>| before.is_some_and(|old| of(old).is_some());
    Some(wrap(AddressUpdate {
        address_line1: wrap(line1.unwrap_or_default()),
        address_line2: wrap_some(in_place_of(line2, had_more)),
        address_line3: wrap_some(in_place_of(line3, had_more)),
        postal_code: wrap_some(in_place_of(
            cut_some(given.postal_code.as_deref(), POSTAL_CODE),
            had(|old| &old.postal_code),
        )),
        city: wrap_some(in_place_of(
            cut_some(given.city.as_deref(), CITY),
            had(|old| &old.city),
        )),
        country_id: wrap(country),
    }))
}

#[cfg(test)]
pub(crate) mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn home(line2: Option<&str>) -> PostalAddress {
        PostalAddress {
            line1: "Storgata 1".into(),
            line2: line2.map(Into::into),
            postal_code: Some("0155".into()),
            city: Some("Oslo".into()),
            country: "NO".into(),
        }
    }

    /// Everything changes.
    pub(crate) fn whole() -> (CustomerCard, CustomerPatch) {
        let there = CustomerCard {
            number: "10001".into(),
            address: Some(home(Some("Oppgang 3"))),
            invoice_address: Some(home(None)),
            ..CustomerCard::default()
        };
        let patch = CustomerPatch {
            name: Some("Kari Hansen".into()),
            contact_name: true,
            email: Some("kari@example.no".into()),
            phone: Some("+47 22 00 00 00".into()),
            address: Some(home(None)),
            invoice_address: true,
            delivery: Some(home(None)),
        };
        (there, patch)
    }

    #[test]
    fn only_what_changes_is_sent() {
        let (there, _) = whole();
        let patch = CustomerPatch {
            phone: Some("22000000".into()),
            ..CustomerPatch::default()
        };
        let body = serde_json::to_value(changed_customer(&there, &patch)).expect("JSON");
        assert_eq!(
            body,
            json!({"mainContact": {"value": {"phone1": {"value": "22000000"}}}})
        );
    }

    #[test]
    fn an_address_leaves_nothing_of_the_old_one() {
        let (there, patch) = whole();
        let body = serde_json::to_value(changed_customer(&there, &patch)).expect("JSON");
        let names: Vec<&String> = body.as_object().expect("an object").keys().collect();
        let all = [
            "name",
            "mainAddress",
            "mainContact",
            "invoiceAddress",
            "deliveryAddress",
        ];
        assert_eq!(names.len(), all.len(), "{names:?}");
        let value = |value: Value| json!({ "value": value });
        let plain = value(json!({
            "addressLine1": value(json!("Storgata 1")), "postalCode": value(json!("0155")), "city": value(json!("Oslo")),
            "countryId": value(json!("NO")),
        }));
        assert_eq!(body["deliveryAddress"], plain);
        assert_eq!(body["invoiceAddress"], plain);
        assert_eq!(
            body["mainAddress"]["value"]["addressLine2"],
            value(json!(""))
        );
        assert_eq!(
            body["mainAddress"]["value"]["addressLine3"],
            value(json!(""))
        );
    }
}
