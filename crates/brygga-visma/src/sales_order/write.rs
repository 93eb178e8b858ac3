//! From the document that the rules made to the bodies of SalesOrder v3: lengths cut to the spec's, dates at noon, amounts by their text.

use brygga_core::erp::{
    DeliveryDraft, HeadDraft, LineDraft, LinePatch, Operation, PostalAddress, SalesOrderDraft,
};

use super::wire::{
    Address, Contact, CustomFields, CustomerRef, Head, LineBody, Lines, NewLine, NewSalesOrder,
    PatchLine, Place,
};
use crate::exact::Exact;
use crate::text::{cut, cut_some, email, noon, street};

/// Longest `customer.order` and `customer.refNo`.
pub(crate) const REFERENCE: usize = 40;
const DESCRIPTION: usize = 255;
const LINE_DESCRIPTION: usize = 256;
const LINK: usize = 255;
const CUSTOM_TEXT: usize = 100;
const STREET: usize = 50;
const POSTAL_CODE: usize = 20;
const CITY: usize = 50;
const NAME: usize = 255;
const PHONE: usize = 50;
const EMAIL: usize = 255;

/// Is an order made or changed? In a change a field that is left out keeps what it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    New,
    Patch,
}

/// `NewSalesOrderCommand` for `customer`.
pub(crate) fn new_order(draft: &SalesOrderDraft, customer: &str) -> NewSalesOrder {
    NewSalesOrder {
        order_type: draft.order_type.clone(),
        currency_id: draft.currency.clone(),
        head: head(&draft.head, Some(customer), Way::New),
        order_lines: draft.lines.iter().map(new_line).collect(),
    }
}

/// `PatchSalesOrderCommand` with everything that follows the shop; the customer and the currency stay.
pub(crate) fn patch_head(draft: &HeadDraft) -> Head {
    head(draft, None, Way::Patch)
}

/// `AddSalesOrderLinesCommand`.
pub(crate) fn add_lines(lines: &[LineDraft]) -> Lines<NewLine> {
    Lines {
        lines: lines.iter().map(new_line).collect(),
    }
}

/// `PatchSalesOrderLinesCommand`.
pub(crate) fn patch_lines(patches: &[LinePatch]) -> Lines<PatchLine> {
    let line = |patch: &LinePatch| PatchLine {
        line_id: patch.line_id,
        line: line_body(&patch.line),
    };
    Lines {
        lines: patches.iter().map(line).collect(),
    }
}

fn head(draft: &HeadDraft, customer: Option<&str>, way: Way) -> Head {
    Head {
        date: noon(draft.date),
        description: cut(&draft.description, DESCRIPTION),
        customer: CustomerRef {
            id: customer.map(str::to_owned),
            order: cut(&draft.customer_order, REFERENCE),
            ref_no: cut(&draft.customer_ref, REFERENCE),
            terms_id: draft.channel.terms.clone(),
        },
        tax_zone_id: draft.vat_zone.clone(),
        branch_id: draft.branch.clone(),
        sales_person_id: draft.channel.sales_person.clone(),
        project_id: draft.channel.project.clone(),
        shipping: place(&draft.delivery, draft.channel.ship_via.as_ref(), way),
        billing: place(&draft.billing, None, way),
        custom_fields: draft.custom_id.as_ref().map(|id| CustomFields {
            custom_str1: cut(id, CUSTOM_TEXT),
        }),
    }
}

fn place(draft: &DeliveryDraft, ship_via: Option<&String>, way: Way) -> Option<Place> {
    let contact = contact(draft, way);
    let address = draft.address.as_ref().and_then(|given| address(given, way));
    (address.is_some() || contact.is_some() || ship_via.is_some()).then(|| Place {
        address,
        contact,
        ship_via_id: ship_via.cloned(),
    })
}

fn contact(draft: &DeliveryDraft, way: Way) -> Option<Contact> {
    let keep = |text: Option<String>| match way {
        Way::New => text,
        Way::Patch => Some(text.unwrap_or_default()),
    };
    let name = cut_some(draft.name.as_deref(), NAME);
    let attention = cut_some(draft.attention.as_deref(), NAME);
    let phone1 = cut_some(draft.phone.as_deref(), PHONE);
    let email = email(draft.email.as_deref(), EMAIL);
    let any = name.is_some() || attention.is_some() || phone1.is_some() || email.is_some();
    // An empty text is no e-mail address (`format: email`), so the e-mail is only ever replaced.
    any.then(|| Contact {
        name,
        attention: keep(attention),
        phone1: keep(phone1),
        email,
    })
}

