// Sends what the editor holds: queries and mutations over HTTP, subscriptions over a WebSocket.
import type { Fetcher, FetcherParams, Observable } from '@graphiql/toolkit';
import type { ExecutionResult } from 'graphql';

import { postOperation } from './http';
import { publishResponse } from './last-response';
import { chosenOperation } from './operation';
import { isPlanWanted } from './settings';
import { type Observer, subscribeToOperation } from './subscriptions';

export const fetcher: Fetcher = (request, options) => {
  const headers: Record<string, string> = { ...options?.headers };
  const chosen = chosenOperation(request.query, request.operationName);
  const operation = { ...request, operationName: chosen?.name?.value };
  if (chosen?.operation === 'subscription') return events(operation, headers);
  if (operation.operationName === 'IntrospectionQuery') return postOperation(operation, headers);
  return answer(operation, headers);
};

function events(operation: FetcherParams, headers: Record<string, string>): Observable<ExecutionResult> {
  return {
    // The type allows for separate functions as well; GraphiQL passes one observer.
    subscribe(given: unknown) {
      const observer = given as Observer;
      const next = (response: ExecutionResult) => {
        publishResponse(response);
        observer.next(response);
      };
      return subscribeToOperation(operation, headers, { next, complete: () => observer.complete() });
    },
  };
}

async function answer(operation: FetcherParams, headers: Record<string, string>): Promise<ExecutionResult> {
  if (isPlanWanted()) headers['weft-query-plan'] ??= 'true';
  const response = await postOperation(operation, headers);
  publishResponse(response);
  return response;
}
