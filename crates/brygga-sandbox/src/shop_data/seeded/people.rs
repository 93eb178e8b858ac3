//! Customers, companies and their addresses.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::dice::Dice;
use super::places::Place;
use crate::shop_data::stamp;

/// Somebody who buys, with a home.
#[derive(Debug, Clone)]
pub(super) struct Person {
    pub(super) id: i64,
    pub(super) place: &'static Place,
    pub(super) first: &'static str,
    pub(super) last: &'static str,
    pub(super) email: String,
    pub(super) phone: Option<String>,
    pub(super) home: Home,
    pub(super) company: Option<Company>,
    pub(super) tax_exempt: bool,
}

/// An address without the person.
#[derive(Debug, Clone)]
pub(super) struct Home {
    pub(super) street: String,
    pub(super) extra: Option<String>,
    pub(super) zip: &'static str,
    pub(super) city: &'static str,
}

/// A company that buys (B2B).
#[derive(Debug, Clone)]
pub(super) struct Company {
    pub(super) id: i64,
    pub(super) name: String,
    pub(super) external_id: Option<String>,
    pub(super) vat_number: Option<String>,
    pub(super) tax_exempt: bool,
}

impl Home {
    pub(super) fn any(place: &'static Place, dice: &mut Dice) -> Self {
        let (zip, city) = *dice.pick(place.cities);
        let street = format!("{} {}", dice.pick(place.streets), dice.between(1, 140));
        let extra = dice
            .permille(120)
            .then(|| format!("H{:04}", dice.between(101, 604)));
        Self {
            street,
            extra,
            zip,
            city,
        }
    }
}

impl Person {
    /// The `n`-th person of the shop.
    pub(super) fn any(n: i64, place: &'static Place, dice: &mut Dice) -> Self {
        let (first, last) = (*dice.pick(place.first), *dice.pick(place.last));
        let plain = |name: &str| {
            name.to_lowercase()
                .chars()
                .filter(char::is_ascii_alphanumeric)
                .collect::<String>()
        };
        // example.com and its like are kept free for examples (RFC 2606).
        let email = format!(
            "{}.{}{n}@example.{}",
            plain(first),
            plain(last),
            dice.pick(&["com", "org", "net"])
        );
        let phone = dice
            .permille(600)
            .then(|| format!("{}{:07}", place.dial, dice.between(0, 9_999_999)));
        let home = Home::any(place, dice);
        Self {
            id: 7_400_000_000_000 + n * 32_768,
            place,
            first,
            last,
            email,
            phone,
            home,
            company: None,
            tax_exempt: false,
        }
    }

    /// The same person, buying for a company.
    pub(super) fn of_company(mut self, n: i64, abroad: bool, dice: &mut Dice) -> Self {
        let name = format!(
            "{} {} {}",
            self.last,
            dice.pick(&["Sport", "Friluft", "Handel", "Bygg & Anlegg"]),
            company_form(self.place.code)
        );
        let digits = dice.between(100_000_000, 999_999_999);
        let vat_number = match self.place.code {
            "NO" => format!("NO{digits}MVA"),
            "SE" => format!("SE{digits}701"),
            "DK" => format!("DK{:08}", digits / 10),
            "FI" => format!("FI{:08}", digits / 10),
            _ => format!("DE{digits}"),
        };
        let external_id = dice.permille(300).then(|| format!("K-{}", 10_000 + n));
        self.company = Some(Company {
            id: 2_100_000_000 + n,
            name,
            external_id,
            vat_number: Some(vat_number),
            tax_exempt: abroad,
        });
        self
    }

    /// The name as shown to people.
    pub(super) fn name(&self) -> String {
        format!("{} {}", self.first, self.last)
    }

    /// A `MailingAddress` of this person.
    pub(super) fn address(&self, id: i64, place: &Place, home: &Home) -> Value {
        let company = self.company.as_ref().map(|company| company.name.clone());
        let region = region(place.code, home.zip);
        json!({
            "__typename": "MailingAddress", "id": format!("gid://shopify/MailingAddress/{id}?model_name=Address"),
            "firstName": self.first, "lastName": self.last, "name": self.name(), "company": company,
            "address1": home.street, "address2": home.extra, "zip": home.zip, "city": home.city,
            "province": region.map(|(_, name)| name), "provinceCode": region.map(|(code, _)| code),
            "country": place.name, "countryCodeV2": place.code, "countryCode": place.code,
            "phone": self.phone, "latitude": null, "longitude": null, "coordinatesValidated": false, "timeZone": null,
            "formattedArea": format!("{}, {}", home.city, place.name), "formatted": [home.street, format!("{} {}", home.zip, home.city), place.name],
            "validationResultSummary": null,
        })
    }

