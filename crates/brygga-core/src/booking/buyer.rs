//! What the shop says of a buyer, with an order or without: what a new customer has of it (`booking-rules` 4).

use super::address::{delivery, postal};
use super::customer::Identity;
use super::follow::Profile;
use super::place::Destination;
use crate::code::{Code, Problem};
use crate::erp::{CustomerDraft, PostalAddress};
use crate::settings::{ClassRow, Party};
use crate::shop::{Customer, Order};

/// A buyer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Buyer {
    /// Who it is.
    pub identity: Identity,
    /// What problems name: the order. Empty where there is none.
    pub of: String,
    /// The name of a new customer.
    pub name: String,
    /// Contact person of a company.
    pub attention: Option<String>,
    /// Phone.
    pub phone: Option<String>,
    /// Main address.
    pub address: Option<PostalAddress>,
    /// Delivery address, when it differs.
    pub delivery: Option<PostalAddress>,
}

impl Buyer {
    /// Who bought an order.
    pub fn of_order(order: &Order, identity: &Identity) -> Self {
        let billing = order.billing.as_ref().or(order.shipping_address.as_ref());
        let shipping = order.shipping_address.as_ref().or(order.billing.as_ref());
        let profile_name = order.customer.as_ref().and_then(full_name);
        let billing_name = billing
            .and_then(|address| address.name.clone())
            .filter(|name| !name.trim().is_empty());
        let person = profile_name.or(billing_name);
        let name = match &order.b2b {
            Some(b2b) => b2b.company_name.clone(),
            None => person
                .clone()
                .or_else(|| identity.email.clone())
                .unwrap_or_else(|| order.name.clone()),
        };
        let main = billing.and_then(postal);
        let other = shipping
            .and_then(postal)
            .filter(|address| Some(address) != main.as_ref());
        Self {
            identity: identity.clone(),
            of: order.name.clone(),
            name,
            attention: if order.b2b.is_some() { person } else { None },
            phone: delivery(order, billing).phone,
            address: main,
            delivery: other,
        }
    }

    /// Whose profile it is, where it has no order. Nothing is made or linked of a profile of which the shop withholds anything
    /// (`booking-rules` 4), and nothing of one that says neither a name nor an e-mail.
    pub fn of_profile(customer: &Customer, withheld: &[String]) -> Result<Self, Problem> {
        if !withheld.is_empty() {
            return Err(Code::ProfileWithheld.into());
        }
        let Profile {
            name,
            email,
            phone,
            address,
        } = Profile::of_person(customer, withheld);
        let name = name
            .or_else(|| email.clone())
            .ok_or_else(|| Problem::new(Code::ProfileIncomplete).with("missing", "name"))?;
        Ok(Self {
            identity: Identity {
                key: format!("customer/{}", customer.id),
                party: Party::Private,
                email,
                registration: None,
            },
            of: String::new(),
            name,
            attention: None,
            phone,
            address: address.or_else(|| customer.default_address.as_ref().and_then(postal)),
            delivery: None,
        })
    }

    /// The customer to be made.
    pub(super) fn draft(
        &self,
        class: &ClassRow,
        currency: &str,
        vat_zone: Option<&str>,
    ) -> CustomerDraft {
        CustomerDraft {
            name: self.name.clone(),
            class: class.class.clone(),
            terms: class.terms.clone(),
            currency: currency.to_owned(),
            vat_zone: vat_zone.map(str::to_owned),
            vat_registration: self.identity.registration.clone(),
            corporate_id: None,
            attention: self.attention.clone(),
            email: self.identity.email.clone(),
            phone: self.phone.clone(),
            address: self.address.clone(),
            delivery: self.delivery.clone(),
            private: self.identity.party == Party::Private,
            reference: self.identity.link_key(currency),
        }
    }
}

/// Where somebody lives of whom there is no sale: the place that a sale there would be taxed by.
pub fn home(customer: &Customer) -> Option<Destination> {
    let address = customer.default_address.as_ref()?;
    Destination::of_address(address)
}

fn full_name(customer: &Customer) -> Option<String> {
    let names = [
        customer.first_name.as_deref(),
        customer.last_name.as_deref(),
    ];
    let name = names.into_iter().flatten().collect::<Vec<_>>().join(" ");
    let name = name.trim().to_owned();
    (!name.is_empty()).then_some(name)
}
