//! What the company is set up with: read once a run, all lists at once (`facts/visma` 4, 9, 11, 13).

use std::collections::{BTreeMap, HashSet};

use brygga_core::erp::{Account, Catalogue, Item};
use brygga_core::{Code, Problem};
use serde::de::DeserializeOwned;

use super::registers::{
    account, branch, cash_account, currency, customer_class, financial_periods, item, lot_class,
    order_type, payment_method, vat_id, warehouse,
};
use super::wire::{self, Row};
use crate::call::Call;
use crate::client::Visma;
use crate::config::Api;
use crate::error::{REMOTE, unexpected};
use crate::paging::Pages;
use crate::text::{path_value, some};

/// Items in a page; the documented most is 5000 (`facts/visma` 4), but such pages take long.
const ITEM_PAGE: usize = 1000;
const PAGE: usize = 500;
/// These are true unless told otherwise, "but will be changed in the future" (`facts/visma` 4).
pub(crate) const NOT_EXPANDED: [&str; 9] = [
    "expandCrossReference",
    "expandAttachment",
    "expandAttribute",
    "expandWarehouseDetail",
    "expandAccountInformation",
    "expandInventoryUnits",
    "expandSupplierDetails",
    "expandSalesCategories",
    "expandNote",
];

impl Visma {
    /// Reads everything that the booking rules ask of the ERP.
    pub async fn catalogue(&self) -> Result<Catalogue, Problem> {
        // So many calls at once are a large future; it lives on the heap.
        Box::pin(self.read_catalogue()).await
    }

    async fn read_catalogue(&self) -> Result<Catalogue, Problem> {
        let (
            items,
            vat,
            currencies,
            warehouses,
            classes,
            branches,
            methods,
            periods,
            types,
            cash,
            accounts,
        ) = tokio::try_join!(
            self.items(),
            self.whole::<wire::Vat>("vat", "read the VAT ids"),
            self.whole::<wire::Currency>("currency", "read the currencies"),
            self.whole::<wire::Warehouse>("warehouse", "read the warehouses"),
            self.whole_at::<wire::CustomerClass>(
                &["v1", "customer", "customerClass"],
                "read the customer classes"
            ),
            self.whole::<wire::Branch>("branch", "read the branches"),
            self.whole::<wire::PaymentMethod>("paymentmethod", "read the payment methods"),
            self.whole::<wire::FinancialPeriod>("financialPeriod", "read the financial periods"),
            self.paged::<wire::OrderType>(&["v1", "salesordertype"], PAGE, "read the order types"),
            self.whole::<wire::CashAccount>("cashaccount", "read the cash accounts"),
            async { Ok::<_, Problem>(self.accounts().await) },
        )?;
        // A company without any of these does not exist: something is wrong with the answer, not with the company.
        for (what, empty) in [
            ("VAT ids", vat.is_empty()),
            ("currencies", currencies.is_empty()),
            ("financial periods", periods.is_empty()),
        ] {
            if empty {
                return Err(Problem::new(Code::RemoteEmpty)
                    .with("remote", REMOTE)
                    .with("detail", what));
            }
        }
        let cash_currencies = cash
            .iter()
            .filter_map(|account| some(account.currency.clone()))
            .collect();
        let cash_accounts = cash.into_iter().filter_map(cash_account).collect();
        Ok(Catalogue {
            items,
            vat_ids: vat.into_iter().filter_map(vat_id).collect(),
            currencies: currencies.into_iter().filter_map(currency).collect(),
            warehouses: warehouses.into_iter().filter_map(warehouse).collect(),
            customer_classes: classes.into_iter().filter_map(customer_class).collect(),
            branches: branches
                .into_iter()
                .filter(|branch| branch.is_active != Some(false))
                .filter_map(branch)
                .collect(),
            payment_methods: methods
                .into_iter()
                .filter(|method| method.active != Some(false))
                .filter_map(payment_method)
                .collect(),
            periods: financial_periods(&periods)?,
            order_types: types.into_iter().filter_map(order_type).collect(),
            cash_currencies,
            cash_accounts,
            accounts,
        })
    }

    /// The accounts of the general ledger that are in use. A role that invoices need not open them, and they are only chosen from: that
    /// they cannot be read, for whatever reason, keeps nothing from being booked. They are asked for again with the next reading.
    async fn accounts(&self) -> Option<Vec<Account>> {
        let rows = self
            .whole::<wire::LedgerAccount>("account", "read the accounts")
            .await
            .inspect_err(|problem| tracing::info!(%problem, "no accounts to choose from"))
            .ok()?;
        let known = rows
            .into_iter()
            .filter(|row| row.active != Some(false))
            .filter_map(account);
        Some(known.collect())
    }

