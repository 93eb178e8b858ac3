//! Two ways into one company: an application and a person, and how one takes the place of the other.

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn an_application_of_another_company_is_refused_though_its_scopes_do_not_tell() {
    let world = World::new().await;
    world.sign_in("practice").await;
    assert_eq!(world.trouble().await, "none");
    let other = practice::VISMA_OTHER_TENANT;
    assert_eq!(
        world.connect_application_of(other, &ORDERS_ALONE).await,
        Err("erp-other-company".into())
    );
    assert_eq!(
        world.connect_application_of(other, &[]).await,
        Err("erp-other-company".into())
    );
    // One that cannot say whose it is, is not taken on trust.
    let visma = world.app.pair.visma();
    visma.grant_scope("vismanet_erp_service_api:read", false);
    assert_eq!(
        world.connect_application(&ORDERS_ALONE).await,
        Err("erp-scope-missing".into())
    );
    visma.grant_scope("vismanet_erp_service_api:read", true);
    world.connect_application(&ORDERS_ALONE).await.unwrap();
    // And the other way round.
    assert!(world.sign_in("other").await.contains("Not completed"));
    assert_eq!(world.trouble().await, "erp-other-company");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dead_application_is_replaced_by_a_sign_in() {
    let world = World::new().await;
    world.connect_shop().await;
    world.connect_application(&[]).await.unwrap();
    // Its secret is gone from the keychain.
    let secrets = &world.ground().secrets;
    secrets
        .delete("default", SecretName::VismaClientSecret)
        .unwrap();
    assert!(
        world
            .sign_in("practice")
            .await
            .contains("You are signed in")
    );
    assert_eq!(world.trouble().await, "none");
    assert!(world.call("mapping", Value::Null).await.is_ok());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_application_that_lost_its_approval_is_named_and_put_aside() {
    let world = World::new().await;
    world.connect_shop().await;
    world.connect_application(&[]).await.unwrap();
    world
        .app
        .pair
        .visma()
        .change(Change::Approval { withdrawn: true });
    world.sign_in("practice").await;
    // Everything would go by the application: that is no connection.
    assert_eq!(world.trouble().await, "erp-approval");
    let view = world.call("setup", Value::Null).await.unwrap();
    let permissions = view["company"]["found"]["permissions"].as_array().unwrap();
    assert!(permissions.iter().all(|line| line["ok"] == false), "{view}");
    assert!(!view["done"].as_array().unwrap().contains(&json!("company")));
    assert_eq!(view["company"]["sign_in"]["signed_in"], true);

    let view = world
        .call("setup_forget", json!({"grant": "application"}))
        .await
        .unwrap();
    assert_eq!(view["company"]["secret_kept"], false);
    assert_eq!(view["company"]["client_id"], Value::Null);
    assert!(world.call("mapping", Value::Null).await.is_ok());
    // It is known which company this is of.
    assert_eq!(
        world.ground().who().unwrap().tenant.as_deref(),
        Some(practice::VISMA_COMPANY_TENANT)
    );

    // The last one can go, too: then nothing is connected.
    world
        .call("setup_forget", json!({"grant": "person"}))
        .await
        .unwrap();
    assert_eq!(world.refresh_token(), None);
    assert_eq!(
        world.call("mapping", Value::Null).await,
        Err("not-connected".into())
    );
    assert_eq!(
        world.call("setup_forget", json!({"grant": "x"})).await,
        Err("wrong-use".into())
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn both_ways_into_the_wrong_company_can_be_left_one_after_the_other() {
    let world = World::new().await;
    world.connect_shop().await;
    world.connect_application(&[]).await.unwrap();
    world.sign_in("practice").await;
    assert_eq!(world.trouble().await, "none");
    let other = practice::VISMA_OTHER_TENANT;
    assert_eq!(
        world.connect_application_of(other, &[]).await,
        Err("erp-other-company".into())
    );
    world
        .call("setup_forget", json!({"grant": "person"}))
        .await
        .unwrap();
    let view = world.connect_application_of(other, &[]).await.unwrap();
    assert_eq!(
        view["company"]["found"]["name"],
        practice::VISMA_OTHER_COMPANY
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_company_under_another_name_is_known_by_what_is_booked_there() {
    let world = World::new().await;
    world.connect_shop().await;
    world.sign_in("practice").await;
    assert_eq!(world.trouble().await, "none");
    let settings = world.call("settings", Value::Null).await.unwrap();
    let change = json!({
        "revision": settings["revision"],
        "values": {"booking_mode": "direct_invoice", "start_date": "2026-10-01"},
    });
    world.call("put_settings", change).await.expect("chosen");
    world.call("setup_read", Value::Null).await.expect("read");
    brygga_tests::proposals::take(&world.app.served).await;
    // As the first run would do it: what was shipped is invoiced.
    let engine = Arc::clone(world.app.served.api().unwrap().engine());
    let report = engine.sync(brygga_engine::RunOptions::default()).await;
    assert_eq!(report.unwrap().failure, None);
    let store = &world.ground().store;
    assert!(!store.links("invoice/invoice").unwrap().is_empty());
    world.app.pair.visma().change_data(|data| {
        data.branches[0].text = "Fjord & Fjell ASA".to_owned();
    });
    assert!(world.sign_in("other").await.contains("Not completed"));
    assert_eq!(world.trouble().await, "erp-other-company");
    world.sign_in("practice").await;
    assert_eq!(world.trouble().await, "none");
    let company = world.ended().await;
    assert_eq!(company["sign_in"]["trouble"], Value::Null);
    assert_eq!(company["found"]["name"], "Fjord & Fjell ASA");
}
