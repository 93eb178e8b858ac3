//! From a request to an answer: parse, validate, price, run.

mod cost;
mod errors;

use std::cell::{OnceCell, RefCell};
use std::sync::{Arc, LazyLock};

use apollo_compiler::collections::HashMap;
use apollo_compiler::executable::Operation;
use apollo_compiler::request::coerce_variable_values;
use apollo_compiler::resolvers::Execution;
use apollo_compiler::response::{JsonMap, JsonValue};
use apollo_compiler::schema::{ExtendedType, FieldDefinition, Implementers};
use apollo_compiler::validation::Valid;
use apollo_compiler::{ExecutableDocument, Name, Schema};
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Map, Value, json};

use super::resolve::{Answers, Context, Mutations, Queries};
use super::store::Store;
use super::world::{Bucket, ShopifyConfig, World};

/// The most that one query may ask for (`facts/shopify 3.2`).
pub(super) const MOST_COST: u32 = 1000;

const TEXT: &str = include_str!("../schema.graphql");

struct Parsed {
    schema: Valid<Schema>,
    implementers: HashMap<Name, Implementers>,
}

/// The schema, parsed once. It is part of the program and a test proves it valid; were it broken, every document would be refused.
static WHOLE: LazyLock<Option<Parsed>> = LazyLock::new(|| parse(|_| ()));

/// The schema for recorded shops. It promises no single value, because a recording holds only what somebody once selected: what is not
/// recorded is null here, and that is a lack of the recording, not a value.
static THIN: LazyLock<Option<Parsed>> = LazyLock::new(|| parse(promise_nothing));

fn parse(change: impl Fn(&mut Schema)) -> Option<Parsed> {
    let mut schema = Schema::parse(TEXT, "schema.graphql")
        .inspect_err(|error| tracing::error!(%error, "the practice schema is broken"))
        .ok()?;
    change(&mut schema);
    let schema = schema
        .validate()
        .inspect_err(|error| tracing::error!(%error, "the practice schema is broken"))
        .ok()?;
    let implementers = schema.implementers_map();
    Some(Parsed {
        schema,
        implementers,
    })
}

fn promise_nothing(schema: &mut Schema) {
    let promised = |name: &str| {
        // What the server itself makes is always whole.
        name.ends_with("Connection") || matches!(name, "QueryRoot" | "Mutation" | "PageInfo")
    };
    let relax = |field: &mut FieldDefinition| {
        let ty = &field.ty;
        if ty.is_non_null() && !ty.is_list() && !promised(ty.inner_named_type()) {
            field.ty = field.ty.clone().nullable();
        }
    };
    for (name, definition) in &mut schema.types {
        match definition {
            _ if promised(name) => {}
            ExtendedType::Object(object) => {
                for field in object.make_mut().fields.values_mut() {
                    relax(field.make_mut());
                }
            }
            ExtendedType::Interface(interface) => {
                for field in interface.make_mut().fields.values_mut() {
                    relax(field.make_mut());
                }
            }
            _ => {}
        }
    }
}

/// A request as it came.
#[derive(Debug, Default)]
pub(super) struct Request {
    pub(super) query: String,
    pub(super) variables: Value,
    pub(super) operation_name: Option<String>,
}

/// What faults ask of one request.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Tampering {
    pub(super) throttled: bool,
    pub(super) empty_lists: bool,
    pub(super) doubled: bool,
    pub(super) stale_s: u32,
}

/// A request that parsed.
pub(super) struct Prepared {
    parsed: &'static Parsed,
    document: Arc<Valid<ExecutableDocument>>,
    operation_name: Option<String>,
    variables: Valid<JsonMap>,
    requested: u32,
    /// The operation's name and the names of its root fields.
    pub(super) names: Vec<String>,
    pub(super) is_mutation: bool,
    /// A mutation that only touches metafields of the app's own installation.
    pub(super) is_lease: bool,
}

