//! The engine of one shop-company pair: ports, store, clock, and the one run at a time.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};

use brygga_core::booking::{Ground, LinkedItems};
use brygga_core::erp::Catalogue;
use brygga_core::settings::Settings;
use brygga_core::shop::{Location, ShopInfo};
use brygga_core::{Clock, Code, Ids, Problem};
use brygga_store::Store;

use crate::approved::Approval;
use crate::booked::internal;
use crate::exchanges::ExchangeLog;
use crate::ports::{Erp, Events, Goods, Payouts, Rates, Shop};
use crate::turns::TurnTable;

/// Name of the merchant's choices among the store's settings.
pub const SETTINGS: &str = "settings";
/// How long what Visma.net is set up with is believed.
const CATALOGUE_AGE: TimeDelta = TimeDelta::minutes(10);

/// What an engine is made of.
pub struct Parts {
    /// The shop.
    pub shop: Arc<dyn Shop>,
    /// The ERP.
    pub erp: Arc<dyn Erp>,
    /// Products and stock on both sides.
    pub goods: Arc<dyn Goods>,
    /// Payouts on both sides.
    pub payouts: Arc<dyn Payouts>,
    /// Exchange rates.
    pub rates: Arc<dyn Rates>,
    /// The database of the pair.
    pub store: Arc<Store>,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Ids.
    pub ids: Arc<dyn Ids>,
    /// Whoever watches.
    pub events: Arc<dyn Events>,
    /// What goes over the wire, for the records' stories.
    pub exchanges: Arc<ExchangeLog>,
}

/// Keeps one shop and one company in step.
pub struct Engine {
    pub(crate) shop: Arc<dyn Shop>,
    pub(crate) erp: Arc<dyn Erp>,
    pub(crate) goods: Arc<dyn Goods>,
    pub(crate) payouts: Arc<dyn Payouts>,
    pub(crate) rates: Arc<dyn Rates>,
    pub(crate) store: Arc<Store>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) ids: Arc<dyn Ids>,
    pub(crate) events: Arc<dyn Events>,
    pub(crate) exchanges: Arc<ExchangeLog>,
    stop: AtomicBool,
    closing: AtomicBool,
    draining: AtomicBool,
    approval: Mutex<Option<Arc<Approval>>>,
    running: tokio::sync::Mutex<()>,
    /// What changes the books has them alone; a proof shares them while it reads a few orders.
    books: tokio::sync::RwLock<()>,
    proof_stop: AtomicBool,
    seen: Mutex<Seen>,
    chosen: Mutex<Option<Chosen>>,
    pub(crate) turns: TurnTable,
}

/// A clock that was put back since does not make it last longer.
fn is_fresh(now: DateTime<Utc>, at: DateTime<Utc>) -> bool {
    (now - at).abs() < CATALOGUE_AGE
}

/// What was read of both sides' set-up, and when.
#[derive(Default)]
struct Seen {
    shop: Option<(DateTime<Utc>, Arc<ShopInfo>)>,
    locations: Option<(DateTime<Utc>, Arc<Vec<Location>>)>,
    catalogue: Option<(DateTime<Utc>, Arc<Catalogue>)>,
}

/// The merchant's choices beside the text that they were read from: it is compared at every look, for a backup may be put in its place
/// and another program may write it.
struct Chosen {
    text: String,
    settings: Arc<Settings>,
}

/// What decisions are made with, all read at one time.
#[derive(Clone)]
pub(crate) struct Setup {
    pub(crate) shop: Arc<ShopInfo>,
    pub(crate) settings: Arc<Settings>,
    pub(crate) catalogue: Arc<Catalogue>,
    pub(crate) linked: Arc<LinkedItems>,
    pub(crate) settings_rev: i64,
}

impl Setup {
    pub(crate) fn ground(&self) -> Ground<'_> {
        Ground {
            shop: &self.shop,
            settings: &self.settings,
            catalogue: &self.catalogue,
            linked: &self.linked,
        }
    }
}

