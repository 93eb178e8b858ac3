//! What was found of orders that others may have booked, as a person sees it, and what the person chooses of it.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use brygga_core::booking;
use brygga_core::booking::already::{Choice, Existing, Fate, Mark, Match, for_all, matches};
use brygga_core::{Code, Money, Problem};
use brygga_store::{Activity, Level, RecordRef, RecordRow};
use chrono::{DateTime, Utc};

use super::{ALREADY, LAST, SEARCH, Search, buyers, sold_for};
use crate::booked::{ORDER, internal};
use crate::engine::Engine;
use crate::ports::Signal;

/// What a search for orders that others booked came to.
#[derive(Debug, Clone, PartialEq)]
pub struct Already {
    /// When it was made; none before the first.
    pub at: Option<DateTime<Utc>>,
    /// Orders that were compared.
    pub looked: usize,
    /// Documents that they were compared with.
    pub documents: usize,
    /// Why some of the documents could not be read, if so: then only the others were compared.
    pub not_read: Option<Problem>,
    /// How many there are of each kind, the clearest first; of a kind without any, none.
    pub counts: Vec<AlreadyCount>,
}

/// What there is of the orders of one kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AlreadyCount {
    /// Which kind.
    pub of: Match,
    /// So many nobody has decided on.
    pub open: usize,
    /// On so many a person decided, and nothing is booked of them.
    pub decided: usize,
}

/// Some of the orders that may be booked already, and how many there are in all.
#[derive(Debug, Clone, PartialEq)]
pub struct AlreadyPage {
    /// Those that need a decision come first, then by the order's number.
    pub rows: Vec<AlreadyRow>,
    /// In all.
    pub total: usize,
}

/// One order that may be booked already.
#[derive(Debug, Clone, PartialEq)]
pub struct AlreadyRow {
    /// Where the order stands.
    pub row: RecordRow,
    /// How clear it is which document it is.
    pub clear: Match,
    /// What was chosen of it, or is suggested.
    pub choice: Choice,
    /// The documents that were found.
    pub found: Vec<Fitting>,
    /// It is booked by us by now: nothing is to be chosen any more.
    pub booked: bool,
}

/// A document that fits an order.
#[derive(Debug, Clone, PartialEq)]
pub struct Fitting {
    /// The document.
    pub document: Existing,
    /// The other order that is linked to it, by its name.
    pub taken_by: Option<String>,
}

/// An order with its mark, among all of them.
struct Marked {
    id: String,
    name: String,
    mark: Mark,
    clear: Match,
    booked: bool,
}

impl Marked {
    fn is_open(&self) -> bool {
        !self.booked && *self.mark.choice() == Choice::Ask
    }

    /// What a choice for all of a kind is to this one.
    fn of_all(&self, of: Match, fate: Fate) -> Option<Choice> {
        if self.booked || self.clear != of {
            return None;
        }
        for_all(&self.mark, self.clear, fate)
    }
}

impl Engine {
    /// What the last search came to, with what was chosen since.
    pub fn already(&self) -> Result<Already, Problem> {
        let link = self.store.link(SEARCH, LAST)?;
        let at = link.as_ref().map(|link| link.made_at);
        let search: Search = match link {
            Some(link) => serde_json::from_value(link.detail).map_err(internal)?,
            None => Search::default(),
        };
        let marked = self.marked()?;
        let count = |of: Match| AlreadyCount {
            of,
            open: marked
                .iter()
                .filter(|one| one.clear == of && one.is_open())
                .count(),
            decided: marked
                .iter()
                .filter(|one| one.of_all(of, Fate::Ask).is_some())
                .count(),
        };
        let kinds = [Match::Named, Match::Likely, Match::Unclear];
        let there = kinds
            .into_iter()
            .filter(|of| marked.iter().any(|one| one.clear == *of));
        Ok(Already {
            at,
            looked: search.looked,
            documents: search.documents,
            not_read: search.not_read,
            counts: there.map(count).collect(),
        })
    }

