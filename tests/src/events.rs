//! What happens to an order after it was placed, as the shop would answer it: money taken, goods sent, money given back.

use brygga_core::Decimal;
use serde_json::{Value, json};

use crate::orders::bag;
use crate::sale::{Money, Parcel, Refund, Sale, Units, d};

/// A gateway of the practice shop that is mapped to an account of its own.
pub const GATEWAY: &str = "shopify_payments";

/// A successful transaction of an order.
pub fn transaction(id: u64, kind: &str, amount: &str, at: &Value) -> Value {
    json!({
        "id": format!("gid://shopify/OrderTransaction/{id}"), "kind": kind, "status": "SUCCESS", "gateway": GATEWAY, "formattedGateway": "Shopify Payments",
        "test": false, "createdAt": at, "processedAt": at, "amountSet": bag(amount), "amountRoundingSet": null, "parentTransaction": null,
        "errorCode": null, "authorizationCode": null, "authorizationExpiresAt": null, "accountNumber": null, "paymentId": format!("c{id}.1"),
        "manualPaymentGateway": false, "manuallyCapturable": false, "multiCapturable": false, "receiptJson": "{}", "fees": [], "paymentDetails": null,
        "settlementCurrency": null, "settlementCurrencyRate": null, "location": null, "user": null, "device": null,
        "totalUnsettledSet": bag("0.0"), "currencyExchangeAdjustment": null,
    })
}

/// The whole amount, taken when the order was placed.
pub fn paid(order: &mut Value, id: u64, amount: &str) {
    let sale = transaction(id, "SALE", amount, &order["createdAt"]);
    order["transactions"] = json!([sale]);
}

/// Goods leave: so many units of each of these lines, by their place.
pub fn sent(order: &mut Value, id: u64, at: &str, units: &[(usize, u32)]) {
    let lines: Vec<Value> = units
        .iter()
        .enumerate()
        .map(|(place, (line, quantity))| {
            let line = &order["lineItems"][line];
            json!({
                "id": format!("gid://shopify/FulfillmentLineItem/{}", id + 1 + place as u64), "quantity": quantity,
                "originalTotalSet": bag("0.0"), "discountedTotalSet": bag("0.0"),
                "lineItem": { "id": line["id"], "title": line["title"], "sku": line["sku"], "quantity": line["quantity"] },
            })
        })
        .collect();
    let known = order["fulfillments"]
        .as_array()
        .cloned()
        .unwrap_or_default();
    let name = format!(
        "{}-F{}",
        order["name"].as_str().unwrap_or_default(),
        known.len() + 1
    );
    let parcel = json!({
        "id": format!("gid://shopify/Fulfillment/{id}"), "legacyResourceId": id.to_string(), "name": name, "status": "SUCCESS",
        "displayStatus": "FULFILLED", "createdAt": at, "updatedAt": at, "deliveredAt": null, "estimatedDeliveryAt": null, "inTransitAt": null,
        "requiresShipping": true, "totalQuantity": units.iter().map(|(_, quantity)| quantity).sum::<u32>(), "location": null, "trackingInfo": [],
        "originAddress": null, "events": [], "fulfillmentLineItems": lines, "service": null,
    });
    order["fulfillments"] = known.into_iter().chain([parcel]).collect();
}

/// What a refund gives back, and by which way.
#[derive(Debug, Clone, Default)]
pub struct Back {
    units: Vec<Units>,
    shipping: bool,
    duties: Option<Decimal>,
    adjustments: Vec<Decimal>,
    money: Option<Decimal>,
    gateway: Option<String>,
    status: Option<&'static str>,
}

impl Back {
    /// Units of a line that came back (`RETURN`), stayed with the customer (`NO_RESTOCK`), or never left (`CANCEL`).
    pub fn units(line: usize, units: u32, restock: &'static str) -> Self {
        Self::default().and(line, units, restock)
    }

    /// Money for nothing but good will: Shopify tells it as an adjustment (`facts/shopify` R5).
    pub fn amount(amount: &str) -> Self {
        Self::default().adjusted(amount)
    }

    /// The shipping alone.
    pub fn shipping_alone() -> Self {
        Self::default().shipping()
    }

    /// Duties alone.
    pub fn duties_alone(amount: &str) -> Self {
        Self {
            duties: Some(d(amount)),
            ..Self::default()
        }
    }

    /// Further units.
    #[must_use]
    pub fn and(mut self, line: usize, units: u32, restock: &'static str) -> Self {
        self.units.push((line, units, restock));
        self
    }

    /// And the whole shipping, with its VAT.
    #[must_use]
    pub fn shipping(mut self) -> Self {
        self.shipping = true;
        self
    }

    /// Money more (or less) than the parts explain.
    #[must_use]
    pub fn adjusted(mut self, amount: &str) -> Self {
        self.adjustments.push(d(amount));
        self
    }

    /// So much money, whatever the parts are worth.
    #[must_use]
    pub fn money(mut self, amount: &str) -> Self {
        self.money = Some(d(amount));
        self
    }

    /// By another way than the card.
    #[must_use]
    pub fn by(mut self, gateway: &str) -> Self {
        self.gateway = Some(gateway.to_owned());
        self
    }

    /// The money is on its way.
    #[must_use]
    pub fn pending(mut self) -> Self {
        self.status = Some("PENDING");
        self
    }
}

impl Sale {
    fn moves(
        &mut self,
        kind: &'static str,
        status: &'static str,
        gateway: &str,
        amount: Decimal,
    ) -> u64 {
        let id = self.take();
        let parent = self
            .money
            .iter()
            .find(|one| kind == "REFUND" && one.kind == "SALE" && one.gateway == gateway)
            .map(|one| one.id);
        self.money.push(Money {
            id,
            kind,
            status,
            gateway: gateway.to_owned(),
            amount,
            rate: self.rate,
            at: self.now(),
            parent,
        });
        id
    }

