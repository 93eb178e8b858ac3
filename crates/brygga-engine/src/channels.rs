//! The sales channels that orders came from: a choice that names a channel can be made from them. They are noticed as orders are
//! read, because the payloads that name them are sealed and not kept for ever.

use std::collections::BTreeMap;

use brygga_core::Problem;
use brygga_core::settings::Known;
use brygga_core::shop::Order;
use brygga_store::RecordKind;
use chrono::DateTime;

use crate::engine::Engine;

/// Where they are remembered: each with the name of the first order that was read of it.
const CHANNELS: &str = "channels";
/// In so many of the newest orders they are looked for once, where orders were read before anything was remembered.
const ORDERS: usize = 1000;

impl Engine {
    /// What the shop has that a choice can name.
    pub async fn known(&self) -> Result<Known, Problem> {
        let locations = self.locations().await;
        Ok(Known::new(
            locations.map(|locations| (*locations).clone()),
            self.channels()?,
        ))
    }

    /// Remembers the channel of an order.
    pub(crate) fn notice_channel(&self, order: &Order) -> Result<(), Problem> {
        let mut channels = self.channels()?;
        if add(&mut channels, order) {
            self.remember_channels(&channels)?;
        }
        Ok(())
    }

    fn channels(&self) -> Result<BTreeMap<String, String>, Problem> {
        let remembered = self.store.remembered(CHANNELS)?;
        if let Some(channels) = remembered.and_then(|value| serde_json::from_value(value).ok()) {
            return Ok(channels);
        }
        let mut channels = BTreeMap::new();
        let all = self
            .store
            .mirrored_since(RecordKind::Order, DateTime::UNIX_EPOCH)?;
        for record in all.iter().rev().take(ORDERS) {
            let Some(mirror) = self.store.mirror(record)? else {
                continue;
            };
            // One that cannot be read names no channel.
            if let Ok(order) = self.shop.read(&mirror.payload) {
                add(&mut channels, &order);
            }
        }
        self.remember_channels(&channels)?;
        Ok(channels)
    }

    fn remember_channels(&self, channels: &BTreeMap<String, String>) -> Result<(), Problem> {
        Ok(self
            .store
            .remember(CHANNELS, &serde_json::json!(channels))?)
    }
}

/// Whether it is a new one.
fn add(channels: &mut BTreeMap<String, String>, order: &Order) -> bool {
    let Some(channel) = order.source_name.as_ref() else {
        return false;
    };
    if channels.contains_key(channel) {
        return false;
    }
    channels.insert(channel.clone(), order.name.clone());
    true
}
