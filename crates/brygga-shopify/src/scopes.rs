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
        let mut held: BTreeSet<String> = granted
            .iter()
            .map(|scope| scope.trim().to_owned())
            .collect();
        let implied: Vec<String> = held
            .iter()
            .filter_map(|scope| Some(format!("read_{}", scope.strip_prefix("write_")?)))
            .collect();
        held.extend(implied);
        let missing = NEEDED
            .iter()
            .filter(|row| !row.iter().any(|scope| held.contains(*scope)));
        Self {
            granted: granted.to_vec(),
            missing: missing
                .filter_map(|row| row.first())
                .map(|scope| (*scope).to_owned())
                .collect(),
            sixty_days_only: !held.contains("read_all_orders"),
        }
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
}
