//! Lists of orders: zero-based pages, filters, and rows that may lag a write (`facts/visma 4, 7`).

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use crate::visma::exchange::{Call, Reply};
use crate::visma::moment;
use crate::visma::world::World;

pub(super) fn list(world: &World, call: &Call, kind: Option<&str>) -> Reply {
    let since = match call.param("modifiedSince").map(moment::parse_utc) {
        None => None,
        Some(Some(since)) => Some(since),
        Some(None) => {
            return Reply::problem(
                400,
                "Bad Request",
                Some("The value is not valid for modifiedSince."),
            );
        }
    };
    let Some(order_by) = Order::parse(call.param("orderBy")) else {
        return Reply::problem(
            400,
            "Bad Request",
            Some("The value is not valid for orderBy."),
        );
    };
    let text = |row: &Value, name: &str| row[name].as_str().unwrap_or_default().to_lowercase();
    let equals = |row: &Value, name: &str, wanted: Option<&str>| {
        wanted.is_none_or(|wanted| text(row, name) == wanted.to_lowercase())
    };
    let filter = call.param("filter").map(str::to_lowercase);

    let mut rows: Vec<(DateTime<Utc>, &Value)> = world
        .listed_orders()
        .into_iter()
        .filter(|(_, row)| equals(row, "type", kind))
        .filter(|(_, row)| equals(row, "customerId", call.param("customerId")))
        .filter(|(_, row)| equals(row, "status", call.param("status")))
        .filter(|(_, row)| {
            since.is_none_or(|since| {
                row["lastModified"]
                    .as_str()
                    .and_then(moment::parse_utc)
                    .is_some_and(|at| at >= since)
            })
        })
        // A part of the text is enough: `#1001` also finds `#10010`.
        .filter(|(_, row)| {
            filter.as_deref().is_none_or(|part| {
                ["orderId", "customerOrder", "customerName"]
                    .iter()
                    .any(|name| text(row, name).contains(part))
            })
        })
        .collect();
    order_by.sort(&mut rows);
    page(
        world,
        call,
        rows.into_iter().map(|(_, row)| row.clone()).collect(),
        100,
    )
}

/// One page of `{value, nextPage, totalCount}`.
pub(crate) fn page(world: &World, call: &Call, rows: Vec<Value>, default_size: usize) -> Reply {
    let whole = |name: &str, default: usize| match call.param(name) {
        None => Some(default),
        Some(text) => text.parse::<usize>().ok(),
    };
    let (Some(size), Some(index)) = (
        whole("pageSize", default_size).filter(|size| *size > 0),
        whole("pageIndex", 0),
    ) else {
        return Reply::problem(
            400,
            "Bad Request",
            Some("pageSize and pageIndex must be whole numbers."),
        );
    };
    let total = rows.len();
    let start = size.saturating_mul(index);
    let next = (start.saturating_add(size) < total).then(|| {
        let kept = call
            .raw_query
            .as_deref()
            .unwrap_or_default()
            .split('&')
            .filter(|pair| !pair.is_empty() && !pair.to_lowercase().starts_with("pageindex="));
        let query = kept
            .chain([format!("pageIndex={}", index + 1).as_str()])
            .collect::<Vec<_>>()
            .join("&");
        format!("{}{}?{query}", world.base_url, call.path)
    });
    let value: Vec<Value> = rows.into_iter().skip(start).take(size).collect();
    Reply::json(json!({"value": value, "nextPage": next, "totalCount": total}))
}

#[derive(Debug, Clone, Copy)]
enum Field {
    Created,
    LastModified,
    OrderId,
}

#[derive(Debug, Clone, Copy)]
struct Order {
    field: Field,
    descending: bool,
}

impl Order {
    fn parse(text: Option<&str>) -> Option<Self> {
        let Some(text) = text else {
            return Some(Self {
                field: Field::OrderId,
                descending: false,
            });
        };
        let mut words = text.split_whitespace();
        let field = match words.next()?.to_lowercase().as_str() {
            "created" => Field::Created,
            "lastmodified" => Field::LastModified,
            "orderid" => Field::OrderId,
            _ => return None,
        };
        let descending = match words.next().map(str::to_lowercase).as_deref() {
            None | Some("asc") => false,
            Some("desc") => true,
            Some(_) => return None,
        };
        words.next().is_none().then_some(Self { field, descending })
    }

    fn sort(self, rows: &mut [(DateTime<Utc>, &Value)]) {
        let text = |row: &Value, name: &str| row[name].as_str().unwrap_or_default().to_owned();
        let number = |row: &Value| (text(row, "type"), text(row, "orderId"));
        rows.sort_by_cached_key(|(created, row)| {
            let first = match self.field {
                Field::Created => moment::utc(*created),
                Field::LastModified => text(row, "lastModified"),
                Field::OrderId => String::new(),
            };
            (first, number(row))
        });
        if self.descending {
            rows.reverse();
        }
    }
}
