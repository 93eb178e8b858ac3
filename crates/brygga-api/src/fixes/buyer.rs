//! Whose orders a cause is about, and the customers of Visma.net that the buyer may be (`booking-rules` 4: several are a question).

use brygga_core::booking::{self, Document, FirstLook, document};
use brygga_core::shop::Order;
use brygga_core::{Code, Problem};
use brygga_store::{RecordKind, RecordRow};

use crate::api::Api;
use crate::contract::{FoundCustomer, WhichCustomer};

/// A buyer of a held order.
pub(super) struct Buyer {
    /// Name of the link to a customer.
    pub(super) key: String,
    document: Document,
    order: Order,
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
    /// The buyers of these records, each once. A held customer is told by the orders that are held for it.
    pub(super) async fn buyers(&self, rows: &[RecordRow]) -> Result<Vec<Buyer>, Problem> {
        let shop = self.engine.shop_info().await?;
        let catalogue = self.engine.catalogue().await?;
        let settings = self.engine.settings()?;
        let ground = document::Ground {
            shop: &shop,
            settings: &settings,
            catalogue: &catalogue,
        };
        let store = self.engine.store();
        let mut orders: Vec<RecordRow> = Vec::new();
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
        let mut buyers: Vec<Buyer> = Vec::new();
        for row in orders {
            let Some(mirror) = store.mirror(&row.record)? else {
                continue;
            };
            let payload = match self.engine.payload_of(&mirror).await {
                Ok(payload) => payload,
                // The shop has it no more: nobody is asked whose it was.
                Err(problem) if problem.code == Code::OrderGone => continue,
                Err(problem) => return Err(problem),
            };
            let Ok(order) = self.engine.shop().read(&payload) else {
                continue;
            };
            let look = booking::first_look(&order, ground, None, self.engine.clock().now());
            let FirstLook::New(document) = look else {
                continue;
            };
            let key = document.identity.link_key(&document.draft.currency);
            if buyers.iter().all(|known| known.key != key) {
                buyers.push(Buyer {
                    key,
                    document: *document,
                    order,
                });
            }
        }
        Ok(buyers)
    }

    /// The buyer beside the customers that it may be; nothing where the orders are held for something else by now.
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
            .customers_like(&buyer.document)
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
        let address = buyer
            .order
            .billing
            .as_ref()
            .or(buyer.order.shipping_address.as_ref());
        let name = buyer
            .order
            .b2b
            .as_ref()
            .map(|b2b| b2b.company_name.clone())
            .or_else(|| address.and_then(|address| address.name.clone()));
        Ok(Some(WhichCustomer {
            buyer: FoundCustomer {
                name,
                email: buyer.document.identity.email.clone(),
                registration: buyer.document.identity.registration.clone(),
                currency: Some(buyer.document.draft.currency.clone()),
                ..FoundCustomer::default()
            },
            customers,
        }))
    }
}
