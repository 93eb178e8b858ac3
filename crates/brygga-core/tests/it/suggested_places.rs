//! Which warehouse is suggested for a location, and the other way round, by what they are called.

use brygga_core::booking::suggest_places::{location_of, warehouse_of};
use brygga_core::erp::Warehouse;
use brygga_core::shop::Location;

fn warehouse(id: &str, description: &str, active: bool) -> Warehouse {
    Warehouse {
        id: id.into(),
        description: description.into(),
        active,
    }
}

fn location(name: &str) -> Location {
    Location {
        id: name.into(),
        name: name.into(),
    }
}

#[test]
fn a_location_is_the_warehouse_that_is_called_like_it_and_no_other() {
    let warehouses = [
        warehouse("1", "Hovedlager", true),
        warehouse("2", "Butikk Bergen", true),
        warehouse("3", "Butikk Bergen sentrum", true),
        warehouse("OSLO", "Lager øst", true),
        warehouse("9", "Gammelt lager", false),
    ];
    let of = |name: &str| warehouse_of(&location(name), &warehouses).map(|one| one.id.as_str());
    for (name, wanted) in [
        ("hovedlager", Some("1")),
        ("Hovedlager (Storgata 1)", Some("1")),
        // The same goes before a part of it.
        ("Butikk, Bergen", Some("2")),
        ("Oslo", Some("OSLO")),
        // Two have it in their names.
        ("Bergen", None),
        // Nothing is sent from what is not in use.
        ("Gammelt lager", None),
        // A short one is part of too much.
        ("ost", None),
        ("st", None),
        ("Trondheim", None),
        ("\u{2013}", None),
        ("", None),
    ] {
        assert_eq!(of(name), wanted, "{name}");
    }
}

#[test]
fn a_warehouse_is_the_location_that_is_called_like_it() {
    let locations = [
        location("Storgata 1"),
        location("Butikk"),
        location("butikk"),
    ];
    let of = |id: &str, text: &str| {
        location_of(&warehouse(id, text, true), &locations).map(|one| one.id.as_str())
    };
    assert_eq!(of("1", "Lager Storgata 1"), Some("Storgata 1"));
    assert_eq!(of("BUTIKK", ""), None, "two are called so");
    assert_eq!(of("2", "Fjernlager"), None);
}
