//! The set-up wizard. What it has found out and how far it came is kept in the pair's database; secrets are in the secret store, and
//! never come back to the page.

mod kept;
mod reading;
mod sample;
mod turn;
mod view;

use std::sync::{Arc, PoisonError};

use brygga_core::{Code, Problem};
use brygga_engine::Grant;
use brygga_engine::connect::{CompanyCheck, CompanyConnection, ShopConnection, SignInConnection};
use brygga_engine::sign_in::{self, Farewell, SignIn, Waiting};
use secrecy::SecretString;
use tokio::sync::Notify;
use tokio::task::JoinHandle;

use crate::api::{error, wrong_use};
use crate::background::unbroken;
use crate::contract::{
    ApiError, Event, Nothing, RecordKey, SampleView, SetupCheck, SetupCompany, SetupForget,
    SetupGo, SetupShop, SetupStep, SetupView, SignInAddress, SignInStart, SyncNow,
};
use crate::pair::Pair;

pub(crate) use kept::Kept;
use kept::{KeptCompany, KeptShop};
pub(crate) use reading::Reading;

/// A sign-in by the browser: the one that is waited for, and how the last one ended.
#[derive(Debug, Default)]
pub(crate) struct SigningIn {
    /// Counts sign-ins, so that one that ends late says nothing about a newer one.
    number: u64,
    waiting: Option<(String, Arc<Notify>)>,
    /// Holds the port until it has ended.
    task: Option<JoinHandle<()>>,
    trouble: Option<Problem>,
}

#[allow(
    clippy::unused_async,
    reason = "every command is awaited by the table, whether it waits for anything or not"
)]
impl Pair {
    pub(crate) async fn setup(&self, _: Nothing) -> Result<SetupView, ApiError> {
        self.setup_view().map_err(error)
    }

    pub(crate) async fn setup_go(&self, go: SetupGo) -> Result<SetupView, ApiError> {
        self.keep(|kept| {
            kept.step = Some(go.step);
            kept.finished.extend(go.finished);
            // Whoever goes on from the mapping has seen what was proposed for it, and chose.
            kept.prefilled |= go.finished == Some(SetupStep::Mapping);
        })
        .map_err(error)?;
        self.setup_view().map_err(error)
    }

    pub(crate) async fn setup_shop(&self, request: SetupShop) -> Result<SetupView, ApiError> {
        let _turn = self.take_turn().map_err(error)?;
        let connection = ShopConnection {
            domain: request.domain,
            client_id: filled(request.client_id),
            base_url: self.host.shop_base.clone(),
        };
        let check = self
            .ground
            .connect_shop(connection, filled(request.secret).map(SecretString::from))
            .await
            .map_err(error)?;
        self.keep(|kept| kept.shop = Some(KeptShop::of(&check)))
            .map_err(error)?;
        self.connected()
    }

    pub(crate) async fn setup_company(&self, request: SetupCompany) -> Result<SetupView, ApiError> {
        let _turn = self.take_turn().map_err(error)?;
        let connection = CompanyConnection {
            client_id: request.client_id.trim().to_owned(),
            tenant_id: request.tenant_id.trim().to_owned(),
            base_url: self.host.company_base.clone(),
            scopes: words(&request.scopes),
        };
        let check = self
            .ground
            .inspect_service(connection, filled(request.secret).map(SecretString::from))
            .await
            .map_err(error)?;
        self.met(&check).map_err(error)?;
        self.connected()
    }

    /// Keeps what a check of the company found. Of another company than before nothing is known yet: its mapping is filled and looked at
    /// anew.
    fn met(&self, check: &CompanyCheck) -> Result<(), Problem> {
        self.keep(|kept| {
            kept.company = Some(KeptCompany::of(check.found.clone()));
            if check.other {
                kept.prefilled = false;
                kept.finished.remove(&SetupStep::Mapping);
                kept.finished.remove(&SetupStep::Sample);
            }
        })
    }

    /// Tries again what is connected, by what is kept: a sign-in takes no browser for it.
    pub(crate) async fn setup_check(&self, check: SetupCheck) -> Result<SetupView, ApiError> {
        let _turn = self.take_turn().map_err(error)?;
        if check.shop {
            let connection =
                self.ground.shop().map_err(error)?.ok_or_else(|| {
                    error(Problem::new(Code::NotConnected).with("remote", "Shopify"))
                })?;
            let found = self
                .ground
                .connect_shop(connection, None)
                .await
                .map_err(error)?;
            self.keep(|kept| kept.shop = Some(KeptShop::of(&found)))
                .map_err(error)?;
        }
        if check.company {
            let found = self.ground.inspect_company().await.map_err(error)?;
            self.keep(|kept| kept.company = Some(KeptCompany::of(found)))
                .map_err(error)?;
        }
        self.connected()
    }

    /// Stops using one of the two grants: the other, or a new one, takes its place.
    pub(crate) async fn setup_forget(&self, request: SetupForget) -> Result<SetupView, ApiError> {
        let grant = match request.grant.as_str() {
            "application" => Grant::Application,
            "person" => Grant::Person,
            other => return Err(wrong_use(&format!("no grant {other}"))),
        };
        let _turn = self.take_turn().map_err(error)?;
        if grant == Grant::Person {
            self.call_off();
        }
        self.ground.forget_grant(grant).await.map_err(error)?;
        // What the last check found was found by a grant that is gone.
        self.keep(|kept| kept.company = None).map_err(error)?;
        self.connected()
    }

