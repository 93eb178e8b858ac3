//! What the customer ledger refuses, what is done later, and what is lost on the way.

use std::time::Duration;

use brygga_core::Clock as _;
use brygga_core::erp::{DocumentKind, LedgerStatus};

use super::ledger::{CLEARING, day, document, kroner, money, refused};
use super::*;

#[tokio::test]
async fn refusals_have_codes_of_their_own() {
    let practice = Practice::new().await;
    let visma = &practice.visma;
    let customer = practice.customer().await;

    let mut unknown = document(DocumentKind::Invoice, &customer, "fulfilment/1", 100);
    unknown.lines[0].vat_category = "FINNES-IKKE".into();
    let problem = refused(
        visma
            .create_document(&unknown)
            .await
            .expect_err("no category"),
    );
    assert_eq!(
        (problem.code, problem.params["category"].as_str()),
        (Code::VatMappingBroken, "FINNES-IKKE")
    );

    let mut euro = money(DocumentKind::Payment, &customer, "1", kroner(1));
    euro.cash_account = "1950-EUR".into();
    let problem = refused(
        visma
            .create_payment(&euro)
            .await
            .expect_err("another currency"),
    );
    assert_eq!(
        (problem.code, problem.params["account"].as_str()),
        (Code::CashAccountUnfit, "1950-EUR")
    );

    // A unit that the item does not come in.
    let mut cases = document(DocumentKind::Invoice, &customer, "fulfilment/4", 100);
    cases.lines[0].unit = Some("KASSE".into());
    let problem = refused(visma.create_document(&cases).await.expect_err("no cases"));
    assert!(problem.params["reason"].contains("KASSE"), "{problem}");
    cases.lines[0].unit = Some("STK".into());
    visma.create_document(&cases).await.expect("by the piece");

    let mut goods = document(DocumentKind::Invoice, &customer, "fulfilment/2", 100);
    goods.lines[0].item = Some(practice.goods.clone());
    let problem = refused(visma.create_document(&goods).await.expect_err("stock"));
    assert!(
        problem.params["reason"].contains(&practice.goods),
        "{problem}"
    );

    let number = practice
        .released(&document(
            DocumentKind::Invoice,
            &customer,
            "fulfilment/3",
            100,
        ))
        .await;
    practice.server.close_period("202610", true);
    for problem in [
        refused(
            visma
                .create_document(&document(
                    DocumentKind::CreditNote,
                    &customer,
                    "refund/1",
                    10,
                ))
                .await
                .expect_err("closed"),
        ),
        refused(
            visma
                .create_payment(&money(DocumentKind::Payment, &customer, "2", kroner(1)))
                .await
                .expect_err("closed"),
        ),
    ] {
        assert_eq!(
            (problem.code, problem.params["period"].as_str()),
            (Code::PeriodClosed, "202610")
        );
    }
    assert_eq!(practice.invoice(&number).await.status, LedgerStatus::Open);
}

#[tokio::test]
async fn actions_that_answer_before_they_act_are_done_when_reading_says_so() {
    let practice = Practice::new().await;
    let customer = practice.customer().await;
    practice.server.actions_async(Duration::from_secs(30));
    let draft = document(DocumentKind::Invoice, &customer, "fulfilment/1", 100);
    let number = practice.released(&draft).await;
    assert_eq!(
        practice.invoice(&number).await.status,
        LedgerStatus::Balanced
    );
    practice.clock.advance(Duration::from_secs(31));
    assert_eq!(practice.invoice(&number).await.status, LedgerStatus::Open);
}

#[tokio::test]
async fn background_jobs_are_waited_for_and_their_refusals_are_refusals() {
    let practice = Practice::new().await;
    let customer = practice.customer().await;
    practice.server.actions_async(Duration::from_secs(20));
    let before = practice.clock.now();
    let visma = practice.client(|config| config.background = true);
    let draft = document(DocumentKind::Invoice, &customer, "fulfilment/1", 100);
    let number = visma.create_document(&draft).await.expect("made");
    assert!(practice.clock.now() - before >= chrono::TimeDelta::seconds(20));
    let made = practice.invoice(&number).await;
    visma.release_document(&made).await.expect("released");
    assert_eq!(practice.invoice(&number).await.status, LedgerStatus::Open);
    // Finished, with status 400.
    let mut wrong = document(DocumentKind::Invoice, &customer, "fulfilment/2", 100);
    wrong.lines[0].vat_category = "FINNES-IKKE".into();
    assert_eq!(
        refused(visma.create_document(&wrong).await.expect_err("refused")).code,
        Code::VatMappingBroken
    );
    // Longer than anybody waits.
    practice.server.actions_async(Duration::from_hours(1));
    let late = document(DocumentKind::Invoice, &customer, "fulfilment/3", 100);
    assert!(matches!(
        visma.create_document(&late).await,
        Err(CallError::Unknown(problem)) if problem.code == Code::RemoteTimeout
    ));
}

#[tokio::test]
async fn lost_answers_are_unknown_and_found_by_our_references() {
    let practice = Practice::new().await;
    let visma = &practice.visma;
    let customer = practice.customer().await;
    practice.fault(
        "POST",
        "/v2/customerinvoice",
        Fault::Cut { committed: true },
    );
    let draft = document(DocumentKind::Invoice, &customer, "fulfilment/1", 100);
    assert!(matches!(
        visma.create_document(&draft).await,
        Err(CallError::Unknown(_))
    ));
    let found = visma
        .documents_by_external(&DocumentKind::Invoice, "fulfilment/1")
        .await
        .expect("read");
    assert_eq!(found.len(), 1);
    practice.fault(
        "POST",
        "/v1/customerPayment",
        Fault::Cut { committed: true },
    );
    let payment = money(DocumentKind::Payment, &customer, "6400000001", kroner(50));
    assert!(matches!(
        visma.create_payment(&payment).await,
        Err(CallError::Unknown(_))
    ));
    let found = visma.payments_of(&customer, day(1)).await.expect("read");
    assert_eq!(found[0].reference.as_deref(), Some("6400000001"));
}

#[tokio::test]
async fn cash_accounts_are_read_with_their_entry_types() {
    let practice = Practice::new().await;
    let catalogue = practice.visma.catalogue().await.expect("a catalogue");
    assert_eq!(
        catalogue.cash_accounts.len(),
        practice.server.data().cash_accounts.len()
    );
    let clearing = catalogue
        .cash_accounts
        .iter()
        .find(|account| account.number == CLEARING)
        .expect("the clearing account");
    assert_eq!(clearing.currency, "NOK");
    assert!(clearing.entry_types.iter().any(|entry| entry.receipt));
    assert!(
        clearing
            .entry_types
            .iter()
            .any(|entry| !entry.receipt && entry.offset_account.is_some())
    );
}
