//! The bodies of SalesOrder v3 (spec 1.1.0.1279): `NewSalesOrderCommand`, `PatchSalesOrderCommand` and those of the lines.

use super::Kind::{Between, Email, Flag, Integer, List, Map, Moment, Number, Object, Text};
use super::{Field, Kind, may, must, solid};

/// `NewSalesOrderCommand`.
pub(crate) const NEW_ORDER: &[Field] = &[
    must("type", Text(0)),
    may("orderId", Text(15)),
    may("currencyId", Text(5)),
    may("date", Moment),
    may("requestOn", Moment),
    may("cancelBy", Moment),
    may("description", Text(255)),
    may("status", Text(0)),
    must("customer", Object(NEW_CUSTOMER)),
    may("print", Object(PRINT)),
    may("shipping", Object(NEW_SHIPPING)),
    may("billing", Object(NEW_BILLING)),
    may("financialInformation", Object(FINANCIAL)),
    may("ownerId", Text(0)),
    may("orderLines", List(&NEW_LINE_KIND)),
    may("taxZoneId", Text(0)),
    may("note", Text(2048)),
    may("paymentSettings", Object(PAYMENT)),
    may("useReplacementCostForMarginAndProfit", Flag),
    may("freight", Object(FREIGHT)),
    may("branchId", Text(30)),
    may("originalOrderType", Text(2)),
    may("originalOrderId", Text(15)),
    may("salesPersonId", Text(15)),
    may("projectId", Text(30)),
    may("isRotRutDeductible", Flag),
    may("rotRutDetails", Object(ROT_RUT)),
    solid("overrideNumberSeries", Flag),
    may("customFields", Object(NEW_CUSTOM)),
];

/// `PatchSalesOrderCommand`.
pub(crate) const PATCH_ORDER: &[Field] = &[
    may("date", Moment),
    may("customer", Object(PATCH_CUSTOMER)),
    may("currencyId", Text(5)),
    may("description", Text(255)),
    may("status", Text(0)),
    may("print", Object(PRINT)),
    may("cancelBy", Moment),
    may("shipping", Object(PATCH_SHIPPING)),
    may("billing", Object(PATCH_BILLING)),
    may("ownerId", Text(0)),
    may("salesPersonId", Text(15)),
    may("requestOn", Moment),
    may("financialInformation", Object(FINANCIAL)),
    may("paymentSettings", Object(PAYMENT)),
    may("note", Text(2048)),
    may("taxZoneId", Text(0)),
    may("useReplacementCostForMarginAndProfit", Flag),
    may("freight", Object(FREIGHT)),
    may("branchId", Text(30)),
    may("originalOrderType", Text(2)),
    may("originalOrderId", Text(15)),
    may("projectId", Text(30)),
    may("isRotRutDeductible", Flag),
    may("rotRutDetails", Object(ROT_RUT)),
    may("customFields", Object(PATCH_CUSTOM)),
];

/// `AddSalesOrderLinesCommand`.
pub(crate) const ADD_LINES: &[Field] = &[may("lines", List(&NEW_LINE_KIND))];

/// `PatchSalesOrderLinesCommand`.
pub(crate) const PATCH_LINES: &[Field] = &[may("lines", List(&Object(PATCH_LINE)))];

const NEW_LINE_KIND: Kind = Object(NEW_LINE);

const NEW_CUSTOMER: &[Field] = &[
    may("id", Text(0)),
    may("contactId", Integer),
    may("order", Text(40)),
    may("refNo", Text(40)),
    may("locationId", Text(0)),
    may("termsId", Text(0)),
    may("gln", Text(0)),
];

const PATCH_CUSTOMER: &[Field] = &[
    may("id", Text(0)),
    may("refNo", Text(40)),
    may("order", Text(40)),
    may("contactId", Integer),
    may("termsId", Text(0)),
    may("locationId", Text(0)),
];

const PRINT: &[Field] = &[
    may("descriptionOnInvoice", Flag),
    may("noteOnInternalDocuments", Flag),
    may("noteOnExternalDocuments", Flag),
];

