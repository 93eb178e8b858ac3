//! The ERP's refusals in the words of this product. The ERP has no catalogue of codes, only sentences (`facts/visma` 6): the few that
//! are recorded or are named by SalesOrder v3 are known here by their words; all others stay what they are, with their reason.

use brygga_core::erp::Subaccount;
use brygga_core::{Code, Problem};
use chrono::NaiveDate;

use crate::error::{CallError, Failed};

/// What was sent, so that a refusal can name it.
#[derive(Debug, Default)]
pub(crate) struct About<'a> {
    /// The document, for people.
    pub(crate) document: &'a str,
    /// Its date.
    pub(crate) date: Option<NaiveDate>,
    /// VAT zone.
    pub(crate) vat_zone: &'a str,
    /// Cash account.
    pub(crate) cash_account: &'a str,
    /// Its payment method.
    pub(crate) method: &'a str,
    /// Currency.
    pub(crate) currency: &'a str,
    /// Subaccount of the lines that were sent.
    pub(crate) subaccount: Option<&'a Subaccount>,
}

impl<'a> About<'a> {
    pub(crate) fn document(document: &'a str) -> Self {
        Self {
            document,
            ..Self::default()
        }
    }
}

/// Puts a refusal whose words are known into this product's codes.
pub(crate) fn explain(failed: Failed, about: &About<'_>) -> CallError {
    let CallError::Refused(problem) = failed.error else {
        return failed.error;
    };
    let known = problem
        .params
        .get("reason")
        .filter(|_| problem.code == Code::ErpRefused)
        .and_then(|reason| known(reason, about));
    match known {
        Some(mut found) => {
            // The remote's own words stay with it.
            found.params.extend(
                problem
                    .params
                    .into_iter()
                    .filter(|(name, _)| name == "reason" || name == "support"),
            );
            CallError::Refused(found)
        }
        None => CallError::Refused(problem),
    }
}

fn known(reason: &str, about: &About<'_>) -> Option<Problem> {
    let text = reason.to_lowercase();
    let says = |words: &str| text.contains(words);
    let not_there = says("cannot be found") || says("not found") || says("not defined");
    // Recorded: "TaxCategoryID '0' cannot be found in the system."
    if says("taxcategoryid") && not_there {
        return Some(
            Problem::new(Code::VatMappingBroken)
                .with("category", quoted(reason).unwrap_or("?"))
                .with("zone", about.vat_zone),
        );
    }
    // Not recorded: 1200 to 1204 of SalesOrder v3 name the subaccount and its segments, and so is the field called here.
    if let Some(sent) = about.subaccount
        && (says("subaccount") || says("segment"))
    {
        return Some(Problem::new(Code::SubaccountRefused).with("subaccount", sent));
    }
    if says("period") || says("finperiod") {
        let period = six_digits(reason)
            .map(str::to_owned)
            .or_else(|| about.date.map(|date| date.format("%Y%m").to_string()))
            .unwrap_or_default();
        if says("closed") || says("inactive") {
            return Some(Problem::new(Code::PeriodClosed).with("period", period));
        }
        if not_there {
            let date = about.date.map(|date| date.to_string()).unwrap_or(period);
            return Some(Problem::new(Code::PeriodMissing).with("date", date));
        }
    }
    // 1500 to 1504 of SalesOrder v3 for the same fields.
    if says("cash account") || says("cashaccount") {
        return Some(
            Problem::new(Code::CashAccountUnfit)
                .with("account", about.cash_account)
                .with("method", about.method)
                .with("currency", about.currency),
        );
    }
    // Recorded: "AdjdRefNbr '000225' cannot be found in the system.": what it is applied to is closed, or of another kind.
    if says("adjdrefnbr") && not_there {
        return Some(
            Problem::new(Code::LedgerDocumentClosed)
                .with("document", quoted(reason).unwrap_or(about.document)),
        );
    }
    // 1829 of SalesOrder v3: "Quantity set to be returned is greater than the invoiced quantity".
    if says("greater than the invoiced quantity") {
        return Some(Problem::new(Code::ReturnOverInvoiced).with("document", about.document));
    }
    // Recorded: "Payment can't be updated because it is already released."
    if says("already released") {
        return Some(Problem::new(Code::LedgerDocumentReleased).with("document", about.document));
    }
    if says("is closed") {
        return Some(Problem::new(Code::LedgerDocumentClosed).with("document", about.document));
    }
    None
}

