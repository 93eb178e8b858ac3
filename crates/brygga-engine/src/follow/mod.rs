//! Customers of Visma.net follow their own records in the shop, in the fields that the shop owns (`booking-rules` 4).
//!
//! An order brings the buyer's record with it. Where that says something new, the customer is marked, and looked at after the orders:
//! so no order waits for it. The shop's record is then read by its id, past the search index, because the one that came with an order
//! may be an old one's. What is sent, and what became of it, stands in the journal under the customer's own record.

mod preview;
mod send;

use brygga_core::booking::follow::{Follow, Profile, Seen, follow, is_news, may_follow};
use brygga_core::booking::{customer, document};
use brygga_core::code::Class;
use brygga_core::erp::CustomerCard;
use brygga_core::shop::Order;
use brygga_core::{Code, Problem, digest};
use brygga_store::{Link, RecordKind, RecordRef, RecordRow, RecordState};
use serde::{Deserialize, Serialize};

use crate::booked::{self, CUSTOMER, internal};
use crate::engine::{Engine, Setup};
use crate::exchanges::subject;
use crate::run::{RunReport, SILENCES, stops_the_run};

pub use preview::CustomerShown;
pub(crate) use send::is_change;

/// Kind of the links that remember the shop's values which were last sent or seen, as digests; sealed with the link.
pub(crate) const SEEN: &str = "customer-seen";

/// What is remembered of a customer.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
struct Remembered {
    /// Sent, or seen in Visma.net.
    seen: Seen,
    /// Tried, and not taken: the same is not tried again by itself.
    tried: Option<Seen>,
}

/// What a look at both sides found.
enum Look {
    /// The customer is nobody's to change, or the shop says nothing new.
    Nothing,
    /// Visma.net has all of it.
    Same(Seen),
    /// This is changed.
    Change(Box<(CustomerCard, Follow)>),
}

/// Whether a held customer is held by what this module does.
fn is_ours(row: &RecordRow) -> bool {
    row.problem.as_ref().is_some_and(|problem| {
        matches!(
            problem.code,
            Code::CustomerUpdateRefused | Code::CustomerUpdateDiffers | Code::CustomerGone
        )
    })
}

/// By it a change is approved: the customer, and each field before and after.
fn change_digest(number: &str, found: &Follow) -> String {
    digest::of(&(number, &found.changes))
}

impl Engine {
    /// The link's name of the customer that an order belongs to.
    fn customer_key(&self, order: &Order, setup: &Setup) -> Result<Option<String>, Problem> {
        let Ok(identity) = customer::identity(order, &setup.settings) else {
            return Ok(None);
        };
        let side = booked::recall(&self.store, &order.id.0)?.map_or_else(
            || document::side(order, &setup.settings),
            |known| known.document.side,
        );
        Ok(Some(identity.link_key(order.currency(side).code())))
    }

    /// The order with its customer's key, where customers follow the shop at all, and nobody erased this one.
    async fn followed(
        &self,
        record: &RecordRef,
        setup: &Setup,
    ) -> Result<Option<(Order, String)>, Problem> {
        if !setup.settings.customers.update || self.store.is_erased(record)? {
            return Ok(None);
        }
        let Some(mirror) = self.store.mirror(record)? else {
            return Ok(None);
        };
        // One that cannot be read is held for it.
        let Ok(order) = self.shop.read(&self.payload_of(&mirror).await?) else {
            return Ok(None);
        };
        let key = self.customer_key(&order, setup)?;
        Ok(key.map(|key| (order, key)))
    }

    /// Before an order is worked on: is its customer still to be made or linked.
    pub(crate) async fn is_without_customer(
        &self,
        record: &RecordRef,
        setup: &Setup,
    ) -> Result<bool, Problem> {
        match self.followed(record, setup).await? {
            Some((_, key)) => Ok(self.store.link(CUSTOMER, &key)?.is_none()),
            None => Ok(false),
        }
    }

    /// After an order was worked on: its customer is marked where the shop's record of it says something new. One that was just made
    /// has what the shop had to say.
    pub(crate) async fn mark_customer(
        &self,
        record: &RecordRef,
        setup: &Setup,
        is_new: bool,
    ) -> Result<(), Problem> {
        let Some((order, key)) = self.followed(record, setup).await? else {
            return Ok(());
        };
        let (Some(link), Some(profile)) =
            (self.store.link(CUSTOMER, &key)?, Profile::of_order(&order))
        else {
            return Ok(());
        };
        if is_new && link.detail["by"] == "created" {
            return self.remember(
                &key,
                &link.erp_id,
                &Remembered {
                    seen: Seen::all_of(&profile),
                    tried: None,
                },
            );
        }
        self.mark_linked(&key, &link.erp_id, &profile, setup)
    }

