//! Which customer an order belongs to: none is made, one is linked, several are a question (`booking-rules` 4).

use brygga_core::booking::{Candidates, Decision, LookedUp, Step, plan};
use brygga_core::erp::{Customer, CustomerDraft, CustomerStatus};
use brygga_core::settings::{Settings, Withheld};
use brygga_core::shop::{B2b, Order};
use brygga_core::{Code, Problem};

use crate::build::{Setting, address, customer, setting, simple};

fn company() -> Order {
    let mut order = simple();
    order.b2b = Some(B2b {
        company_id: "9".into(),
        company_name: "Butikken AS".into(),
        location_id: None,
        external_id: None,
        tax_registration_id: Some(" NO999888777MVA ".into()),
    });
    order
}

fn guest(email: Option<&str>) -> Order {
    let mut order = simple();
    order.customer = None;
    order.email = email.map(Into::into);
    order
}

#[derive(Debug, PartialEq)]
enum Choice {
    Known(String),
    Linked(String, String),
    Made(Box<CustomerDraft>),
    Held(Code),
}

fn choose(order: &Order, found: LookedUp, change: impl FnOnce(&mut Settings)) -> Choice {
    let mut setting: Setting = setting();
    change(&mut setting.settings);
    let held = |problem: Problem| {
        assert!(!problem.message().contains('{'), "{}", problem.message());
        Choice::Held(problem.code)
    };
    let document = match setting.document(order) {
        Ok(document) => document,
        Err(problem) => return held(problem),
    };
    match plan(order, setting.ground(), document, &found) {
        Decision::Held(problem) => held(problem),
        Decision::Do(plan) => {
            if let Some((_, number, by)) = plan.link_customer {
                return Choice::Linked(number, by);
            }
            match plan.steps.into_iter().next() {
                Some(Step::CreateCustomer { draft, .. }) => Choice::Made(draft),
                Some(Step::CreateOrder { customer, .. }) => Choice::Known(customer.unwrap()),
                other => panic!("{other:?}"),
            }
        }
        other => panic!("{other:?}"),
    }
}

fn by_email(customers: Vec<Customer>) -> LookedUp {
    LookedUp {
        candidates: Candidates {
            by_email: customers,
            ..Candidates::default()
        },
        ..LookedUp::default()
    }
}

fn by_registration(customers: Vec<Customer>) -> LookedUp {
    LookedUp {
        candidates: Candidates {
            by_registration: customers,
            ..Candidates::default()
        },
        ..LookedUp::default()
    }
}

fn linked(number: &str, by: &str) -> Choice {
    Choice::Linked(number.into(), by.into())
}

#[test]
fn nobody_found_is_a_new_customer() {
    let Choice::Made(draft) = choose(&simple(), LookedUp::default(), |_| {}) else {
        panic!("not made");
    };
    assert_eq!(draft.name, "Kari Nordmann");
    assert_eq!(draft.class, "CLASS-private");
    assert_eq!(draft.currency, "NOK");
    assert_eq!(draft.vat_zone.as_deref(), Some("NO-IN"));
    assert_eq!(draft.email.as_deref(), Some("kari@example.com"));
    assert_eq!(draft.reference, "customer/700/NOK");
    assert!(draft.private, "no e-mailing or printing of what is paid");
    assert_eq!(draft.delivery, None, "the same address is told once");

    let Choice::Made(draft) = choose(&company(), LookedUp::default(), |_| {}) else {
        panic!("not made");
    };
    assert_eq!(
        (draft.name.as_str(), draft.class.as_str()),
        ("Butikken AS", "CLASS-company")
    );
    assert_eq!(draft.vat_registration.as_deref(), Some("NO999888777MVA"));
    assert_eq!(draft.attention.as_deref(), Some("Kari Nordmann"));
    assert!(!draft.private);
}

#[test]
fn one_found_is_linked_and_several_are_a_question() {
    let one = by_email(vec![customer("10001")]);
    assert_eq!(choose(&simple(), one, |_| {}), linked("10001", "email"));
    let two = by_email(vec![customer("10001"), customer("10002")]);
    assert_eq!(
        choose(&simple(), two, |_| {}),
        Choice::Held(Code::CustomerAmbiguous)
    );
    let twice = by_email(vec![customer("10001"), customer("10001")]);
    assert_eq!(
        choose(&simple(), twice, |_| {}),
        linked("10001", "email"),
        "one, told twice"
    );
    let off = by_email(vec![customer("10001")]);
    let choice = choose(&simple(), off, |s| s.customers.match_by_email = false);
    assert!(matches!(choice, Choice::Made(_)));
}

#[test]
fn the_question_names_who_it_may_be() {
    let setting = setting();
    let document = setting.document(&simple()).unwrap();
    let found = by_email(vec![customer("10002"), customer("10001")]);
    let Decision::Held(problem) = plan(&simple(), setting.ground(), document, &found) else {
        panic!("not held");
    };
    assert_eq!(
        problem.message(),
        "2 customers in Visma.net match email: 10001, 10002."
    );
}

#[test]
fn an_answer_to_the_question_is_kept() {
    let two = || by_email(vec![customer("10001"), customer("10002")]);
    for key in ["customer/700", "customer/700/NOK"] {
        let choice = choose(&simple(), two(), |s| {
            s.customers.chosen.insert(key.into(), "10002".into());
        });
        assert_eq!(choice, linked("10002", "choice"));
    }
}

