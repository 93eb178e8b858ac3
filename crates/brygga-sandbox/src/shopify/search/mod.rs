//! Shopify's search syntax (`facts/shopify 5.2`): terms side by side must all hold, `OR`, `NOT` and `-`, brackets, ranges, phrases.
//!
//! Its traps are kept: an unknown field is ignored and only warned of, an unquoted timestamp falls apart at its colons, and `>` means `>=`.

mod fields;

use serde_json::{Value, json};

pub(super) use fields::{Kind, Matching};

/// A parsed query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Expr {
    /// All must hold.
    And(Vec<Expr>),
    /// One must hold.
    Or(Vec<Expr>),
    /// Must not hold.
    Not(Box<Expr>),
    /// One term.
    Term(Term),
}

/// How a term compares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Op {
    /// Equal.
    Match,
    /// `>` and `>=`, observed to be the same.
    AtLeast,
    /// `<` and `<=`, observed to be the same.
    AtMost,
}

/// `field:value`, or a bare word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Term {
    /// Nothing for a bare word.
    pub(super) field: Option<String>,
    /// The comparison.
    pub(super) op: Op,
    /// The value without its quotes.
    pub(super) value: String,
    /// It was quoted.
    pub(super) phrase: bool,
}

/// A query with what Shopify says about it.
#[derive(Debug)]
pub(super) struct Search {
    expr: Expr,
    kind: Kind,
    text: String,
}

impl Search {
    /// Reads a query over records of one kind. Every text is a query; what makes no sense finds nothing or is warned of.
    pub(super) fn parse(kind: Kind, text: &str) -> Self {
        let mut reader = Reader { rest: text };
        Self {
            expr: reader.alternatives(0),
            kind,
            text: text.to_owned(),
        }
    }

    /// Whether the query restricts anything at all.
    pub(super) fn is_empty(&self) -> bool {
        self.expr == Expr::And(Vec::new())
    }

    /// Whether `record` is found.
    pub(super) fn finds(&self, record: &Value, zone: chrono_tz::Tz) -> bool {
        self.holds(&self.expr, record, zone)
    }

    fn holds(&self, expr: &Expr, record: &Value, zone: chrono_tz::Tz) -> bool {
        match expr {
            Expr::And(parts) => parts.iter().all(|part| self.holds(part, record, zone)),
            Expr::Or(parts) => parts.iter().any(|part| self.holds(part, record, zone)),
            Expr::Not(part) => match &**part {
                // An ignored term restricts nothing, turned round or not.
                Expr::Term(term) if self.kind.knows(term) == Matching::Unknown => true,
                part => !self.holds(part, record, zone),
            },
            Expr::Term(term) => self.kind.matches(term, record, zone),
        }
    }

    /// The first field that Shopify knows and the practice shop cannot search by: said aloud instead of answered wrongly.
    pub(super) fn not_served(&self) -> Option<&str> {
        self.terms()
            .into_iter()
            .find(|term| self.kind.knows(term) == Matching::NotServed)
            .and_then(|term| term.field.as_deref())
    }

    /// The entry of `extensions.search`, which Shopify adds when there is something to warn of.
    pub(super) fn note(&self, path: &str) -> Option<Value> {
        let unknown: Vec<&str> = self
            .terms()
            .into_iter()
            .filter(|term| self.kind.knows(term) == Matching::Unknown)
            .filter_map(|term| term.field.as_deref())
            .collect();
        if unknown.is_empty() {
            return None;
        }
        let warning = |field: &&str| json!({ "field": field, "message": "Invalid search field for this query.", "code": "invalid_field" });
        let warnings: Vec<Value> = unknown.iter().map(warning).collect();
        Some(
            json!({ "path": [path], "query": self.text, "parsed": shown(&self.expr), "warnings": warnings }),
        )
    }

    fn terms(&self) -> Vec<&Term> {
        fn collect<'a>(expr: &'a Expr, into: &mut Vec<&'a Term>) {
            match expr {
                Expr::And(parts) | Expr::Or(parts) => {
                    for part in parts {
                        collect(part, into);
                    }
                }
                Expr::Not(part) => collect(part, into),
                Expr::Term(term) => into.push(term),
            }
        }
        let mut terms = Vec::new();
        collect(&self.expr, &mut terms);
        terms
    }
}

