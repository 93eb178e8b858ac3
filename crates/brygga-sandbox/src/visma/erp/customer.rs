//! `GET /v1/customer`, one customer, and the customer classes (`facts/visma 8`).

use base64::Engine as _;
use serde_json::{Map, Value, json};

use super::answer::{self, Since};
use crate::visma::exchange::{Call, Reply};
use crate::visma::moment;
use crate::visma::world::{Customer, World};

/// The documented number of rows differs by endpoint and is told in the rows; this is the practice company's.
const MAX_PAGE: usize = 500;

const STATUSES: [&str; 5] = ["Active", "OnHold", "CreditHold", "Inactive", "OneTime"];

/// All filters compare for equality, without regard to case (the database's way); unknown parameters are ignored.
pub(super) fn list(world: &World, call: &Call) -> Reply {
    let (modified, created) = match (
        Since::read(world, call, "lastModifiedDateTime"),
        Since::read(world, call, "createdDateTime"),
    ) {
        (Ok(modified), Ok(created)) => (modified, created),
        (Err(reply), _) | (_, Err(reply)) => return reply,
    };
    if let Some(status) = call.param("status")
        && !STATUSES.contains(&status)
    {
        return answer::error(
            world,
            400,
            &format!("The value '{status}' is not valid for status."),
        );
    }
    let rows = world
        .listed_customers()
        .into_iter()
        .filter(|(_, dto)| {
            let equals = |name: &str, value: Option<&Value>| {
                call.param(name).is_none_or(|wanted| {
                    value
                        .and_then(Value::as_str)
                        .is_some_and(|text| text.to_lowercase() == wanted.to_lowercase())
                })
            };
            let contact = dto.get("mainContact");
            equals("name", dto.get("name"))
                && equals("status", dto.get("status"))
                && equals("corporateId", dto.get("corporateId"))
                && equals("vatRegistrationId", dto.get("vatRegistrationId"))
                && equals("email", contact.and_then(|contact| contact.get("email")))
                && equals("phone", contact.and_then(|contact| contact.get("phone1")))
        })
        .filter(|(customer, _)| {
            modified
                .as_ref()
                .is_none_or(|since| since.keeps(customer.modified))
        })
        .filter(|(customer, _)| {
            created
                .as_ref()
                .is_none_or(|since| since.keeps(customer.created))
        })
        .map(|(customer, dto)| with_times(customer, dto))
        .collect();
    answer::page(world, call, rows, MAX_PAGE)
}

pub(super) fn by_id(world: &World, id: &str) -> Option<String> {
    world
        .customers
        .values()
        .find(|customer| customer.internal_id.to_string() == id)
        .map(|customer| customer.number.clone())
}

pub(super) fn one(world: &World, number: Option<String>) -> Reply {
    match number.and_then(|number| world.customers.get(&number)) {
        Some(customer) => Reply::json(Value::Object(with_times(customer, &customer.dto)))
            .with("etag", format!("\"{}\"", stamp(customer))),
        None => answer::not_found(world, "customer", "CustomerCD"),
    }
}

/// The ETag; also in the body as `timeStamp` (`facts/visma 3`).
pub(super) fn stamp(customer: &Customer) -> String {
    base64::engine::general_purpose::STANDARD.encode(customer.version.to_be_bytes())
}

fn with_times(customer: &Customer, dto: &Map<String, Value>) -> Map<String, Value> {
    let mut dto = dto.clone();
    // A note is written but not read back here.
    dto.remove("note");
    dto.insert(
        "lastModifiedDateTime".to_owned(),
        json!(moment::local(customer.modified)),
    );
    dto.insert(
        "createdDateTime".to_owned(),
        json!(moment::local(customer.created)),
    );
    dto.insert("timeStamp".to_owned(), json!(stamp(customer)));
    dto
}

pub(super) fn classes(world: &World) -> Reply {
    answer::all(world.data.customer_classes.iter().map(class_dto))
}

pub(super) fn class(world: &World, id: &str) -> Reply {
    world.data.class(id).map_or_else(
        || answer::not_found(world, "customer class", id),
        |class| Reply::json(class_dto(class)),
    )
}

fn class_dto(class: &crate::visma::data::CustomerClass) -> Value {
    json!({
        "id": class.id,
        "description": class.text,
        "taxZoneId": class.vat_zone,
        "requiredTaxzoneId": false,
        "paymentMethodId": class.payment_method,
        "attributes": [],
    })
}
