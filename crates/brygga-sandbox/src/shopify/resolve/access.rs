//! Which scopes a type needs (`spec/shopify/access-2026-10.tsv`), and which fields are protected customer data
//! (`spec/shopify/protected-customer-fields-2026-10.tsv`).

use apollo_compiler::resolvers::{FieldError, ResolveInfo};

use super::{Context, connection, field_error};

/// A rule of Shopify's required-access data.
#[derive(Debug)]
pub(in crate::shopify) struct Rule {
    /// A type, or a field as `Type.field`.
    pub(in crate::shopify) name: &'static str,
    /// One of these is enough.
    pub(in crate::shopify) scopes: &'static [&'static str],
    /// Shopify's own words, as they come in `requiredAccess`.
    pub(in crate::shopify) text: &'static str,
}

const ORDERS: &[&str] = &["read_orders", "read_marketplace_orders"];
const ORDERS_TEXT: &str = "`read_orders` access scope or `read_marketplace_orders` access scope.";
const COMPANIES: &[&str] = &["read_customers", "read_companies"];
const COMPANIES_TEXT: &str = "`read_customers` access scope or `read_companies` access scope. Also: The shop must have access to B2B. Some operations may require additional plan capabilities.";

/// The rules for what the practice shop serves.
pub(in crate::shopify) const RULES: [Rule; 51] = [
    Rule {
        name: "Order",
        scopes: &["read_orders", "read_marketplace_orders", "read_quick_sale"],
        text: "`read_orders` access scope, `read_marketplace_orders` access scope or `read_quick_sale` access scope.",
    },
    Rule {
        name: "LineItem",
        scopes: ORDERS,
        text: ORDERS_TEXT,
    },
    Rule {
        name: "OrderTransaction",
        scopes: ORDERS,
        text: ORDERS_TEXT,
    },
    Rule {
        name: "Refund",
        scopes: ORDERS,
        text: ORDERS_TEXT,
    },
    Rule {
        name: "QueryRoot.ordersCount",
        scopes: ORDERS,
        text: ORDERS_TEXT,
    },
    Rule {
        name: "QueryRoot.orderByIdentifier",
        scopes: ORDERS,
        text: ORDERS_TEXT,
    },
    Rule {
        name: "QueryRoot.refund",
        scopes: ORDERS,
        text: ORDERS_TEXT,
    },
    Rule {
        name: "Fulfillment",
        scopes: &[
            "read_orders",
            "read_marketplace_orders",
            "read_assigned_fulfillment_orders",
            "read_merchant_managed_fulfillment_orders",
            "read_third_party_fulfillment_orders",
            "read_marketplace_fulfillment_orders",
        ],
        text: "`read_orders` access scope, `read_marketplace_orders` access scope, `read_assigned_fulfillment_orders` access scope, `read_merchant_managed_fulfillment_orders` access scope, `read_third_party_fulfillment_orders` access scope or `read_marketplace_fulfillment_orders` access scope.",
    },
    Rule {
        name: "Return",
        scopes: &["read_returns", "read_marketplace_returns"],
        text: "`read_returns` access scope or `read_marketplace_returns` access scope.",
    },
    Rule {
        name: "Customer",
        scopes: &["read_customers"],
        text: "`read_customers` access scope.",
    },
    Rule {
        name: "QueryRoot.customersCount",
        scopes: &["read_customers"],
        text: "`read_customers` access scope.",
    },
    Rule {
        name: "QueryRoot.customerByIdentifier",
        scopes: &["read_customers"],
        text: "`read_customers` access scope.",
    },
    Rule {
        name: "Company",
        scopes: COMPANIES,
        text: COMPANIES_TEXT,
    },
    Rule {
        name: "CompanyContact",
        scopes: COMPANIES,
        text: COMPANIES_TEXT,
    },
    Rule {
        name: "CompanyLocation",
        scopes: COMPANIES,
        text: COMPANIES_TEXT,
    },
    Rule {
        name: "Product",
        scopes: &["read_products"],
        text: "`read_products` access scope.",
    },
    Rule {
        name: "ProductVariant",
        scopes: &["read_products"],
        text: "`read_products` access scope.",
    },
    Rule {
        name: "InventoryItem",
        scopes: &["read_inventory", "read_products"],
        text: "`read_inventory` access scope or `read_products` access scope.",
    },
    Rule {
        name: "Location",
        scopes: &["read_locations", "read_inventory", "read_markets_home"],
        text: "`read_locations` access scope, `read_inventory` access scope or `read_markets_home` access scope.",
    },
    Rule {
        name: "PaymentTerms",
        scopes: &["read_payment_terms"],
        text: "`read_payment_terms` access scope.",
    },
    Rule {
        name: "FulfillmentOrder",
        scopes: &[
            "read_assigned_fulfillment_orders",
            "read_merchant_managed_fulfillment_orders",
            "read_third_party_fulfillment_orders",
            "read_marketplace_fulfillment_orders",
        ],
        text: "`read_assigned_fulfillment_orders` access scope, `read_merchant_managed_fulfillment_orders` access scope, `read_third_party_fulfillment_orders` access scope or `read_marketplace_fulfillment_orders` access scope.",
    },
    Rule {
        name: "QueryRoot.fulfillmentOrders",
        scopes: &[
            "read_assigned_fulfillment_orders",
            "read_merchant_managed_fulfillment_orders",
            "read_third_party_fulfillment_orders",
            "read_marketplace_fulfillment_orders",
        ],
        text: "`read_assigned_fulfillment_orders` access scope, `read_merchant_managed_fulfillment_orders` access scope, `read_third_party_fulfillment_orders` access scope or `read_marketplace_fulfillment_orders` access scope.",
    },
    Rule {
        name: "Collection",
        scopes: &["read_products"],
        text: "`read_products` access scope.",
    },
    Rule {
        name: "InventoryLevel",
        scopes: &["read_inventory"],
        text: "`read_inventory` access scope.",
    },
    Rule {
        name: "InventoryAdjustmentGroup",
        scopes: &["read_inventory"],
        text: "`read_inventory` access scope.",
    },
    Rule {
        name: "GiftCard",
        scopes: &["read_gift_cards"],
        text: "`read_gift_cards` access scope.",
    },
    Rule {
        name: "QueryRoot.giftCardsCount",
        scopes: &["read_gift_cards"],
        text: "`read_gift_cards` access scope.",
    },
    Rule {
        name: "StoreCreditAccount",
        scopes: &["read_store_credit_accounts"],
        text: "`read_store_credit_accounts` access scope.",
    },
    Rule {
        name: "ExchangeLineItem",
        scopes: &["read_returns"],
        text: "`read_returns` access scope.",
    },
    Rule {
        name: "ReturnLineItem",
        scopes: &["read_returns", "read_marketplace_returns"],
        text: "`read_returns` access scope or `read_marketplace_returns` access scope.",
    },
    Rule {
        name: "QueryRoot.publications",
        scopes: &["read_publications"],
        text: "`read_publications` access scope.",
    },
    Rule {
        name: "QueryRoot.productByIdentifier",
        scopes: &["read_products"],
        text: "`read_products` access scope.",
    },
    Rule {
        name: "QueryRoot.productsCount",
        scopes: &["read_products"],
        text: "`read_products` access scope.",
    },
    Rule {
        name: "QueryRoot.productVariantsCount",
        scopes: &["read_products"],
        text: "`read_products` access scope.",
    },
    Rule {
        name: "ShopifyPaymentsAccount",
        scopes: &["read_shopify_payments", "read_shopify_payments_accounts"],
        text: "the `read_shopify_payments` or the `read_shopify_payments_accounts` access scope.",
    },
    Rule {
        name: "ShopifyPaymentsDispute",
        scopes: &["read_shopify_payments_disputes"],
        text: "User must have `read_shopify_payments_disputes` access.",
    },
    Rule {
        name: "Mutation.fulfillmentCreate",
        scopes: &[
            "write_assigned_fulfillment_orders",
            "write_merchant_managed_fulfillment_orders",
            "write_third_party_fulfillment_orders",
        ],
        text: "`write_assigned_fulfillment_orders` access scope, `write_merchant_managed_fulfillment_orders` access scope or `write_third_party_fulfillment_orders` access scope. Also: The user must have fulfill_and_ship_orders permission.",
    },
    Rule {
        name: "Mutation.fulfillmentTrackingInfoUpdate",
        scopes: &[
            "write_assigned_fulfillment_orders",
            "write_merchant_managed_fulfillment_orders",
            "write_third_party_fulfillment_orders",
        ],
        text: "`write_assigned_fulfillment_orders` access scope, `write_merchant_managed_fulfillment_orders` access scope or `write_third_party_fulfillment_orders` access scope. Also: The user must have fulfill_and_ship_orders permission.",
    },
    Rule {
        name: "Mutation.inventoryActivate",
        scopes: &["write_inventory"],
        text: "`write_inventory` access scope. Also: The user must have a permission to activate an inventory item.",
    },
    Rule {
        name: "Mutation.inventoryItemUpdate",
        scopes: &["write_inventory"],
        text: "`write_inventory` access scope. Also: The user must have a permission to update an inventory item.",
    },
    Rule {
        name: "Mutation.inventorySetQuantities",
        scopes: &["write_inventory"],
        text: "`write_inventory` access scope. Also: The user must have a permission to update an inventory.",
    },
    Rule {
        name: "Mutation.orderMarkAsPaid",
        scopes: &["write_orders"],
        text: "`write_orders` access scope. Also: The user must have mark_orders_as_paid permission.",
    },
    Rule {
        name: "Mutation.orderUpdate",
        scopes: &[
            "write_orders",
            "write_marketplace_orders",
            "write_quick_sale",
        ],
        text: "`write_orders` access scope, `write_marketplace_orders` access scope or `write_quick_sale` access scope. Also: The app must have the `write_pos_staff_member_event_attribution_overrides` access scope to assign events to another staff member.",
    },
    Rule {
        name: "Mutation.productCreate",
        scopes: &["write_products"],
        text: "`write_products` access scope. Also: The user must have a permission to create products.",
    },
    Rule {
        name: "Mutation.productSet",
        scopes: &["write_products"],
        text: "`write_products` access scope. Also: The user must have a permission to create products.",
    },
    Rule {
        name: "Mutation.productUpdate",
        scopes: &["write_products"],
        text: "`write_products` access scope. Also: The user must have a permission to update products.",
    },
    Rule {
        name: "Mutation.productVariantsBulkCreate",
        scopes: &["write_products"],
        text: "`write_products` access scope. Also: The user must have a permission to create product variants.",
    },
    Rule {
        name: "Mutation.productVariantsBulkUpdate",
        scopes: &["write_products"],
        text: "`write_products` access scope. Also: The user must have a permission to update product variants.",
    },
    Rule {
        name: "Mutation.publishablePublish",
        scopes: &["write_publications"],
        text: "`write_publications` access scope. Also: The user must have permission to create and edit products or create and edit catalogs.",
    },
    // Shopify's own data names no scope here; apps hold this one for it (`facts/shopify 2.3`).
    Rule {
        name: "ShopifyPaymentsPayout",
        scopes: &["read_shopify_payments_payouts", "read_shopify_payments"],
        text: "The user must have access to payouts.",
    },
    // Shopify's own data names no scope here; apps hold this one for it (`facts/shopify 2.3`).
    Rule {
        name: "ShopifyPaymentsBalanceTransaction",
        scopes: &["read_shopify_payments_payouts", "read_shopify_payments"],
        text: "The user must have access to payouts.",
    },
];

