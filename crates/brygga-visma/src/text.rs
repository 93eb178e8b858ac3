//! Texts, dates and path values as Visma.net takes them.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use brygga_core::erp::PostalAddress;
use chrono::{DateTime, NaiveDate, SecondsFormat, Utc};

/// `text` in at most `max` UTF-16 units, which is how .NET counts; a cut is shown by "…".
pub(crate) fn cut(text: &str, max: usize) -> String {
    let text = text.trim();
    if text.encode_utf16().count() <= max {
        return text.to_owned();
    }
    let mut room = max.saturating_sub(1);
    let mut kept = String::with_capacity(max);
    for letter in text.chars() {
        let Some(left) = room.checked_sub(letter.len_utf16()) else {
            break;
        };
        room = left;
        kept.push(letter);
    }
    kept.truncate(kept.trim_end().len());
    kept.push('…');
    kept
}

/// The same for what may be missing; an empty text is missing.
pub(crate) fn cut_some(text: Option<&str>, max: usize) -> Option<String> {
    text.map(str::trim)
        .filter(|text| !text.is_empty())
        .map(|text| cut(text, max))
}

/// An e-mail address if v3 would take it (`format: email`, at most `max` characters). An address cannot be cut, and a document must not fail for it.
pub(crate) fn email(text: Option<&str>, max: usize) -> Option<String> {
    let text = text?.trim();
    let (name, host) = text.rsplit_once('@')?;
    let fits = text.encode_utf16().count() <= max
        && !name.is_empty()
        && !host.is_empty()
        && !name.contains('@')
        && !text.contains(char::is_whitespace);
    fits.then(|| text.to_owned())
}

/// The street lines of an address: three of at most `max`, where a line that is too long goes on in the next one.
pub(crate) fn street(address: &PostalAddress, max: usize) -> [Option<String>; 3] {
    let mut lines = Vec::new();
    for line in [Some(address.line1.as_str()), address.line2.as_deref()]
        .into_iter()
        .flatten()
    {
        let mut rest = line.trim();
        while rest.encode_utf16().count() > max {
            let Some(at) = last_break(rest, max) else {
                break;
            };
            lines.push(rest[..at].trim_end().to_owned());
            rest = rest[at..].trim_start();
        }
        if !rest.is_empty() {
            lines.push(rest.to_owned());
        }
    }
    if lines.len() > 3 {
        let tail = lines.split_off(2).join(" ");
        lines.push(tail);
    }
    let mut lines = lines.into_iter().map(|line| cut(&line, max));
    [lines.next(), lines.next(), lines.next()]
}

/// The last place between words within the first `max` units.
fn last_break(text: &str, max: usize) -> Option<usize> {
    let mut units = 0;
    let mut found = None;
    for (at, letter) in text.char_indices() {
        if letter.is_whitespace() && at > 0 {
            found = Some(at);
        }
        units += letter.len_utf16();
        if units > max {
            break;
        }
    }
    found
}

/// A calendar day for v3: noon in UTC, because an offset would shift it (`booking-rules` 3, `facts/visma` 7).
pub(crate) fn noon(date: NaiveDate) -> String {
    format!("{}T12:00:00Z", date.format("%Y-%m-%d"))
}

/// A calendar day for the ERP: company time, without an offset (`facts/visma` 4).
pub(crate) fn midnight(date: NaiveDate) -> String {
    format!("{}T00:00:00", date.format("%Y-%m-%d"))
}

/// A text without blanks around it; an empty one is missing.
pub(crate) fn some(text: Option<String>) -> Option<String> {
    text.map(|text| text.trim().to_owned())
        .filter(|text| !text.is_empty())
}

/// The ETag that the next change has to name: of the header, else of the body's `timeStamp`, which the ERP writes without quotes
/// (`facts/visma` 3).
pub(crate) fn etag(header: Option<&str>, time_stamp: Option<&str>) -> Option<String> {
    let filled = |text: &&str| !text.is_empty();
    header
        .map(str::trim)
        .filter(filled)
        .map(str::to_owned)
        .or_else(|| {
            let stamp = time_stamp.map(str::trim).filter(filled)?;
            Some(format!("\"{}\"", stamp.trim_matches('"')))
        })
}

/// A moment for v3.
pub(crate) fn moment(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}

/// The calendar day as it is written, whatever offset stands behind it: v3 writes UTC, the ERP writes company time without offset (`facts/visma` 4).
pub(crate) fn day(text: &str) -> Option<NaiveDate> {
    NaiveDate::parse_from_str(text.get(..10)?, "%Y-%m-%d").ok()
}

