//! Pages of a connection: cursors by sort value and id, as Shopify makes them, so that a page stays right while records move.

use std::borrow::Cow;
use std::cmp::Ordering;

use apollo_compiler::Schema;
use apollo_compiler::resolvers::{FieldError, ObjectValue, ResolveInfo, ResolvedValue};
use apollo_compiler::schema::ExtendedType;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::{
    Context, MOST_PER_PAGE, Record, argument_bool, argument_int, argument_str, field_error,
};
use crate::shopify::store::tail;

/// So many objects can be paged through one connection (`facts/shopify 3.6`).
const MOST_IN_CONNECTION: usize = 25_000;

/// What a list is sorted by.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::shopify) enum Key {
    /// Nothing: sorts first.
    None,
    /// A number, or the place in a list.
    Number(Decimal),
    /// A text; moments in UTC sort as their text.
    Text(String),
}

/// An item with what it is sorted by.
#[derive(Debug, Clone)]
pub(in crate::shopify) struct Keyed<'r> {
    pub(in crate::shopify) key: Key,
    pub(in crate::shopify) value: Cow<'r, Value>,
}

impl Keyed<'_> {
    fn id(&self) -> &str {
        self.value["id"].as_str().map_or("", tail)
    }

    /// Where the item stands in the ascending order.
    fn place(&self) -> (Key, Decimal) {
        (self.key.clone(), self.id().parse().unwrap_or_default())
    }

    fn cursor(&self) -> String {
        let value = match &self.key {
            Key::None => Value::Null,
            Key::Number(number) => json!(number.to_string()),
            Key::Text(text) => json!(format!("={text}")),
        };
        STANDARD.encode(json!({ "last_id": self.id(), "last_value": value }).to_string())
    }
}

fn read_cursor(cursor: &str) -> Option<(Key, Decimal)> {
    let parsed: Value = serde_json::from_slice(&STANDARD.decode(cursor).ok()?).ok()?;
    let key = match &parsed["last_value"] {
        Value::Null => Key::None,
        value => match value.as_str()?.strip_prefix('=') {
            Some(text) => Key::Text(text.to_owned()),
            None => Key::Number(value.as_str()?.parse().ok()?),
        },
    };
    Some((key, parsed["last_id"].as_str()?.parse().unwrap_or_default()))
}

/// The node's type when `name` is a connection.
pub(super) fn node_type<'s>(schema: &'s Schema, name: &str) -> Option<&'s str> {
    let Some(ExtendedType::Object(object)) = schema.types.get(name) else {
        return None;
    };
    if !name.ends_with("Connection") {
        return None;
    }
    Some(object.fields.get("nodes")?.ty.inner_named_type().as_str())
}

/// One page.
pub(in crate::shopify) struct Connection<'r> {
    context: &'r Context<'r>,
    type_name: String,
    node: String,
    items: Vec<Keyed<'r>>,
    has_next: bool,
    has_previous: bool,
    order: Option<&'r Value>,
}

