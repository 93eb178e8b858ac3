//! Locations, levels, and what was exchanged in returns.

use super::*;

#[tokio::test]
async fn locations_come_by_name() {
    let bench = Bench::seeded(5).await;
    let locations = bench.shop().locations().await.unwrap();
    let named: Vec<_> = locations
        .iter()
        .map(|location| (location.id.as_str(), location.name.as_str()))
        .collect();
    assert_eq!(named.len(), 3, "{named:?}");
    assert!(named.contains(&("61000000003", "Torggata")), "{named:?}");
}

#[tokio::test]
async fn an_item_is_stocked_at_a_further_location() {
    let bench = Bench::seeded(5).await;
    let shop = bench.shop();
    let item = shop.variants_by_sku("MG-FJELL-4").await.unwrap()[0]
        .inventory_item
        .clone();
    let counter = "61000000003";
    let there = async || {
        let levels = shop
            .inventory_levels(std::slice::from_ref(&item))
            .await
            .unwrap();
        let mut at = levels.into_iter().filter(|level| level.location == counter);
        at.next().map(|level| level.available)
    };
    assert_eq!(there().await, None);
    shop.activate_inventory(&item, counter, 5, "one")
        .await
        .unwrap();
    assert_eq!(there().await, Some(5));
    // The same intent again is answered as before; another finds the item there already.
    shop.activate_inventory(&item, counter, 5, "one")
        .await
        .unwrap();
    let refused = shop.activate_inventory(&item, counter, 6, "two").await;
    assert!(
        matches!(refused, Err(WriteFailure::Refused(_))),
        "{refused:?}"
    );
    assert_eq!(there().await, Some(5));
}

#[tokio::test]
async fn an_order_with_many_exchanges_comes_whole() {
    let bench = Bench::seeded(60).await;
    let shop = bench.shop();
    // Says that returns may be read.
    shop.shop_info().await.unwrap();
    let orders = all(&shop, seeded_start()).await.unwrap();
    let exchanged = |order: &RawOrder| {
        let returns = order.json["returns"]["nodes"].as_array();
        let mut lines = returns
            .into_iter()
            .flatten()
            .filter_map(|one| one["exchangeLineItems"]["nodes"].as_array());
        lines.any(|lines| !lines.is_empty())
    };
    let chosen = orders.into_iter().find(exchanged).unwrap();
    bench
        .pair
        .shopify()
        .change_order(&chosen.id.gid(), |order| {
            let pattern = order["returns"][0].clone();
            let returns: Value = (0..12)
                .map(|number| {
                    let mut one = pattern.clone();
                    one["id"] = json!(format!("gid://shopify/Return/{}", 770_000 + number));
                    let line = one["exchangeLineItems"][0].clone();
                    one["exchangeLineItems"] = (0..20)
                        .map(|place| {
                            let mut line = line.clone();
                            let id = 880_000 + number * 100 + place;
                            line["id"] = json!(format!("gid://shopify/ExchangeLineItem/{id}"));
                            line
                        })
                        .collect();
                    one
                })
                .collect();
            order["returns"] = returns;
        });
    bench.clock.advance(Duration::from_mins(1));
    let calls = bench.pair.counters().shopify.calls;
    let order = shop.order(&chosen.id).await.unwrap().unwrap();
    // The order, and once all its returns in longer lists.
    assert_eq!(bench.pair.counters().shopify.calls - calls, 2);
    let returns = order.json["returns"]["nodes"].as_array().unwrap();
    assert_eq!(returns.len(), 12);
    let ids: BTreeSet<&str> = returns
        .iter()
        .flat_map(|one| one["exchangeLineItems"]["nodes"].as_array().unwrap())
        .map(|line| line["id"].as_str().unwrap())
        .collect();
    assert_eq!(ids.len(), 240);
    wire::order(&order.json).unwrap();
}