/// A value for an ERP path. Reserved characters cannot be escaped there; the value goes as `b64(...)` instead (`facts/visma` 2).
pub(crate) fn path_value(value: &str) -> String {
    let reserved = |letter: char| {
        letter.is_ascii()
            && !letter.is_ascii_alphanumeric()
            && !matches!(letter, '-' | '_' | '~' | ' ' | '.')
    };
    // A path of dots alone would be taken for "this folder" or "the one above".
    let dots = !value.is_empty() && value.chars().all(|letter| letter == '.');
    if value.is_empty() || dots || value.contains(reserved) {
        format!("b64({})", URL_SAFE_NO_PAD.encode(value))
    } else {
        value.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_cut_visibly_and_count_as_dotnet_counts() {
        let table = [
            ("short", 10, "short"),
            ("exactly ten", 11, "exactly ten"),
            ("one too many", 11, "one too ma…"),
            ("cut at a blank", 9, "cut at a…"),
            ("  trimmed ", 7, "trimmed"),
            ("blåbærsyltetøy", 7, "blåbær…"),
            ("🛶🛶🛶", 6, "🛶🛶🛶"),
            ("🛶🛶🛶", 5, "🛶🛶…"),
            ("🛶🛶🛶", 4, "🛶…"),
        ];
        for (text, max, want) in table {
            let got = cut(text, max);
            assert_eq!(got, want, "{text} at {max}");
            assert!(got.encode_utf16().count() <= max);
        }
    }

    #[test]
    fn a_long_street_goes_on_in_the_next_line() {
        let address = |line1: &str, line2: Option<&str>| PostalAddress {
            line1: line1.into(),
            line2: line2.map(str::to_owned),
            ..PostalAddress::default()
        };
        let lines =
            |line1, line2| street(&address(line1, line2), 20).map(Option::unwrap_or_default);
        assert_eq!(lines("Storgata 1", None), ["Storgata 1", "", ""]);
        assert_eq!(lines("Storgata 1", Some("  ")), ["Storgata 1", "", ""]);
        assert_eq!(
            lines("Borettslaget Solsiden terrasse 14 B", Some("Oppgang 3")),
            ["Borettslaget", "Solsiden terrasse 14", "B Oppgang 3"]
        );
        assert_eq!(
            lines("Ordutenmellomromsomerlangt", None),
            ["Ordutenmellomromsom…", "", ""]
        );
    }

    #[test]
    fn an_address_that_is_no_email_is_left_out() {
        for good in ["kari@example.no", "a.b+c@d.example"] {
            assert_eq!(email(Some(good), 255).as_deref(), Some(good));
        }
        for bad in [
            "",
            "kari",
            "@example.no",
            "kari@",
            "a b@example.no",
            "a@b@c",
        ] {
            assert_eq!(email(Some(bad), 255), None, "{bad}");
        }
        assert_eq!(email(Some("kari@example.no"), 10), None);
    }

    #[test]
    fn days_are_sent_at_noon_and_read_as_written() {
        let date = NaiveDate::from_ymd_opt(2026, 10, 25).expect("a day");
        assert_eq!(noon(date), "2026-10-25T12:00:00Z");
        let table = [
            "2026-10-25",
            "2026-10-25T00:00:00",
            "2026-10-25T12:00:00Z",
            "2026-10-25T00:00:00+02:00",
            "2026-10-25 23:59:59.999",
        ];
        for text in table {
            assert_eq!(day(text), Some(date), "{text}");
        }
        for text in ["", "2026", "25.10.2026", "2026-13-01T00:00:00", "æøåæøåæøå"] {
            assert_eq!(day(text), None, "{text}");
        }
    }

    #[test]
    fn reserved_characters_in_a_path_go_as_base64() {
        // The official example (`facts/visma` 2).
        assert_eq!(
            path_value(":?<#[]@&*+;"),
            format!("b64({})", URL_SAFE_NO_PAD.encode(":?<#[]@&*+;"))
        );
        assert_eq!(
            URL_SAFE_NO_PAD
                .decode("Oi8_I1tdQCYqKzs")
                .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
                .as_deref(),
            Ok(":/?#[]@&*+;")
        );
        assert_eq!(path_value(":/?#[]@&*+;"), "b64(Oi8_I1tdQCYqKzs)");
        for plain in ["10001", "A-1_b", "HUS NOK", "blåbær", "1.5"] {
            assert_eq!(path_value(plain), plain);
        }
        for coded in ["A/1", "50%", "a+b", "..", "b64(x)", ""] {
            assert!(path_value(coded).starts_with("b64("), "{coded}");
        }
    }
}
