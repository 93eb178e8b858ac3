//! Before the first run: orders that somebody, or an earlier connector, has booked in Visma.net before us. What is found is marked
//! at once with what is suggested, so that nothing is booked twice while nobody has looked; a person chooses otherwise at any time.

use std::collections::BTreeSet;

use brygga_core::booking::already::{DocumentIs, Existing, Mark, Sold, find, is_our_own};
use brygga_core::booking::{self, customer};
use brygga_core::erp::OrderStatus;
use brygga_core::shop::{Order, Side};
use brygga_core::{Code, Decimal, Problem};
use brygga_store::{Link, RecordKind, RecordRef};
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::booked::{self, CUSTOMER, ORDER, internal};
use crate::engine::{Engine, Setup};
use crate::ports::{Phase, Signal};

mod chosen;

pub use chosen::{Already, AlreadyCount, AlreadyPage, AlreadyRow, Fitting};

/// Kind of the marks; the detail is the [`Mark`].
pub(crate) const ALREADY: &str = "already";
/// Kind and name of what the last search came to.
pub(crate) const SEARCH: &str = "already-search";
const LAST: &str = "last";
/// No clock of a company is further from ours (`facts/visma` 4: the time zone of its timestamps is not documented).
const ZONES: TimeDelta = TimeDelta::hours(14);

/// What a search stood on: under less than this an answer says nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Reach {
    /// Orders from then on were compared; none: all of them.
    start: Option<NaiveDate>,
    /// Sales orders could be read, by the grants that there were (`facts/visma` 1).
    sales_orders: bool,
}

impl Reach {
    /// Was at least as much looked at as `now` would be.
    fn covers(self, now: Self) -> bool {
        let as_early = match (self.start, now.start) {
            (None, _) => true,
            (Some(before), Some(now)) => before <= now,
            (Some(_), None) => false,
        };
        as_early && (self.sales_orders || !now.sales_orders)
    }
}

#[derive(Debug, Default, Serialize, Deserialize)]
struct Search {
    /// Not kept by a program that came before: then it is looked for again.
    #[serde(default)]
    reach: Option<Reach>,
    looked: usize,
    documents: usize,
    not_read: Option<Problem>,
    /// Which kinds of documents could not be read.
    #[serde(default)]
    unread: Vec<DocumentIs>,
}

impl Search {
    fn cannot_read(&mut self, what: DocumentIs, problem: Problem) {
        self.unread.push(what);
        self.not_read.get_or_insert(problem);
    }
}

impl Engine {
    /// Compares every order that is not booked by us with what is in Visma.net. Reads both sides, writes to neither. What a person
    /// chose before stays.
    pub async fn find_already(&self) -> Result<Already, Problem> {
        {
            let Some(_running) = self.begin_run() else {
                return Err(Code::SyncUnderWay.into());
            };
            self.look_for_others().await?;
        }
        self.events.signal(Signal::Changed);
        self.already()
    }

    /// Within a run that is going to send orders: looks for what others booked, unless somebody has looked before, at least as far back
    /// and at as much. Without it the very first run, or the first under an earlier start date, would book again what an earlier
    /// connector has booked. Another company is looked at anew: what was learned of the one before is forgotten, the search too.
    pub(crate) async fn look_for_others_once(&self) -> Result<(), Problem> {
        let last: Option<Search> = match self.store.link(SEARCH, LAST)? {
            Some(link) => Some(serde_json::from_value(link.detail).map_err(internal)?),
            None => None,
        };
        let now = self.reach()?;
        if last
            .and_then(|search| search.reach)
            .is_some_and(|before| before.covers(now))
        {
            return Ok(());
        }
        self.look_for_others().await
    }

    fn reach(&self) -> Result<Reach, Problem> {
        Ok(Reach {
            start: self.settings()?.start_date,
            sales_orders: self.erp.opens_sales_orders(),
        })
    }

    async fn look_for_others(&self) -> Result<(), Problem> {
        let reach = self.reach()?;
        self.read_orders(None).await?;
        let setup = self.setup().await?;
        let (orders, from) = self.unbooked(&setup).await?;
        let mut search = Search {
            reach: Some(reach),
            looked: orders.len(),
            ..Search::default()
        };
        if let Some(from) = from {
            let documents = self.existing(from, &orders, &mut search).await?;
            search.documents = documents.len();
            let found = find(&orders, &documents);
            // What is certain comes last: by then a document that is no order's any more is free.
            let (certain, others): (Vec<_>, Vec<_>) = orders
                .iter()
                .map(|order| (order, found.get(&order.id).and_then(Mark::suggested)))
                .partition(|(_, mark)| mark.as_ref().is_some_and(|mark| mark.certain));
            for (order, suggested) in others.into_iter().chain(certain) {
                self.mark_found(&order.id, suggested, &search.unread)?;
            }
        }
        self.store.put_link(&Link {
            kind: SEARCH.into(),
            shop_id: LAST.into(),
            erp_id: String::new(),
            detail: serde_json::to_value(&search).map_err(internal)?,
            made_at: self.clock.now(),
        })?;
        Ok(())
    }

