//! Who buys, over all stored orders; and erasing what is known of a person. What Shopify and Visma.net hold is not touched.

use std::collections::BTreeMap;

use brygga_core::booking::normal_email;
use brygga_core::erp::DeliveryDraft;
use brygga_core::shop::{Address, Order};
use brygga_core::{Code, Problem};
use brygga_store::{
    Activity, Erasure, Holdings, Level, Link, RecordKind, RecordRef, RecordRow, RecordState,
};

use crate::booked::{self, CUSTOMER, ORDER};
use crate::engine::Engine;

/// More orders than a shop has.
const ALL: usize = 1_000_000;
/// A word shorter than this says nobody's name.
const SHORTEST: usize = 4;

/// A buyer, with what is kept of them.
#[derive(Debug, Clone, Default)]
pub struct Person {
    /// Who it is in the shop.
    pub key: String,
    /// Name.
    pub name: Option<String>,
    /// E-mail.
    pub email: Option<String>,
    /// Customer numbers in Visma.net.
    pub numbers: Vec<String>,
    /// Orders that are finished: booked or left out, with all their parts.
    pub orders: Vec<String>,
    /// Orders that are still to be booked. They keep what is needed for that.
    pub open: Vec<String>,
    /// The orders and all that belongs to them.
    records: Vec<RecordRef>,
    /// Names, addresses and the like, in lower case.
    words: Vec<String>,
}

impl Person {
    fn is(&self, wanted: &str) -> bool {
        let texts = self.name.iter().chain(&self.email).chain(&self.numbers);
        texts
            .chain(&self.words)
            .any(|text| text.to_lowercase().contains(wanted))
    }

    fn learn(&mut self, order: &Order) {
        let profile = order.customer.as_ref();
        let addresses = [
            order.billing.as_ref(),
            order.shipping_address.as_ref(),
            profile.and_then(|profile| profile.default_address.as_ref()),
        ];
        let of_address = |address: &Address| {
            [
                address.name.clone(),
                address.company.clone(),
                address.line1.clone(),
                address.line2.clone(),
                address.phone.clone(),
            ]
        };
        let own = profile.map(|profile| {
            [
                full_name(order),
                profile.last_name.clone(),
                profile.email.clone(),
                profile.phone.clone(),
                None,
            ]
        });
        let words = addresses
            .into_iter()
            .flatten()
            .map(of_address)
            .chain(own)
            .flatten()
            .chain([order.email.clone()])
            .flatten()
            .map(|word| word.trim().to_lowercase())
            .filter(|word| word.chars().count() >= SHORTEST);
        self.words.extend(words);
        self.words.sort();
        self.words.dedup();
        self.name = self.name.take().or_else(|| name_of(order));
        self.email = self.email.take().or_else(|| email_of(order));
    }
}

fn full_name(order: &Order) -> Option<String> {
    let profile = order.customer.as_ref()?;
    let parts = [profile.first_name.as_deref(), profile.last_name.as_deref()];
    let name = parts.into_iter().flatten().collect::<Vec<_>>().join(" ");
    (!name.trim().is_empty()).then_some(name)
}

fn name_of(order: &Order) -> Option<String> {
    let address = order.billing.as_ref().or(order.shipping_address.as_ref());
    full_name(order).or_else(|| address.and_then(|address| address.name.clone()))
}

fn email_of(order: &Order) -> Option<String> {
    let profile = order.customer.as_ref();
    order
        .email
        .as_deref()
        .or_else(|| profile.and_then(|profile| profile.email.as_deref()))
        .and_then(normal_email)
}

/// Who the buyer is, whatever the settings make of guests. A company's buyer is a person, too.
fn key_of(order: &Order) -> Option<String> {
    if let Some(profile) = &order.customer {
        return Some(format!("customer/{}", profile.id));
    }
    email_of(order).map(|email| format!("guest/{}", brygga_core::digest::pseudonym(&email)))
}

impl Engine {
    /// The buyers that a text fits: a name, an e-mail, a phone number, a customer number. Opens every stored order.
    pub fn people(&self, search: &str) -> Result<Vec<Person>, Problem> {
        let wanted = search.trim().to_lowercase();
        if wanted.is_empty() {
            return Ok(Vec::new());
        }
        let people = self.everybody()?;
        Ok(people
            .into_values()
            .filter(|person| person.is(&wanted))
            .collect())
    }

