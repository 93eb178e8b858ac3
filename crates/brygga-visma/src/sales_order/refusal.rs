//! The official codes of v3 (`salesorder-v3_error-codes`) in the words of this product.

use brygga_core::erp::{HeadDraft, LineDraft};
use brygga_core::{Code, Problem};

use crate::error::{CallError, Failed};
use crate::fault::Detail;

/// What was sent, so that a refusal can name the item, the customer or the period.
#[derive(Debug, Default)]
pub(crate) struct About<'a> {
    pub(crate) customer: &'a str,
    pub(crate) head: Option<&'a HeadDraft>,
    pub(crate) currency: Option<&'a str>,
    pub(crate) lines: Vec<&'a LineDraft>,
}

/// Puts a refusal with an official code into this product's codes; everything else stays as it is.
pub(crate) fn explain(failed: Failed, about: &About<'_>) -> CallError {
    let Failed { error, details } = failed;
    match (
        error,
        details.iter().find_map(|detail| known(detail, about)),
    ) {
        (CallError::Refused(problem), Some(mut found)) => {
            // The remote's own words stay with it.
            found.params.extend(
                problem
                    .params
                    .into_iter()
                    .filter(|(name, _)| name == "reason" || name == "support"),
            );
            CallError::Refused(found)
        }
        (error, _) => error,
    }
}

fn known(detail: &Detail, about: &About<'_>) -> Option<Problem> {
    let line = detail
        .line()
        .and_then(|index| about.lines.get(index).copied());
    let date = || {
        about
            .head
            .map(|head| head.date.to_string())
            .unwrap_or_default()
    };
    let month = || {
        about
            .head
            .map(|head| head.date.format("%Y%m").to_string())
            .unwrap_or_default()
    };
    Some(match detail.number() {
        "1803" | "1804" => Problem::new(Code::ItemNotFound).with("sku", item(detail, line, about)),
        "1407" => Problem::new(Code::CustomerInactive)
            .with("customer", about.customer)
            .with("status", "not active"),
        "1408" => Problem::new(Code::CustomerCurrency)
            .with("customer", about.customer)
            .with("theirs", "another currency")
            .with("ours", about.currency.unwrap_or_default()),
        "1600" => Problem::new(Code::PeriodMissing).with("date", date()),
        "1601" => Problem::new(Code::PeriodClosed)
            .with("period", detail.quoted().map_or_else(month, str::to_owned)),
        "1602" => Problem::new(Code::PeriodClosed).with("period", month()),
        "1805" => Problem::new(Code::VatMappingBroken)
            .with("category", line.map_or("?", |line| &line.vat_category))
            .with("zone", about.head.map_or("?", |head| &head.vat_zone)),
        "1200" | "1201" | "1202" | "1203" | "1204" => {
            let of = |line: &LineDraft| line.subaccount.as_ref().map(ToString::to_string);
            let sent = line
                .and_then(of)
                .or_else(|| about.lines.iter().find_map(|line| of(line)));
            Problem::new(Code::SubaccountRefused).with("subaccount", sent?)
        }
        "1829" => Problem::new(Code::ReturnOverInvoiced).with(
            "document",
            line.and_then(|line| line.invoice.as_ref())
                .map_or("?", |invoice| &invoice.number),
        ),
        _ => return None,
    })
}

