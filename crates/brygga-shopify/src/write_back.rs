//! What is told back to an order in the shop: metafields, tags, "paid" (`booking-rules` 6; `facts/shopify` 9).
//!
//! None of these mutations takes an idempotency key (`facts/shopify` 6.4). Metafields are set against the digest that was read, so a
//! repetition finds them changed; tags are a set; an order is marked as paid once and never repeated by itself.

use brygga_core::shop::OrderId;
use brygga_core::{Code, Problem};
use serde_json::{Value, json};

use crate::answer::Answer;
use crate::client::{Shopify, unexpected};
use crate::documents;
use crate::goods::{WriteFailure, accepted, payload, refusals};

/// Metafields in one call: all or none (`facts/shopify` 9.1).
const MOST_FIELDS: usize = 25;

/// A definition, so that people see the field in Shopify's own pages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldDefinition {
    /// Namespace, such as `visma`.
    pub namespace: String,
    /// Key.
    pub key: String,
    /// Name for people.
    pub name: String,
    /// Type, such as `single_line_text_field`, `date`, `money`.
    pub kind: String,
}

/// One metafield to be set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MetafieldDraft {
    /// Namespace.
    pub namespace: String,
    /// Key.
    pub key: String,
    /// Type.
    pub kind: String,
    /// Value, as text.
    pub value: String,
    /// Digest of the value that was read; `None` means that there was none.
    pub compare_digest: Option<String>,
}

/// One metafield as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BackField {
    /// Key.
    pub key: String,
    /// Type.
    pub kind: String,
    /// Value, as text.
    pub value: String,
    /// What the next change has to name.
    pub compare_digest: String,
}

/// What an order in the shop says of us.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct BackState {
    /// The metafields of the namespace.
    pub fields: Vec<BackField>,
    /// All tags.
    pub tags: Vec<String>,
    /// Can it be marked as paid?
    pub can_mark_as_paid: bool,
}

/// What became of metafields.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WroteBack {
    /// They are set.
    Done,
    /// One of them was changed since it was read: read and decide again.
    Stale,
}

impl Shopify {
    /// Makes the definitions that are not there. One that is there with another type is a refusal.
    pub async fn ensure_definitions(
        &self,
        definitions: &[FieldDefinition],
    ) -> Result<(), WriteFailure> {
        let mut known: Vec<(String, String, String)> = Vec::new();
        let mut namespaces: Vec<&str> = Vec::new();
        for definition in definitions {
            if !namespaces.contains(&definition.namespace.as_str()) {
                namespaces.push(&definition.namespace);
                known.extend(self.definitions(&definition.namespace).await?);
            }
        }
        for definition in definitions {
            let there = known.iter().find(|(namespace, key, _)| {
                *namespace == definition.namespace && *key == definition.key
            });
            match there {
                Some((_, _, kind)) if *kind == definition.kind => {}
                Some((_, _, kind)) => return Err(other_type(definition, kind)),
                None => self.define(definition).await?,
            }
        }
        Ok(())
    }

    async fn definitions(
        &self,
        namespace: &str,
    ) -> Result<Vec<(String, String, String)>, WriteFailure> {
        let document = &documents::METAFIELD_DEFINITIONS;
        let answer = self
            .wire
            .query(document, json!({"namespace": namespace}))
            .await
            .map_err(WriteFailure::NotSent)?;
        let connection = payload(answer, document.root)?;
        let rows = whole(&connection, document.root).map_err(WriteFailure::NotSent)?;
        rows.iter()
            .map(|row| {
                let kind = text(&row["type"], "name")?;
                Ok((namespace.to_owned(), text(row, "key")?, kind))
            })
            .collect::<Result<_, Problem>>()
            .map_err(WriteFailure::NotSent)
    }

    async fn define(&self, definition: &FieldDefinition) -> Result<(), WriteFailure> {
        let document = &documents::METAFIELD_DEFINITION_CREATE;
        let mut pin = true;
        loop {
            let variables = json!({"definition": {
                "ownerType": "ORDER", "namespace": definition.namespace, "key": definition.key, "name": definition.name,
                "type": definition.kind, "pin": pin,
            }});
            let answer = self
                .wire
                .query(document, variables)
                .await
                .map_err(WriteFailure::of)?;
            let payload = payload(answer, document.root)?;
            let code = |wanted: &str| {
                let errors = payload["userErrors"].as_array();
                errors
                    .into_iter()
                    .flatten()
                    .any(|error| error["code"] == wanted)
            };
            // Made by somebody in between, or by the try whose answer was lost (`facts/shopify` 9.2).
            if code("TAKEN") {
                return Ok(());
            }
            // Only so many are shown at the top; the definition is what counts.
            if pin && (code("PINNED_LIMIT_REACHED") || code("UNSUPPORTED_PINNING")) {
                pin = false;
                continue;
            }
            return accepted(&payload);
        }
    }

