//! `brygga backup list|now|restore|key`.

use std::path::{Path, PathBuf};

use brygga_engine::rescue::{self, CopyAt};
use secrecy::ExposeSecret as _;

use crate::arguments::{Backup, BackupAction};
use crate::commands::connect::asked;
use crate::data_dir;
use crate::end::End;
use crate::print;

pub(crate) fn run(options: Backup, folder: Option<PathBuf>) -> Result<End, End> {
    match options.action {
        BackupAction::List(options) => list(&data_dir::named(folder)?, options.json),
        BackupAction::Now => {
            if let Some(path) = data_dir::open(folder)?.store.backup_now()? {
                print::line(path.display());
            }
            Ok(End::Done)
        }
        BackupAction::Restore {
            copy,
            recovery_key,
            json,
        } => restore(&data_dir::named(folder)?, copy, recovery_key, json),
        BackupAction::Key => {
            if let Some(key) = data_dir::open(folder)?.recovery_key()? {
                print::aside(
                    "Write this down and keep it away from this computer. With it and a copy, everything can be read.",
                );
                print::line(key.expose_secret());
            }
            Ok(End::Done)
        }
    }
}

fn list(folder: &Path, json: bool) -> Result<End, End> {
    let copies = rescue::backups(folder)?;
    if json {
        let rows: Vec<_> = copies
            .iter()
            .map(|copy| {
                serde_json::json!({ "name": copy.name, "path": copy.path, "at": copy.at, "bytes": copy.bytes })
            })
            .collect();
        print::json(&serde_json::json!({ "backups": rows }));
    } else {
        for copy in copies {
            print::line(format_args!("{}  {}", copy.name, copy.path.display()));
        }
    }
    Ok(End::Done)
}

fn restore(folder: &Path, copy: String, recovery_key: bool, json: bool) -> Result<End, End> {
    let key = if recovery_key {
        let typed = asked("Recovery key: ")?;
        Some(typed.ok_or_else(|| End::Use("No recovery key was typed.".into()))?)
    } else {
        None
    };
    // One of the list is meant by its name, wherever one stands.
    let own = rescue::backups(folder)?
        .iter()
        .any(|known| known.name == copy);
    let from = if own {
        CopyAt::Named(copy)
    } else {
        CopyAt::File(PathBuf::from(copy))
    };
    let aside = rescue::restore(folder, &from, key.as_ref())?;
    if json {
        print::json(&serde_json::json!({ "restored": true, "aside": aside }));
    } else {
        print::line(
            "The copy is put back. The next sync looks up in Visma.net what was booked since.",
        );
        if let Some(aside) = aside {
            print::line(format_args!("What was there is kept: {}", aside.display()));
        }
    }
    Ok(End::Done)
}
