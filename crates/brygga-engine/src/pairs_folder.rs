//! The folder in which a program keeps several pairs: one folder each. Nothing in it is ever deleted; what is put away is moved aside.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use brygga_core::{Code, Problem, SecretStore};
use brygga_store::Backup;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};

use crate::connect::Ground;
use crate::folder::{self, CARD, Card, DATABASE, put_file, unwritable};
use crate::rescue::{self, CopyAt};

/// Folder of the first pair; a program that knew only one had it there.
const FIRST: &str = "default";
/// Beginning of the others' names.
const NEXT: &str = "pair-";
/// What is put away lies here, beside the folder of the pairs.
const AWAY: &str = "put-away";
/// What is remembered of all of them.
const REMEMBERED: &str = "pairs.json";

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct Remembered {
    shown: Option<String>,
}

/// The folder.
#[derive(Debug, Clone)]
pub struct PairsFolder {
    root: PathBuf,
    /// Where the secrets of all are; none: where this computer usually has them.
    secrets: Option<Arc<dyn SecretStore>>,
}

impl PairsFolder {
    /// The folder at `root`; it is made with its first pair.
    pub fn at(root: impl Into<PathBuf>) -> Self {
        Self {
            root: root.into(),
            secrets: None,
        }
    }

    /// The same with the secrets of all pairs in one store.
    pub fn with_secrets(root: impl Into<PathBuf>, secrets: Arc<dyn SecretStore>) -> Self {
        Self {
            root: root.into(),
            secrets: Some(secrets),
        }
    }

    /// The ids of the pairs in it, the first one first.
    pub fn ids(&self) -> Result<Vec<String>, Problem> {
        let mut ids = Vec::new();
        for name in names(&self.root)? {
            if number(&name).is_some() {
                ids.push(name);
            }
        }
        ids.sort_by_key(|id| number(id));
        Ok(ids)
    }

    /// Makes the folder of a new pair; gives its id.
    pub fn make(&self) -> Result<String, Problem> {
        std::fs::create_dir_all(&self.root).map_err(|fault| unwritable(&self.root, &fault))?;
        // A number is never given twice: what is put away keeps its own.
        let taken = names(&self.root)?
            .into_iter()
            .chain(names(&self.away())?)
            .filter_map(|name| number(&name))
            .max();
        let id = match taken {
            None => FIRST.to_owned(),
            Some(taken) => format!("{NEXT}{}", taken + 1),
        };
        let path = self.root.join(&id);
        std::fs::create_dir(&path).map_err(|fault| unwritable(&path, &fault))?;
        Ok(id)
    }

    /// Opens a pair.
    pub fn open(&self, id: &str) -> Result<Ground, Problem> {
        let folder = self.carded(id)?;
        match &self.secrets {
            Some(secrets) => folder::open_with(&folder, Arc::clone(secrets)),
            None => folder::open(&folder),
        }
    }

    /// The copies of a pair, whether it can be opened or not.
    pub fn backups(&self, id: &str) -> Result<Vec<Backup>, Problem> {
        rescue::backups(&self.of(id)?)
    }

    /// Puts a copy in the place of a pair's database: [`rescue::restore`]. It must be closed.
    pub fn restore(
        &self,
        id: &str,
        from: &CopyAt,
        recovery: Option<&SecretString>,
    ) -> Result<Option<PathBuf>, Problem> {
        let folder = self.carded(id)?;
        match &self.secrets {
            Some(secrets) => rescue::restore_with(&folder, from, recovery, secrets),
            None => rescue::restore(&folder, from, recovery),
        }
    }

    /// What is known of a pair without its database.
    pub fn card(&self, id: &str) -> Result<Card, Problem> {
        Card::of(&self.carded(id)?)
    }

    /// Keeps what is known of a pair.
    pub fn put_card(&self, id: &str, card: &Card) -> Result<(), Problem> {
        card.write(&self.of(id)?)
    }

