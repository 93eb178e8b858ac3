//! A pair whose database cannot be opened gets one of its copies back; and one on a new computer gets the copy of the old one.

use std::path::PathBuf;

use brygga_core::{Code, Problem};
use brygga_engine::rescue::CopyAt;
use secrecy::SecretString;

use super::{Pairs, lock};
use crate::api::{error, wrong_use};
use crate::contract::{
    ApiError, BackupView, CopyChoice, Event, Nothing, PairKey, PairRestore, PairRestored,
};
use crate::keeping::backup_view;

impl Pairs {
    /// The copies of a pair, whether it can be opened or not; none of one that has no folder here.
    #[allow(
        clippy::unused_async,
        reason = "every command is awaited by the table, whether it waits for anything or not"
    )]
    pub(super) async fn pair_copies(&self, key: PairKey) -> Result<Vec<BackupView>, ApiError> {
        let entry = self.entry(&key.pair);
        let entry = entry.ok_or_else(|| error(Code::PairGone.into()))?;
        let Some(folder) = self.host.folder.as_ref().filter(|_| entry.kept) else {
            return Ok(Vec::new());
        };
        let copies = folder.backups(&key.pair).map_err(error)?;
        Ok(copies.into_iter().map(backup_view).collect())
    }

    /// It comes to its safe point and is closed, the copy takes the place of its database, and it is opened again, whatever came of it.
    pub(super) async fn pair_restore(
        &self,
        request: PairRestore,
    ) -> Result<PairRestored, ApiError> {
        let _alone = self.changing.lock().await;
        let entry = self.entry(&request.pair);
        let entry = entry.ok_or_else(|| error(Code::PairGone.into()))?;
        if self.host.folder.is_none() || !entry.kept {
            return Err(wrong_use("This host keeps no copies of this store."));
        }
        // It would be one more that has the database open.
        drop(entry);
        if self.open_pair(&request.pair).is_ok() {
            self.shut(&request.pair).await.map_err(error)?;
        }
        let pairs = self
            .me
            .upgrade()
            .ok_or_else(|| error(Code::PairGone.into()))?;
        let id = request.pair.clone();
        let restored = self
            .runtime
            .spawn_blocking(move || pairs.put_back(&request))
            .await
            .map_err(|fault| error(Problem::new(Code::Internal).with("detail", fault)))?;
        self.tell("", Event::RecordsChanged(Nothing {}));
        let aside = restored.map_err(|problem| {
            self.tell("", Event::PairsChanged(Nothing {}));
            error(problem)
        })?;
        Ok(PairRestored {
            aside: aside.map(|aside| aside.display().to_string()),
            pairs: self.shows(&id).map_err(error)?,
        })
    }

    fn put_back(&self, request: &PairRestore) -> Result<Option<PathBuf>, Problem> {
        let folder = self.host.folder.as_ref().ok_or(Code::PairGone)?;
        // Nobody tries meanwhile to open it.
        let _alone = lock(&self.opening);
        let from = match &request.copy {
            CopyChoice::Own { name } => CopyAt::Named(name.clone()),
            CopyChoice::File { path } => CopyAt::File(plain(path)),
        };
        let key = request.recovery_key.as_deref().map(str::trim);
        let key = key.filter(|key| !key.is_empty()).map(SecretString::from);
        let restored = folder.restore(&request.pair, &from, key.as_ref());
        self.open_alone(&request.pair);
        restored
    }
}

/// A path as it was pasted: Windows copies it with quotation marks.
fn plain(path: &str) -> PathBuf {
    PathBuf::from(path.trim().trim_matches('"'))
}
