//! Which profiles would become customers.

use std::collections::BTreeSet;

use brygga_core::booking::{CustomerChoice, Step};
use brygga_core::code::Class;
use brygga_core::erp::CustomerDraft;
use brygga_core::{Code, Problem, digest};
use brygga_store::{RecordKind, RecordRef};

use super::{Linked, Look};
use crate::engine::{Engine, Setup};
use crate::preview::{Outcome, Previewed, What, previewed};
use crate::run::stops_the_run;

/// What would become of a profile without an order.
#[derive(Debug, Clone, PartialEq)]
pub enum ProfileShown {
    /// This customer is made.
    Make(Box<CustomerDraft>),
    /// It is this customer already, and only linked.
    Link {
        /// Customer number.
        number: String,
        /// How it was found: `email`, `choice`, `reference`.
        by: String,
    },
}

/// By it what is decided of a profile is approved.
pub(super) fn choice_digest(choice: &CustomerChoice) -> String {
    digest::of(choice)
}

impl Engine {
    /// Looks at the profiles that changed or were never decided on; `shown` is what the orders would do.
    pub(crate) async fn preview_profiles(
        &self,
        shown: &[Previewed],
    ) -> Result<Vec<Previewed>, Problem> {
        self.resolve_open().await?;
        let setup = self.setup().await?;
        self.read_profiles(&setup).await?;
        let due = self.due_profiles()?;
        let mut items = self.look_at_profiles(&due, shown, &setup).await?;
        let seen: BTreeSet<&RecordRef> = shown.iter().map(|item| &item.record).collect();
        let followed = Box::pin(self.preview_customers(&[], &[], &setup)).await?;
        items.extend(
            followed
                .into_iter()
                .filter(|item| !seen.contains(&item.record)),
        );
        Ok(items)
    }

    /// Looks again at these profiles, as they were read last.
    pub(crate) async fn preview_some_profiles(
        &self,
        some: &BTreeSet<RecordRef>,
        shown: &[Previewed],
        setup: &Setup,
    ) -> Result<Vec<Previewed>, Problem> {
        if some.is_empty() || !setup.settings.customers.takes_all() {
            return Ok(Vec::new());
        }
        let mut due = self.due_profiles()?;
        due.retain(|record| some.contains(record));
        self.look_at_profiles(&due, shown, setup).await
    }

    async fn look_at_profiles(
        &self,
        due: &[RecordRef],
        shown: &[Previewed],
        setup: &Setup,
    ) -> Result<Vec<Previewed>, Problem> {
        let linked = self.linked_buyers()?;
        let by_orders = customers_of(shown);
        let mut items = Vec::new();
        for record in due {
            self.check_stop()?;
            // Orders go first: by then the profile is its order's customer.
            if !by_orders.contains(record.id.as_str()) {
                items.extend(self.preview_profile(record, &linked, setup).await?);
            }
        }
        Ok(items)
    }

    async fn preview_profile(
        &self,
        record: &RecordRef,
        linked: &Linked,
        setup: &Setup,
    ) -> Result<Option<Previewed>, Problem> {
        let Some(kept) = self.store.record(record)? else {
            return Ok(None);
        };
        let mut row = kept.clone();
        let is_named = !self.store.is_erased(record)?;
        let outcome = match self.look_profile(&record.id, linked, setup).await {
            Ok(Look::Gone) => Outcome::Skipped(Code::SkippedProfileGone.into()),
            Ok(Look::Customer(_)) => return Ok(None),
            Ok(Look::Held(name, problem)) => {
                if is_named {
                    row.name = name;
                }
                Outcome::Held(problem)
            }
            Ok(Look::Do(found)) => {
                let (buyer, _, choice, _) = *found;
                if is_named {
                    row.name.clone_from(&buyer.name);
                }
                let digest = choice_digest(&choice);
                let what = match choice {
                    CustomerChoice::Create { draft, .. } => ProfileShown::Make(draft),
                    CustomerChoice::Link { number, by, .. } => ProfileShown::Link { number, by },
                    CustomerChoice::Known { .. } => return Ok(None),
                };
                Outcome::Send {
                    digest,
                    what: Box::new(What::Profile(what)),
                }
            }
            Err(problem) if stops_the_run(problem.code) => return Err(problem),
            Err(problem) if problem.code.class() == Class::Held => Outcome::Held(problem),
            Err(problem) => Outcome::Waiting(problem),
        };
        self.note_found(Some(&kept), &row, &outcome, setup)?;
        Ok(Some(previewed(&row, outcome)))
    }
}

/// The links that the plans of these orders make.
fn customers_of(items: &[Previewed]) -> BTreeSet<&str> {
    let mut keys = BTreeSet::new();
    for item in items {
        if item.record.kind == RecordKind::Order
            && let Outcome::Send { what, .. } = &item.outcome
            && let What::Order(shown) = &**what
        {
            keys.extend(
                shown
                    .plan
                    .link_customer
                    .as_ref()
                    .map(|(key, ..)| key.as_str()),
            );
            keys.extend(shown.plan.steps.iter().filter_map(|step| match step {
                Step::CreateCustomer { key, .. } => Some(key.as_str()),
                _ => None,
            }));
        }
    }
    keys
}
