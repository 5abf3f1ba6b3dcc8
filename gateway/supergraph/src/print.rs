//! A [`Supergraph`] as SDL: the supergraph schema for gateways, the API schema for clients.

use apollo_compiler::Schema;

use crate::Supergraph;

impl Supergraph {
    /// The supergraph SDL, which [`Supergraph::parse`] reads back. The same graph gives the same text.
    pub fn to_sdl(&self) -> String {
        print(self.schema())
    }

    /// The API schema as SDL, for clients and their tools.
    pub fn to_api_sdl(&self) -> String {
        print(self.api_schema())
    }
}

fn print(schema: &Schema) -> String {
    schema.serialize().indent_prefix("  ").to_string()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]
    use proptest::prelude::*;

    use crate::testing::{read_text, supergraph_text};

    /// A field with random joins: subgraphs as bits, a description, an argument with a default.
    fn field() -> impl Strategy<Value = String> {
        let text = "[ -~äß\\n]{0,12}";
        (1..8u8, "[a-z]{1,3}", text, any::<[bool; 4]>()).prop_map(|(graphs, name, text, flags)| {
            let quoted = format!("{text:?}");
            let description = if flags[0] {
                quoted.clone()
            } else {
                String::new()
            };
            let argument = if flags[1] {
                format!("(a: String = {quoted})")
            } else {
                String::new()
            };
            let joins: String = (['A', 'B', 'C'].iter().enumerate())
                .filter(|(bit, _)| flags[2] && graphs & (1 << bit) != 0)
                .map(|(_, graph)| format!(" @join__field(graph: {graph})"))
                .collect();
            let hidden = if flags[3] { " @inaccessible" } else { "" };
            format!("  {description} f_{name}{argument}: Int{joins}{hidden}\n")
        })
    }

    fn types() -> impl Strategy<Value = String> {
        let fields = proptest::collection::btree_map("[a-z]{1,2}", field(), 1..5);
        proptest::collection::vec(fields, 1..5).prop_map(|types| {
            let mut text = "type Query @join__type(graph: A) { q: Int }\n".to_owned();
            for (index, fields) in types.iter().enumerate() {
                let joined = "@join__type(graph: A, key: \"id\") @join__type(graph: B) @join__type(graph: C)";
                let fields: String = (fields.iter())
                    .map(|(unique, field)| field.replacen("f_", &format!("f{unique}_"), 1))
                    .collect();
                text += &format!("type T{index} {joined} {{\n  id: ID!\n{fields}}}\n");
            }
            text
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn a_printed_supergraph_reads_back_equal(types in types()) {
            let once = read_text(&supergraph_text(&types)).unwrap();
            let again = read_text(&once.to_sdl()).unwrap();
            prop_assert_eq!(again.schema(), once.schema());
            prop_assert_eq!(again.to_sdl(), once.to_sdl());
            prop_assert_eq!(again.to_api_sdl(), once.to_api_sdl());
            prop_assert_eq!(again.subgraphs(), once.subgraphs());
        }

        #[test]
        fn a_damaged_supergraph_is_refused_or_read_but_never_a_panic(
            types in types(),
            at in 0.0..1.0f64,
            length in 0..40usize,
            instead in "[ -~]{0,6}",
        ) {
            let mut text: Vec<char> = supergraph_text(&types).chars().collect();
            let start = (at * text.len() as f64) as usize;
            let end = (start + length).min(text.len());
            text.splice(start..end, instead.chars());
            let text: String = text.into_iter().collect();
            if let Err(diagnostics) = read_text(&text) {
                prop_assert!(!diagnostics.is_empty());
            }
        }
    }
}
