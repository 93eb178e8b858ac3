//! Every document against the official schemas of the pinned version and the next, and its cost against the first line.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a test may fail by a panic, and says what it leaves out"
)]

use std::path::PathBuf;

use apollo_compiler::executable::{Field, Selection, SelectionSet};
use apollo_compiler::validation::Valid;
use apollo_compiler::{ExecutableDocument, Schema};
use brygga_shopify::documents::{self, Document};

/// The official schemas lie beside the repository for those who have them.
const OFFICIAL: [&str; 2] = ["admin-2026-07.graphql", "admin-2026-10.graphql"];

fn official(name: &str) -> Option<Valid<Schema>> {
    let path = PathBuf::from(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../../shared/spec/shopify"
    ))
    .join(name);
    let Ok(mut text) = std::fs::read_to_string(&path) else {
        println!("skipped: {} is not there", path.display());
        return None;
    };
    // the compiler does not know this directive of the newer specification
    text.push_str("\ndirective @oneOf on INPUT_OBJECT\n");
    Some(Schema::parse_and_validate(text, name).unwrap_or_else(|error| panic!("{name}: {error}")))
}

/// The subset that the practice shop serves: always there.
fn practice() -> Valid<Schema> {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../brygga-sandbox/src/shopify/schema.graphql"
    );
    let text = std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{path}: {error}"));
    Schema::parse_and_validate(text, "schema.graphql").unwrap_or_else(|error| panic!("{error}"))
}

fn parse(schema: &Valid<Schema>, document: &Document) -> Valid<ExecutableDocument> {
    ExecutableDocument::parse_and_validate(schema, document.text, document.operation)
        .unwrap_or_else(|error| panic!("{}: {error}", document.operation))
}

#[test]
fn every_document_is_valid_in_both_official_versions() {
    for name in OFFICIAL {
        let Some(schema) = official(name) else {
            continue;
        };
        for document in documents::ALL {
            let parsed = parse(&schema, document);
            let (name, _) = parsed.operations.named.first().expect("an operation");
            assert_eq!(name.as_str(), document.operation);
        }
        let version = name
            .trim_start_matches("admin-")
            .trim_end_matches(".graphql");
        println!("{} documents are valid in {version}", documents::ALL.len());
    }
}

#[test]
fn the_pinned_version_is_one_that_the_documents_are_checked_against() {
    assert!(OFFICIAL[0].contains(brygga_shopify::API_VERSION));
}

#[test]
fn every_document_is_valid_in_the_practice_shop_and_costs_what_it_says() {
    let schema = practice();
    let mut wrong = Vec::new();
    for document in documents::ALL {
        let parsed = parse(&schema, document);
        let operation = parsed
            .operations
            .get(Some(document.operation))
            .expect("the operation");
        let cost = if operation.is_mutation() {
            mutations(&operation.selection_set, &parsed)
        } else {
            selection(&operation.selection_set, &parsed)
        };
        println!("{}: {cost}", document.operation);
        assert!(
            cost <= 1000,
            "{} costs {cost}: a query may cost 1000",
            document.operation
        );
        if document.cost() != cost {
            wrong.push(format!(
                "{}: the first line must be `# cost: {cost}`",
                document.operation
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_file_is_used_and_its_cost_is_on_its_first_line() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/documents");
    let mut files = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path
            .extension()
            .is_some_and(|extension| extension == "graphql")
        {
            let text = std::fs::read_to_string(&path).unwrap();
            assert!(text.starts_with("# cost: "), "{}", path.display());
            assert!(
                documents::ALL
                    .iter()
                    .any(|document| document.text.starts_with(&text)),
                "{} is not sent by anybody",
                path.display()
            );
            files += 1;
        }
    }
    assert_eq!(files, documents::ALL.len());
}

#[test]
fn pages_of_changed_orders_hold_fifty() {
    assert!(documents::ORDERS_CHANGED.text.contains("orders(first: 50,"));
}

#[test]
fn the_formula_agrees_with_recorded_costs() {
    // facts/shopify 3.4: connections of leaf-only nodes
    assert_eq!(
        [1, 5, 10, 20, 50, 100, 200, 250].map(|first| 2 + rows(first)),
        [3, 5, 6, 7, 9, 11, 12, 13]
    );
    assert_eq!(rows(0), 0);
}

// The cost formula of facts/shopify 3.4, over a parsed document. The practice shop has its own.

fn selection(set: &SelectionSet, document: &ExecutableDocument) -> u32 {
    let cost = |part: &Selection| match part {
        Selection::Field(field) => field_cost(field, document),
        Selection::InlineFragment(fragment) => selection(&fragment.selection_set, document),
        Selection::FragmentSpread(spread) => selection(
            &spread
                .fragment_def(document)
                .expect("a known fragment")
                .selection_set,
            document,
        ),
    };
    set.selections.iter().map(cost).sum()
}

/// A mutation costs 10, setting the tracking 50; objects directly in its payload are free, what they nest is not.
fn mutations(set: &SelectionSet, document: &ExecutableDocument) -> u32 {
    let payload = |inner: &Field| {
        let cost = field_cost(inner, document);
        let of = inner.ty().inner_named_type().as_str();
        if of.ends_with("Connection") || of.ends_with("UserError") {
            cost
        } else {
            cost.saturating_sub(1)
        }
    };
    set.fields()
        .map(|field| {
            let base = if field.name == "fulfillmentTrackingInfoUpdate" {
                50
            } else {
                10
            };
            base + field
                .selection_set
                .fields()
                .map(|inner| payload(inner))
                .sum::<u32>()
        })
        .sum()
}

fn field_cost(field: &Field, document: &ExecutableDocument) -> u32 {
    const FREE: &[&str] = &[
        "MoneyBag",
        "MoneyV2",
        "MailingAddress",
        "LocationAddress",
        "ShopAddress",
        "CustomerEmailAddress",
        "CustomerPhoneNumber",
        "PageInfo",
    ];
    if field.selection_set.selections.is_empty() {
        return 0;
    }
    let of = field.ty().inner_named_type().as_str();
    let inside = selection(&field.selection_set, document);
    if of.ends_with("Connection") {
        let first = field
            .specified_argument_by_name("first")
            .and_then(|value| value.to_i32())
            .expect("a literal page size");
        // `nodes` and `edges` are no objects of their own; the node's own point is the 1
        let node = inside - u32::from(of_nodes(field));
        2 + rows(first) * (1 + node)
    } else if FREE.contains(&of) || of.ends_with("Edge") || field.name == "userErrors" {
        inside
    } else {
        1 + inside
    }
}

/// `nodes` is a list of objects and has counted one point already.
fn of_nodes(connection: &Field) -> bool {
    connection
        .selection_set
        .fields()
        .any(|field| field.name == "nodes")
}

#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "small whole numbers by the formula itself"
)]
fn rows(first: i32) -> u32 {
    match first {
        0 => 0,
        _ => ((2.0 * f64::from(first).ln()).floor() as u32).max(1),
    }
}
