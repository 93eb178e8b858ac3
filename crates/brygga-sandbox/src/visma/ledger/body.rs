//! Reading bodies with wrapped values (`facts/visma 6`).

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde_json::{Map, Value};

use crate::visma::amounts;
use crate::visma::erp::answer;
use crate::visma::exchange::{Call, Reply, object};
use crate::visma::moment;
use crate::visma::shape::{self, Field, ShapeFault};
use crate::visma::world::World;

/// The body of a write, if its names and types are those of `dto`.
pub(super) fn read(
    world: &World,
    call: &Call,
    fields: &'static [Field],
    dto: &str,
) -> Result<Map<String, Value>, Reply> {
    let Some(body) = call.json() else {
        return Err(answer::not_recognized(world, dto, "no JSON"));
    };
    check(&body, fields).map_err(|place| answer::not_recognized(world, dto, &place))?;
    Ok(object(body))
}

/// The first place of a body that is not as `fields` say.
pub(super) fn check(body: &Value, fields: &'static [Field]) -> Result<(), String> {
    match shape::check(body, fields).first() {
        None => Ok(()),
        Some(issue) if issue.fault == ShapeFault::Unknown => {
            Err(format!("unknown property {}", issue.path))
        }
        Some(issue) => Err(issue.path.clone()),
    }
}

/// The value inside `{"name": {"value": x}}`. A null leaves the field as it is; what the real one does is not known.
pub(super) fn value<'a>(body: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
    body.get(name)?
        .get("value")
        .filter(|value| !value.is_null())
}

pub(super) fn text<'a>(body: &'a Map<String, Value>, name: &str) -> Option<&'a str> {
    value(body, name)?.as_str()
}

/// A text that is not empty.
pub(super) fn word<'a>(body: &'a Map<String, Value>, name: &str) -> Option<&'a str> {
    text(body, name).filter(|text| !text.is_empty())
}

pub(super) fn flag(body: &Map<String, Value>, name: &str) -> Option<bool> {
    value(body, name)?.as_bool()
}

pub(super) fn amount(body: &Map<String, Value>, name: &str) -> Option<Decimal> {
    amounts::amount(value(body, name)?)
}

pub(super) fn whole(body: &Map<String, Value>, name: &str) -> Option<i32> {
    value(body, name)?
        .as_i64()
        .and_then(|number| i32::try_from(number).ok())
}

/// A day: its date as written, without regard to the time of day.
pub(super) fn day(body: &Map<String, Value>, name: &str) -> Option<NaiveDate> {
    let written = text(body, name)?;
    written
        .get(..10)
        .and_then(|day| day.parse().ok())
        .or_else(|| moment::parse_utc(written).map(moment::utc_day))
}

/// The rows of a plain list.
pub(super) fn rows<'a>(
    body: &'a Map<String, Value>,
    name: &str,
) -> impl Iterator<Item = &'a Map<String, Value>> {
    body.get(name)
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_object)
}

/// What to do with a row. The first word of the enum is what a missing one means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operation {
    Insert,
    Update,
    Delete,
}

pub(super) fn operation(row: &Map<String, Value>) -> Operation {
    match row.get("operation").and_then(Value::as_str) {
        Some("Update") => Operation::Update,
        Some("Delete") => Operation::Delete,
        _ => Operation::Insert,
    }
}
