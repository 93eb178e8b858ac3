//! Who buys, over all stored orders; and erasing what is known of a person. What Shopify and Visma.net hold is not touched.

use std::collections::BTreeMap;

use brygga_core::booking::already::Mark;
use brygga_core::booking::{Step, normal_email};
use brygga_core::shop::{Address, Order};
use brygga_core::{Code, Problem};
use brygga_store::{
    Activity, Erasure, Holdings, Level, Link, RecordKind, RecordRef, RecordRow, RecordState, Store,
};

use crate::already::{self, ALREADY};
use crate::booked::{self, CUSTOMER, ORDER};
use crate::decide::StepBody;
use crate::engine::Engine;

/// More orders than a shop has.
pub(crate) const ALL: usize = 1_000_000;
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
    pub(crate) records: Vec<RecordRef>,
    /// Names, addresses and the like, in lower case.
    pub(crate) words: Vec<String>,
}

impl Person {
    fn is(&self, wanted: &str) -> bool {
        let texts = self.name.iter().chain(&self.email).chain(&self.numbers);
        texts
            .chain(&self.words)
            .any(|text| text.to_lowercase().contains(wanted))
    }

    /// The name in the list is all there is of the person where retention took the payload out.
    pub(crate) fn learn_name(&mut self, name: Option<&str>) {
        let Some(name) = name.map(str::trim).filter(|name| !name.is_empty()) else {
            return;
        };
        self.name = self.name.take().or_else(|| Some(name.to_owned()));
        self.learn_words([name.to_owned()]);
    }

    fn learn_words(&mut self, words: impl IntoIterator<Item = String>) {
        let words = words
            .into_iter()
            .map(|word| word.trim().to_lowercase())
            .filter(|word| word.chars().count() >= SHORTEST);
        self.words.extend(words);
        self.words.sort();
        self.words.dedup();
    }

