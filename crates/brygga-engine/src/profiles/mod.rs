//! Profiles of the shop become customers without an order, where the merchant chose all of them (`booking-rules` 4).
//!
//! What changed is read page by page, as orders are. Of a profile that is no customer yet a row without a payload is kept: what it says
//! is read by its id when it is decided on, past the search index, and nothing of a person is stored that is not needed. One that is a
//! customer is marked where customers follow the shop (`follow`). The turns and the link's name are those of its orders, so that a
//! profile and its first order never both make the customer.

mod preview;
mod send;

use std::collections::BTreeMap;

use brygga_core::booking::follow::Profile;
use brygga_core::booking::place::Destination;
use brygga_core::booking::{Buyer, CustomerChoice, customer, home};
use brygga_core::code::Class;
use brygga_core::erp::CustomerDraft;
use brygga_core::{Code, Problem, digest};
use brygga_store::{MirrorRow, RecordKind, RecordRef, RecordRow, RecordState};
use chrono::{DateTime, TimeDelta};

use crate::booked::CUSTOMER;
use crate::engine::{Engine, Setup};
use crate::exchanges::subject;
use crate::flow::FlowReport;
use crate::ports::{Phase, ShopCustomer, Signal};
use crate::run::{RunReport, SILENCES, stops_the_run};
use crate::turns::Turns;

pub use preview::ProfileShown;

/// How far profiles were read.
pub(crate) const PROFILES: &str = "shop/customers";
/// How far behind the newest change seen each read begins: the search index lags (`facts/shopify` 5.4).
const OVERLAP: TimeDelta = TimeDelta::minutes(10);

/// Links of buyers: of one its link's names, with the customer's number.
type Linked = BTreeMap<String, Vec<(String, String)>>;

/// What became of a look at both sides.
enum Look {
    /// The shop has the profile no more.
    Gone,
    /// It is a customer already, such as in another currency.
    Customer(String),
    /// Nothing is done about it, for this reason; and its name.
    Held(String, Problem),
    /// This is to be done about it. Nobody else decides on the customer until the turns are given back.
    Do(Box<(Buyer, Profile, CustomerChoice, Turns)>),
}

/// Was there an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Answered {
    Yes,
    No,
}

impl Engine {
    /// Reads the profiles that changed, makes or links those that are no customers yet, and lets the others follow.
    pub(crate) async fn customers(&self, own: &mut FlowReport) -> Result<(), Problem> {
        // First what an earlier run left open: it may be what this run would otherwise do again.
        self.resolve_open().await?;
        let setup = self.setup().await?;
        own.read = self.read_profiles(&setup).await?;
        let due = self.due_profiles()?;
        self.work_on_profiles(&due, &setup, own).await?;
        let mut followed = RunReport::default();
        let result = Box::pin(self.follow_customers(&mut followed)).await;
        own.decided += followed.decided;
        own.written += followed.written;
        own.calls += followed.written;
        result
    }

    async fn read_profiles(&self, setup: &Setup) -> Result<usize, Problem> {
        // Left out while only those with an order became customers.
        let left_out = self.store.in_state_with(
            RecordKind::Customer,
            RecordState::Skipped,
            Code::SkippedNoOrder,
            &BTreeMap::new(),
        )?;
        self.store.mark_retry(&left_out)?;
        let cursor = self.store.cursor(PROFILES)?;
        let now = self.clock.now();
        let from = cursor.map_or(DateTime::UNIX_EPOCH, |cursor| cursor - OVERLAP);
        let linked = self.linked_buyers()?;
        let (mut newest, mut read) = (cursor, 0);
        let mut after: Option<String> = None;
        loop {
            self.check_stop()?;
            let page = self.shop.customers_changed(from, after.as_deref()).await?;
            read += page.customers.len();
            let mut rows = Vec::new();
            for found in &page.customers {
                newest = newest.max(found.customer.updated_at);
                match linked.get(&buyer_of(found)) {
                    Some(links) => self.mark_links(links, found, setup)?,
                    None => rows.push(self.profile_row(found, setup)),
                }
            }
            let move_to = match (&page.next, newest) {
                (None, Some(newest)) => Some((PROFILES, newest.min(now))),
                _ => None,
            };
            self.store.store_page(&rows, move_to)?;
            self.events
                .signal(Signal::Progress(Phase::Reading, read, None));
            match page.next {
                Some(next) => after = Some(next),
                None => return Ok(read),
            }
        }
    }

    fn linked_buyers(&self) -> Result<Linked, Problem> {
        let mut linked = Linked::new();
        for link in self.store.links(CUSTOMER)? {
            if let Some((buyer, _)) = link.shop_id.rsplit_once('/') {
                let links = linked.entry(buyer.to_owned()).or_default();
                links.push((link.shop_id.clone(), link.erp_id));
            }
        }
        Ok(linked)
    }

