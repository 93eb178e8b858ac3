//! Work that is taken on now and done later: actions that answer before they act, and `erp-api-background` (`facts/visma 3, 5, 6`).

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::erp::{self, answer};
use super::exchange::{Call, Content, Reply};
use super::moment;
use super::world::World;

/// How long the state of a job is kept.
const KEPT: TimeDelta = TimeDelta::hours(24);

/// Jobs in the order in which they were taken on.
#[derive(Debug, Default)]
pub(crate) struct Jobs {
    waiting: Vec<Job>,
    /// Those with an id, once done.
    done: Vec<Job>,
    taken: u64,
}

#[derive(Debug)]
struct Job {
    /// Only jobs of `erp-api-background` have one.
    id: Option<String>,
    call: Call,
    received: DateTime<Utc>,
    due: DateTime<Utc>,
    webhook: String,
    reply: Option<Reply>,
}

/// Does what is due, each at its own moment.
pub(crate) fn run_due(world: &mut World) {
    let now = world.now;
    while let Some(at) = world
        .jobs
        .waiting
        .iter()
        .enumerate()
        .filter(|(_, job)| job.due <= now)
        .min_by_key(|(index, job)| (job.due, *index))
        .map(|(index, _)| index)
    {
        let mut job = world.jobs.waiting.remove(at);
        world.now = job.due;
        let reply = run(world, &job.call);
        if job.id.is_some() {
            job.reply = Some(reply);
            world.jobs.done.push(job);
        }
    }
    world.now = now;
}

fn run(world: &mut World, call: &Call) -> Reply {
    let parts: Vec<&str> = call.segments.iter().map(String::as_str).collect();
    match parts.split_first() {
        Some((version, rest)) => erp::serve(world, call, &version.to_lowercase(), rest),
        None => answer::no_route(call),
    }
}

/// `/v1/...` and `/v2/...`: now, or later.
pub(crate) fn serve(world: &mut World, call: &Call, version: &str, rest: &[&str]) -> Reply {
    if let ("v1", "GET", [resource, id, sub @ ..]) = (version, call.method.as_str(), rest)
        && resource.eq_ignore_ascii_case("background")
    {
        return match sub {
            [] => state(world, id),
            [word] if word.eq_ignore_ascii_case("content") => content(world, id),
            _ => answer::no_route(call),
        };
    }
    let later = world.now + world.action_delay;
    if let Some(webhook) = call.header("erp-api-background") {
        let webhook = webhook.to_owned();
        world.jobs.taken += 1;
        let id = Uuid::from_u64_pair(
            0x6a6f_6273_0000_4000,
            0x8000_0000_0000_0000 | world.jobs.taken,
        )
        .to_string();
        let location = format!("{}/v1/background/{id}", world.base_url);
        take(world, call, later, Some(id.clone()), webhook);
        return Reply::json_with(202, json!({"id": id, "stateLocation": location}));
    }
    let action =
        call.method == "POST" && rest.iter().any(|part| part.eq_ignore_ascii_case("action"));
    if action && world.action_delay > TimeDelta::zero() {
        // The answer comes at once and tells nothing of the outcome; only reading does (`facts/visma 6, 15`).
        take(world, call, later, None, String::new());
        return if version == "v2" {
            Reply::empty(204)
        } else {
            Reply::json(answer::action(world, "Queued"))
        };
    }
    erp::serve(world, call, version, rest)
}

fn take(world: &mut World, call: &Call, due: DateTime<Utc>, id: Option<String>, webhook: String) {
    let job = Job {
        id,
        call: call.clone(),
        received: world.now,
        due,
        webhook,
        reply: None,
    };
    world.jobs.waiting.push(job);
}

fn find<'a>(world: &'a World, id: &str) -> Option<&'a Job> {
    let jobs = &world.jobs;
    jobs.waiting
        .iter()
        .chain(&jobs.done)
        .find(|job| job.id.as_deref() == Some(id))
}

/// `BackgroundRequestStateDto`: `Finished` says only that it is over; `statusCode` says how.
fn state(world: &World, id: &str) -> Reply {
    let Some(job) = find(world, id).filter(|job| world.now - job.received < KEPT) else {
        return answer::error(world, 404, "No background operation state was found.");
    };
    let has_content = job
        .reply
        .as_ref()
        .is_some_and(|reply| reply.content != Content::Nothing);
    let done = job.reply.is_some().then(|| moment::local(job.due));
    let headers: Option<Map<String, Value>> = job.reply.as_ref().map(|reply| {
        reply
            .headers
            .iter()
            .map(|(name, value)| (title(name), json!(value)))
            .collect()
    });
    Reply::json(json!({
        "id": id,
        "status": if job.reply.is_some() { "Finished" } else { "Started" },
        "statusCode": job.reply.as_ref().map_or(0, |reply| reply.status),
        "receivedUtc": moment::local(job.received),
        "startedUtc": moment::local(job.received),
        "finishedUtc": done,
        "webhookAddress": job.webhook,
        "errorMessage": null,
        "reference": null,
        "originalUri": format!("{}{}", world.base_url, job.call.path),
        "hasResponseContent": has_content,
        "hasRequestContent": !job.call.body.is_empty(),
        "contentLocation": has_content.then(|| format!("{}/v1/background/{id}/content", world.base_url)),
        "responseHeaders": headers.filter(|headers| !headers.is_empty()),
    }))
}

/// `location` as `Location`, the way the real one writes it.
fn title(name: &str) -> String {
    if name.eq_ignore_ascii_case("etag") {
        return "ETag".to_owned();
    }
    let mut letters = name.chars();
    letters
        .next()
        .map(|first| first.to_ascii_uppercase().to_string() + letters.as_str())
        .unwrap_or_default()
}

/// The body of the answer that the call would have got.
fn content(world: &World, id: &str) -> Reply {
    let Some(job) = find(world, id) else {
        return answer::error(
            world,
            404,
            "No background operation response content was found.",
        );
    };
    if world.now - job.received >= KEPT {
        return answer::error(
            world,
            410,
            "State for background operation has been removed after 24 hours.",
        );
    }
    match job.reply.as_ref().map(|reply| &reply.content) {
        Some(Content::Json(value) | Content::Problem(value)) => Reply::json(value.clone()),
        _ => answer::error(
            world,
            404,
            "No background operation response content was found.",
        ),
    }
}
