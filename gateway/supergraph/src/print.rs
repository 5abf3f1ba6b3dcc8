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