    /// A profile that is a customer already, one per currency.
    fn mark_links(
        &self,
        links: &[(String, String)],
        found: &ShopCustomer,
        setup: &Setup,
    ) -> Result<(), Problem> {
        let profile = Profile::of_person(&found.customer, &found.withheld);
        for (key, number) in links {
            if !self.store.is_erased(&RecordRef::customer(key.as_str()))? {
                self.mark_linked(key, number, &profile, setup)?;
            }
        }
        Ok(())
    }

    /// What is kept of a profile that is no customer: that it is there, and a digest of what it says.
    fn profile_row(&self, found: &ShopCustomer, setup: &Setup) -> MirrorRow {
        let ShopCustomer { customer, withheld } = found;
        let key = format!("{}/{}", buyer_of(found), setup.shop.currency.code());
        MirrorRow {
            record: RecordRef::customer(key.as_str()),
            name: key,
            updated_at: customer.updated_at.unwrap_or_else(|| self.clock.now()),
            digest: digest::of(&(
                &customer.first_name,
                &customer.last_name,
                &customer.email,
                &customer.phone,
                &customer.default_address,
                withheld,
            )),
            payload: serde_json::Value::Null,
            seen_at: self.clock.now(),
            parts: Vec::new(),
        }
    }

    /// Profiles that are no customers yet, and to be decided on.
    fn due_profiles(&self) -> Result<Vec<RecordRef>, Problem> {
        let now = self.clock.now();
        let mut due = Vec::new();
        for record in self
            .store
            .due(RecordKind::Customer, now, i32::MAX as usize)?
        {
            // One that only an order told of is that order's matter.
            if self.store.link(CUSTOMER, &record.id)?.is_none()
                && self.store.mirror(&record)?.is_some()
            {
                due.push(record);
            }
        }
        Ok(due)
    }

    /// Decides on these profiles, and does what is decided.
    pub(crate) async fn work_on_profiles(
        &self,
        due: &[RecordRef],
        setup: &Setup,
        own: &mut FlowReport,
    ) -> Result<(), Problem> {
        let linked = self.linked_buyers()?;
        let mut silences = 0;
        for (done, record) in due.iter().enumerate() {
            self.check_stop()?;
            let worked_on = brygga_http::about(
                subject(record),
                Box::pin(self.work_on_profile(record, &linked, setup, own)),
            )
            .await;
            self.exchanges.keep(record, &self.store)?;
            let answered = match worked_on {
                Ok(answered) => answered,
                Err(problem) if stops_the_run(problem.code) => return Err(problem),
                Err(problem) => self.profile_failed(record, problem, setup)?,
            };
            silences = match answered {
                Answered::Yes => 0,
                Answered::No => silences + 1,
            };
            if silences >= SILENCES {
                return Err(Problem::new(Code::RemoteTimeout).with("remote", "Visma.net"));
            }
            self.events
                .signal(Signal::Progress(Phase::Sending, done + 1, Some(due.len())));
        }
        Ok(())
    }

    /// A failure of this profile alone: it is held for it, or waits.
    fn profile_failed(
        &self,
        record: &RecordRef,
        problem: Problem,
        setup: &Setup,
    ) -> Result<Answered, Problem> {
        let Some(row) = self.decided_row(record, setup)? else {
            return Ok(Answered::Yes);
        };
        if problem.code.class() == Class::Held {
            self.settle_as(row, RecordState::Held, Some(problem))?;
            return Ok(Answered::Yes);
        }
        self.wait_for_remote(row, &problem)?;
        Ok(Answered::No)
    }

    /// The record as it is once it was decided on.
    fn decided_row(&self, record: &RecordRef, setup: &Setup) -> Result<Option<RecordRow>, Problem> {
        let (Some(mut row), Some(mirror)) =
            (self.store.record(record)?, self.store.mirror(record)?)
        else {
            return Ok(None);
        };
        row.decided_digest = Some(mirror.digest);
        row.settings_rev = setup.settings_rev;
        row.retry = false;
        row.due_at = None;
        Ok(Some(row))
    }

    async fn work_on_profile(
        &self,
        record: &RecordRef,
        linked: &Linked,
        setup: &Setup,
        own: &mut FlowReport,
    ) -> Result<Answered, Problem> {
        let Some(mut row) = self.decided_row(record, setup)? else {
            return Ok(Answered::Yes);
        };
        own.decided += 1;
        match self.look_profile(&record.id, linked, setup).await? {
            Look::Gone => {
                row.name.clone_from(&record.id);
                let gone = Problem::from(Code::SkippedProfileGone);
                self.settle_as(row, RecordState::Skipped, Some(gone))?;
            }
            Look::Held(name, problem) => {
                if !self.store.is_erased(record)? {
                    row.name = name;
                }
                self.settle_as(row, RecordState::Held, Some(problem))?;
            }
            Look::Customer(number) => {
                row.state = RecordState::Booked;
                row.problem = None;
                row.erp_number = Some(number);
                self.store.put_record(&row)?;
            }
            Look::Do(found) => {
                let (buyer, profile, choice, _turns) = *found;
                let shown = preview::choice_digest(&choice);
                if !self.may_send(record, &row.name, |approved| Ok(approved == shown))? {
                    return Ok(Answered::Yes);
                }
                if !self.store.is_erased(record)? {
                    row.name.clone_from(&buyer.name);
                }
                match choice {
                    CustomerChoice::Create { draft, .. } => {
                        own.written += 1;
                        own.calls += 1;
                        return self.make_customer(row, *draft, &profile, setup).await;
                    }
                    CustomerChoice::Link { key, number, by } => {
                        // Should it break off in between, it is still new.
                        self.store.put_record(&row)?;
                        self.link_customer(&key, &number, &by)?;
                        self.mark_linked(&key, &number, &profile, setup)?;
                    }
                    // Only a house customer is known without a link, and no profile is on it.
                    CustomerChoice::Known { .. } => {}
                }
            }
        }
        Ok(Answered::Yes)
    }