    /// Puts a pair away: its folder, with everything in it, is moved aside. It must be closed. Gives where it is.
    ///
    /// Its secrets stay where they are, so that the folder can be moved back.
    pub fn put_away(&self, id: &str) -> Result<PathBuf, Problem> {
        let from = self.of(id)?;
        let refused = |path: &Path, fault: &std::io::Error| {
            Problem::new(Code::PairMove)
                .with("path", path.display())
                .with("detail", fault)
        };
        let away = self.away();
        std::fs::create_dir_all(&away).map_err(|fault| refused(&away, &fault))?;
        let to = away.join(id);
        std::fs::rename(&from, &to).map_err(|fault| refused(&from, &fault))?;
        Ok(to)
    }

    /// The pair that was looked at last.
    pub fn shown(&self) -> Option<String> {
        // What cannot be read is as if nobody had chosen.
        let text = std::fs::read_to_string(self.root.join(REMEMBERED)).ok()?;
        serde_json::from_str::<Remembered>(&text).ok()?.shown
    }

    /// Remembers which pair is looked at.
    pub fn show(&self, id: &str) -> Result<(), Problem> {
        let remembered = Remembered {
            shown: Some(id.to_owned()),
        };
        let text = serde_json::to_string(&remembered)
            .map_err(|fault| Problem::new(Code::Internal).with("detail", fault))?;
        put_file(&self.root.join(REMEMBERED), &text)
    }

    /// A pair's folder whose card is there, or may be made: of one that was made among others a lost card is told, for the name of its
    /// secrets is lost with it, and the first pair's are not its own.
    fn carded(&self, id: &str) -> Result<PathBuf, Problem> {
        let folder = self.of(id)?;
        let card = folder.join(CARD);
        if id != FIRST && folder.join(DATABASE).exists() && !card.exists() {
            return Err(Problem::new(Code::SettingsUnreadable)
                .with("detail", format!("{}: not found", card.display())));
        }
        Ok(folder)
    }

    fn away(&self) -> PathBuf {
        self.root.with_file_name(AWAY)
    }

    /// Only what this folder itself has named: an id comes from a page.
    fn of(&self, id: &str) -> Result<PathBuf, Problem> {
        let path = self.root.join(id);
        if number(id).is_some() && path.is_dir() {
            Ok(path)
        } else {
            Err(Code::PairGone.into())
        }
    }
}

/// The number of a pair's folder; none for a name that is not one.
fn number(name: &str) -> Option<u32> {
    if name == FIRST {
        return Some(1);
    }
    let digits = name.strip_prefix(NEXT)?;
    digits
        .parse()
        .ok()
        .filter(|number: &u32| *number > 1 && number.to_string() == digits)
}

