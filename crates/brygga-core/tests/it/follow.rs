//! What of a customer follows its record in the shop (`booking-rules` 4).

use brygga_core::booking::follow::{Follow, Profile, Seen, follow, is_news, may_follow, taken};
use brygga_core::erp::{CustomerCard, CustomerPatch, PostalAddress};
use brygga_core::settings::{CustomerField, CustomerSettings, HouseRow, Owner, Settings};
use brygga_core::shop::{Address, B2b, Customer};
use proptest::prelude::*;

use crate::build::simple;

fn street(line1: &str, line2: Option<&str>) -> PostalAddress {
    PostalAddress {
        line1: line1.into(),
        line2: line2.map(Into::into),
        postal_code: Some("0155".into()),
        city: Some("Oslo".into()),
        country: "NO".into(),
    }
}

fn profile() -> Profile {
    Profile {
        name: Some("Kari Nordmann".into()),
        email: Some("kari@example.no".into()),
        phone: Some("+47 22 00 00 00".into()),
        address: Some(street("Storgata 1", None)),
    }
}

/// The customer as it is when everything is equal.
fn equal() -> CustomerCard {
    CustomerCard {
        number: "10001".into(),
        etag: Some("\"1\"".into()),
        name: "Kari Nordmann".into(),
        contact_name: Some("Kari Nordmann".into()),
        email: Some("Kari@Example.no".into()),
        phone: Some("+4722000000".into()),
        address: Some(street("Storgata 1", None)),
        invoice_address: Some(street("Storgata 1", None)),
        delivery: None,
    }
}

fn on() -> CustomerSettings {
    CustomerSettings {
        update: true,
        ..CustomerSettings::default()
    }
}

fn looked(profile: &Profile, there: &CustomerCard, seen: &Seen) -> Follow {
    follow(profile, there, seen, &on())
}

fn fields(found: &Follow) -> Vec<CustomerField> {
    found.changes.iter().map(|change| change.field).collect()
}

#[test]
fn what_is_written_otherwise_but_says_the_same_is_no_change() {
    let mut there = equal();
    there.address = Some(street("Storgata", Some("1")));
    let found = looked(&profile(), &there, &Seen::default());
    assert_eq!(found.changes, Vec::new());
    assert_eq!(found.patch, CustomerPatch::default());
    // And it is known from now on.
    assert!(!is_news(&profile(), &found.seen, &on()));
}

#[test]
fn off_or_owned_by_visma_net_nothing_is_looked_at() {
    let mut there = equal();
    there.name = "Somebody else".into();
    let off = CustomerSettings::default();
    assert!(!is_news(&profile(), &Seen::default(), &off));
    assert_eq!(
        follow(&profile(), &there, &Seen::default(), &off),
        Follow::default()
    );
    let mut erp = on();
    erp.owners.insert(CustomerField::Name, Owner::Erp);
    let found = follow(&profile(), &there, &Seen::default(), &erp);
    assert_eq!(found.changes, Vec::new());
}

#[test]
fn nothing_of_the_shop_clears_nothing_in_visma_net() {
    let found = looked(&Profile::default(), &equal(), &Seen::default());
    assert_eq!(found, Follow::default());
}

#[test]
fn a_correction_stays_until_the_shops_value_changes() {
    let seen = looked(&profile(), &equal(), &Seen::default()).seen;
    let mut there = equal();
    there.phone = Some("99999999".into());
    there.name = "Kari N. Nordmann".into();
    let found = looked(&profile(), &there, &seen);
    assert_eq!(fields(&found), []);
    let mut now = profile();
    now.phone = Some("+4711111111".into());
    let found = looked(&now, &there, &found.seen);
    assert_eq!(fields(&found), [CustomerField::Phone]);
    assert_eq!(found.patch.name, None);
    assert_eq!(found.changes[0].before.as_deref(), Some("99999999"));
    assert_eq!(found.changes[0].after, "+4711111111");
}

#[test]
fn what_was_the_same_stays_the_same_and_what_a_person_put_there_stays() {
    let mut now = profile();
    now.name = Some("Kari Hansen".into());
    now.address = Some(street("Lillegata 7", None));
    let found = looked(&now, &equal(), &Seen::default());
    assert!(found.patch.contact_name && found.patch.invoice_address);

    let mut there = equal();
    there.contact_name = Some("Regnskap".into());
    there.invoice_address = Some(street("Fakturamottak 9", None));
    let found = looked(&now, &there, &Seen::default());
    assert_eq!(
        fields(&found),
        [CustomerField::Name, CustomerField::Address]
    );
    assert!(!found.patch.contact_name && !found.patch.invoice_address);
}

#[test]
fn the_delivery_address_is_left_alone_unless_the_shop_owns_it() {
    let mut there = equal();
    there.delivery = Some(street("Hytta 3", None));
    assert_eq!(looked(&profile(), &there, &Seen::default()).changes, []);
    let mut own = on();
    own.owners.insert(CustomerField::Delivery, Owner::Shop);
    let found = follow(&profile(), &there, &Seen::default(), &own);
    assert_eq!(fields(&found), [CustomerField::Delivery]);
    assert_eq!(found.patch.delivery, profile().address);
    // Without one of its own, goods go to the main address: nothing is to be done.
    let found = follow(&profile(), &equal(), &Seen::default(), &own);
    assert_eq!(found.changes, []);
}

