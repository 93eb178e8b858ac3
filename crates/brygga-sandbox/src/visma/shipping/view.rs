//! How a shipment comes back: `ShipmentDto`, v3's `SalesOrderShipmentDto`, and the control page's.

use base64::Engine as _;
use rust_decimal::Decimal;
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::{Package, Shipment, ShipmentLine};
use crate::visma::amounts::number;
use crate::visma::data::text_of;
use crate::visma::erp::answer::{self, Since};
use crate::visma::exchange::{Call, Reply};
use crate::visma::ledger::row_at;
use crate::visma::moment;
use crate::visma::orders::SalesOrder;
use crate::visma::world::World;

/// Not documented; the answer tells it.
const MAX_PAGE: usize = 1000;

/// `timeStamp`.
pub(super) fn stamp(shipment: &Shipment) -> String {
    base64::engine::general_purpose::STANDARD.encode(shipment.version.to_be_bytes())
}

pub(super) fn etag(shipment: &Shipment) -> String {
    format!("\"{}\"", stamp(shipment))
}

pub(super) fn one(world: &World, number: &str) -> Reply {
    match world.shipments.get(number) {
        Some(shipment) => Reply::json(dto(world, shipment).into()).with("etag", etag(shipment)),
        None => answer::not_found(world, "shipment", number),
    }
}

/// The filters of the specification.
pub(super) fn list(world: &World, call: &Call) -> Reply {
    let modified = match Since::read(world, call, "lastModifiedDateTime") {
        Ok(modified) => modified,
        Err(reply) => return reply,
    };
    let dated = match Since::read(world, call, "shipmentDate") {
        Ok(dated) => dated,
        Err(reply) => return reply,
    };
    let until = world.listed_until();
    let rows = world
        .shipments
        .values()
        .filter_map(|shipment| {
            let row = row_at(&shipment.listed, until)?;
            // What became of its invoice since changes no shipment, but shows on it.
            let newest = shipment
                .listed
                .last()
                .is_some_and(|(since, _)| *since <= until);
            Some(if newest {
                (shipment, dto(world, shipment))
            } else {
                (shipment, row.clone())
            })
        })
        .filter(|(shipment, row)| {
            let is = |name: &str, pointer: &str| {
                call.param(name).is_none_or(|wanted| {
                    let mut value = Some(row).and_then(|row| row.get(pointer.split('/').next()?));
                    for part in pointer.split('/').skip(1) {
                        value = value.and_then(|value| value.get(part));
                    }
                    match value {
                        Some(Value::String(text)) => text.eq_ignore_ascii_case(wanted),
                        Some(Value::Number(number)) => number.as_i64() == wanted.parse().ok(),
                        _ => false,
                    }
                })
            };
            is("status", "status")
                && is("shipmentType", "shipmentType")
                && is("customerNumber", "customer/number")
                && is("customerId", "customer/internalId")
                && modified
                    .as_ref()
                    .is_none_or(|since| since.keeps(shipment.modified))
                && dated.as_ref().is_none_or(|since| {
                    moment::parse_local(&moment::local_day(shipment.date))
                        .is_some_and(|at| since.keeps(at))
                })
        })
        .map(|(_, row)| row)
        .collect();
    answer::page(world, call, rows, MAX_PAGE)
}

/// `ShipmentDto` without metadata.
pub(super) fn dto(world: &World, shipment: &Shipment) -> Map<String, Value> {
    let customer = world.customers.get(&shipment.customer);
    let order = world.orders.get(&shipment.order);
    let (order_type, order_number) = &shipment.order;
    let document = shipment.invoiced(world);
    let warehouse = json!({
        "id": shipment.warehouse,
        "description": text_of(&world.data.warehouses, &shipment.warehouse),
    });
    let lines: Vec<Value> = shipment
        .lines
        .iter()
        .map(|line| line_dto(shipment, order, line, &warehouse))
        .collect();
    let part = |pointer: &str| order.and_then(|order| order.part(pointer)).cloned();
    let mut dto = answer::object(json!({
        "timeStamp": stamp(shipment),
        "shipmentNumber": shipment.number,
        "shipmentType": "Issue",
        "status": shipment.word(world),
        "hold": shipment.status == super::Status::Hold,
        "operation": shipment.operation,
        "shipmentDate": moment::local_day(shipment.date),
        "customer": {
            "internalId": customer.map(|customer| customer.internal_id),
            "number": shipment.customer,
            "name": customer.and_then(|customer| customer.text("name")),
        },
        "location": {"countryId": null, "id": "Main", "name": "Hovedadresse"},
        "fromWarehouse": warehouse,
        "currencyId": shipment.currency,
        "shippedQuantity": number(shipment.units()),
        "shippedWeight": 0.0,
        "shippedVolume": 0.0,
        "packages": shipment.packages.len(),
        "packagesWeight": 0.0,
        "packagesVolume": 0.0,
        "controlQuantity": 0.0,
        "deliveryAddress": {
            "overrideAddress": part("shipping/address").is_some(),
            "addressLine1": part("shipping/address/line1"),
            "addressLine2": part("shipping/address/line2"),
            "addressLine3": part("shipping/address/line3"),
            "postalCode": part("shipping/address/postalCode"),
            "city": part("shipping/address/city"),
            "country": {"id": part("shipping/address/countryId"), "name": null},
        },
        "deliveryContact": {
            "overrideContact": part("shipping/contact").is_some(),
            "name": part("shipping/contact/name"),
            "attention": part("shipping/contact/attention"),
            "email": part("shipping/contact/email"),
            "phone1": part("shipping/contact/phone1"),
        },
    }));
    dto.extend(answer::object(json!({
        "residentialDelivery": false,
        "saturdayDelivery": false,
        "useCustomerAccount": false,
        "insurance": false,
        "freightCost": 0.0,
        "freightAmt": 0.0,
        "container": false,
        "shipmentDetailLines": lines,
        "shipmentOrderLines": [{
            "orderType": order_type,
            "orderNbr": order_number,
            "shippedQty": number(shipment.units()),
            "shippedWeight": 0.0,
            "shippedVolume": 0.0,
            "invoiceType": document.map(|(kind, _)| kind.word()),
            "invoiceNbr": document.map(|(_, number)| number),
            "inventoryDocType": shipment.moved.as_ref().map(|_| shipment.operation),
            "inventoryRefNbr": shipment.moved,
            "note": null,
        }],
        "shipVia": shipment.ship_via.as_ref().map(|(id, text)| json!({"id": id, "description": text})),
        "shipmentPackageLines": shipment.packages.iter().map(package_dto).collect::<Vec<_>>(),
        "lastModifiedDateTime": moment::local(shipment.modified),
    })));
    dto.extend(shipment.kept.clone());
    dto
}

