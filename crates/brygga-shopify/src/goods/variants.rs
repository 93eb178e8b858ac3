//! Writing products: known variants field by field, new products as drafts. Nothing is deleted, and no list is sent that replaces
//! another (`facts/shopify` 8.1).

use brygga_core::Problem;
use brygga_core::goods::{FieldChange, ProductDraft, Variant, Weight};
use serde_json::{Map, Value, json};

use super::read::one_variant;
use super::refusal::{RowRefusal, WriteFailure, accepted, payload, refusals};
use crate::client::{Shopify, unexpected};
use crate::documents;

/// Shopify's name for the one value of a product without options.
const NO_OPTION: (&str, &str) = ("Title", "Default Title");

impl Shopify {
    /// Changes fields of variants of one product (numeric ids). Sent twice, it leaves the same, so it is repeated when no answer
    /// came. Gives back the variants as they are now, and the rows that were refused.
    pub async fn update_variants(
        &self,
        product: &str,
        rows: &[(String, Vec<FieldChange>)],
    ) -> Result<(Vec<Variant>, Vec<RowRefusal>), WriteFailure> {
        let variants: Vec<Value> = rows
            .iter()
            .map(|(variant, fields)| variant_input(variant, fields))
            .collect::<Result<_, _>>()
            .map_err(WriteFailure::NotSent)?;
        let variables = json!({
            "product": format!("gid://shopify/Product/{product}"), "variants": variants,
        });
        let answer = self
            .wire
            .query(&documents::VARIANTS_UPDATE, variables)
            .await
            .map_err(WriteFailure::of)?;
        let payload = payload(answer, documents::VARIANTS_UPDATE.root)?;
        let refused = refusals(&payload, "variants")?;
        let done = payload["productVariants"]
            .as_array()
            .map(Vec::as_slice)
            .unwrap_or_default()
            .iter()
            .map(one_variant)
            .collect::<Result<_, _>>()
            .map_err(WriteFailure::Unknown)?;
        Ok((done, refused))
    }

    /// Changes title and type of a product (numeric id).
    pub async fn update_product(
        &self,
        product: &str,
        fields: &[FieldChange],
    ) -> Result<(), WriteFailure> {
        let mut input = Map::new();
        for field in fields {
            match field {
                FieldChange::Title { to, .. } => input.insert("title".into(), json!(to)),
                FieldChange::ProductType { to, .. } => {
                    input.insert("productType".into(), json!(to))
                }
                _ => None,
            };
        }
        self.change_product(product, input).await
    }

    /// Archives a product (numeric id).
    pub async fn archive_product(&self, product: &str) -> Result<(), WriteFailure> {
        let mut input = Map::new();
        input.insert("status".into(), json!("ARCHIVED"));
        self.change_product(product, input).await
    }

    async fn change_product(
        &self,
        product: &str,
        mut input: Map<String, Value>,
    ) -> Result<(), WriteFailure> {
        input.insert(
            "id".into(),
            json!(format!("gid://shopify/Product/{product}")),
        );
        let answer = self
            .wire
            .query(&documents::PRODUCT_CHANGE, json!({ "product": input }))
            .await
            .map_err(WriteFailure::of)?;
        accepted(&payload(answer, documents::PRODUCT_CHANGE.root)?)
    }

    /// Makes a draft product with one variant. There is no key for it: it is sent once, and looked up by its SKU when no answer came.
    pub async fn create_product(&self, draft: &ProductDraft) -> Result<Variant, WriteFailure> {
        let variables = json!({ "input": draft_input(draft).map_err(WriteFailure::NotSent)? });
        let answer = self
            .wire
            .once(&documents::PRODUCT_CREATE, variables)
            .await
            .map_err(WriteFailure::of)?;
        let payload = payload(answer, documents::PRODUCT_CREATE.root)?;
        accepted(&payload)?;
        one_variant(&payload["product"]["variants"]["nodes"][0]).map_err(WriteFailure::Unknown)
    }
}

fn variant_input(variant: &str, fields: &[FieldChange]) -> Result<Value, Problem> {
    let mut input = Map::new();
    input.insert(
        "id".into(),
        json!(format!("gid://shopify/ProductVariant/{variant}")),
    );
    for field in fields {
        match field {
            FieldChange::Price { to, .. } => {
                input.insert("price".into(), json!(to.to_string()));
            }
            // Null takes the price away; 0 would be a price (pain: "0" is not empty).
            FieldChange::CompareAt { to, .. } => {
                let to = to.map(|amount| amount.to_string());
                input.insert("compareAtPrice".into(), json!(to));
            }
            FieldChange::Barcode { to, .. } => {
                input.insert("barcode".into(), json!(to));
            }
            FieldChange::Weight { to, .. } => {
                input.insert(
                    "inventoryItem".into(),
                    json!({ "measurement": measured(to)? }),
                );
            }
            FieldChange::Title { .. } | FieldChange::ProductType { .. } => {}
        }
    }
    Ok(Value::Object(input))
}

fn draft_input(draft: &ProductDraft) -> Result<Value, Problem> {
    let (option, value) = NO_OPTION;
    let mut item = json!({ "tracked": true });
    if let Some(weight) = &draft.weight {
        item["measurement"] = measured(weight)?;
    }
    let mut variant = json!({
        "optionValues": [{ "optionName": option, "name": value }],
        "sku": draft.item,
        "price": draft.price.to_string(),
        "inventoryItem": item,
    });
    if let Some(amount) = draft.compare_at {
        variant["compareAtPrice"] = json!(amount.to_string());
    }
    if let Some(barcode) = &draft.barcode {
        variant["barcode"] = json!(barcode);
    }
    let mut input = json!({
        "title": draft.title,
        "status": "DRAFT",
        "productOptions": [{ "name": option, "values": [{ "name": value }] }],
        "variants": [variant],
    });
    if let Some(product_type) = &draft.product_type {
        input["productType"] = json!(product_type);
    }
    Ok(input)
}

/// The weight is a JSON number, made of its text.
fn measured(weight: &Weight) -> Result<Value, Problem> {
    let text = weight.value.normalize().to_string();
    let value: Value = serde_json::from_str(&text).map_err(unexpected)?;
    Ok(json!({ "weight": { "value": value, "unit": weight.unit.as_str() } }))
}
