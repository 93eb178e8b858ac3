//! `brygga connect shopify|visma`.

use std::io::{BufRead as _, IsTerminal as _};
use std::path::PathBuf;

use brygga_engine::connect::{CompanyConnection, ShopConnection};
use secrecy::SecretString;

use crate::arguments::{Connect, Remote};
use crate::data_dir;
use crate::end::End;
use crate::print;

pub(crate) async fn run(options: Connect, folder: Option<PathBuf>) -> Result<End, End> {
    match options.remote {
        Remote::Shopify {
            domain,
            client_id,
            base_url,
            json,
        } => {
            let secret = secret("BRYGGA_SHOPIFY_SECRET", "Client secret or token: ")?;
            let ground = data_dir::open(folder)?;
            let check = ground
                .connect_shop(
                    ShopConnection {
                        domain,
                        client_id,
                        base_url,
                    },
                    Some(secret),
                )
                .await?;
            let report = check.scopes;
            if json {
                print::json(
                    &serde_json::json!({ "connected": true, "missing_scopes": report.missing, "sixty_days_only": report.sixty_days_only }),
                );
            } else {
                print::line("The shop is connected.");
                if !report.missing.is_empty() {
                    print::line(format_args!(
                        "Missing permissions: {}.",
                        report.missing.join(", ")
                    ));
                }
                if report.sixty_days_only {
                    print::line(brygga_core::Code::ShopHorizon.template());
                }
            }
            Ok(if report.missing.is_empty() {
                End::Done
            } else {
                End::Left
            })
        }
        Remote::Visma {
            client_id,
            tenant,
            base_url,
            json,
        } => {
            let secret = secret("BRYGGA_VISMA_SECRET", "Client secret: ")?;
            let ground = data_dir::open(folder)?;
            let report = ground
                .connect_company(
                    CompanyConnection {
                        client_id,
                        tenant_id: tenant,
                        base_url,
                        scopes: Vec::new(),
                    },
                    Some(secret),
                )
                .await?;
            let missing: Vec<_> = report
                .permissions
                .iter()
                .filter(|permission| !permission.ok)
                .map(|permission| permission.what)
                .collect();
            if json {
                print::json(
                    &serde_json::json!({ "connected": true, "company": report.company, "missing": missing }),
                );
            } else {
                print::line(format_args!(
                    "{} is connected.",
                    report.company.as_deref().unwrap_or("The company")
                ));
                if !missing.is_empty() {
                    print::line(format_args!("Not allowed: {}.", missing.join(", ")));
                }
            }
            Ok(if missing.is_empty() {
                End::Done
            } else {
                End::Left
            })
        }
    }
}

/// A secret from the environment, or one line of standard input.
fn secret(variable: &str, prompt: &str) -> Result<SecretString, End> {
    if let Ok(value) = std::env::var(variable)
        && !value.is_empty()
    {
        return Ok(SecretString::from(value));
    }
    asked(prompt)?.ok_or_else(|| {
        End::Use(format!(
            "No secret was given. Put it in {variable}, or type it."
        ))
    })
}

/// One line of standard input; none where nothing was typed.
pub(crate) fn asked(prompt: &str) -> Result<Option<SecretString>, End> {
    let input = std::io::stdin();
    if input.is_terminal() {
        print::aside(prompt);
    }
    let mut line = String::new();
    input
        .lock()
        .read_line(&mut line)
        .map_err(|error| End::Fault(error.to_string()))?;
    let value = line.trim();
    Ok((!value.is_empty()).then(|| SecretString::from(value)))
}
