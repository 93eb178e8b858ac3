//! Where a sale is taxed: countries, special territories, schemes (`booking-rules` 5).

use crate::code::{Code, Problem};
use crate::settings::{Party, Registered, Registrations, Scheme};
use crate::shop::{Address, Order};

/// The destination of an order: a country, or a territory with VAT rules of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Destination {
    /// ISO country of the address.
    pub country: String,
    /// ISO code of the special territory in it, such as `AX` for Åland.
    pub territory: Option<&'static str>,
    /// Sold over a counter that stands there: the goods were there too.
    pub over_counter: bool,
}

impl Destination {
    /// A country, or a special territory, by its code.
    pub fn of(code: &str) -> Self {
        let country = code.to_ascii_uppercase();
        Self {
            territory: territory(&country, ""),
            country,
            over_counter: false,
        }
    }

    /// Where an address is; `None` without a country.
    pub fn of_address(address: &Address) -> Option<Self> {
        let country = address
            .country
            .as_deref()
            .filter(|country| !country.is_empty())?
            .to_ascii_uppercase();
        Some(Self {
            territory: territory(&country, address.zip.as_deref().unwrap_or_default()),
            country,
            over_counter: false,
        })
    }

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
    let pos = || {
        order.pos_country.as_deref().map(|country| Destination {
            over_counter: true,
            ..Destination::of(country)
        })
    };
    order
        .shipping_address
        .as_ref()
        .and_then(Destination::of_address)
        .or_else(pos)
        .or_else(|| order.billing.as_ref().and_then(Destination::of_address))
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
        "XI" => Some("XI"),
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

/// Is a country or territory the European Union's, as far as the VAT on goods goes.
fn in_eu(place: &str) -> bool {
    EU.contains(&place) || place == "XI"
}

/// Who buys, as far as the scheme asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Buyer {
    /// A private person or a company.
    pub party: Party,
    /// Has the company a VAT number: without one it accounts for no tax itself.
    pub has_number: bool,
}

