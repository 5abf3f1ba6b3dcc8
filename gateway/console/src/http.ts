// One operation over HTTP. Whatever goes wrong comes back as a response with `errors`, in words for the reader.
import type { FetcherParams } from '@graphiql/toolkit';
import { type ExecutionResult, GraphQLError } from 'graphql';

import { endpoint } from './settings';

const ACCEPT = 'application/graphql-response+json, application/json;q=0.9';

export async function postOperation(
  operation: FetcherParams,
  headers: Record<string, string>,
  signal?: AbortSignal,
): Promise<ExecutionResult> {
  const address = endpoint();
  try {
    const answer = await fetch(address, {
      method: 'POST',
      headers: { accept: ACCEPT, 'content-type': 'application/json', ...headers },
      body: JSON.stringify(operation),
      signal,
    });
    return readResponse(answer.status, await answer.text());
  } catch (error) {
    return failure(`no answer from \`${address.href}\`: is the gateway running? (${reason(error)})`);
  }
}

export function failure(message: string): ExecutionResult {
  return { errors: [new GraphQLError(message)] };
}

function readResponse(status: number, text: string): ExecutionResult {
  try {
    const response: unknown = JSON.parse(text);
    if (typeof response === 'object' && response !== null) return response;
  } catch {
    // Answered below, like every other body that is no GraphQL response.
  }
  const excerpt = text.trim().slice(0, 200);
  return failure(`the gateway answered with status ${status} and no GraphQL response${excerpt ? `: ${excerpt}` : ''}`);
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
