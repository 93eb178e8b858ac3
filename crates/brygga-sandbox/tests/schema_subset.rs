//! The practice shop's schema is a subset of Shopify's official one, name by name: a query that works here works there.

#![allow(
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a test, its helpers included"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use apollo_compiler::Node;
use apollo_compiler::ast::{Definition, Document, FieldDefinition, InputValueDefinition};
use apollo_compiler::collections::HashMap;

const SUBSET: &str = include_str!("../src/shopify/schema.graphql");
const KEEP: &str = include_str!("../src/shopify/schema.keep");

/// What 2026-07, which the product asks for, has and 2026-10 no longer has (`facts/shopify 4.5`); the product must live without it.
const GONE_IN_2026_10: [&str; 1] =
    ["InventorySetQuantitiesUserErrorCode.ITEM_NOT_STOCKED_AT_LOCATION"];

fn official(version: &str) -> Option<String> {
    let path = PathBuf::from(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../../shared/spec/shopify"
    ))
    .join(format!("admin-{version}.graphql"));
    let text = std::fs::read_to_string(&path).ok();
    if text.is_none() {
        println!(
            "SKIPPED: the official schema {version} is not there ({})",
            path.display()
        );
    }
    text
}

fn parse(text: &str, name: &str) -> Document {
    Document::parse(text, name).expect("parses")
}

#[test]
fn the_subset_is_valid_and_small() {
    apollo_compiler::Schema::parse_and_validate(SUBSET, "schema.graphql").expect("valid by itself");
    assert!(SUBSET.len() < 150_000, "{} bytes", SUBSET.len());
}

/// Writes the subset anew when asked to, else checks that it is what the list says.
#[test]
fn the_subset_is_what_the_keep_list_says() {
    let Some(text) = official("2026-07") else {
        return;
    };
    let pruned = Pruning::new(&parse(&text, "official")).text();
    if std::env::var_os("BRYGGA_WRITE_SCHEMA").is_some() {
        std::fs::write(
            concat!(env!("CARGO_MANIFEST_DIR"), "/src/shopify/schema.graphql"),
            pruned,
        )
        .expect("writable");
    } else {
        assert!(
            pruned == SUBSET,
            "schema.graphql is older than schema.keep: write it anew with BRYGGA_WRITE_SCHEMA=1"
        );
    }
}

#[test]
fn every_name_of_the_subset_is_in_both_official_versions() {
    let mut subset = facts(&parse(SUBSET, "subset"));
    subset.remove("@oneOf");
    for version in ["2026-07", "2026-10"] {
        let Some(text) = official(version) else {
            continue;
        };
        let whole = facts(&parse(&text, version));
        let wrong: Vec<_> = subset
            .iter()
            .filter(|(name, fact)| whole.get(*name) != Some(fact))
            .filter(|(name, _)| version != "2026-10" || !GONE_IN_2026_10.contains(&name.as_str()))
            .map(|(name, fact)| {
                format!(
                    "{name}: {fact} here, {} there",
                    whole.get(name).map_or("nothing", String::as_str)
                )
            })
            .collect();
        assert!(
            wrong.is_empty(),
            "not as in the official {version}:\n{}",
            wrong.join("\n")
        );
        println!("{} names equal in {version}", subset.len());
    }
}

/// Every type, member, field, argument and enum value with its kind or exact type.
fn facts(document: &Document) -> BTreeMap<String, String> {
    let mut facts = BTreeMap::new();
    for definition in &document.definitions {
        let name = definition
            .name()
            .map(ToString::to_string)
            .unwrap_or_default();
        match definition {
            Definition::ObjectTypeDefinition(it) => {
                facts.insert(name.clone(), "type".to_owned());
                facts.extend(
                    it.implements_interfaces
                        .iter()
                        .map(|other| (format!("{name} implements {other}"), String::new())),
                );
                fields(&mut facts, &name, &it.fields);
            }
            Definition::InterfaceTypeDefinition(it) => {
                facts.insert(name.clone(), "interface".to_owned());
                fields(&mut facts, &name, &it.fields);
            }
            Definition::UnionTypeDefinition(it) => {
                facts.insert(name.clone(), "union".to_owned());
                facts.extend(
                    it.members
                        .iter()
                        .map(|member| (format!("{name} = {member}"), String::new())),
                );
            }
            Definition::EnumTypeDefinition(it) => {
                facts.insert(name.clone(), "enum".to_owned());
                facts.extend(
                    it.values
                        .iter()
                        .map(|value| (format!("{name}.{}", value.value), String::new())),
                );
            }
            Definition::InputObjectTypeDefinition(it) => {
                let one_of = it.directives.has("oneOf");
                facts.insert(name.clone(), format!("input, one of: {one_of}"));
                inputs(&mut facts, &name, &it.fields);
            }
            Definition::ScalarTypeDefinition(_) => {
                facts.insert(name, "scalar".to_owned());
            }
            Definition::DirectiveDefinition(it) => {
                facts.insert(
                    format!("@{name}"),
                    it.locations
                        .iter()
                        .map(ToString::to_string)
                        .collect::<Vec<_>>()
                        .join(" "),
                );
                inputs(&mut facts, &format!("@{name}"), &it.arguments);
            }
            _ => {}
        }
    }
    facts
}