/// The scheme under which a sale falls. `taxed` is whether Shopify charged any VAT.
///
/// What a merchant said that he is not registered for is never booked under that scheme; what he did not tell, the VAT table
/// decides: without a row for the scheme the order is held.
pub fn scheme(
    dispatch: &str,
    destination: &Destination,
    buyer: Buyer,
    taxed: bool,
    registrations: &Registrations,
) -> Result<Scheme, Problem> {
    let to = destination.key();
    let at_home = dispatch == to || destination.over_counter;
    if at_home || (taxed && registrations.local.contains(to)) {
        return Ok(Scheme::Domestic);
    }
    // Northern Ireland is the European Union's for goods, and the United Kingdom's for goods from there.
    if destination.territory == Some("XI") && dispatch == "GB" {
        return Ok(Scheme::Domestic);
    }
    if let Some(territory) = destination.territory
        && territory != "XI"
    {
        return if taxed {
            Err(Problem::new(Code::SpecialTerritory)
                .with("territory", territory)
                .with("country", &destination.country))
        } else {
            Ok(Scheme::Export)
        };
    }
    let registered = |asked: &Registered, scheme: Scheme| {
        if *asked == Registered::No {
            Err(Problem::new(Code::VatNotRegistered)
                .with("scheme", scheme.as_str())
                .with("country", to))
        } else {
            Ok(scheme)
        }
    };
    match (in_eu(dispatch), in_eu(to)) {
        (true, true) if buyer.party == Party::Company && !taxed => {
            if buyer.has_number {
                Ok(Scheme::ReverseCharge)
            } else {
                Err(Problem::new(Code::ReverseChargeNumber).with("country", to))
            }
        }
        // Under the threshold, sales within the European Union are taxed at home.
        (true, true) if registrations.oss == Registered::No => Ok(Scheme::Domestic),
        (true, true) => Ok(Scheme::Oss),
        (false, true) if taxed => registered(&registrations.ioss, Scheme::Ioss),
        (_, false) if taxed && to == "NO" => registered(&registrations.voec, Scheme::Voec),
        _ => Ok(Scheme::Export),
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
            ("NO", "9179", Some("SJ")),
            ("NO", "8099", Some("SJ")),
            ("NO", "9180", None),
            ("NO", "91700", None),
            ("FI", "21220", None),
            ("FI", "AX-22100", Some("AX")),
            ("DK", "FO 110", Some("FO")),
            ("DK", "800", None),
            ("DK", "3992", Some("GL")),
            ("ES", "38670", Some("IC")),
            ("ES", "3500", None),
            ("GB", "bt28 2aa", Some("XI")),
            ("SE", "22100", None),
            ("FO", "100", Some("FO")),
            ("GL", "3900", Some("GL")),
        ] {
            assert_eq!(territory(country, zip), expected, "{country} {zip}");
        }
    }

    const PRIVATE: Buyer = Buyer {
        party: Party::Private,
        has_number: false,
    };
    const COMPANY: Buyer = Buyer {
        party: Party::Company,
        has_number: true,
    };
    const UNNUMBERED: Buyer = Buyer {
        party: Party::Company,
        has_number: false,
    };

    fn registered(oss: Registered, ioss: Registered, voec: Registered) -> Registrations {
        Registrations {
            oss,
            ioss,
            voec,
            ..Registrations::default()
        }
    }

    /// Every kind of way, with and without tax, for each kind of buyer: the scheme when nothing is told of registrations.
    #[test]
    fn schemes() {
        use Scheme::{Domestic, Export, Ioss, Oss, ReverseCharge, Voec};
        let held = Code::ReverseChargeNumber;
        let taxed_there = Code::SpecialTerritory;
        // Way; taxed: private, company, company without number; untaxed: the same.
        for (from, to, taxed, untaxed) in [
            ("NO", "NO", [Ok(Domestic); 3], [Ok(Domestic); 3]),
            ("SE", "SE", [Ok(Domestic); 3], [Ok(Domestic); 3]),
            ("FO", "FO", [Ok(Domestic); 3], [Ok(Domestic); 3]),
            ("NO", "SE", [Ok(Ioss); 3], [Ok(Export); 3]),
            ("NO", "XI", [Ok(Ioss); 3], [Ok(Export); 3]),
            ("NO", "GB", [Ok(Export); 3], [Ok(Export); 3]),
            ("NO", "JP", [Ok(Export); 3], [Ok(Export); 3]),
            (
                "SE",
                "DE",
                [Ok(Oss); 3],
                [Ok(Oss), Ok(ReverseCharge), Err(held)],
            ),
            (
                "FI",
                "XI",
                [Ok(Oss); 3],
                [Ok(Oss), Ok(ReverseCharge), Err(held)],
            ),
            (
                "XI",
                "DK",
                [Ok(Oss); 3],
                [Ok(Oss), Ok(ReverseCharge), Err(held)],
            ),
            ("GB", "XI", [Ok(Domestic); 3], [Ok(Domestic); 3]),
            ("GB", "FI", [Ok(Ioss); 3], [Ok(Export); 3]),
            ("SE", "NO", [Ok(Voec); 3], [Ok(Export); 3]),
            ("GB", "NO", [Ok(Voec); 3], [Ok(Export); 3]),
            ("SE", "US", [Ok(Export); 3], [Ok(Export); 3]),
            ("NO", "SJ", [Err(taxed_there); 3], [Ok(Export); 3]),
            ("SE", "SJ", [Err(taxed_there); 3], [Ok(Export); 3]),
            ("FI", "AX", [Err(taxed_there); 3], [Ok(Export); 3]),
            ("DK", "FO", [Err(taxed_there); 3], [Ok(Export); 3]),
            ("DK", "GL", [Err(taxed_there); 3], [Ok(Export); 3]),
            ("ES", "IC", [Err(taxed_there); 3], [Ok(Export); 3]),
            ("AX", "FI", [Ok(Ioss); 3], [Ok(Export); 3]),
        ] {
            for (is_taxed, expected) in [(true, taxed), (false, untaxed)] {
                for (buyer, expected) in [PRIVATE, COMPANY, UNNUMBERED].into_iter().zip(expected) {
                    let found = scheme(
                        from,
                        &Destination::of(to),
                        buyer,
                        is_taxed,
                        &Registrations::default(),
                    )
                    .map_err(|problem| problem.code);
                    assert_eq!(
                        found, expected,
                        "{from} to {to}, {buyer:?}, taxed {is_taxed}"
                    );
                }
            }
        }
    }

    #[test]
    fn what_the_merchant_is_not_registered_for_is_held() {
        let yes = || Registered::Yes { number: None };
        let all = registered(yes(), yes(), yes());
        let none = registered(Registered::No, Registered::No, Registered::No);
        for (from, to, with, without) in [
            ("SE", "DE", Scheme::Oss, Ok(Scheme::Domestic)),
            ("NO", "SE", Scheme::Ioss, Err(Code::VatNotRegistered)),
            ("SE", "NO", Scheme::Voec, Err(Code::VatNotRegistered)),
        ] {
            let to = Destination::of(to);
            let found = |registrations| {
                scheme(from, &to, PRIVATE, true, registrations).map_err(|problem| problem.code)
            };
            assert_eq!(found(&all), Ok(with));
            assert_eq!(found(&none), without);
        }
    }

    #[test]
    fn a_registration_abroad_makes_a_domestic_sale_of_that_place() {
        let registrations = Registrations {
            local: ["SE", "GB", "IC"].map(str::to_owned).into(),
            ioss: Registered::No,
            ..Registrations::default()
        };
        for (to, taxed, expected) in [
            ("SE", true, Ok(Scheme::Domestic)),
            ("SE", false, Ok(Scheme::Export)),
            ("GB", true, Ok(Scheme::Domestic)),
            ("IC", true, Ok(Scheme::Domestic)),
            ("FI", true, Err(Code::VatNotRegistered)),
        ] {
            let found = scheme("NO", &Destination::of(to), PRIVATE, taxed, &registrations);
            assert_eq!(found.map_err(|problem| problem.code), expected, "{to}");
        }
    }

    #[test]
    fn over_the_counter_abroad_is_a_domestic_sale_there() {
        let counter = Destination {
            over_counter: true,
            ..Destination::of("SE")
        };
        for taxed in [true, false] {
            let found = scheme("NO", &counter, PRIVATE, taxed, &Registrations::default());
            assert_eq!(found, Ok(Scheme::Domestic));
        }
    }
}
