//! A pair's place among the others of the same program: the name of its secrets, and who else is there.

use std::sync::{Arc, OnceLock};

use brygga_core::{Code, Problem};

/// Name of the secrets of a pair that was made before there could be several; those in memory have it too.
pub(crate) const FIRST: &str = "default";

/// Which shop and which company a pair is of, as far as it is known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Who {
    /// `something.myshopify.com`.
    pub shop: Option<String>,
    /// The company's tenant id; a sign-in does not tell it.
    pub tenant: Option<String>,
    /// Name of the company.
    pub company: Option<String>,
}

impl Who {
    /// Are these the same shop and the same company. Two that sell in one shop, or keep one company, are still two pairs: one of each must
    /// be the same. Where a tenant id is not known on both sides, the company's name tells.
    pub fn is(&self, other: &Self) -> bool {
        let both = |ours: &Option<String>, theirs: &Option<String>| {
            ours.as_ref()
                .zip(theirs.as_ref())
                .map(|(ours, theirs)| ours == theirs)
        };
        both(&self.shop, &other.shop) == Some(true)
            && both(&self.tenant, &other.tenant)
                .or_else(|| both(&self.company, &other.company))
                .unwrap_or(false)
    }
}

/// The other pairs of the same program.
pub trait Others: Send + Sync {
    /// Name of the one that is of this shop and company, if one is.
    fn same(&self, who: &Who) -> Option<String>;
}

/// Where a pair stands.
pub struct Place {
    /// Under which name its secrets are kept.
    pub(crate) secrets: String,
    others: OnceLock<Arc<dyn Others>>,
}

impl Default for Place {
    fn default() -> Self {
        Self::named(FIRST)
    }
}

impl Place {
    /// With this name for its secrets, and alone.
    pub fn named(secrets: impl Into<String>) -> Self {
        Self {
            secrets: secrets.into(),
            others: OnceLock::new(),
        }
    }

    /// Tells of the others. Once: a second time would be a mistake of the host, and the first stays.
    pub fn beside(&self, others: Arc<dyn Others>) {
        let _ = self.others.set(others);
    }

    /// [`Code::PairExists`] if another pair is of this shop and company: both would book the same orders.
    pub(crate) fn alone(&self, who: &Who) -> Result<(), Problem> {
        match self.others.get().and_then(|others| others.same(who)) {
            Some(pair) => Err(Problem::new(Code::PairExists).with("pair", pair)),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn who(shop: &str, tenant: &str, company: &str) -> Who {
        let known = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        Who {
            shop: known(shop),
            tenant: known(tenant),
            company: known(company),
        }
    }

    #[test]
    fn the_same_shop_and_company_are_one_pair_however_much_is_known_of_them() {
        let full = who("a", "1", "Fjord");
        for same in [&full, &who("a", "", "Fjord"), &who("a", "1", "")] {
            assert!(full.is(same) && same.is(&full), "{same:?}");
        }
        // One shop kept by two companies, one company with two shops, two companies of one name, and what is not known yet.
        for other in [
            who("a", "2", "Fjord"),
            who("b", "1", "Fjord"),
            who("a", "", "Fjell"),
            who("a", "", ""),
            who("", "1", "Fjord"),
            Who::default(),
        ] {
            assert!(!full.is(&other) && !other.is(&full), "{other:?}");
        }
        assert!(!Who::default().is(&Who::default()));
    }
}
