//! What the wizard shows: what was found, against what the chosen flows need.

use std::collections::BTreeSet;

use brygga_core::Problem;
use brygga_core::settings::{BookingMode, Settings, WhoShips};
use brygga_engine::connect::{is_granted, service_scopes, shop_needs};
use brygga_engine::sign_in;

use super::kept::{Kept, KeptCompany, KeptShop};
use crate::api::reason;
use crate::contract::{
    CompanyFound, CompanySetup, ModeLine, PermissionLine, SetupStep, SetupView, ShopFound,
    ShopSetup, SignInSetup,
};
use crate::pair::Pair;

/// What each thing that is tried in Visma.net is for.
const NEEDS: [(&str, &[&str]); 11] = [
    ("settings-read", &["orders"]),
    ("customers-read", &["orders"]),
    ("items-read", &["orders"]),
    ("invoices-read", &["invoices"]),
    ("payments-read", &["payments"]),
    ("cash-read", &["payouts"]),
    ("orders-read", &["sales_orders"]),
    ("stock-read", &["stock"]),
    ("erp-create", &["orders", "invoices", "payments", "payouts"]),
    ("erp-change", &["orders", "invoices", "payments"]),
    ("orders-write", &["sales_orders"]),
];
/// What each booking mode takes.
const MODES: [(&str, &[&str]); 3] = [
    (
        "sales_order",
        &["orders-read", "orders-write", "erp-create"],
    ),
    (
        "invoice_order",
        &["orders-read", "orders-write", "erp-create"],
    ),
    (
        "direct_invoice",
        &["invoices-read", "erp-create", "erp-change"],
    ),
];

impl Pair {
    pub(super) fn setup_view(&self) -> Result<SetupView, Problem> {
        let kept = self.kept()?;
        let settings = self.settings()?;
        let started = self.is_set_up(&kept)?;
        let on = switched_on(&settings);
        let shop = self.shop_view(&kept, &on)?;
        let company = self.company_view(&kept, &settings, &on)?;
        let mut done: BTreeSet<SetupStep> = kept.finished.clone();
        if shop.found.is_some() && shop.secret_kept {
            done.insert(SetupStep::Shop);
        } else {
            done.remove(&SetupStep::Shop);
        }
        // Without its set-up nothing at all can be done there: a grant that does not work any more is no connection.
        let reads = kept
            .company
            .as_ref()
            .is_some_and(|company| company.may("settings-read"));
        if reads && (company.secret_kept || company.sign_in.signed_in) {
            done.insert(SetupStep::Company);
        } else {
            done.remove(&SetupStep::Company);
        }
        if started {
            done.extend([SetupStep::Flows, SetupStep::Mapping, SetupStep::Start]);
        }
        let month = kept.shop.as_ref().and_then(|shop| self.month(shop));
        Ok(SetupView {
            started,
            step: kept.step.unwrap_or(SetupStep::Shop),
            done: done.into_iter().collect(),
            shop,
            company,
            month,
            practice: self.host.hints.clone(),
        })
    }

    fn month(&self, shop: &KeptShop) -> Option<String> {
        let zone: chrono_tz::Tz = shop.time_zone.parse().ok()?;
        let today = self.ground.clock.now().with_timezone(&zone).date_naive();
        Some(today.format("%Y-%m-01").to_string())
    }

    fn shop_view(&self, kept: &Kept, on: &BTreeSet<&str>) -> Result<ShopSetup, Problem> {
        let secrets = self.ground.kept()?;
        let connection = self.ground.shop()?;
        let client_id = connection.as_ref().and_then(|shop| shop.client_id.clone());
        let mut list: Vec<&str> = Vec::new();
        let needs = shop_needs();
        for scope in needs.iter().filter_map(|need| need.any.first()) {
            // One that is implied by one to write is not listed beside it.
            if !list.contains(scope) {
                list.push(scope);
            }
        }
        let written: Vec<String> = list
            .iter()
            .filter_map(|scope| Some(format!("read_{}", scope.strip_prefix("write_")?)))
            .collect();
        list.retain(|scope| !written.iter().any(|implied| implied == scope));
        Ok(ShopSetup {
            secret_kept: match &connection {
                Some(shop) if shop.client_id.is_some() => secrets.shop_secret,
                Some(_) => secrets.shop_token,
                None => false,
            },
            domain: connection.map(|shop| shop.domain),
            client_id,
            scope_list: list.join(","),
            found: kept.shop.as_ref().map(|shop| shop_found(shop, on)),
        })
    }

