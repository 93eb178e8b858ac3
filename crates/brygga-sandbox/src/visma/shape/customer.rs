//! The body of `POST` and `PUT /v1/customer`: `CustomerUpdateDto` with its wrapped values (`facts/visma 6, 8`).

use super::Kind::{Choice, Flag, Integer, List, Moment, Number, Object, Text, Wrapped};
use super::{Field, Kind, may, solid};

/// `CustomerUpdateDto`.
pub(crate) const CUSTOMER: &[Field] = &[
    may("number", TEXT),
    may("name", TEXT),
    may(
        "status",
        Wrapped(&Choice(&[
            "Active",
            "OnHold",
            "CreditHold",
            "Inactive",
            "OneTime",
        ])),
    ),
    may("accountReference", TEXT),
    may("numberOfEmployees", Wrapped(&Integer)),
    may("parentRecordNumber", TEXT),
    may("currencyId", TEXT),
    may("creditLimit", Wrapped(&Number)),
    may("creditDaysPastDue", Wrapped(&Integer)),
    solid("overrideWithClassValues", Flag),
    may("customerClassId", TEXT),
    may("creditTermsId", TEXT),
    may("printInvoices", FLAG),
    may("acceptAutoInvoices", FLAG),
    may("sendInvoicesByEmail", FLAG),
    may("sendDunningLettersViaEMail", FLAG),
    may("printDunningLetters", FLAG),
    may("printStatements", FLAG),
    may("sendStatementsByEmail", FLAG),
    may("printMultiCurrencyStatements", FLAG),
    may("invoiceToDefaultLocation", FLAG),
    may("vatRegistrationId", TEXT),
    may("corporateId", TEXT),
    may("vatZoneId", TEXT),
    may("gln", TEXT),
    may("note", TEXT),
    may("mainAddress", ADDRESS),
    may("mainContact", CONTACT),
    may(
        "creditVerification",
        Wrapped(&Choice(&[
            "Disabled",
            "DaysPastDue",
            "CreditLimit",
            "LimitAndDaysPastDue",
        ])),
    ),
    may("invoiceAddress", ADDRESS),
    may("invoiceContact", CONTACT),
    may(
        "statementType",
        Wrapped(&Choice(&["OpenItem", "BalanceBroughtForward"])),
    ),
    may("deliveryAddress", ADDRESS),
    may("deliveryContact", CONTACT),
    may("priceClassId", TEXT),
    may(
        "eInvoiceContract",
        Wrapped(&Object(&[
            may("fInvoiceContractID", TEXT),
            may("fInvoiceIntermediatorID", TEXT),
        ])),
    ),
    may(
        "defaultPaymentMethod",
        Wrapped(&Object(&[
            may("paymentMethodId", TEXT),
            may("isDefault", FLAG),
        ])),
    ),
    may("glAccounts", Wrapped(&Object(GL_ACCOUNTS))),
    may("directDebitLines", List(&Object(DIRECT_DEBIT))),
    may(
        "attributeLines",
        List(&Object(&[
            may("attributeId", TEXT),
            may("attributeValue", TEXT),
        ])),
    ),
    may("overrideNumberSeries", FLAG),
    may("excludeDebtCollection", FLAG),
];

const TEXT: Kind = Wrapped(&Text(0));
const FLAG: Kind = Wrapped(&Flag);
const ADDRESS: Kind = Wrapped(&Object(&[
    may("addressLine1", TEXT),
    may("addressLine2", TEXT),
    may("addressLine3", TEXT),
    may("postalCode", TEXT),
    may("city", TEXT),
    may("countryId", TEXT),
    may("county", TEXT),
]));
const CONTACT: Kind = Wrapped(&Object(&[
    may("name", TEXT),
    may("attention", TEXT),
    may("email", TEXT),
    may("web", TEXT),
    may("phone1", TEXT),
    may("phone2", TEXT),
    may("fax", TEXT),
]));
const SEGMENTS: Kind = List(&Object(&[
    may("segmentId", Integer),
    may("segmentValue", Text(0)),
]));
const GL_ACCOUNTS: &[Field] = &[
    may("customerLedgerAccount", TEXT),
    may("customerLedgerSubaccount", SEGMENTS),
    may("salesAccount", TEXT),
    may("salesNonTaxableAccount", TEXT),
    may("salesEuAccount", TEXT),
    may("salesExportAccount", TEXT),
    may("salesSubaccount", SEGMENTS),
    may("discountAccount", TEXT),
    may("discountSubaccount", SEGMENTS),
    may("freightAccount", TEXT),
    may("freightSubaccount", SEGMENTS),
    may("cashDiscountAccount", TEXT),
    may("cashDiscountSubaccount", SEGMENTS),
    may("prepaymentAccount", TEXT),
    may("prepaymentSubaccount", SEGMENTS),
];
const DIRECT_DEBIT: &[Field] = &[
    may("operation", Choice(&["Insert", "Update", "Delete"])),
    may("id", Text(36)),
    may("mandateId", TEXT),
    may("mandateDescription", TEXT),
    may("dateOfSignature", Wrapped(&Moment)),
    may("isDefault", FLAG),
    may("oneTime", FLAG),
    may("bic", TEXT),
    may("iban", TEXT),
    may("lastCollectionDate", Wrapped(&Moment)),
    may("maxAmount", Wrapped(&Number)),
    may("expirationDate", Wrapped(&Moment)),
    may("branch", TEXT),
];