    /// A linked customer is marked where what the shop says of it is new.
    pub(crate) fn mark_linked(
        &self,
        key: &str,
        number: &str,
        profile: &Profile,
        setup: &Setup,
    ) -> Result<(), Problem> {
        if self.is_to_look_at(key, number, profile, setup)? {
            let record = RecordRef::new(RecordKind::Customer, key);
            if self.store.record(&record)?.is_none() {
                let row = self.customer_row(key, RecordState::Booked, Some(number), None)?;
                self.store.put_record(&row)?;
            }
            self.store.mark_retry(&[record])?;
        }
        Ok(())
    }

    /// What is remembered of a customer that was just made of its profile: it has all that the shop says.
    pub(crate) fn memory_of_new(
        &self,
        key: &str,
        number: &str,
        profile: &Profile,
    ) -> Result<Link, Problem> {
        let known = Remembered {
            seen: Seen::all_of(profile),
            tried: None,
        };
        self.memory_of(key, number, &known)
    }

    /// Does the record as it came with an order make the customer worth a look.
    fn is_to_look_at(
        &self,
        key: &str,
        number: &str,
        profile: &Profile,
        setup: &Setup,
    ) -> Result<bool, Problem> {
        let known = self.remembered(key, number)?;
        let settings = &setup.settings.customers;
        let news = |seen: &Seen| is_news(profile, seen, settings);
        Ok(self.may_change(key, number, setup)?
            && news(&known.seen)
            && known.tried.as_ref().is_none_or(news))
    }

    /// Is this customer one that is changed: nobody else's in the shop, and no house customer.
    fn may_change(&self, key: &str, number: &str, setup: &Setup) -> Result<bool, Problem> {
        let Some((buyer, _)) = key.rsplit_once('/') else {
            return Ok(false);
        };
        let links = self.store.links_to(CUSTOMER, number)?;
        let names = links.iter().map(|link| link.shop_id.as_str());
        Ok(may_follow(buyer, number, names, &setup.settings))
    }

    fn remembered(&self, key: &str, number: &str) -> Result<Remembered, Problem> {
        match self.store.link(SEEN, key)? {
            // Of another customer than the one that is linked now it says nothing.
            Some(link) if link.erp_id == number => {
                serde_json::from_value(link.detail).map_err(internal)
            }
            _ => Ok(Remembered::default()),
        }
    }

    fn remember(&self, key: &str, number: &str, known: &Remembered) -> Result<(), Problem> {
        Ok(self.store.put_link(&self.memory_of(key, number, known)?)?)
    }

    fn memory_of(&self, key: &str, number: &str, known: &Remembered) -> Result<Link, Problem> {
        Ok(Link {
            kind: SEEN.into(),
            shop_id: key.to_owned(),
            erp_id: number.to_owned(),
            detail: serde_json::to_value(known).map_err(internal)?,
            made_at: self.clock.now(),
        })
    }

    /// The shop's own record, as it is now.
    async fn profile(&self, buyer: &str) -> Result<Option<Profile>, Problem> {
        Ok(match buyer.split_once('/') {
            Some(("customer", id)) => self
                .shop
                .customer(id)
                .await?
                .map(|found| Profile::of_person(&found.customer, &found.withheld)),
            Some(("company", id)) => self
                .shop
                .company_name(id)
                .await?
                .map(|name| Profile::of_company(&name)),
            _ => None,
        })
    }

    /// Looks at both sides of a linked customer.
    async fn look_customer(&self, key: &str, number: &str, setup: &Setup) -> Result<Look, Problem> {
        let settings = &setup.settings.customers;
        if !settings.update || !self.may_change(key, number, setup)? {
            return Ok(Look::Nothing);
        }
        let buyer = key.rsplit_once('/').map_or(key, |(buyer, _)| buyer);
        let known = self.remembered(key, number)?;
        let Some(profile) = self.profile(buyer).await? else {
            return Ok(Look::Nothing);
        };
        if !is_news(&profile, &known.seen, settings) {
            return Ok(Look::Nothing);
        }
        let Some(card) = self.erp.customer_card(number).await? else {
            return Err(Problem::new(Code::CustomerGone).with("customer", number));
        };
        let found = follow(&profile, &card, &known.seen, settings);
        Ok(if found.changes.is_empty() {
            Look::Same(found.seen)
        } else {
            Look::Change(Box::new((card, found)))
        })
    }

