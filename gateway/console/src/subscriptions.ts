// One subscription over `graphql-transport-ws`: each event, and each failure in words, goes to the observer.
// A browser cannot set headers on a WebSocket, so those of the headers editor travel as `connection_init` payload.
import type { FetcherParams, Unsubscribable } from '@graphiql/toolkit';
import type { ExecutionResult } from 'graphql';
import { createClient } from 'graphql-ws';

import { failure } from './http';
import { webSocketEndpoint } from './settings';

export interface Observer {
  next(response: ExecutionResult): void;
  complete(): void;
}

export function subscribeToOperation(
  operation: FetcherParams,
  headers: Record<string, string>,
  observer: Observer,
): Unsubscribable {
  const client = createClient({ url: webSocketEndpoint(), connectionParams: headers, retryAttempts: 0 });
  const end = () => {
    observer.complete();
    void client.dispose();
  };
  const stop = client.subscribe<ExecutionResult['data']>(operation, {
    next: (response) => observer.next(response as ExecutionResult),
    error(error) {
      observer.next(describe(error));
      end();
    },
    complete: end,
  });
  return {
    unsubscribe() {
      stop();
      void client.dispose();
    },
  };
}

function describe(error: unknown): ExecutionResult {
  if (Array.isArray(error)) return { errors: error };
  if (error instanceof CloseEvent) {
    const why = error.reason ? `: ${error.reason}` : '';
    return failure(`the gateway closed the subscription's connection (code ${error.code}${why})`);
  }
  if (error instanceof Error) return failure(`the subscription ended: ${error.message}`);
  return failure(`no WebSocket connection to \`${webSocketEndpoint()}\`: is the gateway running?`);
}
