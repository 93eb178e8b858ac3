//! Answers the fields of a query from JSON records: a field is the key of its name, and what is derived is derived in [`derived`].

mod access;
mod connection;
mod derived;
mod finding;
mod roots;
mod stock;
mod writes;

use std::borrow::Cow;
use std::cell::{OnceCell, RefCell};

use apollo_compiler::Schema;
use apollo_compiler::ast::Type;
use apollo_compiler::resolvers::{FieldError, ObjectValue, ResolveInfo, ResolvedValue};
use apollo_compiler::response::{JsonMap, JsonValue};
use apollo_compiler::schema::ExtendedType;
use chrono::{DateTime, Utc};
use serde_json::Value;

#[cfg(test)]
pub(super) use access::{PROTECTED, RULES};
pub(super) use connection::{Connection, Key, Keyed};
pub(super) use derived::namespace;
pub(super) use roots::Queries;
pub(crate) use roots::installation_id;
pub(super) use writes::{Answers, Mutations};

use super::graphql::Tampering;
use super::stock::Moves;
use super::store::Store;
use super::world::ShopifyConfig;

/// The most that `first` and `last` may ask for (`facts/shopify 3.6`).
pub(super) const MOST_PER_PAGE: i64 = 250;

/// What a query is answered from.
pub(super) struct Context<'s> {
    pub(super) schema: &'s Schema,
    pub(super) config: &'s ShopifyConfig,
    /// Absent while the payload of a mutation is read, which brings along all it shows.
    pub(super) store: Option<&'s Store>,
    pub(super) now: DateTime<Utc>,
    /// The moment that the search index knows.
    pub(super) indexed: DateTime<Utc>,
    /// What faults do to root lists.
    pub(super) tampering: Tampering,
    /// Entries of `extensions.search`.
    pub(super) search_notes: RefCell<Vec<Value>>,
    /// The API version that answers.
    pub(super) version: &'s str,
    /// What orders took from the shelves, reckoned once when somebody asks.
    pub(super) moves: OnceCell<Moves>,
}

impl<'s> Context<'s> {
    /// What orders took from the shelves until now.
    pub(super) fn moves(&self, store: &Store) -> &Moves {
        self.moves.get_or_init(|| Moves::of(store, self.now))
    }

    pub(super) fn zone(&self) -> chrono_tz::Tz {
        let name = self
            .store
            .and_then(|store| store.shop["ianaTimezone"].as_str())
            .unwrap_or("Europe/Oslo");
        name.parse().unwrap_or(chrono_tz::Europe::Oslo)
    }

    /// The order as the app may see it now: orders older than the horizon answer null, not an error (`facts/shopify 5.8`).
    pub(super) fn order(&self, id: &str) -> Option<&'s Value> {
        self.store?
            .order(id, self.now)
            .filter(|order| self.visible(order))
    }

    pub(super) fn visible(&self, order: &Value) -> bool {
        self.config.horizon(self.now).is_none_or(|horizon| {
            moment(&order["createdAt"]).is_some_and(|created| created >= horizon)
        })
    }
}

/// A moment of a record.
pub(super) fn moment(value: &Value) -> Option<DateTime<Utc>> {
    DateTime::parse_from_rfc3339(value.as_str()?)
        .ok()
        .map(|moment| moment.to_utc())
}

/// The error of a field, with the code that [`super::graphql`] turns into `extensions.code`.
pub(super) fn field_error(code: &str, message: impl std::fmt::Display) -> FieldError {
    FieldError {
        message: format!("[{code}] {message}"),
    }
}

/// One JSON object seen as an object of the schema.
pub(super) struct Record<'r> {
    pub(super) context: &'r Context<'r>,
    pub(super) type_name: Cow<'r, str>,
    pub(super) value: Cow<'r, Value>,
    /// The order that the object is part of.
    pub(super) order: Option<&'r Value>,
}

impl<'r> Record<'r> {
    /// `value` as an object of type `declared`, or of the type it names itself where that is an interface or a union.
    pub(super) fn new(
        context: &'r Context<'r>,
        declared: &str,
        value: Cow<'r, Value>,
        order: Option<&'r Value>,
    ) -> Self {
        let type_name = match context.schema.types.get(declared) {
            Some(ExtendedType::Interface(_) | ExtendedType::Union(_)) => {
                concrete_type(&value).unwrap_or_else(|| declared.to_owned())
            }
            _ => declared.to_owned(),
        };
        // Parts that are listed outside their order name it.
        let order = order.or_else(|| match type_name.as_str() {
            "FulfillmentOrder" => context.order(value["orderId"].as_str()?),
            "Fulfillment" | "Return" | "Refund" => context.order(value["order"]["id"].as_str()?),
            _ => None,
        });
        Self {
            context,
            type_name: Cow::Owned(type_name),
            value,
            order,
        }
    }