impl<'r> Connection<'r> {
    /// The page that the arguments ask for; `items` come in any order.
    pub(in crate::shopify) fn new(
        context: &'r Context<'r>,
        node: &str,
        mut items: Vec<Keyed<'r>>,
        info: &ResolveInfo<'_>,
        order: Option<&'r Value>,
    ) -> Result<Self, FieldError> {
        let arguments = info.arguments();
        let (first, last) = (
            argument_int(arguments, "first"),
            argument_int(arguments, "last"),
        );
        let size = match (first, last) {
            (None, None) => {
                return Err(field_error(
                    "BAD_REQUEST",
                    "you must provide one of first or last",
                ));
            }
            (Some(_), Some(_)) => {
                return Err(field_error(
                    "BAD_REQUEST",
                    "providing both first and last is not supported",
                ));
            }
            (Some(size), None) | (None, Some(size)) => size,
        };
        if !(0..=MOST_PER_PAGE).contains(&size) {
            let message = format!(
                "The page size of {size} is outside of what is allowed, 0 to {MOST_PER_PAGE}."
            );
            return Err(field_error("BAD_REQUEST", message));
        }
        let size = usize::try_from(size).unwrap_or(0);
        let reverse = argument_bool(arguments, "reverse").unwrap_or(false);
        let order_by = |a: &(Key, Decimal), b: &(Key, Decimal)| -> Ordering {
            if reverse { b.cmp(a) } else { a.cmp(b) }
        };
        items.sort_by_cached_key(Keyed::place);
        if reverse {
            items.reverse();
        }
        let all = items.len();
        let bound = |name: &str| -> Result<Option<(Key, Decimal)>, FieldError> {
            argument_str(arguments, name)
                .map(|cursor| {
                    read_cursor(cursor).ok_or_else(|| {
                        field_error("BAD_REQUEST", "Invalid cursor for current pagination sort.")
                    })
                })
                .transpose()
        };
        let from = bound("after")?.map_or(0, |after| {
            items.partition_point(|item| order_by(&item.place(), &after).is_le())
        });
        let until = bound("before")?
            .map_or(all, |before| {
                items.partition_point(|item| order_by(&item.place(), &before).is_lt())
            })
            .max(from);
        let (start, end) = if first.is_some() {
            (from, (from + size).min(until))
        } else {
            (until.saturating_sub(size).max(from), until)
        };
        if start >= MOST_IN_CONNECTION && end > start {
            return Err(field_error(
                "BAD_REQUEST",
                format_args!(
                    "Only the first {MOST_IN_CONNECTION} objects of a connection can be paged through."
                ),
            ));
        }
        items.truncate(end);
        items.drain(..start);
        let type_name = info.field_definition().ty.inner_named_type().to_string();
        Ok(Self {
            context,
            type_name,
            node: node.to_owned(),
            items,
            has_next: end < all,
            has_previous: start > 0,
            order,
        })
    }

    /// The first item twice: a fault.
    pub(super) fn doubled(mut self) -> Self {
        if let Some(first) = self.items.first().cloned() {
            self.items.insert(0, first);
        }
        self
    }

    fn node_record<'a>(&'a self, item: &'a Keyed<'r>) -> Record<'a> {
        Record::new(
            self.context,
            &self.node,
            Cow::Borrowed(&*item.value),
            self.order,
        )
    }
}

impl ObjectValue for Connection<'_> {
    fn type_name(&self) -> &str {
        &self.type_name
    }

    fn resolve_field<'a>(
        &'a self,
        info: &'a ResolveInfo<'a>,
    ) -> Result<ResolvedValue<'a>, FieldError> {
        match info.field_name() {
            "nodes" => Ok(ResolvedValue::list(
                self.items
                    .iter()
                    .map(|item| ResolvedValue::object(self.node_record(item))),
            )),
            "edges" => {
                let name = info.field_definition().ty.inner_named_type().as_str();
                Ok(ResolvedValue::list(self.items.iter().map(move |item| {
                    ResolvedValue::object(Edge {
                        connection: self,
                        item,
                        name,
                    })
                })))
            }
            "pageInfo" => {
                let cursor = |item: Option<&Keyed<'_>>| item.map(Keyed::cursor);
                let info = json!({
                    "hasNextPage": self.has_next, "hasPreviousPage": self.has_previous,
                    "startCursor": cursor(self.items.first()), "endCursor": cursor(self.items.last()),
                });
                Ok(ResolvedValue::object(Record::new(
                    self.context,
                    "PageInfo",
                    Cow::Owned(info),
                    None,
                )))
            }
            _ => Err(self.unknown_field_error(info)),
        }
    }
}

struct Edge<'a, 'r> {
    connection: &'a Connection<'r>,
    item: &'a Keyed<'r>,
    name: &'a str,
}

impl ObjectValue for Edge<'_, '_> {
    fn type_name(&self) -> &str {
        self.name
    }

    fn resolve_field<'b>(
        &'b self,
        info: &'b ResolveInfo<'b>,
    ) -> Result<ResolvedValue<'b>, FieldError> {
        match info.field_name() {
            "cursor" => Ok(ResolvedValue::leaf(self.item.cursor())),
            "node" => Ok(ResolvedValue::object(
                self.connection.node_record(self.item),
            )),
            _ => Err(self.unknown_field_error(info)),
        }
    }
}
