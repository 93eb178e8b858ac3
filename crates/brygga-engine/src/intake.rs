//! Intake: what changed in the shop comes into the mirror, page by page; the cursor moves with the last page of a complete
//! set, and never past the newest change seen (`design` 3).

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};

use brygga_core::shop::OrderId;
use brygga_core::{Code, Problem, digest};
use brygga_store::{MirrorRow, PageEffect, RecordKind, RecordRef, RecordState};

use crate::engine::Engine;
use crate::ports::{OrderHead, Phase, RawOrder, Signal};

/// The flow's name in the cursor table.
pub(crate) const ORDERS: &str = "orders";
/// How far behind the newest change seen each read begins: the search index lags (`facts/shopify` 5.4).
const OVERLAP: TimeDelta = TimeDelta::minutes(10);
/// How far back the nightly sweep looks for what the index missed.
const SWEEP: TimeDelta = TimeDelta::days(3);
/// How far back it compares ids. A page of them is cheap.
const SWEEP_BY_ID: TimeDelta = TimeDelta::days(30);
/// Flow name of the sweep's own mark.
const SWEPT: &str = "orders-sweep";
/// Flow name of the mark of how far back was read: what an earlier start date brings in was never seen.
const BEGUN: &str = "orders-begun";

impl Engine {
    /// Reads the orders that changed. How many were read, and how many of them are new or changed.
    pub(crate) async fn read_orders(
        &self,
        since: Option<DateTime<Utc>>,
    ) -> Result<Intake, Problem> {
        let cursor = self.store.cursor(ORDERS)?;
        let now = self.clock.now();
        let swept = self.store.cursor(SWEPT)?;
        let sweep = cursor.is_some() && swept.is_none_or(|at| now - at >= TimeDelta::hours(24));
        let begin = self.begin()?;
        // Another start date than the one under which the cursor was reached: everything from there on, once. Reading twice does no harm.
        let further_back = self.store.cursor(BEGUN)?.is_none_or(|begun| begin < begun);
        let from = match (since, cursor) {
            (Some(since), _) => since,
            (None, None) => begin,
            (None, Some(_)) if further_back => begin,
            (None, Some(cursor)) if sweep => (cursor - SWEEP).max(begin),
            (None, Some(cursor)) => cursor - OVERLAP,
        };
        let mut intake = Intake::default();
        let mut newest = cursor;
        let mut after: Option<String> = None;
        loop {
            self.check_stop()?;
            let page = self.shop.orders_changed(from, after.as_deref()).await?;
            intake.read += page.orders.len();
            let rows: Vec<MirrorRow> = page
                .orders
                .iter()
                .map(|order| self.mirror_row(order))
                .collect();
            newest = rows.iter().map(|row| row.updated_at).chain(newest).max();
            let last = page.next.is_none();
            if last && intake.read == 0 {
                self.doubt_empty(from, cursor).await?;
            }
            let move_to = if last {
                newest.map(|newest| (ORDERS, newest.min(now)))
            } else {
                None
            };
            let effect = self.store.store_page(&rows, move_to)?;
            intake.add(effect);
            self.events
                .signal(Signal::Progress(Phase::Reading, intake.read, None));
            match page.next {
                Some(next) => after = Some(next),
                None => break,
            }
        }
        if sweep {
            self.sweep_by_id(now, &mut intake).await?;
        }
        if sweep || swept.is_none() {
            self.store.store_page(&[], Some((SWEPT, now)))?;
        }
        if further_back && from <= begin {
            self.decide_early_ones_again()?;
            self.store.store_page(&[], Some((BEGUN, begin)))?;
        }
        Ok(intake)
    }

    /// Reads the orders of the last days that no search by change ever showed (`facts/shopify` 5.4).
    async fn sweep_by_id(&self, now: DateTime<Utc>, intake: &mut Intake) -> Result<(), Problem> {
        let since = (now - SWEEP_BY_ID).max(self.begin()?);
        for head in self.never_read(since, now - OVERLAP).await? {
            self.check_stop()?;
            if let Some(order) = self.shop.order(&OrderId(head.id)).await? {
                let row = self.mirror_row(&order);
                intake.read += 1;
                intake.add(self.store.store_page(&[row], None)?);
            }
        }
        Ok(())
    }

    /// The orders made from `since` until `until` of which we have no record.
    pub(crate) async fn never_read(
        &self,
        since: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> Result<Vec<OrderHead>, Problem> {
        let mut unread = Vec::new();
        if since >= until {
            return Ok(unread);
        }
        let mut after: Option<String> = None;
        loop {
            let page = self
                .shop
                .orders_made(since, until, after.as_deref())
                .await?;
            for head in page.orders {
                if self.store.record(&RecordRef::order(&head.id))?.is_none() {
                    unread.push(head);
                }
            }
            match page.next {
                Some(next) => after = Some(next),
                None => return Ok(unread),
            }
        }
    }

    /// Where a first read begins: the start date's midnight in the shop's time zone at the earliest.
    pub(crate) fn begin(&self) -> Result<DateTime<Utc>, Problem> {
        let settings = self.settings()?;
        let Some(start) = settings.start_date else {
            return Ok(DateTime::UNIX_EPOCH);
        };
        let midnight = start.and_time(chrono::NaiveTime::MIN).and_utc();
        // No time zone is further than 14 hours from UTC; what is too early is skipped by its own date.
        Ok(midnight - TimeDelta::hours(14))
    }

    /// What was skipped because of the start date is decided on again: it is an earlier one by now.
    fn decide_early_ones_again(&self) -> Result<(), Problem> {
        let early = self.store.in_state_with(
            RecordKind::Order,
            RecordState::Skipped,
            Code::SkippedBeforeStart,
            &BTreeMap::new(),
        )?;
        self.store.mark_retry(&early)?;
        for order in &early {
            self.store.wake_parts(&order.id)?;
        }
        Ok(())
    }

    pub(crate) fn mirror_row(&self, raw: &RawOrder) -> MirrorRow {
        let (digest, parts) = match self.shop.read(&raw.json) {
            Ok(order) => {
                // What cannot be remembered now is tried again with the next order of the channel.
                let _ = self.notice_channel(&order);
                (digest::content(&order), crate::life::parts(&order))
            }
            // Kept all the same: the planner says why it cannot be read.
            Err(_) => (digest::of(&raw.json), Vec::new()),
        };
        MirrorRow {
            record: RecordRef::order(&raw.id),
            name: raw.name.clone(),
            updated_at: raw.updated_at,
            digest,
            payload: raw.json.clone(),
            seen_at: self.clock.now(),
            parts,
        }
    }

    /// An empty answer where the newest change must come again is no success, unless that order is gone (`design` 3).
    async fn doubt_empty(
        &self,
        from: DateTime<Utc>,
        cursor: Option<DateTime<Utc>>,
    ) -> Result<(), Problem> {
        if cursor.is_none_or(|cursor| cursor < from) {
            return Ok(());
        }
        let Some(newest) = self.store.newest_mirrored(RecordKind::Order)? else {
            return Ok(());
        };
        match self.shop.order(&OrderId(newest.id)).await? {
            Some(_) => Err(Problem::new(Code::RemoteEmpty).with("remote", "Shopify")),
            None => Ok(()),
        }
    }
}

/// What a read brought.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Intake {
    /// Orders read, overlap included.
    pub(crate) read: usize,
    /// Never seen before.
    pub(crate) new: usize,
    /// With another content.
    pub(crate) changed: usize,
}

impl Intake {
    fn add(&mut self, effect: PageEffect) {
        self.new += effect.new;
        self.changed += effect.changed;
    }
}
