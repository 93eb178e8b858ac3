//! One pair as a host has it: from nothing connected to everything set up. The set-up commands are served here; all others by the
//! [`Api`] over the engine, which is there once both sides are connected.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use brygga_core::settings::Settings;
use brygga_core::{Code, Problem};
use brygga_engine::connect::{Ground, loopback_only};
use brygga_engine::ports::Events;
use serde_json::Value;
use tokio::sync::{Notify, broadcast};

use crate::api::{Api, Host, error, read, reason, time, write};
use crate::background::LOOK;
use crate::contract::{ApiError, AppInfo, Event, Health, Nothing, PracticeHints, ScheduleView};
use crate::practice::Playground;
use crate::pulse::Pulse;
use crate::setup::{Kept, Reading, SigningIn};
use crate::watch::Watch;

/// What the host decides for a pair.
#[derive(Debug, Clone)]
pub struct PairHost {
    /// It runs on the practice pair.
    pub practice: bool,
    /// What a person types there.
    pub hints: Option<PracticeHints>,
    /// Address of the practice Shopify; only of this computer.
    pub shop_base: Option<String>,
    /// Address of the practice Visma.net; only of this computer.
    pub company_base: Option<String>,
    /// How long the browser is waited for, on the pair's clock.
    pub patience: Duration,
}

impl Default for PairHost {
    fn default() -> Self {
        Self {
            practice: false,
            hints: None,
            shop_base: None,
            company_base: None,
            patience: Duration::from_mins(10),
        }
    }
}

impl PairHost {
    fn check(&self) -> Result<(), Problem> {
        let refused =
            |address: &str| Problem::new(Code::AddressNotLoopback).with("address", address);
        for address in [&self.shop_base, &self.company_base] {
            match (self.practice, address) {
                (true, Some(address)) => {
                    loopback_only(address)?;
                }
                (true, None) => return Err(refused("-")),
                (false, Some(address)) => return Err(refused(address)),
                (false, None) => {}
            }
        }
        Ok(())
    }
}

/// [`Code::AddressNotLoopback`] if this is connected to a real shop or company: who plays there would book.
fn is_practice(ground: &Ground) -> Result<(), Problem> {
    let shop = ground
        .shop()?
        .map(|shop| (shop.base_url, shop.domain.clone()));
    let company = ground
        .company()?
        .map(|company| (company.base_url, company.tenant_id.clone()));
    let person = ground
        .sign_in()?
        .map(|person| (person.base_url, "Visma.net".to_owned()));
    for (address, name) in [shop, company, person].into_iter().flatten() {
        match address {
            Some(address) => {
                loopback_only(&address)?;
            }
            None => return Err(Problem::new(Code::AddressNotLoopback).with("address", name)),
        }
    }
    Ok(())
}

/// Serves the commands of one pair.
pub struct Pair {
    pub(crate) ground: Arc<Ground>,
    pub(crate) watch: Arc<Watch>,
    pub(crate) host: PairHost,
    api: Mutex<Option<Arc<Api>>>,
    /// Why there is no engine although both sides are connected: a secret is gone.
    lost: Mutex<Option<Problem>>,
    pub(crate) signing_in: Mutex<SigningIn>,
    /// The first reading, as long as it goes on.
    pub(crate) reading: Mutex<Option<Reading>>,
    /// One change of the kept set-up at a time.
    pub(crate) keeping: Mutex<()>,
    /// Lets things happen in the practice shop.
    pub(crate) playground: OnceLock<Arc<dyn Playground>>,
    closing: AtomicBool,
    /// It runs by itself once, however often that is begun.
    rounds: tokio::sync::Mutex<()>,
    /// Another engine, or the end.
    changed: Notify,
}

#[allow(
    clippy::unused_async,
    reason = "every command is awaited by the table, whether it waits for anything or not"
)]
impl Pair {
    /// A pair over its folder, whatever of it is connected.
    ///
    /// [`Code::AddressNotLoopback`] for a practice pair without both addresses of this computer, for a real pair with one, and for a folder
    /// that is connected to the real services and is opened as practice: neither can ever be taken for the other.
    pub fn open(
        ground: Arc<Ground>,
        watch: Arc<Watch>,
        host: PairHost,
    ) -> Result<Arc<Self>, Problem> {
        host.check()?;
        if host.practice {
            is_practice(&ground)?;
        }
        let pair = Self {
            ground,
            watch,
            host,
            api: Mutex::default(),
            lost: Mutex::default(),
            signing_in: Mutex::default(),
            reading: Mutex::default(),
            keeping: Mutex::default(),
            playground: OnceLock::new(),
            closing: AtomicBool::new(false),
            rounds: tokio::sync::Mutex::default(),
            changed: Notify::new(),
        };
        pair.connect()?;
        Ok(Arc::new(pair))
    }