fn fields(facts: &mut BTreeMap<String, String>, owner: &str, fields: &[Node<FieldDefinition>]) {
    for field in fields {
        let name = format!("{owner}.{}", field.name);
        inputs(facts, &name, &field.arguments);
        facts.insert(name, field.ty.to_string());
    }
}

fn inputs(
    facts: &mut BTreeMap<String, String>,
    owner: &str,
    inputs: &[Node<InputValueDefinition>],
) {
    for input in inputs {
        let default = input
            .default_value
            .as_ref()
            .map(|value| format!(" = {value}"))
            .unwrap_or_default();
        facts.insert(
            format!("{owner}({})", input.name),
            format!("{}{default}", input.ty),
        );
    }
}

/// Cuts the official schema down to the keep list.
struct Pruning<'a> {
    official: HashMap<&'a str, &'a Definition>,
    document: &'a Document,
    /// Type name to the only fields to keep; empty = all.
    kept: BTreeMap<String, BTreeSet<String>>,
}

impl<'a> Pruning<'a> {
    fn new(document: &'a Document) -> Self {
        let official = document
            .definitions
            .iter()
            .filter_map(|it| Some((it.name()?.as_str(), it)))
            .collect();
        let kept = KEEP
            .lines()
            .filter(|line| !line.trim().is_empty() && !line.starts_with('#'))
            .map(|line| {
                let (name, fields) = line.split_once(':').unwrap_or((line, ""));
                (
                    name.trim().to_owned(),
                    fields.split_whitespace().map(str::to_owned).collect(),
                )
            })
            .collect();
        let mut pruning = Self {
            official,
            document,
            kept,
        };
        for name in pruning.kept.keys() {
            assert!(
                pruning.official.contains_key(name.as_str()),
                "schema.keep names {name}, which the official schema does not know"
            );
        }
        pruning.reach();
        pruning
    }

    /// Adds what the kept fields need by themselves, until nothing is missing.
    fn reach(&mut self) {
        loop {
            let mut missing = BTreeSet::new();
            for name in self.kept.keys() {
                match self.official.get(name.as_str()) {
                    Some(Definition::ObjectTypeDefinition(it)) => it
                        .fields
                        .iter()
                        .for_each(|field| self.need(&mut missing, name, field)),
                    Some(Definition::InterfaceTypeDefinition(it)) => it
                        .fields
                        .iter()
                        .for_each(|field| self.need(&mut missing, name, field)),
                    Some(Definition::InputObjectTypeDefinition(it)) => {
                        missing.extend(
                            it.fields
                                .iter()
                                .map(|field| field.ty.inner_named_type().to_string()),
                        );
                    }
                    _ => {}
                }
            }
            missing.retain(|name| {
                !self.kept.contains_key(name) && self.official.contains_key(name.as_str())
            });
            if missing.is_empty() {
                return;
            }
            self.kept
                .extend(missing.into_iter().map(|name| (name, BTreeSet::new())));
        }
    }

    fn need(&self, missing: &mut BTreeSet<String>, owner: &str, field: &FieldDefinition) {
        if !self.keeps(owner, field) {
            return;
        }
        missing.insert(field.ty.inner_named_type().to_string());
        missing.extend(
            field
                .arguments
                .iter()
                .map(|argument| argument.ty.inner_named_type().to_string()),
        );
    }

