//! `brygga sync`.

use std::path::PathBuf;
use std::sync::Arc;

use brygga_api::contract::PreviewItem;
use brygga_api::{Api, Host, Watch};
use brygga_core::policy::Lanes;
use brygga_core::settings::Settings;
use brygga_engine::connect::Ground;
use brygga_engine::ports::Unwatched;
use brygga_engine::{Engine, Outcome, Previewed, RunOptions, RunReport, lane_of_flow};
use brygga_store::RecordKind;

use crate::arguments::Sync;
use crate::data_dir;
use crate::end::End;
use crate::print;
use crate::stop;

pub(crate) async fn run(options: Sync, folder: Option<PathBuf>) -> Result<End, End> {
    let ground = data_dir::open(folder)?;
    if options.watch {
        return watch(&ground, &options).await;
    }
    let engine = ground.engine(Arc::new(Unwatched))?;
    if options.dry_run {
        return dry_run(&engine, &options).await;
    }
    let report = engine.sync(what(&options, &*engine.settings()?)).await?;
    let held = tell(&engine, &report, options.json)?;
    match report.failure {
        Some(problem) if !options.json => Err(problem.into()),
        Some(_) => Ok(End::Left),
        None if held > 0 => Ok(End::Left),
        None => Ok(End::Done),
    }
}

fn what(options: &Sync, settings: &Settings) -> RunOptions {
    let lanes: Lanes = options
        .flow
        .iter()
        .filter_map(|flow| lane_of_flow(flow.as_str(), settings))
        .collect();
    RunOptions {
        since: options.since,
        lanes: if lanes.is_empty() {
            Lanes::all()
        } else {
            lanes
        },
        run: None,
        look_first: true,
    }
}

/// One run now, then whatever is due, until somebody asks to end. The run under way then comes to its safe point.
async fn watch(ground: &Ground, options: &Sync) -> Result<End, End> {
    let watch = Watch::new();
    let engine =
        Arc::new(ground.engine(Arc::clone(&watch) as Arc<dyn brygga_engine::ports::Events>)?);
    let api = Api::new(Arc::clone(&engine), watch, Host::default());
    let first = api
        .start(what(options, &*engine.settings()?))
        .ok()
        .map(|(_, run)| run);
    let on = async {
        if let Some(run) = first
            && let Ok(report) = run.await
        {
            told(&engine, report, options.json);
        }
        Arc::clone(&api)
            .keep_in_step(|report| told(&engine, report, options.json))
            .await;
    };
    tokio::select! {
        () = on => {}
        () = stop::asked() => {
            api.close(stop::PATIENCE).await;
        }
    }
    Ok(End::Done)
}

fn told(engine: &Engine, report: RunReport, json: bool) {
    // What the store cannot tell now, the next run tells.
    if let Ok(Some(problem)) = tell(engine, &report, json).map(|_| report.failure) {
        print::aside(&problem);
    }
}

fn tell(engine: &Engine, report: &RunReport, json: bool) -> Result<usize, End> {
    let counts = engine.store().counts(RecordKind::Order)?;
    if json {
        print::json(&serde_json::json!({
            "read": report.read,
            "decided": report.decided,
            "written": report.written,
            "failure": report.failure,
            "orders": {
                "seen": counts.total(),
                "booked": counts.booked,
                "waiting": counts.waiting,
                "skipped": counts.skipped,
                "held": counts.held,
                "new": counts.new + counts.planned,
            },
        }));
    } else {
        print::line(format_args!(
            "{} read, {} written. Orders: {} booked, {} waiting, {} skipped, {} held.",
            report.read, report.written, counts.booked, counts.waiting, counts.skipped, counts.held
        ));
    }
    Ok(counts.held)
}

/// The same preview as in the window: every row, in JSON with all of its documents, lines and fields.
async fn dry_run(engine: &Engine, options: &Sync) -> Result<End, End> {
    let preview = engine.preview(what(options, &*engine.settings()?)).await?;
    let counts = brygga_api::preview::counts(&preview.items);
    let held: u32 = counts.iter().map(|count| count.held).sum();
    let zone = engine.shop_info().await?.time_zone;
    if options.json {
        let items: Vec<_> = preview
            .items
            .iter()
            .map(|found| brygga_api::preview::item(found, zone))
            .collect();
        print::json(&serde_json::json!({
            "at": preview.at,
            "counts": counts,
            "failures": preview.failures,
            "would": items,
        }));
    } else {
        for found in &preview.items {
            print::line(describe(found, &brygga_api::preview::item(found, zone)));
        }
        for count in &counts {
            let money: Vec<_> = count
                .money
                .iter()
                .map(|money| format!("{} {}", money.amount, money.currency))
                .collect();
            print::line(format_args!(
                "{}: {} to send{}{}, {} waiting, {} skipped, {} held.",
                count.kind,
                count.send,
                if money.is_empty() { "" } else { ", " },
                money.join(" and "),
                count.waiting,
                count.skipped,
                count.held
            ));
        }
        print::line(format_args!(
            "{} records looked at; nothing was sent. Not shown: what is written back to the shop's orders.",
            preview.items.len()
        ));
    }
    for (flow, problem) in &preview.failures {
        print::aside(format!("{flow}: {problem}"));
    }
    Ok(if held > 0 || !preview.failures.is_empty() {
        End::Left
    } else {
        End::Done
    })
}

fn describe(found: &Previewed, item: &PreviewItem) -> String {
    let line = &item.line;
    let amount = line
        .amount
        .as_ref()
        .map(|money| format!(" {} {}", money.amount, money.currency))
        .unwrap_or_default();
    let steps = if item.steps.is_empty() {
        String::new()
    } else {
        format!(": {}", item.steps.join(", "))
    };
    let why = match &found.outcome {
        Outcome::Send { .. } => String::new(),
        Outcome::Waiting(problem) | Outcome::Skipped(problem) | Outcome::Held(problem) => {
            format!(" {problem}")
        }
    };
    let done = line.what.as_deref().unwrap_or(&line.outcome);
    format!("{} {} {done}{amount}{steps}{why}", line.kind, line.name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_others_booked_is_looked_for_before_anything_is_sent() {
        let options = Sync {
            flow: Vec::new(),
            since: None,
            dry_run: false,
            watch: false,
            json: false,
        };
        assert!(what(&options, &Settings::default()).look_first);
    }
}
