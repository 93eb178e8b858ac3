//! What one can let happen in the practice shop: done through its control, as people there would.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use brygga_api::contract::{Play, PlayedOrder, PracticePlayed, RecordKey};
use brygga_api::{Playground, Playing};
use brygga_core::clock::JumpClock;
use brygga_core::{Clock, Code, Problem};
use brygga_sandbox::Hands;
use brygga_sandbox::faults::{Fault, FaultRule, Side};
use brygga_sandbox::shopify::ShopChange;
use chrono::{SecondsFormat, TimeDelta};
use serde_json::Value;

use crate::clock::FastClock;

/// What is bought: things of several prices, all at the standard rate, that the practice company has as items.
const WARES: [&str; 6] = [
    "FF-SOCK-40",
    "FF-TORCH",
    "FF-MUG-WHITE",
    "FF-TARP-33",
    "FF-STICK",
    "FF-THERM-075",
];
/// Sales on a day on which the seeded month has none.
const OF_A_QUIET_DAY: u32 = 3;

/// A practice clock that can leave time out.
pub trait Skip: Clock {
    /// So much time passes at once.
    fn skip(&self, by: TimeDelta);
}

impl Skip for FastClock {
    fn skip(&self, by: TimeDelta) {
        Self::skip(self, by);
    }
}

impl Skip for JumpClock {
    fn skip(&self, by: TimeDelta) {
        self.set(self.now() + by);
    }
}

/// The people of a practice shop.
pub struct PracticePeople {
    hands: Hands,
    clock: Arc<dyn Skip>,
    /// Each sale is of the next thing.
    sold: AtomicUsize,
}

impl fmt::Debug for PracticePeople {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PracticePeople").finish_non_exhaustive()
    }
}

impl PracticePeople {
    /// People on a pair with this clock.
    pub fn new(hands: Hands, clock: Arc<dyn Skip>) -> Arc<Self> {
        Arc::new(Self {
            hands,
            clock,
            sold: AtomicUsize::new(0),
        })
    }

    fn ware(&self) -> &'static str {
        WARES[self.sold.fetch_add(1, Ordering::SeqCst) % WARES.len()]
    }

    fn act(&self, change: &ShopChange) -> Result<String, Problem> {
        self.hands
            .act(change)
            .map_err(|reason| Problem::new(Code::Internal).with("detail", reason))
    }

    fn sell(&self) -> Result<String, Problem> {
        self.act(&ShopChange::Sell {
            sku: self.ware().into(),
            quantity: 1,
        })
    }

    /// With the newest order on which it is plain; where there is none, somebody has bought before.
    fn with_order(&self, change: impl Fn(Option<String>) -> ShopChange) -> Result<String, Problem> {
        if let Ok(order) = self.hands.act(&change(None)) {
            return Ok(order);
        }
        let order = self.sell()?;
        self.act(&ShopChange::Fulfil {
            order: order.clone(),
            lines: Vec::new(),
            tracking: Vec::new(),
        })?;
        self.act(&change(Some(order)))
    }

    /// The order, and what of it this is about: the first line, or the last.
    fn told(&self, gid: &str, last: bool) -> Result<PlayedOrder, Problem> {
        let gone = || Problem::new(Code::OrderGone).with("order", gid);
        let order = self.hands.order(gid).ok_or_else(gone)?;
        let lines = order["lineItems"].as_array().ok_or_else(gone)?;
        let back = lines.iter().find(|line| line["currentQuantity"] == 0);
        let line = if last {
            lines.last()
        } else {
            back.or(lines.first())
        };
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        Ok(PlayedOrder {
            record: RecordKey {
                kind: "order".into(),
                id: text(&order["legacyResourceId"]),
            },
            name: text(&order["name"]),
            what: line.map(|line| text(&line["title"])).unwrap_or_default(),
        })
    }

    fn happen(&self, play: Play) -> Result<PracticePlayed, Problem> {
        let mut orders = 0;
        let order = match play {
            Play::Sale => Some(self.told(&self.sell()?, false)?),
            Play::Refund => {
                let order = self.with_order(|order| ShopChange::Refund { order })?;
                Some(self.told(&order, false)?)
            }
            Play::Exchange => {
                let sku = self.ware();
                let order = self.with_order(|order| ShopChange::Exchange {
                    order,
                    sku: sku.into(),
                })?;
                Some(self.told(&order, true)?)
            }
            Play::Day => {
                let from = self.clock.now();
                self.clock.skip(TimeDelta::days(1));
                let found = self.hands.orders_between(from, from + TimeDelta::days(1));
                orders = u32::try_from(found).unwrap_or(u32::MAX);
                if orders == 0 {
                    for _ in 0..OF_A_QUIET_DAY {
                        self.sell()?;
                    }
                    orders = OF_A_QUIET_DAY;
                }
                None
            }
            Play::Crash => {
                let order = self.told(&self.sell()?, false)?;
                // Visma.net takes the order, and the connection is cut before its answer has come: only this order's.
                let cut = FaultRule::next(Side::Visma, Fault::Cut { committed: true })
                    .method("POST")
                    .path("/SalesOrders")
                    .about(&format!("\"{}\"", order.name));
                self.hands.faults().add(cut);
                Some(order)
            }
        };
        Ok(PracticePlayed {
            play,
            order,
            orders,
            now: self.clock.now().to_rfc3339_opts(SecondsFormat::Secs, true),
        })
    }
}

impl Playground for PracticePeople {
    fn play(&self, play: Play) -> Playing<'_> {
        Box::pin(async move { self.happen(play) })
    }
}