/// The value that a sentence names in quotes.
fn quoted(text: &str) -> Option<&str> {
    let (_, after) = text.split_once('\'')?;
    let (value, _) = after.split_once('\'')?;
    Some(value).filter(|value| value.len() < 60)
}

/// A period such as 202610.
fn six_digits(text: &str) -> Option<&str> {
    text.split(|letter: char| !letter.is_ascii_digit())
        .find(|digits| digits.len() == 6)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_sentences_become_codes_and_keep_their_words() {
        let sent = "1=10".parse().unwrap();
        let about = About {
            document: "Invoice 100031",
            date: NaiveDate::from_ymd_opt(2026, 10, 25),
            vat_zone: "NO-IN",
            cash_account: "1960",
            method: "KORT",
            currency: "SEK",
            subaccount: Some(&sent),
        };
        let table = [
            (
                "Subaccount segment value '10' cannot be found in the system.",
                Code::SubaccountRefused,
                "subaccount",
                "1=10",
            ),
            (
                "Error creating document. Error: TaxCategoryID '0' cannot be found in the system.",
                Code::VatMappingBroken,
                "category",
                "0",
            ),
            (
                "Error creating payment. Error: AdjdRefNbr '000225' cannot be found in the system.",
                Code::LedgerDocumentClosed,
                "document",
                "000225",
            ),
            (
                "Payment can't be updated because it is already released.",
                Code::LedgerDocumentReleased,
                "document",
                "Invoice 100031",
            ),
            (
                "The 202609 financial period is closed in the customer ledger.",
                Code::PeriodClosed,
                "period",
                "202609",
            ),
            (
                "Financial period is inactive.",
                Code::PeriodClosed,
                "period",
                "202610",
            ),
            (
                "The financial period for the date 2026-10-25 is not defined in the system.",
                Code::PeriodMissing,
                "date",
                "2026-10-25",
            ),
            (
                "CashAccountID '1960' cannot be found in the system.",
                Code::CashAccountUnfit,
                "account",
                "1960",
            ),
            (
                "The cash account '1960' is in NOK, the document in SEK.",
                Code::CashAccountUnfit,
                "currency",
                "SEK",
            ),
            (
                "Quantity set to be returned is greater than the invoiced quantity",
                Code::ReturnOverInvoiced,
                "document",
                "Invoice 100031",
            ),
            (
                "The document is closed.",
                Code::LedgerDocumentClosed,
                "document",
                "Invoice 100031",
            ),
            (
                "InventoryID 'X' cannot be found in the system.",
                Code::ErpRefused,
                "status",
                "400",
            ),
        ];
        for (reason, code, name, value) in table {
            let failed = Failed::from(CallError::Refused(
                Problem::new(Code::ErpRefused)
                    .with("reason", reason)
                    .with("status", 400),
            ));
            let problem = explain(failed, &about).into_problem();
            assert_eq!(
                (problem.code, problem.params.get(name).map(String::as_str)),
                (code, Some(value)),
                "{reason}"
            );
            assert_eq!(problem.params["reason"], reason);
        }
    }

    #[test]
    fn what_is_no_refusal_stays_as_it_is() {
        let unknown = CallError::Unknown(
            Problem::new(Code::RemoteTimeout).with("reason", "the period is closed"),
        );
        assert_eq!(explain(unknown.clone().into(), &About::default()), unknown);
    }
}
