//! What a customer of Visma.net shall have from its profile in the shop (`booking-rules` 4, "update fields that Shopify owns").
//!
//! The truth is the shop's own record of the customer, never an order's: of a person the profile and its default address, of a company
//! its name. A company has several locations and several people who buy for it, and is one customer in Visma.net, so addresses, e-mail
//! and phone of a company are never followed. A guest has no record in the shop, and a house customer is nobody's.
//!
//! The shop wins where its value is another than the one that was last sent or seen. Until then a person's correction in Visma.net stays.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::address::postal;
use super::normal_email;
use crate::code::{Code, Problem};
use crate::digest;
use crate::erp::{CustomerCard, CustomerPatch, PostalAddress};
use crate::settings::{CustomerField, CustomerSettings, Settings};
use crate::shop::{Customer, Order};

/// What the shop says of a customer. What it withholds, or has nothing in, is `None` and changes nothing.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Profile {
    /// Name.
    pub name: Option<String>,
    /// Normalised e-mail.
    pub email: Option<String>,
    /// Phone.
    pub phone: Option<String>,
    /// The default address, whole.
    pub address: Option<PostalAddress>,
}

fn filled(text: Option<&str>) -> Option<String> {
    text.map(|text| text.split_whitespace().collect::<Vec<_>>().join(" "))
        .filter(|text| !text.is_empty())
}

impl Profile {
    /// A person's profile. `withheld` names the fields that the shop keeps from us: what one of them is part of says nothing.
    pub fn of_person(customer: &Customer, withheld: &[String]) -> Self {
        let kept = |fields: &[&str]| {
            withheld.iter().any(|path| {
                let first = path.split('.').next().unwrap_or_default();
                fields.contains(&first)
            })
        };
        let address = customer
            .default_address
            .as_ref()
            .filter(|_| !kept(&["defaultAddress"]));
        let names = [
            customer.first_name.as_deref(),
            customer.last_name.as_deref(),
        ];
        let name = names.into_iter().flatten().collect::<Vec<_>>().join(" ");
        Self {
            name: filled(Some(&name)).filter(|_| !kept(&["firstName", "lastName"])),
            email: customer.email.as_deref().and_then(normal_email),
            phone: filled(customer.phone.as_deref())
                .or_else(|| filled(address.and_then(|address| address.phone.as_deref()))),
            // Without a street it is a country at most, and no address that a letter finds.
            address: address
                .and_then(postal)
                .filter(|address| !address.line1.is_empty()),
        }
    }

    /// A company.
    pub fn of_company(name: &str) -> Self {
        Self {
            name: filled(Some(name)),
            ..Self::default()
        }
    }

    /// The buyer's record as it came with an order.
    pub fn of_order(order: &Order) -> Option<Self> {
        if let Some(company) = &order.b2b {
            return Some(Self::of_company(&company.company_name));
        }
        let withheld: Vec<String> = order
            .withheld
            .iter()
            .filter_map(|path| path.strip_prefix("customer."))
            .map(str::to_owned)
            .collect();
        order
            .customer
            .as_ref()
            .map(|customer| Self::of_person(customer, &withheld))
    }

    fn print(&self, field: CustomerField) -> Option<String> {
        match field {
            CustomerField::Name => self.name.as_ref().map(digest::of),
            CustomerField::Email => self.email.as_ref().map(digest::of),
            CustomerField::Phone => self
                .phone
                .as_deref()
                .map(|phone| digest::of(&dialled(phone))),
            CustomerField::Address | CustomerField::Delivery => self
                .address
                .as_ref()
                .map(|address| digest::of(&parts(address))),
        }
    }
}

/// Digests of the shop's values that were last sent to Visma.net, or seen there.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Seen(BTreeMap<CustomerField, String>);

impl Seen {
    /// What the shop has now is taken for known: the customer was just made of the same buyer.
    pub fn all_of(profile: &Profile) -> Self {
        let known = CustomerField::ALL
            .into_iter()
            .filter_map(|field| Some((field, profile.print(field)?)));
        Self(known.collect())
    }
}

