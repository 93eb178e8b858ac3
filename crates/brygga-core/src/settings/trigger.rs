//! When an order is booked (`booking-rules` 3).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{BookingMode, Settings};

/// When an order is booked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Trigger {
    /// As soon as it is there.
    Created,
    /// When it is fully authorised or paid.
    Paid,
    /// When it is fulfilled. In the invoice modes each fulfilment is invoiced as it is sent, and money that comes before is
    /// booked on account.
    Fulfilled,
}

/// Triggers per payment gateway.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Triggers {
    /// For gateways without their own; none was chosen: as suits the booking mode.
    #[serde(with = "by_mode")]
    pub default: Option<Trigger>,
    /// By gateway name as Shopify writes it.
    pub by_gateway: BTreeMap<String, Trigger>,
    /// Minutes after the order before it is booked.
    pub grace_minutes: u32,
}

impl BookingMode {
    /// When orders are booked where nobody chose: a sales document is first issued on delivery, a sales order when it is paid.
    pub fn trigger(self) -> Trigger {
        match self {
            Self::SalesOrder => Trigger::Paid,
            Self::InvoiceOrder | Self::DirectInvoice => Trigger::Fulfilled,
        }
    }
}

impl Settings {
    /// When an order is booked that was paid by this gateway; none for one that nobody has paid for yet.
    pub fn trigger_of(&self, gateway: Option<&str>) -> Trigger {
        gateway
            .and_then(|gateway| self.trigger.by_gateway.get(gateway))
            .copied()
            .or(self.trigger.default)
            .unwrap_or_else(|| self.booking_mode.trigger())
    }
}

/// "Not chosen" has a word in the file, so that it can be told from what was chosen: a file that says `paid` means it in every mode.
mod by_mode {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use super::Trigger;

    #[derive(Serialize, Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum Word {
        ByMode,
        Created,
        Paid,
        Fulfilled,
    }

    #[allow(
        clippy::trivially_copy_pass_by_ref,
        clippy::ref_option,
        reason = "serde gives the field so"
    )]
    pub(super) fn serialize<S: Serializer>(
        chosen: &Option<Trigger>,
        to: S,
    ) -> Result<S::Ok, S::Error> {
        match chosen {
            None => Word::ByMode,
            Some(Trigger::Created) => Word::Created,
            Some(Trigger::Paid) => Word::Paid,
            Some(Trigger::Fulfilled) => Word::Fulfilled,
        }
        .serialize(to)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<Option<Trigger>, D::Error> {
        Ok(match Word::deserialize(from)? {
            Word::ByMode => None,
            Word::Created => Some(Trigger::Created),
            Word::Paid => Some(Trigger::Paid),
            Word::Fulfilled => Some(Trigger::Fulfilled),
        })
    }
}
