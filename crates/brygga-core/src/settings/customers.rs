//! Choices about customers (`booking-rules` 4).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Owner, Party};

/// A part of a customer that has exactly one owner.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CustomerField {
    /// The name.
    Name,
    /// The main contact's e-mail.
    Email,
    /// The main contact's phone.
    Phone,
    /// The main address, and with it the invoice address where the two are the same.
    Address,
    /// The delivery address.
    Delivery,
}

impl CustomerField {
    /// Every field, in the order in which changes are shown.
    pub const ALL: [Self; 5] = [
        Self::Name,
        Self::Email,
        Self::Phone,
        Self::Address,
        Self::Delivery,
    ];

    /// The stable word for messages and files.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Email => "email",
            Self::Phone => "phone",
            Self::Address => "address",
            Self::Delivery => "delivery",
        }
    }

    /// Who owns the field where the merchant has not chosen. Every order has its own delivery address, so the customer's is left alone.
    fn usual_owner(self) -> Owner {
        match self {
            Self::Delivery => Owner::Erp,
            Self::Name | Self::Email | Self::Phone | Self::Address => Owner::Shop,
        }
    }
}

/// What to do when the shop withholds who the customer is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Withheld {
    /// The order is held.
    Hold,
    /// The house customer of the country and currency.
    HouseCustomer,
}

/// Which profiles of the shop become customers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Which {
    /// Those with an order, when it is booked.
    WithOrder,
    /// All of them.
    All,
}

/// Customers (`booking-rules` 4).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CustomerSettings {
    /// Which profiles become customers.
    pub which: Which,
    /// Class of new customers.
    pub classes: Vec<ClassRow>,
    /// House customers.
    pub house: Vec<HouseRow>,
    /// All private customers on the house customer.
    pub private_on_house: bool,
    /// What to do when the shop withholds who the customer is.
    pub withheld: Withheld,
    /// The merchant's answers to "which one?": identity in the shop to customer number.
    pub chosen: BTreeMap<String, String>,
    /// May an existing customer with the same e-mail be linked.
    pub match_by_email: bool,
    /// Are linked customers changed in Visma.net where the shop owns what changed.
    pub update: bool,
    /// Owners of fields, where not the usual ones.
    pub owners: BTreeMap<CustomerField, Owner>,
}

impl Default for CustomerSettings {
    fn default() -> Self {
        Self {
            which: Which::WithOrder,
            classes: Vec::new(),
            house: Vec::new(),
            private_on_house: false,
            withheld: Withheld::Hold,
            chosen: BTreeMap::new(),
            match_by_email: true,
            update: false,
            owners: BTreeMap::new(),
        }
    }
}

/// Class of new customers of a country; `*` is every other country.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClassRow {
    /// ISO country, or `*`.
    pub country: String,
    /// Private or company.
    pub party: Party,
    /// Customer class: gives what nothing is said of here.
    pub class: String,
    /// Credit terms of new customers, where not those of the class.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub terms: Option<String>,
}

/// House customer of a country and currency; `*` is every other country.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HouseRow {
    /// ISO country, or `*`.
    pub country: String,
    /// ISO currency.
    pub currency: String,
    /// Customer number.
    pub customer: String,
}

impl CustomerSettings {
    /// Who owns a field.
    pub fn owner(&self, field: CustomerField) -> Owner {
        self.owners
            .get(&field)
            .copied()
            .unwrap_or_else(|| field.usual_owner())
    }

    /// The fields that the shop owns, in the order in which changes are shown; none where customers are not updated.
    pub fn owned_by_shop(&self) -> impl Iterator<Item = CustomerField> + '_ {
        CustomerField::ALL
            .into_iter()
            .filter(|field| self.update && self.owner(*field) == Owner::Shop)
    }

    /// Do profiles without an order become customers. Not where all private customers are on the house customer: profiles are persons'.
    pub fn takes_all(&self) -> bool {
        self.which == Which::All && !self.private_on_house
    }

    /// Is this customer a house customer.
    pub fn is_house(&self, number: &str) -> bool {
        self.house.iter().any(|row| row.customer == number)
    }

    /// The class for a country and party, with what is chosen beside it.
    pub fn class(&self, country: &str, party: Party) -> Option<&ClassRow> {
        let row = |wanted: &str| {
            self.classes
                .iter()
                .find(|row| row.country == wanted && row.party == party)
        };
        row(country).or_else(|| row("*"))
    }

    /// The house customer for a country and currency.
    pub fn house_customer(&self, country: &str, currency: &str) -> Option<&str> {
        let row = |wanted: &str| {
            self.house
                .iter()
                .find(|row| row.country == wanted && row.currency == currency)
        };
        row(country)
            .or_else(|| row("*"))
            .map(|row| row.customer.as_str())
    }
}