    /// Brings every marked customer to what the shop says of it. A customer that cannot be brought there holds nothing else up.
    pub(crate) async fn follow_customers(&self, report: &mut RunReport) -> Result<(), Problem> {
        self.leave_profiles_out()?;
        self.settle_customers().await?;
        let due = self.due_customers()?;
        if due.is_empty() {
            return Ok(());
        }
        let setup = self.setup().await?;
        self.follow_all(&due, &setup, report).await
    }

    /// The same for these alone.
    pub(crate) async fn follow_all(
        &self,
        due: &[RecordRef],
        setup: &Setup,
        report: &mut RunReport,
    ) -> Result<(), Problem> {
        let mut silences = 0;
        for record in due {
            self.check_stop()?;
            let looked = brygga_http::about(
                subject(record),
                Box::pin(self.follow_one(record, setup, report)),
            )
            .await;
            self.exchanges.keep(record, &self.store)?;
            match looked {
                Ok(()) => silences = 0,
                Err(problem) if stops_the_run(problem.code) => return Err(problem),
                Err(problem) => {
                    self.customer_waits(record, problem)?;
                    silences += 1;
                }
            }
            if silences >= SILENCES {
                break;
            }
        }
        Ok(())
    }

    /// Customers that are linked and to be looked at.
    fn due_customers(&self) -> Result<Vec<RecordRef>, Problem> {
        let mut due = Vec::new();
        let now = self.clock.now();
        let revision = self.store.settings_rev()?;
        for record in self
            .store
            .due(RecordKind::Customer, now, i32::MAX as usize)?
        {
            // One that is not linked is its order's matter, or its profile's. A linked one is due where it was marked, not by the
            // profile as it was before it was linked.
            let marked = self.store.record(&record)?.is_some_and(|row| {
                row.retry || row.state != RecordState::Booked && row.settings_rev < revision
            });
            if marked && self.store.link(CUSTOMER, &record.id)?.is_some() {
                due.push(record);
            }
        }
        Ok(due)
    }

    async fn follow_one(
        &self,
        record: &RecordRef,
        setup: &Setup,
        report: &mut RunReport,
    ) -> Result<(), Problem> {
        let (Some(row), Some(link)) = (
            self.store.record(record)?,
            self.store.link(CUSTOMER, &record.id)?,
        ) else {
            return Ok(());
        };
        // What became of the last change is not known yet: nothing is sent on top of it.
        if self.has_open_intent(record)? {
            return Ok(());
        }
        let number = link.erp_id.as_str();
        match self.look_customer(&record.id, number, setup).await {
            Ok(Look::Nothing) => self.leave_customer(row, setup),
            Ok(Look::Same(seen)) => {
                self.remember(&record.id, number, &Remembered { seen, tried: None })?;
                self.leave_customer(row, setup)
            }
            Ok(Look::Change(change)) => {
                let (card, found) = *change;
                let shown = change_digest(number, &found);
                if !self.may_send(record, &row.name, |approved| Ok(approved == shown))? {
                    return Ok(());
                }
                report.decided += 1;
                report.written += 1;
                self.change_customer(row, &card, found, setup).await
            }
            Err(problem) if problem.code.class() == Class::Held => {
                self.hold_customer(row, problem, setup)
            }
            Err(problem) => Err(problem),
        }
    }

    /// Nothing is to be done for it.
    fn leave_customer(&self, mut row: RecordRow, setup: &Setup) -> Result<(), Problem> {
        row.retry = false;
        row.due_at = None;
        row.settings_rev = setup.settings_rev;
        if row.state != RecordState::Held || is_ours(&row) {
            row.state = RecordState::Booked;
            row.problem = None;
        }
        Ok(self.store.put_record(&row)?)
    }

    /// It stays marked, and the next run looks again; meanwhile it says why.
    fn customer_waits(&self, record: &RecordRef, problem: Problem) -> Result<(), Problem> {
        match self.store.record(record)? {
            Some(row) => self
                .settle_as(row, RecordState::Waiting, Some(problem))
                .map(drop),
            None => Ok(()),
        }
    }

    fn hold_customer(
        &self,
        mut row: RecordRow,
        problem: Problem,
        setup: &Setup,
    ) -> Result<(), Problem> {
        row.retry = false;
        row.due_at = None;
        row.settings_rev = setup.settings_rev;
        self.settle_as(row, RecordState::Held, Some(problem))
            .map(drop)
    }
}