/// Parses, validates and prices a request; on failure the whole body of the answer.
pub(super) fn prepare(world: &mut World, request: &Request) -> Result<Prepared, Value> {
    let schema = if world.store.thin { &THIN } else { &WHOLE };
    let parsed = schema
        .as_ref()
        .ok_or_else(|| refused(vec![json!({ "message": "The practice schema is broken." })]))?;
    let document = if let Some(known) = world.documents.get(&request.query) {
        Arc::clone(known)
    } else {
        let document =
            ExecutableDocument::parse_and_validate(&parsed.schema, &*request.query, "request")
                .map_err(|invalid| {
                    refused(errors::validation(
                        &invalid.errors,
                        &operation_label(&invalid.partial),
                    ))
                })?;
        let document = Arc::new(document);
        world
            .documents
            .insert(request.query.clone(), Arc::clone(&document));
        document
    };
    let operation_name = request
        .operation_name
        .clone()
        .filter(|name| !name.is_empty());
    let operation = document
        .operations
        .get(operation_name.as_deref())
        .map_err(|error| refused(vec![json!({ "message": error.message().to_string() })]))?;
    let given = match serde_json::from_value::<JsonValue>(request.variables.clone()) {
        Ok(JsonValue::Object(given)) => given,
        _ => JsonMap::new(),
    };
    let variables = coerce_variable_values(&parsed.schema, operation, &given)
        .map_err(|error| refused(vec![errors::bad_variables(&error.message().to_string())]))?;
    let costing = cost::Costing {
        schema: &parsed.schema,
        document: &document,
        variables: &variables,
    };
    let requested = costing.requested(operation);
    let roots = operation
        .root_fields(&document)
        .map(|field| field.name.to_string());
    let names: Vec<String> = operation
        .name
        .iter()
        .map(ToString::to_string)
        .chain(roots)
        .collect();
    let (is_mutation, is_lease) = (
        operation.is_mutation(),
        is_lease(operation, &document, &request.variables),
    );
    if requested > MOST_COST {
        return Err(refused(vec![errors::too_dear(requested, MOST_COST)]));
    }
    Ok(Prepared {
        parsed,
        document,
        operation_name,
        variables,
        requested,
        names,
        is_mutation,
        is_lease,
    })
}

fn refused(errors: Vec<Value>) -> Value {
    json!({ "errors": errors })
}

fn operation_label(document: &ExecutableDocument) -> String {
    let label = |operation: &Operation| match &operation.name {
        Some(name) => name.to_string(),
        None => format!("anonymous {}", operation.operation_type.name()),
    };
    document
        .operations
        .iter()
        .next()
        .map(|operation| label(operation))
        .unwrap_or_default()
}

fn is_lease(operation: &Operation, document: &ExecutableDocument, variables: &Value) -> bool {
    fn owners<'v>(value: &'v Value, into: &mut Vec<&'v str>) {
        match value {
            Value::Object(map) => map.iter().for_each(|(key, value)| match value.as_str() {
                Some(id) if key == "ownerId" => into.push(id),
                _ => owners(value, into),
            }),
            Value::Array(items) => items.iter().for_each(|item| owners(item, into)),
            _ => {}
        }
    }
    let mut found = Vec::new();
    owners(variables, &mut found);
    let installation = super::installation_id();
    operation.is_mutation()
        && operation
            .root_fields(document)
            .all(|field| field.name == "metafieldsSet")
        && !found.is_empty()
        && found.iter().all(|id| *id == installation)
}

