//! `brygga settings`.

use std::path::PathBuf;
use std::sync::Arc;

use brygga_core::settings::{Known, Settings as Choices};
use brygga_core::{Code, Problem};
use brygga_engine::SETTINGS;
use brygga_engine::connect::Ground;
use brygga_engine::ports::Unwatched;
use serde_json::Value;

use crate::arguments::{Settings, SettingsAction};
use crate::data_dir;
use crate::end::End;
use crate::print;

pub(crate) async fn run(options: Settings, folder: Option<PathBuf>) -> Result<End, End> {
    let ground = data_dir::open(folder)?;
    match options.action {
        SettingsAction::Get { path: None } => print::json(&current(&ground)?),
        SettingsAction::Get { path: Some(path) } => {
            let all = serde_json::to_value(current(&ground)?).map_err(unreadable)?;
            print::json(at(&all, &path)?);
        }
        SettingsAction::Set { path, value } => {
            let value: Value = serde_json::from_str(&value).map_err(unreadable)?;
            let mut all = serde_json::to_value(current(&ground)?).map_err(unreadable)?;
            at(&all, &path)?;
            let pointer = format!("/{}", path.replace('.', "/"));
            if let Some(place) = all.pointer_mut(&pointer) {
                *place = value;
            }
            keep(&ground, serde_json::from_value(all).map_err(unreadable)?).await?;
        }
        SettingsAction::Export { file } => {
            let text = serde_json::to_string_pretty(&current(&ground)?).map_err(unreadable)?;
            std::fs::write(&file, text + "\n")
                .map_err(|error| End::Fault(format!("{}: {error}", file.display())))?;
        }
        SettingsAction::Import { file } => {
            let text = std::fs::read_to_string(&file)
                .map_err(|error| End::Use(format!("{}: {error}", file.display())))?;
            keep(&ground, serde_json::from_str(&text).map_err(unreadable)?).await?;
        }
        SettingsAction::Suggest { countries } => {
            let engine = ground.engine(Arc::new(Unwatched))?;
            let countries = countries
                .iter()
                .map(|country| country.trim().to_ascii_uppercase())
                .collect();
            print::json(&engine.suggest_settings(&countries).await?);
        }
    }
    Ok(End::Done)
}

fn current(ground: &Ground) -> Result<Choices, End> {
    match ground.store.setting(SETTINGS)? {
        Some(value) => Ok(serde_json::from_value(value).map_err(unreadable)?),
        None => Ok(Choices::default()),
    }
}

/// Keeps choices whose locations and channels are the shop's.
async fn keep(ground: &Ground, choices: Choices) -> Result<(), End> {
    let before = current(ground)?;
    // The shop is asked only for what cannot be told without it: other choices can be made without a network.
    let unasked = Known::new(Err(Code::NotConnected.into()), []);
    let mut named = choices.clone().named(&before, &unasked);
    if named.is_err() {
        let engine = ground.engine(Arc::new(Unwatched))?;
        named = choices.named(&before, &engine.known().await?);
    }
    let value = serde_json::to_value(named?).map_err(unreadable)?;
    ground.store.put_setting(
        SETTINGS,
        value,
        &brygga_engine::hand::signed("command line"),
    )?;
    Ok(())
}

fn at<'a>(all: &'a Value, path: &str) -> Result<&'a Value, End> {
    all.pointer(&format!("/{}", path.replace('.', "/")))
        .ok_or_else(|| End::Use(format!("There is no setting {path}.")))
}

fn unreadable(error: serde_json::Error) -> Problem {
    Problem::new(Code::SettingsUnreadable).with("detail", error)
}
