//! Choices that name something of the shop: its locations and its sales channels. They are compared by id, so what is typed by
//! name is put as the shop has it, and what the shop does not have is refused: it would be kept and never match.

use std::collections::{BTreeMap, BTreeSet};

use super::Settings;
use crate::shop::Location;
use crate::{Code, Problem};

/// Channels that Shopify itself has, with what people call them (`Order.sourceName`).
pub const OWN_CHANNELS: [(&str, &[&str]); 3] = [
    ("web", &["online store", "online shop"]),
    (
        "pos",
        &["point of sale", "point-of-sale", "shopify pos", "pos app"],
    ),
    (
        "shopify_draft_order",
        &["draft order", "draft orders", "draft"],
    ),
];
/// At most so many are named in an answer.
const NAMED: usize = 12;

/// What the shop has that a choice can name.
#[derive(Debug, Clone)]
pub struct Known {
    /// Its locations, or why they could not be read.
    pub locations: Result<Vec<Location>, Problem>,
    /// Its channels: those of Shopify itself, and each that an order came from, with the name of one such order.
    pub channels: BTreeMap<String, Option<String>>,
}

impl Known {
    /// What is known with these locations, where orders came from these channels (channel, name of an order).
    pub fn new(
        locations: Result<Vec<Location>, Problem>,
        seen: impl IntoIterator<Item = (String, String)>,
    ) -> Self {
        let mut channels: BTreeMap<String, Option<String>> = OWN_CHANNELS
            .into_iter()
            .map(|(channel, _)| (channel.to_owned(), None))
            .collect();
        channels.extend(
            seen.into_iter()
                .map(|(channel, order)| (channel, Some(order))),
        );
        Self {
            locations,
            channels,
        }
    }

    fn channel(&self, typed: &str) -> Option<String> {
        let wanted = plain(typed);
        let same = |known: &&String| plain(known) == wanted;
        if let Some(known) = self.channels.keys().find(same) {
            return Some(known.clone());
        }
        OWN_CHANNELS
            .into_iter()
            .find(|(_, called)| called.contains(&wanted.as_str()))
            .map(|(channel, _)| channel.to_owned())
    }

    /// By its number, or by its name where only one has that.
    fn location(&self, typed: &str) -> Result<Option<String>, Problem> {
        let known = self.locations.as_ref().map_err(Clone::clone)?;
        let wanted = plain(typed);
        if let Some(location) = known.iter().find(|location| location.id == wanted) {
            return Ok(Some(location.id.clone()));
        }
        let mut called = known
            .iter()
            .filter(|location| plain(&location.name) == wanted);
        Ok(match (called.next(), called.next()) {
            (Some(location), None) => Some(location.id.clone()),
            _ => None,
        })
    }
}

impl Settings {
    /// The same with each location and channel put as the shop has it, or which of them it does not have.
    ///
    /// What stood in `before` may stay: a location that was closed since must not keep anybody from making another choice. A name
    /// in the place of a location's number may not: it never was one.
    pub fn named(mut self, before: &Self, known: &Known) -> Result<Self, Problem> {
        let channel = |typed: &str, stood: bool| {
            known.channel(typed).map_or_else(
                || {
                    let names = known.channels.keys().map(String::as_str);
                    let problem = Problem::new(Code::ChannelUnknown)
                        .with("channel", typed)
                        .with("known", some(names));
                    stays(typed, stood, problem)
                },
                Ok,
            )
        };
        let location = |typed: &str, stood: bool| {
            let stood = stood && is_id(typed);
            match known.location(typed) {
                Ok(Some(found)) => Ok(found),
                Ok(None) => {
                    let all = known.locations.iter().flatten();
                    let names: Vec<String> = all
                        .map(|location| format!("{} ({})", location.name, location.id))
                        .collect();
                    let problem = Problem::new(Code::LocationUnknown)
                        .with("location", typed)
                        .with("known", some(names.iter().map(String::as_str)));
                    stays(typed, stood, problem)
                }
                Err(problem) => stays(typed, stood, problem),
            }
        };
        let stood = &before.leave_out.channels;
        self.leave_out.channels = words(self.leave_out.channels, stood, channel)?;
        self.channels = keys(self.channels, &before.channels, channel)?;
        let stood = &before.stock.return_locations;
        self.stock.return_locations = words(self.stock.return_locations, stood, location)?;
        let stood = &before.stock.first_location.iter().cloned().collect();
        let first = self.stock.first_location.into_iter().collect();
        self.stock.first_location = words(first, stood, location)?.pop_first();
        for place in self.stock.locations.values_mut() {
            let mut stood = before.stock.locations.values();
            *place = location(place, stood.any(|before| before == place))?;
        }
        let stood = &before.stock.buffer.locations;
        self.stock.buffer.locations = keys(self.stock.buffer.locations, stood, location)?;
        // Goods that were sent from a location before it was closed are invoiced from the warehouse that it was: its number is enough.
        let stood = &before.invoices.warehouses;
        let of_goods = |typed: &str, _| location(typed, true);
        self.invoices.warehouses = keys(self.invoices.warehouses, stood, of_goods)?;
        Ok(self)
    }
}

fn stays(typed: &str, stood: bool, problem: Problem) -> Result<String, Problem> {
    if stood {
        Ok(typed.to_owned())
    } else {
        Err(problem)
    }
}

fn words(
    typed: BTreeSet<String>,
    stood: &BTreeSet<String>,
    named: impl Fn(&str, bool) -> Result<String, Problem>,
) -> Result<BTreeSet<String>, Problem> {
    typed
        .iter()
        .filter(|one| !one.trim().is_empty())
        .map(|one| named(one, stood.contains(one)))
        .collect()
}

/// Where two keys name the same, the one that is written as the shop has it counts.
fn keys<V>(
    typed: BTreeMap<String, V>,
    stood: &BTreeMap<String, V>,
    named: impl Fn(&str, bool) -> Result<String, Problem>,
) -> Result<BTreeMap<String, V>, Problem> {
    let mut all = BTreeMap::new();
    for (key, value) in typed {
        let name = named(&key, stood.contains_key(&key))?;
        if name == key || !all.contains_key(&name) {
            all.insert(name, value);
        }
    }
    Ok(all)
}

fn is_id(typed: &str) -> bool {
    typed.bytes().all(|letter| letter.is_ascii_digit())
}

/// Without what people type without meaning it: case, and spaces more than one.
pub(crate) fn plain(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    words.join(" ").to_lowercase()
}

fn some<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let names: Vec<&str> = names.take(NAMED + 1).collect();
    match names.as_slice() {
        [] => "-".to_owned(),
        few if few.len() <= NAMED => few.join(", "),
        many => format!("{}, ...", many[..NAMED].join(", ")),
    }
}
