//! Which warehouse is which location, as their names tell it: suggested, never applied unasked.

use crate::erp::Warehouse;
use crate::shop::Location;

/// The active warehouse that is called as the location is; none where no name fits, or more than one does.
pub fn warehouse_of<'a>(location: &Location, warehouses: &'a [Warehouse]) -> Option<&'a Warehouse> {
    let active = warehouses.iter().filter(|warehouse| warehouse.active);
    called(active, |warehouse| fit(location, warehouse))
}

/// The location that is called as the warehouse is; none where no name fits, or more than one does.
pub fn location_of<'a>(warehouse: &Warehouse, locations: &'a [Location]) -> Option<&'a Location> {
    called(locations.iter(), |location| fit(location, warehouse))
}

/// How well the names fit each other: one that is the same goes before one that is part of the other.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fit {
    Same,
    Part,
}

/// Shorter names, such as `HQ`, are part of too much.
const LETTERS: usize = 4;

fn fit(location: &Location, warehouse: &Warehouse) -> Option<Fit> {
    let place = plain(&location.name);
    let names = [plain(&warehouse.description), plain(&warehouse.id)];
    if place.is_empty() {
        return None;
    }
    if names.contains(&place) {
        return Some(Fit::Same);
    }
    let part = |one: &str, whole: &str| one.chars().count() >= LETTERS && whole.contains(one);
    let within = |name: &String| part(name, &place) || part(&place, name);
    names.iter().any(within).then_some(Fit::Part)
}

fn called<'a, T>(
    of: impl Iterator<Item = &'a T>,
    fits: impl Fn(&T) -> Option<Fit>,
) -> Option<&'a T> {
    let found: Vec<(Fit, &T)> = of.filter_map(|one| Some((fits(one)?, one))).collect();
    let only = |wanted: Fit| {
        let mut those = found.iter().filter(|(fit, _)| *fit == wanted);
        (those.next(), those.next())
    };
    match (only(Fit::Same), only(Fit::Part)) {
        ((Some((_, one)), None), _) | ((None, _), (Some((_, one)), None)) => Some(one),
        _ => None,
    }
}

fn plain(text: &str) -> String {
    text.chars()
        .filter(|letter| letter.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}
