//! Writes and actions of the ERP, at once or in the background (`facts/visma` 5, 6).

use std::time::Duration;

use brygga_core::{Code, Problem};
use brygga_http::HttpResponse;
use serde_json::Value;

use super::wire::{Accepted, ActionResult, BackgroundState};
use crate::answer::{ParseError, parse};
use crate::call::Call;
use crate::client::Visma;
use crate::config::Api;
use crate::error::{CallError, Failed, REMOTE, unexpected};
use crate::fault;

/// How often the state of a background job is asked for. The pauses grow from one second to ten: about six minutes, while a call that
/// is not in the background may take four (`facts/visma` 5).
const MOST_LOOKS: u64 = 40;
/// Longest pause between two looks.
const LONGEST_PAUSE: u64 = 10;

/// A write that Visma.net has taken on.
#[derive(Debug)]
pub(crate) struct Taken {
    /// Where the new document is.
    pub(crate) location: Option<String>,
}

impl Visma {
    /// Writes or acts in the ERP. An action without `erp-api-background` answers at once while its work goes on (`facts/visma` 6):
    /// done is what reading tells. One that says `Failed`, and a background job that ended with an error, are refusals.
    pub(crate) async fn act(&self, mut call: Call) -> Result<Taken, Failed> {
        call.background = call.api == Api::Erp && self.inner.config.background;
        let response = self.write(call.clone()).await?;
        if response.status == 202 && call.api == Api::Erp {
            return self.in_background(&call, &response).await;
        }
        not_failed(&response.body)?;
        Ok(Taken {
            location: response.header("location").map(str::to_owned),
        })
    }

    async fn in_background(&self, call: &Call, taken: &HttpResponse) -> Result<Taken, Failed> {
        let unknown = |problem: Problem| Failed::from(CallError::Unknown(problem));
        let id = match parse::<Accepted>(&taken.body) {
            Ok(Accepted { id: Some(id) }) if !id.is_empty() => id,
            Ok(_) | Err(ParseError::NotJson(_) | ParseError::OtherForm(_)) => {
                let detail = format!("{}: taken on without the id of a job", call.action);
                return Err(unknown(unexpected(detail)));
            }
        };
        for look in 1..=MOST_LOOKS {
            let pause = Duration::from_secs(look.min(LONGEST_PAUSE));
            self.inner.clock().sleep(pause).await;
            let ask = Call::get(
                Api::Erp,
                &["v1", "background", &id],
                "look at a background job",
            );
            let (state, response) = self
                .read::<BackgroundState>(ask)
                .await
                .map_err(unknown)?
                .ok_or_else(|| unknown(unexpected(format!("the background job {id} is gone"))))?;
            // "Finished" tells nothing yet: the status of the call itself counts (`facts/visma` 5).
            if matches!(state.status.as_deref(), Some("Finished" | "Failed")) {
                return self.ended(call, &id, state, response).await;
            }
        }
        Err(unknown(
            Problem::new(Code::RemoteTimeout).with("remote", REMOTE),
        ))
    }

    async fn ended(
        &self,
        call: &Call,
        id: &str,
        state: BackgroundState,
        mut response: HttpResponse,
    ) -> Result<Taken, Failed> {
        let status = state.status_code.unwrap_or_default();
        let mut content = None;
        if state.has_response_content == Some(true) {
            let ask = Call::get(
                Api::Erp,
                &["v1", "background", id, "content"],
                "read what a background job gave",
            );
            // Whatever status it comes with: it is the body of the call itself.
            content = self.send(&ask).await.ok().map(|found| found.body);
        }
        let said = content
            .filter(|body| !body.trim().is_empty())
            .or(state.error_message);
        match status {
            200..=299 => {
                if let Some(body) = &said {
                    not_failed(body)?;
                }
                Ok(Taken {
                    location: state.response_headers.as_ref().and_then(location),
                })
            }
            // The same meanings as if it had answered at once.
            300..=499 => {
                response.status = status;
                response.body = said.unwrap_or_default();
                Err(self.refusal(call, &response))
            }
            _ => {
                let reason = fault::read(status, &said.unwrap_or_default()).text;
                let problem = Problem::new(Code::RemoteBroken)
                    .with("remote", REMOTE)
                    .with("status", status)
                    .with("reason", reason);
                Err(CallError::Unknown(problem).into())
            }
        }
    }
}

/// `actionResult` is `Queued`, `InProcess`, `Done`, or `Failed` with the reason in `errorInfo`. Many answers have no body.
fn not_failed(body: &str) -> Result<(), Failed> {
    let Ok(result) = parse::<ActionResult>(body) else {
        return Ok(());
    };
    if result.action_result.as_deref() != Some("Failed") {
        return Ok(());
    }
    let reason = result
        .error_info
        .filter(|text| !text.trim().is_empty())
        .map_or_else(
            || "the action failed, no reason given".to_owned(),
            |text| fault::read(200, &text).text,
        );
    Err(CallError::Refused(Problem::new(Code::ErpRefused).with("reason", reason)).into())
}

/// `Location` among the headers of a background job: a text or a list of texts, under a name of any case.
fn location(headers: &Value) -> Option<String> {
    let (_, value) = headers
        .as_object()?
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case("location"))?;
    let text = match value {
        Value::Array(values) => values.first()?.as_str(),
        other => other.as_str(),
    };
    text.map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_an_action_that_says_so_has_failed() {
        for fine in [
            "",
            "{}",
            r#"{"actionResult":"Done"}"#,
            r#"{"actionResult":"InProcess","errorInfo":""}"#,
            r#"{"actionResult":"Queued"}"#,
            "null",
            r#""text""#,
        ] {
            assert!(not_failed(fine).is_ok(), "{fine}");
        }
        let failed = not_failed(
            r#"{"actionId":"1","actionResult":"Failed","errorInfo":"The document is out of balance."}"#,
        )
        .expect_err("failed");
        assert!(
            matches!(&failed.error, CallError::Refused(problem) if problem.params["reason"] == "The document is out of balance.")
        );
        assert!(not_failed(r#"{"actionResult":"Failed","errorInfo":null}"#).is_err());
    }

    #[test]
    fn the_location_of_a_background_job_is_found_in_every_form() {
        for headers in [
            json!({"Location": "/v1/x/1"}),
            json!({"location": ["/v1/x/1"]}),
            json!({"Other": 1, "LOCATION": ["/v1/x/1", "b"]}),
        ] {
            assert_eq!(location(&headers).as_deref(), Some("/v1/x/1"), "{headers}");
        }
        for headers in [json!(null), json!({}), json!({"location": []})] {
            assert_eq!(location(&headers), None, "{headers}");
        }
    }
}
