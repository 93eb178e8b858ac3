//! Repeatable chance: the same seed throws the same numbers.

/// splitmix64.
#[derive(Debug, Clone)]
pub(super) struct Dice(u64);

impl Dice {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed ^ 0x5EED_0F00_B277_66AA)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// Evenly one of `low..=high`.
    pub(super) fn between(&mut self, low: i64, high: i64) -> i64 {
        let span = u64::try_from(high - low + 1).unwrap_or(1).max(1);
        low + i64::try_from(self.next() % span).unwrap_or(0)
    }

    /// True so many times in a thousand.
    pub(super) fn permille(&mut self, share: i64) -> bool {
        self.between(0, 999) < share
    }

    /// A place in a list of `len`.
    pub(super) fn index(&mut self, len: usize) -> usize {
        let last = i64::try_from(len.max(1)).unwrap_or(1) - 1;
        usize::try_from(self.between(0, last)).unwrap_or(0)
    }

    /// One of `from`, which must not be empty.
    pub(super) fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.index(from.len())]
    }

    /// Puts `cards` in a random order.
    pub(super) fn shuffle<T>(&mut self, cards: &mut [T]) {
        for i in (1..cards.len()).rev() {
            let j = self.index(i + 1);
            cards.swap(i, j);
        }
    }

    /// `n` cards dealt so that each kind has its share (weights in thousandths), then shuffled: also a small shop has its oddities.
    pub(super) fn deck<T: Copy>(&mut self, shares: &[(T, usize)], n: usize) -> Vec<T> {
        let whole: usize = shares.iter().map(|(_, share)| share).sum();
        let mut cards = Vec::with_capacity(n);
        for i in 0..n {
            // The middle of the i-th of n equal strips of the whole.
            let point = (2 * i + 1) * whole;
            let mut sum = 0;
            let card = shares.iter().find(|(_, share)| {
                sum += share;
                point < sum * 2 * n
            });
            if let Some((card, _)) = card.or(shares.last()) {
                cards.push(*card);
            }
        }
        self.shuffle(&mut cards);
        cards
    }
}