    /// At most `limit` of the orders that may be booked already, from `offset` on.
    pub fn already_rows(&self, offset: usize, limit: usize) -> Result<AlreadyPage, Problem> {
        let mut marked = self.marked()?;
        marked.sort_by(|one, other| {
            (other.is_open().cmp(&one.is_open()))
                .then_with(|| by_number(&one.name, &other.name))
                .then_with(|| by_number(&one.id, &other.id))
        });
        let owners = owners_of(&marked);
        let mut rows = Vec::new();
        let sight = marked.iter().skip(offset).take(limit);
        for one in sight {
            let Some(row) = self.shown(&one.id)? else {
                continue;
            };
            let fitting = |document: &Existing| Fitting {
                document: document.clone(),
                taken_by: owners
                    .get(document.number.as_str())
                    .and_then(|owners| owners.iter().find(|owner| owner.id != one.id))
                    .map(|owner| owner.name.clone()),
            };
            rows.push(AlreadyRow {
                row,
                clear: one.clear,
                choice: one.mark.choice().clone(),
                found: one.mark.documents.iter().map(fitting).collect(),
                booked: one.booked,
            });
        }
        Ok(AlreadyPage {
            rows,
            total: marked.len(),
        })
    }

    /// Keeps what a person chose, for all of these orders or for none; they are decided on again under it. An order that is booked by us
    /// by now stays so. A document is never linked to two orders.
    pub fn choose_already(&self, choices: &[(String, Choice)]) -> Result<(), Problem> {
        // A run under way has decided on what was chosen before. And of two windows one chooses after the other.
        let _still = self
            .stand_still()
            .ok_or_else(|| Problem::from(Code::SyncUnderWay))?;
        self.keep_chosen(choices)
    }

    /// Keeps one choice for all orders of a kind that are still open, or takes such choices back. `count` is how many the person saw: if
    /// there are more or fewer by now, nothing is changed.
    pub fn choose_already_for_all(
        &self,
        of: Match,
        fate: Fate,
        count: usize,
    ) -> Result<(), Problem> {
        let _still = self
            .stand_still()
            .ok_or_else(|| Problem::from(Code::SyncUnderWay))?;
        let choices: Vec<(String, Choice)> = self
            .marked()?
            .into_iter()
            .filter_map(|one| {
                let choice = one.of_all(of, fate)?;
                Some((one.id, choice))
            })
            .collect();
        if choices.len() != count {
            return Err(Code::FixChanged.into());
        }
        self.keep_chosen(&choices)
    }

    fn keep_chosen(&self, choices: &[(String, Choice)]) -> Result<(), Problem> {
        let among: BTreeSet<&str> = choices.iter().map(|(order, _)| order.as_str()).collect();
        // Linked by these choices, each to the order's name.
        let mut taken: BTreeMap<&str, String> = BTreeMap::new();
        let mut chosen = Vec::new();
        let mut told = Vec::new();
        for (order, choice) in choices {
            let Some(mark) = self.mark_of(order)? else {
                continue;
            };
            let record = RecordRef::order(order);
            let Some(mut row) = self.store.record(&record)? else {
                continue;
            };
            if self.store.link(ORDER, order)?.is_some() {
                continue;
            }
            if let Choice::Link(number) = choice {
                let before = taken.insert(number, row.name.clone());
                let other = match before {
                    Some(other) => Some(other),
                    None => self.other_owner(number, order, &among)?,
                };
                if let Some(other) = other {
                    return Err(Problem::new(Code::DocumentTaken)
                        .with("document", number)
                        .with("order", &row.name)
                        .with("other", other));
                }
            }
            let mark = mark.choosing(choice.clone(), &row.name)?;
            // Another choice says which document it is.
            row.erp_number = None;
            let mut event = Activity::new(self.clock.now(), Level::Info, "already-chosen")
                .about(record, &row.name)
                .with("choice", choice.fate().as_str());
            if let Some(document) = mark.linked() {
                event = event.with("document", &document.number);
            }
            told.push(event);
            chosen.push((self.kept_mark(order, mark)?, row));
        }
        self.store.put_chosen(&chosen, &told)?;
        self.events.signal(Signal::Changed);
        Ok(())
    }

