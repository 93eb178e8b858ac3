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
        let stay = &before.leave_out.channels;
        self.leave_out.channels = each(
            self.leave_out.channels,
            stay,
            |_| true,
            |typed| {
                known.channel(typed).ok_or_else(|| {
                    let names = known.channels.keys().map(String::as_str);
                    Problem::new(Code::ChannelUnknown)
                        .with("channel", typed)
                        .with("known", some(names))
                })
            },
        )?;
        let location = |typed: &str| {
            known.location(typed)?.ok_or_else(|| {
                let all = known.locations.iter().flatten();
                let names: Vec<String> = all
                    .map(|location| format!("{} ({})", location.name, location.id))
                    .collect();
                Problem::new(Code::LocationUnknown)
                    .with("location", typed)
                    .with("known", some(names.iter().map(String::as_str)))
            })
        };
        let stay = &before.stock.return_locations;
        self.stock.return_locations = each(self.stock.return_locations, stay, is_id, location)?;
        let stay = &before.stock.first_location.iter().cloned().collect();
        let first = self.stock.first_location.into_iter().collect();
        self.stock.first_location = each(first, stay, is_id, location)?.pop_first();
        let stay: BTreeSet<String> = before.stock.locations.values().cloned().collect();
        for place in self.stock.locations.values_mut() {
            let one = BTreeSet::from([place.clone()]);
            if let Some(found) = each(one, &stay, is_id, location)?.pop_first() {
                *place = found;
            }
        }
        Ok(self)
    }
}

fn each(
    typed: BTreeSet<String>,
    stay: &BTreeSet<String>,
    may_stay: impl Fn(&str) -> bool,
    found: impl Fn(&str) -> Result<String, Problem>,
) -> Result<BTreeSet<String>, Problem> {
    typed
        .into_iter()
        .filter(|one| !one.trim().is_empty())
        .map(|one| match found(&one) {
            Err(_) if stay.contains(&one) && may_stay(&one) => Ok(one),
            other => other,
        })
        .collect()
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
