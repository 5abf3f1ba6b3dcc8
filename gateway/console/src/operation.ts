// In: a document, and the operation name that GraphiQL believes chosen. Out: the operation to run.
// GraphiQL learns the names a moment after the typing: who types and runs at once would send the name of before.
import { type DocumentNode, Kind, type OperationDefinitionNode, parse } from 'graphql';

export function chosenOperation(text: string, name: string | null | undefined): OperationDefinitionNode | undefined {
  const operations = parsed(text)?.definitions.filter((definition) => definition.kind === Kind.OPERATION_DEFINITION) ?? [];
  return operations.find((operation) => operation.name?.value === name) ?? (operations.length === 1 ? operations[0] : undefined);
}

/** A text with a mistake is for the gateway to explain. */
function parsed(text: string): DocumentNode | undefined {
  try {
    return parse(text, { noLocation: true });
  } catch {
    return undefined;
  }
}
