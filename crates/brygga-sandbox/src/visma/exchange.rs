//! One request and its answer, free of the HTTP library.

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode, header};
use serde_json::{Map, Value, json};

use crate::broken;

/// What was asked.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    /// In capitals.
    pub(crate) method: String,
    /// As sent.
    pub(crate) path: String,
    /// The path's parts, decoded; an ERP `b64(...)` value is resolved (`facts/visma 2`).
    pub(crate) segments: Vec<String>,
    /// Decoded pairs, in their order.
    pub(crate) query: Vec<(String, String)>,
    /// As sent.
    pub(crate) raw_query: Option<String>,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Call {
    pub(crate) fn param(&self, name: &str) -> Option<&str> {
        // ASP.NET compares the names of query parameters without regard to case.
        self.query
            .iter()
            .find(|(key, _)| key.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
            .filter(|value| !value.is_empty())
    }

    pub(crate) fn params<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.query
            .iter()
            .filter(move |(key, _)| key.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    pub(crate) fn is_write(&self) -> bool {
        !matches!(self.method.as_str(), "GET" | "HEAD" | "OPTIONS")
    }

    pub(crate) fn is_json(&self) -> bool {
        self.header("content-type").is_some_and(|kind| {
            kind.starts_with("application/json") || kind.starts_with("text/json")
        })
    }

    /// The body as JSON, if it is sent as such and is.
    pub(crate) fn json(&self) -> Option<Value> {
        self.is_json()
            .then(|| serde_json::from_slice(&self.body).ok())
            .flatten()
    }
}

/// What an answer holds.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Content {
    Nothing,
    Json(Value),
    /// `application/problem+json`.
    Problem(Value),
    Html,
    /// A page for people.
    Page(String),
}

/// An answer.
#[derive(Debug, Clone)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) content: Content,
}

impl Reply {
    pub(crate) fn empty(status: u16) -> Self {
        Self {
            status,
            headers: Vec::new(),
            content: Content::Nothing,
        }
    }

    pub(crate) fn json(value: Value) -> Self {
        Self {
            status: 200,
            headers: Vec::new(),
            content: Content::Json(value),
        }
    }

    pub(crate) fn json_with(status: u16, value: Value) -> Self {
        Self {
            status,
            headers: Vec::new(),
            content: Content::Json(value),
        }
    }

    pub(crate) fn html(status: u16) -> Self {
        Self {
            status,
            headers: Vec::new(),
            content: Content::Html,
        }
    }

    /// A page for people.
    pub(crate) fn page(status: u16, text: String) -> Self {
        Self {
            status,
            headers: vec![("cache-control", "no-store".to_owned())],
            content: Content::Page(text),
        }
    }

    /// v3's `ProblemDetails`.
    pub(crate) fn problem(status: u16, title: &str, detail: Option<&str>) -> Self {
        let value = json!({"type": format!("https://httpstatuses.com/{status}"), "title": title, "status": status, "detail": detail});
        Self {
            status,
            headers: Vec::new(),
            content: Content::Problem(value),
        }
    }

    pub(crate) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// As HTTP; `halved` sends the first half of the body only (`Fault::TruncatedJson`).
    pub(crate) fn into_http(self, halved: bool) -> Response<Body> {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let cut = |text: String| if halved { broken::half(&text) } else { text };
        let (kind, body) = match self.content {
            Content::Nothing => (None, String::new()),
            Content::Json(value) => (
                Some("application/json; charset=utf-8"),
                cut(value.to_string()),
            ),
            Content::Problem(value) => (
                Some("application/problem+json; charset=utf-8"),
                cut(value.to_string()),
            ),
            Content::Html => return broken::html(status),
            Content::Page(text) => (Some("text/html; charset=utf-8"), cut(text)),
        };
        let mut response = Response::new(Body::from(body));
        *response.status_mut() = status;
        if let Some(kind) = kind {
            response
                .headers_mut()
                .insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
        }
        for (name, value) in self.headers {
            if let (Ok(name), Ok(value)) =
                (HeaderName::try_from(name), HeaderValue::try_from(value))
            {
                response.headers_mut().insert(name, value);
            }
        }
        response
    }

    /// A list without its rows (`Fault::EmptyPage`); anything else stays as it is.
    pub(crate) fn emptied(mut self) -> Self {
        if let Content::Json(value) = &mut self.content {
            match value {
                Value::Array(rows) => rows.clear(),
                Value::Object(map) if map.get("value").is_some_and(Value::is_array) => {
                    *value = json!({"value": [], "nextPage": null, "totalCount": 0});
                }
                _ => {}
            }
        }
        self
    }
}

/// The map inside a `json!` object.
pub(crate) fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}

/// Splits and decodes a path. `b64(<base64url>)` stands for the decoded text where a path value has reserved characters.
pub(crate) fn segments(path: &str) -> Vec<String> {
    path.split('/')
        .filter(|part| !part.is_empty())
        .map(|part| decode_b64(&percent_decode(part, false)))
        .collect()
}

/// Decodes a query string or a form.
pub(crate) fn pairs(query: &str) -> Vec<(String, String)> {
    query
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
            (percent_decode(key, true), percent_decode(value, true))
        })
        .collect()
}

fn percent_decode(text: &str, plus_is_space: bool) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        match byte {
            b'%' => {
                let digits = [rest.next().unwrap_or(b'0'), rest.next().unwrap_or(b'0')];
                let value = std::str::from_utf8(&digits)
                    .ok()
                    .and_then(|digits| u8::from_str_radix(digits, 16).ok());
                bytes.push(value.unwrap_or(b'?'));
            }
            b'+' if plus_is_space => bytes.push(b' '),
            _ => bytes.push(byte),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn decode_b64(part: &str) -> String {
    use base64::Engine as _;
    let inner = part
        .strip_prefix("b64(")
        .and_then(|rest| rest.strip_suffix(')'));
    inner
        .and_then(|inner| {
            base64::engine::general_purpose::URL_SAFE_NO_PAD
                .decode(inner.trim_end_matches('='))
                .ok()
        })
        .and_then(|bytes| String::from_utf8(bytes).ok())
        .unwrap_or_else(|| part.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_and_queries_are_decoded() {
        // The example of `facts/visma 2`.
        assert_eq!(
            segments("/v1/inventory/b64(Oi8_I1tdQCYqKzs)"),
            ["v1", "inventory", ":/?#[]@&*+;"]
        );
        assert_eq!(
            segments("/v1/inventory/A%20B+C"),
            ["v1", "inventory", "A B+C"]
        );
        assert_eq!(
            pairs("filter=%231001&lastModifiedDateTimeCondition=%3E%3D&x=a+b"),
            [
                ("filter".to_owned(), "#1001".to_owned()),
                ("lastModifiedDateTimeCondition".to_owned(), ">=".to_owned()),
                ("x".to_owned(), "a b".to_owned())
            ]
        );
    }
}
