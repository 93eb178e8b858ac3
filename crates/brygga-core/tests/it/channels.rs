//! What the orders of a sales channel have of their own (`booking-rules` 3).

use brygga_core::booking::{FirstLook, first_look};
use brygga_core::erp::{ChannelHead, SalesOrderDraft};
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
    }
}

/// A document that was booked before channels had anything of their own is read as it was written.
#[test]
fn a_head_without_a_channel_is_written_as_before() {
    let plain = draft(Some("pos"), |_| {});
    let text = serde_json::to_string(&plain).unwrap();
    assert!(!text.contains("channel"), "{text}");
    assert_eq!(
        serde_json::from_str::<SalesOrderDraft>(&text).unwrap(),
        plain
    );
}
