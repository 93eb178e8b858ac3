//! Reads the lists of an order to their ends. A page of orders holds the first rows of each list, which is all for nearly every order;
//! only what is longer is read on.

use brygga_core::Problem;
use serde_json::{Value, json};

use crate::call::Wire;
use crate::client::{note_withheld, unexpected, withheld_order_field};
use crate::documents::{self, Document};

/// Times that an order is begun anew because it changed while its lists were read.
pub(crate) const FRESH_STARTS: usize = 3;

/// One order past the search index, whole.
pub(crate) async fn read_order(wire: &Wire, gid: &str) -> Result<Option<Value>, Problem> {
    for _ in 0..FRESH_STARTS {
        let mut answer = wire
            .query(
                &documents::ORDER,
                json!({"id": gid, "returns": wire.reads_returns()}),
            )
            .await?;
        let mut node = answer.data["order"].take();
        if node.is_null() {
            return match answer.denied.first() {
                Some(denied) => Err(denied.problem()),
                None => Ok(None),
            };
        }
        note_withheld(&answer.denied, &mut node, 1, withheld_order_field)?;
        match fill(wire, &mut node).await? {
            Filled::Whole => return Ok(Some(node)),
            Filled::Changed => {}
            Filled::Gone => return Ok(None),
        }
    }
    Err(unexpected(format_args!(
        "order {gid} changes faster than it can be read"
    )))
}

/// Completes an order that came in a page; if it changed since, it is read anew. `None` if it is gone.
pub(crate) async fn order(wire: &Wire, mut node: Value) -> Result<Option<Value>, Problem> {
    match fill(wire, &mut node).await? {
        Filled::Whole => Ok(Some(node)),
        Filled::Gone => Ok(None),
        Filled::Changed => {
            let gid = node["id"].as_str().unwrap_or_default().to_owned();
            read_order(wire, &gid).await
        }
    }
}

pub(crate) enum Filled {
    Whole,
    /// The order changed between two pages of its lists: they may not belong together.
    Changed,
    Gone,
}

async fn fill(wire: &Wire, node: &mut Value) -> Result<Filled, Problem> {
    let gid = node["id"]
        .as_str()
        .ok_or_else(|| unexpected("an order without id"))?
        .to_owned();
    for (field, document) in [
        ("lineItems", &documents::ORDER_LINES_MORE),
        ("shippingLines", &documents::ORDER_SHIPPING_MORE),
    ] {
        let updated_at = node["updatedAt"].clone();
        match lengthen(
            wire,
            &mut node[field],
            field,
            document,
            &gid,
            Some(&updated_at),
        )
        .await?
        {
            Filled::Whole => {}
            other => return Ok(other),
        }
    }
    let mut refunds = node["refunds"].take();
    for refund in refunds
        .as_array_mut()
        .map(Vec::as_mut_slice)
        .unwrap_or_default()
    {
        let gid = refund["id"]
            .as_str()
            .ok_or_else(|| unexpected("a refund without id"))?
            .to_owned();
        let document = &documents::ORDER_REFUND_LINES_MORE;
        match lengthen(
            wire,
            &mut refund["refundLineItems"],
            "refundLineItems",
            document,
            &gid,
            None,
        )
        .await?
        {
            Filled::Whole => {}
            other => return Ok(other),
        }
        if !rest_of_refund(wire, refund, &gid).await? {
            return Ok(Filled::Changed);
        }
    }
    node["refunds"] = refunds;
    match fulfilments(wire, node).await? {
        Filled::Whole => {}
        other => return Ok(other),
    }
    returns(wire, node, &gid).await
}

pub(crate) async fn fulfilments(wire: &Wire, node: &mut Value) -> Result<Filled, Problem> {
    let mut fulfilments = node["fulfillments"].take();
    for fulfilment in fulfilments
        .as_array_mut()
        .map(Vec::as_mut_slice)
        .unwrap_or_default()
    {
        let gid = fulfilment["id"]
            .as_str()
            .ok_or_else(|| unexpected("a fulfilment without id"))?
            .to_owned();
        let field = "fulfillmentLineItems";
        let document = &documents::ORDER_FULFILMENT_LINES_MORE;
        match lengthen(wire, &mut fulfilment[field], field, document, &gid, None).await? {
            Filled::Whole => {}
            other => return Ok(other),
        }
    }
    node["fulfillments"] = fulfilments;
    Ok(Filled::Whole)
}