    /// The record's own value of a field, or what the store knows more about the same id.
    fn raw<'a>(&'a self, field: &str) -> Option<&'a Value> {
        if let Some(value) = self.value.get(field) {
            return Some(value);
        }
        let id = self.value.get("id")?.as_str()?;
        let store = self.context.store?;
        store
            .record(id, self.context.now)
            .or_else(|| self.context.order(id))
            .or_else(|| part_of_order(self.order?, &self.type_name, id))
            .and_then(|record| record.get(field))
    }

    fn id(&self) -> &str {
        self.value
            .get("id")
            .and_then(Value::as_str)
            .unwrap_or_default()
    }

    /// The order that this object's parts belong to.
    fn order_of_parts(&self) -> Option<&Value> {
        if self.type_name == "Order" {
            Some(&*self.value)
        } else {
            self.order
        }
    }

    /// Turns a value into what the type wants.
    fn complete<'a>(
        &'a self,
        ty: &Type,
        value: Cow<'a, Value>,
        info: &ResolveInfo<'_>,
    ) -> Result<ResolvedValue<'a>, FieldError> {
        if value.is_null() {
            return self.absent(ty, info);
        }
        let inner = ty.inner_named_type().as_str();
        if ty.is_list() {
            let items = into_items(value).ok_or_else(|| self.misshapen(info, "a list"))?;
            let most = argument_int(info.arguments(), "first")
                .map_or(usize::MAX, |first| usize::try_from(first).unwrap_or(0));
            let leaf = is_leaf(self.context.schema, inner);
            let order = self.order_of_parts();
            let context = self.context;
            let inner = inner.to_owned();
            return Ok(ResolvedValue::List(Box::new(
                items.into_iter().take(most).map(move |item| {
                    Ok(match item {
                        item if item.is_null() => ResolvedValue::null(),
                        item if leaf => ResolvedValue::Leaf(leaf_value(&inner, &item)),
                        item => ResolvedValue::object(Record::new(context, &inner, item, order)),
                    })
                }),
            )));
        }
        if is_leaf(self.context.schema, inner) {
            return Ok(ResolvedValue::Leaf(leaf_value(inner, &value)));
        }
        if let Some(node) = connection::node_type(self.context.schema, inner) {
            let items = into_items(value).ok_or_else(|| self.misshapen(info, "a list"))?;
            return self.connect(node, items, info);
        }
        if !value.is_object() {
            return Err(self.misshapen(info, "an object"));
        }
        Ok(ResolvedValue::object(Record::new(
            self.context,
            inner,
            value,
            self.order_of_parts(),
        )))
    }

    /// A connection over the items of a record's own list, in their order.
    fn connect<'a>(
        &'a self,
        node: &str,
        items: Vec<Cow<'a, Value>>,
        info: &ResolveInfo<'_>,
    ) -> Result<ResolvedValue<'a>, FieldError> {
        let keyed = items
            .into_iter()
            .enumerate()
            .map(|(at, value)| Keyed {
                key: Key::Number(at.into()),
                value,
            })
            .collect();
        let connection = Connection::new(self.context, node, keyed, info, self.order_of_parts())?;
        Ok(ResolvedValue::object(connection))
    }

    /// What a missing value means: null, an empty list, or a record that must not be served.
    fn absent<'a>(
        &'a self,
        ty: &Type,
        info: &ResolveInfo<'_>,
    ) -> Result<ResolvedValue<'a>, FieldError> {
        if let Some(node) = connection::node_type(self.context.schema, ty.inner_named_type()) {
            return self.connect(node, Vec::new(), info);
        }
        match ty {
            Type::NonNullList(_) => Ok(ResolvedValue::list(Vec::new())),
            Type::Named(_) | Type::List(_) => Ok(ResolvedValue::null()),
            Type::NonNullNamed(_) => Err(field_error(
                "INTERNAL_SERVER_ERROR",
                format_args!(
                    "The practice shop's {} {} has no {}, which Shopify always has.",
                    self.type_name,
                    self.id(),
                    info.field_name()
                ),
            )),
        }
    }

    fn misshapen(&self, info: &ResolveInfo<'_>, wanted: &str) -> FieldError {
        let field = info.field_name();
        field_error(
            "INTERNAL_SERVER_ERROR",
            format_args!(
                "The practice shop's {} {} has a {field} that is not {wanted}.",
                self.type_name,
                self.id()
            ),
        )
    }
}

impl ObjectValue for Record<'_> {
    fn type_name(&self) -> &str {
        &self.type_name
    }

    fn resolve_field<'a>(
        &'a self,
        info: &'a ResolveInfo<'a>,
    ) -> Result<ResolvedValue<'a>, FieldError> {
        access::check(self.context, &self.type_name, info)?;
        if let Some(answer) = self.derived(info)? {
            return Ok(answer);
        }
        refuse_unknown_arguments(info)?;
        let ty = &info.field_definition().ty;
        match self.raw(info.field_name()) {
            Some(value) if !value.is_null() => self.complete(ty, Cow::Borrowed(value), info),
            _ => match self.substitute(info) {
                Some(value) => self.complete(ty, value, info),
                None => self.absent(ty, info),
            },
        }
    }
}

