//! The VAT table as one order sees it: its scheme, its rows, its VAT ids (`booking-rules` 5).

use std::collections::BTreeSet;

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::basis::{Component, Part};
use super::customer::{Identity, identity};
use super::document::Ground;
use super::gate::VatOfLine;
use super::place::{Buyer, Destination, destination, scheme};
use crate::code::{Code, Problem};
use crate::settings::{GiftCards, Scheme, SpecialItem, VatKey, VatKind, VatRow};
use crate::shop::Order;

/// The VAT table as one order sees it.
pub(super) struct Table<'a> {
    pub(super) ground: Ground<'a>,
    /// Country or territory that the goods leave.
    dispatch: String,
    pub(super) place: Destination,
    pub(super) identity: Identity,
    scheme: Scheme,
    date: NaiveDate,
}

impl<'a> Table<'a> {
    /// The table for the components of a whole order; documents of parts of it are under the same scheme.
    pub(super) fn of(
        order: &Order,
        ground: Ground<'a>,
        components: &[Component],
        tax: Decimal,
        date: NaiveDate,
    ) -> Result<Self, Problem> {
        let named = |problem: Problem| problem.with("order", &order.name);
        let settings = ground.settings;
        let identity = identity(order, settings)?;
        let place = destination(order)?;
        let home = settings
            .dispatch_country
            .as_deref()
            .unwrap_or(&ground.shop.country);
        // What is sold over a counter abroad left from there.
        let dispatch = if place.over_counter {
            place.key()
        } else {
            home
        }
        .to_owned();
        let scheme = if components
            .iter()
            .any(|component| component.part == Part::ChannelTax)
        {
            // Never unasked: the merchant has mapped both where such sales go and where their tax goes.
            let mapped = settings
                .vat
                .iter()
                .any(|row| row.key.scheme == Scheme::Marketplace);
            if !mapped || settings.special_items.channel_tax.is_none() {
                return Err(named(Problem::new(Code::ChannelLiable)));
            }
            Scheme::Marketplace
        } else {
            let buyer = Buyer {
                party: identity.party,
                has_number: identity.registration.is_some(),
            };
            // A rate on goods that cost nothing is VAT charged too.
            let taxed =
                !tax.is_zero() || components.iter().any(|component| !component.rate.is_zero());
            scheme(&dispatch, &place, buyer, taxed, &settings.registrations).map_err(named)?
        };
        Ok(Self {
            ground,
            dispatch,
            place,
            identity,
            scheme,
            date,
        })
    }

    /// The item and VAT category of a rounding line in this zone.
    pub(super) fn rounding(&self, zone: &str) -> Result<(&'a SpecialItem, String), Problem> {
        let special = self
            .ground
            .settings
            .special_items
            .rounding
            .as_ref()
            .ok_or_else(|| Problem::new(Code::SpecialItemUnmapped).with("kind", "rounding"))?;
        Ok((special, self.untaxed(zone)?))
    }

    /// The VAT category of what has no VAT in this zone.
    pub(super) fn untaxed(&self, zone: &str) -> Result<String, Problem> {
        let row = self.other_row()?;
        if row.zone != zone {
            return Err(Problem::new(Code::VatMappingBroken)
                .with("category", &row.category)
                .with("zone", format!("{zone}, {}", row.zone)));
        }
        Ok(row.category.clone())
    }

    /// The one zone of all lines.
    pub(super) fn one_zone(&self, mut zones: BTreeSet<String>) -> Result<String, Problem> {
        match (zones.pop_first(), zones.pop_first()) {
            (Some(zone), None) => Ok(zone),
            // An order without lines still belongs somewhere; the row for other things says where.
            (None, _) => Ok(self.other_row()?.zone.clone()),
            (Some(one), Some(two)) => Err(Problem::new(Code::VatMappingBroken)
                .with("category", "several")
                .with("zone", format!("{one}, {two}"))),
        }
    }

