//! How the goods leave: whole, in parts, from two places, and not at all.

use chrono::TimeDelta;

use super::life::Telling;
use super::model::Parcel;

impl Telling<'_, '_> {
    fn parcel(&mut self, place: Option<usize>, units: Vec<(usize, i64)>) {
        if units.is_empty() {
            return;
        }
        let id = self.filler.numbers.take();
        self.order.parcels.push(Parcel {
            id,
            at: self.now,
            cancelled: None,
            place,
            units,
        });
    }

    /// Sends so many thousandths of what waits, at least one unit.
    pub(super) fn send(&mut self, share: i64) {
        let waiting: Vec<(usize, i64)> = (0..self.order.lines.len())
            .filter(|&at| !self.order.lines[at].tip)
            .map(|at| (at, self.order.waiting(at)))
            .filter(|(_, units)| *units > 0)
            .collect();
        let mut units: Vec<(usize, i64)> = waiting
            .iter()
            .map(|(at, units)| (*at, units * share.min(1000) / 1000))
            .filter(|(_, units)| *units > 0)
            .collect();
        if let (true, true, Some((at, _))) = (units.is_empty(), waiting.len() > 1, waiting.first())
        {
            units.push((*at, 1));
        }
        // The warehouse sends every tenth parcel.
        let place = usize::from(!self.order.pos && self.filler.dice.permille(100));
        self.parcel(Some(place), units);
    }

    /// Gift cards and nights in the cabin need nobody who packs them.
    pub(super) fn send_by_itself(&mut self) {
        let lines = &self.order.lines;
        let by_itself = |at: &usize| {
            let line = &lines[*at];
            !line.ships && !line.tip && line.grams == 0 && !line.product.is_null()
        };
        let units: Vec<(usize, i64)> = (0..lines.len())
            .filter(by_itself)
            .map(|at| (at, self.order.waiting(at)))
            .filter(|(_, units)| *units > 0)
            .collect();
        if !self.order.pos {
            self.parcel(None, units);
        }
    }

    pub(super) fn shipped(&mut self) {
        self.hours(5, 70);
        self.send(1000);
        self.save();
    }

    /// Several parcels on several days: of many units, or line by line.
    pub(super) fn shipped_in_parts(&mut self, parts: i64) {
        self.more_units(parts);
        for part in 0..parts {
            self.hours(14, 60);
            self.send(1000 / (parts - part));
            self.save();
        }
    }

    /// One parcel from the shop and one from the warehouse, an hour apart.
    pub(super) fn shipped_from_two(&mut self) {
        self.more_units(2);
        self.hours(5, 50);
        for place in [0, 1] {
            let units: Vec<(usize, i64)> = (0..self.order.lines.len())
                .filter(|&at| !self.order.lines[at].tip)
                .map(|at| {
                    let waiting = self.order.waiting(at);
                    (
                        at,
                        if place == 0 {
                            (waiting + 1) / 2
                        } else {
                            waiting
                        },
                    )
                })
                .filter(|(_, units)| *units > 0)
                .collect();
            self.parcel(Some(place), units);
            self.save();
            self.now += TimeDelta::minutes(55);
        }
    }

    /// The parcel was packed, taken back, and packed again.
    pub(super) fn parcel_cancelled(&mut self) {
        self.shipped();
        self.hours(1, 6);
        let now = self.now;
        if let Some(parcel) = self
            .order
            .parcels
            .iter_mut()
            .rev()
            .find(|parcel| parcel.place.is_some())
        {
            parcel.cancelled = Some(now);
        }
        self.save();
        self.hours(10, 40);
        self.send(1000);
        self.save();
    }
}