/// One change, in words for people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CustomerChange {
    /// Which field.
    pub field: CustomerField,
    /// As it is in Visma.net.
    pub before: Option<String>,
    /// As it is in the shop.
    pub after: String,
}

/// What follows from a look at both sides.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Follow {
    /// What is changed; none where nothing is.
    pub changes: Vec<CustomerChange>,
    /// The same as it is sent.
    pub patch: CustomerPatch,
    /// What is known afterwards.
    pub seen: Seen,
}

/// May the customer with this number be changed at all, for a buyer in the shop with this key. `linked` are the keys of all links to it,
/// each with its currency.
pub fn may_follow<'a>(
    key: &str,
    number: &str,
    linked: impl IntoIterator<Item = &'a str>,
    settings: &Settings,
) -> bool {
    let own = |other: &str| other == key;
    let customers = &settings.customers;
    // The answer to "which one?" names the buyer with or without a currency.
    let chosen = customers
        .chosen
        .iter()
        .filter(|(_, chosen)| *chosen == number)
        .all(|(name, _)| own(name) || name.rsplit_once('/').is_some_and(|(name, _)| own(name)));
    !customers.is_house(number)
        && (key.starts_with("customer/") || key.starts_with("company/"))
        && chosen
        && linked
            .into_iter()
            .all(|link| link.rsplit_once('/').is_some_and(|(name, _)| own(name)))
}

/// Does the profile say something of an owned field that was neither sent nor seen.
pub fn is_news(profile: &Profile, seen: &Seen, settings: &CustomerSettings) -> bool {
    settings.owned_by_shop().any(|field| {
        profile
            .print(field)
            .is_some_and(|print| seen.0.get(&field) != Some(&print))
    })
}

/// What of the customer is changed.
pub fn follow(
    profile: &Profile,
    there: &CustomerCard,
    seen: &Seen,
    settings: &CustomerSettings,
) -> Follow {
    let mut found = Follow {
        seen: seen.clone(),
        ..Follow::default()
    };
    for field in settings.owned_by_shop() {
        let Some(print) = profile.print(field) else {
            continue;
        };
        let news = seen.0.get(&field) != Some(&print);
        let change = change_of(field, profile, there, &mut found.patch, news);
        found.seen.0.insert(field, print);
        found.changes.extend(change);
    }
    found
}

/// One field: what changes, put into the patch; none where it is equal, or a person corrected it since.
fn change_of(
    field: CustomerField,
    profile: &Profile,
    there: &CustomerCard,
    patch: &mut CustomerPatch,
    news: bool,
) -> Option<CustomerChange> {
    let changed = |before: Option<String>, after: String| {
        Some(CustomerChange {
            field,
            before,
            after,
        })
    };
    match field {
        CustomerField::Name => {
            let name = profile.name.clone()?;
            if !news || same_text(&name, &there.name) {
                return None;
            }
            patch.contact_name = there
                .contact_name
                .as_deref()
                .is_some_and(|contact| same_text(contact, &there.name));
            patch.name = Some(name.clone());
            changed(filled(Some(&there.name)), name)
        }
        CustomerField::Email => {
            let email = profile.email.clone()?;
            if !news || same_email(&email, there.email.as_deref()) {
                return None;
            }
            patch.email = Some(email.clone());
            changed(there.email.clone(), email)
        }
        CustomerField::Phone => {
            let phone = profile.phone.clone()?;
            if !news || same_phone(&phone, there.phone.as_deref()) {
                return None;
            }
            patch.phone = Some(phone.clone());
            changed(there.phone.clone(), phone)
        }
        CustomerField::Address => {
            let address = profile.address.clone()?;
            if !news || same_address(&address, there.address.as_ref()) {
                return None;
            }
            // An invoice address of its own was put there by a person, and stays.
            patch.invoice_address = there
                .address
                .as_ref()
                .is_some_and(|main| same_address(main, there.invoice_address.as_ref()));
            patch.address = Some(address.clone());
            changed(there.address.as_ref().and_then(words), words(&address)?)
        }
        CustomerField::Delivery => {
            let address = profile.address.clone()?;
            // Without an address of its own goods go to the main one.
            let main = patch.address.as_ref().or(there.address.as_ref());
            let stands = there.delivery.as_ref().or(main);
            if !news || same_address(&address, stands) {
                return None;
            }
            patch.delivery = Some(address.clone());
            changed(there.delivery.as_ref().and_then(words), words(&address)?)
        }
    }
}

