//! What the orders of a sales channel have of their own (`booking-rules` 3).

use brygga_core::Code;
use brygga_core::booking::{BookedState, Change, FirstLook, first_look};
use brygga_core::erp::{ChannelHead, OrderNumber, SalesOrderDraft, Subaccount};
use brygga_core::settings::{ChannelRow, Settings};

use crate::build::{at, setting, simple};

fn draft(source: Option<&str>, change: impl FnOnce(&mut Settings)) -> SalesOrderDraft {
    let mut setting = setting();
    setting.settings.branch = Some("1".into());
    setting.settings.warehouse = Some("HOVED".into());
    setting
        .catalogue
        .items
        .get_mut("SKU1")
        .expect("the item")
        .stock = true;
    change(&mut setting.settings);
    let mut order = simple();
    order.source_name = source.map(str::to_owned);
    match first_look(&order, setting.ground(), None, at("2026-10-06T10:00:00Z")) {
        FirstLook::New(document) => document.draft,
        other => panic!("not due: {other:?}"),
    }
}

#[allow(
    clippy::unnecessary_wraps,
    reason = "the choices of a row are optional"
)]
fn some(text: &str) -> Option<String> {
    Some(text.into())
}

#[test]
fn a_channel_says_what_its_orders_have_and_leaves_the_rest() {
    let all = ChannelRow {
        order_type: some("SA"),
        branch: some("2"),
        warehouse: some("BUTIKK"),
        subaccount: Some("2=200,1 = 10".parse().unwrap()),
        project: some("KASSE"),
        sales_person: some("KARI"),
        ship_via: some("HENTES"),
        terms: some("00"),
    };
    let branch = ChannelRow {
        branch: some("2"),
        ..ChannelRow::default()
    };
    let head = ChannelHead {
        project: some("KASSE"),
        sales_person: some("KARI"),
        ship_via: some("HENTES"),
        terms: some("00"),
    };
    let nothing = ChannelHead::default;
    for (source, row, order_type, of_branch, warehouse, channel) in [
        (Some("pos"), &all, "SA", "2", "BUTIKK", head),
        (Some(" pos "), &branch, "SO", "2", "HOVED", nothing()),
        // As Shopify writes it, to the letter.
        (Some("POS"), &all, "SO", "1", "HOVED", nothing()),
        (Some("web"), &all, "SO", "1", "HOVED", nothing()),
        (None, &all, "SO", "1", "HOVED", nothing()),
    ] {
        let found = draft(source, |settings| {
            settings.channels.insert("pos".into(), row.clone());
        });
        assert_eq!(found.order_type, order_type, "{source:?}");
        assert_eq!(found.head.branch.as_deref(), Some(of_branch), "{source:?}");
        assert_eq!(found.head.channel, channel, "{source:?}");
        let goods: Vec<_> = found
            .lines
            .iter()
            .filter_map(|line| line.warehouse.as_deref())
            .collect();
        assert_eq!(goods, [warehouse], "{source:?}");
        // Every line, goods or not.
        let own = found.head.channel != nothing();
        let subaccount = own.then(|| "1=10, 2=200".to_owned());
        for line in &found.lines {
            let there = line.subaccount.as_ref().map(ToString::to_string);
            assert_eq!(there, subaccount, "{source:?}");
        }
    }
}

/// A document that was booked before channels had anything of their own is read as it was written.
#[test]
fn a_head_without_a_channel_is_written_as_before() {
    let plain = draft(Some("pos"), |_| {});
    let text = serde_json::to_string(&plain).unwrap();
    assert!(!text.contains("channel"), "{text}");
    assert!(!text.contains("subaccount"), "{text}");
    assert_eq!(
        serde_json::from_str::<SalesOrderDraft>(&text).unwrap(),
        plain
    );
}