    /// Looks at both sides of a profile that has no link of its own.
    async fn look_profile(
        &self,
        key: &str,
        linked: &Linked,
        setup: &Setup,
    ) -> Result<Look, Problem> {
        let Some((buyer, currency)) = key.rsplit_once('/') else {
            return Ok(Look::Gone);
        };
        if let Some((_, number)) = linked.get(buyer).and_then(|links| links.first()) {
            return Ok(Look::Customer(number.clone()));
        }
        let id = buyer.strip_prefix("customer/").unwrap_or(buyer);
        let Some(found) = self.shop.customer(id).await? else {
            return Ok(Look::Gone);
        };
        match self.decide_profile(key, currency, &found, setup).await {
            Err(problem) if problem.code.class() == Class::Held => {
                let said = Profile::of_person(&found.customer, &found.withheld);
                let name = said.name.or(said.email).unwrap_or_else(|| key.to_owned());
                Ok(Look::Held(name, problem))
            }
            decided => decided,
        }
    }

    async fn decide_profile(
        &self,
        key: &str,
        currency: &str,
        found: &ShopCustomer,
        setup: &Setup,
    ) -> Result<Look, Problem> {
        let buyer = Buyer::of_profile(&found.customer, &found.withheld)?;
        let turns = self.turn_of(&buyer.identity, currency).await;
        if let Some(link) = self.store.link(CUSTOMER, key)? {
            return Ok(Look::Customer(link.erp_id));
        }
        let candidates = self.candidates(&buyer.identity, currency).await?;
        let home = home(&found.customer);
        let wanted = customer::Wanted {
            place: home.as_ref().map(Destination::key),
            currency,
            vat_zone: None,
        };
        let mut choice = customer::choose(&buyer, &wanted, None, &candidates, &setup.settings)?;
        if let CustomerChoice::Create { key, draft } = &choice
            && let Some(number) = self.made_before(draft).await?
        {
            choice = CustomerChoice::Link {
                key: key.clone(),
                number,
                by: "reference".into(),
            };
        }
        let profile = Profile::of_person(&found.customer, &found.withheld);
        Ok(Look::Do(Box::new((buyer, profile, choice, turns))))
    }

    /// One that we made ourselves for a profile without an e-mail, before a restored backup forgot it. By its e-mail it was looked for
    /// already.
    async fn made_before(&self, draft: &CustomerDraft) -> Result<Option<String>, Problem> {
        if draft.email.is_some() {
            return Ok(None);
        }
        let ours = self.erp.customers_by_draft(draft).await?;
        let [one] = ours.as_slice() else {
            return match ours.len() {
                0 => Ok(None),
                count => {
                    let numbers: Vec<_> = ours.iter().map(|one| one.number.as_str()).collect();
                    Err(Problem::new(Code::CustomerAmbiguous)
                        .with("count", count)
                        .with("by", "reference")
                        .with("numbers", numbers.join(", ")))
                }
            };
        };
        Ok(Some(one.number.clone()))
    }

    /// Where only profiles with an order become customers, those that were read before wait for nothing, and nothing of the person stays.
    pub(crate) fn leave_profiles_out(&self) -> Result<(), Problem> {
        if self.settings()?.customers.takes_all() {
            return Ok(());
        }
        let revision = self.store.settings_rev()?;
        for record in self.due_profiles()? {
            let (Some(mut row), Some(mirror)) =
                (self.store.record(&record)?, self.store.mirror(&record)?)
            else {
                continue;
            };
            row.decided_digest = Some(mirror.digest);
            row.settings_rev = revision;
            row.retry = false;
            row.due_at = None;
            // "Which one?" is asked of its order as well: it stays until that is answered.
            let asked = match &row.problem {
                Some(problem) if row.state == RecordState::Held => !self
                    .store
                    .held_with(RecordKind::Order, problem.code, &problem.params)?
                    .is_empty(),
                _ => false,
            };
            if asked {
                self.store.put_record(&row)?;
                continue;
            }
            row.name.clone_from(&record.id);
            let left = Problem::from(Code::SkippedNoOrder);
            self.settle_as(row, RecordState::Skipped, Some(left))?;
        }
        Ok(())
    }
}

/// Who it is, as the link's name begins.
fn buyer_of(found: &ShopCustomer) -> String {
    format!("customer/{}", found.customer.id)
}