    /// Address of the practice Shopify; none for a real pair.
    pub fn shop_address(&self) -> Option<&str> {
        self.host.shop_base.as_deref()
    }

    /// Address of the practice Visma.net; none for a real pair.
    pub fn company_address(&self) -> Option<&str> {
        self.host.company_base.as_deref()
    }

    /// Everything that happens from now on.
    pub fn events(&self) -> broadcast::Receiver<Event> {
        self.watch.subscribe()
    }

    /// The commands over the engine; [`Code::NotConnected`] before both sides are connected.
    pub fn api(&self) -> Result<Arc<Api>, Problem> {
        let api = self.api.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(api) = api.as_ref() {
            return Ok(Arc::clone(api));
        }
        let shop = self.ground.shop()?.is_some();
        let remote = if shop { "Visma.net" } else { "Shopify" };
        Err(Problem::new(Code::NotConnected).with("remote", remote))
    }

    /// Runs the command `name` with its request, and gives its answer.
    pub async fn call(self: &Arc<Self>, name: &str, payload: Value) -> Result<Value, ApiError> {
        macro_rules! dispatch {
            ($($command:ident($request:ty) -> $answer:ty;)+) => {
                match name {
                    $(stringify!($command) => {
                        let answer: $answer = self.$command(read::<$request>(payload)?).await?;
                        write(&answer)
                    })+
                    _ => self.api().map_err(error)?.call(name, payload).await,
                }
            };
        }
        #[allow(
            clippy::wildcard_imports,
            reason = "the table of commands names types of the contract"
        )]
        use crate::contract::*;
        crate::with_setup_commands!(dispatch)
    }

    async fn app_info(&self, _: Nothing) -> Result<AppInfo, ApiError> {
        let kept = self.kept().map_err(error)?;
        let set_up = self.is_set_up(&kept).map_err(error)?;
        let now = time(self.ground.clock.now());
        // A pair that is set up says what its shop says now; a shop that is connected but does not answer is no reason to know nothing.
        let known = match self.api() {
            Ok(api) => {
                let met = api.known_shop().ok().flatten().is_some();
                let shop = api.shop().await.ok();
                if shop.is_some() && !met {
                    // From now on it has a name among the others.
                    self.watch.tell(Event::PairsChanged(Nothing {}));
                }
                shop
            }
            Err(_) => None,
        }
        .map(|shop| (shop.name, shop.domain, shop.zone));
        let domain = self
            .ground
            .shop()
            .map_err(error)?
            .map(|shop| shop.domain)
            .unwrap_or_default();
        let (shop, shop_domain, time_zone) = known.unwrap_or_else(|| {
            kept.shop.as_ref().map_or_else(
                || (String::new(), domain.clone(), "UTC".to_owned()),
                |shop| (shop.name.clone(), domain.clone(), shop.time_zone.clone()),
            )
        });
        Ok(AppInfo {
            version: env!("CARGO_PKG_VERSION").into(),
            practice: self.host.practice,
            set_up,
            shop,
            shop_domain,
            company: self.company_name(&kept),
            time_zone,
            now,
        })
    }

    /// The merchant's choices.
    pub(crate) fn settings(&self) -> Result<Settings, Problem> {
        match self.ground.store.setting(brygga_engine::SETTINGS)? {
            Some(value) => serde_json::from_value(value)
                .map_err(|fault| Problem::new(Code::SettingsUnreadable).with("detail", fault)),
            None => Ok(Settings::default()),
        }
    }

    /// Set up by the wizard, or by hand on the command line before there was one.
    pub(crate) fn is_set_up(&self, kept: &Kept) -> Result<bool, Problem> {
        let connected = self
            .api
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .is_some();
        self.was_set_up(kept, connected)
    }

    fn was_set_up(&self, kept: &Kept, connected: bool) -> Result<bool, Problem> {
        if kept.started || kept.step.is_some() || kept.shop.is_some() || kept.company.is_some() {
            return Ok(kept.started);
        }
        Ok(connected
            && self
                .ground
                .store
                .setting(brygga_engine::SETTINGS)?
                .is_some())
    }

    /// Why a pair that was set up cannot run: the secret of one side is gone. It stands still until somebody gives it again.
    pub(crate) fn lost(&self) -> Result<Option<Problem>, Problem> {
        let lost = self
            .lost
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        match lost {
            Some(lost) if self.was_set_up(&self.kept()?, true)? => Ok(Some(lost)),
            _ => Ok(None),
        }
    }

    /// The shop's name as it was read last, else its address; empty before it is connected.
    pub(crate) fn shop_name(&self) -> Result<String, Problem> {
        if let Ok(api) = self.api()
            && let Some(shop) = api.known_shop()?
        {
            return Ok(shop.name);
        }
        match self.kept()?.shop {
            Some(shop) => Ok(shop.name),
            None => Ok(self
                .ground
                .shop()?
                .map(|shop| shop.domain)
                .unwrap_or_default()),
        }
    }

    pub(crate) fn company_name(&self, kept: &Kept) -> String {
        kept.company
            .as_ref()
            .and_then(|company| company.name.clone())
            .or_else(|| self.ground.company_name().ok().flatten())
            .unwrap_or_default()
    }

    /// An engine over what is connected now, in place of an earlier one.
    pub(crate) fn connect(&self) -> Result<(), Problem> {
        let ground = &self.ground;
        let Some(shop) = ground.shop()? else {
            return Ok(());
        };
        if ground.company()?.is_none() && ground.sign_in()?.is_none() {
            // Before the wizard has come so far that is no loss.
            if self.kept()?.started || self.api().is_ok() {
                self.disconnected(Problem::new(Code::NotConnected).with("remote", "Visma.net"));
            }
            return Ok(());
        }
        let events = Arc::clone(&self.watch) as Arc<dyn Events>;
        let engine = match ground.engine(events) {
            Ok(engine) => Arc::new(engine),
            // A secret that is gone is asked for again in the wizard.
            Err(problem) if problem.code == Code::NotConnected => {
                self.disconnected(problem);
                return Ok(());
            }
            Err(problem) => return Err(problem),
        };
        let shop_admin = shop
            .base_url
            .is_none()
            .then(|| format!("https://{}/admin", shop.domain));
        let host = Host {
            practice: self.host.practice,
            shop_admin,
        };
        let api = Api::new(engine, Arc::clone(&self.watch), host);
        *self.lost.lock().unwrap_or_else(PoisonError::into_inner) = None;
        let before = {
            let mut now = self.api.lock().unwrap_or_else(PoisonError::into_inner);
            // Looked at under the lock: the end comes before or after it, and finds this one.
            if self.closing.load(Ordering::SeqCst) {
                api.end();
            }
            now.replace(api)
        };
        if let Some(before) = before {
            before.look_again();
        }
        self.changed.notify_one();
        Ok(())
    }

    /// There is nothing to make an engine of any more: one that was there does not go on by what was taken away.
    fn disconnected(&self, why: Problem) {
        let before = {
            let mut now = self.api.lock().unwrap_or_else(PoisonError::into_inner);
            now.take()
        };
        *self.lost.lock().unwrap_or_else(PoisonError::into_inner) = Some(why);
        if let Some(before) = before {
            before.look_again();
            self.changed.notify_one();
        }
    }

    /// The commands over the engine of a pair that is set up: until the wizard's last step nothing starts by itself.
    pub fn at_work(&self) -> Option<Arc<Api>> {
        let api = self.api().ok()?;
        let kept = self.kept().ok()?;
        self.is_set_up(&kept).ok()?.then_some(api)
    }

    /// Runs whatever is due, from the moment on at which the pair is set up, until [`Pair::close`]. Begun a second time,
    /// it waits until the first has ended.
    pub async fn keep_in_step(self: Arc<Self>) {
        let _alone = self.rounds.lock().await;
        while !self.closing.load(Ordering::SeqCst) {
            if let Some(api) = self.at_work() {
                api.round(&mut |_| ()).await;
                continue;
            }
            tokio::select! {
                () = self.ground.clock.sleep(LOOK) => {}
                () = self.changed.notified() => {}
            }
        }
    }

    /// How it stands; before the set-up is done nothing was read.
    pub fn pulse(&self) -> Result<Pulse, Problem> {
        if let Some(api) = self.at_work() {
            return api.pulse();
        }
        let health = match self.lost()? {
            Some(problem) => Health::Stopped {
                reason: reason(&problem),
                passing: false,
            },
            None => Health::NothingYet,
        };
        Ok(Pulse {
            health,
            schedule: ScheduleView::default(),
            running: false,
        })
    }

    /// Ends the run under way after the record in hand, and begins no other. See [`Api::close`].
    pub async fn close(&self, patience: Duration) -> bool {
        match self.end() {
            Some(api) => api.close(patience).await,
            None => true,
        }
    }

    /// Begins no other run, and tells the one under way to end; waits for nothing. Gives what may still have one.
    pub(crate) fn end(&self) -> Option<Arc<Api>> {
        let api = {
            let api = self.api.lock().unwrap_or_else(PoisonError::into_inner);
            self.closing.store(true, Ordering::SeqCst);
            api.clone()
        };
        if let Some(api) = &api {
            api.end();
        }
        // The port is free for another pair, and nothing is kept for one that is put away.
        self.call_off();
        self.changed.notify_one();
        api
    }

    /// Takes [`Pair::close`] back. The run that was told to end still does.
    pub(crate) fn go_on(&self) {
        let api = self.api.lock().unwrap_or_else(PoisonError::into_inner);
        self.closing.store(false, Ordering::SeqCst);
        if let Some(api) = api.as_ref() {
            api.go_on();
        }
    }
}