    /// One item by its exact number. `None` if there is none.
    pub async fn item(&self, number: &str) -> Result<Option<Item>, Problem> {
        let call = Call::get(
            Api::Erp,
            &["v1", "inventory", &path_value(number)],
            "read an item",
        );
        let Some((row, _)) = self.read::<wire::Inventory>(call).await? else {
            return Ok(None);
        };
        // The database may not tell capital letters apart; SKUs are compared case-sensitively (`booking-rules` 3).
        if row.inventory_number.trim() != number.trim() {
            return Ok(None);
        }
        let tracked = self.tracked_classes(std::slice::from_ref(&row)).await?;
        Ok(Some(item(row, &tracked)))
    }

    /// All items, by exact number.
    async fn items(&self) -> Result<BTreeMap<String, Item>, Problem> {
        let mut rows = self.item_rows().await?;
        // A company without any item is possible, but an empty answer is more likely a fault: it counts only twice.
        if rows.is_empty() {
            rows = self.item_rows().await?;
        }
        let tracked = self.tracked_classes(&rows).await?;
        Ok(rows
            .into_iter()
            .map(|row| item(row, &tracked))
            .map(|item| (item.number.clone(), item))
            .collect())
    }

    async fn item_rows(&self) -> Result<Vec<wire::Inventory>, Problem> {
        let mut rows: Vec<wire::Inventory> = Vec::new();
        let mut pages = Pages::of(ITEM_PAGE, "list of items");
        loop {
            let mut call = Call::get(Api::Erp, &["v1", "inventory"], "read the items");
            for name in NOT_EXPANDED {
                call = call.query(name, "false");
            }
            let mut page: Vec<wire::Inventory> = self.erp_page(call, &mut pages).await?;
            let more = pages.after_erp(page.len(), page.first().and_then(Row::metadata))?;
            rows.append(&mut page);
            if !more {
                return Ok(rows);
            }
        }
    }

    /// Which of the lot and serial classes that the items name do track. Asked only if an item names one; where the list cannot be read,
    /// every class counts as tracking.
    async fn tracked_classes(&self, rows: &[wire::Inventory]) -> Result<HashSet<String>, Problem> {
        self.tracked_lots(rows.iter().filter_map(lot_class)).await
    }

    /// Which of these classes do track.
    pub(crate) async fn tracked_lots(
        &self,
        named: impl Iterator<Item = &str>,
    ) -> Result<HashSet<String>, Problem> {
        let named: HashSet<String> = named.map(str::to_owned).collect();
        if named.is_empty() {
            return Ok(named);
        }
        let known = match self
            .paged::<wire::LotSerialClass>(
                &["v1", "lotserialclass"],
                PAGE,
                "read the lot and serial classes",
            )
            .await
        {
            Ok(known) => known,
            Err(problem)
                if matches!(
                    problem.code,
                    Code::RemoteUnexpected | Code::ErpForbidden | Code::ErpRefused
                ) =>
            {
                Vec::new()
            }
            Err(problem) => return Err(problem),
        };
        let untracked: HashSet<String> = known
            .into_iter()
            .filter(|class| class.tracking_method.as_deref() == Some("NotNumbered"))
            .filter_map(|class| class.id)
            .collect();
        Ok(named.difference(&untracked).cloned().collect())
    }

    /// One page of a list of the ERP. Both parameters are always sent (`facts/visma` 4).
    pub(crate) async fn erp_page<T: DeserializeOwned>(
        &self,
        call: Call,
        pages: &mut Pages,
    ) -> Result<Vec<T>, Problem> {
        let action = call.action;
        let call = call
            .query("pageNumber", pages.number())
            .query("pageSize", pages.size());
        let (rows, _) = self
            .read::<Vec<T>>(call)
            .await?
            .ok_or_else(|| unexpected(format!("{action}: the list is not there (404)")))?;
        Ok(rows)
    }

    async fn paged<T: DeserializeOwned + Row>(
        &self,
        path: &[&str],
        size: usize,
        action: &'static str,
    ) -> Result<Vec<T>, Problem> {
        let mut rows: Vec<T> = Vec::new();
        let mut pages = Pages::of(size, action);
        loop {
            let mut page: Vec<T> = self
                .erp_page(Call::get(Api::Erp, path, action), &mut pages)
                .await?;
            let more = pages.after_erp(page.len(), page.first().and_then(Row::metadata))?;
            rows.append(&mut page);
            if !more {
                return Ok(rows);
            }
        }
    }

    async fn whole<T: DeserializeOwned>(
        &self,
        name: &str,
        action: &'static str,
    ) -> Result<Vec<T>, Problem> {
        self.whole_at(&["v1", name], action).await
    }

    /// A list that has no pages (`facts/visma` 4).
    pub(crate) async fn whole_at<T: DeserializeOwned>(
        &self,
        path: &[&str],
        action: &'static str,
    ) -> Result<Vec<T>, Problem> {
        let call = Call::get(Api::Erp, path, action);
        let (rows, _) = self
            .read::<Vec<T>>(call)
            .await?
            .ok_or_else(|| unexpected(format!("{action}: the list is not there (404)")))?;
        Ok(rows)
    }
}
