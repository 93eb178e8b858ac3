//! Choices that name a location or a channel of the shop.

use brygga_core::settings::{ChannelRow, Known, Settings};
use brygga_core::shop::Location;
use brygga_core::{Code, Problem};

fn known() -> Known {
    let location = |id: &str, name: &str| Location {
        id: id.into(),
        name: name.into(),
    };
    let locations = vec![
        location("7001", "Lager Oslo"),
        location("7002", "Returer"),
        location("7003", "Butikk"),
        location("7004", "Butikk"),
    ];
    Known::new(Ok(locations), [("347082227713".into(), "#1042".into())])
}

fn with(channels: &[&str], returns: &[&str], first: Option<&str>) -> Settings {
    let mut settings = Settings::default();
    let words = |list: &[&str]| list.iter().map(|word| (*word).to_owned()).collect();
    settings.leave_out.channels = words(channels);
    settings.stock.return_locations = words(returns);
    settings.stock.first_location = first.map(str::to_owned);
    settings
}

#[test]
fn what_is_typed_is_put_as_the_shop_has_it() {
    for (typed, kept) in [
        ("pos", "pos"),
        ("POS", "pos"),
        (" Pos ", "pos"),
        ("Point of  Sale", "pos"),
        ("Draft orders", "shopify_draft_order"),
        ("347082227713", "347082227713"),
    ] {
        let made = with(&[typed], &[], None).named(&Settings::default(), &known());
        assert_eq!(made, Ok(with(&[kept], &[], None)), "{typed}");
    }
    for (typed, kept) in [
        ("7002", "7002"),
        (" 7002 ", "7002"),
        ("returer", "7002"),
        ("  LAGER  oslo", "7001"),
    ] {
        let made = with(&[], &[typed], Some(typed)).named(&Settings::default(), &known());
        assert_eq!(made, Ok(with(&[], &[kept], Some(kept))), "{typed}");
    }
}

#[test]
fn what_the_shop_does_not_have_is_refused_and_what_it_has_is_named() {
    let refused = |settings: Settings| {
        settings
            .named(&Settings::default(), &known())
            .expect_err("refused")
    };
    let channel = refused(with(&["Butikken"], &[], None));
    assert_eq!(channel.code, Code::ChannelUnknown);
    assert_eq!(
        channel.to_string(),
        "No order came from the channel Butikken. Known are: 347082227713, pos, shopify_draft_order, web. [channel-unknown]"
    );
    // A name that two have says nothing.
    for typed in ["Returlager", "7009", "Butikk"] {
        let mut mapped = Settings::default();
        mapped.stock.locations.insert("1".into(), typed.into());
        for settings in [
            with(&[], &[typed], None),
            with(&[], &[], Some(typed)),
            mapped,
        ] {
            let problem = refused(settings);
            assert_eq!(problem.code, Code::LocationUnknown, "{typed}");
            let said = problem.to_string();
            assert!(
                said.contains(typed) && said.contains("Returer (7002)"),
                "{said}"
            );
        }
    }
}

#[test]
fn what_stood_there_may_stay_but_no_name_in_the_place_of_a_number() {
    let before = with(&["old-shop"], &["7009"], Some("7009"));
    assert_eq!(before.clone().named(&before, &known()), Ok(before));
    let before = with(&[], &["Returlager"], None);
    let again = before.clone().named(&before, &known());
    assert_eq!(again.expect_err("a name").code, Code::LocationUnknown);
}

#[test]
fn without_the_shops_answer_only_what_names_no_location_anew_is_kept() {
    let unread = Known::new(Err(Problem::from(Code::StoreBusy)), []);
    let before = with(&[], &["7002"], None);
    assert_eq!(before.clone().named(&before, &unread), Ok(before.clone()));
    let more = with(&["pos"], &["7002", "7001"], None);
    let problem = more.named(&before, &unread).expect_err("not to be told");
    assert_eq!(problem.code, Code::StoreBusy);
}

/// Rows are found by these keys, to the letter.
#[test]
fn the_keys_of_rows_are_put_as_the_shop_has_them() {
    let branch = |number: &str| ChannelRow {
        branch: Some(number.into()),
        ..ChannelRow::default()
    };
    let mut typed = Settings::default();
    typed.channels.insert("Point of sale".into(), branch("2"));
    typed.channels.insert("pos".into(), branch("3"));
    typed.channels.insert("WEB".into(), branch("4"));
    typed.stock.buffer.locations.insert("lager oslo".into(), 5);
    let warehouses = &mut typed.invoices.warehouses;
    warehouses.insert("Returer".into(), "RETUR".into());
    let named = typed.named(&Settings::default(), &known()).unwrap();
    let channels: Vec<_> = named.channels.iter().collect();
    assert_eq!(
        channels,
        [
            (&"pos".to_owned(), &branch("3")),
            (&"web".to_owned(), &branch("4"))
        ]
    );
    assert_eq!(named.stock.buffer.locations.get("7001"), Some(&5));
    assert_eq!(named.invoices.warehouses["7002"], "RETUR");

    let mut unknown = Settings::default();
    unknown.channels.insert("Butikken".into(), branch("2"));
    let refused = unknown.clone().named(&Settings::default(), &known());
    assert_eq!(refused.expect_err("unknown").code, Code::ChannelUnknown);
    assert_eq!(unknown.clone().named(&unknown, &known()), Ok(unknown));
    let mut unknown = Settings::default();
    unknown.stock.buffer.locations.insert("Butikk".into(), 1);
    let refused = unknown.named(&Settings::default(), &known());
    assert_eq!(refused.expect_err("two").code, Code::LocationUnknown);
}

/// An order may have left from a location that was closed since: it stands in the mapping by its number.
#[test]
fn a_closed_location_that_goods_left_from_has_a_warehouse() {
    let of = |place: &str| {
        let mut settings = Settings::default();
        let warehouses = &mut settings.invoices.warehouses;
        warehouses.insert(place.into(), "HOVED".into());
        settings
    };
    let closed = of("7009");
    let named = closed.clone().named(&Settings::default(), &known());
    assert_eq!(named, Ok(closed));
    let refused = of("Butikken").named(&Settings::default(), &known());
    assert_eq!(refused.expect_err("a name").code, Code::LocationUnknown);
}
