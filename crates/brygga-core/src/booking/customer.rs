//! Which customer of Visma.net an order belongs to (`booking-rules` 4): none is made, one is linked, several are a question.

use serde::{Deserialize, Serialize};

use super::buyer::Buyer;
use crate::code::{Code, Problem};
use crate::digest::pseudonym;
use crate::erp;
use crate::settings::{Party, Settings, Withheld};
use crate::shop::Order;

/// Who the buyer is in the shop. It names the link, and is what a look-up in Visma.net starts from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// `customer/123`, `company/9`, `guest/<pseudonym>`, or `house`.
    pub key: String,
    /// Private or company.
    pub party: Party,
    /// Normalised e-mail, if the buyer has one.
    pub email: Option<String>,
    /// VAT or organisation number of a company.
    pub registration: Option<String>,
}

impl Identity {
    /// The link's name: one customer of Visma.net serves one currency.
    pub fn link_key(&self, currency: &str) -> String {
        format!("{}/{currency}", self.key)
    }
}

/// E-mail as it is compared: trimmed, lower case. Nothing else is folded.
pub fn normal_email(text: &str) -> Option<String> {
    let email = text.trim().to_lowercase();
    (email.contains('@')).then_some(email)
}

/// Who the buyer of an order is.
pub fn identity(order: &Order, settings: &Settings) -> Result<Identity, Problem> {
    let house = |party| Identity {
        key: "house".into(),
        party,
        email: None,
        registration: None,
    };
    let profile_email = order
        .customer
        .as_ref()
        .and_then(|customer| customer.email.as_deref());
    let email = order
        .email
        .as_deref()
        .or(profile_email)
        .and_then(normal_email);
    if let Some(b2b) = &order.b2b {
        let registration = b2b
            .tax_registration_id
            .as_deref()
            .map(|id| id.trim().to_owned())
            .filter(|id| !id.is_empty());
        return Ok(Identity {
            key: format!("company/{}", b2b.company_id),
            party: Party::Company,
            email,
            registration,
        });
    }
    if settings.customers.private_on_house {
        return Ok(house(Party::Private));
    }
    // Data that the shop withholds is no guest: the merchant decides what it becomes.
    if email.is_none() && !order.withheld.is_empty() {
        return match settings.customers.withheld {
            Withheld::Hold => Err(Problem::new(Code::CustomerWithheld).with("order", &order.name)),
            Withheld::HouseCustomer => Ok(house(Party::Private)),
        };
    }
    match (&order.customer, email) {
        (Some(customer), email)
            if email.is_some() || customer.last_name.is_some() || customer.first_name.is_some() =>
        {
            Ok(Identity {
                key: format!("customer/{}", customer.id),
                party: Party::Private,
                email,
                registration: None,
            })
        }
        (_, Some(email)) => Ok(Identity {
            key: format!("guest/{}", pseudonym(&email)),
            party: Party::Private,
            email: Some(email),
            registration: None,
        }),
        (_, None) => Ok(house(Party::Private)),
    }
}

/// What a look-up in Visma.net found.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Candidates {
    /// Customers with this VAT or organisation number.
    pub by_registration: Vec<erp::Customer>,
    /// Customers with exactly this e-mail.
    pub by_email: Vec<erp::Customer>,
}

/// What is to be done about the customer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "customer")]
pub enum CustomerChoice {
    /// Already linked, or a house customer.
    Known {
        /// Customer number.
        number: String,
    },
    /// Found, to be linked.
    Link {
        /// Name of the link.
        key: String,
        /// Customer number.
        number: String,
        /// How it was found: `registration`, `email`, `choice`.
        by: String,
    },
    /// To be made.
    Create {
        /// Name of the link.
        key: String,
        /// The customer.
        draft: Box<erp::CustomerDraft>,
    },
}

/// What is asked of a customer.
#[derive(Debug, Clone, Copy)]
pub struct Wanted<'a> {
    /// Where the sale is taxed, or where a buyer lives of whom there is no sale; `None` where the shop does not say.
    pub place: Option<&'a str>,
    /// ISO currency of the documents.
    pub currency: &'a str,
    /// VAT zone of the document. Without one the class's own counts (`facts/visma` 8): each order names its zone anyway.
    pub vat_zone: Option<&'a str>,
}

