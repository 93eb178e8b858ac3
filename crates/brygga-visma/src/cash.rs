//! Cash transactions: made, found again by their document reference, released (`booking-rules` 7).
#![allow(clippy::struct_field_names, reason = "the names are the API's")]

use brygga_core::erp::{CashDraft, CashStatus, CashTransaction};
use brygga_core::{Code, Problem};
use brygga_http::Method;
use serde::{Deserialize, Serialize};

use crate::call::Call;
use crate::client::Visma;
use crate::config::Api;
use crate::erp::wire::{Wrapped, wrap, wrap_some};
use crate::error::{CallError, REMOTE, unexpected};
use crate::exact::Exact;
use crate::location::last_segment;
use crate::paging::{Metadata, Pages};
use crate::text::{day, path_value};

const PAGE: usize = 500;

/// `CashTransactionUpdateDto`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct NewCash {
    hold: Wrapped<bool>,
    tran_date: Wrapped<String>,
    description: Wrapped<String>,
    cash_account: Wrapped<String>,
    entry_type: Wrapped<String>,
    document_ref: Wrapped<String>,
    control_total: Wrapped<Exact>,
    #[serde(skip_serializing_if = "Option::is_none")]
    vat_zone: Option<Wrapped<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tax_calculation_mode: Option<Wrapped<&'static str>>,
    cash_transaction_details: Vec<NewDetail>,
}

/// `CashTransactionDetailUpdateDto`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct NewDetail {
    operation: &'static str,
    description: Wrapped<String>,
    offset_account: Wrapped<String>,
    amount: Wrapped<Exact>,
    #[serde(skip_serializing_if = "Option::is_none")]
    vat_code: Option<Wrapped<String>>,
}

/// `CashTransactionDto`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Cash {
    reference_nbr: Option<String>,
    status: Option<String>,
    tran_date: Option<String>,
    cash_account: Option<Number>,
    currency: Option<String>,
    document_ref: Option<String>,
    amount: Option<Exact>,
    transaction_details: Option<Vec<Detail>>,
}

/// The list's own row: the paging stands in it (`facts/visma` 4), though the schema does not say so.
#[derive(Debug, Deserialize)]
struct CashRow {
    #[serde(flatten)]
    cash: CashHead,
    metadata: Option<Metadata>,
}

/// What the look-up compares; the rest of a row is not trusted, the document is read whole.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct CashHead {
    reference_nbr: Option<String>,
    document_ref: Option<String>,
}

/// `TransactionDetailDto`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Detail {
    offset_account: Option<Number>,
    amount: Option<Exact>,
}

/// An account: `{number, description}`.
#[derive(Debug, Deserialize)]
pub(crate) struct Number {
    number: Option<String>,
}

/// `ReleaseCashTransactionActionResultDto`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Released {
    action_result: Option<String>,
    error_info: Option<String>,
}

impl crate::erp::wire::Row for CashRow {
    fn metadata(&self) -> Option<Metadata> {
        self.metadata
    }
}

impl Visma {
    /// Makes a cash transaction and gives back its number, taken from `Location`.
    pub async fn create_cash_transaction(&self, draft: &CashDraft) -> Result<String, CallError> {
        let call = Call::new(
            Api::Erp,
            Method::POST,
            &["v1", "cashTransaction"],
            "create a cash transaction",
        );
        let call = call.json(&new_cash(draft)).map_err(CallError::NotSent)?;
        let response = self.write(call).await.map_err(|failed| failed.error)?;
        let location = response.header("location").unwrap_or_default();
        // It was made, but under which number is not known: the look-up tells.
        last_segment(location).ok_or_else(|| {
            CallError::Unknown(unexpected(format!(
                "a cash transaction was made, Location was \"{location}\""
            )))
        })
    }

