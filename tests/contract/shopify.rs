//! GraphQL documents against both official schemas, and every operation of the product at least once.

use std::collections::{BTreeMap, BTreeSet};

use apollo_compiler::validation::Valid;
use apollo_compiler::{ExecutableDocument, Schema};

use crate::record;

fn official(version: &str) -> Valid<Schema> {
    let path = brygga_tests::shared()
        .expect("shared")
        .join(format!("spec/shopify/admin-{version}.graphql"));
    let mut text = std::fs::read_to_string(path).expect("the official schema");
    // Known to the servers, not to the compiler of this version.
    if !text.contains("directive @oneOf") {
        text.push_str("\ndirective @oneOf on INPUT_OBJECT\n");
    }
    Schema::parse_and_validate(text, version).unwrap_or_else(|error| panic!("{version}: {error}"))
}

#[test]
fn every_document_is_valid_in_both_versions_and_every_operation_was_sent() {
    let Some(sent) = record::of("shopify") else {
        return;
    };
    let mut documents: BTreeMap<String, usize> = BTreeMap::new();
    let mut operations = BTreeSet::new();
    for request in &sent {
        if request.path.ends_with("/access_token") {
            continue;
        }
        assert_eq!(request.method, "POST", "{}", request.path);
        assert_eq!(
            request.path,
            format!("/admin/api/{}/graphql.json", brygga_shopify::API_VERSION)
        );
        let query = request.body["query"]
            .as_str()
            .unwrap_or_else(|| panic!("no document in {}", request.body));
        *documents.entry(query.to_owned()).or_default() += 1;
        operations.extend(request.operation.clone());
    }
    for version in ["2026-07", "2026-10"] {
        let schema = official(version);
        for document in documents.keys() {
            if let Err(error) =
                ExecutableDocument::parse_and_validate(&schema, document.as_str(), "sent.graphql")
            {
                panic!("{version}: {error}\n{document}");
            }
        }
    }
    let known: BTreeSet<String> = brygga_shopify::documents::ALL
        .iter()
        .map(|document| document.operation.to_owned())
        .collect();
    let missing: Vec<_> = known.difference(&operations).collect();
    assert!(
        missing.is_empty(),
        "never sent: {missing:?}; sent: {operations:?}"
    );
}
