//! What was read of goods, kept so that a run asks only for what changed; and the records' rows, written in one go.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;
use serde::de::DeserializeOwned;

use brygga_core::booking::LinkedItems;
use brygga_core::goods::{ProductItem, Variant};
use brygga_core::{Code, Problem};
use brygga_store::{Link, RecordKind, RecordRef, RecordRow, RecordState};

use super::{FlowReport, Round};
use crate::booked::internal;
use crate::engine::Engine;

/// Variants of the shop, by numeric id.
pub(super) const VARIANT: &str = "goods-variant";
/// Items of the ERP, by number.
pub(super) const ITEM: &str = "goods-item";
/// Price rows of the ERP.
pub(super) const PRICE: &str = "goods-price";
/// Stock of the ERP, by item number.
pub(super) const STOCK: &str = "goods-stock";
/// Open lines of the shop's orders, by order.
pub(super) const OPEN: &str = "goods-open";
/// Open units of other channels' sales orders, by order.
pub(super) const OTHER: &str = "goods-other";
/// Which variant is which item.
pub(super) const PRODUCT: &str = "product";
/// Variants that changed since stock was last decided, whichever flow read them: the flows have one cursor and rhythms of their own.
const FOR_STOCK: &str = "goods-variant-for-stock";
/// With which settings a flow last decided.
pub(super) const DECIDED: &str = "goods-decided";

/// How far behind the newest change each read begins (`facts/shopify` 5.4, `facts/visma` 4).
pub(super) const OVERLAP: TimeDelta = TimeDelta::minutes(10);
/// How often everything is compared.
const NIGHTLY: TimeDelta = TimeDelta::hours(24);

impl Engine {
    /// Everything of a kind that is on the shelf, by id.
    pub(super) fn shelf<T: DeserializeOwned>(
        &self,
        kind: &str,
    ) -> Result<BTreeMap<String, T>, Problem> {
        self.store
            .links(kind)?
            .into_iter()
            .map(|link| {
                let value = serde_json::from_value(link.detail).map_err(internal)?;
                Ok((link.shop_id, value))
            })
            .collect()
    }

    /// Puts what was read on the shelf; the ids of what is new or other than before. With `whole`, what was not read is gone.
    pub(super) fn put_on_shelf<T: Serialize>(
        &self,
        kind: &str,
        rows: impl IntoIterator<Item = (String, T)>,
        whole: bool,
    ) -> Result<BTreeSet<String>, Problem> {
        let news = self.news(kind, rows, whole)?;
        if !news.changed.is_empty() {
            self.store.put_links(&news.links, &news.gone)?;
        }
        Ok(news.changed)
    }

    /// What of the rows that were read is other than what is on the shelf.
    fn news<T: Serialize>(
        &self,
        kind: &str,
        rows: impl IntoIterator<Item = (String, T)>,
        whole: bool,
    ) -> Result<News, Problem> {
        let known: BTreeMap<String, serde_json::Value> = if whole {
            self.shelf(kind)?
        } else {
            BTreeMap::new()
        };
        let now = self.clock.now();
        let (mut links, mut changed, mut read) = (Vec::new(), BTreeSet::new(), BTreeSet::new());
        for (id, row) in rows {
            let detail = serde_json::to_value(&row).map_err(internal)?;
            read.insert(id.clone());
            let same = if whole {
                known.get(&id) == Some(&detail)
            } else {
                self.store
                    .link(kind, &id)?
                    .is_some_and(|link| link.detail == detail)
            };
            if !same {
                changed.insert(id.clone());
                links.push(Link {
                    kind: kind.to_owned(),
                    erp_id: id.clone(),
                    shop_id: id,
                    detail,
                    made_at: now,
                });
            }
        }
        let gone: Vec<(String, String)> = known
            .into_keys()
            .filter(|id| !read.contains(id))
            .map(|id| (kind.to_owned(), id))
            .collect();
        changed.extend(gone.iter().map(|(_, id)| id.clone()));
        Ok(News {
            links,
            gone,
            changed,
        })
    }