    /// What was found and chosen of an order.
    pub(crate) fn mark_of(&self, order: &str) -> Result<Option<Mark>, Problem> {
        match self.store.link(ALREADY, order)? {
            Some(link) => serde_json::from_value(link.detail)
                .map(Some)
                .map_err(internal),
            None => Ok(None),
        }
    }

    /// The document that an order is linked to which others booked.
    pub(crate) fn linked_to(&self, order: &Order) -> Result<Option<String>, Problem> {
        Ok(self
            .mark_of(&order.id.0)?
            .and_then(|mark| Some(mark.linked()?.number.clone())))
    }

    fn put_mark(&self, order: &str, mark: Mark) -> Result<(), Problem> {
        Ok(self.store.put_link(&self.kept_mark(order, mark)?)?)
    }

    /// A mark as it is kept, below the document that the order is linked to.
    fn kept_mark(&self, order: &str, mut mark: Mark) -> Result<Link, Problem> {
        if self.store.is_erased(&RecordRef::order(order))? {
            without_person(&mut mark);
        }
        Ok(Link {
            kind: ALREADY.into(),
            shop_id: order.to_owned(),
            erp_id: mark
                .linked()
                .map(|document| document.number.clone())
                .unwrap_or_default(),
            detail: serde_json::to_value(&mark).map_err(internal)?,
            made_at: self.clock.now(),
        })
    }

    /// The suggestion, unless its document is another order's by what a person chose, or by a mark that stayed: then nobody but a person
    /// says whose it is.
    fn unless_taken(&self, order: &str, mark: Mark) -> Result<Mark, Problem> {
        let Some(document) = mark.linked() else {
            return Ok(mark);
        };
        let owners = self.owners(&document.number)?;
        Ok(if owners.iter().any(|owner| owner != order) {
            mark.asking()
        } else {
            mark
        })
    }

    fn mark_found(
        &self,
        order: &str,
        suggested: Option<Mark>,
        unread: &[DocumentIs],
    ) -> Result<(), Problem> {
        let before = self.mark_of(order)?;
        if before.as_ref().is_some_and(Mark::is_chosen) {
            return Ok(());
        }
        let suggested = match suggested {
            Some(mark) => Some(self.unless_taken(order, mark)?),
            None => None,
        };
        if before == suggested {
            return Ok(());
        }
        // What could not be read now is not gone: less than before says nothing, and the order would be booked twice.
        let says_less = |mark: &Mark| {
            let is_there = |number: &str| {
                let documents = suggested.iter().flat_map(|new| &new.documents);
                documents.map(|one| &one.number).any(|one| one == number)
            };
            let surer = suggested
                .as_ref()
                .is_some_and(|new| new.certain && !mark.certain);
            !surer
                && mark
                    .documents
                    .iter()
                    .any(|one| unread.contains(&one.is) && !is_there(&one.number))
        };
        if before.as_ref().is_some_and(says_less) {
            return Ok(());
        }
        // An order that was edited since it was linked has another amount; it is the same document all the same.
        let still = |mark: &Mark| {
            mark.certain
                && suggested.as_ref().is_some_and(|new| {
                    let number = |one: Option<&Existing>| one.map(|one| one.number.clone());
                    number(new.documents.first()) == number(mark.linked())
                })
        };
        if before.as_ref().is_some_and(still) {
            return Ok(());
        }
        match suggested {
            Some(mark) => self.put_mark(order, mark)?,
            None => {
                self.store.remove_link(ALREADY, order)?;
            }
        }
        self.store.mark_retry(&[RecordRef::order(order)])?;
        Ok(())
    }

    /// The orders that are not booked by us, and the moment from which documents of them may be there.
    async fn unbooked(&self, setup: &Setup) -> Result<(Vec<Sold>, Option<DateTime<Utc>>), Problem> {
        let mut orders = Vec::new();
        let mut from: Option<DateTime<Utc>> = None;
        for record in self
            .store
            .mirrored_since(RecordKind::Order, DateTime::UNIX_EPOCH)?
        {
            self.check_stop()?;
            if self.store.link(ORDER, &record.id)?.is_some() {
                continue;
            }
            let Some(mirror) = self.store.mirror(&record)? else {
                continue;
            };
            let payload = match self.payload_of(&mirror).await {
                Ok(payload) => payload,
                // The shop has it no more: nothing will be booked of it.
                Err(problem) if problem.code == Code::OrderGone => continue,
                Err(problem) => return Err(problem),
            };
            let Ok(order) = self.shop.read(&payload) else {
                continue;
            };
            let date = booking::booking_date(&order, &setup.shop);
            let early = setup.settings.start_date.is_some_and(|start| date < start);
            if early || order.test {
                continue;
            }
            let side = booking::document::side(&order, &setup.settings);
            let currency = order.currency(side).code();
            // Nobody books a sale before it is made.
            from = Some(from.map_or(order.processed_at, |from| from.min(order.processed_at)));
            orders.push(Sold {
                id: record.id.clone(),
                name: order.name.clone(),
                total: sold_for(&order, side),
                currency: currency.to_owned(),
                date,
                customer: self.linked_buyer(&order, currency, setup)?,
                buyers: buyers(&order),
            });
        }
        Ok((orders, from))
    }

