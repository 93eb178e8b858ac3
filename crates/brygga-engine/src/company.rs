//! Which company a database is of. Its tenant id tells, where it is known on both sides; a sign-in does not tell it (`facts/visma` 1), so
//! there a document of ours tells, and the name where nothing is booked. What was learned of one company is forgotten with another.

use brygga_core::booking::life::{Linked, PartKind, PartRef, external as external_of};
use brygga_core::erp::DocumentKind;
use brygga_core::{Code, Problem};
use brygga_store::{Link, RecordRef};
use brygga_visma::Visma;

use crate::already::{ALREADY, SEARCH};
use crate::booked::{CUSTOMER, ORDER, VAT_CONFIRMED};
use crate::connect::{Ground, MET, MET_TENANT};
use crate::follow::SEEN;
use crate::profiles::PROFILES;
use crate::{flow, life};

/// So many of the newest documents are looked for in a company that goes by another name: one alone may have been deleted there.
const LOOKED_FOR: usize = 3;

/// By which grant something is had.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grant {
    /// The merchant's own application, by client credentials.
    Application,
    /// A person who signed in by the browser.
    Person,
}

impl Grant {
    /// The word in problems: `who`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Application => "application",
            Self::Person => "person",
        }
    }
}

/// What is known of a company.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Identity {
    /// Its tenant id.
    pub(crate) tenant: Option<String>,
    /// Its name: that of the main branch. Two companies may have one, and one may get another.
    pub(crate) name: Option<String>,
}

impl Identity {
    /// Is it the same company, as far as both sides tell.
    fn is(&self, other: &Self) -> Option<bool> {
        fn both<'a>(
            one: Option<&'a String>,
            other: Option<&'a String>,
        ) -> Option<(&'a str, &'a str)> {
            one.map(String::as_str).zip(other.map(String::as_str))
        }
        both(self.tenant.as_ref(), other.tenant.as_ref())
            .map(|(ours, theirs)| ours.eq_ignore_ascii_case(theirs))
            .or_else(|| {
                both(self.name.as_ref(), other.name.as_ref()).map(|(ours, theirs)| ours == theirs)
            })
    }

    /// Is it decided by names alone.
    fn by_name(&self, other: &Self) -> bool {
        self.tenant.is_none() || other.tenant.is_none()
    }
}

/// `erp-other-company`, with what tells the two apart.
pub(crate) fn other_company(ours: &Identity, theirs: &Identity, by: Grant) -> Problem {
    let tells = |company: &Identity| match (&company.name, &company.tenant) {
        (Some(name), Some(tenant)) if ours.name == theirs.name => format!("{name} ({tenant})"),
        (Some(name), _) => name.clone(),
        (None, Some(tenant)) => tenant.clone(),
        (None, None) => String::new(),
    };
    Problem::new(Code::ErpOtherCompany)
        .with("ours", tells(ours))
        .with("theirs", tells(theirs))
        .with("who", by.as_str())
}

impl Ground {
    /// The company that was met last.
    pub(crate) fn met(&self) -> Result<Identity, Problem> {
        let tenant = match self.read(MET_TENANT)? {
            Some(tenant) => Some(tenant),
            None => self.company()?.map(|service| service.tenant_id),
        };
        Ok(Identity {
            tenant,
            name: self.company_name()?,
        })
    }

    /// Keeps which company this database is of. Is it another than before: then what was learned of that one is forgotten.
    ///
    /// `erp-other-company` if something is booked in the other one.
    pub(crate) fn meet(
        &self,
        theirs: &Identity,
        by: Grant,
        ours_are_there: bool,
    ) -> Result<bool, Problem> {
        let ours = self.met()?;
        let same = match ours.is(theirs) {
            Some(false) if ours.by_name(theirs) && ours_are_there => Some(true),
            told => told,
        };
        let other = same == Some(false);
        if other && self.is_booked()? {
            return Err(other_company(&ours, theirs, by));
        }
        if let Some(name) = &theirs.name {
            self.put(MET, name)?;
        } else if other {
            self.clear(MET)?;
        }
        if let Some(tenant) = &theirs.tenant {
            self.put(MET_TENANT, tenant)?;
        } else if other {
            self.clear(MET_TENANT)?;
        }
        if other {
            self.forget_company()?;
        }
        Ok(other)
    }

