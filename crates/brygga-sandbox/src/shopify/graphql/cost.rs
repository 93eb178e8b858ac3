//! What a query costs, by the formula of `facts/shopify 3.4` (found from 5,210 recorded pairs).

use apollo_compiler::ast::Value as Argument;
use apollo_compiler::executable::{Field, Operation, Selection, SelectionSet};
use apollo_compiler::response::JsonMap;
use apollo_compiler::schema::ExtendedType;
use apollo_compiler::{ExecutableDocument, Schema};
use serde_json::Value;

/// Objects that cost nothing.
const FREE: [&str; 8] = [
    "MoneyBag",
    "MoneyV2",
    "MailingAddress",
    "LocationAddress",
    "ShopAddress",
    "CustomerEmailAddress",
    "CustomerPhoneNumber",
    "PageInfo",
];
/// What a mutation costs before what its payload nests.
const MUTATION: u32 = 10;
/// Mutations that cost more.
const DEAR_MUTATIONS: [(&str, u32); 4] = [
    ("refundCreate", 20),
    ("orderCapture", 20),
    ("fulfillmentTrackingInfoUpdate", 50),
    ("deliveryProfileUpdate", 100),
];
/// A root field that counts.
const ROOT_COUNT: u32 = 10;

/// A factor of the formula, `max(1, floor(2 * ln n))`, as the sizes from which it grows by one.
const STEPS: [i64; 11] = [2, 3, 5, 8, 13, 21, 34, 55, 91, 149, 245];

/// How often a node counts on a page of `size`.
fn factor(size: i64) -> u32 {
    if size <= 0 {
        return 0;
    }
    let steps = STEPS.iter().filter(|&&step| step <= size).count();
    u32::try_from(steps).unwrap_or(u32::MAX).max(1)
}

/// Reckons one request.
pub(super) struct Costing<'a> {
    pub(super) schema: &'a Schema,
    pub(super) document: &'a ExecutableDocument,
    pub(super) variables: &'a JsonMap,
}

