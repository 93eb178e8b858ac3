//! What of customers would be changed: those that are marked, and those of the orders that are due.

use std::collections::BTreeMap;

use brygga_core::Problem;
use brygga_core::booking::follow::{CustomerChange, Profile};
use brygga_core::code::Class;
use brygga_store::{RecordKind, RecordRef, RecordState};

use super::{Look, change_digest};
use crate::booked::CUSTOMER;
use crate::engine::{Engine, Setup};
use crate::preview::{Outcome, Previewed, What, previewed};
use crate::run::stops_the_run;

/// A customer to be changed.
#[derive(Debug, Clone, PartialEq)]
pub struct CustomerShown {
    /// Customer number.
    pub number: String,
    /// Each field, before and after.
    pub changes: Vec<CustomerChange>,
}

impl Engine {
    /// Looks at the customers of these orders, of which `items` is what would be done, and at those that are marked.
    pub(crate) async fn preview_customers(
        &self,
        orders: &[RecordRef],
        items: &[Previewed],
        setup: &Setup,
    ) -> Result<Vec<Previewed>, Problem> {
        if !setup.settings.customers.update {
            return Ok(Vec::new());
        }
        self.settle_customers().await?;
        let mut numbers: BTreeMap<String, String> = BTreeMap::new();
        for record in self.due_customers()? {
            if let Some(link) = self.store.link(CUSTOMER, &record.id)? {
                numbers.insert(record.id, link.erp_id);
            }
        }
        for record in orders {
            let Some((order, key)) = self.followed(record, setup).await? else {
                continue;
            };
            let number = match self.store.link(CUSTOMER, &key)? {
                Some(link) => Some(link.erp_id),
                None => would_link(items, record, &key),
            };
            if let (Some(number), Some(profile)) = (number, Profile::of_order(&order))
                && self.is_to_look_at(&key, &number, &profile, setup)?
            {
                numbers.insert(key, number);
            }
        }
        let mut shown = Vec::new();
        for (key, number) in numbers {
            self.check_stop()?;
            shown.extend(self.preview_customer(&key, &number, setup).await?);
        }
        Ok(shown)
    }

    async fn preview_customer(
        &self,
        key: &str,
        number: &str,
        setup: &Setup,
    ) -> Result<Option<Previewed>, Problem> {
        let record = RecordRef::new(RecordKind::Customer, key);
        let mut row = match self.store.record(&record)? {
            Some(row) => row,
            None => self.customer_row(key, RecordState::Booked, Some(number), None)?,
        };
        let outcome = match self.look_customer(key, number, setup).await {
            Ok(Look::Nothing | Look::Same(_)) => return Ok(None),
            Ok(Look::Change(change)) => {
                let (card, found) = *change;
                number.clone_into(&mut row.name);
                row.party = Some(card.name);
                Outcome::Send {
                    digest: change_digest(number, &found),
                    what: Box::new(What::Customer(CustomerShown {
                        number: number.to_owned(),
                        changes: found.changes,
                    })),
                }
            }
            Err(problem) if stops_the_run(problem.code) => return Err(problem),
            Err(problem) if problem.code.class() == Class::Held => Outcome::Held(problem),
            Err(problem) => Outcome::Waiting(problem),
        };
        Ok(Some(previewed(&row, outcome)))
    }
}

/// The customer that the plan of an order links.
fn would_link(items: &[Previewed], order: &RecordRef, key: &str) -> Option<String> {
    let item = items.iter().find(|item| item.record == *order)?;
    let Outcome::Send { what, .. } = &item.outcome else {
        return None;
    };
    let What::Order(shown) = &**what else {
        return None;
    };
    let (link, number, _) = shown.plan.link_customer.as_ref()?;
    (link == key).then(|| number.clone())
}
