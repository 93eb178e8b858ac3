//! Telling a person who is not looking. What there is to tell, and that nothing is told twice, is decided in `brygga-api`.

use brygga_api::Notice;
use tauri::AppHandle;
use tauri_plugin_notification::NotificationExt as _;

use crate::words::Words;

/// What is said: all of one moment in one notification. Where there are several pairs, each sentence names its own.
pub(crate) fn sentences(
    told: &[(String, Vec<Notice>)],
    several: bool,
    words: &Words,
) -> Option<String> {
    let sentences: Vec<_> = told
        .iter()
        .flat_map(|(name, notices)| {
            notices.iter().map(move |notice| {
                let sentence = sentence(notice, words);
                if several {
                    words.of_pair(name, &sentence)
                } else {
                    sentence
                }
            })
        })
        .collect();
    if sentences.is_empty() {
        None
    } else {
        Some(sentences.join("\n"))
    }
}

fn sentence(notice: &Notice, words: &Words) -> String {
    match notice {
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
        Notice::Delayed { records } => words.counted("notify.delayed", *records),
        Notice::Differs { differences } => words.counted("health.differs", *differences),
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
            Notice::Delayed { records: 3 },
            Notice::Held { new: 1 },
        ];
        for language in ["en", "nb", "sv", "da", "fi"] {
            let told = [("Fjord & Fjell AS".to_owned(), notices.clone().to_vec())];
            let words = Words::of(language);
            let named = sentences(&told, true, &words).unwrap();
            for line in named.lines() {
                assert!(line.starts_with("Fjord & Fjell AS: "), "{line}");
            }
            let text = sentences(&told, false, &words).unwrap();
            assert!(!text.contains("Fjord & Fjell"), "{text}");
            assert_eq!(text.lines().count(), 5, "{text}");
            assert!(text.contains("fjord.myshopify.com"), "{text}");
            assert!(!text.contains(['{', '}', '!']), "{text}");
            for line in text.lines() {
                assert!(line.contains(' '), "{language}: {line}");
            }
        }
        assert_eq!(sentences(&[], true, &Words::of("en")), None);
        let quiet = [("Fjord".to_owned(), Vec::new())];
        assert_eq!(sentences(&quiet, true, &Words::of("en")), None);
    }
}
