// What the tests may ask of the graph behind an address: the names differ between the stub and the shop.

const STUB = {
  field: 'greeting',
  example: 'products(first: 5)',
  tabs: ['Catalogue'],
  showsPlans: true,
  plan: /first[^]*products query[^]*at the same time[^]*users[^]*orders[^]*later, of the whole: slow[^]*stock greeting, products\.nodes\.@/,
  deferred: { operation: '{ products(first: 1) { nodes { sku } } ... @defer { greeting } }', first: '"MUG-01"', later: '"greeting": "Hello, you!"' },
  subscription: {
    operation: 'subscription { stockChanged(sku: "MUG-01") { stock } }',
    trigger: async () => {},
    event: /"stock": (?!31\b)\d+/,
    endless: true,
  },
};

/** The shop: without a token the order subscription ends at once, with the reason for the reader. */
const SHOP = {
  field: 'topProducts',
  example: 'products(first: 5)',
  // All of gateway/console/src/examples: one that is missing has a field that the shop no longer has.
  tabs: ['Catalogue', 'Shipping', 'SignIn', 'MyOrders'],
  showsPlans: false,
  plan: /products/,
  deferred: { operation: '{ topProducts(first: 1) { title ... @defer { unitsSold } } }', first: '"title"', later: '"unitsSold"' },
  subscription: {
    operation: 'subscription { orderStatusChanged { at } }',
    trigger: async () => {},
    event: /UNAUTHENTICATED|FORBIDDEN/,
    endless: false,
  },
};

export async function targetFor(url) {
  const fields = await queryFields(url);
  const known = [STUB, SHOP].find((target) => fields.includes(target.field));
  if (known === undefined) throw new Error(`the graph at ${url} is neither the shop nor the stub: its query fields are ${fields}`);
  return known;
}

async function queryFields(url) {
  const answer = await fetch(new URL('/graphql', url), {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json' },
    body: JSON.stringify({ query: '{ __schema { queryType { fields { name } } } }' }),
  });
  const { data } = await answer.json();
  return data.__schema.queryType.fields.map((field) => field.name);
}