/// Decides on the customer of a buyer.
pub fn choose(
    buyer: &Buyer,
    wanted: &Wanted<'_>,
    linked: Option<&str>,
    candidates: &Candidates,
    settings: &Settings,
) -> Result<CustomerChoice, Problem> {
    let identity = &buyer.identity;
    let Wanted {
        place,
        currency,
        vat_zone,
    } = *wanted;
    if identity.key == "house" {
        let place = place.unwrap_or_default();
        return match settings.customers.house_customer(place, currency) {
            Some(number) => Ok(CustomerChoice::Known {
                number: number.to_owned(),
            }),
            None => Err(Problem::new(Code::HouseCustomerMissing)
                .with("order", &buyer.of)
                .with("country", place)
                .with("currency", currency)),
        };
    }
    if let Some(number) = linked {
        return Ok(CustomerChoice::Known {
            number: number.to_owned(),
        });
    }
    let key = identity.link_key(currency);
    if let Some(number) = settings
        .customers
        .chosen
        .get(&key)
        .or_else(|| settings.customers.chosen.get(&identity.key))
    {
        return Ok(CustomerChoice::Link {
            key,
            number: number.clone(),
            by: "choice".into(),
        });
    }
    if let Some(number) = only_one(&candidates.by_registration, "registration", currency)? {
        return Ok(CustomerChoice::Link {
            key,
            number,
            by: "registration".into(),
        });
    }
    // A company with a number of its own is never merged by an e-mail alone when Visma.net has another number there.
    let by_email: Vec<_> = candidates
        .by_email
        .iter()
        .filter(|customer| {
            match (
                &identity.registration,
                customer
                    .vat_registration
                    .as_deref()
                    .or(customer.corporate_id.as_deref()),
            ) {
                (Some(ours), Some(theirs)) if !theirs.is_empty() => ours == theirs,
                _ => true,
            }
        })
        .cloned()
        .collect();
    if settings.customers.match_by_email
        && let Some(number) = only_one(&by_email, "email", currency)?
    {
        return Ok(CustomerChoice::Link {
            key,
            number,
            by: "email".into(),
        });
    }
    let place =
        place.ok_or_else(|| Problem::new(Code::ProfileIncomplete).with("missing", "country"))?;
    let class = settings
        .customers
        .class(place, identity.party)
        .ok_or_else(|| {
            Problem::new(Code::CustomerClassUnmapped)
                .with("country", place)
                .with("kind", identity.party.as_str())
        })?;
    Ok(CustomerChoice::Create {
        key,
        draft: Box::new(buyer.draft(class, currency, vat_zone)),
    })
}

/// The one customer among those found that has the document's currency; several are a question, none is none.
fn only_one(found: &[erp::Customer], by: &str, currency: &str) -> Result<Option<String>, Problem> {
    let mut fit: Vec<_> = found
        .iter()
        .filter(|customer| {
            customer.any_currency == Some(true)
                || customer
                    .currency
                    .as_deref()
                    .is_none_or(|theirs| theirs == currency)
        })
        .collect();
    fit.sort_by(|a, b| a.number.cmp(&b.number));
    fit.dedup_by(|a, b| a.number == b.number);
    match fit.as_slice() {
        [] => Ok(None),
        [one] => match &one.status {
            erp::CustomerStatus::Active
            | erp::CustomerStatus::OneTime
            | erp::CustomerStatus::Other(_) => Ok(Some(one.number.clone())),
            erp::CustomerStatus::OnHold
            | erp::CustomerStatus::CreditHold
            | erp::CustomerStatus::Inactive => Err(Problem::new(Code::CustomerInactive)
                .with("customer", &one.number)
                .with("status", one.status.as_str())),
        },
        several => {
            let numbers: Vec<_> = several
                .iter()
                .map(|customer| customer.number.as_str())
                .collect();
            Err(Problem::new(Code::CustomerAmbiguous)
                .with("count", several.len())
                .with("by", by)
                .with("numbers", numbers.join(", ")))
        }
    }
}