/// The query as Shopify echoes it.
fn shown(expr: &Expr) -> Value {
    match expr {
        Expr::And(parts) => json!({ "and": parts.iter().map(shown).collect::<Vec<_>>() }),
        Expr::Or(parts) => json!({ "or": parts.iter().map(shown).collect::<Vec<_>>() }),
        Expr::Not(part) => json!({ "not": shown(part) }),
        Expr::Term(term) => {
            let key = match (term.op, term.phrase) {
                (Op::AtLeast, _) => "range_gte",
                (Op::AtMost, _) => "range_lte",
                (Op::Match, true) => "match_phrase",
                (Op::Match, false) => "match_all",
            };
            match &term.field {
                Some(field) => json!({ "field": field, key: term.value }),
                None => json!({ key: term.value }),
            }
        }
    }
}

/// Brackets deeper than this are read as plain text, so that no query can exhaust the stack.
const DEEPEST: u32 = 20;

struct Reader<'a> {
    rest: &'a str,
}

impl Reader<'_> {
    fn alternatives(&mut self, depth: u32) -> Expr {
        let mut groups = vec![Vec::new()];
        loop {
            self.rest = self.rest.trim_start();
            if self.rest.is_empty() || (depth > 0 && self.rest.starts_with(')')) {
                break;
            }
            if self.word("OR") {
                groups.push(Vec::new());
                continue;
            }
            if self.word("AND") {
                continue;
            }
            let part = self.part(depth);
            if let Some(group) = groups.last_mut() {
                group.push(part);
            }
        }
        let mut groups: Vec<Expr> = groups
            .into_iter()
            .map(|mut group| {
                if group.len() == 1 {
                    group.remove(0)
                } else {
                    Expr::And(group)
                }
            })
            .collect();
        if groups.len() == 1 {
            groups.remove(0)
        } else {
            Expr::Or(groups)
        }
    }

    fn part(&mut self, depth: u32) -> Expr {
        if self.word("NOT") {
            self.rest = self.rest.trim_start();
            return Expr::Not(Box::new(self.part(depth)));
        }
        if let Some(rest) = self.rest.strip_prefix('-') {
            self.rest = rest;
            return Expr::Not(Box::new(self.part(depth)));
        }
        if depth < DEEPEST
            && let Some(rest) = self.rest.strip_prefix('(')
        {
            self.rest = rest;
            let inner = self.alternatives(depth + 1);
            self.rest = self.rest.strip_prefix(')').unwrap_or(self.rest);
            return inner;
        }
        Expr::Term(self.term())
    }

    /// Takes a connective when it stands as a word of its own.
    fn word(&mut self, word: &str) -> bool {
        let Some(rest) = self.rest.strip_prefix(word) else {
            return false;
        };
        if rest.starts_with(|next: char| !next.is_whitespace() && next != '(') {
            return false;
        }
        self.rest = rest;
        true
    }

    fn term(&mut self) -> Term {
        // What is left of an unquoted timestamp begins with a colon.
        self.rest = self.rest.strip_prefix(':').unwrap_or(self.rest);
        let name_end = self
            .rest
            .find(|next: char| !(next.is_alphanumeric() || matches!(next, '_' | '.' | '$' | '-')))
            .unwrap_or(self.rest.len());
        let field = match self.rest[name_end..].strip_prefix(':') {
            Some(rest) if name_end > 0 => {
                let name = self.rest[..name_end].to_owned();
                self.rest = rest;
                Some(name)
            }
            _ => None,
        };
        let mut op = Op::Match;
        if field.is_some() {
            for (sign, meaning) in [
                (">=", Op::AtLeast),
                ("<=", Op::AtMost),
                (">", Op::AtLeast),
                ("<", Op::AtMost),
            ] {
                if let Some(rest) = self.rest.strip_prefix(sign) {
                    self.rest = rest;
                    op = meaning;
                    break;
                }
            }
        }
        let (value, phrase) = self.value();
        Term {
            field,
            op,
            value,
            phrase,
        }
    }

    fn value(&mut self) -> (String, bool) {
        for quote in ['\'', '"'] {
            if let Some(rest) = self.rest.strip_prefix(quote) {
                let mut value = String::new();
                let mut chars = rest.char_indices();
                while let Some((at, next)) = chars.next() {
                    if next == '\\' {
                        value.extend(chars.next().map(|(_, escaped)| escaped));
                    } else if next == quote {
                        self.rest = &rest[at + 1..];
                        return (value, true);
                    } else {
                        value.push(next);
                    }
                }
                self.rest = "";
                return (value, true);
            }
        }
        let mut end = self
            .rest
            .find(|next: char| next.is_whitespace() || matches!(next, ':' | ')'))
            .unwrap_or(self.rest.len());
        if end == 0 {
            // A sign that means nothing here; taken, or the reader would stand still.
            end = self.rest.chars().next().map_or(0, char::len_utf8);
        }
        let value = self.rest[..end].to_owned();
        self.rest = &self.rest[end..];
        (value, false)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OSLO: chrono_tz::Tz = chrono_tz::Europe::Oslo;

    fn finds(query: &str, record: &Value) -> bool {
        Search::parse(Kind::Orders, query).finds(record, OSLO)
    }

    fn order() -> Value {
        json!({
            "id": "gid://shopify/Order/42", "name": "#1007", "updatedAt": "2026-10-05T10:00:00Z", "createdAt": "2026-10-04T22:30:00Z", "test": false,
            "displayFinancialStatus": "PARTIALLY_PAID", "closed": false, "cancelledAt": null, "tags": ["b2b", "Rush hour"], "email": "kari@example.no",
            "customer": { "id": "gid://shopify/Customer/7" }, "lineItems": [{ "sku": "TENT-2" }],
        })
    }

    #[test]
    fn terms_side_by_side_must_all_hold() {
        assert!(finds("name:#1007 tag:b2b", &order()));
        assert!(finds("name:1007 AND -tag:gone", &order()));
        assert!(!finds("name:1007 tag:gone", &order()));
        assert!(finds("(name:1 OR name:1007) NOT test:true", &order()));
        assert!(finds("", &order()));
    }

    #[test]
    fn quoted_timestamps_are_exact_and_strict_signs_are_not() {
        assert!(finds("updated_at:>='2026-10-05T10:00:00Z'", &order()));
        assert!(finds("updated_at:>'2026-10-05T10:00:00Z'", &order()));
        assert!(!finds("updated_at:>='2026-10-05T10:00:01Z'", &order()));
        assert!(finds(
            "updated_at:<=\"2026-10-05T12:00:00+02:00\"",
            &order()
        ));
        // A day begins in the shop's time zone.
        assert!(finds("created_at:>='2026-10-05'", &order()));
    }

    #[test]
    fn an_unquoted_timestamp_falls_apart_and_is_warned_of() {
        let search = Search::parse(Kind::Orders, "updated_at:<2000-01-01T00:00:00Z tag:b2b");
        let note = search.note("orders").expect("a warning");
        assert_eq!(
            note["parsed"]["and"][1],
            json!({ "field": "00", "match_all": "00Z" })
        );
        assert_eq!(note["warnings"][0]["code"], "invalid_field");
    }

    #[test]
    fn an_unknown_field_is_ignored_and_warned_of() {
        let search = Search::parse(Kind::Orders, "updatedat:>='2099-01-01'");
        assert!(search.finds(&order(), OSLO));
        assert!(search.note("orders").is_some());
        assert!(Search::parse(Kind::Orders, "-updatedat:1").finds(&order(), OSLO));
        assert_eq!(
            Search::parse(Kind::Orders, "risk_level:high").not_served(),
            Some("risk_level")
        );
    }

    #[test]
    fn fields_of_an_order() {
        for hit in [
            "id:42",
            "id:>=42",
            "financial_status:partially_paid",
            "financial_status:paid,partially_paid",
            "status:open",
            "status:any",
            "test:false",
            "tag:'rush hour'",
            "tag_not:gone",
            "email:kari@example.no",
            "customer_id:7",
            "sku:TENT-2",
            "sku:TENT*",
            "kari@example.no",
        ] {
            assert!(finds(hit, &order()), "{hit}");
        }
        for miss in [
            "id:4",
            "id:>=43",
            "financial_status:paid",
            "status:cancelled",
            "test:true",
            "tag:rush",
            "tag_not:b2b",
            "sku:TENT",
            "customer_id:70",
            "elsewhere",
        ] {
            assert!(!finds(miss, &order()), "{miss}");
        }
    }

    #[test]
    fn no_text_hangs_the_reader() {
        for text in [
            ":::",
            "((((((",
            "'",
            "a:'",
            ")",
            "a:)",
            "- - -",
            "\u{1F6D2}:>",
            &"(".repeat(500),
        ] {
            let _ = Search::parse(Kind::Orders, text).finds(&order(), OSLO);
        }
    }
}
