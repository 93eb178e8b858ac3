//! Customers: found by filters that are never trusted, made with wrapped values (`facts/visma` 6, 8; `booking-rules` 4).

use std::collections::HashSet;

use brygga_core::erp::{Customer, CustomerDraft, CustomerStatus, PostalAddress};
use brygga_core::{Code, Problem};
use brygga_http::Method;

use super::wire::{self, AddressUpdate, ContactUpdate, CustomerUpdate, Silence, wrap, wrap_some};
use crate::call::Call;
use crate::client::Visma;
use crate::config::Api;
use crate::error::{CallError, unexpected};
use crate::location::last_segment;
use crate::paging::Pages;
use crate::text::{cut, cut_some, email, path_value, street};

/// Customers by a filter are few; where the filter is ignored, all of them come in pages.
const PAGE: usize = 500;
// The ERP's file names no lengths; these are v3's for the same fields.
pub(crate) const NAME: usize = 255;
pub(crate) const STREET: usize = 50;
pub(crate) const POSTAL_CODE: usize = 20;
pub(crate) const CITY: usize = 50;
pub(crate) const PHONE: usize = 50;
pub(crate) const EMAIL: usize = 255;

impl Visma {
    /// The customers whose main contact has exactly this e-mail, letters' case apart.
    pub async fn customers_by_email(&self, wanted: &str) -> Result<Vec<Customer>, Problem> {
        let wanted = wanted.trim();
        let same = |customer: &Customer| {
            customer
                .email
                .as_deref()
                .is_some_and(|found| found.trim().to_lowercase() == wanted.to_lowercase())
        };
        self.customers("email", wanted, same).await
    }

    /// The customers with exactly this VAT registration or organisation number, blanks, dots and dashes apart.
    pub async fn customers_by_registration(&self, wanted: &str) -> Result<Vec<Customer>, Problem> {
        let wanted = wanted.trim();
        let same = |found: Option<&str>| found.is_some_and(|found| bare(found) == bare(wanted));
        let mut found = self
            .customers("vatRegistrationId", wanted, |customer| {
                same(customer.vat_registration.as_deref())
            })
            .await?;
        for other in self
            .customers("corporateId", wanted, |customer| {
                same(customer.corporate_id.as_deref())
            })
            .await?
        {
            if found.iter().all(|known| known.number != other.number) {
                found.push(other);
            }
        }
        Ok(found)
    }

    /// The customers of exactly this name, letters' case apart.
    pub async fn customers_by_name(&self, wanted: &str) -> Result<Vec<Customer>, Problem> {
        let wanted = cut(wanted, NAME);
        self.customers("name", &wanted, |customer| {
            customer.name.trim().to_lowercase() == wanted.to_lowercase()
        })
        .await
    }

    /// The customers that a draft has become: they carry its reference. The reference is no filter, so they are searched for by what is one.
    pub async fn customers_by_draft(
        &self,
        draft: &CustomerDraft,
    ) -> Result<Vec<Customer>, Problem> {
        let found = match (
            email(draft.email.as_deref(), EMAIL),
            &draft.vat_registration,
            &draft.corporate_id,
        ) {
            (Some(address), _, _) => self.customers_by_email(&address).await?,
            (None, Some(registration), _) | (None, None, Some(registration)) => {
                self.customers_by_registration(registration).await?
            }
            (None, None, None) => self.customers_by_name(&draft.name).await?,
        };
        Ok(found
            .into_iter()
            .filter(|customer| customer.reference.as_deref() == Some(draft.reference.as_str()))
            .collect())
    }

    /// One customer by number. `None` if there is none.
    pub async fn customer(&self, number: &str) -> Result<Option<Customer>, Problem> {
        let call = Call::get(
            Api::Erp,
            &["v1", "customer", &path_value(number)],
            "read a customer",
        );
        let Some((found, _)) = self.read::<wire::Customer>(call).await? else {
            return Ok(None);
        };
        let found = read(found);
        // A number of digits could be taken for something else: what came must be what was asked for.
        if found.number.trim() == number.trim() {
            Ok(Some(found))
        } else {
            Err(unexpected(format!(
                "asked for customer {number}, got {}",
                found.number
            )))
        }
    }