const NEW_ADDRESS: &[Field] = &[
    may("line1", Text(50)),
    may("line2", Text(50)),
    may("line3", Text(50)),
    may("postalCode", Text(20)),
    may("city", Text(50)),
    may("countryId", Text(2)),
    may("stateId", Text(50)),
];

const PATCH_ADDRESS: &[Field] = &[
    may("line1", Text(50)),
    may("line2", Text(50)),
    may("line3", Text(50)),
    may("postalCode", Text(20)),
    may("city", Text(50)),
    may("stateId", Text(50)),
    may("countryId", Text(2)),
    may("overridesDefault", Flag),
];

const NEW_CONTACT: &[Field] = &[
    may("name", Text(255)),
    may("attention", Text(255)),
    may("phone1", Text(50)),
    may("email", Email(255)),
    may("emails", List(&Text(0))),
];

const PATCH_CONTACT: &[Field] = &[
    may("name", Text(255)),
    may("attention", Text(255)),
    may("phone1", Text(50)),
    may("email", Email(255)),
    may("emails", List(&Text(0))),
    may("overridesDefault", Flag),
];

const NEW_BILLING: &[Field] = &[
    may("contact", Object(NEW_CONTACT)),
    may("address", Object(NEW_ADDRESS)),
];
const PATCH_BILLING: &[Field] = &[
    may("address", Object(PATCH_ADDRESS)),
    may("contact", Object(PATCH_CONTACT)),
];

const NEW_SHIPPING: &[Field] = &[
    may("scheduledDate", Moment),
    may("shipSeparately", Flag),
    may("rule", Text(0)),
    may("address", Object(NEW_ADDRESS)),
    may("contact", Object(NEW_CONTACT)),
    may("preferredWarehouseId", Text(30)),
    may("intrastatTransactionTypeId", Integer),
    may("shipViaId", Text(15)),
    may("residentialDelivery", Flag),
    may("saturdayDelivery", Flag),
    may("insurance", Flag),
    may("priority", Integer),
    may("zoneId", Text(15)),
    may("fobPointId", Text(15)),
    may("termsId", Text(15)),
];

const PATCH_SHIPPING: &[Field] = &[
    may("shipSeparately", Flag),
    may("address", Object(PATCH_ADDRESS)),
    may("contact", Object(PATCH_CONTACT)),
    may("preferredWarehouseId", Text(30)),
    may("rule", Text(0)),
    may("scheduledDate", Moment),
    may("intrastatTransactionTypeId", Integer),
    may("shipViaId", Text(15)),
    may("residentialDelivery", Flag),
    may("saturdayDelivery", Flag),
    may("insurance", Flag),
    may("priority", Integer),
    may("zoneId", Text(0)),
    may("fobPointId", Text(15)),
    may("termsId", Text(15)),
];

const FINANCIAL: &[Field] = &[
    may("invoiceSeparately", Flag),
    may("invoiceDate", Moment),
    may("invoiceId", Text(15)),
    may("postPeriod", Text(6)),
    may("dueDate", Moment),
    may("cashDiscountDate", Moment),
];

const FREIGHT: &[Field] = &[
    may("cost", Number),
    may("premiumAmount", Number),
    may("taxCategoryId", Text(10)),
];

const PAYMENT: &[Field] = &[
    may("paymentMethodId", Text(0)),
    may("cashAccountId", Text(10)),
    may("paymentReference", Text(40)),
];

const ROT_RUT: &[Field] = &[
    may("distributedAutomatically", Flag),
    may("type", Text(0)),
    may("apartment", Text(50)),
    may("estate", Text(50)),
    may("organisationNumber", Text(20)),
    may(
        "distribution",
        List(&Object(&[
            may("personalId", Text(20)),
            may("extra", Flag),
            may("amount", Number),
        ])),
    ),
];

