//! What ERP answers have in common: pages with metadata inside the rows, the time filters, and the error bodies (`facts/visma 4, 6`).

use chrono::{DateTime, Utc};
use serde_json::{Map, Value, json};
use uuid::Uuid;

pub(in crate::visma) use crate::visma::exchange::object;
use crate::visma::exchange::{Call, Reply};
use crate::visma::moment;
use crate::visma::world::World;

/// `{"message": "VismaId: <guid>. ..."}`.
pub(in crate::visma) fn error(world: &World, status: u16, text: &str) -> Reply {
    let id = Uuid::from_u64_pair(
        0x7669_736d_6100_4000,
        0x8000_0000_0000_0000 | world.counters.calls,
    );
    Reply::json_with(status, json!({"message": format!("VismaId: {id}. {text}")}))
}

/// What an action answers: it was done, or it is in the queue.
pub(in crate::visma) fn action(world: &World, result: &str) -> Value {
    let id = Uuid::from_u64_pair(
        0x6163_7469_0000_4000,
        0x8000_0000_0000_0000 | world.counters.calls,
    );
    json!({"actionId": id, "actionResult": result, "errorInfo": null})
}

/// The answer to an id that is not there.
pub(in crate::visma) fn not_found(world: &World, what: &str, id: &str) -> Reply {
    error(
        world,
        404,
        &format!("Error getting {what}. Error: '{id}' cannot be found in the system."),
    )
}

/// A path that the API does not have.
pub(in crate::visma) fn no_route(call: &Call) -> Reply {
    Reply::json_with(
        404,
        json!({"Message": format!("No HTTP resource was found that matches the request URI '{}'.", call.path)}),
    )
}

/// A body whose names or types are wrong makes the whole DTO null (`facts/visma 6`).
pub(in crate::visma) fn not_recognized(world: &World, dto: &str, place: &str) -> Reply {
    error(
        world,
        400,
        &format!(
            "Data received not recognized as {dto} ({place}). Value cannot be null. Parameter name: {dto}"
        ),
    )
}

/// One page of an array; `metadata` stands in every row. An oversized page is clamped without a word.
pub(in crate::visma) fn page(
    world: &World,
    call: &Call,
    rows: Vec<Map<String, Value>>,
    max: usize,
) -> Reply {
    let whole = |name: &str, default: usize| match call.param(name) {
        None => Ok(default),
        Some(text) => text.parse::<usize>().map_err(|_| {
            error(
                world,
                400,
                &format!("The value '{text}' is not valid for {name}."),
            )
        }),
    };
    let (number, size) = match (whole("pageNumber", 1), whole("pageSize", max)) {
        (Ok(number), Ok(size)) => (number.max(1), size.clamp(1, max)),
        (Err(reply), _) | (_, Err(reply)) => return reply,
    };
    let metadata = json!({"totalCount": rows.len(), "maxPageSize": max});
    let start = size.saturating_mul(number - 1);
    Reply::json(
        rows.into_iter()
            .skip(start)
            .take(size)
            .map(|mut row| {
                row.insert("metadata".to_owned(), metadata.clone());
                Value::Object(row)
            })
            .collect(),
    )
}

/// All rows, for resources without pages.
pub(in crate::visma) fn all(rows: impl IntoIterator<Item = Value>) -> Reply {
    Reply::json(rows.into_iter().collect())
}

/// All rows, or the one whose id the path names.
pub(in crate::visma) fn all_or_one(
    world: &World,
    what: &str,
    path: &[&str],
    rows: Vec<(String, Value)>,
) -> Reply {
    match path {
        [] => all(rows.into_iter().map(|(_, row)| row)),
        [id] => match rows.into_iter().find(|(known, _)| known == id) {
            Some((_, row)) => Reply::json(row),
            None => not_found(world, what, id),
        },
        _ => Reply::empty(404),
    }
}

/// A pair such as `lastModifiedDateTime` and `lastModifiedDateTimeCondition`: either alone is ignored.
pub(in crate::visma) struct Since {
    moment: DateTime<Utc>,
    condition: String,
}

impl Since {
    pub(in crate::visma) fn read(
        world: &World,
        call: &Call,
        name: &str,
    ) -> Result<Option<Self>, Reply> {
        let (Some(text), Some(condition)) =
            (call.param(name), call.param(&format!("{name}Condition")))
        else {
            return Ok(None);
        };
        let moment = moment::parse_local(text).ok_or_else(|| {
            error(
                world,
                400,
                &format!("The value '{text}' is not valid for {name}."),
            )
        })?;
        if !["<", ">", "<=", ">=", "="].contains(&condition) {
            return Err(error(
                world,
                400,
                &format!("The value '{condition}' is not valid for {name}Condition."),
            ));
        }
        Ok(Some(Self {
            moment,
            condition: condition.to_owned(),
        }))
    }

    pub(in crate::visma) fn keeps(&self, at: DateTime<Utc>) -> bool {
        match self.condition.as_str() {
            "<" => at < self.moment,
            ">" => at > self.moment,
            "<=" => at <= self.moment,
            ">=" => at >= self.moment,
            _ => at == self.moment,
        }
    }
}