/// `PackageDetailLineDto`.
fn package_dto(package: &Package) -> Value {
    json!({
        "lineNumber": package.number,
        "confirmed": false,
        "boxId": package.box_id,
        "type": "Manual",
        "description": package.description,
        "weight": 0.0,
        "uom": null,
        "volume": 0.0,
        "volumeUOM": null,
        "declaredValue": 0.0,
        "coDAmount": 0.0,
        "trackingNumber": package.tracking,
        "customRefNbr1": null,
        "customRefNbr2": null,
    })
}

fn line_dto(
    shipment: &Shipment,
    order: Option<&SalesOrder>,
    line: &ShipmentLine,
    warehouse: &Value,
) -> Value {
    let ordered = order.and_then(|order| {
        order
            .lines
            .iter()
            .find(|ordered| ordered.id == line.order_line)
    });
    let open = ordered.map_or(Decimal::ZERO, |ordered| {
        (ordered.quantity - ordered.shipped).max(Decimal::ZERO)
    });
    json!({
        "lineNumber": line.number,
        "orderType": shipment.order.0,
        "orderNbr": shipment.order.1,
        "inventoryNumber": line.item,
        "freeItem": false,
        "warehouse": warehouse,
        "uom": line.unit,
        "shippedQty": number(line.shipped),
        "orderedQty": number(line.ordered),
        "openQty": number(open),
        "lotSerialNbr": null,
        "reasonCode": null,
        "description": line.description,
        "allocations": [],
        "orderLineNbr": line.order_line,
        "note": line.note,
        "externalLink": line.link,
    })
}

/// v3's `GET .../shipment`: the shipments of one order. Orders that need no shipment have none.
pub(crate) fn of_order(world: &World, order: &SalesOrder) -> Reply {
    let rows: Vec<Value> = world
        .shipments_of(order)
        .map(|shipment| {
            let document = shipment.invoiced(world);
            json!({
                "type": "Issue",
                "id": shipment.number,
                "date": moment::day(shipment.date),
                "quantity": number(shipment.units()),
                "weight": 0.0,
                "volume": 0.0,
                "invoiceType": document.map(|(kind, _)| kind.word()),
                "invoiceId": document.map(|(_, number)| number),
                "inventoryDocumentType": shipment.moved.as_ref().map(|_| shipment.operation),
                "inventoryReferenceId": shipment.moved,
                "status": shipment.word(world),
            })
        })
        .collect();
    Reply::json(rows.into())
}

/// A shipment as the control page shows it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ShipmentSnapshot {
    /// Number.
    pub number: String,
    /// `ShipmentDto.status`.
    pub status: &'static str,
    /// `Issue` or `Receipt`.
    pub operation: &'static str,
    /// Shipment date.
    pub date: chrono::NaiveDate,
    /// Warehouse.
    pub warehouse: String,
    /// Type of the order that it serves.
    pub order_type: String,
    /// Its number.
    pub order_number: String,
    /// Line of the order, item and units.
    pub lines: Vec<(i32, String, Decimal)>,
    /// The invoice or credit note made of it.
    pub invoice: Option<String>,
    /// The document that moved the stock.
    pub stock_document: Option<String>,
    /// Tracking numbers on its boxes.
    pub tracking: Vec<String>,
}

pub(crate) fn snapshots(world: &World) -> Vec<ShipmentSnapshot> {
    world
        .shipments
        .values()
        .map(|shipment| ShipmentSnapshot {
            number: shipment.number.clone(),
            status: shipment.word(world),
            operation: shipment.operation,
            date: shipment.date,
            warehouse: shipment.warehouse.clone(),
            order_type: shipment.order.0.clone(),
            order_number: shipment.order.1.clone(),
            lines: shipment
                .lines
                .iter()
                .map(|line| (line.order_line, line.item.clone(), line.shipped))
                .collect(),
            invoice: shipment.invoiced(world).map(|(_, number)| number.clone()),
            stock_document: shipment.moved.clone(),
            tracking: shipment
                .packages
                .iter()
                .filter_map(|package| package.tracking.clone())
                .collect(),
        })
        .collect()
}
