//! What is kept how long: removed once a day, after a run (`design` 5). What was removed and is needed again is read anew from its side.

use std::collections::BTreeMap;

use brygga_core::shop::OrderId;
use brygga_core::{Code, Problem};
use brygga_store::{Activity, Level, MirrorRow, Retention};
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::booked::internal;
use crate::connect::{COMPANY, MET, MET_TENANT, SHOP, SIGN_IN};
use crate::engine::Engine;
use crate::erased_again::erase_again;
use crate::place::Who;

/// Where the last removal is remembered.
const PRUNED: &str = "pruned";

/// Everything of the connections among the store's settings: it goes with the secrets of this computer, so no copy of the database
/// brings another.
pub(crate) const CONNECTIONS: [&str; 5] = [SHOP, COMPANY, SIGN_IN, MET, MET_TENANT];

/// What was removed last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Removed {
    /// When.
    pub at: DateTime<Utc>,
    /// Payloads of the shop.
    pub payloads: usize,
    /// Requests and answers.
    pub exchanges: usize,
    /// Events.
    pub events: usize,
}

impl Engine {
    /// Removes what is too old, and makes the day's copy, once a day. That it failed is no reason for a run to have failed.
    pub(crate) fn tidy_up(&self) {
        if let Err(problem) = self.remove_old() {
            tracing::warn!(%problem, "old data stays for now");
        }
        if let Err(error) = self.store.backup_daily() {
            tracing::warn!(%error, "no daily backup");
        }
    }

    fn remove_old(&self) -> Result<(), Problem> {
        let now = self.clock.now();
        // A clock that was put back must not put it off for long.
        let fresh = |last: &Removed| (now - last.at).abs() < TimeDelta::hours(24);
        if self.removed()?.as_ref().is_some_and(fresh) {
            return Ok(());
        }
        let kept = self.settings()?.retention;
        let pruned = self.store.prune(&Retention {
            activity: kept.activity(),
            exchanges: kept.exchanges(),
            payloads: kept.payloads(),
            ..Retention::default()
        })?;
        let removed = Removed {
            at: now,
            payloads: pruned.payloads,
            exchanges: pruned.exchanges,
            events: pruned.activity,
        };
        let value = serde_json::to_value(removed).map_err(internal)?;
        self.store.remember(PRUNED, &value)?;
        Ok(())
    }

    /// What was removed last, if anything ever was looked for.
    pub fn removed(&self) -> Result<Option<Removed>, Problem> {
        let remembered = self.store.remembered(PRUNED)?;
        Ok(remembered.and_then(|value| serde_json::from_value(value).ok()))
    }

    /// Puts a copy of the database back, while no run goes. What both sides have is ahead of it then: the next run looks every order up by its
    /// reference before it makes anything (`booking-rules` 3), so nothing is booked twice. What is connected stays so: its secrets are not in
    /// the copy. Whoever was erased since is erased in the copy before it is put in place.
    ///
    /// [`Code::SyncUnderWay`] while a run goes; [`Code::BackupOther`] if the copy is of another shop or company.
    pub fn restore(&self, name: &str) -> Result<(), Problem> {
        let _still = self
            .stand_still()
            .ok_or_else(|| Problem::from(Code::SyncUnderWay))?;
        let ours = who(&self.store.settings()?);
        let theirs = who(&self.store.settings_in(name, &CONNECTIONS)?);
        if let Some((ours, theirs)) = ours.differs(&theirs) {
            return Err(Problem::new(Code::BackupOther)
                .with("ours", ours)
                .with("theirs", theirs));
        }
        let now = self.clock.now();
        self.store.restore(name, &CONNECTIONS, |copy, erased| {
            erase_again(copy, erased, now)
        })?;
        self.forget_setup();
        let told =
            Activity::new(self.clock.now(), Level::Warn, "backup-restored").with("copy", name);
        self.store.log(&[told])?;
        Ok(())
    }

    /// An order's payload as it was read last; read anew, and not kept, where retention or an erasure took it out.
    ///
    /// [`Code::OrderGone`] if it was taken out, and the shop has the order no more.
    pub async fn payload_of(&self, mirror: &MirrorRow) -> Result<Value, Problem> {
        if !mirror.payload.is_null() {
            return Ok(mirror.payload.clone());
        }
        let id = OrderId(mirror.record.id.clone());
        let raw = self.shop.order(&id).await?;
        raw.map(|raw| raw.json)
            .ok_or_else(|| Problem::new(Code::OrderGone).with("order", &mirror.name))
    }
}

/// Which shop and which company these settings connect, as far as they tell.
pub(crate) fn who(settings: &BTreeMap<String, Value>) -> Who {
    let text = |name: &str, field: &str| {
        let found = settings.get(name)?.pointer(field)?.as_str()?;
        Some(found.to_owned())
    };
    Who {
        shop: text(SHOP, "/domain"),
        tenant: text(MET_TENANT, "").or_else(|| text(COMPANY, "/tenant_id")),
        company: text(MET, ""),
    }
}