    /// Takes things off the shelf.
    pub(super) fn take_off_shelf(
        &self,
        kind: &str,
        ids: impl IntoIterator<Item = String>,
    ) -> Result<(), Problem> {
        let gone: Vec<_> = ids.into_iter().map(|id| (kind.to_owned(), id)).collect();
        if !gone.is_empty() {
            self.store.put_links(&[], &gone)?;
        }
        Ok(())
    }

    /// Where the next read of changes begins; `None` reads everything.
    pub(super) fn since(&self, flow: &str, whole: bool) -> Result<Option<DateTime<Utc>>, Problem> {
        if whole {
            return Ok(None);
        }
        Ok(self.store.cursor(flow)?.map(|cursor| cursor - OVERLAP))
    }

    /// Notes how far a flow has read, after the whole set is stored. It never goes back.
    pub(super) fn read_until(
        &self,
        flow: &str,
        newest: Option<DateTime<Utc>>,
    ) -> Result<(), Problem> {
        let cursor = self.store.cursor(flow)?;
        if let Some(newest) = newest
            && cursor.is_none_or(|cursor| cursor < newest)
        {
            self.store.store_page(&[], Some((flow, newest)))?;
        }
        Ok(())
    }

    /// Is it time to compare everything.
    pub(super) fn is_nightly(&self, flow: &str) -> Result<bool, Problem> {
        let last = self.store.cursor(flow)?;
        let now = self.clock.now();
        Ok(last.is_none_or(|last| (now - last).abs() >= NIGHTLY))
    }

    /// Everything was compared.
    pub(super) fn nightly_done(&self, flow: &str) -> Result<(), Problem> {
        self.store.store_page(&[], Some((flow, self.clock.now())))?;
        Ok(())
    }

    /// Were the settings changed since the flow last decided.
    pub(super) fn settings_moved(&self, flow: &str) -> Result<bool, Problem> {
        let rev = self.store.settings_rev()?.to_string();
        Ok(self
            .store
            .link(DECIDED, flow)?
            .is_none_or(|link| link.erp_id != rev))
    }

    /// Something was read that is not decided on yet: should the run break off, the next one decides on everything.
    pub(super) fn undecided(&self, flow: &str) -> Result<(), Problem> {
        self.store.remove_link(DECIDED, flow)?;
        Ok(())
    }

    /// Notes with which settings the flow decided.
    pub(super) fn decided_with_settings(&self, flow: &str, rev: i64) -> Result<(), Problem> {
        self.store.put_link(&Link {
            kind: DECIDED.to_owned(),
            shop_id: flow.to_owned(),
            erp_id: rev.to_string(),
            detail: serde_json::Value::Null,
            made_at: self.clock.now(),
        })?;
        Ok(())
    }

    /// Reads the shop's variants, once a run; the ids of those that changed.
    pub(super) async fn refresh_variants(
        &self,
        round: &mut Round,
        report: &mut FlowReport,
    ) -> Result<BTreeSet<String>, Problem> {
        const CHANGES: &str = "goods-variants";
        const WHOLE: &str = "goods-variants-whole";
        if let Some(changed) = &round.variants {
            return Ok(changed.clone());
        }
        let whole = self.is_nightly(WHOLE)?;
        let since = self.since(CHANGES, whole)?;
        let variants = self.goods.variants_changed(since).await?;
        report.read += variants.len();
        let newest = variants.iter().map(|variant| variant.updated_at).max();
        // An empty shop where there were variants is no news, but a fault (`design` 3).
        if since.is_none() && variants.is_empty() && !self.store.links(VARIANT)?.is_empty() {
            return Err(Problem::new(Code::RemoteEmpty).with("remote", "Shopify"));
        }
        let rows = variants
            .into_iter()
            .map(|variant| (variant.id.clone(), variant));
        let mut news = self.news(VARIANT, rows, since.is_none())?;
        if !news.changed.is_empty() {
            // The other flow reads from the same place, and may run later or not come to its end: it is told what it missed.
            self.undecided(super::products::FLOW)?;
            // Switching it on is a change of settings: then all of it is decided.
            if self.settings()?.stock.on {
                let for_stock: Vec<Link> =
                    news.changed.iter().map(|id| self.for_stock(id)).collect();
                news.links.extend(for_stock);
            }
            self.store.put_links(&news.links, &news.gone)?;
        }
        let changed = news.changed;
        self.read_until(CHANGES, newest)?;
        if since.is_none() {
            self.nightly_done(WHOLE)?;
        }
        round.variants = Some(changed.clone());
        Ok(changed)
    }

