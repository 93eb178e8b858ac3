//! Bodies of cash transactions and exchange rates, with their wrapped values (`facts/visma 6, 13`).

use super::Kind::{Amount, Choice, Flag, Integer, List, Moment, Object, Text, Wrapped};
use super::{Field, Kind, may};

/// `SegmentUpdateDto`.
pub(crate) const SEGMENT: &[Field] = &[may("segmentId", Integer), may("segmentValue", Text(0))];

/// `CashTransactionDetailUpdateDto`.
pub(crate) const DETAIL: &[Field] = &[
    may("operation", Choice(&["Insert", "Update", "Delete"])),
    may("lineNumber", WHOLE),
    may("branchNumber", TEXT),
    may("inventoryNumber", TEXT),
    may("description", TEXT),
    may("quantity", AMOUNT),
    may("uom", TEXT),
    may("price", AMOUNT),
    may("amount", AMOUNT),
    may("offsetAccount", TEXT),
    may("offsetSubaccount", List(&Object(SEGMENT))),
    may("vatCode", TEXT),
    may("notInvoiceable", FLAG),
    may("project", TEXT),
    may("projectTask", TEXT),
];

/// `CashTransactionTaxDetailUpdateDto`.
pub(crate) const TAX_DETAIL: &[Field] = &[
    may("vatId", TEXT),
    may("taxableAmount", AMOUNT),
    may("vatAmount", AMOUNT),
    may("expenseAmount", AMOUNT),
];

/// `CashTransactionUpdateDto`.
pub(crate) const CASH_TRANSACTION: &[Field] = &[
    may("referenceNumber", TEXT),
    may("hold", FLAG),
    may("tranDate", DAY),
    may("finanacialPeriod", TEXT),
    may("financialPeriod", TEXT),
    may("description", TEXT),
    may("cashAccount", TEXT),
    may("entryType", TEXT),
    may("documentRef", TEXT),
    may("controlTotal", AMOUNT),
    may("vatAmount", AMOUNT),
    may("vatZone", TEXT),
    may(
        "taxCalculationMode",
        Wrapped(&Choice(&["TaxSetting", "Gross", "Net"])),
    ),
    may("overrideNumberSeries", FLAG),
    may("cashTransactionDetails", List(&Object(DETAIL))),
    may("cashTransactionTaxDetails", List(&Object(TAX_DETAIL))),
];

/// `CreateCurrencyRateDto`.
pub(crate) const NEW_RATE: &[Field] = &[
    may("fromCurrencyId", TEXT),
    may("toCurrencyId", TEXT),
    may("rateType", TEXT),
    may("effectiveDate", DAY),
    may("rate", AMOUNT),
    may("multDiv", Wrapped(&Choice(&["Multiply", "Divide"]))),
];

/// `UpdateCurrencyRateDto`.
pub(crate) const CHANGED_RATE: &[Field] = &[
    may("rate", AMOUNT),
    may("multDiv", Wrapped(&Choice(&["Multiply", "Divide"]))),
];

/// `CreateCurrencyRateTypeDto`.
pub(crate) const NEW_RATE_TYPE: &[Field] = &[
    may("id", TEXT),
    may("description", TEXT),
    may("daysEffective", WHOLE),
];

const TEXT: Kind = Wrapped(&Text(0));
const FLAG: Kind = Wrapped(&Flag);
const AMOUNT: Kind = Wrapped(&Amount);
const WHOLE: Kind = Wrapped(&Integer);
const DAY: Kind = Wrapped(&Moment);
