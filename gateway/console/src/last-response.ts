// The response that was shown last, for the panels that explain it.
import type { ExecutionResult } from 'graphql';
import { useSyncExternalStore } from 'react';

let last: ExecutionResult | undefined;
const listeners = new Set<() => void>();

export function publishResponse(response: ExecutionResult): void {
  last = response;
  for (const listener of listeners) listener();
}

export function useLastResponse(): ExecutionResult | undefined {
  return useSyncExternalStore(subscribe, () => last);
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
