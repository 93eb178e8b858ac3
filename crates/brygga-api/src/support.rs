//! A file for whoever helps: what is set up, how it went and what stands still, without secrets, persons, amounts or names. What is not
//! known to be harmless is left out: every text in it is a code, a word of the program's own, or a choice from a list.

use brygga_core::policy::Lane;
use brygga_core::{Code, Problem};
use brygga_store::{ActivityFilter, ActivityRow, Exchange, RecordKind, RecordState, Run};
use serde_json::{Map, Value, json};

use crate::api::{error, time};
use crate::contract::{ApiError, Control, Nothing, SettingValue, TextFile};
use crate::pair::Pair;
use crate::settings::sections;

/// How far back the log goes.
const EVENTS: usize = 1_000;
/// How many requests, newest first.
const REQUESTS: usize = 500;
/// How many runs, newest first.
const RUNS: usize = 50;
/// The first lines of the file.
const ABOUT: &str = "For whoever helps with Brygga. It holds no secrets, no customers, no amounts and no names: read it before you send it.";

impl Pair {
    /// The file, also while nothing is connected.
    #[allow(clippy::unused_async, reason = "every command is awaited by the table")]
    pub(crate) async fn support_file(&self, _: Nothing) -> Result<TextFile, ApiError> {
        let file = self.support().map_err(error)?;
        let text = serde_json::to_string_pretty(&file)
            .map_err(|fault| error(Problem::new(Code::Internal).with("detail", fault)))?;
        let day = self.ground.clock.now().format("%Y-%m-%d");
        Ok(TextFile {
            name: format!("brygga-support-{day}.json"),
            text: text + "\n",
        })
    }

    fn support(&self) -> Result<Value, Problem> {
        let store = &self.ground.store;
        let figures = store.figures()?;
        let events = store.activity(&ActivityFilter::default(), EVENTS)?;
        let mut records = Map::new();
        let mut causes = Vec::new();
        for kind in RecordKind::ALL {
            let counts = serde_json::to_value(store.counts(*kind)?).unwrap_or_default();
            records.insert(kind.as_str().into(), counts);
            for state in [
                RecordState::Held,
                RecordState::Waiting,
                RecordState::Skipped,
            ] {
                for group in store.problem_groups(*kind, state)? {
                    causes.push(json!({
                        "kind": kind.as_str(), "state": state.as_str(), "code": group.code.as_str(), "count": group.records.len(),
                    }));
                }
            }
        }
        Ok(json!({
            "about": ABOUT,
            "program": {
                "version": env!("CARGO_PKG_VERSION"),
                "system": std::env::consts::OS,
                "processor": std::env::consts::ARCH,
                "made": time(self.ground.clock.now()),
                "practice": self.host.practice,
            },
            "setup": self.support_setup()?,
            "lanes": self.support_lanes()?,
            "settings": self.support_settings(),
            "records": records,
            "causes": causes,
            "runs": store.runs(RUNS)?.iter().map(run).collect::<Vec<_>>(),
            "events": events.iter().map(event).collect::<Vec<_>>(),
            "requests": store.last_exchanges(REQUESTS)?.iter().map(request).collect::<Vec<_>>(),
            "database": {
                "version": figures.version, "bytes": figures.bytes, "free": figures.free,
                "rows": figures.rows, "journal": figures.journal,
            },
        }))
    }

    fn support_setup(&self) -> Result<Value, Problem> {
        let kept = self.kept()?;
        let shop = kept.shop.as_ref().map(|shop| {
            json!({
                "currency": shop.currency, "country": shop.country, "time_zone": shop.time_zone,
                "granted": shop.granted, "sixty_days_only": shop.sixty_days_only,
            })
        });
        let company = kept.company.as_ref().map(|company| {
            let probes = company.probes.iter().map(|probe| {
                let code = probe.problem.as_ref().map(|(code, _)| code.as_str());
                (probe.name.clone(), json!(code.unwrap_or("allowed")))
            });
            Value::Object(probes.collect())
        });
        Ok(json!({
            "set_up": self.is_set_up(&kept)?,
            "connected": self.api().is_ok(),
            "step": kept.step,
            "finished": kept.finished,
            "shop": shop,
            "company": company,
        }))
    }