    /// Makes a customer and gives back its number, taken from `Location`.
    pub async fn create_customer(&self, draft: &CustomerDraft) -> Result<String, CallError> {
        let call = Call::new(
            Api::Erp,
            Method::POST,
            &["v1", "customer"],
            "create a customer",
        );
        let call = call
            .json(&new_customer(draft))
            .map_err(CallError::NotSent)?;
        let response = self
            .write(call)
            .await
            .map_err(|failed| not_a_document(failed.error))?;
        let location = response.header("location").unwrap_or_default();
        // It was made, but under which number is not known: the look-up tells.
        last_segment(location).ok_or_else(|| {
            CallError::Unknown(unexpected(format!(
                "a customer was made, Location was \"{location}\""
            )))
        })
    }

    /// All filters compare for equality, and an unknown one is ignored (`facts/visma` 4, 8): the rows decide.
    async fn customers(
        &self,
        filter: &'static str,
        wanted: &str,
        same: impl Fn(&Customer) -> bool,
    ) -> Result<Vec<Customer>, Problem> {
        if wanted.is_empty() {
            return Ok(Vec::new());
        }
        let mut found = Vec::new();
        let mut known = HashSet::new();
        let mut pages = Pages::of(PAGE, "list of customers");
        loop {
            let call =
                Call::get(Api::Erp, &["v1", "customer"], "find customers").query(filter, wanted);
            let rows: Vec<wire::Customer> = self.erp_page(call, &mut pages).await?;
            let more = pages.after_erp(rows.len(), rows.first().and_then(|row| row.metadata))?;
            let asked = rows.len();
            let before = found.len();
            found.extend(
                rows.into_iter()
                    .map(read)
                    .filter(&same)
                    .filter(|customer| known.insert(customer.number.clone())),
            );
            if found.len() - before < asked {
                tracing::warn!(filter, "Visma.net: a filter gave rows that do not match");
            }
            if !more {
                return Ok(found);
            }
        }
    }
}

/// A 404 on a create is no missing document.
fn not_a_document(error: CallError) -> CallError {
    match error {
        CallError::Refused(problem) if problem.code == Code::DocumentGone => {
            CallError::NotSent(unexpected("customers cannot be made here (404)"))
        }
        other => other,
    }
}

/// A number without what people write between its characters.
fn bare(text: &str) -> String {
    text.chars()
        .filter(|letter| letter.is_alphanumeric())
        .flat_map(char::to_uppercase)
        .collect()
}

fn read(row: wire::Customer) -> Customer {
    let some = |text: Option<String>| {
        text.map(|text| text.trim().to_owned())
            .filter(|text| !text.is_empty())
    };
    Customer {
        internal_id: row.internal_id,
        number: row.number.trim().to_owned(),
        name: row.name.unwrap_or_default(),
        status: CustomerStatus::from(row.status.unwrap_or_default()),
        email: some(row.main_contact.and_then(|contact| contact.email)),
        currency: some(row.currency_id),
        vat_registration: some(row.vat_registration_id),
        corporate_id: some(row.corporate_id),
        vat_zone: some(row.vat_zone.and_then(|zone| zone.id)),
        class: some(row.customer_class.and_then(|class| class.id)),
        // `CustomerDto` has no such field; v3 answers 1408 where it is not allowed.
        any_currency: None,
        reference: some(row.account_reference),
    }
}

pub(crate) fn new_customer(draft: &CustomerDraft) -> CustomerUpdate {
    let name = cut(&draft.name, NAME);
    CustomerUpdate {
        name: Some(wrap(name.clone())),
        main_address: wrap_some(draft.address.as_ref().and_then(address)),
        main_contact: Some(wrap(ContactUpdate {
            name: Some(wrap(name)),
            attention: wrap_some(cut_some(draft.attention.as_deref(), NAME)),
            email: wrap_some(email(draft.email.as_deref(), EMAIL)),
            phone1: wrap_some(cut_some(draft.phone.as_deref(), PHONE)),
        })),
        delivery_address: wrap_some(draft.delivery.as_ref().and_then(address)),
        customer_class_id: Some(wrap(draft.class.clone())),
        currency_id: Some(wrap(draft.currency.clone())),
        credit_terms_id: wrap_some(draft.terms.clone()),
        vat_zone_id: wrap_some(draft.vat_zone.clone()),
        vat_registration_id: wrap_some(draft.vat_registration.clone()),
        corporate_id: wrap_some(draft.corporate_id.clone()),
        // "Your company's account number in the customer's system" (`CustomerDto.accountReference`): a free text that every read gives back,
        // that no calculation and no form uses, and that a web customer never has. `note` is not in `CustomerDto`, `gln` is for EDI, and
        // attributes would have to be set up by hand. It is written only on customers that we make, never on ones that we find.
        account_reference: Some(wrap(draft.reference.clone())),
        // Companies keep what their class says: they want their invoices.
        silence: draft.private.then(Silence::kept),
        invoice_address: None,
    }
}

