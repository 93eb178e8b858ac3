//! The bridge between the page and the contract: one command and one event channel, both without knowledge of what they carry.

use brygga_api::contract::Nothing;
use brygga_api::{ApiError, Event, PairEvent, misused};
use serde_json::Value;
use tauri::{AppHandle, Emitter as _, State};
use tokio::sync::SetOnce;
use tokio::sync::broadcast::error::RecvError;

use crate::host::{Host, Opened};

/// The page listens here; the name is part of `ui/src/backend`.
const EVENT_CHANNEL: &str = "brygga://event";

/// The page has what it draws first.
#[derive(Default)]
pub(crate) struct Usable(SetOnce<()>);

impl Usable {
    /// Waits for it; for good where no window was opened.
    pub(crate) async fn wait(&self) {
        self.0.wait().await;
    }
}

/// Runs the command `name` of the contract with its request, for a pair or for the one that is shown, and gives its answer.
///
/// All are taken as they come: a message without them, or with something else in their place, gets the contract's own error like every
/// other message that is none of it.
#[tauri::command]
pub(crate) async fn rpc(
    opened: State<'_, Opened>,
    usable: State<'_, Usable>,
    name: Option<Value>,
    payload: Option<Value>,
    pair: Option<Value>,
) -> Result<Value, ApiError> {
    let Some(Value::String(name)) = name else {
        return Err(misused("a message names its command"));
    };
    let pair = match pair {
        None | Some(Value::Null) => None,
        Some(Value::String(pair)) => Some(pair),
        Some(_) => return Err(misused("a pair is named by its id")),
    };
    let payload = payload.unwrap_or(Value::Null);
    let answer = opened
        .host()
        .await
        .call(pair.as_deref(), &name, payload)
        .await;
    if name == "overview" && answer.is_ok() && usable.0.set(()).is_ok() {
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
                    let anything = PairEvent {
                        pair: String::new(),
                        event: Event::RecordsChanged(Nothing {}),
                    };
                    send(&app, &anything);
                }
                Err(RecvError::Closed) => break,
            }
        }
    });
}

fn send(app: &AppHandle, event: &PairEvent) {
    if let Err(error) = app.emit(EVENT_CHANNEL, event) {
        tracing::warn!(%error, "an event did not reach the window");
    }
}
