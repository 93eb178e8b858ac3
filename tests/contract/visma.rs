//! Visma.net paths, query parameters and bodies against the official OpenAPI files. A property or parameter that they do not
//! declare is a failure.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::record;

/// Every operation of the product: one that no suite sends is not proven.
const OPERATIONS: &[&str] = &[
    "GET /api/v3/SalesOrders",
    "POST /api/v3/SalesOrders",
    "GET /api/v3/SalesOrders/{type}/{orderId}",
    "PATCH /api/v3/SalesOrders/{type}/{orderId}",
    "GET /api/v3/SalesOrders/{type}/{orderId}/lines",
    "PATCH /api/v3/SalesOrders/{type}/{orderId}/lines",
    "POST /api/v3/SalesOrders/{type}/{orderId}/lines",
    "DELETE /api/v3/SalesOrders/{type}/{orderId}/lines",
    "GET /api/v3/SalesOrders/{type}/{orderId}/tax",
    "GET /v1/customer",
    "POST /v1/customer",
    "GET /v1/customer/customerClass",
    "GET /v1/inventory",
    "GET /v1/vat",
    "GET /v1/warehouse",
    "GET /v1/currency",
    "GET /v1/paymentmethod",
    "GET /v1/cashaccount",
    "GET /v1/account",
    "GET /v1/branch",
    "GET /v1/financialPeriod",
    "GET /v1/salesordertype",
];

struct Spec {
    document: Value,
    /// Fields newer than the file, by type, each seen in the delta file (`facts/visma` 2).
    newer: BTreeMap<String, BTreeSet<String>>,
}

impl Spec {
    fn read(name: &str) -> Self {
        let folder = brygga_tests::shared().expect("shared").join("spec/visma");
        let file = |name: &str| -> Value {
            serde_json::from_str(
                &std::fs::read_to_string(folder.join(name)).expect("the official file"),
            )
            .expect("JSON")
        };
        let delta = file("delta_2025-04_to_2026-08.json");
        let newer = delta["new_fields"]
            .as_object()
            .into_iter()
            .flatten()
            .map(|(name, fields)| {
                (
                    name.clone(),
                    fields
                        .as_array()
                        .into_iter()
                        .flatten()
                        .filter_map(|field| field.as_str().map(str::to_owned))
                        .collect(),
                )
            })
            .collect();
        Self {
            document: file(name),
            newer,
        }
    }

    /// The declared path that a sent one is an instance of; the one with the most fixed parts, when several fit.
    fn path(&self, sent: &str) -> Option<(String, &Value)> {
        let parts: Vec<&str> = sent.trim_matches('/').split('/').collect();
        let fits = |declared: &str| {
            let declared: Vec<&str> = declared.trim_matches('/').split('/').collect();
            declared.len() == parts.len()
                && declared
                    .iter()
                    .zip(&parts)
                    .all(|(want, got)| want.starts_with('{') || want.eq_ignore_ascii_case(got))
        };
        let paths = self.document["paths"].as_object()?;
        paths
            .iter()
            .filter(|(declared, _)| fits(declared))
            .min_by_key(|(declared, _)| declared.matches('{').count())
            .map(|(declared, methods)| (declared.clone(), methods))
    }

