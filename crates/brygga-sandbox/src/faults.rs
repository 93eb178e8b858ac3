//! Faults on order: by rule (a test says which request goes wrong and how) or by profile (a seed decides), for both sides alike.
//!
//! A fault with `committed: true` lets the effect happen and loses only the answer: the case that doubles books in a careless connector
//! (`facts/shopify 4.3`).

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};

/// Which of the two practice servers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// The practice Shopify.
    Shopify,
    /// The practice Visma.net (Connect, ERP and SalesOrder alike).
    Visma,
}

impl Side {
    /// The lower-case name, as in file names and JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Shopify => "shopify",
            Self::Visma => "visma",
        }
    }
}

/// What goes wrong with one request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Fault {
    /// HTTP 429 with `Retry-After`.
    TooMany {
        /// Seconds the client is told to wait.
        retry_after_s: u32,
    },
    /// Shopify's THROTTLED: HTTP 200, no data (`facts/shopify 3.5`). At Visma.net the same as [`Fault::TooMany`].
    Throttled,
    /// An HTTP error status.
    Status {
        /// The status, e.g. 503.
        code: u16,
        /// Whether the effect happened all the same.
        committed: bool,
    },
    /// The request is never answered.
    Timeout {
        /// Whether the effect happened all the same.
        committed: bool,
    },
    /// The connection is cut in the middle of the answer.
    Cut {
        /// Whether the effect happened all the same.
        committed: bool,
    },
    /// The right answer, whose body comes late.
    SlowBody {
        /// How late, in real milliseconds.
        millis: u64,
    },
    /// An HTML page instead of JSON; nothing happens.
    Html {
        /// The HTTP status of the page.
        code: u16,
    },
    /// The right answer, cut to half its length but well-formed as HTTP. The effect happened.
    TruncatedJson,
    /// A list that has data answers empty.
    EmptyPage,
    /// A search that sees the world as it was some seconds ago.
    StaleIndex {
        /// How long ago, in seconds.
        seconds: u32,
    },
    /// A page delivers its first record twice. A list of Shopify's only.
    Duplicate,
    /// HTTP 401 once; the access token is dead from now on.
    Unauthorized,
    /// The grant is revoked: the token endpoint refuses too from now on.
    RevokedGrant,
    /// HTTP 412, as if somebody else had changed the record.
    PreconditionFailed,
}

/// One rule: which requests, and what happens to them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FaultRule {
    /// The server.
    pub side: Side,
    /// The HTTP method, e.g. `POST`; any when absent.
    #[serde(default)]
    pub method: Option<String>,
    /// A part of the path; any when absent.
    #[serde(default)]
    pub path_contains: Option<String>,
    /// The GraphQL operation's name or one of its root fields (`orders`, `metafieldsSet`); any when absent.
    #[serde(default)]
    pub operation: Option<String>,
    /// A part of the body, e.g. an order's name; any when absent. At Visma.net only.
    #[serde(default)]
    pub about: Option<String>,
    /// So many matching requests pass first.
    #[serde(default)]
    pub skip: u32,
    /// So many matching requests are hit after that.
    #[serde(default = "once")]
    pub times: u32,
    /// What happens to them.
    pub fault: Fault,
}

fn once() -> u32 {
    1
}

impl FaultRule {
    /// A rule for the next request to `side`; narrow it by setting fields.
    pub fn next(side: Side, fault: Fault) -> Self {
        Self {
            side,
            method: None,
            path_contains: None,
            operation: None,
            about: None,
            skip: 0,
            times: 1,
            fault,
        }
    }

    /// Only requests of this HTTP method.
    pub fn method(mut self, method: &str) -> Self {
        self.method = Some(method.to_owned());
        self
    }

    /// Only requests whose path contains `part`.
    pub fn path(mut self, part: &str) -> Self {
        self.path_contains = Some(part.to_owned());
        self
    }

    /// Only this GraphQL operation or root field.
    pub fn operation(mut self, operation: &str) -> Self {
        self.operation = Some(operation.to_owned());
        self
    }

    /// Only requests whose body contains `part`.
    pub fn about(mut self, part: &str) -> Self {
        self.about = Some(part.to_owned());
        self
    }

    /// Lets `count` matching requests pass first.
    pub fn after(mut self, count: u32) -> Self {
        self.skip = count;
        self
    }

    /// Hits `count` matching requests instead of one.
    pub fn times(mut self, count: u32) -> Self {
        self.times = count;
        self
    }

