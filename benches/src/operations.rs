//! The operations that are measured.

/// Two root fields and five levels of entities over four subgraphs.
pub const HEAVY: &str = "
fragment User on User { id username name }
fragment Review on Review { id body }
fragment Product on Product { inStock name price shippingEstimate upc weight }
query Heavy {
  users { ...User reviews { ...Review product { ...Product reviews { ...Review author { ...User reviews { ...Review product { ...Product } } } } } } }
  topProducts { ...Product reviews { ...Review author { ...User reviews { ...Review product { ...Product } } } } }
}";

/// One call to one subgraph.
pub const SMALL: &str = "query Small { me { id name } }";

/// One call whose answer has 8 MiB.
pub const LARGE: &str = "query Large { catalogue { upc name price weight } }";

/// All of them, by name.
pub const ALL: [(&str, &str); 3] = [("heavy", HEAVY), ("small", SMALL), ("large", LARGE)];
