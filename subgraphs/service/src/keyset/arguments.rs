//! The arguments of a Relay connection, checked.

use async_graphql::Result;

use crate::errors::bad_user_input;

/// What a page asks for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PageArguments {
    /// The number of rows.
    pub size: u64,
    /// Whether the page ends before the cursor (`last`, `before`) instead of beginning after it.
    pub backwards: bool,
    /// Where the page begins or ends.
    pub cursor: Option<String>,
}

/// How large pages are.
#[derive(Clone, Copy, Debug)]
pub struct PageSize {
    /// Without `first` and `last`.
    pub default: u64,
    /// At most.
    pub maximum: u64,
}

impl Default for PageSize {
    fn default() -> Self {
        Self {
            default: 20,
            maximum: 100,
        }
    }
}

impl PageArguments {
    /// Checks the four arguments of a connection; a clear `BAD_USER_INPUT` for each way to get them wrong.
    pub fn new(
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
        size: PageSize,
    ) -> Result<Self> {
        let backwards = last.is_some() || before.is_some();
        if backwards && (first.is_some() || after.is_some()) {
            return Err(bad_user_input(
                "last",
                "`first` and `after` go forwards, `last` and `before` backwards: use one pair",
            ));
        }
        let (name, count, cursor) = if backwards {
            ("last", last, before)
        } else {
            ("first", first, after)
        };
        let size = checked_size(name, count, size)?;
        Ok(Self {
            size,
            backwards,
            cursor,
        })
    }

    /// The arguments of a connection that goes forwards only.
    pub fn forwards(first: Option<i32>, after: Option<String>, size: PageSize) -> Result<Self> {
        Self::new(first, after, None, None, size)
    }
}

fn checked_size(name: &str, count: Option<i32>, size: PageSize) -> Result<u64> {
    let Some(count) = count else {
        return Ok(size.default);
    };
    match u64::try_from(count) {
        Ok(count) if count <= size.maximum => Ok(count),
        _ => Err(bad_user_input(
            name,
            format!("`{name}` must be from 0 to {}, not {count}", size.maximum),
        )),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    #[test]
    fn a_count_out_of_range_is_refused_with_the_range() {
        let error = PageArguments::forwards(Some(101), None, PageSize::default()).unwrap_err();
        assert_eq!(error.message, "`first` must be from 0 to 100, not 101");
        assert!(PageArguments::forwards(Some(-1), None, PageSize::default()).is_err());
    }

    #[test]
    fn both_directions_at_once_are_refused() {
        assert!(PageArguments::new(Some(1), None, Some(1), None, PageSize::default()).is_err());
        assert!(
            PageArguments::new(
                None,
                Some("a".to_owned()),
                Some(1),
                None,
                PageSize::default()
            )
            .is_err()
        );
    }

    #[test]
    fn before_without_last_takes_a_page_of_the_usual_size() {
        let arguments = PageArguments::new(
            None,
            None,
            None,
            Some("cursor".to_owned()),
            PageSize::default(),
        )
        .unwrap();
        assert_eq!(
            arguments,
            PageArguments {
                size: 20,
                backwards: true,
                cursor: Some("cursor".to_owned())
            }
        );
    }
}
