// The tabs of a first visit: those of our example operations that are valid on the graph that is served,
// else one that is valid on every graph. Add a file to `examples/` and it is tried, in the order of the names.
import type { TabsState } from '@graphiql/react';
import { buildClientSchema, getIntrospectionQuery, type IntrospectionQuery, parse, validate } from 'graphql';

import { postOperation } from './http';
import { hasStoredTabs } from './settings';

type Tab = Pick<TabsState['tabs'][number], 'query'> & { variables?: string | null };

const PATIENCE_MILLISECONDS = 3000;

const GENERIC = `# Welcome to Weft. Press Ctrl-Enter to send this query.
# The explorer (left) lists what the graph offers; Ctrl-Space completes.
{
  __typename
}
`;

const examples = Object.entries(
  import.meta.glob<string>('./examples/*.graphql', { eager: true, query: '?raw', import: 'default' }),
)
  .sort(([left], [right]) => left.localeCompare(right))
  .map(([, text]) => text);

export async function firstTabs(): Promise<Tab[]> {
  if (hasStoredTabs()) return [{ query: GENERIC }];
  const valid = await Promise.race([validExamples(), nothingAfter(PATIENCE_MILLISECONDS)]);
  return valid.length > 0 ? valid.map((query) => ({ query })) : [{ query: GENERIC }];
}

async function validExamples(): Promise<string[]> {
  const query = getIntrospectionQuery();
  const response = await postOperation({ query, operationName: 'IntrospectionQuery' }, {});
  try {
    const schema = buildClientSchema(response.data as unknown as IntrospectionQuery);
    return examples.filter((text) => validate(schema, parse(text)).length === 0);
  } catch {
    return []; // A gateway that refuses introspection still gets a console.
  }
}

function nothingAfter(milliseconds: number): Promise<string[]> {
  return new Promise((resolve) => setTimeout(() => resolve([]), milliseconds));
}
