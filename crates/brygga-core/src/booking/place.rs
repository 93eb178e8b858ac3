//! Where a sale is taxed: countries, special territories, schemes (`booking-rules` 5).

use crate::code::{Code, Problem};
use crate::settings::{Party, Scheme};
use crate::shop::{Address, Order};

/// The destination of an order: a country, or a territory with VAT rules of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Destination {
    /// ISO country of the address.
    pub country: String,
    /// ISO code of the special territory in it, such as `AX` for Åland.
    pub territory: Option<&'static str>,
}

impl Destination {
    /// The key in the VAT table: the territory where there is one.
    pub fn key(&self) -> &str {
        self.territory.unwrap_or(&self.country)
    }
}

/// The destination of an order: shipping address, else the point of sale, else the billing address.
///
/// A sale over the counter is taxed where the counter stands, whatever the buyer's address is; so the point of sale comes
/// before the billing address (see `docs/adr/0008-point-of-sale-country.md`).
pub fn destination(order: &Order) -> Result<Destination, Problem> {
    let of = |address: &Address| {
        address
            .country
            .as_deref()
            .filter(|country| !country.is_empty())
            .map(|country| {
                let country = country.to_ascii_uppercase();
                let territory = territory(&country, address.zip.as_deref().unwrap_or_default());
                Destination { country, territory }
            })
    };
    let pos = || {
        order.pos_country.as_ref().map(|country| Destination {
            country: country.to_ascii_uppercase(),
            territory: territory(&country.to_ascii_uppercase(), ""),
        })
    };
    order
        .shipping_address
        .as_ref()
        .and_then(of)
        .or_else(pos)
        .or_else(|| order.billing.as_ref().and_then(of))
        .ok_or_else(|| Problem::new(Code::CountryUnknown).with("order", &order.name))
}

/// The special territory of a country and postal code, also when it is typed as the mainland.
fn territory(country: &str, zip: &str) -> Option<&'static str> {
    let zip: String = zip
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .collect::<String>()
        .to_ascii_uppercase();
    let digits = zip.trim_start_matches(|c: char| c.is_ascii_alphabetic());
    match country {
        "AX" => Some("AX"),
        "SJ" => Some("SJ"),
        "FO" => Some("FO"),
        "GL" => Some("GL"),
        "IC" => Some("IC"),
        "FI" if digits.starts_with("22") => Some("AX"),
        // Svalbard 9170 to 9179, Jan Mayen 8099.
        "NO" if digits.len() == 4 && (digits.starts_with("917") || digits == "8099") => Some("SJ"),
        "DK" if digits.len() == 3 && zip.starts_with("FO") => Some("FO"),
        "DK" if digits.len() == 4 && digits.starts_with("39") => Some("GL"),
        "ES" if digits.len() == 5 && (digits.starts_with("35") || digits.starts_with("38")) => {
            Some("IC")
        }
        "GB" if zip.starts_with("BT") => Some("XI"),
        _ => None,
    }
}

/// The member states of the European Union.
const EU: [&str; 27] = [
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IT",
    "LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK",
];

fn in_eu(country: &str) -> bool {
    EU.contains(&country)
}

/// The scheme under which a sale falls. `taxed` is whether Shopify charged any VAT.
pub fn scheme(dispatch: &str, destination: &Destination, party: Party, taxed: bool) -> Scheme {
    let outside = destination.territory.is_some();
    if outside {
        return if taxed {
            Scheme::Domestic
        } else {
            Scheme::Export
        };
    }
    let to = destination.country.as_str();
    match (in_eu(dispatch), in_eu(to)) {
        _ if dispatch == to => Scheme::Domestic,
        (true, true) if party == Party::Company && !taxed => Scheme::ReverseCharge,
        (true, true) => Scheme::Oss,
        (false, true) if taxed => Scheme::Ioss,
        (_, false) if taxed && to == "NO" => Scheme::Voec,
        _ => Scheme::Export,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn territories_are_seen_also_when_typed_as_the_mainland() {
        for (country, zip, expected) in [
            ("FI", "22100", Some("AX")),
            ("FI", "00100", None),
            ("FI", "FI-22100", Some("AX")),
            ("NO", "9170", Some("SJ")),
            ("NO", "9171", Some("SJ")),
            ("NO", "0150", None),
            ("DK", "3900", Some("GL")),
            ("DK", "2100", None),
            ("DK", "FO-100", Some("FO")),
            ("ES", "35001", Some("IC")),
            ("ES", "28001", None),
            ("GB", "BT1 1AA", Some("XI")),
            ("GB", "SW1A 1AA", None),
            ("AX", "", Some("AX")),
        ] {
            assert_eq!(territory(country, zip), expected, "{country} {zip}");
        }
    }

    #[test]
    fn schemes() {
        let to = |country: &str| Destination {
            country: country.into(),
            territory: None,
        };
        for (dispatch, destination, party, taxed, expected) in [
            ("NO", "NO", Party::Private, true, Scheme::Domestic),
            ("NO", "SE", Party::Private, true, Scheme::Ioss),
            ("NO", "SE", Party::Private, false, Scheme::Export),
            ("NO", "SE", Party::Company, false, Scheme::Export),
            ("NO", "JP", Party::Private, false, Scheme::Export),
            ("SE", "DE", Party::Private, true, Scheme::Oss),
            ("SE", "DE", Party::Company, false, Scheme::ReverseCharge),
            ("SE", "NO", Party::Private, true, Scheme::Voec),
            ("SE", "NO", Party::Private, false, Scheme::Export),
            ("SE", "US", Party::Private, false, Scheme::Export),
        ] {
            assert_eq!(
                scheme(dispatch, &to(destination), party, taxed),
                expected,
                "{dispatch} to {destination}"
            );
        }
    }
}
