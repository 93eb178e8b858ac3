//! What a merchant of the practice shop chooses for products, stock and payouts: which warehouse is which location, and the
//! accounts that the accountant has made.

use std::collections::BTreeMap;

use brygga_core::settings::{PayoutClass, PayoutRow, PriceVat, Settings};
use brygga_sandbox::pair::Pair;

/// The main warehouse of the practice company.
const MAIN_WAREHOUSE: &str = "HOVED";
/// The first location of the practice shop.
const FIRST_LOCATION: &str = "61000000001";
/// Scopes of these flows, beside those of orders and customers.
const SCOPES: [&str; 6] = [
    "read_inventory",
    "write_inventory",
    "write_products",
    "read_locations",
    "read_shopify_payments_payouts",
    "read_shopify_payments_accounts",
];
/// The accounts of payouts in the practice company.
const PAYOUT_ACCOUNTS: [(PayoutClass, &str); 6] = [
    (PayoutClass::Bank, "1909"),
    (PayoutClass::Fee, "7770"),
    (PayoutClass::Dispute, "7835"),
    (PayoutClass::Reserve, "1585"),
    (PayoutClass::Adjustment, "7795"),
    (PayoutClass::Conversion, "8160"),
];

/// Switches the flows on.
pub(crate) fn choose(pair: &Pair, settings: &mut Settings) {
    for scope in SCOPES {
        pair.shopify().grant_scope(scope, true);
    }
    settings.stock.on = true;
    settings.stock.locations =
        BTreeMap::from([(MAIN_WAREHOUSE.to_owned(), FIRST_LOCATION.to_owned())]);
    let zone = settings
        .vat
        .iter()
        .find(|row| row.key.destination == "NO")
        .map(|row| row.zone.clone());
    if let Some(zone) = zone {
        settings.products.on = true;
        settings
            .products
            .product_types
            .insert("VARER".into(), "Varer".into());
        settings.products.price_vat = PriceVat::Add { zone };
    }
    let payouts = &mut settings.payouts;
    payouts.on = true;
    payouts.entry_type_out = "UTBET".into();
    payouts.entry_type_in = "INNBET".into();
    payouts
        .cash_accounts
        .insert("NOK".into(), "1950-NOK".into());
    for (class, account) in PAYOUT_ACCOUNTS {
        let row = PayoutRow {
            account: account.into(),
            vat_category: None,
        };
        payouts.classes.insert(class, row);
    }
}