    fn linked_buyer(
        &self,
        order: &Order,
        currency: &str,
        setup: &Setup,
    ) -> Result<Option<String>, Problem> {
        // The house customer is anybody.
        let identity = customer::identity(order, &setup.settings).ok();
        let Some(identity) = identity.filter(|identity| identity.key != "house") else {
            return Ok(None);
        };
        let link = self.store.link(CUSTOMER, &identity.link_key(currency))?;
        Ok(link.map(|link| link.erp_id))
    }

    /// Sales orders and invoices since a moment that are not ours.
    async fn existing(
        &self,
        from: DateTime<Utc>,
        orders: &[Sold],
        search: &mut Search,
    ) -> Result<Vec<Existing>, Problem> {
        let ids: BTreeSet<String> = orders.iter().map(|order| order.id.clone()).collect();
        let mut names = ids.clone();
        names.extend(orders.iter().map(|order| order.name.clone()));
        let mut documents = Vec::new();
        // Of each sales order that is there: an invoice that came from it is the same sale.
        let mut numbers = BTreeSet::new();
        let hits = match self.erp.orders_since(from).await {
            Ok(hits) => Some(hits),
            // With a person's sign-in alone they are closed (`facts/visma` 1); that is said, and the invoices are compared.
            Err(problem) if !self.erp.opens_sales_orders() => {
                search.cannot_read(DocumentIs::SalesOrder, problem);
                None
            }
            Err(problem) => return Err(problem),
        };
        if let Some(hits) = hits {
            let total = hits.len();
            for (done, hit) in hits.into_iter().enumerate() {
                self.check_stop()?;
                self.events
                    .signal(Signal::Progress(Phase::Reading, done, Some(total)));
                numbers.insert(hit.number.to_string());
                let linked = !self
                    .store
                    .links_to(ORDER, &booked::erp_id(&hit.number))?
                    .is_empty();
                if linked || hit.status == OrderStatus::Cancelled {
                    continue;
                }
                // The id stands elsewhere on an order with a purchase order number: the name leads to it then.
                let names_one = [&hit.customer_ref, &hit.customer_order]
                    .into_iter()
                    .flatten()
                    .any(|reference| names.contains(reference.trim()));
                // One of our own, from a database that is lost, is adopted when its order's turn comes (`booking-rules` 3).
                if names_one
                    && let Some(order) = self.erp.order(&hit.number).await?
                    && is_our_own(&order, &ids)
                {
                    continue;
                }
                documents.push(Existing {
                    is: DocumentIs::SalesOrder,
                    number: hit.number.to_string(),
                    references: [hit.customer_order, hit.customer_ref]
                        .into_iter()
                        .flatten()
                        .collect(),
                    text: hit.description,
                    total: hit.total,
                    currency: hit.currency,
                    date: hit.date,
                    customer: hit.customer,
                    customer_name: hit.customer_name,
                    from_order: None,
                });
            }
        }
        match self.erp.invoices_since((from - ZONES).naive_utc()).await {
            Ok(invoices) => documents.extend(invoices.into_iter().filter(|invoice| {
                let of_order = invoice
                    .from_order
                    .as_ref()
                    .is_some_and(|number| numbers.contains(number));
                let ours = invoice.references.iter().any(|reference| {
                    ["fulfilment/", "order/", "refund/"]
                        .iter()
                        .any(|of| reference.starts_with(of))
                });
                !of_order && !ours
            })),
            // Without that permission the sales orders are compared, and it is said.
            Err(problem)
                if matches!(
                    problem.code,
                    Code::ErpScope | Code::ErpForbidden | Code::SignInScope | Code::SignInForbidden
                ) =>
            {
                search.cannot_read(DocumentIs::Invoice, problem);
            }
            Err(problem) => return Err(problem),
        }
        Ok(documents)
    }
}

/// What an order comes to now, with VAT: what would be booked of it.
pub(crate) fn sold_for(order: &Order, side: Side) -> Decimal {
    booking::basis::basis(order, side)
        .map_or_else(|_| order.totals.total.on(side).amount, |basis| basis.total)
}

/// What is kept of documents that others booked, without who bought: a text of theirs may name anybody.
pub(crate) fn without_person(mark: &mut Mark) {
    for document in &mut mark.documents {
        document.customer_name = None;
        document.text = None;
        document.references.clear();
    }
}

/// What the buyer is called.
fn buyers(order: &Order) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    names.extend(order.b2b.as_ref().map(|b2b| b2b.company_name.clone()));
    for address in [&order.billing, &order.shipping_address]
        .into_iter()
        .flatten()
    {
        names.extend(address.name.clone());
        names.extend(address.company.clone());
    }
    let mut seen = BTreeSet::new();
    names.retain(|name| seen.insert(name.clone()));
    names
}