/// Names of the folders in a folder; none where there is no such folder.
fn names(folder: &Path) -> Result<Vec<String>, Problem> {
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(fault) if fault.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        Err(fault) => return Err(unwritable(folder, &fault)),
    };
    let mut names = Vec::new();
    for entry in entries {
        let entry = entry.map_err(|fault| unwritable(folder, &fault))?;
        if entry.path().is_dir()
            && let Ok(name) = entry.file_name().into_string()
        {
            names.push(name);
        }
    }
    Ok(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pair_from_before_is_found_where_it_is_and_keeps_its_secrets() {
        let home = tempfile::tempdir().unwrap();
        let pairs = PairsFolder::at(home.path().join("pairs"));
        assert!(pairs.ids().unwrap().is_empty());
        // As an earlier version left it.
        std::fs::create_dir_all(home.path().join("pairs/default")).unwrap();
        std::fs::write(home.path().join("pairs/default/brygga.db"), "books").unwrap();
        assert_eq!(pairs.ids().unwrap(), ["default"]);
        assert_eq!(pairs.card("default").unwrap().secrets, "default");
        assert_eq!(
            std::fs::read_to_string(home.path().join("pairs/default/brygga.db")).unwrap(),
            "books"
        );
        // A second one has secrets of its own, and the same at every start.
        let second = pairs.make().unwrap();
        assert_eq!(second, "pair-2");
        let card = pairs.card(&second).unwrap();
        assert_ne!(card.secrets, "default");
        assert_eq!(pairs.card(&second).unwrap(), card);
        assert_eq!(pairs.ids().unwrap(), ["default", "pair-2"]);
    }

    #[test]
    fn what_is_put_away_lies_aside_whole_and_its_name_is_not_used_again() {
        let home = tempfile::tempdir().unwrap();
        let pairs = PairsFolder::at(home.path().join("pairs"));
        let first = pairs.make().unwrap();
        let second = pairs.make().unwrap();
        pairs.show(&second).unwrap();
        assert_eq!(pairs.shown().as_deref(), Some("pair-2"));
        let card = pairs.card(&second).unwrap();
        std::fs::write(home.path().join("pairs/pair-2/brygga.db"), "books").unwrap();
        let away = pairs.put_away(&second).unwrap();
        assert!(away.ends_with("put-away/pair-2"), "{}", away.display());
        assert_eq!(
            std::fs::read_to_string(away.join("brygga.db")).unwrap(),
            "books"
        );
        assert_eq!(Card::of(&away).unwrap(), card);
        assert_eq!(pairs.ids().unwrap(), [first]);
        assert_eq!(pairs.make().unwrap(), "pair-3");
        assert_eq!(pairs.card("pair-2").unwrap_err().code, Code::PairGone);
    }

    #[test]
    fn only_its_own_folders_are_pairs() {
        let home = tempfile::tempdir().unwrap();
        let pairs = PairsFolder::at(home.path().join("pairs"));
        pairs.make().unwrap();
        for name in ["pair-02", "pair-", "pair-x", "backup", "pair-1"] {
            std::fs::create_dir(home.path().join("pairs").join(name)).unwrap();
            assert_eq!(pairs.card(name).unwrap_err().code, Code::PairGone, "{name}");
        }
        for id in ["../put-away", "..", "", "default/..", "/"] {
            assert_eq!(pairs.card(id).unwrap_err().code, Code::PairGone, "{id}");
        }
        assert_eq!(pairs.ids().unwrap(), ["default"]);
    }

    #[test]
    fn a_database_that_lost_its_card_does_not_take_the_first_ones_secrets() {
        let home = tempfile::tempdir().unwrap();
        let pairs = PairsFolder::at(home.path().join("pairs"));
        pairs.make().unwrap();
        let second = pairs.make().unwrap();
        pairs.card(&second).unwrap();
        let folder = home.path().join("pairs/pair-2");
        std::fs::write(folder.join("brygga.db"), "books").unwrap();
        std::fs::remove_file(folder.join("pair.json")).unwrap();
        let card = pairs.card(&second).unwrap_err();
        let opened = pairs.open(&second).err().expect("refused");
        for problem in [card, opened] {
            assert_eq!(problem.code, Code::SettingsUnreadable);
            assert!(problem.params["detail"].contains("pair.json"), "{problem}");
        }
        assert!(!folder.join("pair.json").exists(), "none is made up");
    }

    #[test]
    fn what_is_written_at_once_is_whole_and_leaves_nothing_beside() {
        let home = tempfile::tempdir().unwrap();
        let pairs = PairsFolder::at(home.path().join("pairs"));
        let id = pairs.make().unwrap();
        let card = pairs.card(&id).unwrap();
        std::thread::scope(|scope| {
            for writer in 0..4 {
                let (pairs, mut card) = (pairs.clone(), card.clone());
                card.label = Some(writer.to_string().repeat(1_000 * (writer + 1)));
                let id = &id;
                scope.spawn(move || {
                    for _ in 0..50 {
                        pairs.put_card(id, &card).unwrap();
                        pairs.card(id).unwrap();
                    }
                });
            }
        });
        let files = std::fs::read_dir(home.path().join("pairs/default")).unwrap();
        assert_eq!(files.count(), 1);
    }

    #[test]
    fn a_card_that_cannot_be_read_is_said_and_not_replaced() {
        let home = tempfile::tempdir().unwrap();
        let pairs = PairsFolder::at(home.path().join("pairs"));
        pairs.make().unwrap();
        let path = home.path().join("pairs/default/pair.json");
        std::fs::write(&path, "{ \"secr").unwrap();
        let problem = pairs.card("default").unwrap_err();
        assert_eq!(problem.code, Code::SettingsUnreadable);
        assert!(problem.params["detail"].contains("pair.json"), "{problem}");
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "{ \"secr");
    }
}
