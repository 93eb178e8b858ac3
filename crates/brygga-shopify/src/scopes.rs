use std::collections::BTreeSet;

use brygga_core::{Code, Problem};

/// What reading orders and customers needs; one of each row is enough (`facts/shopify` 2.1; `spec/shopify/access`).
const NEEDED: &[&[&str]] = &[
    &["read_orders"],
    &["read_customers"],
    // LineItem.variant and .product
    &["read_products"],
    // Order.retailLocation: the country of a sale over the counter
    &["read_locations", "read_inventory"],
];

/// What an app may be used for, beside reading orders and customers. Each needs scopes of its own (`facts/shopify` 2.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Flow {
    /// Orders, refunds, fulfilments and customers: what everything begins with.
    Orders,
    /// Which goods came with an exchange.
    Returns,
    /// Metafields and tags on orders, marking them as paid.
    WriteBack,
    /// Fulfilments of shipments that were made in Visma.net.
    Fulfilment,
    /// Payouts of Shopify Payments; optional, off without the scopes (`booking-rules` 7).
    Payouts,
    /// Quantities.
    Stock,
    /// Products and prices.
    Products,
    /// Variants, for items that are made for orders.
    Items,
    /// Balances of gift cards, for the proof.
    GiftCards,
}

impl Flow {
    /// All of them, in the order in which a merchant takes them into use.
    pub const ALL: &'static [Self] = &[
        Self::Orders,
        Self::Returns,
        Self::WriteBack,
        Self::Fulfilment,
        Self::Payouts,
        Self::Stock,
        Self::Products,
        Self::Items,
        Self::GiftCards,
    ];

    /// What it needs; one of each row is enough.
    pub fn needs(self) -> &'static [&'static [&'static str]] {
        match self {
            Self::Orders => NEEDED,
            Self::Returns => &[&["read_returns"]],
            // Metafields have the scope of their owner.
            Self::WriteBack => &[&["write_orders"]],
            Self::Fulfilment => &[&[
                "write_merchant_managed_fulfillment_orders",
                "write_assigned_fulfillment_orders",
                "write_third_party_fulfillment_orders",
            ]],
            Self::Payouts => &[
                &["read_shopify_payments_payouts"],
                &["read_shopify_payments_accounts"],
            ],
            Self::Stock => &[
                &["read_products"],
                &["write_inventory"],
                &["read_locations"],
            ],
            // The unit weight of a variant is its inventory item's.
            Self::Products => &[&["write_products"], &["read_inventory"]],
            Self::Items => &[&["read_products"], &["read_inventory"]],
            Self::GiftCards => &[&["read_gift_cards"]],
        }
    }
}

/// What the app was granted, beside what it needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScopeReport {
    /// As Shopify names them.
    pub granted: Vec<String>,
    /// What is missing for the flows of this program.
    pub missing: Vec<String>,
    /// Without `read_all_orders`, only the orders of the last 60 days are seen (`facts/shopify` 2.2).
    pub sixty_days_only: bool,
}

impl ScopeReport {
    /// Compares; a scope to write is one to read too (`facts/shopify` 1.3).
    pub fn of(granted: &[String]) -> Self {
        let held = held(granted);
        Self {
            granted: granted.to_vec(),
            missing: lacking(&held, Flow::Orders),
            sixty_days_only: !held.contains("read_all_orders"),
        }
    }

    /// What is missing for one flow: the first of each row that is not held.
    pub fn missing_for(&self, flow: Flow) -> Vec<String> {
        lacking(&held(&self.granted), flow)
    }

    /// `shop-scopes-missing`, if something is.
    pub fn problem(&self) -> Option<Problem> {
        (!self.missing.is_empty())
            .then(|| Problem::new(Code::ShopScopes).with("scopes", self.missing.join(", ")))
    }

    /// `shop-only-60-days`, if that is all that is seen. Nothing fails by it.
    pub fn horizon(&self) -> Option<Problem> {
        self.sixty_days_only
            .then(|| Problem::new(Code::ShopHorizon))
    }
}

/// What is held, with what it implies: a scope to write is one to read too.
fn held(granted: &[String]) -> BTreeSet<String> {
    let mut held: BTreeSet<String> = granted
        .iter()
        .map(|scope| scope.trim().to_owned())
        .collect();
    let implied: Vec<String> = held
        .iter()
        .filter_map(|scope| Some(format!("read_{}", scope.strip_prefix("write_")?)))
        .collect();
    held.extend(implied);
    held
}

fn lacking(held: &BTreeSet<String>, flow: Flow) -> Vec<String> {
    let rows = flow.needs().iter();
    rows.filter(|row| !row.iter().any(|scope| held.contains(*scope)))
        .filter_map(|row| row.first())
        .map(|scope| (*scope).to_owned())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(scopes: &str) -> ScopeReport {
        ScopeReport::of(
            &scopes
                .split(',')
                .filter(|scope| !scope.is_empty())
                .map(str::to_owned)
                .collect::<Vec<_>>(),
        )
    }

    #[test]
    fn writing_implies_reading_and_alternatives_count() {
        let full =
            report("write_orders,read_customers,write_products,read_inventory,read_all_orders");
        assert_eq!((full.problem(), full.horizon()), (None, None));
    }

    #[test]
    fn exactly_what_is_missing_is_named() {
        let some = report("read_orders,read_products");
        assert_eq!(
            some.problem().unwrap().params["scopes"],
            "read_customers, read_locations"
        );
        assert!(some.horizon().is_some());
        assert_eq!(report("").missing.len(), 4);
    }

    #[test]
    fn each_flow_names_what_it_lacks() {
        let some = report("read_orders,read_returns,write_inventory,read_locations");
        for (flow, missing) in [
            (Flow::Orders, "read_customers,read_products"),
            (Flow::Returns, ""),
            (Flow::WriteBack, "write_orders"),
            (
                Flow::Fulfilment,
                "write_merchant_managed_fulfillment_orders",
            ),
            (
                Flow::Payouts,
                "read_shopify_payments_payouts,read_shopify_payments_accounts",
            ),
            (Flow::Stock, "read_products"),
            (Flow::Products, "write_products"),
            (Flow::Items, "read_products"),
            (Flow::GiftCards, "read_gift_cards"),
        ] {
            assert_eq!(some.missing_for(flow).join(","), missing, "{flow:?}");
        }
        assert_eq!(Flow::ALL.len(), 9);
    }
}