/// `countryId` is required with an address (`facts/visma` 7); an address without a country of two letters is left to the customer's own.
fn address(draft: &PostalAddress, way: Way) -> Option<Address> {
    let country_id = draft.country.trim().to_ascii_uppercase();
    if country_id.len() != 2 {
        return None;
    }
    let keep = |text: Option<String>| match way {
        Way::New => text,
        Way::Patch => Some(text.unwrap_or_default()),
    };
    let [line1, line2, line3] = street(draft, STREET);
    Some(Address {
        line1: line1.unwrap_or_default(),
        line2: keep(line2),
        line3: keep(line3),
        postal_code: keep(cut_some(draft.postal_code.as_deref(), POSTAL_CODE)),
        city: keep(cut_some(draft.city.as_deref(), CITY)),
        country_id,
    })
}

fn new_line(draft: &LineDraft) -> NewLine {
    NewLine {
        inventory_id: draft.item.clone(),
        // What is not there now is shipped later; a shipment takes the quantities that left (`booking-rules` 6).
        shipping_rule: (draft.operation != Some(Operation::Receipt)).then_some("BackOrderAllowed"),
        line: line_body(draft),
    }
}

fn line_body(draft: &LineDraft) -> LineBody {
    LineBody {
        description: cut(&draft.description, LINE_DESCRIPTION),
        unit_of_measure: draft.unit.clone(),
        quantity: Exact(draft.quantity),
        unit_price: Exact(draft.unit_price),
        // Without these the ERP's own price and discount rules win (`facts/visma` 7, `booking-rules` 3).
        has_manual_price: true,
        discount_amount: Exact(draft.discount),
        has_manual_discount: true,
        tax_category_id: draft.vat_category.clone(),
        external_link: cut(&draft.link, LINK),
        warehouse_id: draft.warehouse.clone(),
        sales_account_id: draft.account.clone(),
        subaccount: draft.subaccount.as_ref().map(|given| {
            let segments = given.segments();
            segments
                .map(|(id, value)| (id.to_string(), value.to_owned()))
                .collect()
        }),
        operation: draft
            .operation
            .as_ref()
            .map(|operation| operation.as_str().to_owned()),
        invoice_type: draft.invoice.as_ref().map(|_| "Invoice"),
        invoice_number: draft.invoice.as_ref().map(|invoice| invoice.number.clone()),
        invoice_line_number: draft.invoice.as_ref().map(|invoice| invoice.line),
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use brygga_core::Decimal;
    use brygga_core::erp::{ChannelHead, InvoiceReference};
    use chrono::NaiveDate;
    use serde_json::json;

    use super::*;

    pub(crate) fn draft() -> SalesOrderDraft {
        let address = PostalAddress {
            line1: "Storgata 1".into(),
            line2: None,
            postal_code: Some("0155".into()),
            city: Some("Oslo".into()),
            country: "no".into(),
        };
        let place = DeliveryDraft {
            name: Some("Kari Nordmann".into()),
            attention: None,
            phone: Some("+47 22 00 00 00".into()),
            email: Some("kari@example.no".into()),
            address: Some(address),
        };
        SalesOrderDraft {
            order_type: "SO".into(),
            currency: "NOK".into(),
            head: HeadDraft {
                customer_order: "#1001".into(),
                customer_ref: "5400000001".into(),
                custom_id: None,
                date: NaiveDate::from_ymd_opt(2026, 10, 25).expect("a day"),
                vat_zone: "NO-IN".into(),
                description: "Shopify #1001".into(),
                branch: None,
                channel: ChannelHead::default(),
                delivery: place.clone(),
                billing: place,
            },
            lines: vec![LineDraft {
                link: "line/77".into(),
                item: "TELT-2".into(),
                unit: None,
                description: "Telt".into(),
                quantity: Decimal::from(3),
                unit_price: Decimal::new(79_933, 2),
                discount: Decimal::new(1, 2),
                vat_category: "HOY".into(),
                account: None,
                subaccount: Some("1=10, 2=200".parse().unwrap()),
                warehouse: Some("1".into()),
                operation: None,
                invoice: None,
            }],
        }
    }

    /// Every field filled.
    pub(crate) fn full_draft() -> SalesOrderDraft {
        let mut draft = draft();
        draft.head.custom_id = Some("5400000001".into());
        draft.head.branch = Some("1".into());
        draft.head.channel = ChannelHead {
            project: Some("NETTBUTIKK".into()),
            sales_person: Some("BUTIKK".into()),
            ship_via: Some("POSTEN".into()),
            terms: Some("30".into()),
        };
        for place in [&mut draft.head.delivery, &mut draft.head.billing] {
            place.attention = Some("Kari".into());
            if let Some(address) = &mut place.address {
                address.line1 =
                    "Borettslaget Solsiden terrasse fjorten B med et navn som er langt".into();
                address.line2 = Some("Oppgang 3".into());
            }
        }
        draft.lines[0].account = Some("3000".into());
        draft.lines[0].unit = Some("STK".into());
        let mut back = draft.lines[0].clone();
        back.operation = Some(Operation::Receipt);
        back.invoice = Some(InvoiceReference {
            number: "100031".into(),
            line: 1,
        });
        draft.lines.push(back);
        draft
    }

    #[test]
    fn a_draft_becomes_the_body_of_v3() {
        let text = serde_json::to_string(&new_order(&draft(), "10001")).expect("JSON");
        // Amounts by their text: three places stay three places.
        assert!(text.contains(r#""quantity":3,"unitPrice":799.33,"hasManualPrice":true,"discountAmount":0.01,"hasManualDiscount":true"#), "{text}");
        let body: serde_json::Value = serde_json::from_str(&text).expect("JSON");
        let place = json!({
            "address": {"line1": "Storgata 1", "postalCode": "0155", "city": "Oslo", "countryId": "NO"},
            "contact": {"name": "Kari Nordmann", "phone1": "+47 22 00 00 00", "email": "kari@example.no"},
        });
        assert_eq!(
            body,
            json!({
                "type": "SO", "currencyId": "NOK", "date": "2026-10-25T12:00:00Z", "description": "Shopify #1001",
                "customer": {"id": "10001", "order": "#1001", "refNo": "5400000001"}, "taxZoneId": "NO-IN",
                "shipping": place, "billing": place,
                "orderLines": [{
                    "inventoryId": "TELT-2", "shippingRule": "BackOrderAllowed", "description": "Telt", "quantity": 3, "unitPrice": 799.33, "hasManualPrice": true,
                    "discountAmount": 0.01, "hasManualDiscount": true, "taxCategoryId": "HOY", "externalLink": "line/77", "warehouseId": "1",
                    "subaccount": {"1": "10", "2": "200"},
                }],
            })
        );
    }

    /// An order and its change have the same fields; what no channel says is not sent.
    #[test]
    fn what_a_sales_channel_says_stands_in_its_place() {
        let full = full_draft();
        for body in [
            serde_json::to_value(new_order(&full, "10001")).expect("JSON"),
            serde_json::to_value(patch_head(&full.head)).expect("JSON"),
        ] {
            assert_eq!(body["projectId"], json!("NETTBUTIKK"));
            assert_eq!(body["salesPersonId"], json!("BUTIKK"));
            assert_eq!(body["shipping"]["shipViaId"], json!("POSTEN"));
            assert_eq!(body["customer"]["termsId"], json!("30"));
            assert!(body["billing"].get("shipViaId").is_none());
        }
    }

    #[test]
    fn a_patch_empties_what_is_gone_and_leaves_customer_and_currency() {
        let body = serde_json::to_value(patch_head(&draft().head)).expect("JSON");
        assert_eq!(
            body["customer"],
            json!({"order": "#1001", "refNo": "5400000001"})
        );
        assert_eq!(body["shipping"]["address"]["line2"], json!(""));
        assert_eq!(body["shipping"]["contact"]["attention"], json!(""));
        assert!(body.get("currencyId").is_none() && body.get("status").is_none());
    }

    #[test]
    fn texts_fit_the_spec() {
        let long = "x".repeat(3000);
        let mut wide = draft();
        wide.head.customer_order.clone_from(&long);
        wide.head.customer_ref.clone_from(&long);
        wide.head.custom_id = Some(long.clone());
        wide.head.description.clone_from(&long);
        wide.lines[0].description.clone_from(&long);
        for place in [&mut wide.head.delivery, &mut wide.head.billing] {
            place.name = Some(long.clone());
            place.attention = Some(long.clone());
            place.phone = Some(long.clone());
            place.email = Some(format!("{long}@example.no"));
            if let Some(address) = &mut place.address {
                address.line1.clone_from(&long);
                address.line2 = Some(long.clone());
                address.postal_code = Some(long.clone());
                address.city = Some(long.clone());
            }
        }
        let body = serde_json::to_value(new_order(&wide, "10001")).expect("JSON");
        let length = |path: &str| {
            body.pointer(path)
                .and_then(|text| text.as_str())
                .map(|text| text.encode_utf16().count())
        };
        let table = [
            ("/customer/order", 40),
            ("/customer/refNo", 40),
            ("/customFields/customStr1", 100),
            ("/description", 255),
            ("/orderLines/0/description", 256),
            ("/shipping/address/line1", 50),
            ("/shipping/address/line2", 50),
            ("/billing/address/postalCode", 20),
            ("/billing/address/city", 50),
            ("/shipping/contact/name", 255),
            ("/shipping/contact/attention", 255),
            ("/shipping/contact/phone1", 50),
        ];
        for (path, max) in table {
            assert_eq!(length(path), Some(max), "{path}");
        }
        assert_eq!(body.pointer("/shipping/contact/email"), None);
    }

    #[test]
    fn an_address_without_a_country_is_left_to_the_customers_own() {
        let mut draft = draft();
        draft.head.delivery = DeliveryDraft {
            address: Some(PostalAddress {
                line1: "Here".into(),
                ..PostalAddress::default()
            }),
            ..DeliveryDraft::default()
        };
        let body = serde_json::to_value(new_order(&draft, "10001")).expect("JSON");
        assert!(body.get("shipping").is_none());
    }
}
