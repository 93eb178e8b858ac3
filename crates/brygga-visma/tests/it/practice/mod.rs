//! Against the practice Visma.net, which refuses what the real one refuses.

mod ledger;
mod ledger_trouble;
mod life;
mod shipping;
mod trouble;

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use brygga_core::erp::{
    CustomerDraft, CustomerStatus, LineDraft, LinePatch, OrderNumber, OrderStatus, SalesOrderDraft,
};
use brygga_core::{Code, Decimal, JumpClock};
use brygga_http::{Http, HttpConfig};
use brygga_sandbox::faults::{Fault, FaultRule, Faults, Side};
use brygga_sandbox::practice;
use brygga_sandbox::record::Recorder;
use brygga_sandbox::shop_data::ShopData;
use brygga_sandbox::visma::{VatRounding, VismaConfig as PracticeConfig, VismaData, VismaServer};
use brygga_visma::{CallError, Visma, VismaConfig};
use chrono::NaiveDate;

use crate::customers::draft as customer_draft;
use crate::orders::draft as order_draft;
use crate::world::start;

struct Practice {
    server: VismaServer,
    clock: Arc<JumpClock>,
    faults: Arc<Faults>,
    visma: Visma,
    /// An item of the shop, that is goods.
    goods: String,
}

fn shop() -> &'static ShopData {
    static SHOP: OnceLock<ShopData> = OnceLock::new();
    SHOP.get_or_init(|| ShopData::seeded(30, 1, start()))
}

fn config(url: &str) -> VismaConfig {
    VismaConfig {
        base_url: Some(url.to_owned()),
        ..VismaConfig::new(
            practice::VISMA_CLIENT_ID,
            practice::VISMA_CLIENT_SECRET.into(),
            practice::VISMA_COMPANY_TENANT,
        )
    }
}

impl Practice {
    async fn new() -> Self {
        Self::with(PracticeConfig::default()).await
    }

    async fn with(config: PracticeConfig) -> Self {
        let clock = Arc::new(JumpClock::at(start()));
        let faults = Arc::new(Faults::new(Vec::new()));
        let data = VismaData::for_shop(shop(), &config);
        let goods = data
            .items
            .values()
            .find(|item| item.is_stock())
            .map(|item| item.number.clone())
            .expect("goods");
        let recorder = Arc::new(Recorder::from_env().expect("a recorder"));
        let server = VismaServer::start(config, data, clock.clone(), faults.clone(), recorder, 0)
            .await
            .expect("a server");
        let visma = client(&self::config(&server.url()), &clock);
        Self {
            server,
            clock,
            faults,
            visma,
            goods,
        }
    }

    fn client(&self, change: impl FnOnce(&mut VismaConfig)) -> Visma {
        let mut config = config(&self.server.url());
        change(&mut config);
        client(&config, &self.clock)
    }

    fn fault(&self, method: &str, path: &str, fault: Fault) {
        self.faults.add(
            FaultRule::next(Side::Visma, fault)
                .method(method)
                .path(path),
        );
    }

    async fn customer(&self) -> String {
        self.visma
            .create_customer(&customer())
            .await
            .expect("a customer")
    }

    fn order(&self) -> SalesOrderDraft {
        let mut draft = order_draft();
        for line in &mut draft.lines {
            line.item.clone_from(&self.goods);
            line.unit_price = Decimal::new(19_999, 2);
        }
        draft
    }

    async fn booked(&self, number: &OrderNumber) -> brygga_core::erp::BookedOrder {
        self.visma
            .order(number)
            .await
            .expect("read")
            .expect("there")
    }
}

fn client(config: &VismaConfig, clock: &Arc<JumpClock>) -> Visma {
    // Long enough for a busy machine, short enough for the faults that never answer.
    let limits = HttpConfig {
        total_timeout: Duration::from_secs(3),
        ..HttpConfig::default()
    };
    let http = Http::new(
        limits,
        clock.clone(),
        Arc::new(brygga_core::ids::CountingIds::from_seed(1)),
    )
    .expect("a client");
    Visma::new(config.clone(), http).expect("a client")
}

fn customer() -> CustomerDraft {
    CustomerDraft {
        email: Some("ny.kunde@example.no".into()),
        ..customer_draft()
    }
}
