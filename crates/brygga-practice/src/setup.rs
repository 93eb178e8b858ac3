//! Starting the pair, connecting to it, and the settings that a merchant would choose there.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use brygga_api::contract::PracticeHints;
use brygga_api::{Api, Pair as Served, PairHost, Watch};
use brygga_core::booking::suggest;
use brygga_core::booking::suggest_payments::{self, Tender};
use brygga_core::ids::CountingIds;
use brygga_core::settings::{HouseRow, Settings, SpecialItem};
use brygga_core::{Clock, Problem};
use brygga_engine::connect::{CompanyConnection, Ground, ShopConnection};
use brygga_engine::{Engine, Place, RateHosts};
use brygga_http::HttpConfig;
use brygga_http::secrets::Memory;
use brygga_sandbox::pair::{Pair, PairConfig};
use brygga_sandbox::{Identity, practice};
use brygga_store::{DataKey, Store};
use secrecy::SecretString;

use crate::demo::DemoError;
use crate::flows;

/// How the product is started on the pair.
#[derive(Debug)]
pub struct PracticeOptions {
    /// The pair.
    pub pair: PairConfig,
    /// Seed of the product's ids and jitter.
    pub seed: u64,
    /// Time-outs and the like.
    pub http: HttpConfig,
}

/// A running pair with the product connected to it and set up.
pub struct Practice {
    /// Both remotes.
    pub pair: Pair,
    /// The product.
    pub engine: Arc<Engine>,
    /// Its commands.
    pub api: Arc<Api>,
    /// The same for a host, with those of the set-up.
    pub served: Arc<Served>,
    /// What it stands on.
    pub ground: Arc<Ground>,
}

/// A running pair with a product that nobody has set up yet.
pub struct Unconnected {
    /// Both remotes.
    pub pair: Pair,
    /// The product's commands.
    pub served: Arc<Served>,
    /// What it stands on.
    pub ground: Arc<Ground>,
}

/// Starts the pair and a product with an empty database in memory.
async fn begin(options: PracticeOptions) -> Result<(Pair, Arc<Ground>, Identity), DemoError> {
    let identity = options.pair.identity.clone();
    let clock: Arc<dyn Clock> = Arc::clone(&options.pair.clock);
    let pair = Pair::start(options.pair).await?;
    let key = DataKey::generate().map_err(Problem::from)?;
    let ground = Ground {
        store: Arc::new(Store::memory(key, Arc::clone(&clock)).map_err(Problem::from)?),
        secrets: Arc::new(Memory::default()),
        clock,
        ids: Arc::new(CountingIds::from_seed(options.seed)),
        http: HttpConfig {
            only_here: true,
            ..options.http
        },
        // Practice talks to nobody outside this computer.
        rates: RateHosts::at(pair.rates_url())?,
        place: Place::default(),
    };
    Ok((pair, Arc::new(ground), identity))
}

/// How a host serves a practice pair: connections go to it, whatever is typed, and what to type is shown.
pub fn practice_host(
    identity: &Identity,
    shopify: &str,
    visma: &str,
    patience: Duration,
) -> PairHost {
    PairHost {
        practice: true,
        hints: Some(PracticeHints {
            shop_domain: identity.shop_domain.clone(),
            shop_client_id: practice::SHOP_CLIENT_ID.into(),
            shop_secret: practice::SHOP_CLIENT_SECRET.into(),
            company_client_id: practice::VISMA_CLIENT_ID.into(),
            company_secret: practice::VISMA_CLIENT_SECRET.into(),
            tenant_id: identity.tenant.clone(),
            sign_in_client_id: practice::VISMA_PUBLIC_CLIENT_ID.into(),
        }),
        shop_base: Some(shopify.to_owned()),
        company_base: Some(visma.to_owned()),
        patience,
    }
}

impl Unconnected {
    /// Starts the pair, with the browser waited for so long on the pair's clock.
    pub async fn start(options: PracticeOptions, patience: Duration) -> Result<Self, DemoError> {
        let (pair, ground, identity) = begin(options).await?;
        let host = practice_host(&identity, &pair.shopify_url(), &pair.visma_url(), patience);
        let served = Served::open(Arc::clone(&ground), Watch::new(), host)?;
        Ok(Self {
            pair,
            served,
            ground,
        })
    }
}

