//! What a folder of recordings held, told honestly (`design` 7, `--shop-data`).

use serde::Serialize;

/// The account of one folder.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct ShopDataReport {
    /// JSON files read.
    pub files: usize,
    /// Distinct orders met.
    pub found: usize,
    /// Orders that the practice shop serves.
    pub served: usize,
    /// What was filled in, order by order.
    pub filled: Vec<Filled>,
    /// The orders that are not served, each with what it lacks.
    pub not_served: Vec<NotServed>,
}

/// What was filled into one served order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Filled {
    /// Numeric id of the order.
    pub id: String,
    /// The fields, by their GraphQL names.
    pub fields: Vec<String>,
    /// The mark that the order carries: a tag by which people recognise that it was completed.
    pub marked: String,
}

/// One order that cannot be served.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NotServed {
    /// Numeric id of the order.
    pub id: String,
    /// The newest file that holds it, relative to the folder.
    pub file: String,
    /// What it lacks.
    pub missing: Vec<String>,
}
