// One operation over HTTP, answered whole or in parts. Whatever goes wrong comes back as a response with `errors`, in words for the reader.
import type { FetcherParams } from '@graphiql/toolkit';
import { type ExecutionResult, GraphQLError } from 'graphql';

import { boundaryOf, partsOf } from './parts';
import { endpoint } from './settings';

const ACCEPT = 'application/graphql-response+json, application/json;q=0.9';
const ACCEPT_PARTS = `multipart/mixed, ${ACCEPT}`;

/** A response, or a part of one that GraphiQL puts together: a part says whether another follows. */
export type Answer = ExecutionResult & { hasNext?: boolean };

/** The whole response. */
export async function postOperation(operation: FetcherParams, headers: Record<string, string>): Promise<ExecutionResult> {
  for await (const response of answers(operation, { accept: ACCEPT, ...headers })) return response;
  return failure('the gateway answered without a response');
}

/** The response, or with `@defer` its parts as they come. */
export function postForParts(
  operation: FetcherParams,
  headers: Record<string, string>,
  signal: AbortSignal,
): AsyncGenerator<Answer> {
  return answers(operation, { accept: ACCEPT_PARTS, ...headers }, signal);
}

async function* answers(
  operation: FetcherParams,
  headers: Record<string, string>,
  signal?: AbortSignal,
): AsyncGenerator<Answer> {
  const address = endpoint();
  let begun = false;
  try {
    const answer = await fetch(address, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(operation),
      signal,
    });
    const boundary = boundaryOf(answer.headers.get('content-type'));
    if (boundary === undefined || answer.body === null) {
      yield readResponse(answer.status, await answer.text());
      return;
    }
    for await (const text of partsOf(answer.body, boundary)) {
      const part: Answer = readResponse(answer.status, text);
      // A single part is a whole response.
      yield begun || part.hasNext ? part : withoutHasNext(part);
      begun = true;
      if (!part.hasNext) return;
    }
    yield ended('the answer ended before its last part', begun);
  } catch (error) {
    const problem = begun
      ? `the answer broke off before its last part (${reason(error)})`
      : `no answer from \`${address.href}\`: is the gateway running? (${reason(error)})`;
    yield ended(problem, begun);
  }
}

/** What went wrong: beside the parts that came, or alone. */
function ended(message: string, begun: boolean): Answer {
  return begun ? { ...failure(message), hasNext: false } : failure(message);
}

function withoutHasNext({ hasNext: _, ...response }: Answer): ExecutionResult {
  return response;
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
