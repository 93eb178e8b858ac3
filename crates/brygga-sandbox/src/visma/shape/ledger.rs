//! Bodies of invoices, credit notes and payments, with their wrapped values (`facts/visma 6, 10, 12`).

use super::Kind::{Amount, Choice, Flag, Integer, List, Moment, Object, Text, Wrapped};
use super::{Field, Kind, may};

/// `RotRutDistributionUpdateDto`.
pub(crate) const ROT_RUT_SHARE: &[Field] = &[
    may("operation", Choice(&["Insert", "Update", "Delete"])),
    may("lineNbr", WHOLE),
    may("personalId", TEXT),
    may("amount", AMOUNT),
    may("extra", FLAG),
];

/// `RotRutUpdateDto`.
pub(crate) const ROT_RUT: &[Field] = &[
    may("distributedAutomaticaly", FLAG),
    may("type", Wrapped(&Choice(&["Rut", "Rot"]))),
    may("appartment", TEXT),
    may("estate", TEXT),
    may("organizationNbr", TEXT),
    may("distribution", List(&Object(ROT_RUT_SHARE))),
];

/// `TaxDetailUpdateDto`.
pub(crate) const TAX_DETAIL: &[Field] = &[
    may("taxId", TEXT),
    may("taxableAmount", AMOUNT),
    may("vatAmount", AMOUNT),
];

/// `SegmentUpdateDto`.
pub(crate) const SEGMENT: &[Field] = &[may("segmentId", Integer), may("segmentValue", Text(0))];

/// `CustomerInvoiceLinesUpdateDto`.
pub(crate) const INVOICE_LINE: &[Field] = &[
    may("discountCode", TEXT),
    may("domesticServicesDeductible", FLAG),
    may(
        "itemType",
        Wrapped(&Choice(&["Service", "MaterialCost", "OtherCost"])),
    ),
    may("typeOfWork", TEXT),
    may("taskId", TEXT),
    may("startDate", DAY),
    may("endDate", DAY),
    may("operation", Choice(&["Insert", "Update", "Delete"])),
    may("inventoryNumber", TEXT),
    may("lineNumber", WHOLE),
    may("description", TEXT),
    may("quantity", AMOUNT),
    may("unitPriceInCurrency", AMOUNT),
    may("manualAmountInCurrency", AMOUNT),
    may("accountNumber", TEXT),
    may("vatCodeId", TEXT),
    may("uom", TEXT),
    may("discountPercent", AMOUNT),
    may("discountAmountInCurrency", AMOUNT),
    may("manualDiscount", FLAG),
    may("subaccount", List(&Object(SEGMENT))),
    may("salesperson", TEXT),
    may("deferralSchedule", WHOLE),
    may("deferralCode", TEXT),
    may("termStartDate", DAY),
    may("termEndDate", DAY),
    may("note", TEXT),
    may("branchNumber", TEXT),
];

/// `SalesInvoiceAddressUpdateDto`.
pub(crate) const ADDRESS: &[Field] = &[
    may("overrideAddress", FLAG),
    may("addressLine1", TEXT),
    may("addressLine2", TEXT),
    may("addressLine3", TEXT),
    may("postalCode", TEXT),
    may("city", TEXT),
    may("countryId", TEXT),
    may("county", TEXT),
];

/// `SalesInvoiceContactUpdateDto`.
pub(crate) const CONTACT: &[Field] = &[
    may("overrideContact", FLAG),
    may("name", TEXT),
    may("attention", TEXT),
    may("email", TEXT),
    may("phone1", TEXT),
];