    fn matches(&self, asked: &Asked<'_>) -> bool {
        let Asked {
            side,
            method,
            path,
            operations,
            body,
        } = *asked;
        self.side == side
            && self
                .about
                .as_deref()
                .is_none_or(|part| String::from_utf8_lossy(body).contains(part))
            && self
                .method
                .as_deref()
                .is_none_or(|wanted| wanted.eq_ignore_ascii_case(method))
            && self
                .path_contains
                .as_deref()
                .is_none_or(|part| path.contains(part))
            && self
                .operation
                .as_deref()
                .is_none_or(|wanted| operations.contains(&wanted))
    }
}

/// A request, as far as a rule looks at it.
#[derive(Clone, Copy)]
struct Asked<'a> {
    side: Side,
    method: &'a str,
    path: &'a str,
    operations: &'a [&'a str],
    body: &'a [u8],
}

/// A fault that happened: for the control page and the tests.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FiredFault {
    /// The server.
    pub side: Side,
    /// The HTTP method.
    pub method: String,
    /// The path.
    pub path: String,
    /// The GraphQL operation, if any.
    pub operation: Option<String>,
    /// What happened.
    pub fault: Fault,
}

/// Never more than so many faults of a profile in a row on one side: a storm, not a dead end.
const MOST_IN_A_ROW: u32 = 2;

#[derive(Debug, Default)]
struct State {
    rules: Vec<FaultRule>,
    storm: Option<Storm>,
    fired: Vec<FiredFault>,
}

#[derive(Debug)]
struct Storm {
    seed: u64,
    per_mille: u64,
    in_a_row: BTreeMap<Side, u32>,
}

/// All faults that are to come, shared by both servers.
#[derive(Debug, Default)]
pub struct Faults {
    state: Mutex<State>,
}

impl Faults {
    /// Faults by these rules, the first that matches wins.
    pub fn new(rules: Vec<FaultRule>) -> Self {
        Self {
            state: Mutex::new(State {
                rules,
                ..State::default()
            }),
        }
    }

    /// Faults by chance: `none`, `rough` (2 % of requests) or `storm` (12 %). The same seed and order of requests give the same faults.
    ///
    /// Returns nothing for a name it does not know. Faults that end a connection for good (revoked grant) and those that would cost real
    /// time (never answered) come only by rule.
    pub fn profile(name: &str, seed: u64) -> Option<Self> {
        let per_mille = match name {
            "none" => return Some(Self::default()),
            "rough" => 20,
            "storm" => 120,
            _ => return None,
        };
        let storm = Storm {
            seed,
            per_mille,
            in_a_row: BTreeMap::new(),
        };
        Some(Self {
            state: Mutex::new(State {
                storm: Some(storm),
                ..State::default()
            }),
        })
    }

    /// The fault for this request, if one is due. `operation` is the GraphQL operation's name.
    pub fn next(
        &self,
        side: Side,
        method: &str,
        path: &str,
        operation: Option<&str>,
    ) -> Option<Fault> {
        self.next_among(side, method, path, operation.as_slice())
    }

    /// As [`Faults::next`], for a request that is known by several names: the operation and its root fields.
    pub fn next_among(
        &self,
        side: Side,
        method: &str,
        path: &str,
        operations: &[&str],
    ) -> Option<Fault> {
        self.next_of(Asked {
            side,
            method,
            path,
            operations,
            body: &[],
        })
    }

    /// The fault for a request with this body to Visma.net, if one is due.
    pub fn next_with(&self, method: &str, path: &str, body: &[u8]) -> Option<Fault> {
        self.next_of(Asked {
            side: Side::Visma,
            method,
            path,
            operations: &[],
            body,
        })
    }

    fn next_of(&self, asked: Asked<'_>) -> Option<Fault> {
        let Asked {
            side,
            method,
            path,
            operations,
            ..
        } = asked;
        let mut state = self.lock();
        let fault = by_rule(&mut state.rules, &asked).or_else(|| {
            state
                .storm
                .as_mut()
                .and_then(|storm| storm.next(side, method))
        })?;
        state.fired.push(FiredFault {
            side,
            method: method.to_owned(),
            path: path.to_owned(),
            operation: operations.first().map(|&name| name.to_owned()),
            fault: fault.clone(),
        });
        Some(fault)
    }

    /// Adds a rule after those that are there.
    pub fn add(&self, rule: FaultRule) {
        self.lock().rules.push(rule);
    }

    /// Begins a profile on a pair that runs; false for a name that is not known.
    pub fn begin(&self, profile: &str, seed: u64) -> bool {
        let Some(faults) = Self::profile(profile, seed) else {
            return false;
        };
        let storm = faults.lock().storm.take();
        self.lock().storm = storm;
        true
    }

