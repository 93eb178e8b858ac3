//! A pair's place among the others of the same program: the name of its secrets, and who else is there.

use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use brygga_core::{Code, Problem};

use brygga_visma::Rotation;

use crate::company::{Grant, Identity};
use crate::connect::Ground;

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
    /// be the same. Where a tenant id is not known on both sides, the company's name tells. Addresses and ids are the same in capitals.
    pub fn is(&self, other: &Self) -> bool {
        fn both<'a>(
            ours: Option<&'a String>,
            theirs: Option<&'a String>,
        ) -> Option<(&'a str, &'a str)> {
            ours.map(String::as_str).zip(theirs.map(String::as_str))
        }
        let by_id = |(ours, theirs): (&str, &str)| ours.eq_ignore_ascii_case(theirs);
        both(self.shop.as_ref(), other.shop.as_ref()).is_some_and(by_id)
            && both(self.tenant.as_ref(), other.tenant.as_ref())
                .map(by_id)
                .or_else(|| {
                    both(self.company.as_ref(), other.company.as_ref())
                        .map(|(ours, theirs)| ours == theirs)
                })
                .unwrap_or(false)
    }

    /// What of these is surely not the same: shop or company, ours and theirs. What is not known on both sides tells nothing; a company may
    /// have got another name.
    pub(crate) fn differs<'a>(&'a self, other: &'a Self) -> Option<(&'a str, &'a str)> {
        let both = |ours: &'a Option<String>, theirs: &'a Option<String>| {
            ours.as_deref().zip(theirs.as_deref())
        };
        let other_of = |pair: Option<(&'a str, &'a str)>| {
            pair.filter(|(ours, theirs)| !ours.eq_ignore_ascii_case(theirs))
        };
        let company =
            both(&self.tenant, &other.tenant).or_else(|| both(&self.company, &other.company));
        other_of(both(&self.shop, &other.shop)).or_else(|| other_of(company))
    }
}

/// The other pairs of the same program.
pub trait Others: Send + Sync {
    /// Name of the one that is of this shop and company, if one is.
    fn same(&self, who: &Who) -> Option<String>;

    /// What all of them share, for one of them at a time to ask and to keep what was allowed; none once there are no others.
    fn turn(&self) -> Option<Arc<Mutex<()>>>;
}

/// Where a pair stands.
pub struct Place {
    /// Under which name its secrets are kept.
    pub(crate) secrets: String,
    /// Whatever calls Visma.net for this pair renews the one sign-in in turn.
    pub(crate) rotation: Arc<Rotation>,
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
            rotation: Arc::default(),
            others: OnceLock::new(),
        }
    }

    /// Tells of the others. Once: a second time would be a mistake of the host, and the first stays.
    pub fn beside(&self, others: Arc<dyn Others>) {
        let _ = self.others.set(others);
    }

    /// Are the secrets of both kept under one name.
    pub fn has_secrets_of(&self, other: &Self) -> bool {
        self.secrets == other.secrets
    }

    /// Asks and keeps in one turn: of two that connect the same at once, each would else find the other not connected yet.
    pub(crate) fn in_turn<T>(&self, work: impl FnOnce() -> T) -> T {
        let turn = self.others.get().and_then(|others| others.turn());
        let _alone = turn
            .as_ref()
            .map(|turn| turn.lock().unwrap_or_else(PoisonError::into_inner));
        work()
    }

    /// [`Code::PairExists`] if another pair is of this shop and company: both would book the same orders.
    pub(crate) fn alone(&self, who: &Who) -> Result<(), Problem> {
        match self.others.get().and_then(|others| others.same(who)) {
            Some(pair) => Err(Problem::new(Code::PairExists).with("pair", pair)),
            None => Ok(()),
        }
    }
}

impl Ground {
    /// Which shop and which company this is of, as far as it is connected.
    pub fn who(&self) -> Result<Who, Problem> {
        let met = self.met()?;
        Ok(Who {
            shop: self.shop()?.map(|shop| shop.domain),
            tenant: met.tenant,
            company: met.name,
        })
    }

