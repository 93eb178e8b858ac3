//! The first reading of the shop's orders, with what is proposed for the mapping. It takes minutes, and whoever asked may go to another
//! step meanwhile: who asks again waits for the same one.

use std::sync::{Arc, PoisonError};

use brygga_core::settings::Settings;
use brygga_core::{Code, Problem};
use tokio::sync::watch;

use crate::api::{Api, count, error};
use crate::contract::{ApiError, MappingEdit, Nothing, SetupRead};
use crate::pair::Pair;

type Ended = Option<Result<SetupRead, ApiError>>;

/// One that is under way.
#[derive(Debug, Clone)]
pub(crate) struct Reading {
    /// Of the settings that it began with.
    revision: i64,
    ended: watch::Receiver<Ended>,
}

impl Pair {
    /// Reads the orders, and finds out what is still missing beside what both sides tell of the mapping. Nothing is chosen for the
    /// merchant, and nothing is sent.
    pub(crate) async fn setup_read(self: &Arc<Self>, _: Nothing) -> Result<SetupRead, ApiError> {
        loop {
            let mut reading = self.reading()?;
            let answer = reading
                .ended
                .wait_for(Option::is_some)
                .await
                .map_err(|_| error(Problem::new(Code::Internal).with("detail", "it broke off")))?
                .clone();
            if let Some(answer) = answer {
                // Another start date was chosen while it went on: what it found is about the one before.
                let stale = answer.is_ok()
                    && self
                        .ground
                        .store
                        .settings_rev()
                        .is_ok_and(|now| now != reading.revision);
                if !stale {
                    return answer;
                }
            }
        }
    }

    /// The one that is under way, else a new one.
    fn reading(self: &Arc<Self>) -> Result<Reading, ApiError> {
        let api = self.api().map_err(error)?;
        let mut place = self.reading.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(under_way) = place.as_ref().filter(|reading| {
            reading.ended.borrow().is_none() && reading.ended.has_changed().is_ok()
        }) {
            return Ok(under_way.clone());
        }
        let revision = self
            .ground
            .store
            .settings_rev()
            .map_err(|fault| error(fault.into()))?;
        let (ends, ended) = watch::channel(None);
        let reading = Reading { revision, ended };
        *place = Some(reading.clone());
        let pair = Arc::clone(self);
        // On its own: it is not broken off because a page was left.
        tokio::spawn(async move {
            let turn = pair.wait_for_turn().await;
            let answer = pair.read_and_look(&api).await;
            // Whoever waits may go on with the connection at once.
            drop(turn);
            ends.send_replace(Some(answer));
        });
        Ok(reading)
    }

    async fn read_and_look(&self, api: &Api) -> Result<SetupRead, ApiError> {
        api.engine.read_for_setup().await.map_err(error)?;
        // What somebody repaired in Visma.net since is seen.
        api.engine.forget_setup();
        let proposing = !self.kept().map_err(error)?.prefilled;
        let under = if proposing {
            Some(with_proposals(api).await?)
        } else {
            None
        };
        api.engine.check_stop().map_err(error)?;
        let survey = api.engine.survey(under).await.map_err(error)?;
        Ok(SetupRead {
            read: count(survey.read),
            ready: count(survey.ready),
            held: count(survey.held),
            proposing,
        })
    }
}

/// The settings as they would be with everything that is proposed. One that Visma.net has no place for is left for the person to see.
async fn with_proposals(api: &Api) -> Result<Settings, ApiError> {
    let catalogue = api.engine.catalogue().await.map_err(error)?;
    let mut settings = Settings::clone(&*api.engine.settings().map_err(error)?);
    for table in api.mapping(Nothing {}).await?.tables {
        for row in table.rows {
            let Some(suggestion) = row.suggestion.filter(|_| row.values.is_empty()) else {
                continue;
            };
            let edit = MappingEdit {
                table: table.name.clone(),
                key: row.key,
                values: suggestion.values,
            };
            if let Ok(with) = crate::mapping::applied(&settings, &[edit], &catalogue) {
                settings = with;
            }
        }
    }
    Ok(settings)
}