/// `CustomerInvoiceUpdateDto`.
pub(crate) const INVOICE: &[Field] = &[
    may("paymentMethodId", TEXT),
    may("creditTermsId", TEXT),
    may("currencyId", TEXT),
    may("customerRefNumber", TEXT),
    may("cashDiscountDate", DAY),
    may("documentDueDate", DAY),
    may("externalReference", TEXT),
    may("customerProject", TEXT),
    may("exchangeRate", AMOUNT),
    may("domesticServicesDeductibleDocument", FLAG),
    may("rotRutDetails", Object(ROT_RUT)),
    may("paymentReference", TEXT),
    may("contact", WHOLE),
    may("project", TEXT),
    may("taxDetailLines", List(&Object(TAX_DETAIL))),
    may("invoiceLines", List(&Object(INVOICE_LINE))),
    may("sendToAutoInvoice", FLAG),
    may("customerVatZoneId", TEXT),
    may("billingAddress", Wrapped(&Object(ADDRESS))),
    may("invoiceContact", Wrapped(&Object(CONTACT))),
    may("startDate", DAY),
    may("endDate", DAY),
    may("accountingCostRef", TEXT),
    may("originatorDocRef", TEXT),
    may("contractDocRef", TEXT),
    may("revoked", FLAG),
    may("overrideNumberSeries", FLAG),
    may("directDebitMandateId", Wrapped(&Text(36))),
    may("excludeDebtCollection", FLAG),
    may("debtCollectionCaseNbr", TEXT),
    may("debtCollectionCaseStatus", TEXT),
    may("debtCollectionCaseType", TEXT),
    may("debtCollectionCaseUrl", TEXT),
    may("referenceNumber", TEXT),
    may("customerNumber", TEXT),
    may("childCustomerNumber", TEXT),
    may("consolidateInvoices", FLAG),
    may("documentDate", DAY),
    may("origInvoiceDate", DAY),
    may("hold", FLAG),
    may("postPeriod", TEXT),
    may("financialPeriod", TEXT),
    may("invoiceText", TEXT),
    may("locationId", TEXT),
    may("salesPersonID", WHOLE),
    may("salesperson", TEXT),
    may("note", TEXT),
    may("branchNumber", TEXT),
    may("cashAccount", TEXT),
    may("dontPrint", FLAG),
    may("dontEmail", FLAG),
];

/// `CustomerCreditNoteLineUpdateDto`.
pub(crate) const CREDIT_NOTE_LINE: &[Field] = &[
    may("discountCode", TEXT),
    may("taskId", TEXT),
    may("operation", Choice(&["Insert", "Update", "Delete"])),
    may("inventoryNumber", TEXT),
    may("lineNumber", WHOLE),
    may("description", TEXT),
    may("quantity", AMOUNT),
    may("unitPriceInCurrency", AMOUNT),
    may("manualAmountInCurrency", AMOUNT),
    may("accountNumber", TEXT),
    may("vatCodeId", TEXT),
    may("uom", TEXT),
    may("discountPercent", AMOUNT),
    may("discountAmountInCurrency", AMOUNT),
    may("manualDiscount", FLAG),
    may("subaccount", List(&Object(SEGMENT))),
    may("salesperson", TEXT),
    may("deferralSchedule", WHOLE),
    may("deferralCode", TEXT),
    may("termStartDate", DAY),
    may("termEndDate", DAY),
    may("note", TEXT),
    may("branchNumber", TEXT),
];

/// `PaymentLineBaseUpdateDto`.
pub(crate) const APPLICATION_LINE: &[Field] = &[
    may("operation", Choice(&["Insert", "Update", "Delete"])),
    may("documentType", KINDS),
    may("refNbr", TEXT),
    may("amountPaid", AMOUNT),
];

/// `CustomerCreditNoteUpdateDto`.
pub(crate) const CREDIT_NOTE: &[Field] = &[
    may("currencyId", TEXT),
    may("customerRefNumber", TEXT),
    may("externalReference", TEXT),
    may("contact", WHOLE),
    may("project", TEXT),
    may("lines", List(&Object(CREDIT_NOTE_LINE))),
    may("taxDetails", List(&Object(TAX_DETAIL))),
    may("applicationLines", List(&Object(APPLICATION_LINE))),
    may("customerVatZoneId", TEXT),
    may("invoiceAddress", Wrapped(&Object(ADDRESS))),
    may("invoiceContact", Wrapped(&Object(CONTACT))),
    may("overrideNumberSeries", FLAG),
    may("sendToAutoInvoice", FLAG),
    may("referenceNumber", TEXT),
    may("customerNumber", TEXT),
    may("childCustomerNumber", TEXT),
    may("consolidateInvoices", FLAG),
    may("documentDate", DAY),
    may("origInvoiceDate", DAY),
    may("hold", FLAG),
    may("postPeriod", TEXT),
    may("financialPeriod", TEXT),
    may("invoiceText", TEXT),
    may("locationId", TEXT),
    may("salesPersonID", WHOLE),
    may("salesperson", TEXT),
    may("note", TEXT),
    may("branchNumber", TEXT),
    may("cashAccount", TEXT),
    may("dontPrint", FLAG),
    may("dontEmail", FLAG),
    // Since 2026.
    may("exchangeRate", AMOUNT),
];

