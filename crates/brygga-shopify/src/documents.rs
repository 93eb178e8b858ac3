//! Every GraphQL document that the product sends, as files: the same text serves the client, the pin of its cost, and the contract tests.

/// One operation with the fragments that it uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Document {
    /// The operation's name.
    pub operation: &'static str,
    /// The whole text; its first line names the cost.
    pub text: &'static str,
    /// The alias-free root field whose value is the answer.
    pub root: &'static str,
}

impl Document {
    /// The requested cost in points by the formula of `facts/shopify` 3.4, as the first line says; a test computes it anew.
    pub fn cost(&self) -> u32 {
        let first = self.text.lines().next().unwrap_or_default();
        first
            .strip_prefix("# cost: ")
            .and_then(|number| number.trim().parse().ok())
            .unwrap_or(1000)
    }
}

macro_rules! text {
    ($operation:literal $(+ $fragment:literal)*) => {
        concat!(
            include_str!(concat!("../documents/", $operation, ".graphql")),
            $("\n", include_str!(concat!("../documents/fragments/", $fragment, ".graphql")),)*
        )
    };
}

/// The shop, and what the app may do in it.
pub const SHOP: Document = Document {
    operation: "Shop",
    root: "shop",
    text: text!("shop"),
};

/// A page of orders by their last change, oldest change first.
pub const ORDERS_CHANGED: Document = Document {
    operation: "OrdersChanged",
    root: "orders",
    text: text!(
        "orders_changed"
            + "order"
            + "bag"
            + "tax"
            + "line"
            + "shipping"
            + "refund_line"
            + "refund_rest"
            + "fulfilment"
            + "fulfilment_line"
            + "customer"
    ),
};

/// One order, read past the search index.
pub const ORDER: Document = Document {
    operation: "Order",
    root: "order",
    text: text!(
        "order"
            + "order"
            + "bag"
            + "tax"
            + "line"
            + "shipping"
            + "refund_line"
            + "refund_rest"
            + "fulfilment"
            + "fulfilment_line"
            + "customer"
    ),
};

/// Names of the orders made in a window, by id: for the nightly sweep.
pub const ORDERS_WINDOW: Document = Document {
    operation: "OrdersWindow",
    root: "orders",
    text: text!("orders_window"),
};

/// Further lines of an order.
pub const ORDER_LINES_MORE: Document = Document {
    operation: "OrderLinesMore",
    root: "order",
    text: text!("order_lines_more" + "line" + "bag" + "tax"),
};

/// Further shipping lines of an order.
pub const ORDER_SHIPPING_MORE: Document = Document {
    operation: "OrderShippingMore",
    root: "order",
    text: text!("order_shipping_more" + "shipping" + "bag" + "tax"),
};

/// Further lines of a refund.
pub const ORDER_REFUND_LINES_MORE: Document = Document {
    operation: "OrderRefundLinesMore",
    root: "refund",
    text: text!("order_refund_lines_more" + "refund_line" + "bag"),
};

/// Further lines of a fulfilment.
pub const ORDER_FULFILMENT_LINES_MORE: Document = Document {
    operation: "OrderFulfilmentLinesMore",
    root: "fulfillment",
    text: text!("order_fulfilment_lines_more" + "fulfilment_line"),
};

/// The returns of an order that has many of them, or many goods exchanged in one. Needs `read_returns`.
pub const ORDER_RETURNS: Document = Document {
    operation: "OrderReturns",
    root: "order",
    text: text!("order_returns"),
};

/// Shipping, adjustments and transactions of a refund that has many of them.
pub const ORDER_REFUND_REST: Document = Document {
    operation: "OrderRefundRest",
    root: "refund",
    text: text!("order_refund_rest" + "refund_rest" + "bag"),
};

/// A page of customers by their last change, oldest change first.
pub const CUSTOMERS_CHANGED: Document = Document {
    operation: "CustomersChanged",
    root: "customers",
    text: text!("customers_changed" + "customer"),
};

/// One customer, read past the search index.
pub const CUSTOMER: Document = Document {
    operation: "Customer",
    root: "customer",
    text: text!("customer" + "customer"),
};

/// One buying company, read past the search index.
pub const COMPANY: Document = Document {
    operation: "Company",
    root: "company",
    text: text!("company"),
};

/// The shop's locations.
pub const LOCATIONS: Document = Document {
    operation: "Locations",
    root: "locations",
    text: text!("locations"),
};

/// All levels of up to 250 inventory items, read past the search index.
pub const INVENTORY_LEVELS: Document = Document {
    operation: "InventoryLevels",
    root: "nodes",
    text: text!("inventory_levels"),
};

/// A page of variants, all or those that changed, by id.
pub const VARIANTS_CHANGED: Document = Document {
    operation: "VariantsChanged",
    root: "productVariants",
    text: text!("variants_changed" + "variant"),
};

/// Up to 250 variants, read past the search index.
pub const VARIANTS: Document = Document {
    operation: "Variants",
    root: "nodes",
    text: text!("variants" + "variant"),
};