    /// The cash transactions with exactly this `documentRef`. The list has no filter by it, so all of it is read and each row
    /// compared; those that fit are then read whole.
    pub async fn cash_transactions_by_reference(
        &self,
        reference: &str,
    ) -> Result<Vec<CashTransaction>, Problem> {
        let mut numbers = std::collections::BTreeSet::new();
        let mut pages = Pages::of(PAGE, "list of cash transactions");
        loop {
            let call = Call::get(
                Api::Erp,
                &["v1", "cashTransaction"],
                "find cash transactions",
            );
            let rows: Vec<CashRow> = self.erp_page(call, &mut pages).await?;
            let more = pages.after_erp(
                rows.len(),
                rows.first().and_then(crate::erp::wire::Row::metadata),
            )?;
            numbers.extend(
                rows.into_iter()
                    .filter(|row| row.cash.document_ref.as_deref() == Some(reference))
                    .filter_map(|row| row.cash.reference_nbr),
            );
            if !more {
                break;
            }
        }
        let mut found = Vec::with_capacity(numbers.len());
        for number in numbers {
            found.extend(self.cash_transaction(&number).await?);
        }
        Ok(found)
    }

    /// One cash transaction, whole. `None` if it is not there.
    pub async fn cash_transaction(&self, number: &str) -> Result<Option<CashTransaction>, Problem> {
        let call = Call::get(
            Api::Erp,
            &["v1", "cashTransaction", &path_value(number)],
            "read a cash transaction",
        );
        match self.read::<Cash>(call).await? {
            Some((cash, _)) => cash_of(cash).map(Some),
            None => Ok(None),
        }
    }

    /// Puts one in the books. `Ok` means that it was taken on; reading tells when it is done (`facts/visma` 15).
    pub async fn release_cash_transaction(&self, number: &str) -> Result<(), CallError> {
        let call = Call::new(
            Api::Erp,
            Method::POST,
            &[
                "v1",
                "cashTransaction",
                &path_value(number),
                "action",
                "release",
            ],
            "release a cash transaction",
        );
        let response = self.write(call).await.map_err(|failed| failed.error)?;
        let told: Option<Released> = serde_json::from_str(&response.body).ok();
        match told {
            Some(Released {
                action_result: Some(result),
                error_info,
            }) if result == "Failed" => Err(CallError::Refused(
                Problem::new(Code::ErpRefused)
                    .with("remote", REMOTE)
                    .with("reason", error_info.unwrap_or(result)),
            )),
            _ => Ok(()),
        }
    }
}

pub(crate) fn new_cash(draft: &CashDraft) -> NewCash {
    let taxed = draft.lines.iter().any(|line| line.vat_category.is_some());
    NewCash {
        hold: wrap(false),
        tran_date: wrap(format!("{}T00:00:00", draft.date)),
        description: wrap(draft.text.clone()),
        cash_account: wrap(draft.cash_account.clone()),
        entry_type: wrap(draft.entry_type.clone()),
        document_ref: wrap(draft.reference.clone()),
        control_total: wrap(Exact(draft.total)),
        vat_zone: wrap_some(draft.vat_zone.clone().filter(|_| taxed)),
        // The amounts of a payout contain their VAT.
        tax_calculation_mode: wrap_some(taxed.then_some("Gross")),
        cash_transaction_details: draft
            .lines
            .iter()
            .map(|line| NewDetail {
                operation: "Insert",
                description: wrap(line.description.clone()),
                offset_account: wrap(line.account.clone()),
                amount: wrap(Exact(line.amount)),
                vat_code: wrap_some(line.vat_category.clone()),
            })
            .collect(),
    }
}