/// A part of an order that another part names by its id: the line of a refund, the refunds of a return.
pub(super) fn part_of_order<'r>(order: &'r Value, kind: &str, id: &str) -> Option<&'r Value> {
    let list = match kind {
        "LineItem" => "lineItems",
        "ShippingLine" => "shippingLines",
        "OrderTransaction" => "transactions",
        "Refund" => "refunds",
        "Return" => "returns",
        "Fulfillment" => "fulfillments",
        "FulfillmentOrder" => "fulfillmentOrders",
        "FulfillmentLineItem" => {
            let sent = order["fulfillments"].as_array()?.iter();
            return sent
                .flat_map(|one| one["fulfillmentLineItems"].as_array().into_iter().flatten())
                .find(|part| part["id"] == id);
        }
        _ => return None,
    };
    order[list].as_array()?.iter().find(|part| part["id"] == id)
}

/// The object type of a record whose field is declared as an interface or a union.
fn concrete_type(value: &Value) -> Option<String> {
    if let Some(name) = value["__typename"].as_str() {
        return Some(name.to_owned());
    }
    if value.get("percentage").is_some() {
        return Some("PricingPercentageValue".to_owned());
    }
    if value.get("currencyCode").is_some() && value.get("amount").is_some() {
        return Some("MoneyV2".to_owned());
    }
    if value.get("company").is_some() && value.get("location").is_some() {
        return Some("PurchasingCompany".to_owned());
    }
    // gid://shopify/Customer/1
    value["id"]
        .as_str()?
        .strip_prefix("gid://shopify/")?
        .split('/')
        .next()
        .map(str::to_owned)
}

fn into_items(value: Cow<'_, Value>) -> Option<Vec<Cow<'_, Value>>> {
    match value {
        Cow::Borrowed(value) => Some(value.as_array()?.iter().map(Cow::Borrowed).collect()),
        Cow::Owned(Value::Array(items)) => Some(items.into_iter().map(Cow::Owned).collect()),
        Cow::Owned(_) => None,
    }
}

fn is_leaf(schema: &Schema, name: &str) -> bool {
    !matches!(
        schema.types.get(name),
        Some(ExtendedType::Object(_) | ExtendedType::Interface(_) | ExtendedType::Union(_))
    )
}

fn leaf_value(scalar: &str, value: &Value) -> JsonValue {
    if scalar == "Float"
        && !value.is_f64()
        && let Some(float) = value.as_f64()
    {
        return JsonValue::from(float);
    }
    JsonValue::from(value.clone())
}

/// Whether `name` is a connection's type.
pub(super) fn is_connection(schema: &Schema, name: &str) -> bool {
    connection::node_type(schema, name).is_some()
}

pub(super) fn argument_int(arguments: &JsonMap, name: &str) -> Option<i64> {
    arguments.get(name).and_then(JsonValue::as_i64)
}

pub(super) fn argument_str<'a>(arguments: &'a JsonMap, name: &str) -> Option<&'a str> {
    arguments.get(name).and_then(JsonValue::as_str)
}

pub(super) fn argument_bool(arguments: &JsonMap, name: &str) -> Option<bool> {
    arguments.get(name).and_then(JsonValue::as_bool)
}

/// Arguments that are honoured on every list or change nothing here.
const KNOWN_ARGUMENTS: [&str; 15] = [
    "first",
    "last",
    "after",
    "before",
    "reverse",
    "withCodeDiscounts",
    "truncateAt",
    "withCompany",
    "withName",
    "withCompanyName",
    "sortKey",
    // Levels are all active, publications all published, and returns have nothing removed or processed in part here.
    "includeInactive",
    "onlyPublished",
    "includeRemovedItems",
    "validationStatus",
];

/// An argument that would change the answer and is not served is said aloud, never ignored.
fn refuse_unknown_arguments(info: &ResolveInfo<'_>) -> Result<(), FieldError> {
    for argument in &info
        .field_selections()
        .first()
        .map(|field| field.arguments.clone())
        .unwrap_or_default()
    {
        let given = info
            .arguments()
            .get(argument.name.as_str())
            .is_some_and(|value| !value.is_null());
        if given && !KNOWN_ARGUMENTS.contains(&argument.name.as_str()) {
            let field = info.field_name();
            return Err(field_error(
                "INTERNAL_SERVER_ERROR",
                format_args!(
                    "The practice shop does not serve the argument {} of {field}.",
                    argument.name
                ),
            ));
        }
    }
    Ok(())
}
