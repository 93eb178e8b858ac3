//! The bodies of shipments: `CreateShipmentActionDto`, which is plain, and `ShipmentUpdateDto` with its wrapped values (`facts/visma 6`).

use super::Kind::{Choice, Flag, Integer, List, Moment, Number, Object, Text, Wrapped};
use super::{Field, Kind, may, must};

/// `CreateShipmentActionDto`.
pub(crate) const CREATE: &[Field] = &[
    must("orderType", Text(0)),
    may("returnShipmentDto", Flag),
    must("shipmentDate", Moment),
    must("shipmentWarehouse", Text(0)),
    may("operation", Text(0)),
];

/// `ShipmentUpdateDeleteLineDto`.
pub(crate) const DELETE_LINE: &[Field] = &[must("deleteSOLine", FLAG)];

const TEXT: Kind = Wrapped(&Text(0));
const FLAG: Kind = Wrapped(&Flag);
const NUMBER: Kind = Wrapped(&Number);
const INTEGER: Kind = Wrapped(&Integer);
const MOMENT: Kind = Wrapped(&Moment);
const OPERATION: Kind = Choice(&["Insert", "Update", "Delete"]);

/// `ShipmentUpdateDto`.
pub(crate) const UPDATE: &[Field] = &[
    may(
        "shipmentType",
        Wrapped(&Choice(&["Issue", "DropShip", "Transfer"])),
    ),
    may("operation", Wrapped(&Choice(&["Issue", "Receipt"]))),
    may("shipmentDate", MOMENT),
    may("location", TEXT),
    may("customer", TEXT),
    may("owner", TEXT),
    may("hold", FLAG),
    may("fromWarehouse", TEXT),
    may("toWarehouse", TEXT),
    may("controlQuantity", NUMBER),
    may("overrideContact", FLAG),
    may("businessName", TEXT),
    may("attention", TEXT),
    may("phone1", TEXT),
    may("email", TEXT),
    may("overrideAddress", FLAG),
    may("addressLine1", TEXT),
    may("addressLine2", TEXT),
    may("city", TEXT),
    may("country", TEXT),
    may("county", TEXT),
    may("postalCode", TEXT),
    may("shipVia", TEXT),
    may("fobPoint", TEXT),
    may("shippingTerms", TEXT),
    may("shippingZone", TEXT),
    may("residentialDelivery", FLAG),
    may("saturdayDelivery", FLAG),
    may("useCustomerAccount", FLAG),
    may("insurance", FLAG),
    may("freightAmt", NUMBER),
    may("freightCost", NUMBER),
    may("transactionType", INTEGER),
    may(
        "modeOfTrasport",
        Wrapped(&Choice(&[
            "Unknown",
            "BySea",
            "ByRail",
            "ByRoad",
            "ByAeroPlane",
            "ConsignmentsByPosts",
            "FixedInstallations",
            "InlandWaterway",
        ])),
    ),
    may("container", FLAG),
    may("note", TEXT),
    may("shipmentDetailLines", List(&Object(LINE))),
    may("shipmentPackageLines", List(&Object(PACKAGE))),
    may("customStr1", TEXT),
    may("customStr2", TEXT),
    may("customStr3", TEXT),
    may("customStr4", TEXT),
    may("customStr5", TEXT),
    may("customDec1", NUMBER),
    may("customDec2", NUMBER),
    may("customInt1", INTEGER),
    may("customInt2", INTEGER),
    may("customDateTimeUTC1", MOMENT),
];

/// `ShipmentDetailLineUpdateDto`.
const LINE: &[Field] = &[
    may("operation", OPERATION),
    may("lineNumber", INTEGER),
    may("warehouse", TEXT),
    may("location", TEXT),
    may("uom", TEXT),
    may("shippedQty", NUMBER),
    may("lotSerialNbr", TEXT),
    may("expirationDate", MOMENT),
    may("reasonCode", TEXT),
    may("description", TEXT),
    may("note", TEXT),
    may("allocations", List(&Object(ALLOCATION))),
    may("customStr1", TEXT),
    may("customStr2", TEXT),
    may("customStr3", TEXT),
    may("customStr4", TEXT),
    may("customStr5", TEXT),
    may("customDec1", NUMBER),
    may("customDec2", NUMBER),
    may("customInt1", INTEGER),
    may("customInt2", INTEGER),
    may("customDateTimeUTC1", MOMENT),
];

const ALLOCATION: &[Field] = &[
    may("operation", OPERATION),
    may("lineNbr", INTEGER),
    may("location", TEXT),
    may("lotSerialNumber", TEXT),
    may("quantity", NUMBER),
    may("uom", TEXT),
    may("expirationDate", MOMENT),
];

const PACKAGE: &[Field] = &[
    may("operation", OPERATION),
    may("lineNumber", INTEGER),
    may("confirmed", FLAG),
    may("boxId", TEXT),
    may("description", TEXT),
    may("weight", NUMBER),
    may("volume", NUMBER),
    may("declaredValue", NUMBER),
    may("codAmount", NUMBER),
    may("trackingNumber", TEXT),
    may("customRefNbr1", TEXT),
    may("customRefNbr2", TEXT),
];