/// The item that is meant: by the line that the answer names, by the value in its text, or the only one there is.
fn item(detail: &Detail, line: Option<&LineDraft>, about: &About<'_>) -> String {
    if let Some(line) = line {
        return line.item.clone();
    }
    let sent = |value: &str| about.lines.iter().any(|line| line.item == value);
    let named = detail
        .quoted()
        .into_iter()
        .chain(detail.parameters.iter().map(String::as_str))
        .find(|value| sent(value));
    match (named, about.lines.as_slice()) {
        (Some(value), _) => value.to_owned(),
        (None, [only]) => only.item.clone(),
        (None, _) => detail
            .quoted()
            .unwrap_or("(Visma.net does not say which)")
            .to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn detail(code: &str, message: &str, parameter: &str) -> Detail {
        Detail {
            code: code.into(),
            message: message.into(),
            parameters: vec![parameter.into()],
        }
    }

    fn failed(details: Vec<Detail>) -> Failed {
        Failed {
            error: CallError::Refused(Problem::new(Code::ErpRefused).with("reason", "their words")),
            details,
        }
    }

    #[test]
    fn official_codes_become_ours_with_what_was_sent() {
        let draft = super::super::write::tests::draft();
        let mut second = draft.lines[0].clone();
        second.item = "LYKT".into();
        let about = About {
            customer: "10001",
            head: Some(&draft.head),
            currency: Some("NOK"),
            lines: vec![&draft.lines[0], &second],
        };
        let explained = |details| explain(failed(details), &about).into_problem();
        let table = [
            (
                detail(
                    "1202-SegmentValueNotFound",
                    "not found",
                    "orderLines[0].subaccount",
                ),
                Code::SubaccountRefused,
                "subaccount",
                "1=10, 2=200",
            ),
            (
                detail(
                    "1804-InventoryIdNotFound",
                    "not found",
                    "orderLines[1].inventoryId",
                ),
                Code::ItemNotFound,
                "sku",
                "LYKT",
            ),
            (
                detail("1804-InventoryIdNotFound", "not found", "LYKT"),
                Code::ItemNotFound,
                "sku",
                "LYKT",
            ),
            (
                detail(
                    "1803-UniqueInventoryIdNotFound",
                    "Cannot find unique InventoryId for inventoryId: 'TELT-2'",
                    "",
                ),
                Code::ItemNotFound,
                "sku",
                "TELT-2",
            ),
            (
                detail("1804", "not found", ""),
                Code::ItemNotFound,
                "sku",
                "(Visma.net does not say which)",
            ),
            (
                detail("1407-InvalidCustomerStatus", "", ""),
                Code::CustomerInactive,
                "customer",
                "10001",
            ),
            (
                detail("1408-OverrideCurrencyIdProhibited", "", ""),
                Code::CustomerCurrency,
                "ours",
                "NOK",
            ),
            (
                detail("1600-FinancialPeriodNotFound", "", ""),
                Code::PeriodMissing,
                "date",
                "2026-10-25",
            ),
            (
                detail(
                    "1601-FinancialPeriodClosed",
                    "Financial period '10-2026' is closed",
                    "",
                ),
                Code::PeriodClosed,
                "period",
                "10-2026",
            ),
            (
                detail("1602-FinancialPeriodInactive", "", ""),
                Code::PeriodClosed,
                "period",
                "202610",
            ),
            (
                detail(
                    "1805-InvalidTaxCategoryId",
                    "",
                    "orderLines[0].taxCategoryId",
                ),
                Code::VatMappingBroken,
                "category",
                "HOY",
            ),
            (
                detail("1401-MissingTermsId", "", ""),
                Code::ErpRefused,
                "reason",
                "their words",
            ),
            (
                detail("9999-NewerThanThisProgram", "", ""),
                Code::ErpRefused,
                "reason",
                "their words",
            ),
        ];
        for (detail, code, name, value) in table {
            let problem = explained(vec![detail.clone()]);
            assert_eq!(
                (problem.code, problem.params.get(name).map(String::as_str)),
                (code, Some(value)),
                "{detail:?}"
            );
            assert_eq!(
                problem.params.get("reason").map(String::as_str),
                Some("their words")
            );
        }
        // The first known one of several counts.
        let several = explained(vec![
            detail("1401-MissingTermsId", "", ""),
            detail("1407-InvalidCustomerStatus", "", ""),
        ]);
        assert_eq!(several.code, Code::CustomerInactive);
    }

    #[test]
    fn what_is_no_refusal_stays_as_it_is() {
        let unknown = Failed {
            error: CallError::Unknown(Problem::new(Code::RemoteTimeout)),
            details: vec![detail("1804", "", "")],
        };
        assert_eq!(
            explain(unknown, &About::default()),
            CallError::Unknown(Problem::new(Code::RemoteTimeout))
        );
    }
}
