//! Limits of input fields whose messages name the field: `#[graphql(validator(custom = "Length::of(\"title\", 1, 200)"))]`.
//!
//! The messages of async-graphql's own validators name the type only ("Failed to parse \"String\""), which helps nobody
//! who sends five strings.

use async_graphql::{CustomValidator, InputType, InputValueError};

/// How many characters a text may have.
pub struct Length {
    field: &'static str,
    least: usize,
    most: usize,
}

impl Length {
    /// From `least` to `most` characters.
    pub const fn of(field: &'static str, least: usize, most: usize) -> Self {
        Self { field, least, most }
    }
}

impl CustomValidator<String> for Length {
    fn check(&self, value: &String) -> Result<(), InputValueError<String>> {
        let Self { field, least, most } = self;
        let length = value.chars().count();
        if (*least..=*most).contains(&length) {
            return Ok(());
        }
        let message =
            format!("`{field}` has {length} characters, but needs from {least} to {most}");
        Err(InputValueError::custom(message))
    }
}

/// The whole numbers that a field may have.
pub struct Between {
    field: &'static str,
    least: i32,
    most: i32,
}

impl Between {
    /// From `least` to `most`, both included.
    pub const fn of(field: &'static str, least: i32, most: i32) -> Self {
        Self { field, least, most }
    }
}

impl CustomValidator<i32> for Between {
    fn check(&self, value: &i32) -> Result<(), InputValueError<i32>> {
        let Self { field, least, most } = self;
        if (*least..=*most).contains(value) {
            return Ok(());
        }
        let message = format!("`{field}` is {value}, but must be from {least} to {most}");
        Err(InputValueError::custom(message))
    }
}

/// How many entries a list may have.
pub struct AtMost {
    field: &'static str,
    most: usize,
}

impl AtMost {
    /// Up to `most` entries.
    pub const fn of(field: &'static str, most: usize) -> Self {
        Self { field, most }
    }
}

impl<T> CustomValidator<Vec<T>> for AtMost
where
    Vec<T>: InputType,
{
    fn check(&self, value: &Vec<T>) -> Result<(), InputValueError<Vec<T>>> {
        let Self { field, most } = self;
        if value.len() <= *most {
            return Ok(());
        }
        let message = format!("`{field}` has {} entries, but may have {most}", value.len());
        Err(InputValueError::custom(message))
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::{EmptyMutation, EmptySubscription, InputObject, Object, Schema};

    use super::*;

    struct Query;

    #[derive(InputObject)]
    struct Wish {
        #[graphql(validator(custom = "Length::of(\"title\", 2, 5)"))]
        title: Option<String>,
        #[graphql(default = 1, validator(custom = "Between::of(\"count\", 1, 9)"))]
        count: i32,
        #[graphql(default, validator(custom = "AtMost::of(\"tags\", 1)"))]
        tags: Vec<String>,
    }

    #[Object]
    impl Query {
        async fn wish(&self, wish: Wish) -> usize {
            wish.title.map_or(0, |it| it.len())
                + wish.tags.len()
                + wish.count.unsigned_abs() as usize
        }
    }

    async fn check(wish: &str, message: Option<&str>) {
        let schema = Schema::new(Query, EmptyMutation, EmptySubscription);
        let answer = schema.execute(format!("{{ wish(wish: {wish}) }}")).await;
        let errors: Vec<String> = answer.errors.into_iter().map(|it| it.message).collect();
        match message {
            Some(message) => assert!(errors[0].contains(message), "{wish}: {errors:?}"),
            None => assert!(errors.is_empty(), "{wish}: {errors:?}"),
        }
    }

    #[tokio::test]
    async fn a_value_beyond_its_limits_is_named_with_its_field() {
        check("{}", None).await;
        check("{title: \"äöüßé\", count: 9, tags: [\"a\"]}", None).await;
        check(
            "{title: \"a\"}",
            Some("`title` has 1 characters, but needs from 2 to 5"),
        )
        .await;
        check("{title: \"abcdef\"}", Some("`title` has 6 characters")).await;
        check("{count: 0}", Some("`count` is 0, but must be from 1 to 9")).await;
        check("{tags: [\"a\", \"b\"]}", Some("`tags` has 2 entries")).await;
    }
}
