//! Finds the orders in a folder: in answers under any path, never in what was sent.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use serde_json::{Map, Value};

use super::ShopDataError;
use super::join::plain_lists;
use super::rest;

/// When a piece was recorded. Pieces of one order are put together in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct When {
    pub(super) at: DateTime<Utc>,
    /// Within a file: set-up, then what the recorder had read before (`upstreamCalls`), then the rest in its order, clean-up last.
    phase: u8,
    place: usize,
}

/// What one answer said of one order.
#[derive(Debug, Clone)]
pub(super) struct Piece {
    pub(super) id: String,
    pub(super) when: When,
    /// Relative to the folder.
    pub(super) file: String,
    pub(super) value: Value,
    /// A REST order is told whole: it stands in place of all that was said before.
    pub(super) whole: bool,
    /// The recording does not say when it was made: `when` is only the file's own time.
    undated: bool,
}

/// All that a folder says.
#[derive(Debug, Default)]
pub(super) struct Folder {
    pub(super) files: usize,
    pub(super) pieces: Vec<Piece>,
    pub(super) shop_currency: Option<String>,
    pub(super) shop_country: Option<String>,
    pub(super) taxes_included: bool,
    pub(super) currencies: BTreeSet<String>,
    domain: Option<String>,
    countries: BTreeMap<String, usize>,
}

impl Folder {
    pub(super) fn read(dir: &Path) -> Result<Self, ShopDataError> {
        let mut folder = Self::default();
        for path in json_files(dir)? {
            let unreadable = |source| ShopDataError::Unreadable {
                path: path.clone(),
                source,
            };
            let text = std::fs::read_to_string(&path).map_err(unreadable)?;
            folder.files += 1;
            // A file that is no JSON holds no order; it is counted all the same.
            let Ok(content) = serde_json::from_str::<Value>(&text) else {
                continue;
            };
            let touched = std::fs::metadata(&path)
                .and_then(|about| about.modified())
                .map_err(unreadable)?;
            let name = path
                .strip_prefix(dir)
                .unwrap_or(&path)
                .to_string_lossy()
                .replace('\\', "/");
            let said = recorded_at(&content);
            let at = said.unwrap_or_else(|| DateTime::<Utc>::from(touched));
            let mut walk = Walk {
                folder: &mut folder,
                file: name,
                at,
                undated: said.is_none(),
                place: 0,
            };
            walk.file(&content);
        }
        folder.date_the_undated();
        folder.shop_country = folder
            .countries
            .iter()
            .max_by_key(|(_, times)| **times)
            .map(|(country, _)| country.clone());
        Ok(folder)
    }

    /// Ids grow with time: an undated recording of an order is as old as the dated one of the nearest older order.
    fn date_the_undated(&mut self) {
        let number = |id: &str| id.parse::<u64>().unwrap_or(0);
        let dated: BTreeMap<u64, DateTime<Utc>> = self
            .pieces
            .iter()
            .filter(|piece| !piece.undated && !piece.whole)
            .map(|piece| (number(&piece.id), piece.when.at))
            .collect();
        for piece in self.pieces.iter_mut().filter(|piece| piece.undated) {
            if let Some((_, at)) = dated.range(..=number(&piece.id)).next_back() {
                piece.when.at = *at;
            }
        }
    }

    pub(super) fn shop_name(&self) -> String {
        self.domain
            .clone()
            .unwrap_or_else(|| "Recorded orders".to_owned())
    }
}