// `NewSalesOrderCustomFieldsDto` has the 100 characters in its texts only, `PatchSalesOrderCustomFieldsDto` as maxLength: one limit for both.
const CUSTOM_TEXT: Kind = Text(100);
const CUSTOM: &[Field] = &[
    may("customStr1", CUSTOM_TEXT),
    may("customStr2", CUSTOM_TEXT),
    may("customStr3", CUSTOM_TEXT),
    may("customStr4", CUSTOM_TEXT),
    may("customStr5", CUSTOM_TEXT),
    may("customDec1", Number),
    may("customDec2", Number),
    may("customInt1", Integer),
    may("customInt2", Integer),
    may("customDateTimeUtc1", Moment),
];
const NEW_CUSTOM: &[Field] = CUSTOM;
const PATCH_CUSTOM: &[Field] = CUSTOM;

/// `NewSalesOrderLineDto`.
const NEW_LINE: &[Field] = &[
    must("inventoryId", Text(0)),
    may("description", Text(256)),
    may("unitOfMeasure", Text(6)),
    may("shippingRule", Text(0)),
    solid("quantity", Number),
    may("unitCost", Number),
    may("unitPrice", Number),
    may("externalLink", Text(255)),
    may("warehouseId", Text(0)),
    may("reasonCode", Text(0)),
    may("taxCategoryId", Text(0)),
    may("undershipThreshold", Between(0, 100)),
    may("overshipThreshold", Between(100, 999)),
    may("shipDate", Moment),
    may("requestDate", Moment),
    may("salesAccountId", Text(10)),
    may("subaccount", Map),
    may("note", Text(2048)),
    may("discountCode", Text(10)),
    may("discountPercent", Between(-100, 100)),
    may("discountAmount", Number),
    may("hasManualDiscount", Flag),
    may("warehouseLocationId", Text(0)),
    may("operation", Text(0)),
    may("hasManualPrice", Flag),
    may("branchId", Text(30)),
    may("commissionable", Flag),
    may("salesPersonId", Text(15)),
    may("purchaseOrderSource", Text(0)),
    may("supplierId", Text(0)),
    may("supplierPrice", Number),
    may("projectTaskId", Text(30)),
    may("isRotRutDeductible", Flag),
    may("sortOrder", Integer),
    may("invoiceLineNumber", Integer),
    may("invoiceNumber", Text(15)),
    may("invoiceType", Text(0)),
    may("customFields", Object(NEW_CUSTOM)),
    may("inventoryAlternateId", Text(0)),
];

/// `PatchSalesOrderLineDto`: no `inventoryId`, since a line's item cannot change.
const PATCH_LINE: &[Field] = &[
    must("lineId", Integer),
    may("reasonCode", Text(0)),
    may("description", Text(256)),
    may("shippingRule", Text(0)),
    may("unitCost", Number),
    may("undershipThreshold", Between(0, 100)),
    may("overshipThreshold", Between(100, 999)),
    may("externalLink", Text(255)),
    may("note", Text(2048)),
    may("salesAccountId", Text(10)),
    may("projectTaskId", Text(30)),
    may("sortOrder", Integer),
    may("shipDate", Moment),
    may("requestDate", Moment),
    may("warehouseLocationId", Text(0)),
    may("warehouseId", Text(0)),
    may("subaccount", Map),
    may("hasManualDiscount", Flag),
    may("discountPercent", Between(-100, 100)),
    may("discountAmount", Number),
    may("taxCategoryId", Text(0)),
    may("discountCode", Text(10)),
    may("quantity", Number),
    may("unitOfMeasure", Text(6)),
    may("unitPrice", Number),
    may("operation", Text(0)),
    may("hasManualPrice", Flag),
    may("branchId", Text(0)),
    may("commissionable", Flag),
    may("salesPersonId", Text(15)),
    may("purchaseOrderSource", Text(0)),
    may("supplierId", Text(0)),
    may("supplierPrice", Number),
    may("completed", Flag),
    may("isRotRutDeductible", Flag),
    may("invoiceLineNumber", Integer),
    may("invoiceNumber", Text(15)),
    may("invoiceType", Text(0)),
    may("customFields", Object(PATCH_CUSTOM)),
    may("inventoryAlternateId", Text(0)),
];