fn address(given: &PostalAddress) -> Option<AddressUpdate> {
    let country = given.country.trim().to_ascii_uppercase();
    if country.len() != 2 {
        return None;
    }
    let [line1, line2, line3] = street(given, STREET);
    Some(AddressUpdate {
        address_line1: wrap(line1.unwrap_or_default()),
        address_line2: wrap_some(line2),
        address_line3: wrap_some(line3),
        postal_code: wrap_some(cut_some(given.postal_code.as_deref(), POSTAL_CODE)),
        city: wrap_some(cut_some(given.city.as_deref(), CITY)),
        country_id: wrap(country),
    })
}

#[cfg(test)]
pub(crate) mod tests {
    use serde_json::{Value, json};

    use super::*;

    pub(crate) fn draft(private: bool) -> CustomerDraft {
        CustomerDraft {
            name: "Kari Nordmann".into(),
            class: "PRIVAT".into(),
            terms: None,
            currency: "NOK".into(),
            vat_zone: Some("NO-IN".into()),
            vat_registration: None,
            corporate_id: None,
            attention: None,
            email: Some("kari@example.no".into()),
            phone: None,
            address: Some(PostalAddress {
                line1: "Storgata 1".into(),
                line2: None,
                postal_code: Some("0155".into()),
                city: Some("Oslo".into()),
                country: "NO".into(),
            }),
            delivery: None,
            private,
            reference: "customer/7/NOK".into(),
        }
    }

    /// Every field filled.
    pub(crate) fn full_draft(private: bool) -> CustomerDraft {
        let mut draft = draft(private);
        draft.vat_registration = Some("NO999888777MVA".into());
        draft.corporate_id = Some("999888777".into());
        draft.terms = Some("14".into());
        draft.attention = Some("Kari".into());
        draft.phone = Some("+47 22 00 00 00".into());
        if let Some(address) = &mut draft.address {
            address.line1 =
                "Borettslaget Solsiden terrasse fjorten B med et navn som er langt".into();
            address.line2 =
                Some("Oppgang 3 i annen etasje til venstre, ring på hos Nordmann".into());
        }
        draft.delivery.clone_from(&draft.address);
        draft
    }

    #[test]
    fn a_private_customer_is_made_wrapped_and_silent() {
        let body = serde_json::to_value(new_customer(&draft(true))).expect("JSON");
        let value = |value: Value| json!({ "value": value });
        assert_eq!(
            body,
            json!({
                "name": value(json!("Kari Nordmann")), "customerClassId": value(json!("PRIVAT")), "currencyId": value(json!("NOK")),
                "vatZoneId": value(json!("NO-IN")), "accountReference": value(json!("customer/7/NOK")),
                "mainAddress": value(json!({
                    "addressLine1": value(json!("Storgata 1")), "postalCode": value(json!("0155")), "city": value(json!("Oslo")), "countryId": value(json!("NO")),
                })),
                "mainContact": value(json!({"name": value(json!("Kari Nordmann")), "email": value(json!("kari@example.no"))})),
                "printInvoices": value(json!(false)), "acceptAutoInvoices": value(json!(false)), "sendInvoicesByEmail": value(json!(false)),
                "sendDunningLettersViaEMail": value(json!(false)), "printDunningLetters": value(json!(false)), "printStatements": value(json!(false)),
                "sendStatementsByEmail": value(json!(false)), "excludeDebtCollection": value(json!(true)),
            })
        );
    }

    #[test]
    fn a_company_keeps_its_class() {
        let body = serde_json::to_value(new_customer(&draft(false))).expect("JSON");
        assert!(body.get("printInvoices").is_none());
        assert!(body.get("creditTermsId").is_none(), "its class's own");
        let body = serde_json::to_value(new_customer(&full_draft(false))).expect("JSON");
        assert_eq!(body["creditTermsId"], json!({"value": "14"}));
    }

    #[test]
    fn numbers_are_compared_without_what_people_write_between() {
        assert_eq!(bare("no 999.888-777 mva"), "NO999888777MVA");
        assert_ne!(bare("999888777"), bare("999888778"));
    }
}