impl Engine {
    /// An engine over these parts.
    pub fn new(parts: Parts) -> Self {
        let Parts {
            shop,
            erp,
            goods,
            payouts,
            rates,
            store,
            clock,
            ids,
            events,
            exchanges,
        } = parts;
        Self {
            shop,
            erp,
            goods,
            payouts,
            rates,
            store,
            clock,
            ids,
            events,
            exchanges,
            stop: AtomicBool::new(false),
            closing: AtomicBool::new(false),
            draining: AtomicBool::new(false),
            approval: Mutex::default(),
            running: tokio::sync::Mutex::new(()),
            books: tokio::sync::RwLock::new(()),
            proof_stop: AtomicBool::new(false),
            seen: Mutex::default(),
            chosen: Mutex::default(),
            turns: TurnTable::default(),
        }
    }

    /// The database of the pair.
    pub fn store(&self) -> &Arc<Store> {
        &self.store
    }

    /// The clock.
    pub fn clock(&self) -> &Arc<dyn Clock> {
        &self.clock
    }

    /// Ids.
    pub fn ids(&self) -> &Arc<dyn Ids> {
        &self.ids
    }

    /// The shop's side.
    pub fn shop(&self) -> &Arc<dyn Shop> {
        &self.shop
    }

    /// The ERP's side.
    pub fn erp(&self) -> &Arc<dyn Erp> {
        &self.erp
    }

    /// Products and stock on both sides.
    pub fn goods(&self) -> &Arc<dyn Goods> {
        &self.goods
    }

    /// Payouts on both sides.
    pub fn payouts_port(&self) -> &Arc<dyn Payouts> {
        &self.payouts
    }

    /// Exchange rates.
    pub fn rates_port(&self) -> &Arc<dyn Rates> {
        &self.rates
    }

    /// The merchant's choices.
    pub fn settings(&self) -> Result<Arc<Settings>, Problem> {
        let Some(text) = self.store.setting_text(SETTINGS)? else {
            return Ok(Arc::default());
        };
        let mut chosen = self.chosen.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = chosen.as_ref()
            && known.text == text
        {
            return Ok(Arc::clone(&known.settings));
        }
        let settings: Arc<Settings> = serde_json::from_str(&text)
            .map(Arc::new)
            .map_err(|error| Problem::new(Code::SettingsUnreadable).with("detail", error))?;
        *chosen = Some(Chosen {
            text,
            settings: Arc::clone(&settings),
        });
        Ok(settings)
    }

    /// Keeps the merchant's choices. Records that wait or are held are decided again under them.
    pub fn put_settings(&self, settings: &Settings, who: &str) -> Result<(), Problem> {
        let value = serde_json::to_value(settings).map_err(internal)?;
        if self.store.setting(SETTINGS)?.as_ref() != Some(&value) {
            self.store.put_setting(SETTINGS, value, who)?;
        }
        Ok(())
    }

    /// What the shop says of itself, as it was read last.
    pub async fn shop_info(&self) -> Result<Arc<ShopInfo>, Problem> {
        let now = self.clock.now();
        if let Some((at, info)) = &self.seen().shop
            && is_fresh(now, *at)
        {
            return Ok(Arc::clone(info));
        }
        let info = Arc::new(self.shop.info().await?);
        self.seen().shop = Some((now, Arc::clone(&info)));
        Ok(info)
    }

    /// The shop's locations, as they were read last.
    pub async fn locations(&self) -> Result<Arc<Vec<Location>>, Problem> {
        let now = self.clock.now();
        if let Some((at, locations)) = &self.seen().locations
            && is_fresh(now, *at)
        {
            return Ok(Arc::clone(locations));
        }
        let locations = Arc::new(self.shop.locations().await?);
        self.seen().locations = Some((now, Arc::clone(&locations)));
        Ok(locations)
    }

    /// What Visma.net is set up with, as it was read last.
    pub async fn catalogue(&self) -> Result<Arc<Catalogue>, Problem> {
        let now = self.clock.now();
        if let Some((at, catalogue)) = &self.seen().catalogue
            && is_fresh(now, *at)
        {
            return Ok(Arc::clone(catalogue));
        }
        let catalogue = Arc::new(self.erp.catalogue().await?);
        self.seen().catalogue = Some((now, Arc::clone(&catalogue)));
        Ok(catalogue)
    }

    /// Forgets what was read of both sides' set-up: after a retry was asked for, somebody may have repaired it.
    pub fn forget_setup(&self) {
        *self.seen() = Seen::default();
    }