/// Has Visma.net what was sent. The problem names the field, never what stands there.
pub fn taken(patch: &CustomerPatch, there: &CustomerCard) -> Result<(), Problem> {
    let text =
        |wanted: &Option<String>, same: &dyn Fn(&str) -> bool| wanted.as_deref().is_none_or(same);
    let place = |wanted: Option<&PostalAddress>, there: Option<&PostalAddress>| {
        wanted.is_none_or(|wanted| same_address(wanted, there))
    };
    let differs = if !text(&patch.name, &|name| same_text(name, &there.name)) {
        CustomerField::Name
    } else if !text(&patch.email, &|email| {
        same_email(email, there.email.as_deref())
    }) {
        CustomerField::Email
    } else if !text(&patch.phone, &|phone| {
        same_phone(phone, there.phone.as_deref())
    }) {
        CustomerField::Phone
    } else if !place(patch.address.as_ref(), there.address.as_ref()) {
        CustomerField::Address
    } else if !place(patch.delivery.as_ref(), there.delivery.as_ref()) {
        CustomerField::Delivery
    } else {
        return Ok(());
    };
    Err(Problem::new(Code::CustomerUpdateDiffers)
        .with("customer", &there.number)
        .with("field", differs.as_str()))
}

/// What was too long was cut, with a sign that it was.
fn same_text(ours: &str, theirs: &str) -> bool {
    let ours = filled(Some(ours)).unwrap_or_default();
    let theirs = filled(Some(theirs)).unwrap_or_default();
    match theirs.strip_suffix('…') {
        Some(beginning) => ours.starts_with(beginning),
        None => ours == theirs,
    }
}

fn same_email(ours: &str, theirs: Option<&str>) -> bool {
    theirs.and_then(normal_email).as_deref() == Some(ours)
}

fn dialled(phone: &str) -> String {
    phone
        .chars()
        .filter(|letter| letter.is_ascii_digit() || *letter == '+')
        .collect()
}

fn same_phone(ours: &str, theirs: Option<&str>) -> bool {
    theirs.is_some_and(|theirs| dialled(theirs) == dialled(ours))
}

/// Street, postal code, city and country as they are compared: on how many lines the street stands says nothing.
fn parts(address: &PostalAddress) -> [String; 4] {
    let street = [Some(address.line1.as_str()), address.line2.as_deref()];
    let street = street.into_iter().flatten().collect::<Vec<_>>().join(" ");
    let text = |text: Option<&str>| filled(text).unwrap_or_default();
    [
        text(Some(&street)),
        text(address.postal_code.as_deref()).replace(' ', ""),
        text(address.city.as_deref()),
        text(Some(&address.country)).to_uppercase(),
    ]
}

fn same_address(ours: &PostalAddress, theirs: Option<&PostalAddress>) -> bool {
    theirs.is_some_and(|theirs| {
        parts(ours)
            .iter()
            .zip(parts(theirs))
            .all(|(ours, theirs)| same_text(ours, &theirs))
    })
}

/// An address on one line.
pub fn words(address: &PostalAddress) -> Option<String> {
    let place = [address.postal_code.as_deref(), address.city.as_deref()];
    let place = place.into_iter().flatten().collect::<Vec<_>>().join(" ");
    let words: Vec<String> = [
        Some(address.line1.as_str()),
        address.line2.as_deref(),
        Some(&place),
        Some(&address.country),
    ]
    .into_iter()
    .filter_map(filled)
    .collect();
    (!words.is_empty()).then(|| words.join(", "))
}
