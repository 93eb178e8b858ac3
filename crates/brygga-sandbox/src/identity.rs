//! Which shop and which company a practice pair is: there can be several on one computer, and they must not be taken for each other.

use crate::practice;

/// Name of the first practice shop's owner, and of its company.
const FIRST: &str = "Fjord & Fjell AS";

/// So far apart are the numbers of two practice shops' records: a month of orders takes less.
const APART: i64 = 1_000_000_000_000;
/// More shops than these would share their numbers.
const SHOPS: u32 = 10_000;

/// Which shop and which company.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// `something.myshopify.com`.
    pub shop_domain: String,
    /// Name of the shop and of the company.
    pub name: String,
    /// Tenant id of the company.
    pub tenant: String,
    /// Which practice pair it is, from 1 on. Shopify gives a number to one record only, whatever shop it is of (`facts/shopify` 7.1: an
    /// order's key is its id), so each shop has numbers of its own for its orders, what belongs to them, and its customers.
    pub number: u32,
}

impl Default for Identity {
    fn default() -> Self {
        Self {
            shop_domain: practice::SHOP_DOMAIN.into(),
            name: FIRST.into(),
            tenant: practice::VISMA_COMPANY_TENANT.into(),
            number: 1,
        }
    }
}

impl Identity {
    /// The practice pair with this number: 1 is the usual one, every other has another shop and another company.
    pub fn numbered(number: u32) -> Self {
        let (domain, name) = match number {
            0 | 1 => return Self::default(),
            2 => ("havn-og-hav".to_owned(), "Havn & Hav AS".to_owned()),
            _ => (
                format!("havn-og-hav-{number}"),
                format!("Havn & Hav {number} AS"),
            ),
        };
        Self {
            shop_domain: format!("{domain}.myshopify.com"),
            name,
            tenant: format!("22222222-3333-4444-5555-{number:012}"),
            number,
        }
    }

    /// What is added to the numbers of this shop's records.
    pub(crate) fn ids_after(&self) -> i64 {
        i64::from(self.number.saturating_sub(1) % SHOPS) * APART
    }
}
