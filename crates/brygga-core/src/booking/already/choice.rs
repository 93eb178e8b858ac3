//! What shall become of an order that may be booked already, and which document it is then: one document is of one order.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::{Existing, Found};
use crate::booking::Decision;
use crate::code::{Code, Problem};

/// What shall become of an order that may be booked already.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Choice {
    /// It is booked by the document of this number: nothing is ever sent for it.
    Link(String),
    /// It is left out.
    Skip,
    /// It is booked by us, whatever is there.
    Create,
    /// A person has to decide; until then nothing is sent.
    Ask,
}

/// The same, whichever document it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fate {
    /// [`Choice::Link`].
    Link,
    /// [`Choice::Skip`].
    Skip,
    /// [`Choice::Create`].
    Create,
    /// [`Choice::Ask`].
    Ask,
}

/// How clear it is which document an order is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Match {
    /// One document, and it names the order.
    Named,
    /// One document, by amount, day and customer.
    Likely,
    /// Several, or one that may be another order's.
    Unclear,
}

/// What is remembered of such an order. It is linked to none but one of its documents.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Kept", into = "Kept")]
pub struct Mark {
    choice: Choice,
    /// The documents that were found.
    pub documents: Vec<Existing>,
    /// A document names the order: its id, or its name with the same amount.
    pub certain: bool,
    chosen: bool,
}

/// A mark as it lies in the database.
#[derive(Serialize, Deserialize)]
struct Kept {
    choice: Fate,
    /// Not kept by a program that came before: it linked to the first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    linked: Option<String>,
    documents: Vec<Existing>,
    certain: bool,
    #[serde(default)]
    chosen: bool,
}

impl From<Kept> for Mark {
    fn from(kept: Kept) -> Self {
        let choice = match kept.choice {
            Fate::Skip => Choice::Skip,
            Fate::Create => Choice::Create,
            Fate::Ask => Choice::Ask,
            Fate::Link => {
                let linked = match &kept.linked {
                    Some(number) => kept.documents.iter().find(|one| one.number == *number),
                    None => kept.documents.first(),
                };
                linked.map_or(Choice::Ask, |one| Choice::Link(one.number.clone()))
            }
        };
        Self {
            choice,
            documents: kept.documents,
            certain: kept.certain,
            chosen: kept.chosen,
        }
    }
}

impl From<Mark> for Kept {
    fn from(mark: Mark) -> Self {
        Self {
            choice: mark.choice.fate(),
            linked: match mark.choice {
                Choice::Link(number) => Some(number),
                _ => None,
            },
            documents: mark.documents,
            certain: mark.certain,
            chosen: mark.chosen,
        }
    }
}

impl Choice {
    /// What it comes to.
    pub fn fate(&self) -> Fate {
        match self {
            Self::Link(_) => Fate::Link,
            Self::Skip => Fate::Skip,
            Self::Create => Fate::Create,
            Self::Ask => Fate::Ask,
        }
    }
}

impl Fate {
    /// Its stable name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Link => "link",
            Self::Skip => "skip",
            Self::Create => "create",
            Self::Ask => "ask",
        }
    }
}

impl Mark {
    /// The mark with what is suggested; none where nothing was found.
    pub fn suggested(found: &Found) -> Option<Self> {
        let (choice, documents, certain) = match found {
            Found::Nothing => return None,
            Found::Certain(one) => (Choice::Link(one.number.clone()), vec![one.clone()], true),
            Found::Likely(one) => (Choice::Ask, vec![one.clone()], false),
            Found::Ambiguous(several) => (Choice::Ask, several.clone(), false),
        };
        Some(Self {
            choice,
            documents,
            certain,
            chosen: false,
        })
    }

    /// What shall become of the order.
    pub fn choice(&self) -> &Choice {
        &self.choice
    }

    /// A person chose it; else it is what is suggested.
    pub fn is_chosen(&self) -> bool {
        self.chosen
    }

    /// The document that the order is linked to.
    pub fn linked(&self) -> Option<&Existing> {
        match &self.choice {
            Choice::Link(number) => self.document(number),
            _ => None,
        }
    }

    /// The document of that number, if it was found for the order.
    pub fn document(&self, number: &str) -> Option<&Existing> {
        self.documents.iter().find(|one| one.number == number)
    }

    /// The mark after a person chose for the order of that name: another document than those that were found is refused.
    pub fn choosing(self, choice: Choice, order: &str) -> Result<Self, Problem> {
        if let Choice::Link(number) = &choice
            && self.document(number).is_none()
        {
            return Err(Problem::new(Code::DocumentNotFound)
                .with("order", order)
                .with("document", number));
        }
        Ok(Self {
            choice,
            chosen: true,
            ..self
        })
    }