    /// The `Customer` object. `orders` is what the customer has bought by the end of the month.
    pub(super) fn json(&self, since: DateTime<Utc>, orders: usize) -> Value {
        let created = stamp(since - chrono::TimeDelta::days(1 + self.id % 700));
        let home = self.address(self.id + 11, self.place, &self.home);
        let email = json!({
            "emailAddress": self.email, "marketingState": "NOT_SUBSCRIBED", "marketingOptInLevel": null, "marketingUpdatedAt": null, "validFormat": true,
            "openTrackingLevel": "UNKNOWN", "openTrackingUrl": "https://example.com/open", "marketingUnsubscribeUrl": "https://example.com/unsubscribe",
            "sourceLocation": null,
        });
        let phone = self.phone.as_ref().map(|number| json!({ "phoneNumber": number, "marketingState": "NOT_SUBSCRIBED", "marketingOptInLevel": null, "marketingUpdatedAt": null }));
        json!({
            "__typename": "Customer", "id": format!("gid://shopify/Customer/{}", self.id), "legacyResourceId": self.id.to_string(),
            "firstName": self.first, "lastName": self.last, "displayName": self.name(), "email": self.email, "phone": self.phone,
            "defaultEmailAddress": email, "defaultPhoneNumber": phone, "defaultAddress": home, "addresses": [home], "addressesV2": [home],
            "createdAt": created, "updatedAt": created, "note": null, "tags": [], "locale": self.place.locale, "state": "DISABLED",
            "numberOfOrders": orders.to_string(), "amountSpent": super::amounts::shop_money(0), "lifetimeDuration": "about 1 year",
            "taxExempt": self.tax_exempt, "taxExemptions": [], "taxSettings": { "taxId": null }, "image": { "url": "https://example.com/customer.png", "altText": null }, "verifiedEmail": true, "validEmailAddress": true, "canDelete": false,
            "dataSaleOptOut": false, "hasTimelineComment": false, "multipassIdentifier": null, "productSubscriberStatus": "NEVER_SUBSCRIBED",
            "unsubscribeUrl": "https://example.com/unsubscribe", "companyContactProfiles": [], "metafields": [],
        })
    }

    /// What `Order.purchasingEntity` says: the customer, or the company with its location and contact (`facts/shopify` 7.16).
    pub(super) fn purchasing_entity(&self, customer: &Value, since: DateTime<Utc>) -> Value {
        let Some(company) = &self.company else {
            // The customer itself is in the shop; here its id is enough.
            return json!({ "__typename": "Customer", "id": customer["id"] });
        };
        let at = stamp(since - chrono::TimeDelta::days(200));
        let id = company.id;
        let address = json!({
            "id": format!("gid://shopify/CompanyAddress/{}", id + 3), "address1": self.home.street, "address2": self.home.extra, "city": self.home.city,
            "zip": self.home.zip, "companyName": company.name, "country": self.place.name, "countryCode": self.place.code, "createdAt": at, "updatedAt": at,
            "firstName": self.first, "lastName": self.last, "phone": self.phone, "province": null, "zoneCode": null, "recipient": self.name(),
            "formattedArea": self.home.city, "formattedAddress": [self.home.street, self.home.city],
        });
        let brief = json!({
            "__typename": "Company", "id": format!("gid://shopify/Company/{id}"), "name": company.name, "externalId": company.external_id, "note": null,
            "createdAt": at, "updatedAt": at, "customerSince": at, "hasTimelineComment": false, "lifetimeDuration": "7 months", "defaultCursor": id.to_string(),
            "contactsCount": { "count": 1, "precision": "EXACT" }, "locationsCount": { "count": 1, "precision": "EXACT" }, "metafields": [],
            "totalSpent": super::amounts::shop_money(0),
        });
        json!({
            "__typename": "PurchasingCompany", "company": brief,
            "contact": {
                "id": format!("gid://shopify/CompanyContact/{}", id + 1), "title": null, "locale": self.place.locale, "isMainContact": true,
                "createdAt": at, "updatedAt": at, "lifetimeDuration": "7 months", "customer": customer, "company": brief,
            },
            "location": {
                "id": format!("gid://shopify/CompanyLocation/{}", id + 2), "name": self.home.city, "externalId": null, "currency": self.place.currency, "phone": self.phone,
                "locale": self.place.locale, "note": null, "createdAt": at, "updatedAt": at, "defaultCursor": id.to_string(), "hasTimelineComment": false,
                "taxSettings": { "taxExempt": company.tax_exempt, "taxExemptions": [], "taxRegistrationId": company.vat_number },
                "taxRegistrationId": company.vat_number, "billingAddress": address, "shippingAddress": address, "company": brief, "metafields": [],
                "totalSpent": super::amounts::shop_money(0),
            },
        })
    }
}

/// Countries that have regions in their addresses.
fn region(country: &str, zip: &str) -> Option<(&'static str, &'static str)> {
    match (country, zip.chars().next()) {
        ("US", Some('5')) => Some(("MN", "Minnesota")),
        ("US", Some('9')) => Some(("WA", "Washington")),
        ("US", _) => Some(("NY", "New York")),
        ("JP", Some('1')) => Some(("JP-13", "Tōkyō")),
        ("JP", _) => Some(("JP-27", "Ōsaka")),
        _ => None,
    }
}

fn company_form(country: &str) -> &'static str {
    match country {
        "NO" => "AS",
        "SE" => "AB",
        "DK" => "ApS",
        "FI" => "Oy",
        _ => "GmbH",
    }
}
