//! Set-up: what the settings could be, what of them does not fit, and what a sync would do.

use std::collections::BTreeSet;

use brygga_core::booking::{Decision, FirstLook, Step, first_look, plan, plan_change, suggest};
use brygga_core::settings::{DocumentCurrency, Settings};
use brygga_core::{Code, Problem};
use brygga_store::RecordKind;
use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::booked;
use crate::engine::Engine;

/// What a sync would do with one order.
#[derive(Debug, Clone, Serialize)]
pub struct Preview {
    /// Name for people.
    pub order: String,
    /// `book`, `change`, `nothing`, `waiting`, `skipped`, `held`.
    pub decision: &'static str,
    /// The steps, by name.
    pub steps: Vec<&'static str>,
    /// Total with VAT and currency.
    pub total: Option<String>,
    /// Why not.
    pub problem: Option<Problem>,
}

impl Engine {
    /// Settings read off what Visma.net is set up with, for a shop that sells to `countries`. Nothing is kept.
    pub async fn suggest_settings(
        &self,
        countries: &BTreeSet<String>,
    ) -> Result<Settings, Problem> {
        let setup = self.setup().await?;
        let mut destinations = countries.clone();
        destinations.insert(setup.shop.country.clone());
        let today = self
            .clock
            .now()
            .with_timezone(&setup.shop.time_zone)
            .date_naive();
        Ok(suggest::settings(
            &setup.catalogue,
            &setup.shop.country,
            &destinations,
            today,
        ))
    }

    /// What in the settings does not fit what Visma.net is set up with.
    pub async fn check_mapping(&self) -> Result<Vec<Problem>, Problem> {
        let setup = self.setup().await?;
        let (settings, catalogue) = (&setup.settings, &setup.catalogue);
        let mut problems = Vec::new();
        if settings.vat.is_empty() {
            problems.push(
                Problem::new(Code::VatUnmapped)
                    .with("rate", "any")
                    .with("kind", "goods")
                    .with("country", "any country")
                    .with("scheme", "any"),
            );
        }
        for row in &settings.vat {
            let ids = catalogue.vat_ids_of(&row.category, &row.zone);
            if ids.len() > 1 || (ids.is_empty() && !row.key.rate.is_zero()) {
                problems.push(
                    Problem::new(Code::VatMappingBroken)
                        .with("category", &row.category)
                        .with("zone", &row.zone),
                );
            }
        }
        let special = &settings.special_items;
        for (kind, item) in [
            ("shipping", &special.shipping),
            ("rounding", &special.rounding),
            ("custom", &special.custom),
            ("gift_card", &special.gift_card),
        ] {
            match item {
                None => problems.push(Problem::new(Code::SpecialItemUnmapped).with("kind", kind)),
                Some(item) if !catalogue.items.contains_key(&item.item) => {
                    problems.push(Problem::new(Code::ItemNotFound).with("sku", &item.item));
                }
                Some(_) => {}
            }
        }
        if let DocumentCurrency::Presentment { mapped } = &settings.document_currency {
            for currency in mapped
                .iter()
                .filter(|currency| catalogue.decimals(currency).is_none())
            {
                problems.push(Problem::new(Code::CurrencyUnknown).with("currency", currency));
            }
        }
        problems.sort_by_key(ToString::to_string);
        problems.dedup();
        Ok(problems)
    }

    /// What a sync would do, order by order: reads both sides, sends nothing, books nothing.
    pub async fn preview(&self, since: Option<DateTime<Utc>>) -> Result<Vec<Preview>, Problem> {
        let Some(_running) = self.begin_run() else {
            return Err(Code::StoreInUse.into());
        };
        self.read_orders(since).await?;
        let setup = self.setup().await?;
        let mut previews = Vec::new();
        for record in self
            .store
            .due(RecordKind::Order, self.clock.now(), usize::MAX / 2)?
        {
            let Some(mirror) = self.store.mirror(&record)? else {
                continue;
            };
            let order = match self.shop.read(&mirror.payload) {
                Ok(order) => order,
                Err(problem) => {
                    previews.push(Preview {
                        order: mirror.name,
                        decision: "held",
                        steps: Vec::new(),
                        total: None,
                        problem: Some(problem),
                    });
                    continue;
                }
            };
            let known = booked::recall(&self.store, &order.id.0)?;
            let decision =
                match first_look(&order, setup.ground(), known.as_ref(), self.clock.now()) {
                    FirstLook::Decided(decision) => decision,
                    FirstLook::New(document) => {
                        let found = self.look_up_for(&document).await?;
                        plan(&order, setup.ground(), *document, &found)
                    }
                    FirstLook::Changed(change) => match &known {
                        Some(state) => plan_change(
                            &order,
                            *change,
                            state,
                            self.erp.order(booked::order_number(state)?).await?.as_ref(),
                        ),
                        None => Decision::UpToDate,
                    },
                };
            previews.push(preview(order.name.clone(), known.is_some(), decision));
        }
        Ok(previews)
    }
}

fn preview(order: String, known: bool, decision: Decision) -> Preview {
    let plain = |order, decision, problem| Preview {
        order,
        decision,
        steps: Vec::new(),
        total: None,
        problem,
    };
    match decision {
        Decision::Do(plan) => Preview {
            order,
            decision: if known { "change" } else { "book" },
            steps: plan.steps.iter().map(Step::name).collect(),
            total: plan.document.as_ref().map(|document| {
                format!("{} {}", document.total.normalize(), document.draft.currency)
            }),
            problem: None,
        },
        Decision::UpToDate => plain(order, "nothing", None),
        Decision::Waiting(problem, _) => plain(order, "waiting", Some(problem)),
        Decision::Skipped(problem) => plain(order, "skipped", Some(problem)),
        Decision::Held(problem) => plain(order, "held", Some(problem)),
    }
}
