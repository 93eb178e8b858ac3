//! A pair whose database cannot be opened, or that is to be brought to another computer: a copy takes the place of what is there. And the
//! key to write down, without which a copy is of no use anywhere else.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use brygga_core::secret::SecretName;
use brygga_core::{Code, Problem, SecretStore};
use brygga_store::{Activity, Backup, DataKey, Level, OpenOptions, Replacement, StoreError};
use secrecy::SecretString;

use crate::connect::Ground;
use crate::erased_again::erase_again;
use crate::folder::{self, Card, DATABASE};
use crate::keeping::{CONNECTIONS, who};
use crate::place::Who;

/// Which copy.
#[derive(Debug, Clone)]
pub enum CopyAt {
    /// One of the pair's own, by its name.
    Named(String),
    /// A file that somebody brings, such as from a stick.
    File(PathBuf),
}

/// The copies of the pair in a folder, newest first, whether its database can be opened or not.
pub fn backups(folder: &Path) -> Result<Vec<Backup>, Problem> {
    Ok(brygga_store::backups_of(&folder.join(DATABASE))?)
}

/// Puts a copy in the place of the database in a folder. Nobody may have it open; what is there is set aside, whole: gives where it is, or
/// none where nothing was there. What is kept in the secret store stays there, and so do the connections where they can be read.
///
/// `recovery`: the key that was written down, where the copy was made on another computer. From then on it is this pair's key.
///
/// [`Code::StoreInUse`] where it is open; [`Code::BackupOther`] for a copy of another shop or company; [`Code::BackupKey`] for one with
/// another key; [`Code::PairConnected`] where a pair would lose the key of its own database or copies.
pub fn restore(
    folder: &Path,
    from: &CopyAt,
    recovery: Option<&SecretString>,
) -> Result<Option<PathBuf>, Problem> {
    restore_with(folder, from, recovery, &folder::secrets(folder)?)
}

/// The same with the secrets elsewhere than this computer usually has them.
pub fn restore_with(
    folder: &Path,
    from: &CopyAt,
    recovery: Option<&SecretString>,
    secrets: &Arc<dyn SecretStore>,
) -> Result<Option<PathBuf>, Problem> {
    let recovery = recovery
        .map(|text| DataKey::from_recovery(text).ok_or(Code::RecoveryKey))
        .transpose()?;
    std::fs::create_dir_all(folder).map_err(|fault| folder::unwritable(folder, &fault))?;
    let file = folder.join(DATABASE);
    let source = match from {
        CopyAt::Named(name) => Replacement::named(&file, name)?,
        CopyAt::File(path) if path.is_file() => path.clone(),
        CopyAt::File(path) => {
            return Err(Problem::new(Code::BackupMissing).with("path", path.display()));
        }
    };
    let card = Card::of(folder)?;
    let kept = secrets.get(&card.secrets, SecretName::DataKey)?;
    let now = kept.as_ref().map(DataKey::from_base64).transpose()?;
    let Some(key) = recovery.or_else(|| now.clone()) else {
        return Err(Code::BackupKey.into());
    };
    let clock = folder::clock();
    let options = OpenOptions::new(&file, key.clone());
    let copy =
        Replacement::of(&options, now.as_ref(), &source, Arc::clone(&clock)).map_err(|error| {
            match error {
                StoreError::Key => Problem::new(Code::BackupKey),
                error => error.into(),
            }
        })?;
    let theirs = who(&copy.settings(&CONNECTIONS)?);
    let there = copy.settings_now(&CONNECTIONS)?.map(|there| who(&there));
    let other_key = now.as_ref().is_none_or(|now| !now.is(&key));
    let nobody = Who::default();
    let at_work = there.as_ref().is_some_and(|there| *there != nobody);
    // Also of one that cannot be opened: its own copies would be lost with the key.
    let has_copies = || {
        let Some(now) = now.as_ref() else {
            return Ok(false);
        };
        let copies = backups(folder)?;
        Ok::<_, Problem>(
            copies
                .iter()
                .any(|copy| brygga_store::opens(&copy.path, now)),
        )
    };
    if other_key && (at_work || card.who() != nobody && has_copies()?) {
        return Err(Code::PairConnected.into());
    }
    for ours in [Some(card.who()), there].into_iter().flatten() {
        if let Some((ours, theirs)) = ours.differs(&theirs) {
            return Err(Problem::new(Code::BackupOther)
                .with("ours", ours)
                .with("theirs", theirs));
        }
    }
    let name = source.file_name().unwrap_or_default().to_string_lossy();
    let told = Activity::new(clock.now(), Level::Warn, "backup-restored").with("copy", name);
    let placed = copy.put(&CONNECTIONS, |copy, erased| {
        erase_again(copy, erased, clock.now())?;
        copy.log(std::slice::from_ref(&told))?;
        // Before the copy is in place: with another key it could not be opened.
        if other_key {
            secrets.set(&card.secrets, SecretName::DataKey, &key.to_base64())?;
        }
        Ok::<_, Problem>(())
    });
    if placed.is_err()
        && other_key
        && let Some(before) = &kept
    {
        // What is there is as before, and so is its key.
        secrets.set(&card.secrets, SecretName::DataKey, before)?;
    }
    placed
}

impl Ground {
    /// The key to write down: with it a copy of this pair can be read on another computer. None where nothing is kept, as in practice.
    pub fn recovery_key(&self) -> Result<Option<SecretString>, Problem> {
        if self.store.file().is_none() {
            return Ok(None);
        }
        let kept = self.secrets.get(&self.place.secrets, SecretName::DataKey)?;
        let Some(text) = kept else { return Ok(None) };
        Ok(Some(DataKey::from_base64(&text)?.to_recovery()?))
    }
}
