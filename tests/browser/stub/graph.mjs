// A small catalogue that answers like a gateway does: enough of a graph for the console's tests.
import { buildSchema } from 'graphql';

export const schema = buildSchema(`
  directive @defer(if: Boolean! = true, label: String) on FRAGMENT_SPREAD | INLINE_FRAGMENT
  type Query { products(first: Int = 20): ProductConnection! greeting(name: String = "you"): String! }
  type Subscription { stockChanged(sku: String!): Product! }
  type ProductConnection { nodes: [Product!]! }
  type Product { sku: String! title: String! price: Money! stock: Int! reviews(first: Int = 10): ReviewConnection! }
  type Money { amountMinor: Int! formatted: String! }
  type ReviewConnection { nodes: [Review!]! }
  type Review { rating: Int! body: String author: User! }
  type User { displayName: String! }
`);

const products = [
  product('MUG-01', 'Enamel mug', 1400, 31, [review(5, 'Survives the campfire.', 'Ada')]),
  product('LAMP-02', 'Reading lamp', 4900, 8, [review(4, 'Warm light.', 'Grace'), review(5, null, 'Linus')]),
  product('SHELF-03', 'Oak shelf', 8900, 3, []),
];

export const root = {
  products: ({ first }) => ({ nodes: products.slice(0, first) }),
  greeting: ({ name }) => `Hello, ${name}!`,
  stockChanged: ({ sku }) => stockChanges(sku),
};

async function* stockChanges(sku) {
  const changing = products.find((candidate) => candidate.sku === sku);
  if (changing === undefined) throw new Error(`no product has the sku ${sku}`);
  for (let stock = changing.stock; stock > 0; stock -= 1) {
    yield { stockChanged: { ...changing, stock } };
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

function product(sku, title, amountMinor, stock, reviews) {
  return {
    sku,
    title,
    stock,
    price: { amountMinor, formatted: `€${(amountMinor / 100).toFixed(2)}` },
    reviews: ({ first }) => ({ nodes: reviews.slice(0, first) }),
  };
}

function review(rating, body, displayName) {
  return { rating, body, author: { displayName } };
}
