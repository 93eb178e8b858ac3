//! Payouts of Shopify Payments and the rows of its balance (`facts/shopify` 11).

use brygga_core::money::Money;
use brygga_core::shop::{BalanceRow, Payout, PayoutStatus};
use brygga_core::{Code, Decimal, Problem};
use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Value, json};

use crate::client::{Shopify, unexpected};
use crate::documents::{self, Document};
use crate::wire::node::{Node, Unreadable};

impl Shopify {
    /// All payouts issued from `since` on, oldest first. `payouts-no-access` where the app may not read them,
    /// `payouts-not-active` where the shop has no Shopify Payments: then nothing else is wrong.
    pub async fn payouts(&self, since: DateTime<Utc>) -> Result<Vec<Payout>, Problem> {
        let moment = since.to_rfc3339_opts(SecondsFormat::Secs, true);
        let search = format!("issued_at:>='{moment}'");
        let nodes = self
            .payments(&documents::PAYOUTS, "payouts", &search)
            .await?;
        let mut payouts = nodes
            .iter()
            .map(|node| payout(node).map_err(unexpected))
            .collect::<Result<Vec<_>, _>>()?;
        payouts.sort_by(|a, b| (a.issued_at, &a.id).cmp(&(b.issued_at, &b.id)));
        Ok(payouts)
    }

    /// The rows of one payout (numeric id). The search is by an index, so a row of another payout is left out here.
    pub async fn balance_of(&self, payout: &str) -> Result<Vec<BalanceRow>, Problem> {
        let mut rows = self
            .balance(&format!("payments_transfer_id:{payout}"))
            .await?;
        rows.retain(|row| row.payout.as_deref() == Some(payout));
        Ok(rows)
    }

    /// The rows that came from `since` on, those in no payout yet among them (`facts/shopify` 11.4).
    pub async fn balance_since(&self, since: DateTime<Utc>) -> Result<Vec<BalanceRow>, Problem> {
        let moment = since.to_rfc3339_opts(SecondsFormat::Secs, true);
        self.balance(&format!("processed_at:>='{moment}'")).await
    }

    async fn balance(&self, search: &str) -> Result<Vec<BalanceRow>, Problem> {
        self.payments(
            &documents::BALANCE_TRANSACTIONS,
            "balanceTransactions",
            search,
        )
        .await?
        .iter()
        .map(|node| row(node).map_err(unexpected))
        .collect()
    }

    /// All nodes of one of the account's lists, read to its end: a part of a payout is no payout.
    async fn payments(
        &self,
        document: &Document,
        list: &str,
        search: &str,
    ) -> Result<Vec<Value>, Problem> {
        let mut all = Vec::new();
        let mut after: Option<String> = None;
        loop {
            let variables = json!({"query": search, "after": after});
            let mut answer = self
                .wire
                .query(document, variables)
                .await
                .map_err(|problem| match problem.code {
                    Code::ShopAccess => no_access(problem.params.get("scope").map(String::as_str)),
                    _ => problem,
                })?;
            // A field that was denied would be taken for no money.
            if let Some(denied) = answer.denied.first() {
                return Err(no_access(Some(&denied.needs)));
            }
            let account = &mut answer.data[document.root];
            if account.is_null() {
                return Err(Problem::new(Code::PayoutNone));
            }
            let connection = &mut account[list];
            let Some(mut nodes) = connection["nodes"].as_array_mut().map(std::mem::take) else {
                return Err(unexpected(format_args!("{list} without a list")));
            };
            all.append(&mut nodes);
            let info = &connection["pageInfo"];
            after = match (info["hasNextPage"].as_bool(), info["endCursor"].as_str()) {
                (Some(false), _) => return Ok(all),
                // a page that leads nowhere would be read for ever
                (Some(true), Some(cursor)) if Some(cursor) != after.as_deref() => {
                    Some(cursor.to_owned())
                }
                _ => return Err(unexpected(format_args!("{list}: no way to the next page"))),
            };
        }
    }
}

fn no_access(needs: Option<&str>) -> Problem {
    Problem::new(Code::PayoutAccess).with("scope", needs.unwrap_or("read_shopify_payments_payouts"))
}

fn money(node: &Node<'_>, name: &str) -> Result<Money, Unreadable> {
    let money = node.get(name);
    Ok(Money::new(
        money.exact("amount")?,
        money.currency("currencyCode")?,
    ))
}

