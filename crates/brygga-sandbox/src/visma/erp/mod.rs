//! The ERP API, v1 and v2: one module per resource. Paths are compared without regard to case, as ASP.NET does.

pub(in crate::visma) mod answer;
mod company;
mod customer;
mod customer_write;
mod inventory;
mod inventory_write;
mod prices;
mod vat;

use super::exchange::{Call, Reply};
use super::ledger;
use super::world::World;
use super::{shipping, stock};

/// The scope that a method needs (`facts/visma 1`).
pub(crate) fn scope(method: &str) -> &'static str {
    match method {
        "POST" => "vismanet_erp_service_api:create",
        "PUT" | "PATCH" => "vismanet_erp_service_api:update",
        "DELETE" => "vismanet_erp_service_api:delete",
        _ => "vismanet_erp_service_api:read",
    }
}

/// `/v1/...` and `/v2/...`: `version` and the parts that follow.
pub(crate) fn serve(world: &mut World, call: &Call, version: &str, rest: &[&str]) -> Reply {
    let Some((resource, path)) = rest.split_first() else {
        return answer::no_route(call);
    };
    let resource = resource.to_lowercase();
    let method = call.method.as_str();
    match (version, method, resource.as_str(), path) {
        ("v1", "GET", "customer", []) => customer::list(world, call),
        ("v1", "POST", "customer", []) => customer_write::create(world, call),
        ("v1", "GET", "customer", [class]) if class.eq_ignore_ascii_case("customerClass") => {
            customer::classes(world)
        }
        ("v1", "GET", "customer", [class, id]) if class.eq_ignore_ascii_case("customerClass") => {
            customer::class(world, id)
        }
        ("v1", "GET", "customer", [internal, id]) if internal.eq_ignore_ascii_case("internal") => {
            customer::one(world, customer::by_id(world, id))
        }
        ("v1", "PUT", "customer", [internal, id]) if internal.eq_ignore_ascii_case("internal") => {
            customer_write::update(world, call, customer::by_id(world, id))
        }
        ("v1", "GET", "customer", [number]) => customer::one(
            world,
            world
                .customers
                .get(*number)
                .map(|customer| customer.number.clone()),
        ),
        ("v1", "PUT", "customer", [number]) => {
            let known = world
                .customers
                .get(*number)
                .map(|customer| customer.number.clone());
            customer_write::update(world, call, known)
        }
        ("v1", "GET", "inventory", []) => inventory::list(world, call),
        ("v1", "GET", "inventory", [class, id @ ..]) if class.eq_ignore_ascii_case("itemClass") => {
            inventory::classes(world, id)
        }
        ("v1", "GET", "inventory", [internal, id]) if internal.eq_ignore_ascii_case("internal") => {
            inventory::by_id(world, id)
        }
        ("v1", "POST", "inventory", []) => inventory_write::create(world, call),
        ("v1", "PUT", "inventory", [number]) => inventory_write::update(world, call, number),
        ("v1", "GET", "inventorysummary", [number]) => stock::summary(world, call, number),
        ("v1", "GET", "customersalesprice", []) => prices::list(world, call),
        ("v1", _, "shipment", path) => shipping::serve(world, call, path),
        (_, "POST", "salesorder", path) => shipping::serve_order(world, call, version, path),
        ("v1", "GET", "inventory", [number]) => inventory::one(world, number),
        ("v1", "GET", "vat", path) => vat::ids(world, path),
        ("v1", "GET", "vatcategory", path) => vat::categories(world, path),
        ("v1", "GET", "vatzone", path) => vat::zones(world, call, path),
        ("v1", "GET", "warehouse", path) => company::warehouses(world, call, path),
        ("v1", "GET", "currency", path) => company::currencies(world, path),
        ("v1", "GET", "paymentmethod", path) => company::payment_methods(world, path),
        ("v1", "GET", "branch", path) => company::branches(world, path),
        ("v1", "GET", "financialperiod", path) => company::periods(world, path),
        ("v1", "GET", "salesordertype", path) => company::order_types(world, call, path),
        ("v1", "GET", "creditterm", []) => company::credit_terms(world, call),
        ("v1", "GET", "carrier", path) => company::carriers(world, path),
        _ => ledger::serve(world, call, version, &resource, path)
            .unwrap_or_else(|| answer::no_route(call)),
    }
}
