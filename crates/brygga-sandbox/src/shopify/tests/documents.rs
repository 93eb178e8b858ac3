//! The client's own documents run here, and the cost formula agrees with what real stores reported.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::shop_data::ShopData;
use crate::shopify::graphql::{self, Request};
use crate::shopify::store::Store;
use crate::shopify::world::{ShopifyConfig, World};

fn files(dir: &Path, ending: &str) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(dir) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    for path in entries.filter_map(|entry| entry.ok().map(|entry| entry.path())) {
        if path.is_dir() {
            found.extend(files(&path, ending));
        } else if path
            .extension()
            .is_some_and(|extension| extension == ending)
        {
            found.push(path);
        }
    }
    found.sort();
    found
}

fn world() -> World {
    let start = crate::pair::seeded_start();
    World::new(
        ShopifyConfig::default(),
        Store::new(&ShopData::seeded(2, 1, start)),
        start,
    )
}

/// Every recorded request that the subset schema knows, with the cost that the real store named.
#[test]
fn requested_costs_agree_with_the_recordings() {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/examples/shopify");
    if !dir.exists() {
        println!("SKIPPED: {} is not there", dir.display());
        return;
    }
    fn walk(value: &Value, world: &mut World, seen: &mut BTreeMap<String, (u64, u64)>) {
        if let Some(query) = value["query"].as_str() {
            let variables = [&value["variables"], &value["request"]["variables"]]
                .into_iter()
                .find(|one| one.is_object())
                .cloned()
                .unwrap_or(Value::Null);
            let answers = [
                &value["response"],
                &value["response"]["payload"],
                &value["response"]["body"],
            ];
            let real = answers
                .into_iter()
                .find_map(|answer| answer["extensions"]["cost"]["requestedQueryCost"].as_u64());
            if let Some(real) = real
                && let Ok(prepared) = graphql::prepare(
                    world,
                    &Request {
                        query: query.to_owned(),
                        variables: variables.clone(),
                        operation_name: None,
                    },
                )
            {
                seen.insert(
                    format!("{query} {variables}"),
                    (real, u64::from(prepared.requested())),
                );
            }
        }
        match value {
            Value::Object(map) => map.values().for_each(|value| walk(value, world, seen)),
            Value::Array(items) => items.iter().for_each(|value| walk(value, world, seen)),
            _ => {}
        }
    }
    let (mut world, mut seen) = (world(), BTreeMap::new());
    for file in files(&dir, "json") {
        if let Ok(value) = serde_json::from_slice::<Value>(&std::fs::read(&file).expect("readable"))
        {
            walk(&value, &mut world, &mut seen);
        }
    }
    let exact = seen.values().filter(|(real, ours)| real == ours).count();
    println!(
        "{exact} of {} recorded requests cost what the formula says",
        seen.len()
    );
    for (request, (real, ours)) in seen.iter().filter(|(_, (real, ours))| real != ours) {
        println!(
            "real {real}, ours {ours}: {}",
            request.split_whitespace().collect::<Vec<_>>().join(" ")
        );
    }
    // The formula itself is exact for about nine of ten shapes (facts 3.4).
    assert!(exact * 10 >= seen.len() * 8, "{exact} of {}", seen.len());
}
