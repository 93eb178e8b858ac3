//! Whoever was erased stays erased when an older copy comes back, which still knows them.

use std::collections::{BTreeMap, BTreeSet};

use brygga_core::Problem;
use brygga_store::{Activity, Erasure, Level, RecordKind, RecordRef, Store};
use chrono::{DateTime, Utc};

use crate::booked::CUSTOMER;
use crate::person::{ALL, Person, buyer_of, links_without_person, profile};

/// Erases in `store` what it knows of these customers and of the buyers of these orders, also of orders that it takes for unfinished: what is still to be done for
/// one is read anew from the shop.
pub(crate) fn erase_again(
    store: &Store,
    orders: &BTreeSet<String>,
    now: DateTime<Utc>,
) -> Result<(), Problem> {
    if orders.is_empty() {
        return Ok(());
    }
    for person in known_of(store, orders)?
        .into_iter()
        .chain(customers_of(store, orders)?)
    {
        let links = links_without_person(store, &person.records)?;
        let told = Activity::new(now, Level::Info, "customer-erased")
            .with("count", person.orders.len())
            .with("left", 0);
        store.erase(&Erasure {
            records: &person.records,
            links: &links,
            words: &person.words,
            told: &[told],
        })?;
    }
    store.take_for_erased(orders)?;
    Ok(())
}

/// The customers on the list: those without an order are known by their own record alone.
fn customers_of(store: &Store, ids: &BTreeSet<String>) -> Result<Vec<Person>, Problem> {
    let mut people = Vec::new();
    for id in ids.iter().filter(|id| id.contains('/')) {
        let record = RecordRef::customer(id.as_str());
        if let Some(row) = store.record(&record)?
            && !store.is_erased(&record)?
        {
            people.push(profile(store, &row)?);
        }
    }
    Ok(people)
}

/// The buyers of these orders, each with what is to be erased.
fn known_of(store: &Store, orders: &BTreeSet<String>) -> Result<Vec<Person>, Problem> {
    let (rows, _) = store.search_records(RecordKind::Order, None, None, 0, ALL)?;
    let mut people: BTreeMap<String, Person> = BTreeMap::new();
    for row in rows {
        if store.is_erased(&row.record)? {
            continue;
        }
        let payload = store.mirror(&row.record)?.map(|mirror| mirror.payload);
        let order = payload.and_then(|payload| brygga_shopify::wire::order(&payload).ok());
        // Whoever it was: it is named, and nothing of it may stay.
        let key = buyer_of(store, &row, order.as_ref())?
            .unwrap_or_else(|| format!("order/{}", row.record.id));
        let person = people.entry(key.clone()).or_insert_with(|| Person {
            key,
            ..Person::default()
        });
        if !orders.contains(&row.record.id) {
            // Bought since, or not asked to be erased: it keeps the customer's own record.
            person.open.push(row.name);
            continue;
        }
        match &order {
            Some(order) => person.learn(order),
            None => person.learn_name(row.party.as_deref()),
        }
        person.orders.push(row.name);
        let parts = store.parts_of(&row.record.id)?;
        person
            .records
            .extend(parts.into_iter().map(|part| part.record));
        person.records.push(row.record);
    }
    people.retain(|_, person| !person.orders.is_empty());
    for link in store.links(CUSTOMER)? {
        let Some((key, _)) = link.shop_id.rsplit_once('/') else {
            continue;
        };
        if let Some(person) = people.get_mut(key).filter(|person| person.open.is_empty()) {
            let customer = RecordRef::new(RecordKind::Customer, link.shop_id);
            person.records.push(customer);
        }
    }
    Ok(people.into_values().collect())
}