    /// Keeps which company this database is of, and what `keep` keeps of it; is it another than before. [`Code::PairExists`], and nothing
    /// is kept, if this company, with the shop that is connected, is another pair's; [`Code::ErpOtherCompany`] if something is booked in
    /// another company. `ours_are_there`: documents of ours were seen there, whatever its name is.
    pub(crate) fn alone(
        &self,
        theirs: &Identity,
        by: Grant,
        ours_are_there: bool,
        keep: impl FnOnce() -> Result<(), Problem>,
    ) -> Result<bool, Problem> {
        self.place.in_turn(|| {
            self.place.alone(&Who {
                shop: self.shop()?.map(|shop| shop.domain),
                tenant: theirs.tenant.clone(),
                company: theirs.name.clone(),
            })?;
            let other = self.meet(theirs, by, ours_are_there)?;
            keep()?;
            Ok(other)
        })
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
    fn what_is_not_known_on_both_sides_is_no_difference() {
        let ours = who("a", "1", "Fjord");
        for same in [
            Who::default(),
            who("a", "1", "Fjell"),
            who("A", "", "Fjord"),
            who("", "1", ""),
        ] {
            assert_eq!(ours.differs(&same), None, "{same:?}");
        }
        assert_eq!(ours.differs(&who("b", "1", "")), Some(("a", "b")));
        assert_eq!(ours.differs(&who("a", "2", "Fjord")), Some(("1", "2")));
        assert_eq!(
            ours.differs(&who("a", "", "Fjell")),
            Some(("Fjord", "Fjell"))
        );
    }

    #[test]
    fn the_same_shop_and_company_are_one_pair_however_much_is_known_of_them() {
        let full = who("a", "1", "Fjord");
        for same in [&full, &who("a", "", "Fjord"), &who("a", "1", "")] {
            assert!(full.is(same) && same.is(&full), "{same:?}");
        }
        // Ids are written in capitals here and there; a name in capitals may be another company's.
        let written = who("A", "AB-1", "Fjord");
        assert!(written.is(&who("a", "ab-1", "Fjell")));
        assert!(!written.is(&who("a", "", "FJORD")));
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

    /// Two pairs over one list of what is kept.
    struct Side {
        number: usize,
        kept: Arc<Mutex<Vec<(usize, Who)>>>,
        turn: Arc<Mutex<()>>,
    }

    impl Others for Side {
        fn same(&self, who: &Who) -> Option<String> {
            let kept = self.kept.lock().unwrap();
            let same = kept
                .iter()
                .any(|(number, kept)| *number != self.number && kept.is(who));
            same.then(|| "the other".to_owned())
        }

        fn turn(&self) -> Option<Arc<Mutex<()>>> {
            Some(Arc::clone(&self.turn))
        }
    }

    #[test]
    fn of_two_that_connect_the_same_at_once_one_is_refused() {
        let wanted = who("a", "1", "Fjord");
        for _ in 0..200 {
            let (kept, turn) = (Arc::default(), Arc::default());
            let connect = |number: usize| {
                let kept = Arc::clone(&kept);
                let place = Place::default();
                place.beside(Arc::new(Side {
                    number,
                    kept: Arc::clone(&kept),
                    turn: Arc::clone(&turn),
                }));
                place.in_turn(|| {
                    place.alone(&wanted)?;
                    // The secret is written meanwhile.
                    std::thread::yield_now();
                    kept.lock().unwrap().push((number, wanted.clone()));
                    Ok::<_, Problem>(())
                })
            };
            let (first, second) = std::thread::scope(|scope| {
                let first = scope.spawn(|| connect(1));
                let second = connect(2);
                (first.join().unwrap(), second)
            });
            assert_ne!(first.is_ok(), second.is_ok(), "{first:?} {second:?}");
        }
    }
}