    pub(crate) fn learn(&mut self, order: &Order) {
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
            .flatten();
        self.learn_words(words);
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

/// Who the buyer is, whatever the settings make of guests; otherwise as the link to the customer is named (`customer::identity`).
fn key_of(order: &Order) -> Option<String> {
    if let Some(company) = &order.b2b {
        return Some(format!("company/{}", company.company_id));
    }
    if let Some(profile) = &order.customer {
        return Some(format!("customer/{}", profile.id));
    }
    email_of(order).map(|email| format!("guest/{}", brygga_core::digest::pseudonym(&email)))
}

/// Who bought an order: by its link, which stays when retention takes the payload out, so that all orders of one buyer are one
/// person's. Where nothing is left but a name, the order stands for itself: two buyers may share the name.
pub(crate) fn buyer_of(
    store: &Store,
    row: &RecordRow,
    order: Option<&Order>,
) -> Result<Option<String>, Problem> {
    let linked = booked::recall(store, &row.record.id)?
        .map(|state| state.document.identity.key)
        // The house customer is anybody.
        .filter(|key| key != "house");
    let alone = || {
        let named = row
            .party
            .as_ref()
            .is_some_and(|name| !name.trim().is_empty());
        named.then(|| format!("order/{}", row.record.id))
    };
    Ok(linked.or_else(|| order.and_then(key_of)).or_else(alone))
}

/// Somebody of whom nothing but a customer's own record is kept: what it is called, and what it was made from.
pub(crate) fn profile(store: &Store, row: &RecordRow) -> Result<Person, Problem> {
    let key = row.record.id.as_str();
    let mut person = Person {
        key: key.rsplit_once('/').map_or(key, |(buyer, _)| buyer).into(),
        numbers: row.erp_number.iter().cloned().collect(),
        records: vec![row.record.clone()],
        ..Person::default()
    };
    // The link's name, and the number, are nobody's name.
    if row.name != key && Some(&row.name) != row.erp_number.as_ref() {
        person.learn_name(Some(&row.name));
    }
    for intent in store.intents_of(&row.record)? {
        let body: Option<StepBody> = serde_json::from_value(intent.body).ok();
        if let Some(StepBody {
            step: Step::CreateCustomer { draft, .. },
            ..
        }) = body
        {
            person.email = person.email.take().or_else(|| draft.email.clone());
            let address = draft.address.as_ref();
            let words = [
                Some(draft.name.clone()),
                draft.email.clone(),
                draft.phone.clone(),
                address.map(|address| address.line1.clone()),
                address.and_then(|address| address.line2.clone()),
            ];
            person.learn_words(words.into_iter().flatten());
        }
    }
    Ok(person)
}

/// The links of these orders as they are without the person.
pub(crate) fn links_without_person(
    store: &Store,
    records: &[RecordRef],
) -> Result<Vec<Link>, Problem> {
    let mut links = Vec::new();
    for record in records {
        if record.kind != RecordKind::Order {
            continue;
        }
        if let Some(state) = booked::recall(store, &record.id)?
            && let Some(link) = store.link(ORDER, &record.id)?
        {
            links.push(Link {
                detail: serde_json::to_value(booked::without_person(state))
                    .map_err(booked::internal)?,
                ..link
            });
        }
        links.extend(mark_without_person(store, &record.id)?);
    }
    Ok(links)
}

/// What is kept of documents that others booked (`already.rs`), without who bought.
fn mark_without_person(store: &Store, order: &str) -> Result<Option<Link>, Problem> {
    let Some(link) = store.link(ALREADY, order)? else {
        return Ok(None);
    };
    let mut mark: Mark = serde_json::from_value(link.detail).map_err(booked::internal)?;
    already::without_person(&mut mark);
    Ok(Some(Link {
        detail: serde_json::to_value(&mark).map_err(booked::internal)?,
        ..link
    }))
}

/// Nothing of the order is to be done any more, as far as is known.
fn is_finished(store: &Store, order: &RecordRow) -> Result<bool, Problem> {
    let mut rows = store.parts_of(&order.record.id)?;
    rows.push(order.clone());
    for row in &rows {
        let settled = matches!(row.state, RecordState::Booked | RecordState::Skipped);
        if !settled || row.retry {
            return Ok(false);
        }
        let intents = store.intents_of(&row.record)?;
        if intents.iter().any(|intent| !intent.state.is_settled()) {
            return Ok(false);
        }
    }
    Ok(true)
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
            // Nothing of a person is kept there any more.
            if self.store.is_erased(&row.record)? {
                continue;
            }
            let mirror = self.store.mirror(&row.record)?;
            let order = mirror.and_then(|mirror| self.shop.read(&mirror.payload).ok());
            let Some(key) = buyer_of(&self.store, &row, order.as_ref())? else {
                continue;
            };
            let person = people.entry(key.clone()).or_insert_with(|| Person {
                key,
                ..Person::default()
            });
            match &order {
                Some(order) => person.learn(order),
                None => person.learn_name(row.party.as_deref()),
            }
            if is_finished(&self.store, &row)? {
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
        self.add_profiles(&mut people)?;
        Ok(people)
    }

    /// Whose profile became a customer, or may become one, without an order.
    fn add_profiles(&self, people: &mut BTreeMap<String, Person>) -> Result<(), Problem> {
        let (rows, _) = self
            .store
            .search_records(RecordKind::Customer, None, None, 0, ALL)?;
        for row in rows {
            // One without a row of its own came with an order.
            if self.store.mirror(&row.record)?.is_none() || self.store.is_erased(&row.record)? {
                continue;
            }
            let person = profile(&self.store, &row)?;
            let intents = self.store.intents_of(&row.record)?;
            let under_way = intents.iter().any(|intent| !intent.state.is_settled());
            let is_kept = person.name.is_some() || !person.words.is_empty();
            if !is_kept || under_way {
                continue;
            }
            match people.get_mut(&person.key) {
                None => {
                    people.insert(person.key.clone(), person);
                }
                // While an order is still to be booked, the customer's own record stays with it.
                Some(buyer) if buyer.open.is_empty() && !buyer.records.contains(&row.record) => {
                    buyer.records.push(row.record);
                }
                Some(_) => {}
            }
        }
        Ok(())
    }

    /// What is done for an order after its customer was erased leaves nothing of the person in the journal, once it is finished.
    pub(crate) fn keep_erased(&self, order: &RecordRef) -> Result<(), Problem> {
        if !self.store.is_erased(order)? {
            return Ok(());
        }
        let Some(row) = self.store.record(order)? else {
            return Ok(());
        };
        // What was broken off is gone on with by the bodies of its steps: until then they stay.
        if is_finished(&self.store, &row)? {
            let mut records: Vec<RecordRef> = self
                .store
                .parts_of(&order.id)?
                .into_iter()
                .map(|part| part.record)
                .collect();
            records.push(order.clone());
            self.store.empty_bodies(&records)?;
        }
        Ok(())
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
        let links = links_without_person(&self.store, &person.records)?;
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