/// Runs a prepared request and answers with the whole body.
pub(super) fn run(
    world: &mut World,
    prepared: &Prepared,
    now: DateTime<Utc>,
    tampering: Tampering,
    version: &str,
) -> Value {
    let World {
        config,
        store,
        bucket,
        counters,
        ..
    } = world;
    let available = bucket.available(config, now);
    if tampering.throttled || i64::from(prepared.requested) > available {
        counters.throttled += 1;
        let extensions = json!({ "cost": cost_of(prepared.requested, None, bucket, config, now) });
        return json!({ "errors": [errors::throttled()], "extensions": extensions });
    }
    let indexed = now - config.index_lag() - TimeDelta::seconds(i64::from(tampering.stale_s));
    let mut search = Vec::new();
    let (data, mut failures) = execute(
        prepared,
        store,
        config,
        (now, indexed),
        tampering,
        version,
        &mut search,
    );
    let actual = prepared
        .operation()
        .map_or(0, |operation| prepared.costing().actual(operation, &data));
    bucket.take(actual);
    counters.points += u64::from(actual);
    let mut body = Map::new();
    body.insert("data".to_owned(), data);
    if !failures.is_empty() {
        body.insert(
            "errors".to_owned(),
            Value::Array(std::mem::take(&mut failures)),
        );
    }
    let mut extensions =
        json!({ "cost": cost_of(prepared.requested, Some(actual), bucket, config, now) });
    if !search.is_empty() {
        extensions["search"] = Value::Array(search);
    }
    body.insert("extensions".to_owned(), extensions);
    Value::Object(body)
}

impl Prepared {
    /// The cost that is reserved for it.
    #[cfg(test)]
    pub(super) fn requested(&self) -> u32 {
        self.requested
    }

    fn operation(&self) -> Option<&Operation> {
        self.document
            .operations
            .get(self.operation_name.as_deref())
            .ok()
            .map(|operation| &**operation)
    }

    fn costing(&self) -> cost::Costing<'_> {
        cost::Costing {
            schema: &self.parsed.schema,
            document: &self.document,
            variables: &self.variables,
        }
    }
}

fn execute(
    prepared: &Prepared,
    store: &mut Store,
    config: &ShopifyConfig,
    (now, indexed): (DateTime<Utc>, DateTime<Utc>),
    tampering: Tampering,
    version: &str,
    search: &mut Vec<Value>,
) -> (Value, Vec<Value>) {
    let Some(operation) = prepared.operation() else {
        return (Value::Null, Vec::new());
    };
    let execution = || {
        Execution::new(&prepared.parsed.schema, &prepared.document)
            .operation(operation)
            .implementers_map(&prepared.parsed.implementers)
            .coerced_variable_values(&prepared.variables)
            .enable_schema_introspection(true)
    };
    let mut outcomes = Vec::new();
    if prepared.is_mutation {
        let context = Context {
            schema: &prepared.parsed.schema,
            config,
            store: None,
            now,
            indexed,
            tampering,
            search_notes: RefCell::default(),
            version,
            moves: OnceCell::new(),
        };
        let mutations = Mutations {
            context: &context,
            store: RefCell::new(&mut *store),
            variables: &prepared.variables,
            outcomes: RefCell::default(),
        };
        if let Err(error) = execution().execute_sync(&mutations) {
            let message = error.message().to_string();
            return (Value::Null, vec![json!({ "message": message })]);
        }
        outcomes = mutations.outcomes.into_inner();
    }
    let context = Context {
        schema: &prepared.parsed.schema,
        config,
        store: Some(store),
        now,
        indexed,
        tampering,
        search_notes: RefCell::default(),
        version,
        moves: OnceCell::new(),
    };
    let outcome = if prepared.is_mutation {
        execution().execute_sync(&Answers {
            context: &context,
            outcomes: &outcomes,
        })
    } else {
        let outcome = execution().execute_sync(&Queries {
            context: &context,
            store,
        });
        search.append(&mut context.search_notes.borrow_mut());
        outcome
    };
    match outcome {
        Ok(response) => {
            let data = response.data.map_or(Value::Null, |data| {
                serde_json::to_value(data).unwrap_or(Value::Null)
            });
            (data, response.errors.iter().map(errors::field).collect())
        }
        Err(error) => (
            Value::Null,
            vec![json!({ "message": error.message().to_string() })],
        ),
    }
}

fn cost_of(
    requested: u32,
    actual: Option<u32>,
    bucket: &mut Bucket,
    config: &ShopifyConfig,
    now: DateTime<Utc>,
) -> Value {
    json!({
        "requestedQueryCost": requested, "actualQueryCost": actual,
        "throttleStatus": {
            "maximumAvailable": config.bucket_size, "currentlyAvailable": bucket.available(config, now), "restoreRate": config.restore_rate,
        },
    })
}