/// A document without its amount, number or account is not one that can be compared.
fn cash_of(cash: Cash) -> Result<CashTransaction, Problem> {
    let missing = |what: &str| unexpected(format!("a cash transaction without {what}"));
    let number = |account: Option<Number>| {
        account
            .and_then(|account| account.number)
            .map(|number| number.trim().to_owned())
    };
    let lines = cash
        .transaction_details
        .unwrap_or_default()
        .into_iter()
        .map(|line| {
            let account = number(line.offset_account).ok_or_else(|| missing("an account"))?;
            let amount = line.amount.ok_or_else(|| missing("a line's amount"))?.0;
            Ok((account, amount))
        })
        .collect::<Result<_, Problem>>()?;
    Ok(CashTransaction {
        number: cash
            .reference_nbr
            .map(|number| number.trim().to_owned())
            .ok_or_else(|| missing("a number"))?,
        status: CashStatus::from(cash.status.unwrap_or_default()),
        cash_account: number(cash.cash_account).ok_or_else(|| missing("a cash account"))?,
        currency: cash.currency,
        date: cash.tran_date.as_deref().and_then(day),
        reference: cash.document_ref,
        amount: cash.amount.ok_or_else(|| missing("an amount"))?.0,
        lines,
    })
}

#[cfg(test)]
pub(crate) mod tests {
    use brygga_core::Decimal;
    use brygga_core::erp::CashLine;
    use serde_json::{Value, json};

    use super::*;

    pub(crate) fn draft() -> CashDraft {
        let line = |account: &str, amount, vat: Option<&str>| CashLine {
            description: "Shopify payout 801: bank".into(),
            account: account.into(),
            amount: Decimal::new(amount, 2),
            vat_category: vat.map(str::to_owned),
        };
        CashDraft {
            cash_account: "1950-NOK".into(),
            entry_type: "UT".into(),
            date: day("2026-10-07").expect("a day"),
            reference: "payout/801".into(),
            text: "Shopify payout 801".into(),
            total: Decimal::new(100_000, 2),
            vat_zone: Some("NO-IN".into()),
            lines: vec![line("1909", 100_300, None), line("7795", -300, Some("HOY"))],
        }
    }

    #[test]
    fn a_cash_transaction_is_sent_wrapped_with_exact_amounts() {
        let text = serde_json::to_string(&new_cash(&draft())).expect("JSON");
        assert!(text.contains(r#""amount":{"value":-3.00}"#), "{text}");
        let body: Value = serde_json::from_str(&text).expect("JSON");
        assert_eq!(body["documentRef"], json!({"value": "payout/801"}));
        assert_eq!(body["tranDate"], json!({"value": "2026-10-07T00:00:00"}));
        assert_eq!(body["taxCalculationMode"], json!({"value": "Gross"}));
        let mut plain = draft();
        plain.lines.truncate(1);
        let body = serde_json::to_value(new_cash(&plain)).expect("JSON");
        assert!(body.get("vatZone").is_none() && body.get("taxCalculationMode").is_none());
    }

    #[test]
    fn what_lacks_its_money_is_not_compared() {
        let whole = json!({
            "referenceNbr": "600001 ", "status": "Released", "tranDate": "2026-10-07T00:00:00", "cashAccount": {"number": "1950-NOK"},
            "documentRef": "payout/801", "amount": 1000.00,
            "transactionDetails": [
                {"offsetAccount": {"number": "1909"}, "amount": 1003.00}, {"offsetAccount": {"number": "7795"}, "amount": -3.0}
            ],
        });
        let read = |value: &Value| {
            cash_of(serde_json::from_str(&value.to_string()).expect("a cash transaction"))
        };
        let found = read(&whole).expect("whole");
        assert_eq!(
            (found.number.as_str(), &found.status),
            ("600001", &CashStatus::Released)
        );
        let mut untaxed = draft();
        untaxed.lines[1].vat_category = None;
        assert_eq!(found.differs_from(&untaxed), None);
        let mut other = found.clone();
        other.lines[0].0 = "1920".into();
        assert_eq!(
            other.differs_from(&untaxed).map(|(field, ..)| field),
            Some("lines")
        );
        other.amount += Decimal::ONE;
        assert_eq!(
            other.differs_from(&untaxed).map(|(field, ..)| field),
            Some("amount")
        );
        for field in ["referenceNbr", "cashAccount", "amount"] {
            let mut broken = whole.clone();
            broken[field] = Value::Null;
            assert!(read(&broken).is_err(), "{field}");
        }
    }
}
