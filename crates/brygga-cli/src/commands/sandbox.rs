//! `brygga sandbox`: the practice pair as a process of its own.

use std::sync::Arc;

use brygga_core::Clock;
use brygga_http::SystemClock;
use brygga_sandbox::faults::Faults;
use brygga_sandbox::pair::{Pair, PairConfig, ShopSource};
use brygga_sandbox::practice;

use crate::arguments::Sandbox;
use crate::end::End;
use crate::print;

pub(crate) async fn run(options: Sandbox) -> Result<End, End> {
    let shop = match options.shop_data {
        Some(dir) => ShopSource::Recorded(dir),
        None => ShopSource::seeded(options.orders, options.seed),
    };
    let faults = Faults::profile(&options.faults, options.seed)
        .ok_or_else(|| End::Use(format!("There is no fault profile {}.", options.faults)))?;
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let config = PairConfig {
        shopify_port: options.shopify_port,
        visma_port: options.visma_port,
        vat_rounding: options.vat_rounding.into(),
        faults,
        ..PairConfig::new(shop, clock)
    };
    let pair = Pair::start(config)
        .await
        .map_err(|error| End::Fault(error.to_string()))?;
    print::line(format_args!("shopify {}", pair.shopify_url()));
    print::line(format_args!("visma {}", pair.visma_url()));
    print::aside(format_args!(
        "Connect with:\n  BRYGGA_SHOPIFY_SECRET={} brygga --data-dir DIR connect shopify --domain {} --client-id {} --base-url {}\n  \
         BRYGGA_VISMA_SECRET={} brygga --data-dir DIR connect visma --client-id {} --tenant {} --base-url {}\nCtrl+C ends it.",
        practice::SHOP_CLIENT_SECRET,
        practice::SHOP_DOMAIN,
        practice::SHOP_CLIENT_ID,
        pair.shopify_url(),
        practice::VISMA_CLIENT_SECRET,
        practice::VISMA_CLIENT_ID,
        practice::VISMA_COMPANY_TENANT,
        pair.visma_url()
    ));
    tokio::signal::ctrl_c()
        .await
        .map_err(|error| End::Fault(error.to_string()))?;
    pair.shutdown().await;
    Ok(End::Done)
}
