//! Makes a failed field null, as the specification has it, and takes null up to the nearest place that may be null
//! (<https://spec.graphql.org/draft/#sec-Handling-Execution-Errors>). async-graphql leaves a failed field out of its object, whatever its type.

use std::{
    collections::{BTreeSet, HashMap},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use async_graphql::{
    QueryPathNode, QueryPathSegment, Response, ServerError, ServerResult, Value,
    extensions::{
        Extension, ExtensionContext, ExtensionFactory, NextExecute, NextResolve, ResolveInfo,
    },
};

/// The extension; one instance for each request.
pub(crate) struct ErrorNulls;

impl ExtensionFactory for ErrorNulls {
    fn create(&self) -> Arc<dyn Extension> {
        Arc::new(Failures::default())
    }
}

/// What failed in the present execution.
#[derive(Default)]
struct Failures {
    /// Nothing to look up while this is false, which is nearly always.
    any: AtomicBool,
    found: Mutex<Found>,
}

#[derive(Default)]
struct Found {
    errors: Vec<ServerError>,
    /// By path of an object or list: the keys or indexes in it that are null and must not be.
    unexpected_nulls: HashMap<String, BTreeSet<String>>,
}

#[async_graphql::async_trait::async_trait]
impl Extension for Failures {
    async fn resolve(
        &self,
        context: &ExtensionContext<'_>,
        info: ResolveInfo<'_>,
        next: NextResolve<'_>,
    ) -> ServerResult<Option<Value>> {
        let path = info.path_node;
        // async-graphql calls items of lists non-null even where they are not: their list knows better.
        let is_item = matches!(path.segment, QueryPathSegment::Index(_));
        let non_null = is_item || info.return_type.ends_with('!');
        let items_non_null = info.return_type.trim_end_matches('!').ends_with("!]");
        let resolved = match next.run(context, info).await {
            Ok(value) if !self.any.load(Ordering::Acquire) => return Ok(value),
            Ok(Some(value)) => {
                self.without_unexpected_nulls(&path.to_string(), value, items_non_null)
            }
            Ok(None) => return Ok(None),
            Err(error) => {
                self.any.store(true, Ordering::Release);
                self.found().errors.push(error);
                None
            }
        };
        if resolved.is_none() && non_null {
            self.found()
                .unexpected_nulls
                .entry(parent(path))
                .or_default()
                .insert(key(path));
        }
        Ok(Some(resolved.unwrap_or(Value::Null)))
    }

    async fn execute(
        &self,
        context: &ExtensionContext<'_>,
        name: Option<&str>,
        next: NextExecute<'_>,
    ) -> Response {
        let mut response = next.run(context, name).await;
        if self.any.swap(false, Ordering::AcqRel) {
            let data = std::mem::take(&mut response.data);
            response.data = self
                .without_unexpected_nulls("", data, false)
                .unwrap_or(Value::Null);
            response
                .errors
                .append(&mut std::mem::take(&mut *self.found()).errors);
        }
        response
    }
}

impl Failures {
    fn found(&self) -> MutexGuard<'_, Found> {
        self.found.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The value at `path`; none if something in it is null that must not be.
    fn without_unexpected_nulls(
        &self,
        path: &str,
        value: Value,
        items_non_null: bool,
    ) -> Option<Value> {
        let found = self.found();
        let Some(keys) = found.unexpected_nulls.get(path) else {
            return Some(value);
        };
        match value {
            Value::Object(ref fields)
                if keys
                    .iter()
                    .any(|key| fields.get(key.as_str()) == Some(&Value::Null)) =>
            {
                None
            }
            Value::List(ref items)
                if items_non_null && keys.iter().any(|key| is_null_at(items, key)) =>
            {
                None
            }
            // async-graphql gives the items of `_entities` no index in their paths: look into each.
            Value::List(items) => Some(Value::List(
                items.into_iter().map(|item| nulled(item, keys)).collect(),
            )),
            value => Some(value),
        }
    }
}

fn is_null_at(items: &[Value], index: &str) -> bool {
    index
        .parse::<usize>()
        .is_ok_and(|index| items.get(index) == Some(&Value::Null))
}

fn nulled(item: Value, keys: &BTreeSet<String>) -> Value {
    match &item {
        Value::Object(fields)
            if keys
                .iter()
                .any(|key| fields.get(key.as_str()) == Some(&Value::Null)) =>
        {
            Value::Null
        }
        _ => item,
    }
}

fn parent(path: &QueryPathNode<'_>) -> String {
    path.parent.map(ToString::to_string).unwrap_or_default()
}

fn key(path: &QueryPathNode<'_>) -> String {
    match path.segment {
        QueryPathSegment::Index(index) => index.to_string(),
        QueryPathSegment::Name(name) => name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::{EmptyMutation, EmptySubscription, ID, Object, Result, Schema};
    use serde_json::{Value, json};

    use super::ErrorNulls;

    struct Query;
    struct Box(i32);

    #[Object]
    impl Query {
        async fn nullable(&self) -> Option<Box> {
            Some(Box(1))
        }
        async fn required(&self) -> Box {
            Box(1)
        }
        async fn nullable_items(&self) -> Option<Vec<Option<Box>>> {
            Some(vec![Some(Box(1)), Some(Box(2))])
        }
        async fn required_items(&self) -> Option<Vec<Box>> {
            Some(vec![Box(1), Box(2)])
        }
        #[graphql(entity)]
        async fn find_box(&self, id: ID) -> Option<Box> {
            id.parse().ok().map(Box)
        }
    }

    /// Box 1 fails, others do not.
    #[Object]
    impl Box {
        async fn id(&self) -> ID {
            self.0.into()
        }
        async fn maybe(&self) -> Result<Option<i32>> {
            if self.0 == 1 {
                Err("broken".into())
            } else {
                Ok(Some(self.0))
            }
        }
        async fn always(&self) -> Result<i32> {
            if self.0 == 1 {
                Err("broken".into())
            } else {
                Ok(self.0)
            }
        }
        async fn inner(&self) -> Option<Box> {
            Some(Box(self.0))
        }
    }

    async fn check(query: &str, data: Value, errors: usize) {
        let schema = Schema::build(Query, EmptyMutation, EmptySubscription)
            .enable_federation()
            .extension(ErrorNulls)
            .finish();
        let response = serde_json::to_value(schema.execute(query).await).unwrap_or_default();
        assert_eq!(response["data"], data, "{query}");
        assert_eq!(
            response["errors"].as_array().map_or(0, Vec::len),
            errors,
            "{query}: {response}"
        );
    }

    #[tokio::test]
    async fn a_failed_field_that_may_be_null_is_null() {
        check(
            "{ nullable { id maybe } }",
            json!({ "nullable": { "id": "1", "maybe": null } }),
            1,
        )
        .await;
        check(
            "{ nullable { a: maybe b: maybe } }",
            json!({ "nullable": { "a": null, "b": null } }),
            2,
        )
        .await;
    }

    #[tokio::test]
    async fn null_goes_up_to_where_it_may_be() {
        check("{ nullable { id always } }", json!({ "nullable": null }), 1).await;
        check(
            "{ nullable { inner { always } id } }",
            json!({ "nullable": { "inner": null, "id": "1" } }),
            1,
        )
        .await;
        check("{ required { id always } }", Value::Null, 1).await;
        check(
            "{ required { id } nullable { always } }",
            json!({ "required": { "id": "1" }, "nullable": null }),
            1,
        )
        .await;
    }

    #[tokio::test]
    async fn null_stays_in_a_list_of_nullable_items_only() {
        check(
            "{ nullableItems { always } }",
            json!({ "nullableItems": [null, { "always": 2 }] }),
            1,
        )
        .await;
        check(
            "{ requiredItems { always } }",
            json!({ "requiredItems": null }),
            1,
        )
        .await;
    }

    #[tokio::test]
    async fn one_failing_entity_spoils_no_other() {
        let query = |fields: &str| {
            format!(
                "{{ _entities(representations: [{{__typename: \"Box\", id: \"1\"}}, {{__typename: \"Box\", id: \"2\"}}]) {{ ... on Box {{ {fields} }} }} }}"
            )
        };
        check(
            &query("always"),
            json!({ "_entities": [null, { "always": 2 }] }),
            1,
        )
        .await;
        check(
            &query("maybe"),
            json!({ "_entities": [{ "maybe": null }, { "maybe": 2 }] }),
            1,
        )
        .await;
        check(
            &query("inner { always }"),
            json!({ "_entities": [{ "inner": null }, { "inner": { "always": 2 } }] }),
            1,
        )
        .await;
    }

    #[tokio::test]
    async fn what_does_not_fail_is_as_it_was() {
        check(
            "{ nullable { id } }",
            json!({ "nullable": { "id": "1" } }),
            0,
        )
        .await;
    }
}
