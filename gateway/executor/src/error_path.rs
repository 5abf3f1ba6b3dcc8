//! Where an object stands in the client's response: for errors that no value of the response shows.

use crate::compile::Variant;
use crate::compile::client_shape::{ClientKind, ClientType, CompositeId, Source};
use crate::errors::Segment;
use crate::json::write_string;
use crate::store::{ObjectId, Store, Value};

/// How many values are looked at: an error without a place is better than a slow answer.
const BUDGET: usize = 20_000;

/// The path of the first place of an object, as JSON.
pub(crate) fn find(
    variant: &Variant,
    store: &Store,
    root: ObjectId,
    object: ObjectId,
) -> Option<Vec<u8>> {
    let mut search = Search {
        variant,
        store,
        object,
        path: Vec::new(),
        budget: BUDGET,
    };
    search
        .composite(variant.root_shape, root)
        .then(|| render(&search.path))
}

struct Search<'run> {
    variant: &'run Variant,
    store: &'run Store,
    object: ObjectId,
    path: Vec<Segment>,
    budget: usize,
}

impl Search<'_> {
    fn composite(&mut self, composite: CompositeId, object: ObjectId) -> bool {
        if object == self.object {
            return true;
        }
        let shapes = &self.variant.shapes;
        let type_id = self.store.object(object).type_id;
        let composite = &shapes.composites[composite.0 as usize];
        let Some(shape) = composite.shape(type_id, &self.variant.types) else {
            return false;
        };
        shapes.objects[shape as usize].fields.iter().any(|field| {
            let Source::Slot(slot) = field.source else {
                return false;
            };
            let key = shapes.text(&field.key);
            let key = key.get(1..key.len().saturating_sub(2)).unwrap_or_default();
            let segment = Segment::Key(String::from_utf8_lossy(key).into());
            self.below(segment, &field.ty, self.store.get(object, slot))
        })
    }

    fn below(&mut self, segment: Segment, ty: &ClientType, value: Value) -> bool {
        let Some(left) = self.budget.checked_sub(1) else {
            return false;
        };
        self.budget = left;
        self.path.push(segment);
        let found = match (&ty.kind, value) {
            (ClientKind::Object(composite), Value::Object(object)) => {
                self.composite(*composite, object)
            }
            (ClientKind::List(item), Value::List { start, length }) => {
                let store = self.store;
                store
                    .items(start, length)
                    .iter()
                    .enumerate()
                    .any(|(index, value)| self.below(Segment::Index(index), item, *value))
            }
            _ => false,
        };
        if !found {
            self.path.pop();
        }
        found
    }
}

fn render(path: &[Segment]) -> Vec<u8> {
    let mut out = vec![b'['];
    for (position, segment) in path.iter().enumerate() {
        if position > 0 {
            out.push(b',');
        }
        match segment {
            Segment::Key(key) => write_string(&mut out, key),
            Segment::Index(index) => out.extend_from_slice(index.to_string().as_bytes()),
        }
    }
    out.push(b']');
    out
}