/// The returns with what was exchanged in them. Where one list is longer than its page, all are read anew in longer ones; longer than
/// those is none that an order has.
async fn returns(wire: &Wire, node: &mut Value, gid: &str) -> Result<Filled, Problem> {
    let (field, inner) = ("returns", "exchangeLineItems");
    // Not asked for.
    if node[field].is_null() {
        return Ok(Filled::Whole);
    }
    let longer = |connection: &Value| connection["pageInfo"]["hasNextPage"] == true;
    let any_longer = |node: &Value| {
        let rows = node[field]["nodes"].as_array();
        longer(&node[field]) || rows.into_iter().flatten().any(|row| longer(&row[inner]))
    };
    if any_longer(node) {
        let mut answer = wire
            .query(&documents::ORDER_RETURNS, json!({"id": gid}))
            .await?;
        if let Some(denied) = answer.denied.first() {
            return Err(denied.problem());
        }
        let whole = &mut answer.data["order"];
        if whole.is_null() {
            return Ok(Filled::Gone);
        }
        if whole["updatedAt"] != node["updatedAt"] {
            return Ok(Filled::Changed);
        }
        if any_longer(whole) {
            return Err(unexpected(format_args!(
                "{field} of {gid} have more than 50 rows"
            )));
        }
        node[field] = whole[field].take();
    }
    let (mut rows, _) = open(&mut node[field], field)?;
    for row in &mut rows {
        let (lines, _) = open(&mut row[inner], inner)?;
        row[inner] = json!({"nodes": lines});
    }
    node[field] = json!({"nodes": rows});
    Ok(Filled::Whole)
}

/// Reads a connection to its end and leaves `{"nodes": [...]}`.
pub(crate) async fn lengthen(
    wire: &Wire,
    connection: &mut Value,
    field: &str,
    document: &Document,
    gid: &str,
    updated_at: Option<&Value>,
) -> Result<Filled, Problem> {
    let (mut nodes, mut next) = open(connection, field)?;
    while let Some(cursor) = next {
        let mut answer = wire
            .query(document, json!({"id": gid, "after": cursor}))
            .await?;
        if let Some(denied) = answer.denied.first() {
            return Err(denied.problem());
        }
        let owner = &mut answer.data[document.root];
        if owner.is_null() {
            // An owner that went makes what it belongs to another.
            return Ok(if document.root == "order" {
                Filled::Gone
            } else {
                Filled::Changed
            });
        }
        if updated_at.is_some_and(|known| *known != owner["updatedAt"]) {
            return Ok(Filled::Changed);
        }
        let (more, after) = open(&mut owner[field], field)?;
        if after.as_deref() == Some(cursor.as_str()) || (more.is_empty() && after.is_some()) {
            return Err(unexpected(format_args!(
                "{field} of {gid}: no way to the next page"
            )));
        }
        nodes.extend(more);
        next = after;
    }
    *connection = json!({"nodes": nodes});
    Ok(Filled::Whole)
}

/// The three short lists of a refund. One that is longer than its page is read whole; longer than 250 is none that a refund has.
async fn rest_of_refund(wire: &Wire, refund: &mut Value, gid: &str) -> Result<bool, Problem> {
    const FIELDS: [&str; 3] = ["refundShippingLines", "orderAdjustments", "transactions"];
    if FIELDS
        .iter()
        .any(|field| refund[*field]["pageInfo"]["hasNextPage"] == true)
    {
        let mut answer = wire
            .query(&documents::ORDER_REFUND_REST, json!({"id": gid}))
            .await?;
        if let Some(denied) = answer.denied.first() {
            return Err(denied.problem());
        }
        let whole = &mut answer.data["refund"];
        if whole.is_null() {
            return Ok(false);
        }
        for field in FIELDS {
            refund[field] = whole[field].take();
        }
    }
    for field in FIELDS {
        let (nodes, next) = open(&mut refund[field], field)?;
        if next.is_some() {
            return Err(unexpected(format_args!(
                "{field} of {gid} has more than 250 rows"
            )));
        }
        refund[field] = json!({"nodes": nodes});
    }
    Ok(true)
}

/// The rows of a connection and where it goes on.
pub(crate) fn open(
    connection: &mut Value,
    field: &str,
) -> Result<(Vec<Value>, Option<String>), Problem> {
    let next = match (
        connection["pageInfo"]["hasNextPage"].as_bool(),
        connection["pageInfo"]["endCursor"].as_str(),
    ) {
        (Some(false), _) => None,
        (Some(true), Some(cursor)) => Some(cursor.to_owned()),
        _ => return Err(unexpected(format_args!("{field} without page information"))),
    };
    let nodes = connection["nodes"]
        .as_array_mut()
        .map(std::mem::take)
        .ok_or_else(|| unexpected(format_args!("{field} without a list")))?;
    Ok((nodes, next))
}