    fn support_lanes(&self) -> Result<Value, Problem> {
        let Ok(api) = self.api() else {
            return Ok(Value::Null);
        };
        let lanes = api.agenda()?.into_iter().map(|own| {
            let state = own.state.as_ref();
            let failure = state.and_then(|state| state.failure.as_ref());
            json!({
                "lane": Lane::as_str(own.lane),
                "on": own.on,
                "ended": state.map(|state| time(state.ended)),
                "went_well": state.and_then(|state| state.well).map(time),
                "failures": state.map(|state| state.failures),
                "code": failure.map(|problem| problem.code.as_str()),
                "due": own.due.map(time),
            })
        });
        Ok(lanes.collect())
    }

    /// The choices; of what is typed freely, only whether there is something.
    fn support_settings(&self) -> Value {
        let settings = match self.settings() {
            Ok(settings) => settings,
            Err(problem) => return json!({ "code": problem.code.as_str() }),
        };
        let Ok(sections) = sections(&settings, None, None) else {
            return Value::Null;
        };
        let mut choices = Map::new();
        for field in sections.into_iter().flat_map(|section| section.fields) {
            choices.insert(field.path, choice(&field.control, &field.value));
        }
        json!({ "choices": choices, "vat_rows": settings.vat.len() })
    }
}

fn choice(control: &Control, value: &SettingValue) -> Value {
    match (control, value) {
        (_, SettingValue::Nothing) => Value::Null,
        (_, SettingValue::Flag(flag)) => json!(flag),
        (_, SettingValue::Number(number)) => json!(number),
        (_, SettingValue::List(words)) => json!({ "chosen": words.len() }),
        (Control::Choice { .. } | Control::Date | Control::Time, SettingValue::Text(word)) => {
            json!(word)
        }
        (_, SettingValue::Text(_)) => json!({ "chosen": 1 }),
    }
}

fn run(run: &Run) -> Value {
    let of = |name: &str| run.summary.as_ref().map(|summary| &summary[name]);
    // A failure carries its parameters; its code is one of ours.
    let failure = of("failure").and_then(|failure| failure["code"].as_str());
    json!({
        "what": run.what,
        "began": time(run.started_at),
        "ended": run.finished_at.map(time),
        "read": of("read").and_then(Value::as_u64),
        "decided": of("decided").and_then(Value::as_u64),
        "written": of("written").and_then(Value::as_u64),
        "code": failure.and_then(known),
    })
}

fn event(row: &ActivityRow) -> Value {
    let event = &row.activity;
    json!({
        "at": time(event.at),
        "level": event.level.as_str(),
        "event": event.event,
        "about": event.record.as_ref().map(|record| record.kind.as_str()),
        "code": event.params.get("code").and_then(|code| known(code)),
        "run": event.run,
    })
}

fn request(exchange: &Exchange) -> Value {
    json!({
        "at": time(exchange.at),
        "to": exchange.remote,
        "method": exchange.method,
        "what": what(&exchange.target),
        "status": exchange.status,
        "milliseconds": exchange.elapsed_ms,
        "for": exchange.record.kind.as_str(),
    })
}

/// A text only if it is one of the program's own codes.
fn known(code: &str) -> Option<&'static str> {
    code.parse::<Code>().ok().map(Code::as_str)
}

/// The name of the operation. A path could have a customer's number in it, or what was searched for.
fn what(target: &str) -> &str {
    if target.contains(['/', '?', '@']) {
        "…"
    } else {
        target
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_operation_has_a_name_and_a_path_is_left_out() {
        for (target, shown) in [
            ("OrdersChanged", "OrdersChanged"),
            ("read a sales order", "read a sales order"),
            ("/controller/api/v1/customer/10001?email=(hidden)", "…"),
            ("kari@example.com", "…"),
        ] {
            assert_eq!(what(target), shown, "{target}");
        }
    }

    #[test]
    fn a_code_is_one_of_ours() {
        assert_eq!(known("vat-unmapped"), Some("vat-unmapped"));
        assert_eq!(known("Kari Nordmann"), None);
    }
}