    /// Money comes in by a gateway; the transaction's id.
    pub fn pay(&mut self, gateway: &str, amount: &str) -> u64 {
        self.moves("SALE", "SUCCESS", gateway, d(amount))
    }

    /// Money is promised by a gateway, and has not come; the transaction's id.
    pub fn promised(&mut self, gateway: &str, amount: &str) -> u64 {
        self.moves("SALE", "PENDING", gateway, d(amount))
    }

    /// The latest transaction.
    pub fn last_money(&self) -> u64 {
        self.money.last().expect("money moved").id
    }

    /// All that is due is paid by card.
    pub fn paid(&mut self) -> u64 {
        let (received, refunded) = self.received();
        let due = self.comes_to() - received + refunded;
        self.moves("SALE", "SUCCESS", GATEWAY, due)
    }

    /// Goods leave: units by the place of their line; the fulfilment's id.
    pub fn send(&mut self, units: &[(usize, u32)]) -> u64 {
        let id = self.take();
        // Its lines have the numbers behind it.
        for _ in units {
            self.take();
        }
        let at = self.now();
        self.parcels.push(Parcel {
            id,
            at,
            units: units.to_vec(),
        });
        id
    }

    /// Everything that waits leaves.
    pub fn send_all(&mut self) -> u64 {
        let waiting: Vec<_> = (0..self.lines.len())
            .filter(|place| !self.lines[*place].gift_card && self.waiting(*place) > 0)
            .map(|place| (place, self.waiting(place)))
            .collect();
        self.send(&waiting)
    }

    /// Something is given back; the refund's id.
    pub fn give_back(&mut self, back: &Back) -> u64 {
        let id = self.take();
        let given: Decimal = self.refunds.iter().map(|one| one.shipping).sum();
        let at = self.now();
        self.refunds.push(Refund {
            id,
            at,
            units: back.units.clone(),
            shipping: if back.shipping {
                self.shipping - given
            } else {
                Decimal::ZERO
            },
            duties: back.duties.unwrap_or_default(),
            adjustments: back.adjustments.clone(),
            money: Vec::new(),
        });
        let place = self.refunds.len() - 1;
        let worth = self.worth(place) + back.adjustments.iter().sum::<Decimal>();
        let money = back.money.unwrap_or(worth);
        if money > Decimal::ZERO {
            let status = back.status.unwrap_or("SUCCESS");
            let gateway = back.gateway.as_deref().unwrap_or(GATEWAY);
            let moved = self.moves("REFUND", status, gateway, money);
            self.refunds[place].money.push(moved);
        }
        id
    }

    /// Money that was promised has come (`SUCCESS`), or will not (`FAILURE`).
    pub fn came(&mut self, transaction: u64, status: &'static str) {
        let one = self.money.iter_mut().find(|one| one.id == transaction);
        one.expect("a transaction").status = status;
    }

    /// Money that was on its way has arrived (`SUCCESS`), or has not (`FAILURE`).
    pub fn settled(&mut self, refund: u64, status: &'static str) {
        let of: Vec<u64> = self
            .refunds
            .iter()
            .filter(|one| one.id == refund)
            .flat_map(|one| one.money.clone())
            .collect();
        for one in self.money.iter_mut().filter(|one| of.contains(&one.id)) {
            one.status = status;
        }
    }

    /// The order is cancelled: what has not left is taken out, with the shipping, and the money for it goes back.
    pub fn cancel(&mut self) {
        let waiting: Vec<_> = (0..self.lines.len())
            .filter(|place| self.waiting(*place) > 0)
            .map(|place| (place, self.waiting(place), "CANCEL"))
            .collect();
        let (received, refunded) = self.received();
        let unpaid = received == refunded;
        let back = Back {
            units: waiting,
            shipping: self.parcels.is_empty(),
            money: unpaid.then_some(Decimal::ZERO),
            ..Back::default()
        };
        self.give_back(&back);
        self.cancelled = Some(self.now());
        self.archived = self.cancelled;
    }

    /// Cancelled, without a word about units or money, as where nothing was paid or all has left.
    pub fn flag_cancelled(&mut self) {
        self.cancelled = Some(self.now());
    }

    /// The order is put away, as Shopify does by itself when all is sent and paid.
    pub fn archive(&mut self) {
        self.archived = Some(self.now());
    }

    /// An edit takes units out: Shopify tells it as a refund of no money.
    pub fn edit_out(&mut self, line: usize, units: u32) {
        self.edited = true;
        self.give_back(&Back::units(line, units, "CANCEL").money("0"));
    }

    /// An edit puts something on; its place.
    pub fn edit_in(&mut self, units: u32, price: &str) -> usize {
        self.edited = true;
        self.line(units, price)
    }

    /// One unit of a line comes back, and another thing goes out for it; only the difference is paid. The new line's place.
    pub fn exchange(&mut self, line: usize, price: &str) -> usize {
        let place = self.line(1, price);
        self.exchanged.push(place);
        let id = self.take();
        let at = self.now();
        self.refunds.push(Refund {
            id,
            at,
            units: vec![(line, 1, "RETURN")],
            ..Refund::default()
        });
        let refund = self.refunds.len() - 1;
        let more = d(price) - self.worth(refund);
        if more > Decimal::ZERO {
            self.moves("SALE", "SUCCESS", GATEWAY, more);
        } else if more < Decimal::ZERO {
            let moved = self.moves("REFUND", "SUCCESS", GATEWAY, -more);
            self.refunds[refund].money.push(moved);
        }
        place
    }
}