    /// Ends all rules and the profile; what has fired stays on record.
    pub fn clear(&self) {
        let mut state = self.lock();
        state.rules.clear();
        state.storm = None;
    }

    /// All faults that happened, in their order.
    pub fn fired(&self) -> Vec<FiredFault> {
        self.lock().fired.clone()
    }

    /// The rules that have not run out.
    pub fn rules(&self) -> Vec<FaultRule> {
        self.lock().rules.clone()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn by_rule(rules: &mut Vec<FaultRule>, asked: &Asked<'_>) -> Option<Fault> {
    let mut found = None;
    for (index, rule) in rules.iter_mut().enumerate() {
        if !rule.matches(asked) {
            continue;
        }
        if rule.skip > 0 {
            rule.skip -= 1;
            continue;
        }
        rule.times = rule.times.saturating_sub(1);
        found = Some((index, rule.fault.clone(), rule.times == 0));
        break;
    }
    let (index, fault, spent) = found?;
    if spent {
        rules.remove(index);
    }
    Some(fault)
}

impl Storm {
    fn next(&mut self, side: Side, method: &str) -> Option<Fault> {
        let in_a_row = self.in_a_row.get(&side).copied().unwrap_or(0);
        let roll = self.roll();
        if roll % 1000 >= self.per_mille || in_a_row >= MOST_IN_A_ROW {
            self.in_a_row.insert(side, 0);
            return None;
        }
        self.in_a_row.insert(side, in_a_row + 1);
        let committed = (roll >> 20) & 1 == 1;
        // The list the seed chooses from: what each side can do to a client, without what only rules may order.
        let common = [
            Fault::TooMany { retry_after_s: 2 },
            Fault::Status {
                code: 500,
                committed,
            },
            Fault::Status {
                code: 502,
                committed,
            },
            Fault::Status {
                code: 503,
                committed,
            },
            Fault::Cut { committed },
            Fault::SlowBody { millis: 5 },
            Fault::Html { code: 502 },
            Fault::TruncatedJson,
            Fault::Unauthorized,
        ];
        let own = match side {
            Side::Shopify => vec![
                Fault::Throttled,
                Fault::StaleIndex { seconds: 30 },
                Fault::EmptyPage,
                Fault::Duplicate,
            ],
            Side::Visma if method.eq_ignore_ascii_case("PATCH") => vec![Fault::PreconditionFailed],
            Side::Visma => Vec::new(),
        };
        let choice = usize::try_from((roll >> 32) % (common.len() + own.len()) as u64).unwrap_or(0);
        common.into_iter().chain(own).nth(choice)
    }

    /// splitmix64.
    fn roll(&mut self) -> u64 {
        self.seed = self.seed.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.seed;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_skips_then_hits_then_ends() {
        let faults = Faults::new(vec![
            FaultRule::next(
                Side::Visma,
                Fault::Status {
                    code: 503,
                    committed: true,
                },
            )
            .method("post")
            .path("/SalesOrders")
            .after(1)
            .times(2),
        ]);
        let ask = |method: &str| {
            faults
                .next(Side::Visma, method, "/api/v3/SalesOrders", None)
                .is_some()
        };
        assert_eq!(
            [
                ask("GET"),
                ask("POST"),
                ask("POST"),
                ask("POST"),
                ask("POST")
            ],
            [false, false, true, true, false]
        );
        assert_eq!(faults.fired().len(), 2);
    }

    #[test]
    fn a_rule_by_operation_meets_the_operation_and_its_root_fields() {
        let faults = Faults::new(vec![
            FaultRule::next(Side::Shopify, Fault::Throttled).operation("orders"),
        ]);
        assert_eq!(
            faults.next_among(Side::Shopify, "POST", "/x", &["Customers", "customers"]),
            None
        );
        assert_eq!(
            faults.next_among(Side::Shopify, "POST", "/x", &["OrdersPage", "orders"]),
            Some(Fault::Throttled)
        );
    }

    #[test]
    fn a_profile_repeats_itself_and_never_becomes_a_dead_end() {
        let run = |seed| {
            let faults = Faults::profile("storm", seed).expect("known");
            (0..2000)
                .map(|_| faults.next(Side::Visma, "GET", "/", None))
                .collect::<Vec<_>>()
        };
        let first = run(7);
        assert_eq!(first, run(7));
        assert_ne!(first, run(8));
        let hits = first.iter().flatten().count();
        assert!((150..350).contains(&hits), "{hits}");
        assert!(
            first
                .windows(3)
                .all(|three| three.iter().any(Option::is_none))
        );
        assert!(Faults::profile("weather", 1).is_none());
    }
}
