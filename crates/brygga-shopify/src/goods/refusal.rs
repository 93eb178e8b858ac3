//! How a write to the shop ends when it does not end well.

use brygga_core::{Code, Problem};
use serde_json::Value;

use crate::answer::Answer;

/// Why a write did not end well, told apart by the one question that matters: may it have happened?
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WriteFailure {
    /// Shopify looked at it and said no: surely not done.
    Refused(Problem),
    /// Surely not done, for a reason outside the record. It may be sent again later.
    NotSent(Problem),
    /// It may have been done.
    Unknown(Problem),
}

/// A row of a write that Shopify refused, by its place in what was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowRefusal {
    /// Place among the rows; `None` where Shopify names none.
    pub row: Option<usize>,
    /// What was there has changed since it was read: read and decide again.
    pub stale: bool,
    /// Why.
    pub problem: Problem,
}

/// What became of a write with rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sent {
    /// All rows are done.
    Done,
    /// Some rows were refused. Whether the others are done, only reading tells (`facts/shopify` 8.8).
    Refused(Vec<RowRefusal>),
}

impl WriteFailure {
    /// A call that ended with this problem before Shopify's own rules were asked. A mutation of which no answer came may have
    /// happened.
    pub(crate) fn of(problem: Problem) -> Self {
        match problem.code {
            Code::RemoteTimeout
            | Code::RemoteBroken
            | Code::RemoteNotJson
            | Code::RemoteUnexpected
            | Code::RemoteUnreachable => Self::Unknown(problem),
            _ => Self::NotSent(problem),
        }
    }

    /// What is wrong.
    pub fn problem(&self) -> &Problem {
        match self {
            Self::Refused(problem) | Self::NotSent(problem) | Self::Unknown(problem) => problem,
        }
    }
}

/// The payload of a mutation. An access that was denied is no success.
pub(crate) fn payload(answer: Answer, root: &str) -> Result<Value, WriteFailure> {
    if let Some(denied) = answer.denied.first() {
        return Err(WriteFailure::NotSent(denied.problem()));
    }
    let mut data = answer.data;
    match data[root].take() {
        payload @ Value::Object(_) => Ok(payload),
        _ => Err(WriteFailure::Unknown(crate::client::unexpected(
            format_args!("{root} without an answer"),
        ))),
    }
}

/// The refusals of a payload. `list` is the input's list whose rows errors name, such as `quantities`: Shopify gives the place as
/// text (`facts/shopify` 8.8).
pub(crate) fn refusals(payload: &Value, list: &str) -> Result<Vec<RowRefusal>, WriteFailure> {
    let Some(errors) = payload["userErrors"].as_array() else {
        return Ok(Vec::new());
    };
    let mut rows = Vec::with_capacity(errors.len());
    for error in errors {
        let code = error["code"].as_str().unwrap_or_default();
        let message = error["message"].as_str().unwrap_or_default();
        let reason = if code.is_empty() {
            message.to_owned()
        } else {
            format!("{message} ({code})")
        };
        let problem = Problem::new(Code::ShopRefused).with("reason", reason);
        match code {
            // Another call with the same key is under way: it may be ours, come late (facts 6.3).
            "IDEMPOTENCY_CONCURRENT_REQUEST" => return Err(WriteFailure::Unknown(problem)),
            // The first try failed: a new key is needed, so it is decided and sent anew.
            "IDEMPOTENCY_PREVIOUS_ATTEMPT_FAILED" => {
                return Err(WriteFailure::NotSent(problem));
            }
            _ => {}
        }
        rows.push(RowRefusal {
            row: place(&error["field"], list),
            stale: matches!(
                code,
                "CHANGE_FROM_QUANTITY_STALE" | "COMPARE_QUANTITY_STALE"
            ),
            problem,
        });
    }
    Ok(rows)
}

/// The first refusal, for writes that have no rows.
pub(crate) fn accepted(payload: &Value) -> Result<(), WriteFailure> {
    match refusals(payload, "")?.into_iter().next() {
        Some(refusal) => Err(WriteFailure::Refused(refusal.problem)),
        None => Ok(()),
    }
}

/// `["input", "quantities", "3", "locationId"]` is 3.
fn place(field: &Value, list: &str) -> Option<usize> {
    let parts = field.as_array()?;
    let at = parts.iter().position(|part| part == list)?;
    let part = parts.get(at + 1)?;
    part.as_str()
        .map_or_else(|| part.as_u64()?.try_into().ok(), |text| text.parse().ok())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn rows_are_named_by_text_or_number() {
        let payload = json!({"userErrors": [
            {"code": "INVALID_INVENTORY_ITEM", "field": ["input", "quantities", "17", "inventoryItemId"], "message": "no such item"},
            {"code": "CHANGE_FROM_QUANTITY_STALE", "field": ["input", "quantities", 4, "changeFromQuantity"], "message": "stale"},
            {"code": "INVALID_REASON", "field": ["input", "reason"], "message": "no reason"},
            {"field": null, "message": "no field"},
        ]});
        let rows = refusals(&payload, "quantities").unwrap();
        let seen: Vec<_> = rows.iter().map(|row| (row.row, row.stale)).collect();
        assert_eq!(
            seen,
            [
                (Some(17), false),
                (Some(4), true),
                (None, false),
                (None, false)
            ]
        );
        assert_eq!(
            rows[0].problem.params["reason"],
            "no such item (INVALID_INVENTORY_ITEM)"
        );
    }

    #[test]
    fn keys_have_their_own_answers() {
        let of = |code: &str| {
            refusals(
                &json!({"userErrors": [{"code": code, "field": null, "message": "m"}]}),
                "quantities",
            )
        };
        assert!(matches!(
            of("IDEMPOTENCY_CONCURRENT_REQUEST"),
            Err(WriteFailure::Unknown(_))
        ));
        assert!(matches!(
            of("IDEMPOTENCY_PREVIOUS_ATTEMPT_FAILED"),
            Err(WriteFailure::NotSent(_))
        ));
        assert!(of("IDEMPOTENCY_KEY_PARAMETER_MISMATCH").is_ok());
        assert_eq!(of("X").map(|rows| rows.len()), Ok(1));
    }
}