    fn for_stock(&self, variant: &str) -> Link {
        Link {
            kind: FOR_STOCK.to_owned(),
            shop_id: variant.to_owned(),
            erp_id: variant.to_owned(),
            detail: serde_json::Value::Null,
            made_at: self.clock.now(),
        }
    }

    /// The variants that changed since stock was last decided.
    pub(super) fn variants_for_stock(&self) -> Result<BTreeSet<String>, Problem> {
        let links = self.store.links(FOR_STOCK)?;
        Ok(links.into_iter().map(|link| link.shop_id).collect())
    }

    /// Stock is decided for these.
    pub(super) fn stock_decided_for(&self, variants: BTreeSet<String>) -> Result<(), Problem> {
        self.take_off_shelf(FOR_STOCK, variants)
    }

    /// Puts variants on the shelf as they came back from a write.
    pub(super) fn note_variants(&self, variants: Vec<Variant>) -> Result<(), Problem> {
        let rows = variants
            .into_iter()
            .map(|variant| (variant.id.clone(), variant));
        let mut news = self.news(VARIANT, rows, false)?;
        // One that we made comes back from no later read as a change.
        for id in &news.changed {
            if self.store.link(VARIANT, id)?.is_none() {
                news.links.push(self.for_stock(id));
            }
        }
        if !news.links.is_empty() {
            self.store.put_links(&news.links, &[])?;
        }
        Ok(())
    }

    /// Puts items on the shelf as they are after a write.
    pub(super) fn note_items(&self, items: Vec<ProductItem>) -> Result<(), Problem> {
        let rows = items.into_iter().map(|item| (item.number.clone(), item));
        self.put_on_shelf(ITEM, rows, false)?;
        Ok(())
    }

    /// Which item each product was linked with.
    pub fn linked_items(&self) -> Result<LinkedItems, Problem> {
        Ok(self.store.ends(PRODUCT)?)
    }

    /// The rows of all records of a kind.
    pub(super) fn rows(&self, kind: RecordKind) -> Result<BTreeMap<String, RecordRow>, Problem> {
        let (rows, _) = self
            .store
            .search_records(kind, None, None, 0, i32::MAX as usize)?;
        Ok(rows
            .into_iter()
            .map(|row| (row.record.id.clone(), row))
            .collect())
    }
}

/// Rows that are other than what is on the shelf.
struct News {
    links: Vec<Link>,
    gone: Vec<(String, String)>,
    changed: BTreeSet<String>,
}

/// Where records of goods stand, gathered while a flow works and written at its end.
pub(super) struct Ledger {
    kind: RecordKind,
    rows: BTreeMap<String, RecordRow>,
    touched: BTreeSet<String>,
    rev: i64,
    now: DateTime<Utc>,
}

impl Ledger {
    pub(super) fn new(
        kind: RecordKind,
        rows: BTreeMap<String, RecordRow>,
        rev: i64,
        now: DateTime<Utc>,
    ) -> Self {
        Self {
            kind,
            rows,
            touched: BTreeSet::new(),
            rev,
            now,
        }
    }