/// A change leaves out what nobody says any more, and what is left out stays in Visma.net: so it is no difference, either.
#[test]
fn what_a_channel_no_longer_says_stays_in_a_document_that_is_there() {
    let with = |project: Option<&str>, ship_via: Option<&str>| {
        draft(Some("pos"), |settings| {
            let row = ChannelRow {
                project: project.map(str::to_owned),
                ship_via: ship_via.map(str::to_owned),
                ..ChannelRow::default()
            };
            settings.channels.insert("pos".into(), row);
        })
    };
    let written = with(Some("KASSE"), Some("HENTES")).head;
    let now = with(None, Some("POSTEN")).head.over(&written);
    assert_eq!(now.channel.project.as_deref(), Some("KASSE"));
    assert_eq!(now.channel.ship_via.as_deref(), Some("POSTEN"));
    assert_eq!(now.branch, written.branch);
}

#[test]
fn an_edited_order_keeps_what_its_channel_said_when_it_was_booked() {
    let mut setting = setting();
    let mut order = simple();
    order.source_name = Some("pos".into());
    let row = ChannelRow {
        project: some("KASSE"),
        subaccount: Some("1=10".parse().unwrap()),
        ..ChannelRow::default()
    };
    setting.settings.channels.insert("pos".into(), row);
    let state = BookedState {
        number: Some(OrderNumber {
            order_type: "SO".into(),
            number: "000001".into(),
        }),
        document: setting.document(&order).unwrap(),
        cancelled: false,
        customer: None,
    };
    setting.settings.channels.clear();
    let address = order.shipping_address.as_mut().unwrap();
    address.city = some("Bergen");
    let now = at("2026-10-06T10:00:00Z");
    let FirstLook::Changed(change) = first_look(&order, setting.ground(), Some(&state), now) else {
        panic!("it has moved");
    };
    // An address moves no line, so nothing is left that the parts of the order would not follow.
    let Change::Grown(document) = *change else {
        panic!("{change:?}");
    };
    assert_eq!(
        document.draft.head.channel.project.as_deref(),
        Some("KASSE")
    );
    // On every line, so that one that was added is with the others.
    for line in &document.draft.lines {
        assert_eq!(line.subaccount, Some("1=10".parse().unwrap()));
    }
}

/// A row that is made after the booking is for the orders that come: no document is on two subaccounts.
#[test]
fn a_booked_document_stays_on_the_subaccount_it_was_booked_with() {
    let with = |subaccount: Option<&str>| {
        draft(Some("pos"), |settings| {
            let row = ChannelRow {
                subaccount: subaccount.map(|text| text.parse().unwrap()),
                ..ChannelRow::default()
            };
            settings.channels.insert("pos".into(), row);
        })
    };
    for (written, now) in [
        (Some("1=10"), None),
        (None, Some("1=20")),
        (Some("1=10"), Some("1=20")),
    ] {
        let written = with(written);
        let now = with(now).over(&written);
        assert_eq!(now.subaccount(), written.subaccount());
    }
}

#[test]
fn a_subaccount_is_written_by_its_segments_and_nothing_else_is_one() {
    for (typed, plain) in [
        ("1=10", "1=10"),
        (" 2 = 200 , 1=10 ", "1=10, 2=200"),
        ("1=A-7 NORD", "1=A-7 NORD"),
    ] {
        let subaccount: Subaccount = typed.parse().expect(typed);
        assert_eq!(subaccount.to_string(), plain);
        let file = serde_json::to_string(&subaccount).unwrap();
        assert_eq!(file, format!("\"{plain}\""));
        assert_eq!(
            serde_json::from_str::<Subaccount>(&file).unwrap(),
            subaccount
        );
    }
    for typed in [
        "",
        "10",
        "10-200",
        "1=",
        "=10",
        "x=10",
        "0=10",
        "-1=10",
        "+1=10",
        "1=10,",
        "1=10;2=200",
        "1=10,1=20",
        "1=1=0",
        "99999=1",
    ] {
        let problem = typed.parse::<Subaccount>().expect_err(typed);
        assert_eq!(problem.code, Code::SubaccountMistyped, "{typed}");
        assert!(problem.code.remedy().contains("1=10, 2=200"));
    }
}