    fn everybody(&self) -> Result<BTreeMap<String, Person>, Problem> {
        let (rows, _) = self
            .store
            .search_records(RecordKind::Order, None, None, 0, ALL)?;
        let mut people: BTreeMap<String, Person> = BTreeMap::new();
        for row in rows {
            let mirror = self.store.mirror(&row.record)?;
            let order = mirror.and_then(|mirror| self.shop.read(&mirror.payload).ok());
            // Where retention took the payload out, the name in the list is all there is.
            let key = order.as_ref().and_then(key_of).or_else(|| {
                let party = row.party.as_ref()?;
                Some(format!("name/{}", party.trim().to_lowercase()))
            });
            let Some(key) = key else {
                continue;
            };
            let person = people.entry(key.clone()).or_insert_with(|| Person {
                key,
                ..Person::default()
            });
            if let Some(order) = &order {
                person.learn(order);
            } else {
                person.name = person.name.take().or_else(|| row.party.clone());
                person
                    .words
                    .extend(row.party.as_deref().map(str::to_lowercase));
            }
            if self.is_finished(&row)? {
                person.orders.push(row.name.clone());
                person.records.push(row.record.clone());
                let parts = self.store.parts_of(&row.record.id)?;
                person
                    .records
                    .extend(parts.into_iter().map(|part| part.record));
            } else {
                person.open.push(row.name.clone());
            }
        }
        for link in self.store.links(CUSTOMER)? {
            // `customer/123/NOK`: one link per currency.
            let Some((key, _)) = link.shop_id.rsplit_once('/') else {
                continue;
            };
            if let Some(person) = people.get_mut(key) {
                person.numbers.push(link.erp_id);
                // While an order is still to be booked, the customer's own record stays with it.
                if person.open.is_empty() {
                    person
                        .records
                        .push(RecordRef::new(RecordKind::Customer, link.shop_id));
                }
            }
        }
        Ok(people)
    }

    /// Nothing of the order is to be done any more, as far as is known.
    fn is_finished(&self, order: &RecordRow) -> Result<bool, Problem> {
        let mut rows = self.store.parts_of(&order.record.id)?;
        rows.push(order.clone());
        for row in &rows {
            let settled = matches!(row.state, RecordState::Booked | RecordState::Skipped);
            if !settled || row.retry {
                return Ok(false);
            }
            let intents = self.store.intents_of(&row.record)?;
            if intents.iter().any(|intent| !intent.state.is_settled()) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// How much is kept of a person.
    pub fn kept_of(&self, person: &Person) -> Result<Holdings, Problem> {
        Ok(self.store.holdings(&person.records)?)
    }

    /// Erases what is known of a person on this computer, as far as their orders are finished: names, addresses, payloads, requests and answers.
    /// Numbers, amounts, links and the rows of the journal stay, so that nothing is ever booked twice.
    ///
    /// [`Code::SyncUnderWay`] while a run goes; [`Code::PersonUnknown`] if nobody has this key.
    pub fn erase(&self, key: &str) -> Result<(Person, Holdings), Problem> {
        let _still = self
            .stand_still()
            .ok_or_else(|| Problem::from(Code::SyncUnderWay))?;
        let person = self
            .everybody()?
            .remove(key)
            .ok_or_else(|| Problem::from(Code::PersonUnknown))?;
        let mut links = Vec::new();
        for record in &person.records {
            if record.kind == RecordKind::Order
                && let Some(state) = booked::recall(&self.store, &record.id)?
                && let Some(link) = self.store.link(ORDER, &record.id)?
            {
                let mut state = state;
                // The digest of the addresses stays: a change in the shop is still seen.
                state.document.draft.head.delivery = DeliveryDraft::default();
                state.document.draft.head.billing = DeliveryDraft::default();
                state.document.identity.email = None;
                links.push(Link {
                    detail: serde_json::to_value(&state).map_err(booked::internal)?,
                    ..link
                });
            }
        }
        let now = self.clock.now();
        let told = Activity::new(now, Level::Info, "customer-erased")
            .with("count", person.orders.len())
            .with("left", person.open.len());
        let removed = self.store.erase(&Erasure {
            records: &person.records,
            links: &links,
            words: &person.words,
            told: &[told],
        })?;
        Ok((person, removed))
    }
}
