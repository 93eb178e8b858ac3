//! The set-up wizard. What it has found out and how far it came is kept in the pair's database; secrets are in the secret store, and
//! never come back to the page.

mod kept;
mod sample;
mod view;

use std::sync::{Arc, PoisonError};

use brygga_core::{Code, Problem};
use brygga_engine::connect::{CompanyConnection, ShopConnection, SignInConnection};
use brygga_engine::sign_in::{self, Farewell, SignIn};
use secrecy::SecretString;
use tokio::sync::Notify;
use tokio::task::JoinHandle;

use crate::api::{count, error};
use crate::contract::{
    ApiError, Event, MappingChange, MappingEdit, Nothing, RecordKey, SampleView, SetupCompany,
    SetupGo, SetupRead, SetupShop, SetupStep, SetupView, SignInAddress, SignInStart, SyncNow,
};
use crate::pair::Pair;

pub(crate) use kept::Kept;
use kept::{KeptCompany, KeptShop};

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
        })
        .map_err(error)?;
        self.setup_view().map_err(error)
    }

    pub(crate) async fn setup_shop(&self, request: SetupShop) -> Result<SetupView, ApiError> {
        self.at_rest().map_err(error)?;
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
        self.at_rest().map_err(error)?;
        let connection = CompanyConnection {
            client_id: request.client_id.trim().to_owned(),
            tenant_id: request.tenant_id.trim().to_owned(),
            base_url: self.host.company_base.clone(),
            scopes: words(&request.scopes),
        };
        let found = self
            .ground
            .inspect_service(connection, filled(request.secret).map(SecretString::from))
            .await
            .map_err(error)?;
        self.keep(|kept| kept.company = Some(KeptCompany::of(found)))
            .map_err(error)?;
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
        self.at_rest().map_err(error)?;
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
            let result = sign_in
                .finish(&pair.ground, pair.host.patience, cancel, &farewell, strange)
                .await
                .and_then(|found| {
                    pair.keep(|kept| kept.company = Some(KeptCompany::of(found)))?;
                    pair.connect()
                });
            {
                let mut state = pair.signing();
                if state.number == number {
                    state.waiting = None;
                    state.trouble = result.err();
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

    fn call_off(&self) {
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

    /// Reads the orders, fills what both sides tell of the mapping, once, and finds out what is still missing. Nothing is sent.
    pub(crate) async fn setup_read(&self, _: Nothing) -> Result<SetupRead, ApiError> {
        let api = self.api().map_err(error)?;
        let read = api.engine.read_for_setup().await.map_err(error)?;
        if !self.kept().map_err(error)?.prefilled {
            // What somebody repaired in Visma.net since is seen.
            api.engine.forget_setup();
            let mapping = api.mapping(Nothing {}).await?;
            let rows: Vec<MappingEdit> = mapping
                .tables
                .into_iter()
                .flat_map(|table| {
                    let name = table.name;
                    table.rows.into_iter().filter_map(move |row| {
                        let suggestion = row.suggestion.filter(|_| row.values.is_empty())?;
                        Some(MappingEdit {
                            table: name.clone(),
                            key: row.key,
                            values: suggestion.values,
                        })
                    })
                })
                .collect();
            if !rows.is_empty() {
                api.put_mapping(MappingChange {
                    revision: mapping.revision,
                    rows,
                })
                .await?;
            }
            self.keep(|kept| kept.prefilled = true).map_err(error)?;
        }
        let survey = api.engine.survey().await.map_err(error)?;
        Ok(SetupRead {
            read: count(read),
            ready: count(survey.ready),
            held: count(survey.held),
        })
    }

    pub(crate) async fn sample(&self, key: RecordKey) -> Result<SampleView, ApiError> {
        sample::view(&self.api().map_err(error)?, &key).await
    }

    pub(crate) async fn sample_send(&self, key: RecordKey) -> Result<SampleView, ApiError> {
        let api = self.api().map_err(error)?;
        let record = crate::api::record_ref(&key)?;
        api.engine.send_one(&record).await.map_err(error)?;
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
        // Nobody has looked for what others booked: it is looked for now, so that nothing is booked twice.
        if api.engine().already().map_err(error)?.at.is_none() {
            Box::pin(api.engine().find_already()).await.map_err(error)?;
        }
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
