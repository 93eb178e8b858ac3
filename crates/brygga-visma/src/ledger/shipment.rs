//! Shipments and what leads from them to an invoice (`booking-rules` 6, `facts/visma` 7, 16).

use brygga_core::erp::{
    Operation, OrderNumber, Shipment, ShipmentLine, ShipmentNews, ShipmentOrder, ShipmentQuantity,
    ShipmentStatus,
};
use brygga_core::{Code, Problem};
use brygga_http::Method;
use chrono::{NaiveDate, NaiveDateTime};

use super::document::PAGE;
use super::refusal::{About, explain};
use super::wire::shipment as wire;
use crate::call::Call;
use crate::client::Visma;
use crate::config::Api;
use crate::error::{CallError, unexpected};
use crate::paging::Pages;
use crate::sales_order::{at, gone};
use crate::text::{etag, path_value, some};

impl Visma {
    /// Numbers of the shipments of a sales order, cancelled ones left out, each with its invoice where there is one.
    pub async fn shipments_of(
        &self,
        order: &OrderNumber,
    ) -> Result<Vec<(String, Option<String>)>, Problem> {
        let call = at(
            order,
            Method::GET,
            &["shipment"],
            "read the shipments of a sales order",
        );
        let (rows, _) = self
            .read::<Vec<wire::OfOrder>>(call)
            .await?
            .ok_or_else(|| gone(order))?;
        let mut found: Vec<(String, Option<String>)> = Vec::new();
        for row in rows {
            let Some(number) = some(row.id) else { continue };
            if row.status.as_deref() == Some(ShipmentStatus::Cancelled.as_str()) {
                continue;
            }
            let invoice = some(row.invoice_id);
            match found.iter_mut().find(|(known, _)| *known == number) {
                Some((_, known)) => *known = known.take().or(invoice),
                None => found.push((number, invoice)),
            }
        }
        Ok(found)
    }

    /// One shipment, whole. `None` if it is not there.
    pub async fn shipment(&self, number: &str) -> Result<Option<Shipment>, Problem> {
        let call = Call::get(
            Api::Erp,
            &["v1", "shipment", &path_value(number)],
            "read a shipment",
        );
        match self.read::<wire::Shipment>(call).await? {
            Some((row, response)) => read(number, row, response.header("etag")).map(Some),
            None => Ok(None),
        }
    }

    /// Shipments changed at or after `since`, on Visma.net's own wall clock (`facts/visma` 4: the time zone of its timestamps is not
    /// documented, so the caller reads with an overlap).
    pub async fn shipment_news(&self, since: NaiveDateTime) -> Result<Vec<ShipmentNews>, Problem> {
        let mut news = Vec::new();
        let mut pages = Pages::of(PAGE, "list of shipments");
        loop {
            // Both have to be there: the time alone is ignored (`facts/visma` 4).
            let call = Call::get(Api::Erp, &["v1", "shipment"], "find what was shipped")
                .query(
                    "lastModifiedDateTime",
                    since.format("%Y-%m-%d %H:%M:%S").to_string(),
                )
                .query("lastModifiedDateTimeCondition", ">=");
            let rows: Vec<wire::Shipment> = self.erp_page(call, &mut pages).await?;
            let more = pages.after_erp(rows.len(), rows.first().and_then(|row| row.metadata))?;
            news.extend(rows.into_iter().filter_map(of_list));
            if !more {
                return Ok(news);
            }
        }
    }

    /// Makes a shipment of what the order has open. It takes no lines and no quantities, and answers without a number (`facts/visma`
    /// 16): which one it was, [`Visma::shipments_of`] tells.
    pub async fn create_shipment(
        &self,
        order: &OrderNumber,
        operation: &Operation,
        warehouse: &str,
        date: NaiveDate,
    ) -> Result<(), CallError> {
        let path = [
            "v2",
            "salesorder",
            &path_value(&order.number),
            "action",
            "createShipment",
        ];
        let call = Call::new(Api::Erp, Method::POST, &path, "make a shipment")
            .json(&write::create(order, operation, warehouse, date))
            .map_err(CallError::NotSent)?;
        let document = order.to_string();
        let error = match self.act(call).await {
            Ok(_) => return Ok(()),
            Err(failed) => explain(
                failed,
                &About {
                    date: Some(date),
                    ..About::document(&document)
                },
            ),
        };
        Err(match error {
            // 409: the order must be shipped whole and cannot be (`facts/visma` 7). Nothing was changed by others: no version was named.
            CallError::Conflict(problem) => CallError::Refused(Problem {
                code: Code::ErpRefused,
                params: problem.params,
            }),
            other => other,
        })
    }

