//! What the shop's records say about the mapping: what waits for which row, where orders go, how they are paid.

use std::collections::{BTreeMap, BTreeSet};

use brygga_core::booking::place::destination;
use brygga_core::booking::suggest_payments::Tender;
use brygga_core::settings::Settings;
use brygga_core::shop::ShopInfo;
use brygga_core::{Code, Problem};
use brygga_engine::Engine;
use brygga_store::{RecordKind, RecordRow, RecordState};
use chrono::TimeDelta;

use crate::api::{count, record_line};
use crate::contract::RecordLine;

/// At most so many held records of a kind are looked at.
pub(super) const RECORDS: usize = 5000;
/// Orders of the last days are looked through for countries, tenders and locations that no row names yet; at most so many.
const ORDERS: usize = 300;
const DAYS: i64 = 60;
/// At most so many records are named with a row.
const NAMED: usize = 20;

/// What was seen.
pub(super) struct Seen {
    held: Vec<RecordRow>,
    /// ISO countries and territories that orders go to, those of the settings and the shop's own among them.
    pub(super) countries: BTreeSet<String>,
    /// Ways in which money came.
    pub(super) tenders: BTreeSet<Tender>,
    /// Titles of shipping lines.
    pub(super) methods: BTreeSet<String>,
    /// Numeric ids of locations: the shop's, and those that goods left from or a row names.
    pub(super) locations: BTreeSet<String>,
}

/// The held records that wait for one row.
#[derive(Default)]
pub(super) struct Waiting {
    pub(super) count: u32,
    pub(super) records: Vec<RecordLine>,
}

impl Seen {
    pub(super) fn of(
        engine: &Engine,
        settings: &Settings,
        shop: &ShopInfo,
    ) -> Result<Self, Problem> {
        let store = engine.store();
        let mut held = Vec::new();
        for kind in RecordKind::ALL {
            let (rows, _) =
                store.search_records(*kind, None, Some(RecordState::Held), 0, RECORDS)?;
            held.extend(rows);
        }
        let mut seen = Self {
            held,
            countries: BTreeSet::from([shop.country.clone()]),
            tenders: BTreeSet::new(),
            methods: BTreeSet::new(),
            locations: BTreeSet::new(),
        };
        seen.countries
            .extend(settings.vat.iter().map(|row| row.key.destination.clone()));
        seen.read_settings(settings);
        seen.read_held();
        let since = engine.clock().now() - TimeDelta::days(DAYS);
        for record in store
            .mirrored_since(RecordKind::Order, since)?
            .iter()
            .rev()
            .take(ORDERS)
        {
            let Some(mirror) = store.mirror(record)? else {
                continue;
            };
            // An order that cannot be read is held for that, with its reason.
            let Ok(order) = engine.shop().read(&mirror.payload) else {
                continue;
            };
            if let Ok(place) = destination(&order) {
                seen.countries.insert(place.key().to_owned());
            }
            let currency = brygga_core::booking::document::side(&order, settings);
            for transaction in &order.transactions {
                seen.tenders.insert(Tender {
                    gateway: transaction.gateway.clone(),
                    method: transaction.method.clone(),
                    currency: match currency {
                        brygga_core::shop::Side::Shop => order.shop_currency,
                        brygga_core::shop::Side::Presentment => order.presentment_currency,
                    }
                    .code()
                    .to_owned(),
                });
            }
            seen.methods.extend(
                order
                    .shipping
                    .iter()
                    .map(|line| line.title.trim().to_owned())
                    .filter(|title| !title.is_empty()),
            );
            seen.locations.extend(
                order
                    .fulfilments
                    .iter()
                    .filter_map(|fulfilment| fulfilment.location_id.clone()),
            );
        }
        Ok(seen)
    }

    fn read_settings(&mut self, settings: &Settings) {
        for row in &settings.payments.gateways {
            self.tenders.insert(Tender {
                gateway: row.gateway.clone(),
                method: row.method.clone(),
                currency: row.currency.clone(),
            });
        }
        self.locations
            .extend(settings.invoices.warehouses.keys().cloned());
        self.locations
            .extend(settings.stock.locations.values().cloned());
    }

    fn read_held(&mut self) {
        for problem in self.held.iter().filter_map(|row| row.problem.as_ref()) {
            let param = |name: &str| problem.params.get(name).cloned();
            match problem.code {
                Code::VatUnmapped | Code::CustomerClassUnmapped => {
                    self.countries.extend(param("country"));
                }
                Code::GatewayUnmapped => {
                    if let (Some(gateway), Some(currency)) = (param("gateway"), param("currency")) {
                        self.tenders.insert(Tender {
                            gateway,
                            method: param("method").filter(|method| method != "-"),
                            currency,
                        });
                    }
                }
                // A location that nothing was sent from lately.
                Code::SpecialItemUnmapped => self.locations.extend(param("location")),
                _ => {}
            }
        }
    }

    /// The parameters of every held record with this code.
    pub(super) fn with(&self, code: Code) -> impl Iterator<Item = &BTreeMap<String, String>> {
        self.held
            .iter()
            .filter_map(|row| row.problem.as_ref())
            .filter(move |problem| problem.code == code)
            .map(|problem| &problem.params)
    }

    /// The held records with this code whose parameters are these.
    pub(super) fn waiting(&self, code: Code, params: &[(&str, &str)]) -> Waiting {
        let mut waiting = Waiting::default();
        for row in &self.held {
            let fits = row.problem.as_ref().is_some_and(|problem| {
                problem.code == code
                    && params.iter().all(|(name, value)| {
                        problem.params.get(*name).map(String::as_str) == Some(*value)
                    })
            });
            if fits {
                waiting.count += 1;
                if waiting.records.len() < NAMED {
                    waiting.records.push(record_line(row));
                }
            }
        }
        waiting
    }
}

impl Waiting {
    /// Both.
    pub(super) fn and(mut self, other: Self) -> Self {
        self.count += other.count;
        self.records.extend(other.records);
        self.records.truncate(NAMED);
        self
    }
}

/// Counted as the contract counts.
pub(super) fn counted(number: usize) -> u32 {
    count(number)
}
