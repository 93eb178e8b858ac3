//! Named places in the journal's life at which the kill tests stop the process.
//!
//! With the feature `crash-points` and `BRYGGA_STOP_AT=<name>` in the environment the process prints the name on standard
//! error when it comes there, and waits to be killed. Release builds do not have the feature (`cargo xtask tidy` checks).

/// Stops here if the tests ask for it.
#[cfg(feature = "crash-points")]
pub(crate) fn point(kind: &str, place: &str) {
    let name = format!("{kind}:{place}");
    if std::env::var("BRYGGA_STOP_AT").is_ok_and(|wanted| wanted == name) {
        use std::io::Write as _;
        let mut err = std::io::stderr().lock();
        let _ = writeln!(err, "stopped at {name}");
        let _ = err.flush();
        loop {
            std::thread::park();
        }
    }
}

/// Nothing: the feature is off.
#[cfg(not(feature = "crash-points"))]
pub(crate) fn point(_kind: &str, _place: &str) {}
