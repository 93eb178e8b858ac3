//! `brygga doctor`: what is connected, permitted, mapped and healthy.

use std::path::PathBuf;
use std::sync::Arc;

use brygga_core::{Code, Problem};
use brygga_engine::connect::Ground;
use brygga_engine::ports::Unwatched;
use brygga_store::RecordKind;
use serde::Serialize;

use crate::arguments::Plain;
use crate::data_dir;
use crate::end::End;
use crate::print;

/// One thing that was looked at.
#[derive(Debug, Serialize)]
struct Finding {
    what: String,
    ok: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<Code>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    remedy: Option<String>,
}

impl Finding {
    fn good(what: &str) -> Self {
        Self {
            what: what.into(),
            ok: true,
            code: None,
            message: None,
            remedy: None,
        }
    }

    fn of(what: &str, problem: &Problem) -> Self {
        Self {
            what: what.into(),
            ok: false,
            code: Some(problem.code),
            message: Some(problem.message()),
            remedy: Some(problem.code.remedy().into()),
        }
    }
}

pub(crate) async fn run(options: Plain, folder: Option<PathBuf>) -> Result<End, End> {
    let ground = data_dir::open(folder)?;
    let mut findings = vec![Finding::good("database")];
    shop(&ground, &mut findings).await;
    company(&ground, &mut findings).await;
    mapping(&ground, &mut findings).await;
    let held = ground.store.counts(RecordKind::Order)?.held;
    let connected = ground.shop()?.is_some() && ground.company()?.is_some();
    let all_well = findings.iter().all(|finding| finding.ok) && held == 0;
    if options.json {
        print::json(&serde_json::json!({ "ok": all_well, "held": held, "findings": findings }));
    } else {
        for finding in &findings {
            let mark = if finding.ok { "ok" } else { "--" };
            print::line(format_args!(
                "{mark}  {}  {}",
                finding.what,
                finding.message.as_deref().unwrap_or("")
            ));
            if let Some(remedy) = &finding.remedy {
                print::line(format_args!("    {remedy}"));
            }
        }
        print::line(format_args!("{held} orders are held."));
    }
    if !connected {
        return Err(Problem::new(Code::NotConnected)
            .with(
                "remote",
                if ground.shop()?.is_none() {
                    "Shopify"
                } else {
                    "Visma.net"
                },
            )
            .into());
    }
    Ok(if all_well { End::Done } else { End::Left })
}

async fn shop(ground: &Ground, findings: &mut Vec<Finding>) {
    match ground.check_shop().await {
        Ok(report) => {
            findings.push(Finding::good("shop"));
            if report.missing.is_empty() {
                findings.push(Finding::good("shop permissions"));
            } else {
                findings.push(Finding::of(
                    "shop permissions",
                    &Problem::new(Code::ShopScopes).with("scopes", report.missing.join(", ")),
                ));
            }
            if report.sixty_days_only {
                findings.push(Finding::of("older orders", &Code::ShopHorizon.into()));
            }
        }
        Err(problem) => findings.push(Finding::of("shop", &problem)),
    }
}

async fn company(ground: &Ground, findings: &mut Vec<Finding>) {
    match ground.check_company().await {
        Ok(report) => {
            findings.push(Finding::good("company"));
            for permission in &report.permissions {
                findings.push(match permission.code {
                    Some(code) if !permission.ok => Finding::of(
                        permission.what,
                        &Problem::new(code)
                            .with("action", permission.what)
                            .with("scope", ""),
                    ),
                    _ => Finding {
                        ok: permission.ok,
                        ..Finding::good(permission.what)
                    },
                });
            }
        }
        Err(problem) => findings.push(Finding::of("company", &problem)),
    }
}

async fn mapping(ground: &Ground, findings: &mut Vec<Finding>) {
    let Ok(engine) = ground.engine(Arc::new(Unwatched)) else {
        return;
    };
    match engine.check_mapping().await {
        Ok(problems) if problems.is_empty() => findings.push(Finding::good("mapping")),
        Ok(problems) => findings.extend(
            problems
                .iter()
                .map(|problem| Finding::of("mapping", problem)),
        ),
        Err(problem) => findings.push(Finding::of("mapping", &problem)),
    }
}