    /// The suggestion, where the document is another order's by now: a person says whose it is.
    #[must_use]
    pub fn asking(self) -> Self {
        Self {
            choice: Choice::Ask,
            certain: false,
            ..self
        }
    }

    /// The documents that may be this order's, as it stands.
    fn claims(&self) -> impl Iterator<Item = &Existing> {
        let open = match self.choice {
            Choice::Ask => self.documents.as_slice(),
            Choice::Link(_) | Choice::Skip | Choice::Create => &[],
        };
        open.iter().chain(self.linked())
    }
}

/// How clear it is for each of the orders, among all that may be booked already.
pub fn matches<'a>(marks: impl Iterator<Item = &'a Mark> + Clone) -> Vec<Match> {
    let mut claims: BTreeMap<&str, usize> = BTreeMap::new();
    for document in marks.clone().flat_map(Mark::claims) {
        *claims.entry(&document.number).or_default() += 1;
    }
    marks
        .map(|mark| {
            let [one] = mark.documents.as_slice() else {
                return Match::Unclear;
            };
            let own = mark.claims().count();
            let of_others = claims.get(one.number.as_str()).copied().unwrap_or_default() > own;
            match (mark.certain, of_others && mark.linked().is_none()) {
                (_, true) => Match::Unclear,
                (true, false) => Match::Named,
                (false, false) => Match::Likely,
            }
        })
        .collect()
}

/// What one order gets of a choice for all: it is for those that nobody has decided on. To decide later is for those that a person
/// decided on, so that it takes such a choice back. Only a clear match can be linked without looking.
pub fn for_all(mark: &Mark, clear: Match, fate: Fate) -> Option<Choice> {
    let open = mark.choice == Choice::Ask;
    match fate {
        Fate::Ask => (mark.chosen && !open).then_some(Choice::Ask),
        _ if !open => None,
        Fate::Skip => Some(Choice::Skip),
        Fate::Create => Some(Choice::Create),
        Fate::Link => match (clear, mark.documents.as_slice()) {
            (Match::Named | Match::Likely, [one]) => Some(Choice::Link(one.number.clone())),
            _ => None,
        },
    }
}

