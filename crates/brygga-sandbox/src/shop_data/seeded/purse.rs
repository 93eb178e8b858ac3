//! Gift cards and store credit: money that the shop owes, in kroner. Every movement is kept, so that balances prove to the øre.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use super::amounts::shop_money;
use crate::shop_data::{Life, stamp};

/// One movement, in øre: positive is owed more.
#[derive(Debug, Clone)]
struct Move {
    at: DateTime<Utc>,
    amount: i64,
    note: &'static str,
}

/// A gift card, or the store credit account of one customer.
#[derive(Debug, Clone)]
struct Account {
    id: i64,
    made: DateTime<Utc>,
    moves: Vec<Move>,
    /// The order and the line that sold the card.
    sold_by: Option<(i64, i64)>,
    /// `Customer` gid and name, for store credit.
    owner: Value,
}

impl Account {
    /// What can be spent from `at` on, whatever else happens later.
    fn available(&self, at: DateTime<Utc>) -> i64 {
        let mut moves: Vec<&Move> = self.moves.iter().collect();
        moves.sort_by_key(|one| one.at);
        let mut balance = 0;
        let mut least = i64::MAX;
        for (n, one) in moves.iter().enumerate() {
            balance += one.amount;
            if moves.get(n + 1).is_none_or(|next| next.at > at) {
                least = least.min(balance);
            }
        }
        if self.made > at || least == i64::MAX {
            0
        } else {
            least
        }
    }

    /// The balances from each moment on.
    fn balances(&self) -> BTreeMap<DateTime<Utc>, i64> {
        let mut by_time = BTreeMap::<DateTime<Utc>, i64>::new();
        for one in &self.moves {
            *by_time.entry(one.at).or_default() += one.amount;
        }
        let mut balance = 0;
        by_time
            .into_iter()
            .map(|(at, amount)| {
                balance += amount;
                (at, balance)
            })
            .collect()
    }
}

/// Which account a payment came from or went to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Owed {
    Card(usize),
    Credit(usize),
}

/// All that the shop owes in cards and credit.
#[derive(Debug, Default)]
pub(super) struct Purse {
    cards: Vec<Account>,
    credits: Vec<Account>,
}

impl Purse {
    fn account(&mut self, owed: Owed) -> Option<&mut Account> {
        match owed {
            Owed::Card(at) => self.cards.get_mut(at),
            Owed::Credit(at) => self.credits.get_mut(at),
        }
    }

    /// Money moves on an account: positive is owed more.
    pub(super) fn moves(&mut self, owed: Owed, at: DateTime<Utc>, amount: i64, note: &'static str) {
        if let Some(account) = self.account(owed) {
            account.moves.push(Move { at, amount, note });
        }
    }

    /// Numeric id of the account.
    pub(super) fn id(&self, owed: Owed) -> i64 {
        match owed {
            Owed::Card(at) => self.cards.get(at),
            Owed::Credit(at) => self.credits.get(at),
        }
        .map_or(0, |account| account.id)
    }

    /// A new card of this value: sold by an order and its line, or given in place of money.
    pub(super) fn new_card(
        &mut self,
        id: i64,
        at: DateTime<Utc>,
        value: i64,
        sold_by: Option<(i64, i64)>,
    ) -> Owed {
        let note = if sold_by.is_some() { "sold" } else { "issued" };
        self.cards.push(Account {
            id,
            made: at,
            moves: if value == 0 {
                Vec::new()
            } else {
                vec![Move {
                    at,
                    amount: value,
                    note,
                }]
            },
            sold_by,
            owner: Value::Null,
        });
        Owed::Card(self.cards.len() - 1)
    }

    /// A card that holds at least `amount`: one that this month sold, where there is one; else an old one.
    pub(super) fn card_with(&mut self, id: i64, amount: i64, at: DateTime<Utc>) -> Owed {
        let sold = self
            .cards
            .iter()
            .position(|card| card.available(at) >= amount);
        if let Some(place) = sold {
            return Owed::Card(place);
        }
        let value = (amount + 49_999) / 50_000 * 50_000;
        self.new_card(id, at - TimeDelta::days(200), value, None)
    }

    /// The highest value of a card that this month sold and that nobody has used up.
    pub(super) fn best_card(&self, at: DateTime<Utc>) -> Option<(Owed, i64)> {
        let cards = self.cards.iter().enumerate();
        cards
            .filter(|(_, card)| card.sold_by.is_some())
            .map(|(place, card)| (Owed::Card(place), card.available(at)))
            .filter(|(_, left)| *left > 0)
            .max_by_key(|(_, left)| *left)
    }