/// `ReverseInvoiceActionDto`.
pub(crate) const REVERSE_INVOICE: &[Field] = &[may("returnCreditNote", Flag)];

/// `PaymentOrdersLinesUpdateDto`.
pub(crate) const ORDER_LINE: &[Field] = &[
    may("operation", Choice(&["Insert", "Update", "Delete"])),
    may("orderType", TEXT),
    may("orderNumber", TEXT),
    may("appliedToOrder", AMOUNT),
];

/// `PaymentLinesUpdateDto`.
pub(crate) const PAYMENT_LINE: &[Field] = &[
    may("cashDiscountTaken", AMOUNT),
    may("balanceWriteOff", AMOUNT),
    may("writeOffReasonCode", TEXT),
    may("crossRate", AMOUNT),
    may("operation", Choice(&["Insert", "Update", "Delete"])),
    may("documentType", KINDS),
    may("refNbr", TEXT),
    may("amountPaid", AMOUNT),
];

/// `PaymentUpdateDto`.
pub(crate) const PAYMENT: &[Field] = &[
    may("referenceNumber", TEXT),
    may("type", PAYMENT_KINDS),
    may("hold", FLAG),
    may("applicationDate", DAY),
    may("applicationPeriod", TEXT),
    may("paymentRef", TEXT),
    may("customer", TEXT),
    may("location", TEXT),
    may("paymentMethod", TEXT),
    may("cashAccount", TEXT),
    may("currency", TEXT),
    may("paymentAmount", AMOUNT),
    may("invoiceText", TEXT),
    may("branch", TEXT),
    may("overrideNumberSeries", FLAG),
    may("ordersToApply", List(&Object(ORDER_LINE))),
    may("paymentLines", List(&Object(PAYMENT_LINE))),
];

/// `ReleasePaymentActionDto`.
pub(crate) const RELEASE_PAYMENT: &[Field] = &[may("type", PAYMENT_KINDS)];

/// `VoidPaymentActionDto`.
pub(crate) const VOID_PAYMENT: &[Field] = &[
    may(
        "type",
        Choice(&[
            "Payment",
            "CreditNote",
            "Prepayment",
            "Refund",
            "VoidPayment",
            "SmallBalanceWo",
            "VoidRefund",
            "Undefined",
        ]),
    ),
    may("returnVoidPayment", Flag),
];

const TEXT: Kind = Wrapped(&Text(0));
const FLAG: Kind = Wrapped(&Flag);
const AMOUNT: Kind = Wrapped(&Amount);
const WHOLE: Kind = Wrapped(&Integer);
const DAY: Kind = Wrapped(&Moment);
const KINDS: Kind = Wrapped(&Choice(&[
    "Invoice",
    "DebitNote",
    "CreditNote",
    "Payment",
    "VoidPayment",
    "Prepayment",
    "Refund",
    "FinCharge",
    "SmallBalanceWo",
    "SmallCreditWo",
    "CashSale",
    "CashReturn",
    "Undefined",
    "NoUpdate",
]));
const PAYMENT_KINDS: Kind = Wrapped(&Choice(&[
    "Payment",
    "CreditNote",
    "Prepayment",
    "Refund",
    "VoidPayment",
    "SmallBalanceWo",
    "VoidRefund",
    "Undefined",
]));
