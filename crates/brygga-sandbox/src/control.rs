//! What `/__control` does alike on both servers: faults and the clock.

use std::time::Duration;

use axum::http::StatusCode;
use brygga_core::Clock;
use serde_json::{Value, json};

use crate::faults::{FaultRule, Faults};

/// GET lists the rules and what has fired; POST adds one rule or a list of them; DELETE ends them all.
pub(crate) fn faults(faults: &Faults, method: &str, body: &[u8]) -> (StatusCode, Value) {
    match method {
        "GET" => (
            StatusCode::OK,
            json!({ "rules": faults.rules(), "fired": faults.fired() }),
        ),
        "POST" => {
            let rules = serde_json::from_slice::<Vec<FaultRule>>(body)
                .or_else(|_| serde_json::from_slice::<FaultRule>(body).map(|rule| vec![rule]));
            match rules {
                Ok(rules) => {
                    for rule in rules {
                        faults.add(rule);
                    }
                    (StatusCode::OK, json!({ "rules": faults.rules() }))
                }
                Err(error) => (
                    StatusCode::BAD_REQUEST,
                    json!({ "error": error.to_string() }),
                ),
            }
        }
        "DELETE" => {
            faults.clear();
            (StatusCode::OK, json!({ "rules": [] }))
        }
        _ => (
            StatusCode::METHOD_NOT_ALLOWED,
            json!({ "error": "GET, POST or DELETE" }),
        ),
    }
}

/// GET tells the time; POST `{"advance_s": n}` lets so many seconds pass: at once on a clock that jumps, really on one that does not.
pub(crate) async fn clock(clock: &dyn Clock, method: &str, body: &[u8]) -> (StatusCode, Value) {
    match method {
        "GET" => (StatusCode::OK, json!({ "now": clock.now() })),
        "POST" => match serde_json::from_slice::<Value>(body)
            .ok()
            .and_then(|body| body["advance_s"].as_u64())
        {
            Some(seconds) => {
                clock.sleep(Duration::from_secs(seconds)).await;
                (StatusCode::OK, json!({ "now": clock.now() }))
            }
            None => (
                StatusCode::BAD_REQUEST,
                json!({ "error": "advance_s: whole seconds" }),
            ),
        },
        _ => (
            StatusCode::METHOD_NOT_ALLOWED,
            json!({ "error": "GET or POST" }),
        ),
    }
}
