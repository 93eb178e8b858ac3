//! What an answer of status 200 means: success is only what is left when nothing else fits (`facts/shopify` 4.1).

use std::time::Duration;

use brygga_core::policy::Outcome;
use brygga_core::{Code, Problem};
use serde_json::Value;

use crate::REMOTE;

/// Data that came, with the places that were withheld.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Answer {
    pub(crate) data: Value,
    pub(crate) denied: Vec<Denied>,
}

/// One field that Shopify would not give.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Denied {
    /// Names and positions from the root on.
    pub(crate) path: Vec<String>,
    /// What it would take, in Shopify's words.
    pub(crate) needs: String,
}

impl Denied {
    /// The path without positions: `orders.nodes.customer`.
    pub(crate) fn field(&self) -> String {
        let names: Vec<&str> = self
            .path
            .iter()
            .filter(|part| part.parse::<usize>().is_err())
            .map(String::as_str)
            .collect();
        if names.is_empty() {
            "the API".to_owned()
        } else {
            names.join(".")
        }
    }

    pub(crate) fn problem(&self) -> Problem {
        Problem::new(Code::ShopAccess)
            .with("field", self.field())
            .with("scope", &self.needs)
    }
}

/// What `extensions.cost` says (`facts/shopify` 3.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Cost {
    pub(crate) requested: u32,
    pub(crate) maximum: u32,
    pub(crate) available: u32,
    pub(crate) restore_rate: u32,
}

impl Cost {
    pub(crate) fn of(body: &Value) -> Option<Self> {
        let cost = body.get("extensions")?.get("cost")?;
        let status = cost.get("throttleStatus")?;
        Some(Self {
            requested: points(cost.get("requestedQueryCost")).unwrap_or(0),
            maximum: points(status.get("maximumAvailable"))?,
            available: points(status.get("currentlyAvailable"))?,
            restore_rate: points(status.get("restoreRate"))?,
        })
    }

    /// How long until the call fits (`facts/shopify` 3.5); the jitter is added by the policy.
    pub(crate) fn wait(&self) -> Duration {
        let lacking = self.requested.saturating_sub(self.available);
        let seconds = if self.restore_rate == 0 {
            1
        } else {
            lacking.div_ceil(self.restore_rate)
        };
        Duration::from_secs(u64::from(seconds.max(1)))
    }
}

/// Points come as whole numbers or as `1000.0`.
fn points(value: Option<&Value>) -> Option<u32> {
    let value = value?;
    let whole = value
        .as_u64()
        .or_else(|| value.to_string().split('.').next()?.parse().ok())?;
    u32::try_from(whole).ok()
}

/// Why an answer of status 200 is no success.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Failure {
    /// Another try may do.
    Again(Outcome, Problem),
    /// No other try will do.
    Final(Problem),
}

/// Reads errors, warnings and data, in this order.
pub(crate) fn read(body: Value) -> Result<Answer, Failure> {
    let denied = errors(&body)?;
    if let Some(detail) = search_warning(&body) {
        return Err(Failure::Final(
            Problem::new(Code::ShopSearchWarning).with("detail", detail),
        ));
    }
    let Value::Object(mut fields) = body else {
        return Err(Failure::Final(unexpected("the answer is no object")));
    };
    match fields.remove("data") {
        Some(data @ Value::Object(_)) => Ok(Answer { data, denied }),
        _ => match denied.first() {
            Some(denied) => Err(Failure::Final(denied.problem())),
            None => Err(Failure::Again(
                Outcome::Unknown,
                unexpected("an answer without data"),
            )),
        },
    }
}

fn unexpected(detail: &str) -> Problem {
    Problem::new(Code::RemoteUnexpected)
        .with("remote", REMOTE)
        .with("detail", detail)
}

fn errors(body: &Value) -> Result<Vec<Denied>, Failure> {
    let list = match &body["errors"] {
        Value::Null => return Ok(Vec::new()),
        Value::Array(list) => list.as_slice(),
        // REST's form, on some refusals
        other => {
            return Err(Failure::Final(
                Problem::new(Code::ShopQuery).with("detail", plain(other)),
            ));
        }
    };
    let mut denied = Vec::new();
    let mut query = Vec::new();
    let mut fault = None;
    for error in list {
        let message = error["message"].as_str().unwrap_or("no message");
        match error["extensions"]["code"].as_str().unwrap_or_default() {
            "THROTTLED" => {
                let wait = Cost::of(body).map_or(Duration::from_secs(1), |cost| cost.wait());
                let problem = Problem::new(Code::RemoteBusy).with("remote", REMOTE);
                return Err(Failure::Again(
                    Outcome::Busy {
                        retry_after: Some(wait),
                    },
                    problem,
                ));
            }
            "ACCESS_DENIED" => denied.push(denial(error, message)),
            "SHOP_INACTIVE" => {
                return Err(Failure::Final(
                    Problem::new(Code::ShopUnavailable).with("state", "not active"),
                ));
            }
            "INTERNAL_SERVER_ERROR" | "TIMEOUT" => {
                let id = error["extensions"]["requestId"]
                    .as_str()
                    .unwrap_or("no request id");
                fault = Some(
                    Problem::new(Code::RemoteBroken)
                        .with("remote", REMOTE)
                        .with("status", format_args!("200, {message}, {id}")),
                );
            }
            // protected customer data has no code of its own (facts 2.5)
            _ if message.contains("not approved to access") => denied.push(denial(error, message)),
            code => query.push(if code.is_empty() {
                message.to_owned()
            } else {
                format!("{code}: {message}")
            }),
        }
    }
    if let Some(problem) = fault {
        return Err(Failure::Again(Outcome::Unknown, problem));
    }
    if !query.is_empty() {
        return Err(Failure::Final(
            Problem::new(Code::ShopQuery).with("detail", query.join("; ")),
        ));
    }
    Ok(denied)
}