#[test]
fn a_stored_link_comes_first() {
    let mut found = by_email(vec![customer("10001"), customer("10002")]);
    found.linked_customer = Some("10007".into());
    assert_eq!(
        choose(&simple(), found, |_| {}),
        Choice::Known("10007".into())
    );
}

#[test]
fn a_customer_serves_one_currency() {
    let mut other = customer("10001");
    other.currency = Some("EUR".into());
    let found = by_email(vec![other.clone()]);
    let choice = choose(&simple(), found, |_| {});
    assert!(matches!(choice, Choice::Made(_)), "a customer per currency");
    other.any_currency = Some(true);
    let found = by_email(vec![other.clone()]);
    assert_eq!(choose(&simple(), found, |_| {}), linked("10001", "email"));
    other.any_currency = None;
    let found = by_email(vec![other, customer("10002")]);
    assert_eq!(choose(&simple(), found, |_| {}), linked("10002", "email"));
}

#[test]
fn a_customer_that_is_stopped_is_held() {
    for status in [
        CustomerStatus::OnHold,
        CustomerStatus::CreditHold,
        CustomerStatus::Inactive,
    ] {
        let mut stopped = customer("10001");
        stopped.status = status;
        let choice = choose(&simple(), by_email(vec![stopped]), |_| {});
        assert_eq!(choice, Choice::Held(Code::CustomerInactive));
    }
}

#[test]
fn companies_go_by_their_number_first() {
    let found = by_registration(vec![customer("20001")]);
    assert_eq!(
        choose(&company(), found, |_| {}),
        linked("20001", "registration")
    );
    let found = by_registration(vec![customer("20001"), customer("20002")]);
    assert_eq!(
        choose(&company(), found, |_| {}),
        Choice::Held(Code::CustomerAmbiguous)
    );
    // Another company with the same e-mail is another company.
    let mut other = customer("20003");
    other.vat_registration = Some("NO111222333MVA".into());
    let choice = choose(&company(), by_email(vec![other.clone()]), |_| {});
    assert!(matches!(choice, Choice::Made(_)));
    other.vat_registration = Some("NO999888777MVA".into());
    assert_eq!(
        choose(&company(), by_email(vec![other]), |_| {}),
        linked("20003", "email")
    );
}

#[test]
fn guests_with_an_email_are_customers_and_without_one_the_house() {
    let Choice::Made(draft) = choose(
        &guest(Some(" Ola@Example.com ")),
        LookedUp::default(),
        |_| {},
    ) else {
        panic!("not made");
    };
    assert_eq!(draft.email.as_deref(), Some("ola@example.com"));
    assert!(draft.reference.starts_with("guest/"), "{}", draft.reference);
    assert!(
        !draft.reference.contains("ola"),
        "no personal data in a link's name"
    );

    let none = LookedUp::default;
    assert_eq!(
        choose(&guest(None), none(), |_| {}),
        Choice::Known("90001".into())
    );
    assert_eq!(
        choose(&guest(Some("no address")), none(), |_| {}),
        Choice::Known("90001".into())
    );
    let mut abroad = guest(None);
    abroad.shipping_address = Some(address("SE", "11122"));
    assert_eq!(
        choose(&abroad, none(), |_| {}),
        Choice::Held(Code::HouseCustomerMissing)
    );
    let choice = choose(&abroad, none(), |s| {
        s.customers.house[0].country = "*".into();
    });
    assert_eq!(choice, Choice::Known("90001".into()));
}

#[test]
fn all_private_customers_may_be_on_the_house_but_no_company() {
    let rule = |s: &mut Settings| s.customers.private_on_house = true;
    assert_eq!(
        choose(&simple(), LookedUp::default(), rule),
        Choice::Known("90001".into())
    );
    assert!(matches!(
        choose(&company(), LookedUp::default(), rule),
        Choice::Made(_)
    ));
}

#[test]
fn withheld_data_is_no_guest() {
    let mut order = guest(None);
    order.withheld = vec!["email".into()];
    let none = LookedUp::default;
    assert_eq!(
        choose(&order, none(), |_| {}),
        Choice::Held(Code::CustomerWithheld)
    );
    let choice = choose(&order, none(), |s| {
        s.customers.withheld = Withheld::HouseCustomer;
    });
    assert_eq!(choice, Choice::Known("90001".into()));
    order.email = Some("kari@example.com".into());
    assert!(matches!(choose(&order, none(), |_| {}), Choice::Made(_)));
}

#[test]
fn without_a_class_nobody_is_made() {
    let choice = choose(&simple(), LookedUp::default(), |s| {
        s.customers.classes.clear();
    });
    assert_eq!(choice, Choice::Held(Code::CustomerClassUnmapped));
    let choice = choose(&simple(), LookedUp::default(), |s| {
        let mut own = s.customers.classes[0].clone();
        own.country = "NO".into();
        own.class = "NORSK".into();
        own.terms = Some("14".into());
        s.customers.classes.push(own);
    });
    let Choice::Made(draft) = choice else {
        panic!("not made");
    };
    assert_eq!(draft.class, "NORSK", "the country's own class comes first");
    assert_eq!(draft.terms.as_deref(), Some("14"), "and its terms");
}
