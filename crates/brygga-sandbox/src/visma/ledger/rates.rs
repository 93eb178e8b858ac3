//! Exchange rates and their types: `/v2/currencyrate`, `/v2/currencyratetype` (`facts/visma 13`).

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde_json::{Map, Value, json};

use super::{Refusal, body};
use crate::visma::amounts::{number, round};
use crate::visma::data::{RATE_TYPE, Rate, RateType};
use crate::visma::erp::answer;
use crate::visma::exchange::{Call, Reply};
use crate::visma::moment;
use crate::visma::shape::cash::{CHANGED_RATE, NEW_RATE, NEW_RATE_TYPE};
use crate::visma::world::World;

pub(super) fn serve(world: &mut World, call: &Call, path: &[&str]) -> Option<Reply> {
    let reply = match (call.method.as_str(), path) {
        ("GET", []) => list(world, call),
        ("POST", []) => create(world, call),
        ("PUT", [id]) => update(world, call, id),
        _ => return None,
    };
    Some(reply)
}

fn failed(world: &World, what: &str, text: &str) -> Reply {
    answer::error(world, 400, &format!("Error {what}. Error: {text}"))
}

fn list(world: &World, call: &Call) -> Reply {
    let base = world.data.base_currency();
    let is = |name: &str, value: &str| call.param(name).is_none_or(|wanted| wanted == value);
    let day = |name: &str| {
        call.param(name)
            .map(|text| text.get(..10).and_then(|day| day.parse::<NaiveDate>().ok()))
    };
    let (Some(from), Some(to)) = (
        day("fromDate").unwrap_or(Some(NaiveDate::MIN)),
        day("toDate").unwrap_or(Some(NaiveDate::MAX)),
    ) else {
        return answer::error(world, 400, "The value is not valid for fromDate or toDate.");
    };
    answer::all(
        world
            .data
            .rates
            .iter()
            .zip(1..)
            .filter(|(rate, _)| {
                is("fromCurrency", &rate.from)
                    && is("toCurrency", base)
                    && is("rateType", &rate.kind)
                    && from <= rate.since
                    && rate.since <= to
            })
            .map(|(rate, id)| dto(base, rate, id)),
    )
}

fn dto(base: &str, rate: &Rate, id: i32) -> Value {
    let reciprocal = round(Decimal::ONE / rate.written, 8);
    json!({
        "id": id,
        "fromCurrencyId": rate.from,
        "toCurrencyId": base,
        "rateType": rate.kind,
        "rate": number(rate.written),
        "effectiveDate": moment::local_day(rate.since),
        "multDiv": if rate.divide { "Divide" } else { "Multiply" },
        "rateReciprocal": number(reciprocal),
    })
}

/// Rate and direction of a body, as written and as units of the company's currency.
fn written(input: &Map<String, Value>) -> Result<(Decimal, bool, Decimal), Refusal> {
    let rate = body::amount(input, "rate").filter(|rate| *rate > Decimal::ZERO);
    let rate = rate.ok_or_else(|| Refusal::new("'CuryRate' must be greater than 0."))?;
    let divide = body::word(input, "multDiv") == Some("Divide");
    let value = if divide { Decimal::ONE / rate } else { rate };
    Ok((rate, divide, value))
}

fn create(world: &mut World, call: &Call) -> Reply {
    let input = match body::read(world, call, NEW_RATE, "CreateCurrencyRateDto") {
        Ok(input) => input,
        Err(reply) => return reply,
    };
    match new_rate(world, &input) {
        // The spec says 200 for this one, with no body worth reading.
        Ok(rate) => {
            world.data.rates.push(rate);
            Reply::json(json!({}))
        }
        Err(Refusal(text)) => failed(world, "creating currency rate", &text),
    }
}

fn new_rate(world: &World, input: &Map<String, Value>) -> Result<Rate, Refusal> {
    let data = &world.data;
    let from = body::word(input, "fromCurrencyId").unwrap_or_default();
    let to = body::word(input, "toCurrencyId").unwrap_or(data.base_currency());
    for currency in [from, to] {
        if data.currency(currency).is_none() {
            return Err(Refusal::unknown("CuryID", currency));
        }
    }
    if to != data.base_currency() || from == to {
        return Err(Refusal::new(format!(
            "Only rates into {} are practised.",
            data.base_currency()
        )));
    }
    let kind = body::word(input, "rateType").unwrap_or(RATE_TYPE);
    if data.rate_types.iter().all(|known| known.id != kind) {
        return Err(Refusal::unknown("CuryRateType", kind));
    }
    let since = body::day(input, "effectiveDate").unwrap_or_else(|| super::today(world));
    let (rate, divide, value) = written(input)?;
    let there = data
        .rates
        .iter()
        .any(|known| known.from == from && known.kind == kind && known.since == since);
    if there {
        return Err(Refusal::new(format!(
            "A rate of type {kind} from {from} on {since} exists already."
        )));
    }
    Ok(Rate {
        from: from.to_owned(),
        kind: kind.to_owned(),
        since,
        rate: value,
        written: rate,
        divide,
    })
}

fn update(world: &mut World, call: &Call, id: &str) -> Reply {
    let index = id.parse::<usize>().ok().and_then(|id| id.checked_sub(1));
    if index.is_none_or(|index| world.data.rates.get(index).is_none()) {
        return answer::not_found(world, "currency rate", id);
    }
    let input = match body::read(world, call, CHANGED_RATE, "UpdateCurrencyRateDto") {
        Ok(input) => input,
        Err(reply) => return reply,
    };
    match written(&input) {
        Ok((rate, divide, value)) => {
            if let Some(known) = index.and_then(|index| world.data.rates.get_mut(index)) {
                known.rate = value;
                known.written = rate;
                known.divide = divide;
            }
            Reply::json(json!({}))
        }
        Err(Refusal(text)) => failed(world, "updating currency rate", &text),
    }
}

pub(super) fn types(world: &mut World, call: &Call, path: &[&str]) -> Option<Reply> {
    match (call.method.as_str(), path) {
        ("GET", []) => Some(answer::all(world.data.rate_types.iter().map(
            |kind| json!({"id": kind.id, "description": kind.text, "daysEffective": kind.days}),
        ))),
        ("POST", []) => Some(new_type(world, call)),
        _ => None,
    }
}

fn new_type(world: &mut World, call: &Call) -> Reply {
    let input = match body::read(world, call, NEW_RATE_TYPE, "CreateCurrencyRateTypeDto") {
        Ok(input) => input,
        Err(reply) => return reply,
    };
    let id = body::word(&input, "id").unwrap_or_default();
    let known = world.data.rate_types.iter().any(|kind| kind.id == id);
    if id.is_empty() || id.chars().count() > 6 || known {
        return failed(
            world,
            "creating currency rate type",
            &format!("'CuryRateTypeID' '{id}' is empty, too long or there already."),
        );
    }
    let kind = RateType {
        id: id.to_owned(),
        text: body::text(&input, "description")
            .unwrap_or_default()
            .to_owned(),
        days: body::whole(&input, "daysEffective").unwrap_or(0),
    };
    world.data.rate_types.push(kind);
    Reply::json(json!({}))
}
