//! The body of `POST` and `PUT /v1/inventory`: `InventoryUpdateDto` with its wrapped values (`facts/visma 6, 9`).

use super::Kind::{Choice, Flag, Integer, List, Number, Object, Text, Wrapped};
use super::{Field, Kind, may};

const TEXT: Kind = Wrapped(&Text(0));
const FLAG: Kind = Wrapped(&Flag);
const NUMBER: Kind = Wrapped(&Number);

/// `InventoryUpdateDto`.
pub(crate) const UPDATE: &[Field] = &[
    may("inventoryNumber", TEXT),
    may(
        "status",
        Wrapped(&Choice(&[
            "Active",
            "NoSales",
            "NoPurchases",
            "NoRequest",
            "Inactive",
            "MarkedForDeletion",
            "Unknown",
        ])),
    ),
    may(
        "type",
        Wrapped(&Choice(&[
            "NonStockItem",
            "LaborItem",
            "ServiceItem",
            "ChargeItem",
            "ExpenseItem",
            "FinishedGoodItem",
            "ComponentPartItem",
            "SubassemblyItem",
        ])),
    ),
    may("description", TEXT),
    may("body", TEXT),
    may("itemClass", TEXT),
    may("postingClass", TEXT),
    may("vatCode", TEXT),
    may("defaultPrice", NUMBER),
    may("baseUnit", TEXT),
    may("salesUnit", TEXT),
    may("purchaseUnit", TEXT),
    may("expenseAccrualAccount", TEXT),
    may("inventoryAccount", TEXT),
    may("expenseAccount", TEXT),
    may("cogsAccount", TEXT),
    may("expenseNonTaxableAccount", TEXT),
    may("expenseEuAccount", TEXT),
    may("expenseImportAccount", TEXT),
    may("expenseSubaccount", SEGMENTS),
    may("cogsSubaccount", SEGMENTS),
    may("salesAccount", TEXT),
    may("salesNonTaxableAccount", TEXT),
    may("salesEuAccount", TEXT),
    may("salesExportAccount", TEXT),
    may("salesSubaccount", SEGMENTS),
    may(
        "attributeLines",
        List(&Object(&[
            may("attributeId", TEXT),
            may("attributeValue", TEXT),
        ])),
    ),
    may(
        "packaging",
        Object(&[
            may("baseItemWeight", NUMBER),
            may("weightUOM", TEXT),
            may("baseItemVolume", NUMBER),
            may("volumeUOM", TEXT),
        ]),
    ),
    may("supplierDetails", List(&Object(SUPPLIER))),
    may(
        "intrastat",
        Object(&[
            may("cN8", TEXT),
            may("countryOfOrigin", TEXT),
            may("supplementaryMeasureUnit", TEXT),
        ]),
    ),
    may("defaultWarehouse", TEXT),
    may("defaultIssueFrom", TEXT),
    may("defaultReceiptTo", TEXT),
    may("kitItem", FLAG),
    may("note", TEXT),
];

const SEGMENTS: Kind = List(&Object(&[
    may("segmentId", Integer),
    may("segmentValue", Text(0)),
]));

const SUPPLIER: &[Field] = &[
    may("operation", Choice(&["Insert", "Update", "Delete"])),
    may("active", FLAG),
    may("default", FLAG),
    may("supplierID", TEXT),
    may("location", TEXT),
    may("purchaseUnit", TEXT),
    may("supplierItemID", TEXT),
    may("override", FLAG),
    may("shipmentLeadTime", Wrapped(&Integer)),
    may("minOrderFreq", Wrapped(&Integer)),
    may("minOrderQty", NUMBER),
    may("maxOrderQty", NUMBER),
    may("lotSize", NUMBER),
    may("eoq", NUMBER),
    may("currencyID", TEXT),
];
