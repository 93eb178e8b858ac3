//! Which variant is which item.

use std::collections::BTreeMap;

use brygga_core::Code;
use brygga_core::goods::pair;

use super::variant;

#[test]
fn skus_are_compared_trimmed_and_with_their_capitals() {
    let table = [
        ("A-1", "A-1", None),
        (" A-1 ", "A-1", None),
        ("A-1", " A-1", None),
        ("a-1", "A-1", Some(Code::ProductSkuDiffers)),
        ("A -1", "A-1", Some(Code::ProductSkuDiffers)),
        ("A-2", "A-1", Some(Code::ItemNotFound)),
        ("  ", "A-1", Some(Code::ProductSkuMissing)),
    ];
    for (sku, item, problem) in table {
        let variants = [variant(1, sku)];
        let links = BTreeMap::new();
        let pairing = pair(&variants, [item], &links);
        let got = pairing.unmatched.first().map(|row| row.problem.code);
        assert_eq!(got, problem, "{sku:?} and {item:?}");
        assert_eq!(pairing.matched.len(), usize::from(problem.is_none()));
    }
}

#[test]
fn a_link_outlives_a_new_sku_but_not_its_item() {
    let variants = [variant(1, "NEW-SKU")];
    let links = BTreeMap::from([("1".to_owned(), "A-1".to_owned())]);
    let pairing = pair(&variants, ["A-1", "NEW-SKU"], &links);
    let matched = pairing.matched.get("A-1").unwrap();
    assert!(matched.linked);
    assert!(!pairing.matched.contains_key("NEW-SKU"));
    let gone = pair(&variants, ["NEW-SKU"], &links);
    assert!(!gone.matched.get("NEW-SKU").unwrap().linked);
}

#[test]
fn doubles_on_either_side_are_nobodys() {
    let links = BTreeMap::new();
    let variants = [variant(1, "A-1"), variant(2, "A-1 "), variant(3, "B-1")];
    let in_shop = pair(&variants, ["A-1", "B-1"], &links);
    let problem = in_shop.doubled.get("A-1").unwrap();
    assert_eq!(problem.code, Code::ProductSkuDoubled);
    assert_eq!(problem.params["side"], "Shopify");
    assert_eq!(in_shop.matched.keys().copied().collect::<Vec<_>>(), ["B-1"]);
    let in_erp = pair(&variants[2..], ["B-1", "B-1 "], &links);
    assert_eq!(in_erp.doubled["B-1"].params["side"], "Visma.net");
    assert!(in_erp.matched.is_empty());
}
