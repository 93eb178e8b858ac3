//! A profile without an order: by the same rules as a buyer, as far as there is data for them (`booking-rules` 4).

use brygga_core::booking::customer::{Wanted, choose};
use brygga_core::booking::place::Destination;
use brygga_core::booking::{Buyer, Candidates, CustomerChoice, home};
use brygga_core::erp::{self, CustomerDraft};
use brygga_core::policy::{Lane, Lanes};
use brygga_core::settings::{ClassRow, Party, Settings, Which};
use brygga_core::shop::Customer;
use brygga_core::{Code, Problem};

use crate::build::{address, customer, setting};

fn profile() -> Customer {
    Customer {
        id: "700".into(),
        first_name: Some("Kari".into()),
        last_name: Some("Nordmann".into()),
        email: Some(" Kari@Example.com ".into()),
        phone: Some("+4722000000".into()),
        updated_at: None,
        default_address: Some(address("NO", "0155")),
    }
}

fn decide(
    profile: &Customer,
    withheld: &[&str],
    found: &[erp::Customer],
    change: impl FnOnce(&mut Settings),
) -> Result<CustomerChoice, Problem> {
    let mut settings = setting().settings;
    settings.customers.classes.push(ClassRow {
        country: "SJ".into(),
        party: Party::Private,
        class: "SVALBARD".into(),
        terms: None,
    });
    change(&mut settings);
    let withheld: Vec<String> = withheld.iter().map(|field| (*field).to_owned()).collect();
    let buyer = Buyer::of_profile(profile, &withheld)?;
    let place = home(profile);
    let wanted = Wanted {
        place: place.as_ref().map(Destination::key),
        currency: "NOK",
        vat_zone: None,
    };
    let candidates = Candidates {
        by_email: found.to_vec(),
        ..Candidates::default()
    };
    choose(&buyer, &wanted, None, &candidates, &settings)
}

fn made(choice: Result<CustomerChoice, Problem>) -> CustomerDraft {
    match choice {
        Ok(CustomerChoice::Create { draft, .. }) => *draft,
        other => panic!("not made: {other:?}"),
    }
}

fn held(choice: Result<CustomerChoice, Problem>) -> (Code, Option<String>) {
    let problem = choice.expect_err("held");
    assert!(!problem.message().contains('{'), "{}", problem.message());
    (problem.code, problem.params.get("missing").cloned())
}

#[test]
fn it_is_made_of_what_the_profile_says_with_the_zone_of_its_class() {
    let draft = made(decide(&profile(), &[], &[], |_| {}));
    assert_eq!(draft.name, "Kari Nordmann");
    assert_eq!(draft.email.as_deref(), Some("kari@example.com"));
    assert_eq!(draft.phone.as_deref(), Some("+4722000000"));
    assert_eq!(draft.class, "CLASS-private");
    assert_eq!((draft.currency.as_str(), draft.vat_zone), ("NOK", None));
    assert_eq!(draft.reference, "customer/700/NOK");
    assert_eq!(
        draft.address.map(|address| address.country).as_deref(),
        Some("NO")
    );
    assert!(draft.private && draft.delivery.is_none());
}

#[test]
fn the_class_is_that_of_the_place_that_a_sale_would_be_taxed_by() {
    let mut far = profile();
    far.default_address = Some(address("NO", "9170"));
    assert_eq!(made(decide(&far, &[], &[], |_| {})).class, "SVALBARD");
    let none = decide(&profile(), &[], &[], |settings| {
        settings.customers.classes.retain(|row| row.country == "SJ");
    });
    assert_eq!(held(none).0, Code::CustomerClassUnmapped);
}

#[test]
fn one_found_is_linked_and_several_are_a_question() {
    let choice = decide(&profile(), &[], &[customer("10001")], |_| {});
    let linked = |number: &str, by: &str| {
        Ok(CustomerChoice::Link {
            key: "customer/700/NOK".into(),
            number: number.into(),
            by: by.into(),
        })
    };
    assert_eq!(choice, linked("10001", "email"));
    let two = [customer("10001"), customer("10002")];
    assert_eq!(
        held(decide(&profile(), &[], &two, |_| {})).0,
        Code::CustomerAmbiguous
    );
    let answered = decide(&profile(), &[], &two, |settings| {
        let key = "customer/700/NOK".to_owned();
        settings.customers.chosen.insert(key, "10002".into());
    });
    assert_eq!(answered, linked("10002", "choice"));
}

#[test]
fn what_is_withheld_or_missing_makes_nothing() {
    for field in [
        "firstName",
        "defaultEmailAddress",
        "defaultPhoneNumber",
        "defaultAddress.address1",
    ] {
        // Nor is it linked by what is left.
        let choice = decide(&profile(), &[field], &[customer("10001")], |_| {});
        assert_eq!(held(choice).0, Code::ProfileWithheld, "{field}");
    }
    let mut nowhere = profile();
    nowhere.default_address = None;
    let missing = |what: &str| (Code::ProfileIncomplete, Some(what.to_owned()));
    assert_eq!(held(decide(&nowhere, &[], &[], |_| {})), missing("country"));
    // Whom Visma.net knows needs no class.
    let known = decide(&nowhere, &[], &[customer("10001")], |_| {});
    assert!(matches!(known, Ok(CustomerChoice::Link { .. })));
    let mut nobody = profile();
    nobody.first_name = None;
    nobody.last_name = None;
    assert_eq!(
        made(decide(&nobody, &[], &[], |_| {})).name,
        "kari@example.com"
    );
    nobody.email = None;
    assert_eq!(held(decide(&nobody, &[], &[], |_| {})), missing("name"));
}

#[test]
fn all_are_taken_only_where_they_are_chosen_and_are_not_on_the_house() {
    let mut customers = Settings::default().customers;
    assert!(!customers.takes_all());
    customers.which = Which::All;
    assert!(customers.takes_all());
    customers.private_on_house = true;
    assert!(!customers.takes_all());
    let text = serde_json::to_value(&customers).unwrap();
    assert_eq!(text["which"], "all");
    assert!(Lanes::all().has(Lane::Customers));
    assert_eq!(Lane::of_flow("customers"), Some(Lane::Customers));
}