    fn keeps(&self, owner: &str, field: &FieldDefinition) -> bool {
        let Some(only) = self.kept.get(owner) else {
            return false;
        };
        if !only.is_empty() && !only.contains(field.name.as_str()) {
            return false;
        }
        let result = field.ty.inner_named_type().as_str();
        self.kept.contains_key(result)
            || match self.official.get(result) {
                None
                | Some(Definition::ScalarTypeDefinition(_) | Definition::EnumTypeDefinition(_)) => {
                    true
                }
                // A connection or edge goes with its nodes.
                Some(Definition::ObjectTypeDefinition(it)) => {
                    result == "PageInfo"
                        || it.fields.iter().any(|inner| {
                            let ty = inner.ty.inner_named_type().as_str();
                            match inner.name.as_str() {
                                "nodes" => {
                                    result.ends_with("Connection") && self.kept.contains_key(ty)
                                }
                                "node" => result.ends_with("Edge") && self.kept.contains_key(ty),
                                _ => false,
                            }
                        })
                }
                Some(_) => false,
            }
    }

    fn text(&self) -> String {
        let mut definitions: Vec<(String, Definition)> = Vec::new();
        for definition in &self.document.definitions {
            let name = definition
                .name()
                .map(ToString::to_string)
                .unwrap_or_default();
            let keep = self.kept.contains_key(&name);
            let mut copy = definition.clone();
            match &mut copy {
                Definition::SchemaDefinition(it) => it.make_mut().description = None,
                Definition::DirectiveDefinition(it) if name == "idempotent" => {
                    let it = it.make_mut();
                    it.description = None;
                    it.arguments
                        .iter_mut()
                        .for_each(|argument| argument.make_mut().description = None);
                }
                _ if !keep => continue,
                Definition::ObjectTypeDefinition(it) => {
                    let it = it.make_mut();
                    it.description = None;
                    it.directives.0.clear();
                    it.implements_interfaces
                        .retain(|interface| self.kept.contains_key(interface.as_str()));
                    self.prune(&name, &mut it.fields);
                }
                Definition::InterfaceTypeDefinition(it) => {
                    let it = it.make_mut();
                    it.description = None;
                    it.directives.0.clear();
                    it.implements_interfaces
                        .retain(|interface| self.kept.contains_key(interface.as_str()));
                    self.prune(&name, &mut it.fields);
                }
                Definition::UnionTypeDefinition(it) => {
                    let it = it.make_mut();
                    it.description = None;
                    it.members
                        .retain(|member| self.kept.contains_key(member.as_str()));
                }
                Definition::EnumTypeDefinition(it) => {
                    let it = it.make_mut();
                    it.description = None;
                    for value in &mut it.values {
                        value.make_mut().description = None;
                        value.make_mut().directives.0.clear();
                    }
                }
                Definition::InputObjectTypeDefinition(it) => {
                    let it = it.make_mut();
                    it.description = None;
                    it.directives
                        .0
                        .retain(|directive| directive.name == "oneOf");
                    it.fields.iter_mut().for_each(bare);
                }
                Definition::ScalarTypeDefinition(it) => {
                    let it = it.make_mut();
                    it.description = None;
                    it.directives.0.clear();
                }
                _ => continue,
            }
            definitions.push((name, copy));
        }
        let mut text = String::from(
            "# Generated from the official Admin schema 2026-07 and schema.keep; do not edit.\n",
        );
        // Built into GraphQL itself, so the official text need not declare it, but the parser wants it declared.
        text.push_str("directive @oneOf on INPUT_OBJECT\n");
        for (_, definition) in definitions {
            text.push_str(&definition.serialize().to_string());
            text.push('\n');
        }
        text
    }

    fn prune(&self, owner: &str, fields: &mut Vec<Node<FieldDefinition>>) {
        fields.retain(|field| self.keeps(owner, field));
        for field in fields {
            let field = field.make_mut();
            field.description = None;
            field.directives.0.clear();
            field.arguments.iter_mut().for_each(bare);
        }
    }
}

fn bare(input: &mut Node<InputValueDefinition>) {
    let input = input.make_mut();
    input.description = None;
    input
        .directives
        .0
        .retain(|directive| directive.name == "oneOf");
}