    /// The store credit of a customer; opened when there is none.
    pub(super) fn credit_of(&mut self, id: i64, customer: &Value, at: DateTime<Utc>) -> Owed {
        let owner = json!({ "__typename": "Customer", "id": customer["id"], "displayName": customer["displayName"] });
        let known = self
            .credits
            .iter()
            .position(|account| account.owner["id"] == owner["id"]);
        let place = known.unwrap_or_else(|| {
            self.credits.push(Account {
                id,
                made: at,
                moves: Vec::new(),
                sold_by: None,
                owner,
            });
            self.credits.len() - 1
        });
        Owed::Credit(place)
    }

    /// Fills an account from before the month, so that it can pay `amount` at `at`.
    pub(super) fn fill(&mut self, owed: Owed, amount: i64, at: DateTime<Utc>) {
        if let Some(account) = self.account(owed) {
            let lacking = amount - account.available(at).max(0);
            if lacking > 0 {
                account.made = account.made.min(at - TimeDelta::days(90));
                account.moves.push(Move {
                    at: at - TimeDelta::days(90),
                    amount: (lacking + 9_999) / 10_000 * 10_000,
                    note: "issued",
                });
            }
        }
    }

    /// The `GiftCard` objects through time.
    pub(super) fn gift_cards(&self) -> Vec<Life> {
        self.cards.iter().map(card_life).collect()
    }

    /// The `StoreCreditAccount` objects through time.
    pub(super) fn store_credit_accounts(&self) -> Vec<Life> {
        self.credits.iter().map(credit_life).collect()
    }
}

fn card_life(card: &Account) -> Life {
    let first = card
        .moves
        .iter()
        .map(|one| one.at)
        .min()
        .unwrap_or(card.made);
    let initial: i64 = card
        .moves
        .iter()
        .filter(|one| one.at == first && one.amount > 0)
        .map(|one| one.amount)
        .sum();
    let tail = format!("{:04x}", card.id % 0xFFFF);
    let versions = card.balances().into_iter().map(|(at, balance)| {
        let node = json!({
            "__typename": "GiftCard", "id": format!("gid://shopify/GiftCard/{}", card.id), "balance": shop_money(balance), "initialValue": shop_money(initial),
            "createdAt": stamp(card.made), "updatedAt": stamp(at), "deactivatedAt": null, "enabled": true, "expiresOn": null, "isRedeemable": balance > 0,
            "lastCharacters": tail, "maskedCode": format!("•••• •••• •••• {tail}"), "note": null, "recipientAttributes": null, "templateSuffix": null, "customer": null,
            "crossCurrencyRedemptionStrategy": "NONE",
            "order": card.sold_by.map(|(order, _)| json!({ "id": format!("gid://shopify/Order/{order}") })),
            "lineItem": card.sold_by.map(|(_, line)| json!({ "id": format!("gid://shopify/LineItem/{line}") })),
            "transactions": transactions(card, at, "GiftCardCreditTransaction", "GiftCardDebitTransaction"),
        });
        (at, node)
    });
    Life {
        id: card.id.to_string(),
        versions: versions.collect(),
    }
}

fn credit_life(account: &Account) -> Life {
    let versions = account.balances().into_iter().map(|(at, balance)| {
        let node = json!({
            "__typename": "StoreCreditAccount", "id": format!("gid://shopify/StoreCreditAccount/{}", account.id), "balance": shop_money(balance), "owner": account.owner,
            "transactions": transactions(account, at, "StoreCreditAccountCreditTransaction", "StoreCreditAccountDebitTransaction"),
        });
        (at, node)
    });
    Life {
        id: account.id.to_string(),
        versions: versions.collect(),
    }
}

/// The movements up to `until`, oldest first.
fn transactions(account: &Account, until: DateTime<Utc>, up: &str, down: &str) -> Vec<Value> {
    let mut moves: Vec<&Move> = account.moves.iter().filter(|one| one.at <= until).collect();
    moves.sort_by_key(|one| one.at);
    let mut balance = 0;
    let node = |(n, one): (usize, &&Move)| {
        balance += one.amount;
        let kind = if one.amount < 0 { down } else { up };
        let mut node = json!({ "__typename": kind, "id": format!("gid://shopify/{kind}/{}{n:03}", account.id), "amount": shop_money(one.amount) });
        let more = if kind.starts_with("Gift") {
            json!({ "note": one.note, "processedAt": stamp(one.at) })
        } else {
            json!({ "createdAt": stamp(one.at), "balanceAfterTransaction": shop_money(balance) })
        };
        super::catalogue::merge(&mut node, more);
        node
    };
    moves.iter().enumerate().map(node).collect()
}
