//! The door to the mutations: first they run, then their payloads are read over the store as it is afterwards.

use std::borrow::Cow;
use std::cell::RefCell;

use apollo_compiler::ast::Value as Argument;
use apollo_compiler::resolvers::{FieldError, ObjectValue, ResolveInfo, ResolvedValue};
use apollo_compiler::response::JsonMap;
use serde_json::Value;

use super::{Context, Record, access};
use crate::shopify::mutations;
use crate::shopify::store::Store;

/// What became of one root field of a mutation: its response key, and its payload or its error.
pub(in crate::shopify) type Outcome = (String, Result<Value, String>);

/// `Mutation`, first time: each field changes the store, and what it came to is kept. Nothing is answered yet, because an answer shows the
/// store as it is afterwards.
pub(in crate::shopify) struct Mutations<'r> {
    pub(in crate::shopify) context: &'r Context<'r>,
    pub(in crate::shopify) store: RefCell<&'r mut Store>,
    pub(in crate::shopify) variables: &'r JsonMap,
    pub(in crate::shopify) outcomes: RefCell<Vec<Outcome>>,
}

impl Mutations<'_> {
    /// The key of `@idempotent`, given as text or by a variable.
    fn key(&self, info: &ResolveInfo<'_>) -> Option<String> {
        let directive = info
            .field_selections()
            .iter()
            .find_map(|field| field.directives.get("idempotent"))?;
        match &**directive.specified_argument_by_name("key")? {
            Argument::String(text) => Some(text.clone()),
            Argument::Variable(name) => {
                let key = self.variables.get(name.as_str())?.as_str()?;
                Some(key.to_owned())
            }
            _ => None,
        }
    }
}

impl ObjectValue for Mutations<'_> {
    fn type_name(&self) -> &'static str {
        "Mutation"
    }

    fn resolve_field<'a>(
        &'a self,
        info: &'a ResolveInfo<'a>,
    ) -> Result<ResolvedValue<'a>, FieldError> {
        let outcome = access::check(self.context, "Mutation", info).and_then(|()| {
            let key = self.key(info);
            let mut store = self.store.borrow_mut();
            mutations::run(
                &mut store,
                self.context,
                info.field_name(),
                info.arguments(),
                key.as_deref(),
            )
        });
        self.outcomes
            .borrow_mut()
            .push((response_key(info), outcome.map_err(|error| error.message)));
        Ok(ResolvedValue::null())
    }
}

/// `Mutation`, second time: the payloads, over the store as it is now.
pub(in crate::shopify) struct Answers<'r> {
    pub(in crate::shopify) context: &'r Context<'r>,
    pub(in crate::shopify) outcomes: &'r [Outcome],
}

impl ObjectValue for Answers<'_> {
    fn type_name(&self) -> &'static str {
        "Mutation"
    }

    fn resolve_field<'a>(
        &'a self,
        info: &'a ResolveInfo<'a>,
    ) -> Result<ResolvedValue<'a>, FieldError> {
        let key = response_key(info);
        let payload_type = info.field_definition().ty.inner_named_type().as_str();
        match self.outcomes.iter().find(|(known, _)| *known == key) {
            Some((_, Ok(payload))) => Ok(ResolvedValue::object(Record::new(
                self.context,
                payload_type,
                Cow::Borrowed(payload),
                None,
            ))),
            Some((_, Err(message))) => Err(FieldError {
                message: message.clone(),
            }),
            None => Err(self.unknown_field_error(info)),
        }
    }
}

fn response_key(info: &ResolveInfo<'_>) -> String {
    info.field_selections()
        .first()
        .map(|field| field.response_key().to_string())
        .unwrap_or_default()
}