impl Costing<'_> {
    /// The cost that is reserved before the request runs.
    pub(super) fn requested(&self, operation: &Operation) -> u32 {
        self.root(operation, None)
    }

    /// The cost of what was really answered.
    pub(super) fn actual(&self, operation: &Operation, data: &Value) -> u32 {
        self.root(operation, Some(data))
    }

    fn root(&self, operation: &Operation, data: Option<&Value>) -> u32 {
        let mut total = 0u32;
        for field in self.fields(&operation.selection_set, None) {
            let answer = data.map(|data| data.get(field.name()).unwrap_or(&Value::Null));
            let cost = if operation.is_mutation() {
                let base = DEAR_MUTATIONS
                    .iter()
                    .find(|(name, _)| field.first.name == *name)
                    .map_or(MUTATION, |(_, cost)| *cost);
                // Objects directly in the payload are free, what they nest is not.
                let payload = self.fields(&field.first.selection_set, None);
                let nested = payload.iter().map(|inner| {
                    let answer =
                        answer.map(|answer| answer.get(inner.name()).unwrap_or(&Value::Null));
                    let cost = self.field(inner, answer);
                    if self.is_connection(inner.first) || cost == 0 || inner.is_free() {
                        cost
                    } else {
                        cost - 1
                    }
                });
                base + nested.sum::<u32>()
            } else if field.first.ty().inner_named_type() == "Count" {
                ROOT_COUNT
            } else {
                self.field(&field, answer)
            };
            total = total.saturating_add(cost);
        }
        total
    }

    /// One field with all it nests. `answer` is what it became; nothing while the cost is only asked for.
    fn field(&self, field: &Merged<'_>, answer: Option<&Value>) -> u32 {
        let name = field.first.ty().inner_named_type();
        let composite = matches!(
            self.schema.types.get(name),
            Some(ExtendedType::Object(_) | ExtendedType::Interface(_) | ExtendedType::Union(_))
        );
        if !composite || answer.is_some_and(Value::is_null) {
            return 0;
        }
        if self.is_connection(field.first) {
            return self.connection(field, answer);
        }
        let own = u32::from(!field.is_free());
        own + self.children(field, answer)
    }

    fn connection(&self, field: &Merged<'_>, answer: Option<&Value>) -> u32 {
        let mut size = self
            .number(field.first, "first")
            .or_else(|| self.number(field.first, "last"))
            .unwrap_or(0);
        let mut node = 0;
        for part in field.parts(self) {
            match part.first.name.as_str() {
                "nodes" => {
                    let items = answer.map(|answer| items(answer, part.name()));
                    if let Some(items) = &items {
                        size = i64::try_from(items.len()).unwrap_or(i64::MAX);
                    }
                    node = node.max(
                        self.children(
                            &part,
                            items
                                .map(|items| Value::Array(items.into_iter().cloned().collect()))
                                .as_ref(),
                        ),
                    );
                }
                "edges" => {
                    let edges = answer.map(|answer| items(answer, part.name()));
                    if let Some(edges) = &edges {
                        size = i64::try_from(edges.len()).unwrap_or(i64::MAX);
                    }
                    for inner in part
                        .parts(self)
                        .iter()
                        .filter(|inner| inner.first.name == "node")
                    {
                        let nodes = edges.as_ref().map(|edges| {
                            Value::Array(
                                edges
                                    .iter()
                                    .map(|edge| edge[inner.name()].clone())
                                    .collect(),
                            )
                        });
                        node = node.max(self.children(inner, nodes.as_ref()));
                    }
                }
                _ => {}
            }
        }
        2 + factor(size) * (1 + node)
    }

    /// What is nested: of several kinds of objects the dearest, of several answers too.
    fn children(&self, field: &Merged<'_>, answer: Option<&Value>) -> u32 {
        match answer {
            Some(Value::Array(answers)) => answers
                .iter()
                .map(|answer| self.children(field, Some(answer)))
                .max()
                .unwrap_or(0),
            Some(Value::Null) => 0,
            answer => {
                let mut kinds: Vec<Option<String>> = field
                    .selections
                    .iter()
                    .flat_map(|set| self.conditions(set))
                    .map(Some)
                    .collect();
                kinds.push(None);
                let of_kind = |kind: &Option<String>| {
                    let fields = merged(
                        field
                            .selections
                            .iter()
                            .flat_map(|set| self.collect(set, kind.as_deref()))
                            .collect(),
                    );
                    fields
                        .iter()
                        .map(|inner| {
                            self.field(
                                inner,
                                answer
                                    .map(|answer| answer.get(inner.name()).unwrap_or(&Value::Null)),
                            )
                        })
                        .sum::<u32>()
                };
                kinds.iter().map(of_kind).max().unwrap_or(0)
            }
        }
    }

    fn is_connection(&self, field: &Field) -> bool {
        crate::shopify::resolve::is_connection(self.schema, field.ty().inner_named_type())
    }

    fn number(&self, field: &Field, name: &str) -> Option<i64> {
        match &**field.specified_argument_by_name(name)? {
            Argument::Int(number) => number.as_str().parse().ok(),
            Argument::Variable(variable) => self.variables.get(variable.as_str())?.as_i64(),
            _ => None,
        }
    }

    fn fields<'d>(&'d self, set: &'d SelectionSet, kind: Option<&str>) -> Vec<Merged<'d>> {
        merged(self.collect(set, kind))
    }

    /// The fields of a selection set for objects of one kind; without a kind, those for all kinds.
    fn collect<'d>(&'d self, set: &'d SelectionSet, kind: Option<&str>) -> Vec<&'d Field> {
        let mut found = Vec::new();
        for selection in &set.selections {
            if self.left_out(selection) {
                continue;
            }
            match selection {
                Selection::Field(field) => found.push(&**field),
                Selection::InlineFragment(inline) => {
                    if inline
                        .type_condition
                        .as_ref()
                        .is_none_or(|condition| self.applies(condition, set, kind))
                    {
                        found.extend(self.collect(&inline.selection_set, kind));
                    }
                }
                Selection::FragmentSpread(spread) => {
                    if let Some(fragment) = self.document.fragments.get(&spread.fragment_name)
                        && self.applies(fragment.type_condition(), set, kind)
                    {
                        found.extend(self.collect(&fragment.selection_set, kind));
                    }
                }
            }
        }
        found
    }

    fn applies(&self, condition: &str, set: &SelectionSet, kind: Option<&str>) -> bool {
        if condition == set.ty.as_str() || kind == Some(condition) {
            return true;
        }
        // An interface that the object has: its fields are there whatever the kind.
        match (
            self.schema.types.get(set.ty.as_str()),
            self.schema.types.get(condition),
        ) {
            (Some(ExtendedType::Object(object)), Some(ExtendedType::Interface(_))) => {
                object.implements_interfaces.contains(condition)
            }
            _ => false,
        }
    }

    /// The kinds that fragments of this set single out.
    fn conditions(&self, set: &SelectionSet) -> Vec<String> {
        let condition = |selection: &Selection| match selection {
            Selection::InlineFragment(inline) => {
                inline.type_condition.as_ref().map(ToString::to_string)
            }
            Selection::FragmentSpread(spread) => self
                .document
                .fragments
                .get(&spread.fragment_name)
                .map(|fragment| fragment.type_condition().to_string()),
            Selection::Field(_) => None,
        };
        set.selections
            .iter()
            .filter_map(condition)
            .filter(|name| *name != set.ty.as_str())
            .collect()
    }

    fn left_out(&self, selection: &Selection) -> bool {
        let says = |directive: &str| {
            let argument = selection
                .directives()
                .get(directive)?
                .specified_argument_by_name("if")?;
            match &**argument {
                Argument::Boolean(value) => Some(*value),
                Argument::Variable(variable) => self.variables.get(variable.as_str())?.as_bool(),
                _ => None,
            }
        };
        says("skip") == Some(true) || says("include") == Some(false)
    }
}

/// Selections of one response key, which are one field to the server.
struct Merged<'d> {
    first: &'d Field,
    selections: Vec<&'d SelectionSet>,
}

impl<'d> Merged<'d> {
    fn name(&self) -> &str {
        self.first.response_key()
    }

    fn is_free(&self) -> bool {
        FREE.contains(&self.first.ty().inner_named_type().as_str())
            || self.first.name == "userErrors"
    }

    fn parts(&self, costing: &'d Costing<'d>) -> Vec<Merged<'d>> {
        merged(
            self.selections
                .iter()
                .flat_map(|set| costing.collect(set, None))
                .collect(),
        )
    }
}

fn merged(fields: Vec<&Field>) -> Vec<Merged<'_>> {
    let mut found: Vec<Merged<'_>> = Vec::new();
    for field in fields {
        match found
            .iter_mut()
            .find(|known| known.first.response_key() == field.response_key())
        {
            Some(known) => known.selections.push(&field.selection_set),
            None => found.push(Merged {
                first: field,
                selections: vec![&field.selection_set],
            }),
        }
    }
    found
}

fn items<'v>(answer: &'v Value, key: &str) -> Vec<&'v Value> {
    answer
        .get(key)
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .collect()
}