fn denial(error: &Value, message: &str) -> Denied {
    let path = error["path"]
        .as_array()
        .map(Vec::as_slice)
        .unwrap_or_default();
    let needs = error["extensions"]["requiredAccess"]
        .as_str()
        .unwrap_or(message);
    Denied {
        path: path.iter().map(plain).collect(),
        needs: needs.trim_end_matches('.').to_owned(),
    }
}

fn plain(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}

/// An unknown filter is ignored by Shopify and the whole store comes back: a warning is a failure (`facts/shopify` 5.2).
fn search_warning(body: &Value) -> Option<String> {
    let searches = body["extensions"]["search"].as_array()?;
    let warnings: Vec<String> = searches
        .iter()
        .filter_map(|search| search["warnings"].as_array())
        .flatten()
        .map(|warning| {
            format!(
                "{}: {}",
                plain(&warning["field"]),
                plain(&warning["message"])
            )
        })
        .collect();
    (!warnings.is_empty()).then(|| warnings.join("; "))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn code(body: Value) -> Code {
        match read(body).unwrap_err() {
            Failure::Again(_, problem) | Failure::Final(problem) => problem.code,
        }
    }

    #[test]
    fn throttled_waits_for_the_lacking_points_and_at_least_a_second() {
        let body = |available: u32| {
            json!({"errors": [{"message": "Throttled", "extensions": {"code": "THROTTLED"}}],
                "extensions": {"cost": {"requestedQueryCost": 674, "actualQueryCost": null,
                    "throttleStatus": {"maximumAvailable": 2000.0, "currentlyAvailable": available, "restoreRate": 100.0}}}})
        };
        let wait = |available| match read(body(available)).unwrap_err() {
            Failure::Again(Outcome::Busy { retry_after }, _) => retry_after.unwrap().as_secs(),
            other => panic!("{other:?}"),
        };
        assert_eq!((wait(0), wait(500), wait(700)), (7, 2, 1));
    }

    #[test]
    fn each_error_has_its_code() {
        let error =
            |code: &str| json!({"errors": [{"message": "m", "extensions": {"code": code}}]});
        assert_eq!(code(error("MAX_COST_EXCEEDED")), Code::ShopQuery);
        assert_eq!(code(error("undefinedField")), Code::ShopQuery);
        assert_eq!(code(error("SHOP_INACTIVE")), Code::ShopUnavailable);
        assert_eq!(code(error("INTERNAL_SERVER_ERROR")), Code::RemoteBroken);
        assert_eq!(code(error("ACCESS_DENIED")), Code::ShopAccess);
        assert_eq!(code(error("A_CODE_OF_NEXT_YEAR")), Code::ShopQuery);
        assert_eq!(
            code(json!({"errors": [{"message": "no extensions"}]})),
            Code::ShopQuery
        );
        assert_eq!(code(json!({"errors": "Not Found"})), Code::ShopQuery);
        assert_eq!(code(json!({"data": null})), Code::RemoteUnexpected);
        assert_eq!(code(json!([])), Code::RemoteUnexpected);
    }

    #[test]
    fn denied_fields_keep_the_rest() {
        let answer = read(json!({
            "data": {"orders": {"nodes": [{"id": "gid://shopify/Order/1", "email": null, "customer": null}]}},
            "errors": [
                {"message": "This app is not approved to access the email field.", "path": ["orders", "nodes", 0, "email"]},
                {"message": "Access denied", "path": ["orders", "nodes", 0, "customer"],
                 "extensions": {"code": "ACCESS_DENIED", "requiredAccess": "`read_customers` access scope."}}
            ]
        }))
        .unwrap();
        assert_eq!(answer.denied.len(), 2);
        assert_eq!(answer.denied[1].field(), "orders.nodes.customer");
        assert_eq!(
            answer.denied[1].problem().params["scope"],
            "`read_customers` access scope"
        );
    }

    #[test]
    fn a_search_warning_is_a_failure_though_data_came() {
        let body = json!({"data": {"orders": {"nodes": []}},
            "extensions": {"search": [{"path": ["orders"], "query": "x", "warnings": [{"field": "updated", "message": "Invalid search field for this query."}]}]}});
        assert_eq!(code(body), Code::ShopSearchWarning);
        let fine = json!({"data": {}, "extensions": {"search": [{"path": ["orders"], "warnings": []}, {"path": ["orders"]}]}});
        assert!(read(fine).is_ok());
    }
}
