//! What a document uses: a valid document in, schema coordinates out.

use apollo_compiler::{ExecutableDocument, Schema};
use rustc_hash::FxHashMap;
use weft_query_plan::visit_coordinates;

use super::TextPlace;

/// Coordinates, with the place where a field is first selected; without one for others.
pub type Used = FxHashMap<String, Option<TextPlace>>;

/// The coordinates of all fields, arguments, directives and types that the document names or receives, and of the input
/// types that it sends.
pub fn coordinates_of(schema: &Schema, document: &ExecutableDocument) -> Used {
    let mut used = Used::default();
    for operation in document.operations.iter() {
        visit_coordinates(schema, document, operation, &mut |coordinate, field| {
            let place = || TextPlace::of(field?.name.location(), &document.sources);
            used.entry(coordinate).or_insert_with(place);
        });
    }
    used
}
