//! Contracts: the variant of a graph for an audience, by the `@tag`s of its elements.
//!
//! An excluded tag hides the elements that have it. Included tags hide every field of objects and interfaces that has
//! none of them, neither itself nor through its type. Hidden elements become `@inaccessible`: they stay in the
//! supergraph, where keys and requirements use them, and leave the API schema.

/// Which elements an audience sees.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Contract {
    /// When not empty: only what has one of these tags.
    pub include: Vec<String>,
    /// Nothing that has one of these tags.
    pub exclude: Vec<String>,
    /// Whether types that no visible field leads to are hidden too.
    pub hide_unreachable: bool,
}

impl Contract {
    /// Whether it hides nothing.
    pub fn is_empty(&self) -> bool {
        self.include.is_empty() && self.exclude.is_empty() && !self.hide_unreachable
    }
}