    fn company_view(
        &self,
        kept: &Kept,
        settings: &Settings,
        on: &BTreeSet<&str>,
    ) -> Result<CompanySetup, Problem> {
        let secrets = self.ground.kept()?;
        let connection = self.ground.company()?;
        let person = self.ground.sign_in()?;
        let signing = self.signing();
        let port = person.as_ref().map_or(sign_in::PORT, |person| person.port);
        let scopes = person.as_ref().map_or_else(
            || {
                sign_in::SCOPES
                    .iter()
                    .map(|&scope| scope.to_owned())
                    .collect()
            },
            |person| person.scopes.clone(),
        );
        let sign_in = SignInSetup {
            client_id: person
                .map(|person| person.client_id)
                .or_else(|| sign_in::PUBLISHER.map(str::to_owned)),
            scopes,
            port,
            redirect: sign_in::redirect_uri(port),
            signed_in: secrets.sign_in,
            waiting: signing.waiting.as_ref().map(|(address, _)| address.clone()),
            trouble: signing.trouble.as_ref().map(reason),
        };
        Ok(CompanySetup {
            client_id: connection.as_ref().map(|company| company.client_id.clone()),
            tenant_id: connection.as_ref().map(|company| company.tenant_id.clone()),
            scopes: connection
                .map(|company| company.scopes)
                .filter(|scopes| !scopes.is_empty())
                .unwrap_or_else(service_scopes),
            secret_kept: secrets.company_secret,
            sign_in,
            found: kept
                .company
                .as_ref()
                .map(|company| company_found(company, settings, on)),
        })
    }
}

/// The flows that are on, by the names that permissions are asked for.
fn switched_on(settings: &Settings) -> BTreeSet<&'static str> {
    let mut on = BTreeSet::from(["orders"]);
    let mut add = |name, is: bool| {
        if is {
            on.insert(name);
        }
    };
    add(
        "sales_orders",
        settings.booking_mode != BookingMode::DirectInvoice,
    );
    add("invoices", settings.invoices.on);
    add("returns", settings.refunds.on);
    add(
        "write_back",
        settings.invoices.on && settings.invoices.write_back,
    );
    add("fulfilment", settings.invoices.who_ships == WhoShips::Visma);
    add("payments", settings.payments.on);
    add("payouts", settings.payouts.on);
    add("products", settings.products.on);
    add("items", settings.makes_items_for_orders());
    add("stock", settings.stock.on);
    on
}

fn shop_found(shop: &KeptShop, on: &BTreeSet<&str>) -> ShopFound {
    let mut permissions: Vec<PermissionLine> = Vec::new();
    for need in shop_needs() {
        let Some(first) = need.any.first() else {
            continue;
        };
        let ok = is_granted(&shop.granted, need.any);
        if let Some(known) = permissions.iter_mut().find(|known| known.scope == *first) {
            known.flows.push(need.flow.to_owned());
            let needed = on.contains(need.flow);
            // One flow may take exactly this scope where another is content with a like one; what is switched on decides.
            if known.needed == needed {
                known.ok &= ok;
            } else if needed {
                known.ok = ok;
            }
            known.needed |= needed;
            continue;
        }
        permissions.push(PermissionLine {
            name: (*first).to_owned(),
            scope: (*first).to_owned(),
            flows: vec![need.flow.to_owned()],
            needed: on.contains(need.flow),
            ok,
            reason: None,
        });
    }
    permissions.sort_by_key(|line| (!line.needed, line.ok));
    ShopFound {
        name: shop.name.clone(),
        currency: shop.currency.clone(),
        country: shop.country.clone(),
        sixty_days_only: shop.sixty_days_only,
        permissions,
    }
}

fn company_found(company: &KeptCompany, settings: &Settings, on: &BTreeSet<&str>) -> CompanyFound {
    let mut permissions: Vec<PermissionLine> = company
        .probes
        .iter()
        .map(|probe| {
            let flows: &[&str] = NEEDS
                .iter()
                .find(|(name, _)| *name == probe.name)
                .map_or(&[], |(_, flows)| flows);
            PermissionLine {
                name: probe.name.clone(),
                scope: probe.scope.clone(),
                flows: flows.iter().map(|&flow| flow.to_owned()).collect(),
                needed: flows.iter().any(|flow| on.contains(flow)),
                ok: probe.problem.is_none(),
                reason: probe.problem.as_ref().map(|(code, params)| {
                    let mut problem = Problem::new(*code);
                    problem.params.clone_from(params);
                    reason(&problem)
                }),
            }
        })
        .collect();
    permissions.sort_by_key(|line| (!line.needed, line.ok));
    let chosen = serde_json::to_value(settings.booking_mode).unwrap_or_default();
    let modes = MODES
        .iter()
        .map(|(mode, takes)| ModeLine {
            mode: (*mode).to_owned(),
            open: takes.iter().all(|name| company.may(name)),
            chosen: chosen.as_str() == Some(*mode),
        })
        .collect();
    CompanyFound {
        name: company.name.clone(),
        permissions,
        modes,
    }
}