    fn key(&self, rate: Decimal, kind: VatKind) -> VatKey {
        VatKey {
            dispatch: self.dispatch.clone(),
            destination: self.place.key().to_owned(),
            rate: rate.normalize(),
            kind,
            party: self.identity.party,
            scheme: self.scheme,
        }
    }

    fn find(&self, rate: Decimal, kind: VatKind) -> Result<&VatRow, Problem> {
        let key = self.key(rate, kind);
        self.ground.settings.vat_row(&key).ok_or_else(|| {
            Problem::new(Code::VatUnmapped)
                .with("rate", key.rate)
                .with("kind", kind.as_str())
                .with("country", &key.destination)
                .with("dispatch", &key.dispatch)
                .with("party", key.party.as_str())
                .with("scheme", key.scheme.as_str())
        })
    }

    pub(super) fn row(&self, component: &Component, order: &Order) -> Result<&VatRow, Problem> {
        let kind = component.part.vat_kind();
        if component.part == Part::GiftCard {
            let taxed = !component.rate.is_zero();
            let single = self.ground.settings.gift_cards == GiftCards::SinglePurpose;
            if taxed != single {
                return Err(Problem::new(Code::GiftCardUnmapped).with("order", &order.name));
            }
        }
        self.find(component.rate, kind)
    }

    fn other_row(&self) -> Result<&VatRow, Problem> {
        self.find(Decimal::ZERO, VatKind::Other)
    }

    /// The one VAT id of a row, with the rate that Shopify charged.
    pub(super) fn vat_id(&self, row: &VatRow, rate: Decimal) -> Result<Option<VatOfLine>, Problem> {
        let ids = self.ground.catalogue.vat_ids_of(&row.category, &row.zone);
        let id = match ids.as_slice() {
            [] if rate.is_zero() => return Ok(None),
            [id] => id,
            _ => {
                return Err(Problem::new(Code::VatMappingBroken)
                    .with("category", &row.category)
                    .with("zone", &row.zone));
            }
        };
        let percent = if id.reverse {
            Some(Decimal::ZERO)
        } else {
            id.rate_on(self.date)
        };
        match (percent, id.calculation) {
            (Some(percent), Some(calculation)) if percent == rate => Ok(Some(VatOfLine {
                id: id.id.clone(),
                percent: percent.normalize(),
                calculation,
            })),
            (Some(_), None) => Err(Problem::new(Code::VatMappingBroken)
                .with("category", &row.category)
                .with("zone", &row.zone)),
            _ => Err(Problem::new(Code::VatRateUnknown)
                .with("vat_id", &id.id)
                .with("rate", rate.normalize())
                .with("date", self.date)),
        }
    }

    /// No tax where the merchant charges some.
    pub(super) fn refuse_wrong_zero(
        &self,
        order: &Order,
        components: &[Component],
    ) -> Result<(), Problem> {
        let settings = self.ground.settings;
        // A company abroad with a number of its own accounts for the tax itself, and a marketplace pays it: nothing is forgotten.
        if matches!(self.scheme, Scheme::ReverseCharge | Scheme::Marketplace)
            || settings.approved_without_vat.contains(&order.id.0)
            || settings.exempt_buyers.contains(&self.identity.key)
        {
            return Ok(());
        }
        let charged_there = settings.vat.iter().any(|row| {
            row.key.dispatch == self.dispatch
                && row.key.destination == self.place.key()
                && row.key.party == self.identity.party
                && row.key.kind == VatKind::Goods
                && row.key.rate > Decimal::ZERO
        });
        let forgotten = components
            .iter()
            .any(|component| component.untaxed_by_default && component.net > Decimal::ZERO);
        if charged_there && forgotten {
            return Err(Problem::new(Code::TaxZero)
                .with("order", &order.name)
                .with("country", self.place.key()));
        }
        Ok(())
    }
}