impl Practice {
    /// Starts the pair, connects a product with an empty database in memory, and sets it up.
    pub async fn start(options: PracticeOptions) -> Result<Self, DemoError> {
        let (pair, ground, identity) = begin(options).await?;
        connect_to(&ground, &identity, &pair.shopify_url(), &pair.visma_url()).await?;
        let host = practice_host(
            &identity,
            &pair.shopify_url(),
            &pair.visma_url(),
            Duration::from_hours(50),
        );
        let served = Served::open(Arc::clone(&ground), Watch::new(), host)?;
        let api = served.api()?;
        let engine = Arc::clone(api.engine());
        let mut settings = settings(&engine, &countries(&pair)).await?;
        // Chosen by hand, as an accountant would: the practice company has an item for each.
        let item = |item: &str| SpecialItem {
            item: item.to_owned(),
            account: None,
        };
        settings.refunds.difference_item =
            Some(item(brygga_sandbox::visma::ITEM_REFUND_DIFFERENCE));
        settings.payments.cash_rounding_item =
            Some(item(brygga_sandbox::visma::ITEM_CASH_ROUNDING));
        settings.payments.gateways =
            suggest_payments::payments(&*engine.catalogue().await?, &tenders(&pair));
        if pair.shop_data().recorded {
            // Development stores mostly charge no tax where other orders show some: their merchant approves those.
            settings.approved_without_vat = untaxed(&pair);
        }
        if !pair.shop_data().recorded {
            flows::choose(&pair, &mut settings);
        }
        engine.put_settings(&settings, "practice")?;
        Ok(Self {
            pair,
            engine,
            api,
            served,
            ground,
        })
    }
}

/// Connects to the usual practice pair with its credentials.
pub async fn connect(ground: &Ground, shopify: &str, visma: &str) -> Result<(), Problem> {
    connect_to(ground, &Identity::default(), shopify, visma).await
}

async fn connect_to(
    ground: &Ground,
    identity: &Identity,
    shopify: &str,
    visma: &str,
) -> Result<(), Problem> {
    let shop = ShopConnection {
        domain: identity.shop_domain.clone(),
        client_id: Some(practice::SHOP_CLIENT_ID.into()),
        base_url: Some(shopify.to_owned()),
    };
    ground
        .connect_shop(shop, Some(SecretString::from(practice::SHOP_CLIENT_SECRET)))
        .await?;
    let company = CompanyConnection {
        client_id: practice::VISMA_CLIENT_ID.into(),
        tenant_id: identity.tenant.clone(),
        base_url: Some(visma.to_owned()),
        scopes: Vec::new(),
    };
    ground
        .connect_company(
            company,
            Some(SecretString::from(practice::VISMA_CLIENT_SECRET)),
        )
        .await?;
    Ok(())
}

/// The settings that a merchant of the practice shop would choose: every suggestion taken, and the house customers.
pub async fn settings(engine: &Engine, countries: &BTreeSet<String>) -> Result<Settings, Problem> {
    let shop = engine.shop_info().await?;
    let catalogue = engine.catalogue().await?;
    let mut destinations = countries.clone();
    destinations.insert(shop.country.clone());
    let today = engine
        .clock()
        .now()
        .with_timezone(&shop.time_zone)
        .date_naive();
    let mut settings = suggest::settings(&catalogue, &shop.country, &destinations, today);
    settings.customers.house = catalogue
        .currencies
        .iter()
        .map(|currency| HouseRow {
            country: "*".into(),
            currency: currency.id.clone(),
            customer: format!("HUS-{}", currency.id),
        })
        .collect();
    Ok(settings)
}

/// The countries to which the shop's orders go or from which they come.
fn countries(pair: &Pair) -> BTreeSet<String> {
    let mut countries = BTreeSet::new();
    for order in &pair.shop_data().orders {
        for (_, version) in &order.versions {
            for address in ["shippingAddress", "billingAddress"] {
                if let Some(country) = version[address]["countryCodeV2"].as_str() {
                    countries.insert(country.to_owned());
                }
            }
        }
    }
    countries
}

/// The orders on which no tax was ever charged.
fn untaxed(pair: &Pair) -> BTreeSet<String> {
    let taxed = |version: &serde_json::Value| {
        let amount = version["totalTaxSet"]["shopMoney"]["amount"]
            .as_str()
            .unwrap_or("0");
        amount.bytes().any(|digit| matches!(digit, b'1'..=b'9'))
    };
    let orders = &pair.shop_data().orders;
    orders
        .iter()
        .filter(|order| !order.versions.iter().any(|(_, version)| taxed(version)))
        .map(|order| order.id.clone())
        .collect()
}

/// Every way in which money comes in or goes out in the shop, in each currency in which a document may be.
fn tenders(pair: &Pair) -> BTreeSet<Tender> {
    let mut tenders = BTreeSet::new();
    let versions = pair
        .shop_data()
        .orders
        .iter()
        .flat_map(|order| &order.versions);
    for (_, version) in versions {
        for transaction in version["transactions"].as_array().into_iter().flatten() {
            let Some(gateway) = transaction["gateway"].as_str() else {
                continue;
            };
            let method = transaction["paymentDetails"]["paymentMethodName"].as_str();
            for money in ["shopMoney", "presentmentMoney"] {
                if let Some(currency) = transaction["amountSet"][money]["currencyCode"].as_str() {
                    tenders.insert(Tender {
                        gateway: gateway.to_owned(),
                        method: method.map(str::to_owned),
                        currency: currency.to_owned(),
                    });
                }
            }
        }
    }
    tenders
}
