//! Data in the merchant's hands: a customer is erased, a copy of the database made or put back.

use std::sync::Arc;

use brygga_core::{Code, Problem};
use brygga_engine::Person;
use brygga_store::{Backup, BackupReason, Holdings};
use secrecy::ExposeSecret as _;

use crate::api::{Api, count, error, stored, time};
use crate::contract::{
    ApiError, BackupKind, BackupName, BackupView, Erased, KeptView, Nothing, PeopleQuery,
    PersonKey, PersonView, RecoveryKeyView, RemovedView,
};
use crate::pair::Pair;

/// At most so many customers are shown for one search.
const SHOWN: usize = 20;
/// At most so many orders of a customer are named.
const NAMED: usize = 50;

#[allow(
    clippy::unused_async,
    reason = "every command is awaited by the table, whether it waits for anything or not"
)]
impl Api {
    /// The customers that a text fits, with what is kept of each.
    pub(crate) async fn people(
        self: &Arc<Self>,
        query: PeopleQuery,
    ) -> Result<Vec<PersonView>, ApiError> {
        let api = Arc::clone(self);
        // Every stored order is opened: other commands go on meanwhile.
        apart(move || {
            let mut found = api.engine.people(&query.search)?;
            found.truncate(SHOWN);
            found
                .into_iter()
                .map(|person| {
                    let kept = api.engine.kept_of(&person)?;
                    Ok(person_view(person, kept))
                })
                .collect()
        })
        .await
    }

    /// Erases a customer, as far as its orders are finished.
    pub(crate) async fn erase_person(
        self: &Arc<Self>,
        person: PersonKey,
    ) -> Result<Erased, ApiError> {
        let api = Arc::clone(self);
        let (person, _) = apart(move || api.engine.erase(&person.key)).await?;
        self.forget_preview();
        self.watch.settings_changed();
        Ok(Erased {
            orders: count(person.orders.len()),
            left: count(person.open.len()),
        })
    }

    pub(crate) async fn kept(&self, _: Nothing) -> Result<KeptView, ApiError> {
        let removed = self.engine.removed().map_err(error)?;
        let backups = self.engine.store().backups().map_err(stored)?;
        Ok(KeptView {
            removed: removed.map(|removed| RemovedView {
                at: time(removed.at),
                payloads: count(removed.payloads),
                exchanges: count(removed.exchanges),
                events: count(removed.events),
            }),
            backups: backups.map(|backups| backups.into_iter().map(backup_view).collect()),
        })
    }

    /// Makes a copy now.
    pub(crate) async fn back_up(self: &Arc<Self>, _: Nothing) -> Result<KeptView, ApiError> {
        let api = Arc::clone(self);
        apart(move || Ok(api.engine.store().backup_now()?)).await?;
        self.kept(Nothing {}).await
    }

    /// Puts a copy back; what was there is kept aside. The first run after it finds what is in the books already before it makes anything.
    pub(crate) async fn restore(
        self: &Arc<Self>,
        backup: BackupName,
    ) -> Result<KeptView, ApiError> {
        let api = Arc::clone(self);
        apart(move || api.engine.restore(&backup.name)).await?;
        self.forget_preview();
        self.forget_fix()?;
        // The lines of the log have other numbers now, and every list is another.
        self.watch.of(self.engine.store());
        self.watch.settings_changed();
        self.look_again();
        self.kept(Nothing {}).await
    }
}

impl Pair {
    /// The key to write down: without it a copy is of no use on another computer.
    pub(crate) async fn recovery_key(&self, _: Nothing) -> Result<RecoveryKeyView, ApiError> {
        let ground = Arc::clone(&self.ground);
        // The keychain may ask a person first.
        let key = apart(move || ground.recovery_key()).await?;
        Ok(RecoveryKeyView {
            key: key.map(|key| key.expose_secret().to_owned()),
        })
    }
}

/// Work that takes long, beside the commands.
async fn apart<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Problem> + Send + 'static,
) -> Result<T, ApiError> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|fault| error(Problem::new(Code::Internal).with("detail", fault)))?
        .map_err(error)
}

fn person_view(person: Person, kept: Holdings) -> PersonView {
    let finished = count(person.orders.len());
    let mut orders = person.orders;
    orders.truncate(NAMED);
    PersonView {
        key: person.key,
        name: person.name,
        email: person.email,
        numbers: person.numbers,
        orders,
        finished,
        open: count(person.open.len()),
        payloads: count(kept.payloads),
        exchanges: count(kept.exchanges),
        bodies: count(kept.bodies),
        events: count(kept.events),
    }
}

pub(crate) fn backup_view(backup: Backup) -> BackupView {
    BackupView {
        path: backup.path.display().to_string(),
        at: time(backup.at),
        kind: match backup.reason {
            BackupReason::Daily => BackupKind::Daily,
            BackupReason::Update => BackupKind::Update,
            BackupReason::ByHand => BackupKind::ByHand,
            BackupReason::Restore => BackupKind::Restore,
        },
        kilobytes: u32::try_from(backup.bytes.div_ceil(1024)).unwrap_or(u32::MAX),
        name: backup.name,
    }
}