#[test]
fn a_profile_is_whole_or_says_nothing() {
    let customer = Customer {
        id: "7".into(),
        first_name: Some(" Kari ".into()),
        last_name: Some("Nordmann".into()),
        email: Some(" Kari@Example.no".into()),
        phone: None,
        updated_at: None,
        default_address: Some(Address {
            line1: Some("Storgata 1".into()),
            zip: Some("0155".into()),
            city: Some("Oslo".into()),
            country: Some("no".into()),
            phone: Some("+47 22 00 00 00".into()),
            ..Address::default()
        }),
    };
    let of = |withheld: &[&str]| {
        let withheld: Vec<String> = withheld.iter().map(|&name| name.to_owned()).collect();
        Profile::of_person(&customer, &withheld)
    };
    assert_eq!(of(&[]), profile());
    // City and country are never withheld (facts/shopify 2.5): without the street they are no address.
    let withheld = of(&["defaultAddress.address1", "firstName"]);
    assert_eq!(
        (withheld.address, withheld.phone, withheld.name),
        (None, None, None)
    );
    let mut no_street = customer.clone();
    no_street.default_address = Some(Address {
        country: Some("NO".into()),
        ..Address::default()
    });
    assert_eq!(Profile::of_person(&no_street, &[]).address, None);
}

#[test]
fn of_a_company_only_the_name_is_followed() {
    let mut order = simple();
    order.b2b = Some(B2b {
        company_id: "9".into(),
        company_name: "Butikken AS".into(),
        location_id: Some("4".into()),
        external_id: None,
        tax_registration_id: None,
    });
    assert_eq!(
        Profile::of_order(&order),
        Some(Profile {
            name: Some("Butikken AS".into()),
            ..Profile::default()
        })
    );
    order.b2b = None;
    order.customer = None;
    assert_eq!(Profile::of_order(&order), None);
}

#[test]
fn only_a_customer_of_one_buyer_is_changed() {
    let settings = |change: fn(&mut CustomerSettings)| {
        let mut settings = Settings::default();
        change(&mut settings.customers);
        settings
    };
    let plain = settings(|_| {});
    let two = ["customer/7/NOK", "customer/8/NOK"];
    for (key, linked, settings, may) in [
        ("customer/7", &two[..1], &plain, true),
        ("customer/7", &[], &plain, true),
        ("company/9", &[], &plain, true),
        ("guest/abc", &[], &plain, false),
        ("house", &[], &plain, false),
        ("customer/7", &two[..], &plain, false),
        (
            "customer/7",
            &[],
            &settings(|customers| {
                customers
                    .chosen
                    .insert("customer/8/SEK".into(), "10001".into());
            }),
            false,
        ),
        (
            "customer/7",
            &[],
            &settings(|customers| {
                customers.chosen.insert("customer/7".into(), "10001".into());
            }),
            true,
        ),
        (
            "customer/7",
            &[],
            &settings(|customers| {
                customers.house.push(HouseRow {
                    country: "*".into(),
                    currency: "SEK".into(),
                    customer: "10001".into(),
                });
            }),
            false,
        ),
    ] {
        let linked = linked.iter().copied();
        assert_eq!(may_follow(key, "10001", linked, settings), may, "{key}");
    }
}

#[test]
fn what_was_not_taken_is_named_without_what_stands_there() {
    let mut now = profile();
    now.address = Some(street("Lillegata 7", None));
    let found = looked(&now, &equal(), &Seen::default());
    let mut after = equal();
    after.address = Some(street("Lillegata 7", None));
    assert_eq!(taken(&found.patch, &after), Ok(()));
    // A line of the old address was not emptied.
    after.address = Some(street("Lillegata 7", Some("Oppgang 3")));
    let problem = taken(&found.patch, &after).expect_err("differs");
    assert_eq!(problem.params["field"], "address");
    assert!(!problem.message().contains("Lillegata"));
}

/// The card after a patch was taken.
fn patched(there: &CustomerCard, patch: &CustomerPatch) -> CustomerCard {
    let mut after = there.clone();
    if let Some(name) = &patch.name {
        after.name.clone_from(name);
    }
    after.email = patch.email.clone().or(after.email);
    after.phone = patch.phone.clone().or(after.phone);
    after.address = patch.address.clone().or(after.address);
    after.delivery = patch.delivery.clone().or(after.delivery);
    after
}

fn texts() -> impl Strategy<Value = Option<String>> {
    prop_oneof![
        Just(None),
        Just(Some("A 1".to_owned())),
        Just(Some("B  2".to_owned())),
        Just(Some("b 2".to_owned())),
    ]
}

fn profiles() -> impl Strategy<Value = Profile> {
    (texts(), texts(), texts()).prop_map(|(name, phone, address)| Profile {
        name,
        email: None,
        phone,
        address: address.map(|line| street(&line, None)),
    })
}

proptest! {
    /// Whatever both sides are: once it is taken it is taken, nothing follows from it, and a person's correction after it stays.
    #[test]
    fn it_comes_to_rest(first in profiles(), then in profiles(), by_hand in profiles()) {
        let mut settings = on();
        settings.owners.insert(CustomerField::Delivery, Owner::Shop);
        let mut seen = Seen::default();
        let mut there = equal();
        for profile in [&first, &then] {
            let found = follow(profile, &there, &seen, &settings);
            there = patched(&there, &found.patch);
            prop_assert_eq!(taken(&found.patch, &there), Ok(()));
            seen = found.seen;
            prop_assert!(!is_news(profile, &seen, &settings));
        }
        let corrected = CustomerCard {
            name: by_hand.name.unwrap_or_default(),
            phone: by_hand.phone,
            address: by_hand.address,
            ..there
        };
        let again = follow(&then, &corrected, &seen, &settings);
        prop_assert_eq!(again.changes, Vec::new());
        prop_assert_eq!(again.patch, CustomerPatch::default());
    }
}
