//! Whose orders, or whose profiles, a cause is about, and the customers of Visma.net that the buyer may be (`booking-rules` 4: several
//! are a question).

use brygga_core::booking::{self, FirstLook, Identity, document};
use brygga_core::{Code, Problem};
use brygga_store::{RecordKind, RecordRow};

use crate::api::Api;
use crate::contract::{FoundCustomer, WhichCustomer};

/// A buyer of a held order, or one whose profile is held.
pub(super) struct Buyer {
    /// Name of the link to a customer.
    pub(super) key: String,
    identity: Identity,
    /// ISO currency of the customer.
    currency: String,
    name: Option<String>,
}

/// May every one of these records be this customer's: a choice is for all of them.
pub(super) fn fits_all(rows: &[RecordRow], number: &str) -> bool {
    rows.iter().all(|row| {
        row.problem
            .as_ref()
            .filter(|problem| problem.code == Code::CustomerAmbiguous)
            .and_then(|problem| problem.params.get("numbers"))
            .is_some_and(|numbers| numbers.split(", ").any(|known| known == number))
    })
}

impl Api {
    /// The buyers of these records, each once. A held customer is told by the orders that are held for it, else by its profile.
    pub(super) async fn buyers(&self, rows: &[RecordRow]) -> Result<Vec<Buyer>, Problem> {
        let store = self.engine.store();
        let mut orders: Vec<RecordRow> = Vec::new();
        let mut buyers: Vec<Buyer> = Vec::new();
        for row in rows {
            if row.record.kind == RecordKind::Order {
                orders.push(row.clone());
            } else if row.record.kind == RecordKind::Customer
                && let Some(problem) = &row.problem
            {
                for order in store.held_with(RecordKind::Order, problem.code, &problem.params)? {
                    orders.extend(store.record(&order)?);
                }
            }
        }
        for row in orders {
            if let Some(buyer) = self.buyer_of(&row).await?
                && buyers.iter().all(|known| known.key != buyer.key)
            {
                buyers.push(buyer);
            }
        }
        for row in rows {
            if row.record.kind == RecordKind::Customer
                && buyers.iter().all(|known| known.key != row.record.id)
            {
                buyers.extend(self.profile_of(row).await?);
            }
        }
        Ok(buyers)
    }

    /// Whose order it is; nobody's where it is held for something else by now.
    async fn buyer_of(&self, row: &RecordRow) -> Result<Option<Buyer>, Problem> {
        let shop = self.engine.shop_info().await?;
        let catalogue = self.engine.catalogue().await?;
        let settings = self.engine.settings()?;
        let linked = self.engine.linked_items()?;
        let ground = document::Ground {
            shop: &shop,
            settings: &settings,
            catalogue: &catalogue,
            linked: &linked,
        };
        let Some(mirror) = self.engine.store().mirror(&row.record)? else {
            return Ok(None);
        };
        let payload = match self.engine.payload_of(&mirror).await {
            Ok(payload) => payload,
            // The shop has it no more: nobody is asked whose it was.
            Err(problem) if problem.code == Code::OrderGone => return Ok(None),
            Err(problem) => return Err(problem),
        };
        let Ok(order) = self.engine.shop().read(&payload) else {
            return Ok(None);
        };
        let look = booking::first_look(&order, ground, None, self.engine.clock().now());
        let FirstLook::New(document) = look else {
            return Ok(None);
        };
        let name = order.buyer_name().map(str::to_owned);
        let currency = document.draft.currency.clone();
        Ok(Some(Buyer {
            key: document.identity.link_key(&currency),
            identity: document.identity,
            currency,
            name,
        }))
    }

    /// Whose profile it is, where it has no order.
    async fn profile_of(&self, row: &RecordRow) -> Result<Option<Buyer>, Problem> {
        let key = &row.record.id;
        let Some((buyer, currency)) = key.rsplit_once('/') else {
            return Ok(None);
        };
        let Some(id) = buyer.strip_prefix("customer/") else {
            return Ok(None);
        };
        let Some(found) = self.engine.shop().customer(id).await? else {
            return Ok(None);
        };
        // What is not complete is held for that by now.
        let Ok(buyer) = booking::Buyer::of_profile(&found.customer, &found.withheld) else {
            return Ok(None);
        };
        Ok(Some(Buyer {
            key: key.clone(),
            identity: buyer.identity,
            currency: currency.to_owned(),
            name: Some(buyer.name),
        }))
    }

    /// The buyer beside the customers that it may be; nothing where the records are held for something else by now.
    pub(super) async fn which_customer(
        &self,
        rows: &[RecordRow],
    ) -> Result<Option<WhichCustomer>, Problem> {
        let buyers = self.buyers(rows).await?;
        let Some(buyer) = buyers.first() else {
            return Ok(None);
        };
        let ours: Vec<&str> = buyers.iter().map(|buyer| buyer.key.as_str()).collect();
        let customers = self
            .engine
            .customers_like(&buyer.identity, &buyer.currency)
            .await?
            .into_iter()
            .filter(|customer| fits_all(rows, &customer.number))
            .map(|customer| FoundCustomer {
                ours: customer
                    .reference
                    .as_deref()
                    .is_some_and(|reference| ours.contains(&reference)),
                registration: customer.vat_registration.or(customer.corporate_id),
                status: Some(customer.status.as_str().to_owned()),
                number: Some(customer.number),
                name: Some(customer.name),
                email: customer.email,
                currency: customer.currency,
                class: customer.class,
            })
            .collect();
        Ok(Some(WhichCustomer {
            buyer: FoundCustomer {
                name: buyer.name.clone(),
                email: buyer.identity.email.clone(),
                registration: buyer.identity.registration.clone(),
                currency: Some(buyer.currency.clone()),
                ..FoundCustomer::default()
            },
            customers,
        }))
    }
}