    /// Whose a document is, but for the orders that are chosen for now: by what was found or chosen of it, or because we booked it.
    fn other_owner(
        &self,
        number: &str,
        order: &str,
        among: &BTreeSet<&str>,
    ) -> Result<Option<String>, Problem> {
        let mut owners = self.owners(number)?;
        owners.retain(|owner| !among.contains(owner.as_str()));
        // A sales order of ours is linked by its type and number.
        let ours = self.store.links_to(ORDER, &number.replacen(' ', "/", 1))?;
        owners.extend(ours.into_iter().map(|link| link.shop_id));
        owners.retain(|owner| owner != order);
        let Some(owner) = owners.into_iter().next() else {
            return Ok(None);
        };
        let row = self.store.record(&RecordRef::order(&owner))?;
        Ok(Some(row.map_or(owner, |row| row.name)))
    }

    /// The orders that are linked to a document that others booked.
    pub(super) fn owners(&self, number: &str) -> Result<Vec<String>, Problem> {
        let mut owners = Vec::new();
        // A program that came before kept marks below their first document, also where they were linked to none.
        for link in self.store.links_to(ALREADY, number)? {
            let mark: Mark = serde_json::from_value(link.detail).map_err(internal)?;
            if mark.linked().is_some_and(|one| one.number == number) {
                owners.push(link.shop_id);
            }
        }
        Ok(owners)
    }

    /// Every order with a mark.
    fn marked(&self) -> Result<Vec<Marked>, Problem> {
        let names = self.store.linked_orders(ALREADY)?;
        let booked = self.store.ends(ORDER)?;
        let mut marks = Vec::new();
        for link in self.store.links(ALREADY)? {
            let mark: Mark = serde_json::from_value(link.detail).map_err(internal)?;
            if let Some(name) = names.get(&link.shop_id) {
                marks.push((link.shop_id, name.clone(), mark));
            }
        }
        let clear = matches(marks.iter().map(|(_, _, mark)| mark));
        Ok(marks
            .into_iter()
            .zip(clear)
            .map(|((id, name, mark), clear)| Marked {
                booked: booked.contains_key(&id),
                id,
                name,
                mark,
                clear,
            })
            .collect())
    }

    /// A row of the list, with what lists show of an order that nobody has decided on yet.
    fn shown(&self, order: &str) -> Result<Option<RecordRow>, Problem> {
        let record = RecordRef::order(order);
        let Some(mut row) = self.store.record(&record)? else {
            return Ok(None);
        };
        if row.amount.is_none()
            && let Some(mirror) = self.store.mirror(&record)?
            && let Ok(order) = self.shop.read(&mirror.payload)
        {
            let side = booking::document::side(&order, &*self.settings()?);
            row.amount = Some(Money::new(sold_for(&order, side), order.currency(side)));
            row.happened_at = Some(order.processed_at);
            row.party = buyers(&order).into_iter().next();
        }
        Ok(Some(row))
    }
}

/// The orders that are linked to each document.
fn owners_of(marked: &[Marked]) -> BTreeMap<&str, Vec<&Marked>> {
    let mut owners: BTreeMap<&str, Vec<&Marked>> = BTreeMap::new();
    for one in marked {
        if let Some(document) = one.mark.linked() {
            owners.entry(&document.number).or_default().push(one);
        }
    }
    owners
}

/// As people count: `#999` comes before `#1001`.
fn by_number(one: &str, other: &str) -> Ordering {
    let number = |name: &str| {
        let digits: String = name.chars().filter(char::is_ascii_digit).collect();
        let digits = digits.trim_start_matches('0').to_owned();
        (digits.len(), digits)
    };
    number(one).cmp(&number(other)).then_with(|| one.cmp(other))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn orders_stand_as_people_count() {
        let mut names = ["#1001", "#999", "EU1000", "#01002", "test"];
        names.sort_by(|one, other| by_number(one, other));
        assert_eq!(names, ["test", "#999", "EU1000", "#1001", "#01002"]);
    }
}
