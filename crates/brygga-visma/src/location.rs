//! `Location` headers: only their last segments count, since they may name another host or prefix than the one called (`facts/visma` 2).

use url::Url;

/// The path segments of a `Location`, decoded; `None` if there are none.
pub(crate) fn segments(location: &str) -> Option<Vec<String>> {
    let base = Url::parse("https://relative.invalid/").ok()?;
    let url = base.join(location.trim()).ok()?;
    let segments: Vec<String> = url
        .path_segments()?
        .filter(|segment| !segment.is_empty())
        .map(decode)
        .collect();
    (!segments.is_empty()).then_some(segments)
}

/// The id at the end of a `Location` of the ERP.
pub(crate) fn last_segment(location: &str) -> Option<String> {
    segments(location)?.pop()
}

fn decode(segment: &str) -> String {
    let mut bytes = Vec::with_capacity(segment.len());
    let mut rest = segment.as_bytes();
    while let [first, tail @ ..] = rest {
        let coded = match tail {
            [high, low, ..] if *first == b'%' => {
                hex(*high).zip(hex(*low)).map(|(high, low)| high << 4 | low)
            }
            _ => None,
        };
        if let Some(byte) = coded {
            bytes.push(byte);
            rest = &tail[2..];
        } else {
            bytes.push(*first);
            rest = tail;
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn hex(letter: u8) -> Option<u8> {
    char::from(letter)
        .to_digit(16)
        .and_then(|digit| u8::try_from(digit).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_id_is_the_last_segment() {
        let table = [
            (
                "https://api.finance.visma.net/v1/customer/10045",
                Some("10045"),
            ),
            (
                "https://integration.visma.net/API/controller/api/v1/customer/10045/",
                Some("10045"),
            ),
            ("/v1/customer/HUS%20NOK", Some("HUS NOK")),
            ("10045", Some("10045")),
            ("50%", Some("50%")),
            ("", None),
        ];
        for (location, want) in table {
            assert_eq!(last_segment(location).as_deref(), want, "{location}");
        }
    }
}
