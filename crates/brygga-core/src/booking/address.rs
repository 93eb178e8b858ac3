//! Addresses as documents carry them.

use crate::erp::{DeliveryDraft, PostalAddress};
use crate::shop::{Address, Order};

fn filled(text: Option<&String>) -> Option<String> {
    text.map(|text| text.trim().to_owned())
        .filter(|text| !text.is_empty())
}

/// A postal address; `None` without a country, which Visma.net requires.
pub(super) fn postal(address: &Address) -> Option<PostalAddress> {
    let country = filled(address.country.as_ref())?.to_ascii_uppercase();
    Some(PostalAddress {
        line1: filled(address.line1.as_ref()).unwrap_or_default(),
        line2: filled(address.line2.as_ref()),
        postal_code: filled(address.zip.as_ref()),
        city: filled(address.city.as_ref()),
        country,
    })
}

/// Name, contact and address for a document.
pub(super) fn delivery(order: &Order, address: Option<&Address>) -> DeliveryDraft {
    let person = address.and_then(|address| filled(address.name.as_ref()));
    let company = address.and_then(|address| filled(address.company.as_ref()));
    DeliveryDraft {
        name: company.clone().or_else(|| person.clone()),
        attention: company.and(person),
        phone: address
            .and_then(|address| filled(address.phone.as_ref()))
            .or_else(|| filled(order.phone.as_ref())),
        email: filled(order.email.as_ref()),
        address: address.and_then(postal),
    }
}
