//! Both error models of Visma.net, read without ever failing: the problem details of SalesOrder v3 with their official codes, and the many
//! forms of the ERP (`facts/visma` 6).

use serde_json::Value;

/// How much of a remote's own words is kept.
const LONGEST: usize = 400;

/// What an error body says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Fault {
    /// The remote's own words, in one line.
    pub(crate) text: String,
    /// v3: each thing that is wrong.
    pub(crate) details: Vec<Detail>,
    /// ERP: `ExceptionFaultCode`, such as 12027.
    pub(crate) code: Option<String>,
    /// The id by which Visma's support finds the call.
    pub(crate) support: Option<String>,
    /// Not data but a page, as a proxy or a login would answer.
    pub(crate) page: bool,
}

/// One entry of `details` in `SalesOrderValidationProblemDetails`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Detail {
    /// The official code, such as `1804-InventoryIdNotFound`.
    pub(crate) code: String,
    /// Its words.
    pub(crate) message: String,
    /// The values of `parameters`, as texts: a property name, an item.
    pub(crate) parameters: Vec<String>,
}

impl Detail {
    /// The number before the dash.
    pub(crate) fn number(&self) -> &str {
        self.code.split('-').next().unwrap_or_default().trim()
    }

    /// The line of the request that it is about, from a property name such as `orderLines[2].inventoryId`.
    pub(crate) fn line(&self) -> Option<usize> {
        self.parameters
            .iter()
            .chain(std::iter::once(&self.message))
            .find_map(|text| {
                let (_, after) = text.split_once("ines[")?;
                after.split(']').next()?.parse().ok()
            })
    }

    /// The value that it names in quotes.
    pub(crate) fn quoted(&self) -> Option<&str> {
        let (_, after) = self.message.split_once('\'')?;
        after
            .split('\'')
            .next()
            .filter(|value| !value.is_empty() && value.len() < 60)
    }
}

/// Reads the body of an answer that is no success.
pub(crate) fn read(status: u16, body: &str) -> Fault {
    let body = body.trim_start_matches('\u{feff}').trim();
    if body.is_empty() {
        return Fault {
            text: format!("no reason given (status {status})"),
            ..Fault::default()
        };
    }
    if looks_like_page(body) {
        let title = between(body, "<title>", "</title>").unwrap_or("no title");
        return Fault {
            text: shorten(&format!("a page instead of data: {title}")),
            page: true,
            ..Fault::default()
        };
    }
    match serde_json::from_str::<Value>(body) {
        Ok(Value::Object(object)) => read_object(status, &object),
        Ok(Value::String(text)) => spoken(&text),
        Ok(other) => Fault {
            text: shorten(&other.to_string()),
            ..Fault::default()
        },
        Err(_) => spoken(body),
    }
}

/// Is the body a page for people.
pub(crate) fn looks_like_page(body: &str) -> bool {
    let start: String = body
        .trim_start_matches('\u{feff}')
        .trim_start()
        .chars()
        .take(15)
        .collect::<String>()
        .to_ascii_lowercase();
    start.starts_with("<!doctype")
        || start.starts_with("<html")
        || start.starts_with("<head")
        || start.starts_with("<body")
}

fn read_object(status: u16, object: &serde_json::Map<String, Value>) -> Fault {
    let word = |name: &str| {
        let found = object
            .iter()
            .find(|(key, _)| key.eq_ignore_ascii_case(name));
        found
            .and_then(|(_, value)| value.as_str())
            .map(str::trim)
            .filter(|text| !text.is_empty())
    };
    let details = details(object);
    let mut fault = Fault {
        code: word("ExceptionFaultCode").map(str::to_owned),
        support: word("ExceptionMessageID")
            .or_else(|| word("traceId"))
            .map(str::to_owned),
        ..Fault::default()
    };
    if details.is_empty() {
        let mut words: Vec<String> = [
            "message",
            "ExceptionMessage",
            "error_description",
            "detail",
            "title",
            "error",
        ]
        .iter()
        .find_map(|name| word(name))
        .map(str::to_owned)
        .into_iter()
        .collect();
        // `errors` of ASP.NET: {"field": ["text", ...]}.
        if let Some(Value::Object(errors)) = object.get("errors") {
            for (field, texts) in errors {
                let texts: Vec<&str> = texts
                    .as_array()
                    .into_iter()
                    .flatten()
                    .filter_map(Value::as_str)
                    .collect();
                words.push(format!("{field}: {}", texts.join(" ")));
            }
        }
        if let Some(more) = word("ExceptionDetails") {
            words.push(more.to_owned());
        }
        let said = if words.is_empty() {
            format!("no reason given (status {status})")
        } else {
            words.join("; ")
        };
        let spoken = spoken(&said);
        fault.text = spoken.text;
        fault.support = fault.support.or(spoken.support);
    } else {
        let words: Vec<String> = details
            .iter()
            .map(|detail| format!("{}: {}", detail.code, detail.message))
            .collect();
        fault.text = shorten(&words.join("; "));
        fault.details = details;
    }
    fault
}

