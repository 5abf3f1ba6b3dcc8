//! "Did you mean": a name that was written, the names that there are, and the near ones among them.

/// A help text that names the nearest known names; `None` when none is near.
pub(crate) fn did_you_mean<'a>(
    written: &str,
    known: impl IntoIterator<Item = &'a str>,
) -> Option<String> {
    let limit = ((written.chars().count() + 1) / 3).max(1);
    let mut near: Vec<(usize, &str)> = known
        .into_iter()
        .map(|name| (distance(written, name), name))
        .filter(|(distance, name)| *distance <= limit && *name != written)
        .collect();
    near.sort_unstable();
    near.dedup();
    let names: Vec<String> = near
        .iter()
        .take(3)
        .map(|(_, name)| format!("`{name}`"))
        .collect();
    (!names.is_empty()).then(|| format!("did you mean {}?", names.join(" or ")))
}

fn distance(left: &str, right: &str) -> usize {
    strsim::damerau_levenshtein(&left.to_lowercase(), &right.to_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_names_are_suggested_and_far_ones_are_not() {
        let known = ["@key", "@requires", "@provides"];
        assert_eq!(
            did_you_mean("@kye", known).as_deref(),
            Some("did you mean `@key`?")
        );
        assert_eq!(did_you_mean("@interfaceObject", known), None);
    }
}