/// The protected fields (level 2) of the types that the practice shop serves.
pub(in crate::shopify) const PROTECTED: [(&str, &[&str]); 10] = [
    ("CardPaymentDetails", &["name"]),
    (
        "CompanyAddress",
        &[
            "companyName",
            "firstName",
            "formattedAddress",
            "lastName",
            "recipient",
        ],
    ),
    (
        "Customer",
        &["displayName", "email", "firstName", "lastName", "phone"],
    ),
    ("CustomerEmailAddress", &["emailAddress"]),
    ("CustomerPhoneNumber", &["phoneNumber"]),
    (
        "FulfillmentOriginAddress",
        &["address1", "address2", "city", "zip"],
    ),
    (
        "MailingAddress",
        &[
            "address1",
            "address2",
            "firstName",
            "formatted",
            "lastName",
            "latitude",
            "longitude",
            "name",
            "phone",
            "zip",
        ],
    ),
    ("Order", &["email", "phone", "statusPageUrl"]),
    ("OrderStagedChangeAddShippingLine", &["phone"]),
    ("ShippingLine", &["phone"]),
];

/// Refuses a field whose scope the installation lacks, or whose data is withheld.
pub(super) fn check(
    context: &Context<'_>,
    owner: &str,
    info: &ResolveInfo<'_>,
) -> Result<(), FieldError> {
    let field = info.field_name();
    let result = info.field_definition().ty.inner_named_type().as_str();
    let node = connection::node_type(context.schema, result).unwrap_or(result);
    let denied = RULES.iter().find(|rule| {
        let meant = match rule.name.split_once('.') {
            Some((on, name)) => on == owner && name == field,
            None => rule.name == node,
        };
        meant && !rule.scopes.iter().any(|scope| context.config.grants(scope))
    });
    if let Some(rule) = denied {
        return Err(field_error(
            "ACCESS_DENIED",
            format_args!(
                "Access denied for {field} field. Required access: {}",
                rule.text
            ),
        ));
    }
    let protected = PROTECTED
        .iter()
        .any(|(on, fields)| *on == owner && fields.contains(&field));
    if context.config.level_2_withheld && protected {
        return Err(field_error(
            "",
            format_args!("This app is not approved to access the {owner} object's {field} field."),
        ));
    }
    Ok(())
}
