//! Orders that somebody else booked: found, shown, chosen.

use std::sync::Arc;

use brygga_core::booking::already::{Choice, DocumentIs, Fate, Match};
use brygga_core::{Code, Problem};
use brygga_engine::{Already, AlreadyRow, Fitting};

use crate::api::{Api, count, error, reason, record_line, time};
use crate::background::unbroken;
use crate::contract::{
    AlreadyChoice, AlreadyCount, AlreadyDocument, AlreadyFate, AlreadyFit, AlreadyForAll,
    AlreadyKind, AlreadyLine, AlreadyPage, AlreadyPick, AlreadyQuery, AlreadyView, ApiError,
    Nothing,
};

/// Rows in one answer at most.
const ROWS: u32 = 500;

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
        self.engine
            .choose_already(&[(chosen.id, choice(chosen.pick))])
            .map_err(error)?;
        self.after_choosing()
    }

    #[allow(clippy::unused_async, reason = "every command is awaited by the table")]
    pub(crate) async fn already_choose_all(
        &self,
        chosen: AlreadyForAll,
    ) -> Result<AlreadyView, ApiError> {
        let fate = match chosen.fate {
            AlreadyFate::Link => Fate::Link,
            AlreadyFate::Skip => Fate::Skip,
            AlreadyFate::Create => Fate::Create,
            AlreadyFate::Ask => Fate::Ask,
        };
        let of = match chosen.fit {
            AlreadyFit::Named => Match::Named,
            AlreadyFit::Likely => Match::Likely,
            AlreadyFit::Unclear => Match::Unclear,
        };
        self.engine
            .choose_already_for_all(of, fate, chosen.count as usize)
            .map_err(error)?;
        self.after_choosing()
    }

    /// The preview stands on what was chosen.
    fn after_choosing(&self) -> Result<AlreadyView, ApiError> {
        self.watch.settings_changed();
        self.engine.already().map(view).map_err(error)
    }

    #[allow(clippy::unused_async, reason = "every command is awaited by the table")]
    pub(crate) async fn already_rows(&self, query: AlreadyQuery) -> Result<AlreadyPage, ApiError> {
        let limit = query.limit.clamp(1, ROWS) as usize;
        let page = self
            .engine
            .already_rows(query.offset as usize, limit)
            .map_err(error)?;
        Ok(AlreadyPage {
            rows: page.rows.iter().map(line).collect(),
            total: count(page.total),
        })
    }
}

fn choice(pick: AlreadyPick) -> Choice {
    match pick {
        AlreadyPick::Link { document } => Choice::Link(document),
        AlreadyPick::Skip {} => Choice::Skip,
        AlreadyPick::Create {} => Choice::Create,
        AlreadyPick::Ask {} => Choice::Ask,
    }
}

fn pick(choice: &Choice) -> AlreadyPick {
    match choice {
        Choice::Link(number) => AlreadyPick::Link {
            document: number.clone(),
        },
        Choice::Skip => AlreadyPick::Skip {},
        Choice::Create => AlreadyPick::Create {},
        Choice::Ask => AlreadyPick::Ask {},
    }
}

fn fit(clear: Match) -> AlreadyFit {
    match clear {
        Match::Named => AlreadyFit::Named,
        Match::Likely => AlreadyFit::Likely,
        Match::Unclear => AlreadyFit::Unclear,
    }
}

fn view(found: Already) -> AlreadyView {
    AlreadyView {
        at: found.at.map(time),
        orders: count(found.looked),
        documents: count(found.documents),
        not_read: found.not_read.as_ref().map(reason),
        counts: found
            .counts
            .iter()
            .map(|one| AlreadyCount {
                fit: fit(one.of),
                open: count(one.open),
                decided: count(one.decided),
            })
            .collect(),
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
        found: found.found.iter().map(document).collect(),
        fit: fit(found.clear),
        choice: pick(&found.choice),
        booked: found.booked,
    }
}

fn document(fitting: &Fitting) -> AlreadyDocument {
    let there = &fitting.document;
    AlreadyDocument {
        kind: match there.is {
            DocumentIs::SalesOrder => AlreadyKind::SalesOrder,
            DocumentIs::Invoice => AlreadyKind::Invoice,
        },
        number: there.number.clone(),
        total: there.total.normalize().to_string(),
        currency: there.currency.clone(),
        date: there.date.map(|date| date.to_string()),
        customer: there
            .customer_name
            .clone()
            .or_else(|| there.customer.clone()),
        taken_by: fitting.taken_by.clone(),
    }
}