fn payout(value: &Value) -> Result<Payout, Unreadable> {
    let node = Node::root(value);
    let mut net = money(&node, "net")?;
    // The schema does not say which sign the net of a withdrawal has; what Shopify draws is below 0 here.
    if node.text("transactionType")? == "WITHDRAWAL" && net.amount > Decimal::ZERO {
        net.amount = -net.amount;
    }
    Ok(Payout {
        id: node.numeric_id()?,
        issued_at: node.moment("issuedAt")?,
        status: PayoutStatus::from(node.text("status")?),
        net,
        trace: node.filled("externalTraceId")?,
    })
}

fn row(value: &Value) -> Result<BalanceRow, Unreadable> {
    let node = Node::root(value);
    let [amount, fee, net] = [
        money(&node, "amount")?,
        money(&node, "fee")?,
        money(&node, "net")?,
    ];
    if amount.currency != fee.currency || amount.currency != net.currency {
        return Err("amount, fee and net: several currencies".to_owned());
    }
    let payout = match node.object("associatedPayout")? {
        Some(payout) if !payout.get("id").is_null() => Some(payout.numeric_id()?),
        _ => None,
    };
    let order = match node.object("associatedOrder")? {
        Some(order) => Some(order.text("name")?),
        None => None,
    };
    Ok(BalanceRow {
        id: node.numeric_id()?,
        kind: node.text("type")?,
        amount: amount.amount,
        fee: fee.amount,
        net: net.amount,
        currency: amount.currency,
        at: node.moment("transactionDate")?,
        transaction: number(&value["sourceOrderTransactionId"]),
        order,
        payout,
        test: node.flag("test")?,
    })
}

/// A `BigInt`: text or a number.
fn number(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn node() -> Value {
        json!({
            "id": "gid://shopify/ShopifyPaymentsBalanceTransaction/9", "type": "SOMETHING_NEW", "test": false,
            "transactionDate": "2026-10-04T10:00:00Z", "sourceOrderTransactionId": "77",
            "amount": {"amount": "100.00", "currencyCode": "NOK"}, "fee": {"amount": "2.9", "currencyCode": "NOK"},
            "net": {"amount": "97.10", "currencyCode": "NOK"},
            "associatedOrder": {"id": "gid://shopify/Order/5", "name": "#1001"},
            "associatedPayout": {"id": "gid://shopify/ShopifyPaymentsPayout/801", "status": "PAID"},
        })
    }

    #[test]
    fn a_row_is_read_whatever_its_type() {
        let read = row(&node()).unwrap();
        assert_eq!(
            (read.id.as_str(), read.kind.as_str()),
            ("9", "SOMETHING_NEW")
        );
        assert_eq!(read.transaction.as_deref(), Some("77"));
        assert_eq!(read.order.as_deref(), Some("#1001"));
        assert_eq!(read.payout.as_deref(), Some("801"));
        assert_eq!(read.amount - read.fee, read.net);
        let mut open = node();
        open["associatedPayout"] = json!({"id": null, "status": "PENDING"});
        open["associatedOrder"] = Value::Null;
        open["sourceOrderTransactionId"] = json!(77);
        let open = row(&open).unwrap();
        assert_eq!((open.payout, open.order), (None, None));
        assert_eq!(open.transaction.as_deref(), Some("77"));
    }

    #[test]
    fn what_is_not_whole_is_not_read() {
        for field in ["amount", "fee", "net", "type", "transactionDate", "test"] {
            let mut broken = node();
            broken[field] = Value::Null;
            assert!(row(&broken).is_err(), "{field}");
        }
        let mut mixed = node();
        mixed["fee"]["currencyCode"] = json!("USD");
        assert!(row(&mixed).is_err());
    }

    #[test]
    fn a_withdrawal_is_below_nothing_whichever_sign_it_comes_with() {
        for amount in ["152.00", "-152.00"] {
            let read = payout(&json!({
                "id": "gid://shopify/ShopifyPaymentsPayout/801", "legacyResourceId": "801", "issuedAt": "2026-10-06T00:00:00Z",
                "status": "PAID", "transactionType": "WITHDRAWAL", "externalTraceId": "", "net": {"amount": amount, "currencyCode": "NOK"},
            }))
            .unwrap();
            assert_eq!(read.net.amount.to_string(), "-152.00");
            assert_eq!(read.trace, None);
        }
    }
}