/// Every `*.json` below `dir`, in a fixed order.
fn json_files(dir: &Path) -> Result<Vec<PathBuf>, ShopDataError> {
    let unreadable = |source| ShopDataError::Unreadable {
        path: dir.to_owned(),
        source,
    };
    let mut files = Vec::new();
    for entry in std::fs::read_dir(dir).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        if path.is_dir() {
            files.extend(json_files(&path)?);
        } else if path
            .extension()
            .is_some_and(|ending| ending.eq_ignore_ascii_case("json"))
        {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

/// The time of a recording: its own word, else the newest moment that an answer names, else the newest clock reading in a text of it.
fn recorded_at(content: &Value) -> Option<DateTime<Utc>> {
    let own = ["recordedAt", "capturedAt"]
        .iter()
        .find_map(|key| content[key].as_str());
    if let Some(at) = own.and_then(|text| DateTime::parse_from_rfc3339(text).ok()) {
        return Some(at.with_timezone(&Utc));
    }
    let (mut moments, mut millis) = (Vec::new(), Vec::new());
    texts(content, &mut |text| {
        if let Ok(at) = DateTime::parse_from_rfc3339(text) {
            moments.push(at.with_timezone(&Utc));
        }
        // The recorder writes the milliseconds of its clock into titles and addresses, to keep them apart.
        for digits in text
            .split(|c: char| !c.is_ascii_digit())
            .filter(|digits| digits.len() == 13 && digits.starts_with("17"))
        {
            millis.extend(
                digits
                    .parse()
                    .ok()
                    .and_then(DateTime::<Utc>::from_timestamp_millis),
            );
        }
    });
    moments
        .into_iter()
        .max()
        .or_else(|| millis.into_iter().max())
}

fn texts(value: &Value, see: &mut dyn FnMut(&str)) {
    match value {
        Value::String(text) => see(text),
        Value::Array(items) => items.iter().for_each(|item| texts(item, see)),
        Value::Object(fields) => fields
            .iter()
            .filter(|(key, _)| !is_sent(key))
            .for_each(|(_, item)| texts(item, see)),
        _ => {}
    }
}

/// Names under which recordings keep what was sent or echoed, not what was answered.
fn is_sent(key: &str) -> bool {
    matches!(
        key,
        "variables"
            | "proxyVariables"
            | "input"
            | "query"
            | "document"
            | "errors"
            | "userErrors"
            | "extensions"
            | "expected"
            | "schema"
            | "notes"
    )
}

struct Walk<'a> {
    folder: &'a mut Folder,
    file: String,
    at: DateTime<Utc>,
    undated: bool,
    place: usize,
}

impl Walk<'_> {
    fn file(&mut self, content: &Value) {
        if let Some(domain) = content["storeDomain"].as_str() {
            self.folder.domain = Some(domain.to_owned());
        }
        if let Some(fields) = content.as_object() {
            for (key, value) in fields {
                let phase = phase(key);
                if !is_sent(key) {
                    self.named(key, value, phase);
                }
            }
        }
    }

    fn named(&mut self, key: &str, value: &Value, phase: u8) {
        if let Some(fields) = value.as_object() {
            self.about_shop(key, fields);
        }
        self.value(value, phase);
    }

    fn value(&mut self, value: &Value, phase: u8) {
        match value {
            Value::Array(items) => items.iter().for_each(|item| self.value(item, phase)),
            Value::Object(fields) => {
                self.piece(fields, phase);
                for (key, item) in fields.iter().filter(|(key, _)| !is_sent(key)) {
                    self.named(key, item, phase);
                }
            }
            _ => {}
        }
    }

    fn piece(&mut self, fields: &Map<String, Value>, phase: u8) {
        // A recorder's own note beside an id is no answer.
        if fields
            .keys()
            .any(|key| matches!(key.as_str(), "response" | "variables" | "query"))
        {
            return;
        }
        let graphql = fields
            .get("id")
            .and_then(Value::as_str)
            .and_then(|id| id.strip_prefix("gid://shopify/Order/"));
        let mut whole = false;
        let (id, at, value) = if let Some(id) = graphql {
            if fields.len() == 1 || !id.bytes().all(|digit| digit.is_ascii_digit()) {
                // Only named, by an order-like reference: found, but it says nothing.
                if fields.len() == 1 && id.bytes().all(|digit| digit.is_ascii_digit()) {
                    (id.to_owned(), self.at, Value::Object(fields.clone()))
                } else {
                    return;
                }
            } else {
                (
                    id.to_owned(),
                    self.at,
                    plain_lists(&Value::Object(fields.clone())),
                )
            }
        } else if rest::is_order(fields) {
            let order = rest::order(fields);
            whole = order.get("lineItems").is_some() && order.get("updatedAt").is_some();
            let Some(id) = order["legacyResourceId"].as_str().map(str::to_owned) else {
                return;
            };
            // Without a date of its own it is the oldest: it may only add what no other says.
            let at = order["updatedAt"]
                .as_str()
                .and_then(|text| DateTime::parse_from_rfc3339(text).ok());
            (
                id,
                at.map_or(DateTime::UNIX_EPOCH, |at| at.with_timezone(&Utc)),
                order,
            )
        } else {
            return;
        };
        self.place += 1;
        for set in ["totalPriceSet", "currentTotalPriceSet"] {
            for side in ["shopMoney", "presentmentMoney"] {
                self.folder
                    .currencies
                    .extend(value[set][side]["currencyCode"].as_str().map(str::to_owned));
            }
        }
        let when = When {
            at,
            phase,
            place: self.place,
        };
        self.folder.pieces.push(Piece {
            id,
            when,
            file: self.file.clone(),
            value,
            whole,
            undated: self.undated && !whole,
        });
    }

    /// What an answer says of the shop itself: its currency, and where its places of business are.
    fn about_shop(&mut self, key: &str, fields: &Map<String, Value>) {
        if key == "shop" {
            if let Some(currency) = fields.get("currencyCode").and_then(Value::as_str) {
                self.folder.shop_currency = Some(currency.to_owned());
            }
            if let Some(included) = fields.get("taxesIncluded").and_then(Value::as_bool) {
                self.folder.taxes_included = included;
            }
        }
        if matches!(
            key,
            "location" | "assignedLocation" | "shopAddress" | "originAddress"
        ) {
            let of = |fields: &Map<String, Value>| {
                ["countryCodeV2", "countryCode"]
                    .iter()
                    .find_map(|name| fields.get(*name).and_then(Value::as_str).map(str::to_owned))
            };
            let address = fields.get("address").and_then(Value::as_object);
            if let Some(country) = of(fields).or_else(|| address.and_then(of)) {
                *self.folder.countries.entry(country).or_default() += 1;
            }
        }
    }
}

fn phase(key: &str) -> u8 {
    match key {
        "upstreamCalls" => 1,
        "cleanup" => 3,
        _ if key.to_ascii_lowercase().starts_with("setup")
            || key.to_ascii_lowercase().starts_with("precondition") =>
        {
            0
        }
        _ => 2,
    }
}
