//! `brygga sync`.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use brygga_engine::ports::Unwatched;
use brygga_engine::{Engine, Preview, RunOptions, RunReport};
use brygga_store::RecordKind;

use crate::arguments::Sync;
use crate::data_dir;
use crate::end::End;
use crate::print;

/// How often `--watch` looks.
const EVERY: Duration = Duration::from_mins(1);

pub(crate) async fn run(options: Sync, folder: Option<PathBuf>) -> Result<End, End> {
    let ground = data_dir::open(folder)?;
    let engine = ground.engine(Arc::new(Unwatched))?;
    if options.dry_run {
        return dry_run(&engine, &options).await;
    }
    loop {
        let report = engine
            .sync(RunOptions {
                since: options.since,
                run: None,
            })
            .await?;
        let held = tell(&engine, &report, options.json)?;
        if !options.watch {
            return match report.failure {
                Some(problem) if !options.json => Err(problem.into()),
                Some(_) => Ok(End::Left),
                None if held > 0 => Ok(End::Left),
                None => Ok(End::Done),
            };
        }
        if let Some(problem) = report.failure {
            print::aside(&problem);
        }
        tokio::select! {
            () = engine.clock().sleep(EVERY) => {}
            _ = tokio::signal::ctrl_c() => return Ok(End::Done),
        }
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

async fn dry_run(engine: &Engine, options: &Sync) -> Result<End, End> {
    let previews = engine.preview(options.since).await?;
    let held = previews
        .iter()
        .filter(|preview| preview.decision == "held")
        .count();
    if options.json {
        print::json(&serde_json::json!({ "would": previews }));
    } else {
        for preview in &previews {
            print::line(describe(preview));
        }
        print::line(format_args!(
            "{} orders looked at; nothing was sent.",
            previews.len()
        ));
    }
    Ok(if held > 0 { End::Left } else { End::Done })
}

fn describe(preview: &Preview) -> String {
    let steps = if preview.steps.is_empty() {
        String::new()
    } else {
        format!(": {}", preview.steps.join(", "))
    };
    let total = preview
        .total
        .as_deref()
        .map(|total| format!(" {total}"))
        .unwrap_or_default();
    let why = preview
        .problem
        .as_ref()
        .map(|problem| format!(" {problem}"))
        .unwrap_or_default();
    format!("{} {}{total}{steps}{why}", preview.order, preview.decision)
}
