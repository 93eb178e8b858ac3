//! `brygga proof`.

use std::path::PathBuf;
use std::sync::Arc;

use brygga_engine::Period;
use brygga_engine::ports::Unwatched;

use crate::arguments::Proof;
use crate::data_dir;
use crate::end::End;
use crate::print;

pub(crate) async fn run(options: Proof, folder: Option<PathBuf>) -> Result<End, End> {
    let ground = data_dir::open(folder)?;
    let engine = ground.engine(Arc::new(Unwatched))?;
    let report = engine
        .prove_of(Period {
            from: options.from,
            to: options.to,
        })
        .await?;
    if options.json {
        print::json(&report);
    } else {
        print::line(format_args!(
            "{} documents read back and compared: {} unexplained differences, {} explained.",
            report.checked,
            report.differences.len(),
            report.explained_count()
        ));
        if !report.beyond.is_empty() {
            print::line(format_args!(
                "{} orders are older than the 60 days that the app may see: nothing is said of them.",
                report.beyond.len()
            ));
        }
        if let Some(problem) = &report.stock_unread {
            print::line(format_args!(
                "Stock could not be compared: {}",
                problem.message()
            ));
        }
        for difference in &report.differences {
            print::line(format_args!(
                "  {} {}: Shopify {}, Visma.net {}",
                difference.order, difference.what, difference.shopify, difference.visma
            ));
        }
    }
    Ok(if report.differences.is_empty() {
        End::Done
    } else {
        End::Left
    })
}
