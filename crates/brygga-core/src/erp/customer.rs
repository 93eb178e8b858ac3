use serde::{Deserialize, Serialize};

use crate::shop::known_or_other;

known_or_other! {
    /// `CustomerDto.status`.
    CustomerStatus {
        /// May be sold to.
        Active = "Active",
        /// Stopped.
        OnHold = "OnHold",
        /// Stopped for credit.
        CreditHold = "CreditHold",
        /// Not in use.
        Inactive = "Inactive",
        /// For one sale.
        OneTime = "OneTime",
    }
}

/// A customer of Visma.net.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Customer {
    /// `internalId`: survives a change of number.
    pub internal_id: i64,
    /// Customer number.
    pub number: String,
    /// Name.
    pub name: String,
    /// Status.
    pub status: CustomerStatus,
    /// E-mail of the main contact.
    pub email: Option<String>,
    /// ISO code of its currency.
    pub currency: Option<String>,
    /// VAT registration number.
    pub vat_registration: Option<String>,
    /// Organisation number.
    pub corporate_id: Option<String>,
    /// VAT zone.
    pub vat_zone: Option<String>,
    /// Customer class.
    pub class: Option<String>,
    /// May documents be in other currencies (`overrideCurrency`-like flag), if Visma.net says so.
    pub any_currency: Option<bool>,
    /// Our reference, if the customer was made by us and nobody removed it ([`CustomerDraft::reference`]).
    #[serde(default)]
    pub reference: Option<String>,
}

/// A postal address as Visma.net takes it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct PostalAddress {
    /// First line.
    pub line1: String,
    /// Second line.
    pub line2: Option<String>,
    /// Postal code.
    pub postal_code: Option<String>,
    /// City.
    pub city: Option<String>,
    /// ISO country, two letters.
    pub country: String,
}

/// A customer to be made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CustomerDraft {
    /// Name shown on documents.
    pub name: String,
    /// Customer class: gives terms, accounts and defaults.
    pub class: String,
    /// Credit terms, where not those of the class.
    pub terms: Option<String>,
    /// ISO code of its currency.
    pub currency: String,
    /// VAT zone.
    pub vat_zone: Option<String>,
    /// VAT registration number of a company.
    pub vat_registration: Option<String>,
    /// Organisation number of a company.
    pub corporate_id: Option<String>,
    /// Contact person.
    pub attention: Option<String>,
    /// E-mail of the main contact.
    pub email: Option<String>,
    /// Phone of the main contact.
    pub phone: Option<String>,
    /// Main and invoice address.
    pub address: Option<PostalAddress>,
    /// Delivery address, when it differs.
    pub delivery: Option<PostalAddress>,
    /// A private person: no e-mailing, printing or auto-invoice of what is already paid (`booking-rules` 4).
    pub private: bool,
    /// Our reference, kept where Visma.net can give it back: it proves after a crash that the customer is the one we made.
    pub reference: String,
}

/// What a customer of Visma.net is called and where it is reached, as it was just read.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct CustomerCard {
    /// Customer number.
    pub number: String,
    /// Version; a change names it (`facts/visma` 3).
    pub etag: Option<String>,
    /// Name.
    pub name: String,
    /// Name of the main contact.
    pub contact_name: Option<String>,
    /// E-mail of the main contact.
    pub email: Option<String>,
    /// Phone of the main contact.
    pub phone: Option<String>,
    /// Main address. The street's further lines stand in `line2`.
    pub address: Option<PostalAddress>,
    /// Invoice address.
    pub invoice_address: Option<PostalAddress>,
    /// Delivery address.
    pub delivery: Option<PostalAddress>,
}

/// What of a customer is changed. What is `None` or `false` stays as it is in Visma.net.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct CustomerPatch {
    /// Name.
    pub name: Option<String>,
    /// The main contact has the customer's name, and goes on having it.
    pub contact_name: bool,
    /// E-mail of the main contact.
    pub email: Option<String>,
    /// Phone of the main contact.
    pub phone: Option<String>,
    /// Main address, whole.
    pub address: Option<PostalAddress>,
    /// The invoice address is the main address, and goes on being it.
    pub invoice_address: bool,
    /// Delivery address, whole.
    pub delivery: Option<PostalAddress>,
}
