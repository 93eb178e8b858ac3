//! Being asked to end: Ctrl+C at a terminal, or the signal with which a computer shuts down.

use std::time::Duration;

/// How long the run under way may take to come to its safe point. What is in the journal goes on at the next start either way.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// Waits until somebody asks.
pub(crate) async fn asked() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminated) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = tokio::signal::ctrl_c() => {}
                _ = terminated.recv() => {}
            }
            return;
        }
    }
    let _ = tokio::signal::ctrl_c().await;
}
