use serde_json::json;

use super::*;

impl Bench {
    /// Sends a call to be done in the background; the id of the job.
    pub(super) async fn background(&self, path: &str, body: Option<Value>) -> String {
        let mut request = self
            .request(Method::POST, path)
            .header("erp-api-background", "none");
        if let Some(body) = body {
            request = request.json(&body);
        }
        let answer = send(request).await.expect("answers");
        assert_eq!(answer.status, 202, "{}", answer.text);
        let accepted = answer.json();
        let id = accepted["id"].as_str().expect("an id");
        assert!(
            accepted["stateLocation"]
                .as_str()
                .is_some_and(|place| place.ends_with(&format!("/v1/background/{id}")))
        );
        id.to_owned()
    }

    async fn job(&self, id: &str) -> Answer {
        self.get(&format!("/v1/background/{id}")).await
    }
}

fn create(warehouse: &str) -> Value {
    json!({"orderType": "SO", "shipmentDate": "2026-10-01", "shipmentWarehouse": warehouse})
}

const CREATE: &str = "/v2/salesorder/000223/action/createShipment";

#[tokio::test]
async fn actions_answer_before_they_act() {
    let bench = Bench::with(VismaConfig {
        actions_async: Duration::from_secs(20),
        ..VismaConfig::default()
    })
    .await;
    let (path, _) = bench
        .order(json!([line(&bench.sku(), 1.0, 100.0, 0.0, "HOY")]))
        .await;
    assert_eq!(
        bench.create_shipment("SO", "000223", "HOVED").await.status,
        204
    );
    assert!(bench.server.shipments().is_empty());
    bench.clock.advance(Duration::from_secs(20));
    let rows = bench.get(&format!("{path}/shipment")).await.json();
    assert_eq!(rows[0]["status"], "Open");
    let queued = bench.shipment_action("000501", "confirmShipment").await;
    assert_eq!(
        (queued.status, &queued.json()["actionResult"]),
        (200, &json!("Queued"))
    );
    assert_eq!(bench.server.shipments()[0].status, "Open");
    bench.clock.advance(Duration::from_secs(20));
    assert_eq!(bench.server.shipments()[0].status, "Confirmed");
    // What is refused later is refused without a word.
    assert_eq!(
        bench.create_shipment("SO", "000223", "HOVED").await.status,
        204
    );
    bench.clock.advance(Duration::from_secs(20));
    assert_eq!(bench.server.shipments().len(), 1);
    bench.server.actions_async(Duration::ZERO);
    assert_eq!(
        bench.create_shipment("SO", "000223", "HOVED").await.status,
        400
    );
}

#[tokio::test]
async fn a_job_is_finished_whatever_came_of_it() {
    let bench = Bench::with(VismaConfig {
        actions_async: Duration::from_secs(20),
        ..VismaConfig::default()
    })
    .await;
    bench
        .order(json!([line(&bench.sku(), 1.0, 100.0, 0.0, "HOY")]))
        .await;
    let wrong = bench.background(CREATE, Some(create("NOWHERE"))).await;
    let right = bench.background(CREATE, Some(create("HOVED"))).await;
    let state = bench.job(&right).await.json();
    assert_eq!(
        (&state["status"], &state["statusCode"]),
        (&json!("Started"), &json!(0))
    );
    assert_eq!(
        bench
            .get(&format!("/v1/background/{right}/content"))
            .await
            .status,
        404
    );
    bench.clock.advance(Duration::from_secs(20));
    let state = bench.job(&right).await.json();
    assert_eq!(
        (&state["status"], &state["statusCode"]),
        (&json!("Finished"), &json!(204))
    );
    assert_eq!(state["hasResponseContent"], false);
    let state = bench.job(&wrong).await.json();
    assert_eq!(
        (&state["status"], &state["statusCode"]),
        (&json!("Finished"), &json!(400))
    );
    let content = bench.get(&format!("/v1/background/{wrong}/content")).await;
    assert!(
        content.status == 200 && content.text.contains("NOWHERE"),
        "{}",
        content.text
    );
    assert_eq!(bench.server.shipments().len(), 1);
    assert_eq!(bench.job("no-such-job").await.status, 404);
}

#[tokio::test]
async fn a_made_record_is_told_by_its_location_and_forgotten_after_a_day() {
    let mut bench = Bench::new().await;
    let id = bench
        .background("/v1/customer", Some(json!({"name": {"value": "Kari"}})))
        .await;
    let state = bench.job(&id).await.json();
    assert_eq!(state["statusCode"], 201);
    assert!(
        state["responseHeaders"]["Location"]
            .as_str()
            .is_some_and(|place| place.contains("/v1/customer/"))
    );
    bench.clock.advance(Duration::from_hours(24));
    bench.renew().await;
    assert_eq!(
        bench
            .get(&format!("/v1/background/{id}/content"))
            .await
            .status,
        410
    );
    assert_eq!(bench.job(&id).await.status, 404);
}