    /// What an order says of us; `None` if there is no such order.
    pub async fn read_back_fields(
        &self,
        order: &OrderId,
        namespace: &str,
    ) -> Result<Option<BackState>, Problem> {
        let document = &documents::ORDER_WRITE_BACK_STATE;
        let variables = json!({"id": order.gid(), "namespace": namespace});
        let Answer { mut data, denied } = self.wire.query(document, variables).await?;
        if let Some(denied) = denied.first() {
            return Err(denied.problem());
        }
        let node = data[document.root].take();
        if node.is_null() {
            return Ok(None);
        }
        let rows = whole(&node["metafields"], "metafields")?;
        let field = |row: &Value| {
            Ok(BackField {
                key: text(row, "key")?,
                kind: text(row, "type")?,
                value: text(row, "value")?,
                compare_digest: text(row, "compareDigest")?,
            })
        };
        let tags = node["tags"].as_array().into_iter().flatten();
        Ok(Some(BackState {
            fields: rows.iter().map(field).collect::<Result<_, Problem>>()?,
            tags: tags.filter_map(Value::as_str).map(str::to_owned).collect(),
            can_mark_as_paid: node["canMarkAsPaid"] == true,
        }))
    }

    /// Sets metafields of an order, each against what was read there. Up to 25 at once are set all or not at all.
    pub async fn write_back(
        &self,
        order: &OrderId,
        fields: &[MetafieldDraft],
    ) -> Result<WroteBack, WriteFailure> {
        let document = &documents::METAFIELDS_SET;
        for part in fields.chunks(MOST_FIELDS) {
            // `compareDigest` is always there: null says that there must be none (`facts/shopify` 9.1).
            let metafields: Vec<Value> = part
                .iter()
                .map(|field| {
                    json!({
                        "ownerId": order.gid(), "namespace": field.namespace, "key": field.key, "type": field.kind,
                        "value": field.value, "compareDigest": field.compare_digest,
                    })
                })
                .collect();
            let answer = self
                .wire
                .once(document, json!({ "metafields": metafields }))
                .await
                .map_err(WriteFailure::of)?;
            let payload = payload(answer, document.root)?;
            let stale = |error: &Value| {
                matches!(
                    error["code"].as_str(),
                    Some("STALE_OBJECT" | "INVALID_COMPARE_DIGEST")
                )
            };
            let errors = payload["userErrors"].as_array();
            if errors.into_iter().flatten().any(stale) {
                return Ok(WroteBack::Stale);
            }
            if let Some(refused) = refusals(&payload, "metafields")?.into_iter().next() {
                let key = refused.row.and_then(|row| part.get(row));
                let problem = match key {
                    Some(field) => refused.problem.with("field", &field.key),
                    None => refused.problem,
                };
                return Err(WriteFailure::Refused(problem));
            }
        }
        Ok(WroteBack::Done)
    }

    /// Adds tags to an order; those that are there stay (`facts/shopify` 6.4).
    pub async fn add_tags(&self, order: &OrderId, tags: &[String]) -> Result<(), WriteFailure> {
        if tags.is_empty() {
            return Ok(());
        }
        let document = &documents::TAGS_ADD;
        let answer = self
            .wire
            .query(document, json!({"id": order.gid(), "tags": tags}))
            .await
            .map_err(WriteFailure::of)?;
        accepted(&payload(answer, document.root)?)
    }

    /// Marks an order as paid, which makes a transaction of its own (`facts/shopify` 9.6). [`BackState::can_mark_as_paid`] says if it
    /// can be; after a lost answer, it says if it was.
    pub async fn mark_as_paid(&self, order: &OrderId) -> Result<(), WriteFailure> {
        let document = &documents::ORDER_MARK_AS_PAID;
        let answer = self
            .wire
            .once(document, json!({"input": {"id": order.gid()}}))
            .await
            .map_err(WriteFailure::of)?;
        accepted(&payload(answer, document.root)?)
    }
}

fn other_type(definition: &FieldDefinition, kind: &str) -> WriteFailure {
    let reason = format!(
        "the metafield {}.{} has the type {kind}, not {}",
        definition.namespace, definition.key, definition.kind
    );
    WriteFailure::Refused(Problem::new(Code::ShopRefused).with("reason", reason))
}

/// The rows of a connection that must not have another page.
fn whole(connection: &Value, name: &str) -> Result<Vec<Value>, Problem> {
    if connection["pageInfo"]["hasNextPage"] != false {
        return Err(unexpected(format_args!(
            "{name} has more rows than one page"
        )));
    }
    connection["nodes"]
        .as_array()
        .cloned()
        .ok_or_else(|| unexpected(format_args!("{name} without a list")))
}

fn text(row: &Value, name: &str) -> Result<String, Problem> {
    row[name]
        .as_str()
        .map(str::to_owned)
        .ok_or_else(|| unexpected(format_args!("{name} is missing")))
}