fn details(object: &serde_json::Map<String, Value>) -> Vec<Detail> {
    let entries = object
        .get("details")
        .and_then(Value::as_array)
        .into_iter()
        .flatten();
    entries
        .filter_map(|entry| {
            let text = |name: &str| {
                entry
                    .get(name)
                    .and_then(Value::as_str)
                    .unwrap_or_default()
                    .to_owned()
            };
            let (code, message) = (text("code"), text("message"));
            if code.is_empty() && message.is_empty() {
                return None;
            }
            let parameters = match entry.get("parameters") {
                Some(Value::Object(map)) => map.values().map(plain).collect(),
                Some(Value::Array(list)) => list.iter().map(plain).collect(),
                _ => Vec::new(),
            };
            Some(Detail {
                code,
                message,
                parameters,
            })
        })
        .collect()
}

fn plain(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}

/// The ERP's sentence: "VismaId: <guid>. Error creating document. Error: ..."; the id goes apart.
fn spoken(text: &str) -> Fault {
    let text = text.trim();
    if let Some(after) = text.strip_prefix("VismaId:")
        && let Some((id, rest)) = after.split_once('.')
    {
        return Fault {
            text: shorten(rest),
            support: Some(id.trim().to_owned()),
            ..Fault::default()
        };
    }
    Fault {
        text: shorten(text),
        ..Fault::default()
    }
}

fn shorten(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    crate::text::cut(&line, LONGEST)
}

fn between<'a>(text: &'a str, from: &str, to: &str) -> Option<&'a str> {
    let (_, after) = text.split_once(from)?;
    let (found, _) = after.split_once(to)?;
    Some(found.trim()).filter(|found| !found.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_of_error_body_is_read() {
        let table = [
            (
                r#"{"message":"VismaId: 6c6eb585-da38. Error creating payment. Error: AdjdRefNbr '000225' cannot be found in the system."}"#,
                "Error creating payment. Error: AdjdRefNbr '000225' cannot be found in the system.",
            ),
            (
                r#"{"Message":"You cannot create timecards."}"#,
                "You cannot create timecards.",
            ),
            (
                r#"{"ExceptionType":"IPPException","ExceptionMessage":"No license for this company.","ExceptionFaultCode":"12027","ExceptionMessageID":"12027_6e2a","ExceptionDetails":""}"#,
                "No license for this company.",
            ),
            (r#"{"error":"invalid_client"}"#, "invalid_client"),
            (
                r#"{"title":"One or more validation errors occurred.","status":400,"errors":{"type":["The type field is required."]}}"#,
                "One or more validation errors occurred.; type: The type field is required.",
            ),
            (r#""just a string""#, "just a string"),
            ("plain text\n in lines", "plain text in lines"),
            ("", "no reason given (status 400)"),
            ("{}", "no reason given (status 400)"),
            ("[1,2]", "[1,2]"),
            (r#"{"message": "cut of"#, r#"{"message": "cut of"#),
            (
                "<!DOCTYPE html><html><head><title>Sign in</title></head></html>",
                "a page instead of data: Sign in",
            ),
            ("\u{feff}<html></html>", "a page instead of data: no title"),
        ];
        for (body, want) in table {
            assert_eq!(read(400, body).text, want, "{body}");
        }
        assert_eq!(
            read(400, table[0].0).support.as_deref(),
            Some("6c6eb585-da38")
        );
        assert_eq!(read(400, table[2].0).code.as_deref(), Some("12027"));
        assert!(read(200, table[11].0).page);
    }

    #[test]
    fn problem_details_keep_code_line_and_value() {
        let body = r#"{"title":"Validation","status":400,"errors":{},"details":[
            {"code":"1804-InventoryIdNotFound","message":"InventoryId cannot be found or is invalid","parameters":{"property":"orderLines[2].inventoryId"}},
            {"code":"1803-UniqueInventoryIdNotFound","message":"Cannot find unique InventoryId for inventoryId: 'A-1'","parameters":null},
            {"code":null,"message":null}, 7 ]}"#;
        let fault = read(400, body);
        assert_eq!(fault.details.len(), 2);
        assert_eq!(
            (fault.details[0].number(), fault.details[0].line()),
            ("1804", Some(2))
        );
        assert_eq!(fault.details[1].quoted(), Some("A-1"));
        assert!(
            fault
                .text
                .starts_with("1804-InventoryIdNotFound: InventoryId cannot")
        );
    }
}
