//! What the tray and the notifications say, from the page's own catalogues: one sentence is written once.
//!
//! Only as much of the message format as those sentences use: names, plurals and choices, which nest.

use std::collections::HashMap;

use brygga_api::contract::Reason;

/// The languages, with their catalogues.
const CATALOGUES: [(&str, &str); 5] = [
    ("en", include_str!("../../ui/src/i18n/en.json")),
    ("nb", include_str!("../../ui/src/i18n/nb.json")),
    ("sv", include_str!("../../ui/src/i18n/sv.json")),
    ("da", include_str!("../../ui/src/i18n/da.json")),
    ("fi", include_str!("../../ui/src/i18n/fi.json")),
];

/// The language of this program's surroundings, such as `nb_NO.UTF-8` or `no`; English where it is none of ours.
pub(crate) fn language_of(locale: &str) -> &'static str {
    let start = locale
        .split(['_', '-', '.', '@'])
        .next()
        .unwrap_or_default();
    match start.to_ascii_lowercase().as_str() {
        "nb" | "nn" | "no" => "nb",
        "sv" => "sv",
        "da" => "da",
        "fi" => "fi",
        _ => "en",
    }
}

/// Is it one of ours.
pub(crate) fn is_known(language: &str) -> bool {
    CATALOGUES.iter().any(|(known, _)| *known == language)
}

/// The sentences of one language.
#[derive(Debug)]
pub(crate) struct Words {
    messages: HashMap<String, String>,
}

impl Words {
    /// The sentences of a language; English for one that is not there.
    pub(crate) fn of(language: &str) -> Self {
        let text = CATALOGUES
            .iter()
            .find(|(known, _)| *known == language)
            .map_or(CATALOGUES[0].1, |(_, text)| *text);
        Self {
            messages: serde_json::from_str(text).unwrap_or_default(),
        }
    }

    /// A sentence; its name where there is none.
    pub(crate) fn text(&self, id: &str) -> String {
        self.with(id, &[])
    }

    /// A sentence with what belongs in it.
    pub(crate) fn with(&self, id: &str, values: &[(&str, &str)]) -> String {
        let Some(template) = self.messages.get(id) else {
            return id.to_owned();
        };
        let values: HashMap<_, _> = values.iter().copied().collect();
        fill(template, &values)
    }

    /// A sentence about a number, which it names `count` and shows as `shown`.
    pub(crate) fn counted(&self, id: &str, count: u32) -> String {
        let count = count.to_string();
        self.with(id, &[("count", &count), ("shown", &count)])
    }

    /// Why something is as it is.
    pub(crate) fn reason(&self, reason: &Reason) -> String {
        let values: Vec<_> = reason
            .params
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        let id = format!("code.{}.message", reason.code);
        if self.messages.contains_key(&id) {
            self.with(&id, &values)
        } else {
            reason.code.clone()
        }
    }

    /// A sentence about one of several pairs.
    pub(crate) fn of_pair(&self, name: &str, sentence: &str) -> String {
        let nameless = name.is_empty().then(|| self.text("pairs.new"));
        let name = nameless.as_deref().unwrap_or(name);
        self.with("pairs.says", &[("pair", name), ("sentence", sentence)])
    }

    /// A flow's name.
    pub(crate) fn flow(&self, flow: &str) -> String {
        self.text(&format!("value.flow.{}", flow.replace('_', "-")))
    }
}

fn fill(template: &str, values: &HashMap<&str, &str>) -> String {
    let mut text = String::with_capacity(template.len());
    let mut rest = template;
    while let Some(open) = rest.find('{') {
        text.push_str(&rest[..open]);
        let inner = enclosed(&rest[open..]);
        text.push_str(&one(inner, values));
        rest = &rest[(open + inner.len() + 2).min(rest.len())..];
    }
    text.push_str(rest);
    text.replace("''", "'")
}

/// What is between the first brace and the one that closes it.
fn enclosed(text: &str) -> &str {
    let mut depth = 0_u32;
    for (at, letter) in text.char_indices() {
        match letter {
            '{' => depth += 1,
            '}' => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return &text[1..at];
                }
            }
            _ => {}
        }
    }
    &text[1..]
}

fn one(inner: &str, values: &HashMap<&str, &str>) -> String {
    let mut parts = inner.splitn(3, ',');
    let name = parts.next().unwrap_or_default().trim();
    let value = values.get(name).copied().unwrap_or_default();
    let (Some(kind), Some(cases)) = (parts.next(), parts.next()) else {
        return value.to_owned();
    };
    let word = match kind.trim() {
        // All five languages have "one" for 1 and "other" for every other whole number.
        "plural" if value == "1" => "one",
        "plural" => "other",
        _ => value,
    };
    let exact = format!("={value}");
    let cases = cases_of(cases);
    let find = |wanted: &str| cases.iter().find(|(case, _)| *case == wanted);
    find(&exact)
        .or_else(|| find(word))
        .or_else(|| find("other"))
        .map(|(_, text)| fill(text, values))
        .unwrap_or_default()
}

fn cases_of(text: &str) -> Vec<(&str, &str)> {
    let mut cases = Vec::new();
    let mut rest = text;
    while let Some(open) = rest.find('{') {
        let inner = enclosed(&rest[open..]);
        cases.push((rest[..open].trim(), inner));
        rest = &rest[(open + inner.len() + 2).min(rest.len())..];
    }
    cases
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn numbers_have_their_form_in_every_language() {
        let english = Words::of("en");
        assert_eq!(
            english.counted("health.needs_you", 1),
            "1 record waits for you."
        );
        assert_eq!(
            english.counted("health.needs_you", 3),
            "3 records wait for you."
        );
        for (language, _) in CATALOGUES {
            let words = Words::of(language);
            assert_ne!(
                words.counted("notify.held", 1).replace('1', "2"),
                words.counted("notify.held", 2),
                "{language}"
            );
        }
    }

    #[test]
    fn every_reason_is_a_sentence_in_every_language() {
        for (language, _) in CATALOGUES {
            let words = Words::of(language);
            for id in words.messages.keys().filter(|id| id.starts_with("code.")) {
                // One of them is nothing but its detail.
                let text = words.with(id, &[("detail", "x")]);
                assert!(
                    !text.contains(['{', '}']) && !text.is_empty(),
                    "{language} {id}: {text}"
                );
            }
        }
    }

    #[test]
    fn choices_and_names_are_filled_in() {
        let values = HashMap::from([("name", "#1042"), ("kind", "order"), ("count", "0")]);
        let template = "{kind, select, order {Order} other {Record}} {name}{count, plural, =0 {, none} one {, {count}} other {, {count}s}} isn''t";
        assert_eq!(fill(template, &values), "Order #1042, none isn't");
        let values = HashMap::from([("count", "2")]);
        assert_eq!(fill(template, &values), "Record , 2s isn't");
        assert_eq!(fill("cut {off", &values), "cut ");
    }

    #[test]
    fn a_reason_without_words_is_its_code() {
        let reason = Reason {
            code: "moon-landed".into(),
            params: BTreeMap::new(),
        };
        assert_eq!(Words::of("xx").reason(&reason), "moon-landed");
    }

    #[test]
    fn the_surroundings_name_a_language() {
        for (locale, language) in [
            ("nb_NO.UTF-8", "nb"),
            ("no", "nb"),
            ("sv-SE", "sv"),
            ("C.UTF-8", "en"),
            ("", "en"),
        ] {
            assert_eq!(language_of(locale), language);
        }
    }
}