    /// Sets where a record stands; one that stands there already is not written again.
    pub(super) fn set(
        &mut self,
        id: &str,
        name: &str,
        state: RecordState,
        problem: Option<Problem>,
    ) {
        let known = self.rows.contains_key(id);
        let row = self
            .rows
            .entry(id.to_owned())
            .or_insert_with(|| RecordRow::new(RecordRef::new(self.kind, id), name, self.now));
        let news = !known || row.state != state || row.problem != problem || row.name != name;
        let due_at = (state == RecordState::Waiting).then(|| self.now + TimeDelta::minutes(1));
        let asked = row.retry || row.due_at != due_at;
        // A held row that was decided with the newest settings is not asked about again.
        let old = row.settings_rev != self.rev
            && matches!(state, RecordState::Waiting | RecordState::Held);
        if !(news || asked || old) {
            return;
        }
        if news {
            row.changed_at = self.now;
        }
        name.clone_into(&mut row.name);
        row.state = state;
        row.problem = problem;
        row.settings_rev = self.rev;
        row.retry = false;
        row.due_at = due_at;
        self.touched.insert(id.to_owned());
    }

    /// The other side refused exactly this: it is held, and not sent again before it, or the merchant's mind, changes.
    pub(super) fn refuse(&mut self, id: &str, digest: &str, problem: Problem) {
        self.set(id, id, RecordState::Held, Some(problem));
        if let Some(row) = self.rows.get_mut(id) {
            row.decided_digest = Some(digest.to_owned());
            self.touched.insert(id.to_owned());
        }
    }

    /// Was exactly this refused before, and nobody asked for another try.
    pub(super) fn was_refused(&mut self, id: &str, digest: &str) -> bool {
        let Some(row) = self.rows.get(id) else {
            return false;
        };
        let refused = row.state == RecordState::Held
            && !row.retry
            && row.settings_rev == self.rev
            && row.decided_digest.as_deref() == Some(digest)
            && row.problem.as_ref().is_some_and(|problem| {
                matches!(problem.code, Code::ShopRefused | Code::ErpRefused)
            });
        if !refused && let Some(row) = self.rows.get_mut(id) {
            row.decided_digest = None;
        }
        refused
    }

    /// The row of a record, to be written with an intent.
    pub(super) fn planned(&mut self, id: &str, name: &str) -> RecordRow {
        let mut row = self
            .rows
            .get(id)
            .cloned()
            .unwrap_or_else(|| RecordRow::new(RecordRef::new(self.kind, id), name, self.now));
        row.state = RecordState::Planned;
        row.problem = None;
        row.settings_rev = self.rev;
        self.rows.insert(id.to_owned(), row.clone());
        // What was only planned must be settled in the table too.
        self.touched.insert(id.to_owned());
        row
    }

    /// Why a record is held, if it is.
    pub(super) fn held(&self, id: &str) -> Option<Problem> {
        let row = self.rows.get(id)?;
        row.problem
            .clone()
            .filter(|_| row.state == RecordState::Held)
    }

    /// Is a record on its way, or waits for another try.
    pub(super) fn is_open(&self, id: &str) -> bool {
        self.rows
            .get(id)
            .is_some_and(|row| matches!(row.state, RecordState::Planned | RecordState::Waiting))
    }

    /// The ids of all records.
    pub(super) fn ids(&self) -> Vec<String> {
        self.rows.keys().cloned().collect()
    }

    /// All of them.
    pub(super) fn all(&self) -> impl Iterator<Item = &RecordRow> {
        self.rows.values()
    }

    /// Writes what changed.
    pub(super) fn write(self, engine: &Engine) -> Result<usize, Problem> {
        let rows: Vec<RecordRow> = self
            .touched
            .iter()
            .filter_map(|id| self.rows.get(id).cloned())
            .collect();
        if !rows.is_empty() {
            engine.store.put_records(&rows)?;
        }
        Ok(rows.len())
    }
}