    /// Sets the units of a shipment's lines before it is confirmed; 0 takes a line away.
    pub async fn set_quantities(
        &self,
        shipment: &Shipment,
        quantities: &[ShipmentQuantity],
    ) -> Result<(), CallError> {
        if quantities.is_empty() {
            return Ok(());
        }
        let path = ["v1", "shipment", &path_value(&shipment.number)];
        let call = Call::new(Api::Erp, Method::PUT, &path, "change a shipment")
            .if_match_some(shipment.etag.as_deref())
            .json(&write::quantities(quantities))
            .map_err(CallError::NotSent)?;
        self.act(call)
            .await
            .map(drop)
            .map_err(|failed| explain(failed, &About::document(&shipment.number)))
    }

    /// The goods have left, or have come back.
    pub async fn confirm_shipment(&self, number: &str) -> Result<(), CallError> {
        self.shipment_action(number, "confirmShipment", "confirm a shipment")
            .await
    }

    /// Takes a confirmed shipment back to Open.
    pub async fn correct_shipment(&self, number: &str) -> Result<(), CallError> {
        self.shipment_action(number, "correctShipment", "correct a shipment")
            .await
    }

    /// Takes an open shipment away.
    pub async fn cancel_shipment(&self, number: &str) -> Result<(), CallError> {
        self.shipment_action(number, "cancelShipment", "cancel a shipment")
            .await
    }

    async fn shipment_action(
        &self,
        number: &str,
        name: &'static str,
        action: &'static str,
    ) -> Result<(), CallError> {
        let path = ["v1", "shipment", &path_value(number), "action", name];
        let call = Call::new(Api::Erp, Method::POST, &path, action);
        self.act(call)
            .await
            .map(drop)
            .map_err(|failed| explain(failed, &About::document(number)))
    }

    /// Sets the date that the order's next invoice gets: `prepareInvoice` takes none (`facts/visma` 16). `etag` is the order's.
    pub async fn set_invoice_date(
        &self,
        order: &OrderNumber,
        etag: &str,
        date: NaiveDate,
    ) -> Result<(), CallError> {
        let call = at(
            order,
            Method::PATCH,
            &[],
            "set the invoice date of a sales order",
        )
        .if_match(etag)
        .json(&write::invoice_date(date))
        .map_err(CallError::NotSent)?;
        let document = order.to_string();
        let about = About {
            date: Some(date),
            ..About::document(&document)
        };
        self.write(call)
            .await
            .map(drop)
            .map_err(|failed| explain(failed, &about))
    }

    /// Makes the invoice, or the credit note, of what was confirmed. Which one, reading tells.
    pub async fn prepare_invoice(&self, order: &OrderNumber) -> Result<(), CallError> {
        let path = [
            "v2",
            "salesorder",
            &path_value(&order.order_type),
            &path_value(&order.number),
            "action",
            "prepareInvoice",
        ];
        let call = Call::new(Api::Erp, Method::POST, &path, "make an invoice");
        let document = order.to_string();
        self.act(call)
            .await
            .map(drop)
            .map_err(|failed| explain(failed, &About::document(&document)))
    }
}

/// A row of the list. The orders it serves are told in its own list, and on its lines.
fn of_list(row: wire::Shipment) -> Option<ShipmentNews> {
    let named = |order_type: Option<String>, number: Option<String>| {
        Some(OrderNumber {
            order_type: some(order_type)?,
            number: some(number)?,
        })
    };
    let of_orders = row.shipment_order_lines.unwrap_or_default();
    let of_lines = row.shipment_detail_lines.unwrap_or_default();
    let mut orders: Vec<OrderNumber> = of_orders
        .into_iter()
        .filter_map(|row| named(row.order_type, row.order_nbr))
        .chain(
            of_lines
                .into_iter()
                .filter_map(|line| named(line.order_type, line.order_nbr)),
        )
        .collect();
    orders.sort();
    orders.dedup();
    Some(ShipmentNews {
        number: some(row.shipment_number)?,
        operation: Operation::from(row.operation.unwrap_or_default()),
        status: ShipmentStatus::from(row.status.unwrap_or_default()),
        modified: some(row.last_modified_date_time),
        orders,
    })
}

