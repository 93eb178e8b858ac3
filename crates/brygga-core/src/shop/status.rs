//! Shopify's states. A value that this program does not know never fails a page: it is kept as [`Other`](FinancialStatus::Other).

use serde::{Deserialize, Serialize};

macro_rules! known_or_other {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $text:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[serde(from = "String", into = "String")]
        pub enum $name {
            $($(#[$vdoc])* $variant,)+
            /// A value newer than this program, as the remote wrote it.
            Other(String),
        }
        impl From<String> for $name {
            fn from(text: String) -> Self {
                match text.as_str() { $($text => Self::$variant,)+ _ => Self::Other(text) }
            }
        }
        impl From<$name> for String {
            fn from(value: $name) -> Self { value.as_str().to_owned() }
        }
        impl $name {
            /// The remote's own word.
            pub fn as_str(&self) -> &str {
                match self { $(Self::$variant => $text,)+ Self::Other(text) => text }
            }
        }
    };
}
pub(crate) use known_or_other;

known_or_other! {
    /// `Order.displayFinancialStatus` (`facts/shopify` 7.12).
    FinancialStatus {
        /// The money is reserved, not taken.
        Authorized = "AUTHORIZED",
        /// The reservation ran out.
        Expired = "EXPIRED",
        /// Part of the money came in.
        PartiallyPaid = "PARTIALLY_PAID",
        /// Part of the money went back.
        PartiallyRefunded = "PARTIALLY_REFUNDED",
        /// All money came in.
        Paid = "PAID",
        /// No money yet.
        Pending = "PENDING",
        /// All money went back.
        Refunded = "REFUNDED",
        /// The reservation was let go.
        Voided = "VOIDED",
    }
}
known_or_other! {
    /// `Order.displayFulfillmentStatus`.
    FulfillmentStatus {
        /// Everything was sent.
        Fulfilled = "FULFILLED",
        /// Some was sent.
        PartiallyFulfilled = "PARTIALLY_FULFILLED",
        /// Nothing was sent.
        Unfulfilled = "UNFULFILLED",
        /// Stopped on purpose.
        OnHold = "ON_HOLD",
        /// Being worked on.
        InProgress = "IN_PROGRESS",
        /// Sent is not needed (new in 2026-10).
        NotRequired = "FULFILLMENT_NOT_REQUIRED",
    }
}
known_or_other! {
    /// `OrderTransaction.kind`.
    TransactionKind {
        /// Money in, at once.
        Sale = "SALE",
        /// Money reserved: not money (`booking-rules` 7).
        Authorization = "AUTHORIZATION",
        /// Reserved money taken.
        Capture = "CAPTURE",
        /// Money out.
        Refund = "REFUND",
        /// Reservation let go.
        Void = "VOID",
    }
}
known_or_other! {
    /// `OrderTransaction.status`. Only `Success` counts.
    TransactionStatus {
        /// It happened.
        Success = "SUCCESS",
        /// Not decided yet.
        Pending = "PENDING",
        /// It did not happen.
        Failure = "FAILURE",
        /// It did not happen.
        Error = "ERROR",
    }
}
known_or_other! {
    /// `RefundLineItem.restockType`: what became of refunded units.
    RestockType {
        /// Removed before they were sent.
        Cancel = "CANCEL",
        /// Came back.
        Return = "RETURN",
        /// Stayed away.
        NoRestock = "NO_RESTOCK",
        /// An old form of coming back.
        LegacyRestock = "LEGACY_RESTOCK",
    }
}
