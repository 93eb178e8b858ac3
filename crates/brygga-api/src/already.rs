//! Orders that somebody else booked: found, shown, chosen.

use std::sync::Arc;

use brygga_core::booking::already::{Choice, Existing};
use brygga_core::{Code, Problem};
use brygga_engine::{Already, AlreadyRow};

use crate::api::{Api, count, error, reason, record_line, time, wrong_use};
use crate::background::unbroken;
use crate::contract::{
    AlreadyChoice, AlreadyDocument, AlreadyLine, AlreadyView, ApiError, Nothing,
};

impl Api {
    #[allow(clippy::unused_async, reason = "every command is awaited by the table")]
    pub(crate) async fn already(&self, _: Nothing) -> Result<AlreadyView, ApiError> {
        self.engine.already().map(view).map_err(error)
    }

    pub(crate) async fn already_find(
        self: &Arc<Self>,
        _: Nothing,
    ) -> Result<AlreadyView, ApiError> {
        // It takes the run's place: whoever asks for a sync meanwhile is told that one thing goes on.
        let run = self.engine.ids().next_id();
        self.watch
            .try_start(&run.to_string())
            .map_err(|_| error(Code::SyncUnderWay.into()))?;
        // On its own: whoever asked may go away, and a search that breaks off is a failure like any other. The run's place is given back all
        // the same.
        let api = Arc::clone(self);
        let search = tokio::spawn(async move {
            let engine = Arc::clone(&api.engine);
            let found = unbroken(async move { Box::pin(engine.find_already()).await }).await;
            api.watch.place_left();
            found
        });
        let found = search
            .await
            .map_err(|broken| error(Problem::new(Code::Internal).with("detail", broken)))?;
        found.map(view).map_err(error)
    }

    #[allow(clippy::unused_async, reason = "every command is awaited by the table")]
    pub(crate) async fn already_choose(
        &self,
        chosen: AlreadyChoice,
    ) -> Result<AlreadyView, ApiError> {
        let choice: Choice = serde_json::from_value(chosen.choice.as_str().into())
            .map_err(|_| wrong_use(&format!("no choice {}", chosen.choice)))?;
        self.engine
            .choose_already(&[(chosen.id, choice)])
            .map_err(error)?;
        self.watch.settings_changed();
        self.engine.already().map(view).map_err(error)
    }
}

fn view(found: Already) -> AlreadyView {
    AlreadyView {
        at: found.at.map(time),
        orders: count(found.looked),
        documents: count(found.documents),
        not_read: found.not_read.as_ref().map(reason),
        rows: found.rows.iter().map(line).collect(),
    }
}

fn line(found: &AlreadyRow) -> AlreadyLine {
    let row = record_line(&found.row);
    AlreadyLine {
        id: row.id,
        name: row.name,
        party: row.party,
        amount: row.amount,
        happened: row.happened,
        state: row.state,
        found: found.mark.documents.iter().map(document).collect(),
        certain: found.mark.certain,
        choice: found.mark.choice.as_str().into(),
    }
}

fn document(there: &Existing) -> AlreadyDocument {
    AlreadyDocument {
        number: there.number.clone(),
        total: there.total.normalize().to_string(),
        currency: there.currency.clone(),
        date: there.date.map(|date| date.to_string()),
        customer: there
            .customer_name
            .clone()
            .or_else(|| there.customer.clone()),
    }
}