    fn resolve<'a>(&'a self, schema: &'a Value) -> (Option<String>, &'a Value) {
        match schema["$ref"].as_str() {
            Some(reference) => {
                let name = reference.rsplit('/').next().unwrap_or_default();
                (
                    Some(name.to_owned()),
                    &self.document["components"]["schemas"][name],
                )
            }
            None => (None, schema),
        }
    }

    fn check(&self, value: &Value, schema: &Value, place: &str, faults: &mut Vec<String>) {
        let (name, schema) = self.resolve(schema);
        if let Some(options) = schema["allOf"]
            .as_array()
            .filter(|options| options.len() == 1)
        {
            return self.check(value, &options[0], place, faults);
        }
        match value {
            Value::Null => {}
            Value::Object(fields) => {
                let declared = schema["properties"].as_object();
                if declared.is_none()
                    && schema["additionalProperties"] != Value::Bool(false)
                    && schema["type"] != "object"
                {
                    faults.push(format!(
                        "{place}: an object where {} is declared",
                        schema["type"]
                    ));
                    return;
                }
                for (field, inner) in fields {
                    let place = format!("{place}.{field}");
                    match declared.and_then(|declared| declared.get(field)) {
                        Some(schema) => self.check(inner, schema, &place, faults),
                        None if schema["additionalProperties"].is_object() => {
                            self.check(inner, &schema["additionalProperties"], &place, faults);
                        }
                        None if name
                            .as_ref()
                            .and_then(|name| self.newer.get(name))
                            .is_some_and(|newer| newer.contains(field)) => {}
                        None => faults.push(format!(
                            "{place}: not declared in {}",
                            name.as_deref().unwrap_or("the body")
                        )),
                    }
                }
            }
            Value::Array(rows) => {
                if schema["type"] != "array" {
                    faults.push(format!(
                        "{place}: a list where {} is declared",
                        schema["type"]
                    ));
                }
                for (index, row) in rows.iter().enumerate() {
                    self.check(row, &schema["items"], &format!("{place}[{index}]"), faults);
                }
            }
            Value::String(text) => {
                if let Some(allowed) = schema["enum"].as_array()
                    && !allowed.iter().any(|one| one == value)
                {
                    faults.push(format!("{place}: {text} is not among {allowed:?}"));
                } else if schema["enum"].is_null() && schema["type"] != "string" {
                    faults.push(format!(
                        "{place}: text where {} is declared",
                        schema["type"]
                    ));
                }
                if schema["maxLength"]
                    .as_u64()
                    .is_some_and(|most| text.encode_utf16().count() as u64 > most)
                {
                    faults.push(format!("{place}: longer than {}", schema["maxLength"]));
                }
            }
            Value::Number(_) if schema["type"] == "number" || schema["type"] == "integer" => {}
            Value::Bool(_) if schema["type"] == "boolean" => {}
            other => faults.push(format!(
                "{place}: {other} where {} is declared",
                schema["type"]
            )),
        }
    }
}

#[test]
fn every_path_parameter_and_body_is_declared_and_every_operation_was_sent() {
    let Some(sent) = record::of("visma") else {
        return;
    };
    let orders = Spec::read("visma-net-salesorder-v3_1.1.0.1279_2025-02.openapi3.json");
    let erp = Spec::read("visma-net-erp-service-api_2025-04-24.openapi3.json");
    let mut faults = Vec::new();
    let mut operations = BTreeSet::new();
    for request in sent
        .iter()
        .filter(|request| !request.path.starts_with("/connect/"))
    {
        let spec = if request.path.starts_with("/api/v3/") {
            &orders
        } else {
            &erp
        };
        let Some((declared, methods)) = spec.path(&request.path) else {
            faults.push(format!("{} {}: no such path", request.method, request.path));
            continue;
        };
        let operation = &methods[request.method.to_lowercase()];
        if operation.is_null() {
            faults.push(format!("{} {declared}: no such method", request.method));
            continue;
        }
        operations.insert(format!("{} {declared}", request.method));
        let parameters: BTreeSet<String> = [&operation["parameters"], &methods["parameters"]]
            .into_iter()
            .filter_map(Value::as_array)
            .flatten()
            .filter(|parameter| parameter["in"] == "query")
            .filter_map(|parameter| parameter["name"].as_str().map(str::to_lowercase))
            .collect();
        for pair in request.query.split('&').filter(|pair| !pair.is_empty()) {
            let name = pair.split('=').next().unwrap_or_default().to_lowercase();
            if !parameters.contains(&name) {
                faults.push(format!(
                    "{} {declared}: no query parameter {name}",
                    request.method
                ));
            }
        }
        let body = &operation["requestBody"]["content"];
        match (
            &request.body,
            body.as_object().and_then(|kinds| {
                kinds
                    .get("application/json")
                    .or_else(|| kinds.values().next())
            }),
        ) {
            (Value::Null, _) => {}
            (value, Some(kind)) => spec.check(
                value,
                &kind["schema"],
                &format!("{} {declared}", request.method),
                &mut faults,
            ),
            (_, None) => faults.push(format!("{} {declared}: takes no body", request.method)),
        }
    }
    faults.sort();
    faults.dedup();
    assert!(
        faults.is_empty(),
        "{} faults:\n{}",
        faults.len(),
        faults.join("\n")
    );
    let missing: Vec<_> = OPERATIONS
        .iter()
        .filter(|operation| {
            !operations
                .iter()
                .any(|sent| sent.eq_ignore_ascii_case(operation))
        })
        .collect();
    assert!(
        missing.is_empty(),
        "never sent: {missing:?}\nsent: {operations:#?}"
    );
}
