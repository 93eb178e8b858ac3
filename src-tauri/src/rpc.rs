//! The bridge between the page and the contract: one command and one event channel, both without knowledge of what they carry.

use std::sync::atomic::{AtomicBool, Ordering};

use brygga_api::contract::Nothing;
use brygga_api::{ApiError, Event, misused};
use serde_json::Value;
use tauri::{AppHandle, Emitter as _, State};
use tokio::sync::broadcast::error::RecvError;

use crate::host::Host;

/// The page listens here; the name is part of `ui/src/backend`.
const EVENT_CHANNEL: &str = "brygga://event";

/// The page has what it draws first.
static USABLE: AtomicBool = AtomicBool::new(false);

/// Runs the command `name` of the contract with its request, and gives its answer.
///
/// Both are taken as they come: a message without them, or with something else in their place, gets the contract's own error like every
/// other message that is none of it.
#[tauri::command]
pub(crate) async fn rpc(
    host: State<'_, Host>,
    name: Option<Value>,
    payload: Option<Value>,
) -> Result<Value, ApiError> {
    let Some(Value::String(name)) = name else {
        return Err(misused("a message names its command"));
    };
    let answer = host.call(&name, payload.unwrap_or(Value::Null)).await;
    if name == "overview" && answer.is_ok() && !USABLE.swap(true, Ordering::Relaxed) {
        // `cargo xtask bench-app` waits for this line.
        tracing::info!("the window is usable");
    }
    answer
}

/// Sends everything that happens in the program to the page, until the program ends.
pub(crate) fn forward_events(app: AppHandle, host: &Host) {
    let mut events = host.events();
    tauri::async_runtime::spawn(async move {
        loop {
            match events.recv().await {
                Ok(event) => send(&app, &event),
                Err(RecvError::Lagged(missed)) => {
                    tracing::debug!(missed, "the window was slower than the events");
                    // What was missed cannot be told again: the page reads everything anew.
                    send(&app, &Event::RecordsChanged(Nothing {}));
                }
                Err(RecvError::Closed) => break,
            }
        }
    });
}

fn send(app: &AppHandle, event: &Event) {
    if let Err(error) = app.emit(EVENT_CHANNEL, event) {
        tracing::warn!(%error, "an event did not reach the window");
    }
}
