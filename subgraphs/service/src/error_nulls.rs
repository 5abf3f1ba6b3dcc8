//! Makes a failed field null, as the specification has it, and takes null up to the nearest place that may be null
//! (<https://spec.graphql.org/draft/#sec-Handling-Execution-Errors>). async-graphql leaves a failed field out of its object, whatever
//! its type, and leaves the index out of error paths below `_entities`.

mod marker;

use std::sync::{
    Arc, Mutex, MutexGuard, PoisonError,
    atomic::{AtomicBool, Ordering},
};

use async_graphql::{
    PathSegment, QueryPathSegment, Response, ServerError, ServerResult, Value,
    extensions::{
        Extension, ExtensionContext, ExtensionFactory, NextExecute, NextResolve, ResolveInfo,
    },
};

use marker::Marker;

/// The extension; one instance for each request.
pub(crate) struct ErrorNulls;

impl ExtensionFactory for ErrorNulls {
    fn create(&self) -> Arc<dyn Extension> {
        Arc::new(Failures::default())
    }
}

/// What failed in the present execution. In the data, a marker stands where a field failed until the execution is complete.
#[derive(Default)]
struct Failures {
    /// Nothing to look for while this is false, which is nearly always.
    any: AtomicBool,
    errors: Mutex<Vec<ServerError>>,
}

#[async_graphql::async_trait::async_trait]
impl Extension for Failures {
    async fn resolve(
        &self,
        context: &ExtensionContext<'_>,
        info: ResolveInfo<'_>,
        next: NextResolve<'_>,
    ) -> ServerResult<Option<Value>> {
        // async-graphql calls items of lists non-null even where they are not: their list knows better.
        let is_item = matches!(info.path_node.segment, QueryPathSegment::Index(_));
        let non_null = !is_item && info.return_type.ends_with('!');
        let items_non_null = info.return_type.trim_end_matches('!').ends_with("!]");
        let failed = match next.run(context, info).await {
            Ok(Some(value)) if self.any.load(Ordering::Acquire) => {
                match marker::settle(value, items_non_null) {
                    Ok(value) => return Ok(Some(value)),
                    Err(errors) => errors,
                }
            }
            Ok(value) => return Ok(value),
            Err(error) => vec![self.keep(error)],
        };
        let marker = Marker {
            non_null,
            errors: failed,
        };
        Ok(Some(marker.into_value()))
    }

    async fn execute(
        &self,
        context: &ExtensionContext<'_>,
        name: Option<&str>,
        next: NextExecute<'_>,
    ) -> Response {
        let mut response = next.run(context, name).await;
        if self.any.swap(false, Ordering::AcqRel) {
            let mut errors = std::mem::take(&mut *self.errors());
            let data = std::mem::take(&mut response.data);
            response.data = match marker::settle(data, false) {
                Ok(data) => {
                    add_entity_indexes(&data, &mut errors);
                    marker::into_nulls(data)
                }
                Err(_errors) => Value::Null,
            };
            response.errors.append(&mut errors);
        }
        response
    }
}

impl Failures {
    fn errors(&self) -> MutexGuard<'_, Vec<ServerError>> {
        self.errors.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps an error for the response; returns its number.
    fn keep(&self, error: ServerError) -> usize {
        self.any.store(true, Ordering::Release);
        let mut errors = self.errors();
        errors.push(error);
        errors.len() - 1
    }
}

/// Paths of errors in lists of entities get the index of the entity that the error's marker is in.
fn add_entity_indexes(data: &Value, errors: &mut [ServerError]) {
    let Value::Object(fields) = data else { return };
    for (key, value) in fields {
        let Value::List(items) = value else { continue };
        for (index, item) in items.iter().enumerate() {
            for number in marker::errors_in(item) {
                let Some(error) = errors.get_mut(number) else {
                    continue;
                };
                let in_this_list = error.path.first() == Some(&PathSegment::Field(key.to_string()));
                if in_this_list && !matches!(error.path.get(1), Some(PathSegment::Index(_))) {
                    error.path.insert(1, PathSegment::Index(index));
                }
            }
        }
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
    async fn error_paths_say_which_entity_failed() {
        let schema = Schema::build(Query, EmptyMutation, EmptySubscription)
            .enable_federation()
            .extension(ErrorNulls)
            .finish();
        let representations =
            ["2", "1", "3", "1"].map(|id| format!("{{__typename: \"Box\", id: \"{id}\"}}"));
        let fields = "... on Box { inner { a: always } maybe }";
        let query = format!(
            "{{ found: _entities(representations: [{}]) {{ {fields} }} }}",
            representations.join(", ")
        );
        let response = schema.execute(query).await;
        let mut paths = response
            .errors
            .iter()
            .map(|error| serde_json::json!(error.path).to_string())
            .collect::<Vec<_>>();
        paths.sort();
        let expected = [
            r#"["found",1,"inner","a"]"#,
            r#"["found",1,"maybe"]"#,
            r#"["found",3,"inner","a"]"#,
            r#"["found",3,"maybe"]"#,
        ];
        assert_eq!(paths, expected);
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
