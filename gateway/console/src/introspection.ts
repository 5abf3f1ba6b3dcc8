// What the editor knows of the graph: its introspection, and the directive that the gateway takes beyond it.
import type { ExecutionResult, IntrospectionDirective, IntrospectionQuery } from 'graphql';

/** <https://github.com/graphql/graphql-spec/pull/1110> */
const DEFER: IntrospectionDirective = {
  name: 'defer',
  description: 'What stands below it may come after the rest of the answer.',
  isRepeatable: false,
  locations: ['FRAGMENT_SPREAD', 'INLINE_FRAGMENT'] as IntrospectionDirective['locations'],
  args: [
    {
      name: 'if',
      description: 'Whether it may.',
      type: { kind: 'NON_NULL', ofType: { kind: 'SCALAR', name: 'Boolean' } },
      defaultValue: 'true',
    } as IntrospectionDirective['args'][number],
    {
      name: 'label',
      description: 'The name of the part.',
      type: { kind: 'SCALAR', name: 'String' },
      defaultValue: null,
    } as IntrospectionDirective['args'][number],
  ],
};

/** The schema with `@defer`, which the gateway takes from every client although it is no part of the schema. */
export function withDefer(answer: ExecutionResult): ExecutionResult {
  const data = answer.data as IntrospectionQuery | null | undefined;
  const directives = data?.__schema?.directives;
  if (!data || !directives || directives.some((directive) => directive.name === 'defer')) return answer;
  return { ...answer, data: { ...data, __schema: { ...data.__schema, directives: [...directives, DEFER] } } };
}