    /// What was connected is used from now on.
    fn connected(&self) -> Result<SetupView, ApiError> {
        self.connect().map_err(error)?;
        self.watch.tell(Event::SetupChanged(Nothing {}));
        self.setup_view().map_err(error)
    }

    pub(crate) async fn sign_in(
        self: &Arc<Self>,
        request: SignInStart,
    ) -> Result<SignInAddress, ApiError> {
        // Only one may hold the port: an earlier one is called off, and has let go of it when its task has ended.
        self.call_off();
        let earlier = self.signing().task.take();
        if let Some(earlier) = earlier {
            // One that panicked has let go of the port as well.
            let _ended = earlier.await;
        }
        let scopes = words(&request.scopes);
        let connection = SignInConnection {
            client_id: request.client_id.trim().to_owned(),
            scopes: if scopes.is_empty() {
                sign_in::SCOPES
                    .iter()
                    .map(|&scope| scope.to_owned())
                    .collect()
            } else {
                scopes
            },
            port: request.port,
            base_url: self.host.company_base.clone(),
        };
        let sign_in = SignIn::begin(connection).await.map_err(error)?;
        let farewell = Farewell {
            language: request.language,
            done: request.done,
            failed: request.failed,
            next: request.next,
        };
        let address = sign_in.address().to_owned();
        let cancel = Arc::new(Notify::new());
        let number = {
            let mut state = self.signing();
            state.number += 1;
            state.waiting = Some((address.clone(), Arc::clone(&cancel)));
            state.trouble = None;
            state.number
        };
        let pair = Arc::clone(self);
        let task = tokio::spawn(async move {
            let strange = |problem| {
                pair.signing().trouble = Some(problem);
                pair.watch.tell(Event::SetupChanged(Nothing {}));
            };
            let waiting = Waiting {
                patience: pair.host.patience,
                cancel,
            };
            let kept = |check: &CompanyCheck| {
                pair.met(check)?;
                pair.connect()
            };
            let turn = pair.wait_for_turn();
            let result = sign_in
                .finish(&pair.ground, waiting, &farewell, strange, turn, kept)
                .await;
            {
                let mut state = pair.signing();
                if state.number == number {
                    state.waiting = None;
                    // A sign-in that is kept beside an application that does not work is one thing to say.
                    state.trouble = match result {
                        Ok(check) => check.application,
                        Err(problem) => Some(problem),
                    };
                }
            }
            pair.watch.tell(Event::SetupChanged(Nothing {}));
        });
        self.signing().task = Some(task);
        self.watch.tell(Event::SetupChanged(Nothing {}));
        Ok(SignInAddress { address })
    }

    pub(crate) async fn sign_in_cancel(&self, _: Nothing) -> Result<SetupView, ApiError> {
        self.call_off();
        self.setup_view().map_err(error)
    }

    /// Ends the sign-in that is waited for, or tried: nothing of it is kept.
    pub(crate) fn call_off(&self) {
        let mut state = self.signing();
        if let Some((_, cancel)) = state.waiting.take() {
            state.trouble = Some(Code::SignInCancelled.into());
            cancel.notify_one();
        }
    }

    pub(crate) fn signing(&self) -> std::sync::MutexGuard<'_, SigningIn> {
        self.signing_in
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) async fn sample(&self, key: RecordKey) -> Result<SampleView, ApiError> {
        sample::view(&self.api().map_err(error)?, &key).await
    }

    pub(crate) async fn sample_send(&self, key: RecordKey) -> Result<SampleView, ApiError> {
        let api = self.api().map_err(error)?;
        let record = crate::api::record_ref(&key)?;
        let turn = self.take_turn().map_err(error)?;
        let engine = Arc::clone(api.engine());
        // On its own: whoever asked may go away, and what is sent is settled all the same.
        unbroken(async move {
            let sent = Box::pin(engine.send_one(&record)).await;
            drop(turn);
            sent
        })
        .await
        .map_err(error)?;
        sample::view(&api, &key).await
    }

    pub(crate) async fn setup_start(&self, _: Nothing) -> Result<SetupView, ApiError> {
        let view = self.setup_view().map_err(error)?;
        for step in [
            SetupStep::Shop,
            SetupStep::Company,
            SetupStep::Flows,
            SetupStep::Mapping,
        ] {
            if !view.done.contains(&step) {
                let word = serde_json::to_value(step).unwrap_or_default();
                return Err(error(
                    Problem::new(Code::SetupIncomplete)
                        .with("step", word.as_str().unwrap_or_default()),
                ));
            }
        }
        let api = self.api().map_err(error)?;
        // What others booked until now: somebody may have gone on by hand since it was looked for last. What a person chose stays.
        api.already_find(Nothing {}).await?;
        self.keep(|kept| {
            kept.started = true;
            kept.finished.insert(SetupStep::Start);
        })
        .map_err(error)?;
        api.sync_now(SyncNow::default()).await?;
        self.watch.tell(Event::SetupChanged(Nothing {}));
        self.setup_view().map_err(error)
    }
}

fn filled(text: Option<String>) -> Option<String> {
    text.map(|text| text.trim().to_owned())
        .filter(|text| !text.is_empty())
}

fn words(list: &[String]) -> Vec<String> {
    list.iter()
        .flat_map(|text| text.split([' ', ',', '\n', '\t']))
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect()
}
