//! New ids and the little randomness that waiting needs come in from outside too, so that a run can be repeated.

use std::fmt::Debug;
use std::sync::atomic::{AtomicU64, Ordering};

use uuid::Uuid;

/// Source of new ids and of jitter.
pub trait Ids: Send + Sync + Debug {
    /// A new id, never given before.
    fn next_id(&self) -> Uuid;
    /// A number for jitter, evenly spread over all of `u64`.
    fn jitter(&self) -> u64;
}

/// Ids for the product: version 7 ids made from time and randomness.
#[derive(Debug, Default)]
pub struct RandomIds;

impl Ids for RandomIds {
    fn next_id(&self) -> Uuid {
        Uuid::now_v7()
    }

    fn jitter(&self) -> u64 {
        Uuid::new_v4().as_u64_pair().0
    }
}

/// Ids that count up from a seed: the same run gives the same ids.
#[derive(Debug)]
pub struct CountingIds {
    next: AtomicU64,
}

impl CountingIds {
    /// Ids that start after `seed`.
    pub fn from_seed(seed: u64) -> Self {
        Self {
            next: AtomicU64::new(seed << 32),
        }
    }
}

impl Ids for CountingIds {
    fn next_id(&self) -> Uuid {
        Uuid::from_u64_pair(
            0x6272_7967_6761_7000,
            self.next.fetch_add(1, Ordering::Relaxed),
        )
    }

    fn jitter(&self) -> u64 {
        // splitmix64 over the counter
        let mut z = self
            .next
            .fetch_add(1, Ordering::Relaxed)
            .wrapping_mul(0x9E37_79B9_7F4A_7C15);
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }
}