    /// Is a document of ours in the company: an order, or a payout that was booked by its own flow.
    fn is_booked(&self) -> Result<bool, Problem> {
        Ok(!self.store.links(ORDER)?.is_empty() || !self.store.links(flow::PAYOUT)?.is_empty())
    }

    /// Are documents of ours in the company that `visma` opens: a company that got another name is the same one. Asked only where a name
    /// is all that is known and it is another; one of the newest is enough.
    pub(crate) async fn has_ours(&self, visma: &Visma, theirs: &Identity) -> Result<bool, Problem> {
        let ours = self.met()?;
        if ours.is(theirs) != Some(false) || !ours.by_name(theirs) {
            return Ok(false);
        }
        let invoices = life::links::kind(PartKind::Invoice, Linked::Invoice);
        for link in newest(self.store.links(&invoices)?) {
            let found = visma.document(&DocumentKind::Invoice, &link.erp_id).await?;
            // `externalReference` names the part: nobody else's invoice does.
            let part = PartRef {
                kind: PartKind::Invoice,
                id: link.shop_id,
            };
            let external = found.and_then(|document| document.external);
            if external.as_deref() == Some(external_of(&part).as_str()) {
                return Ok(true);
            }
        }
        if visma.opens_sales_orders() {
            for link in newest(self.store.links(ORDER)?) {
                if !visma.find_orders(&link.shop_id).await?.is_empty() {
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }

    /// Forgets what was learned of a company in which nothing is booked: which customer is which, what others booked there, what was read
    /// of items, prices and stock, and how far.
    fn forget_company(&self) -> Result<(), Problem> {
        let mut gone = Vec::new();
        for link in self.store.links(ALREADY)? {
            let record = RecordRef::order(&link.shop_id);
            if let Some(mut row) = self.store.record(&record)? {
                // The number of a document in the other company.
                row.erp_number = None;
                self.store.put_record(&row)?;
            }
            self.store.mark_retry(&[record])?;
            self.store.wake_parts(&link.shop_id)?;
        }
        // A profile becomes a customer of the other company anew.
        let customers = self.store.links(CUSTOMER)?.into_iter();
        let customers: Vec<RecordRef> = customers
            .map(|link| RecordRef::customer(link.shop_id))
            .collect();
        self.store.mark_retry(&customers)?;
        let kinds = [ALREADY, SEARCH, CUSTOMER, SEEN, VAT_CONFIRMED];
        for kind in kinds
            .iter()
            .chain(flow::OF_THE_COMPANY)
            .chain(life::OF_THE_COMPANY)
        {
            let links = self.store.links(kind)?;
            gone.extend(links.into_iter().map(|link| (link.kind, link.shop_id)));
        }
        self.store.put_links(&[], &gone)?;
        self.store.forget_cursor(PROFILES)?;
        for cursor in flow::READ_OF_THE_COMPANY
            .iter()
            .chain(life::READ_OF_THE_COMPANY)
        {
            self.store.forget_cursor(cursor)?;
        }
        Ok(())
    }
}

fn newest(mut links: Vec<Link>) -> impl Iterator<Item = Link> {
    links.retain(|link| !link.erp_id.is_empty());
    links.sort_by_key(|link| std::cmp::Reverse(link.made_at));
    links.into_iter().take(LOOKED_FOR)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn company(tenant: Option<&str>, name: Option<&str>) -> Identity {
        Identity {
            tenant: tenant.map(str::to_owned),
            name: name.map(str::to_owned),
        }
    }

    #[test]
    fn an_id_tells_before_a_name() {
        let ours = company(Some("ab-1"), Some("Fjord AS"));
        for (theirs, same) in [
            (company(Some("AB-1"), Some("Fjord ASA")), Some(true)),
            (company(Some("ab-2"), Some("Fjord AS")), Some(false)),
            (company(None, Some("Fjord AS")), Some(true)),
            (company(None, Some("Fjell AS")), Some(false)),
            (company(Some("ab-1"), None), Some(true)),
            (company(None, None), None),
        ] {
            assert_eq!(ours.is(&theirs), same, "{theirs:?}");
        }
    }

    #[test]
    fn two_of_one_name_are_told_apart_by_their_ids() {
        let problem = other_company(
            &company(Some("1"), Some("Fjord AS")),
            &company(Some("2"), Some("Fjord AS")),
            Grant::Application,
        );
        assert_eq!(problem.params["ours"], "Fjord AS (1)");
        assert_eq!(problem.params["theirs"], "Fjord AS (2)");
        assert_eq!(problem.params["who"], "application");
    }
}
