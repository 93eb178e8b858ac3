//! One record's story: both sides, the plan between them, and everything that happened.

use std::collections::BTreeMap;
use std::sync::Arc;

use brygga_core::booking::{self, Document, LineWhy, read_back};
use brygga_core::erp::{BookedOrder, LineDraft};
use brygga_core::shop::{Order, Side};
use brygga_core::{Decimal, Money, Problem};
use brygga_engine::{booked, without_persons};
use brygga_store::{ActivityFilter, RecordKind, RecordRef};

use crate::api::{Api, amount, count, error, record_line, record_ref, stored, time};
use crate::contract::{ApiError, Exchange, Fact, PlanLine, RecordKey, Story, StoryStep};
use crate::fixes::profile_page;

impl Api {
    pub(crate) async fn story(self: &Arc<Self>, key: RecordKey) -> Result<Story, ApiError> {
        let record = record_ref(&key)?;
        let store = self.engine.store();
        let Some(row) = store.record(&record).map_err(stored)? else {
            return Err(error(
                Problem::new(brygga_core::Code::WrongUse)
                    .with("detail", format!("no record {record}")),
            ));
        };
        // A part of an order was read as part of it.
        let owner = row.part_of.as_ref().map(RecordRef::order);
        let mirror = store
            .mirror(owner.as_ref().unwrap_or(&record))
            .map_err(stored)?;
        let (mut facts, mut plan) = (Vec::new(), Vec::new());
        if record.kind == RecordKind::Order
            && let Some(mirror) = &mirror
            && let Ok(order) = self.engine.shop().read(&mirror.payload)
        {
            let state = booked::recall(store, &record.id).map_err(error)?;
            // Not being able to read Visma.net just now is no reason to show no story.
            let there = match &state {
                Some(booking::BookedState {
                    number: Some(number),
                    ..
                }) => self.engine.erp().order(number).await.ok().flatten(),
                _ => None,
            };
            let document = match state {
                Some(state) => Some(state.document),
                None => self.planned(&order).await,
            };
            let side = document
                .as_ref()
                .map_or(Side::Shop, |document| document.side);
            facts = self
                .facts(&order, side, there.as_ref(), document.as_ref())
                .await?;
            plan = document.as_ref().map(plan_lines).unwrap_or_default();
        }
        let steps = self.steps(&record)?;
        let of_order = match (&owner, record.kind) {
            (Some(owner), _) => Some(owner.id.clone()),
            (None, RecordKind::Order) => Some(record.id.clone()),
            (None, _) => None,
        };
        let page = match (&of_order, record.kind) {
            (Some(id), _) => Some(format!("orders/{id}")),
            (None, RecordKind::Customer) => profile_page(&record.id),
            (None, _) => None,
        };
        let admin = self.host.shop_admin.as_ref();
        let shopify_url = admin
            .zip(page)
            .map(|(admin, page)| format!("{admin}/{page}"));
        let order = match &owner {
            Some(owner) => store.record(owner).map_err(stored)?,
            None => None,
        };
        let parts = match &of_order {
            Some(id) => store.parts_of(id).map_err(stored)?,
            None => Vec::new(),
        };
        // A story is handed on to whoever helps: who bought is seen in Shopify, where the link leads.
        let payload = mirror
            .filter(|mirror| !mirror.payload.is_null())
            .and_then(|mirror| {
                serde_json::to_string_pretty(&without_persons(&mirror.payload)).ok()
            });
        Ok(Story {
            record: record_line(&row),
            facts,
            plan,
            order: order.as_ref().map(record_line),
            parts: parts.iter().map(record_line).collect(),
            steps,
            shopify_url,
            payload,
        })
    }

    /// The document that an order would become now, if it would.
    async fn planned(&self, order: &Order) -> Option<Document> {
        let (shop, catalogue) = (
            self.engine.shop_info().await.ok()?,
            self.engine.catalogue().await.ok()?,
        );
        let settings = self.engine.settings().ok()?;
        let linked = self.engine.linked_items().ok()?;
        booking::document::document(
            order,
            booking::Ground {
                shop: &shop,
                settings: &settings,
                catalogue: &catalogue,
                linked: &linked,
            },
            None,
        )
        .ok()
    }