    /// Forgets what Visma.net is set up with: something was made there.
    pub(crate) fn forget_catalogue(&self) {
        self.seen().catalogue = None;
    }

    pub(crate) async fn setup(&self) -> Result<Setup, Problem> {
        Ok(Setup {
            shop: self.shop_info().await?,
            settings: self.settings()?,
            catalogue: self.catalogue().await?,
            linked: Arc::new(self.linked_items()?),
            settings_rev: self.store.settings_rev()?,
        })
    }

    /// Ends the run under way after the record in hand.
    pub fn stop(&self) {
        self.stop.store(true, Ordering::SeqCst);
    }

    /// Ends the run under way like [`Engine::stop`], and every later one before it does anything: the program ends.
    pub fn close(&self) {
        self.closing.store(true, Ordering::SeqCst);
    }

    /// Takes [`Engine::close`] back: the program does not end after all. A run that was told to end still does.
    pub fn go_on(&self) {
        self.stop();
        self.closing.store(false, Ordering::SeqCst);
    }

    /// [`Code::Stopped`] if the run was told to end. Whoever does a thing in two runs asks in between: the second begins anew.
    pub fn check_stop(&self) -> Result<(), Problem> {
        if self.stop.load(Ordering::SeqCst) || self.closing.load(Ordering::SeqCst) {
            Err(Code::Stopped.into())
        } else {
            Ok(())
        }
    }

    /// While set, records not yet begun are left to the next run; those under way are brought to their end.
    pub(crate) fn drain(&self, on: bool) {
        self.draining.store(on, Ordering::SeqCst);
    }

    pub(crate) fn is_draining(&self) -> bool {
        self.draining.load(Ordering::SeqCst)
    }

    /// Keeps every run from beginning for as long as the guard lives. `None` while one is under way.
    pub fn stand_still(&self) -> Option<tokio::sync::MutexGuard<'_, ()>> {
        self.running.try_lock().ok()
    }

    /// How many records of the books something was sent for since the change of the settings that made `revision`, at `since`. What is
    /// written back to the shop's orders is no document.
    pub fn made_under(&self, revision: i64, since: DateTime<Utc>) -> Result<usize, Problem> {
        Ok(self
            .store
            .made_under(revision, since, crate::life::WRITE_BACK)?)
    }

    /// From now on only what was approved may be sent; with `None` everything again.
    pub(crate) fn let_through(&self, approval: Option<Arc<Approval>>) {
        *self.approval.lock().unwrap_or_else(PoisonError::into_inner) = approval;
    }

    /// What alone may be sent; `None` in a sync.
    pub(crate) fn approval(&self) -> Option<Arc<Approval>> {
        self.approval
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// The one run at a time. `None` while another is under way.
    pub(crate) fn begin_run(&self) -> Option<tokio::sync::MutexGuard<'_, ()>> {
        let guard = self.running.try_lock().ok()?;
        self.stop.store(false, Ordering::SeqCst);
        // A run that broke off in the middle did not take it back.
        self.drain(false);
        Some(guard)
    }

    /// Has the books alone: waits while a proof reads a few orders, for what is written meanwhile would look like a difference.
    pub(crate) async fn books_alone(&self) -> tokio::sync::RwLockWriteGuard<'_, ()> {
        self.books.write().await
    }

    /// Keeps the books as they are while something is read from both sides. Whoever writes waits, and goes first when it is over.
    pub(crate) async fn books_at_rest(&self) -> tokio::sync::RwLockReadGuard<'_, ()> {
        self.books.read().await
    }

    /// Ends the proof that is under way, if one is; nothing of it is kept.
    pub fn stop_proof(&self) {
        self.proof_stop.store(true, Ordering::SeqCst);
    }

    /// Forgets that an earlier proof was to end. Whoever may end the next one calls this before anybody can: an end that is asked for as
    /// soon as it is said to run is not lost.
    pub fn proof_begins(&self) {
        self.proof_stop.store(false, Ordering::SeqCst);
    }

    pub(crate) fn check_proof_stop(&self) -> Result<(), Problem> {
        if self.proof_stop.load(Ordering::SeqCst) || self.closing.load(Ordering::SeqCst) {
            return Err(Code::Stopped.into());
        }
        Ok(())
    }

    fn seen(&self) -> std::sync::MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
