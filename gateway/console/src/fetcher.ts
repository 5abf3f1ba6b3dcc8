// Sends what the editor holds: queries and mutations over HTTP, subscriptions over a WebSocket.
import type { Fetcher, FetcherParams, Observable, Unsubscribable } from '@graphiql/toolkit';
import type { ExecutionResult } from 'graphql';

import { type Answer, postForParts, postOperation } from './http';
import { withDefer } from './introspection';
import { publishResponse } from './last-response';
import { chosenOperation } from './operation';
import { isPlanWanted } from './settings';
import { type Observer, subscribeToOperation } from './subscriptions';

export const fetcher: Fetcher = (request, options) => {
  const headers: Record<string, string> = { ...options?.headers };
  const chosen = chosenOperation(request.query, request.operationName);
  const operation = { ...request, operationName: chosen?.name?.value };
  if (chosen?.operation === 'subscription') return events(operation, headers);
  if (operation.operationName === 'IntrospectionQuery') return postOperation(operation, headers).then(withDefer);
  return answer(operation, headers);
};

function events(operation: FetcherParams, headers: Record<string, string>): Observable<ExecutionResult> {
  return observable((observer) => {
    const next = (response: ExecutionResult) => {
      publishResponse(response);
      observer.next(response);
    };
    return subscribeToOperation(operation, headers, { next, complete: () => observer.complete() });
  });
}

/** One response or its parts, as an observable: GraphiQL's stop button ends what can be unsubscribed from. */
function answer(operation: FetcherParams, headers: Record<string, string>): Observable<ExecutionResult> {
  const forPanel = isPlanWanted() && !('weft-query-plan' in headers);
  const sent = forPanel ? { ...headers, 'weft-query-plan': 'true' } : headers;
  return observable((observer) => {
    const stopping = new AbortController();
    const parts = postForParts(operation, sent, stopping.signal);
    void pass(parts, stopping.signal, forPanel, observer);
    return { unsubscribe: () => stopping.abort() };
  });
}

async function pass(parts: AsyncIterable<Answer>, stopping: AbortSignal, forPanel: boolean, observer: Observer) {
  let isFirst = true;
  for await (const part of parts) {
    if (stopping.aborted) return;
    // The panels explain the whole response: a later part replaces the first only when it brings what they show.
    if (isFirst || part.extensions) publishResponse(part);
    isFirst = false;
    observer.next(forPanel ? withoutPlan(part) : part);
  }
  if (!stopping.aborted) observer.complete();
}

/** The type allows for separate functions as well; GraphiQL passes one observer. */
function observable(start: (observer: Observer) => Unsubscribable): Observable<ExecutionResult> {
  return { subscribe: (observer: unknown) => start(observer as Observer) };
}

/** The response as it is without the panel's header: the panel shows the plan better than the response could. */
function withoutPlan({ extensions, ...response }: ExecutionResult): ExecutionResult {
  const { queryPlan: _, ...others } = extensions ?? {};
  return Object.keys(others).length > 0 ? { ...response, extensions: others } : response;
}
