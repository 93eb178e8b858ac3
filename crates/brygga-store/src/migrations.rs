//! The steps that bring a file to the newest version. Steps are only added, at the end; one that was released never changes.

use rusqlite_migration::{M, Migrations};

use crate::{erased, table};

/// Every step; the version of a file is how many of them it has.
const STEPS: &[M<'static>] = &[
    M::up(table::meta::CREATE),
    M::up(table::mirror::CREATE),
    M::up(table::cursors::CREATE),
    M::up(table::records::CREATE),
    M::up(table::journal::CREATE),
    M::up(table::links::CREATE),
    M::up(table::settings::CREATE),
    M::up(table::activity::CREATE),
    M::up(table::exchanges::CREATE),
    M::up(table::runs::CREATE),
    M::up(table::records::ADD_PART_OF),
    M::up(table::activity::ADD_FILTERS),
    M::up(table::records::ADD_NAMES),
    M::up(table::background::CREATE),
    M::up(table::mirror::ADD_ERASED),
    M::up(table::undone::CREATE),
    M::up(table::search::CREATE),
    M::up(table::activity_find::ADD_SERIOUS_BY_KIND),
    M::up(erased::CREATE),
    M::up(table::moved::CREATE),
];

/// The steps, ready to run.
pub(crate) fn migrations() -> Migrations<'static> {
    Migrations::from_slice(STEPS)
}

/// The newest version this program knows.
pub(crate) fn known_version() -> i64 {
    i64::try_from(STEPS.len()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_step_runs() {
        super::migrations().validate().unwrap();
    }
}
