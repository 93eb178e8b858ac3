//! Telling a person who is not looking. What there is to tell, and that nothing is told twice, is decided in `brygga-api`.

use brygga_api::Notice;
use tauri::AppHandle;
use tauri_plugin_notification::NotificationExt as _;

use crate::words::Words;

/// What is said: all of one moment in one notification.
pub(crate) fn sentences(notices: &[Notice], words: &Words) -> Option<String> {
    let sentences: Vec<_> = notices
        .iter()
        .map(|notice| match notice {
            Notice::Held { new } => words.counted("notify.held", *new),
            Notice::Stopped { reason } => {
                words.with("health.stopped", &[("reason", &words.reason(reason))])
            }
            Notice::FlowStopped { flow, reason } => words.with(
                "health.flow_stopped",
                &[
                    ("flow", &words.flow(flow)),
                    ("reason", &words.reason(reason)),
                ],
            ),
            Notice::Differs { differences } => words.counted("health.differs", *differences),
        })
        .collect();
    if sentences.is_empty() {
        None
    } else {
        Some(sentences.join("\n"))
    }
}

/// Says it. Without success nothing is lost: the window says the same.
pub(crate) fn say(app: &AppHandle, text: &str) {
    let said = app
        .notification()
        .builder()
        .title("Brygga")
        .body(text)
        .show();
    if let Err(error) = said {
        tracing::warn!(%error, "a notification could not be shown");
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use brygga_api::contract::Reason;

    use super::*;

    #[test]
    fn all_of_one_moment_is_one_notification_in_plain_words() {
        let reason = Reason {
            code: "shop-app-not-installed".into(),
            params: BTreeMap::from([("domain".into(), "fjord.myshopify.com".into())]),
        };
        let notices = [
            Notice::Stopped {
                reason: reason.clone(),
            },
            Notice::FlowStopped {
                flow: "payouts".into(),
                reason,
            },
            Notice::Differs { differences: 2 },
            Notice::Held { new: 1 },
        ];
        for language in ["en", "nb", "sv", "da", "fi"] {
            let text = sentences(&notices, &Words::of(language)).unwrap();
            assert_eq!(text.lines().count(), 4, "{text}");
            assert!(text.contains("fjord.myshopify.com"), "{text}");
            assert!(!text.contains(['{', '}', '!']), "{text}");
            for line in text.lines() {
                assert!(line.contains(' '), "{language}: {line}");
            }
        }
        assert_eq!(sentences(&[], &Words::of("en")), None);
    }
}