/// Sets up to 250 quantities.
pub const INVENTORY_SET: Document = Document {
    operation: "InventorySet",
    root: "inventorySetQuantities",
    text: text!("inventory_set"),
};

/// Connects an inventory item to a location.
pub const INVENTORY_ACTIVATE: Document = Document {
    operation: "InventoryActivate",
    root: "inventoryActivate",
    text: text!("inventory_activate"),
};

/// Changes variants of one product.
pub const VARIANTS_UPDATE: Document = Document {
    operation: "VariantsUpdate",
    root: "productVariantsBulkUpdate",
    text: text!("variants_update" + "variant"),
};

/// Changes title, type or status of a product.
pub const PRODUCT_CHANGE: Document = Document {
    operation: "ProductChange",
    root: "productUpdate",
    text: text!("product_update"),
};

/// Makes a product with one variant.
pub const PRODUCT_CREATE: Document = Document {
    operation: "ProductCreateDraft",
    root: "productSet",
    text: text!("product_create" + "variant"),
};

/// A page of the payouts of Shopify Payments.
pub const PAYOUTS: Document = Document {
    operation: "Payouts",
    root: "shopifyPaymentsAccount",
    text: text!("payouts"),
};

/// A page of the rows of the balance at Shopify Payments.
pub const BALANCE_TRANSACTIONS: Document = Document {
    operation: "BalanceTransactions",
    root: "shopifyPaymentsAccount",
    text: text!("balance_transactions"),
};

/// What was written back to an order, and what can be.
pub const ORDER_WRITE_BACK_STATE: Document = Document {
    operation: "OrderWriteBackState",
    root: "order",
    text: text!("order_write_back_state"),
};

/// The definitions of one namespace of orders' metafields.
pub const METAFIELD_DEFINITIONS: Document = Document {
    operation: "MetafieldDefinitions",
    root: "metafieldDefinitions",
    text: text!("metafield_definitions"),
};

/// Makes a definition of a metafield.
pub const METAFIELD_DEFINITION_CREATE: Document = Document {
    operation: "MetafieldDefinitionCreate",
    root: "metafieldDefinitionCreate",
    text: text!("metafield_definition_create"),
};

/// Sets up to 25 metafields, all or none.
pub const METAFIELDS_SET: Document = Document {
    operation: "MetafieldsSet",
    root: "metafieldsSet",
    text: text!("metafields_set"),
};

/// Adds tags to an order.
pub const TAGS_ADD: Document = Document {
    operation: "TagsAdd",
    root: "tagsAdd",
    text: text!("tags_add"),
};

/// Marks an order as paid: a transaction of its own, by hand.
pub const ORDER_MARK_AS_PAID: Document = Document {
    operation: "OrderMarkAsPaid",
    root: "orderMarkAsPaid",
    text: text!("order_mark_as_paid"),
};

/// What of an order is to be sent from where, and what was sent, past the search index.
pub const ORDER_SENDING: Document = Document {
    operation: "OrderSending",
    root: "order",
    text: text!("order_sending" + "fulfilment_order_line" + "fulfilment" + "fulfilment_line"),
};

/// Further lines of a fulfilment order.
pub const FULFILMENT_ORDER_LINES_MORE: Document = Document {
    operation: "FulfilmentOrderLinesMore",
    root: "fulfillmentOrder",
    text: text!("fulfilment_order_lines_more" + "fulfilment_order_line"),
};

/// Makes a fulfilment: once, there is no key.
pub const FULFILMENT_CREATE: Document = Document {
    operation: "FulfilmentCreate",
    root: "fulfillmentCreate",
    text: text!("fulfilment_create"),
};

/// Sets the tracking of a fulfilment.
pub const FULFILMENT_TRACKING: Document = Document {
    operation: "FulfilmentTracking",
    root: "fulfillmentTrackingInfoUpdate",
    text: text!("fulfilment_tracking"),
};

/// All of them.
pub const ALL: &[Document] = &[
    SHOP,
    ORDERS_CHANGED,
    ORDER,
    ORDERS_WINDOW,
    ORDER_LINES_MORE,
    ORDER_SHIPPING_MORE,
    ORDER_REFUND_LINES_MORE,
    ORDER_REFUND_REST,
    ORDER_FULFILMENT_LINES_MORE,
    ORDER_RETURNS,
    ORDER_WRITE_BACK_STATE,
    METAFIELD_DEFINITIONS,
    METAFIELD_DEFINITION_CREATE,
    METAFIELDS_SET,
    TAGS_ADD,
    ORDER_MARK_AS_PAID,
    ORDER_SENDING,
    FULFILMENT_ORDER_LINES_MORE,
    FULFILMENT_CREATE,
    FULFILMENT_TRACKING,
    CUSTOMERS_CHANGED,
    CUSTOMER,
    COMPANY,
    PAYOUTS,
    BALANCE_TRANSACTIONS,
    LOCATIONS,
    INVENTORY_LEVELS,
    VARIANTS_CHANGED,
    VARIANTS,
    INVENTORY_SET,
    INVENTORY_ACTIVATE,
    VARIANTS_UPDATE,
    PRODUCT_CHANGE,
    PRODUCT_CREATE,
];