fn read(number: &str, row: wire::Shipment, header: Option<&str>) -> Result<Shipment, Problem> {
    let answered = some(row.shipment_number).unwrap_or_default();
    if answered != number.trim() {
        return Err(unexpected(format!(
            "asked for shipment {number}, got {answered}"
        )));
    }
    let order = |order_type: Option<String>, number: Option<String>| {
        Some(OrderNumber {
            order_type: some(order_type)?,
            number: some(number)?,
        })
    };
    let mut lines = Vec::new();
    for line in row.shipment_detail_lines.unwrap_or_default() {
        // A line that names neither itself nor its order cannot be compared with anything.
        let (Some(line_number), Some(order)) =
            (line.line_number, order(line.order_type, line.order_nbr))
        else {
            return Err(unexpected(format!(
                "a line of shipment {number} without its number or order"
            )));
        };
        lines.push(ShipmentLine {
            line_number,
            order,
            order_line: line.order_line_nbr.unwrap_or_default(),
            item: some(line.inventory_number).unwrap_or_default(),
            warehouse: line.warehouse.and_then(|place| some(place.id)),
            shipped: line.shipped_qty.unwrap_or_default().0,
            ordered: line.ordered_qty.unwrap_or_default().0,
        });
    }
    let orders = row.shipment_order_lines.unwrap_or_default();
    let mut tracking: Vec<String> = Vec::new();
    for package in row.shipment_package_lines.unwrap_or_default() {
        if let Some(number) = some(package.tracking_number)
            && !tracking.contains(&number)
        {
            tracking.push(number);
        }
    }
    let carrier = row
        .ship_via
        .and_then(|carrier| some(carrier.description).or_else(|| some(carrier.id)));
    Ok(Shipment {
        tracking,
        carrier,
        number: answered,
        etag: etag(header, row.time_stamp.as_deref()),
        status: ShipmentStatus::from(row.status.unwrap_or_default()),
        operation: Operation::from(row.operation.unwrap_or_default()),
        date: row.shipment_date.as_deref().and_then(crate::text::day),
        warehouse: row.from_warehouse.and_then(|place| some(place.id)),
        lines,
        orders: orders
            .into_iter()
            .filter_map(|row| {
                Some(ShipmentOrder {
                    order: order(row.order_type, row.order_nbr)?,
                    invoice_type: some(row.invoice_type),
                    invoice: some(row.invoice_nbr),
                    inventory_document: some(row.inventory_ref_nbr),
                })
            })
            .collect(),
    })
}

/// From the words of the trade to the bodies.
pub(crate) mod write {
    use brygga_core::erp::{Operation, OrderNumber, ShipmentQuantity};
    use chrono::NaiveDate;

    use super::wire::{CreateShipment, InvoiceDate, InvoiceDateInfo, LineUpdate, ShipmentUpdate};
    use crate::erp::wire::wrap;
    use crate::exact::Exact;
    use crate::ledger::wire::Operation as Change;
    use crate::text::{midnight, noon};

    /// `CreateShipmentActionDto`.
    pub(crate) fn create(
        order: &OrderNumber,
        operation: &Operation,
        warehouse: &str,
        date: NaiveDate,
    ) -> CreateShipment {
        CreateShipment {
            order_type: order.order_type.clone(),
            shipment_date: midnight(date),
            shipment_warehouse: warehouse.to_owned(),
            // An unknown one is left to the order type.
            operation: match operation {
                Operation::Issue => Some("I"),
                Operation::Receipt => Some("R"),
                Operation::Other(_) => None,
            },
        }
    }

    /// `ShipmentUpdateDto`: only the lines that change.
    pub(crate) fn quantities(quantities: &[ShipmentQuantity]) -> ShipmentUpdate {
        let line = |wanted: &ShipmentQuantity| {
            let gone = wanted.units.is_zero();
            LineUpdate {
                operation: if gone { Change::Delete } else { Change::Update },
                line_number: wrap(wanted.line_number),
                shipped_qty: (!gone).then(|| wrap(Exact(wanted.units))),
            }
        };
        ShipmentUpdate {
            shipment_detail_lines: quantities.iter().map(line).collect(),
        }
    }

    /// `PatchSalesOrderCommand` of SalesOrder v3: noon in UTC, as all its dates (`booking-rules` 3).
    pub(crate) fn invoice_date(date: NaiveDate) -> InvoiceDate {
        InvoiceDate {
            financial_information: InvoiceDateInfo {
                invoice_date: noon(date),
            },
        }
    }
}