    async fn facts(
        &self,
        order: &Order,
        side: Side,
        there: Option<&BookedOrder>,
        document: Option<&Document>,
    ) -> Result<Vec<Fact>, ApiError> {
        let shop = self.engine.shop_info().await.map_err(error)?;
        let currency = order.currency(side);
        let money = |value: Decimal| amount(&Money::new(value, currency)).amount;
        let compared = |name: &str, shopify: Option<String>, visma: Option<String>| {
            let agrees = match (&shopify, &visma) {
                (Some(one), Some(other)) => Some(one == other),
                _ => None,
            };
            Fact {
                name: name.into(),
                shopify,
                visma,
                agrees,
            }
        };
        let shown = |name: &str, shopify: Option<String>, visma: Option<String>| Fact {
            name: name.into(),
            shopify,
            visma,
            agrees: None,
        };
        let buyer = order.buyer_name().map(str::to_owned);
        let mut facts = vec![
            shown(
                "number",
                Some(order.name.clone()),
                there.map(|there| there.number.to_string()),
            ),
            compared(
                "reference",
                Some(order.id.0.clone()),
                there.and_then(|there| {
                    there
                        .custom_id
                        .clone()
                        .or_else(|| there.customer_ref.clone())
                }),
            ),
            compared(
                "date",
                Some(booking::booking_date(order, &shop).to_string()),
                there
                    .and_then(|there| there.date)
                    .map(|date| date.to_string()),
            ),
            shown(
                "customer",
                buyer.or_else(|| order.email.clone()),
                there.map(|there| there.customer.clone()),
            ),
            compared(
                "currency",
                Some(currency.code().into()),
                there.map(|there| there.currency.clone()),
            ),
        ];
        let expected = booking::basis::basis(order, side).ok();
        if let Some(basis) = &expected {
            let mut vat: BTreeMap<Decimal, Decimal> = BTreeMap::new();
            for component in basis
                .components
                .iter()
                .filter(|component| !component.rate.is_zero())
            {
                *vat.entry(component.rate).or_default() += component.tax;
            }
            let stored = there.map(read_back::vat_per_rate);
            for (rate, tax) in &vat {
                let theirs = stored
                    .as_ref()
                    .map(|stored| money(stored.get(rate).copied().unwrap_or_default()));
                facts.push(compared(&format!("vat-{rate}"), Some(money(*tax)), theirs));
            }
        }
        let total =
            expected.map_or_else(|| order.totals.total.on(side).amount, |basis| basis.total);
        facts.push(compared(
            "total",
            Some(money(total)),
            there.map(|there| money(there.total)),
        ));
        let status = order
            .financial_status
            .as_ref()
            .map(|status| status.as_str().to_owned());
        facts.push(shown(
            "status",
            status,
            there.map(|there| there.status.as_str().to_owned()),
        ));
        facts.push(shown(
            "country",
            document.map(|document| document.destination.clone()),
            there.and_then(|there| there.vat_zone.clone()),
        ));
        Ok(facts)
    }

    fn steps(&self, record: &RecordRef) -> Result<Vec<StoryStep>, ApiError> {
        let store = self.engine.store();
        let mut steps: Vec<(chrono::DateTime<chrono::Utc>, StoryStep)> = Vec::new();
        for row in store
            .activity(
                &ActivityFilter {
                    record: Some(record),
                    ..ActivityFilter::default()
                },
                500,
            )
            .map_err(stored)?
        {
            let row = row.activity;
            steps.push((
                row.at,
                StoryStep {
                    at: time(row.at),
                    event: row.event,
                    level: row.level.as_str().into(),
                    params: row.params,
                    exchange: None,
                },
            ));
        }
        // Newest first in the log; turned round before the requests are mixed in, so that what has one time keeps its order.
        steps.reverse();
        for exchange in store.exchanges_of(record).map_err(stored)? {
            let text = |value: Option<serde_json::Value>| {
                value.map(|value| match value {
                    serde_json::Value::String(text) => text,
                    other => other.to_string(),
                })
            };
            let failed = exchange.status.is_none_or(|status| status >= 400);
            steps.push((
                exchange.at,
                StoryStep {
                    at: time(exchange.at),
                    event: if exchange.method == "GET" {
                        "asked"
                    } else {
                        "request"
                    }
                    .into(),
                    level: if failed { "warn" } else { "info" }.into(),
                    params: BTreeMap::new(),
                    exchange: Some(Exchange {
                        remote: exchange.remote,
                        method: exchange.method,
                        path: exchange.target,
                        status: exchange.status,
                        request: text(exchange.request),
                        answer: text(exchange.answer),
                        millis: count(usize::try_from(exchange.elapsed_ms).unwrap_or(usize::MAX)),
                    }),
                },
            ));
        }
        steps.sort_by_key(|(at, _)| *at);
        Ok(steps.into_iter().map(|(_, step)| step).collect())
    }
}

fn plan_lines(document: &Document) -> Vec<PlanLine> {
    document
        .draft
        .lines
        .iter()
        .map(|line| plan_line(line, document.why.iter().find(|why| why.link == line.link)))
        .collect()
}

/// One line of a planned document, with the rule that made it where it is known.
pub(crate) fn plan_line(line: &LineDraft, why: Option<&LineWhy>) -> PlanLine {
    let text = |value: Decimal| value.normalize().to_string();
    PlanLine {
        part: line.link.clone(),
        item: line.item.clone(),
        account: line.account.clone(),
        unit: line.unit.clone(),
        warehouse: line.warehouse.clone(),
        description: line.description.clone(),
        quantity: text(line.quantity),
        unit_price: text(line.unit_price),
        discount: text(line.discount),
        net: text(line.net()),
        vat_category: line.vat_category.clone(),
        vat_percent: why.map(|why| text(why.vat_percent)).unwrap_or_default(),
        rule: why.map(|why| why.rule.clone()).unwrap_or_default(),
    }
}