/// What is decided of an order with a mark; `None` where it goes its usual way. `total` is what the shop says now.
pub fn decision(mark: &Mark, order: &str, total: Decimal, currency: &str) -> Option<Decision> {
    let numbers = || {
        let numbers: Vec<_> = mark
            .documents
            .iter()
            .map(|document| document.number.as_str())
            .collect();
        numbers.join(", ")
    };
    match &mark.choice {
        Choice::Create => None,
        Choice::Skip => Some(Decision::Skipped(
            Problem::new(Code::SkippedByChoice).with("order", order),
        )),
        Choice::Ask => Some(Decision::Held(
            Problem::new(Code::MaybeBooked)
                .with("order", order)
                .with("documents", numbers()),
        )),
        Choice::Link(_) => {
            let document = mark.linked()?;
            let problem = |code| {
                Problem::new(code)
                    .with("order", order)
                    .with("document", &document.number)
            };
            let same = document.total == total
                && document
                    .currency
                    .as_ref()
                    .is_none_or(|theirs| theirs == currency);
            let theirs = document.currency.as_deref().unwrap_or_default();
            let theirs = format!("{} {theirs}", document.total.normalize());
            Some(Decision::Skipped(if same {
                problem(Code::AlreadyBooked)
            } else {
                problem(Code::AlreadyBookedDiffers)
                    .with("ours", format!("{} {currency}", total.normalize()))
                    .with("theirs", theirs.trim_end())
            }))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::booking::already::DocumentIs;

    fn there(number: &str) -> Existing {
        Existing {
            is: DocumentIs::SalesOrder,
            number: number.into(),
            references: Vec::new(),
            text: None,
            total: Decimal::from(450),
            currency: Some("NOK".into()),
            date: None,
            customer: None,
            customer_name: None,
            from_order: None,
        }
    }

    fn link(number: &str) -> Choice {
        Choice::Link(number.into())
    }

    fn guess(numbers: &[&str]) -> Mark {
        let documents = numbers.iter().map(|number| there(number)).collect();
        Mark::suggested(&Found::Ambiguous(documents)).expect("found")
    }

    fn certain(number: &str) -> Mark {
        Mark::suggested(&Found::Certain(there(number))).expect("found")
    }

    fn chosen(mark: Mark, choice: Choice) -> Mark {
        mark.choosing(choice, "#1001").expect("one of them")
    }

    fn decided(mark: &Mark, total: i64) -> (&'static str, Option<String>) {
        match decision(mark, "#1001", Decimal::from(total), "NOK") {
            None => ("usual", None),
            Some(Decision::Skipped(problem) | Decision::Held(problem)) => {
                let document = problem.params.get("document").cloned();
                (problem.code.as_str(), document)
            }
            Some(_) => ("other", None),
        }
    }

    #[test]
    fn what_is_chosen_is_decided() {
        let mark = |choice| chosen(guess(&["SO 1", "SO 2"]), choice);
        let code = |choice, total| decided(&mark(choice), total).0;
        assert_eq!(code(Choice::Create, 450), "usual");
        assert_eq!(code(Choice::Skip, 450), "skipped-by-choice");
        assert_eq!(code(Choice::Ask, 450), "maybe-booked");
        assert_eq!(code(link("SO 1"), 475), "skipped-already-differs");
        for number in ["SO 1", "SO 2"] {
            assert_eq!(
                decided(&mark(link(number)), 450),
                ("skipped-already-booked", Some(number.into()))
            );
        }
        let swedish = Existing {
            currency: Some("SEK".into()),
            ..there("SO 1")
        };
        let mark = Mark::suggested(&Found::Certain(swedish)).expect("found");
        match decision(&mark, "#1001", Decimal::from(450), "NOK") {
            Some(Decision::Skipped(problem)) => {
                assert_eq!(problem.code, Code::AlreadyBookedDiffers);
                assert_eq!(problem.params["theirs"], "450 SEK");
            }
            other => panic!("{other:?}"),
        }
        let nothing = Mark::suggested(&Found::Nothing);
        assert_eq!(nothing, None);
        let likely = Mark::suggested(&Found::Likely(there("SO 1")));
        assert_eq!(likely.map(|mark| mark.choice), Some(Choice::Ask));
    }

    #[test]
    fn another_document_than_those_that_were_found_is_refused() {
        let refused = guess(&["SO 1", "SO 2"]).choosing(link("SO 3"), "#1001");
        let expected = Problem::new(Code::DocumentNotFound)
            .with("order", "#1001")
            .with("document", "SO 3");
        assert_eq!(refused, Err(expected));
    }

    #[test]
    fn the_document_is_kept_and_a_program_that_kept_none_meant_the_first() {
        let mark = chosen(guess(&["SO 1", "SO 2"]), link("SO 2"));
        let mut kept = serde_json::to_value(&mark).expect("JSON");
        assert_eq!(
            (&kept["choice"], &kept["linked"]),
            (&"link".into(), &"SO 2".into())
        );
        assert_eq!(
            serde_json::from_value::<Mark>(kept.clone()).expect("a mark"),
            mark
        );
        kept.as_object_mut().expect("an object").remove("linked");
        let before: Mark = serde_json::from_value(kept.clone()).expect("a mark");
        assert_eq!(before.choice(), &link("SO 1"));
        kept["documents"] = serde_json::json!([]);
        let broken: Mark = serde_json::from_value(kept).expect("a mark");
        assert_eq!(broken.choice(), &Choice::Ask);
    }

    #[test]
    fn a_match_is_clear_where_one_document_can_be_no_other_orders() {
        let of = |marks: &[Mark]| matches(marks.iter());
        assert_eq!(
            of(&[certain("SO 1"), guess(&["SO 2"]), guess(&["SO 3", "SO 4"])]),
            [Match::Named, Match::Likely, Match::Unclear]
        );
        let shared = [guess(&["SO 1"]), guess(&["SO 1"])];
        assert_eq!(of(&shared), [Match::Unclear, Match::Unclear]);
        // Of two it is the other's once that is booked otherwise, and nobody's guess once it is linked.
        let [one, other] = shared;
        assert_eq!(
            of(&[chosen(one.clone(), Choice::Create), other.clone()]),
            [Match::Unclear, Match::Likely]
        );
        assert_eq!(
            of(&[chosen(one, link("SO 1")), other]),
            [Match::Likely, Match::Unclear]
        );
    }

    #[test]
    fn a_choice_for_all_leaves_alone_what_is_decided() {
        let open = guess(&["SO 1"]);
        let several = guess(&["SO 1", "SO 2"]);
        let skipped = chosen(open.clone(), Choice::Skip);
        for (mark, clear, fate, expected) in [
            (&open, Match::Likely, Fate::Link, Some(link("SO 1"))),
            (&open, Match::Unclear, Fate::Link, None),
            (&several, Match::Unclear, Fate::Link, None),
            (&several, Match::Unclear, Fate::Skip, Some(Choice::Skip)),
            (&several, Match::Unclear, Fate::Create, Some(Choice::Create)),
            (&several, Match::Unclear, Fate::Ask, None),
            (&skipped, Match::Likely, Fate::Create, None),
            (&skipped, Match::Likely, Fate::Ask, Some(Choice::Ask)),
            (&certain("SO 1"), Match::Named, Fate::Create, None),
            (&certain("SO 1"), Match::Named, Fate::Ask, None),
        ] {
            assert_eq!(for_all(mark, clear, fate), expected, "{mark:?} {fate:?}");
        }
    }
}
