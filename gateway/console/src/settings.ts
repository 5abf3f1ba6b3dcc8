// What the server tells the page (in `<meta>` elements) and what the user chose (in the browser's storage).

/** The address of the GraphQL endpoint, made absolute. */
export function endpoint(): URL {
  const meta = document.querySelector<HTMLMetaElement>('meta[name="weft-endpoint"]');
  return new URL(meta?.content || '/graphql', window.location.href);
}

/** The same endpoint, as a WebSocket address. */
export function webSocketEndpoint(): string {
  const address = endpoint();
  address.protocol = address.protocol === 'https:' ? 'wss:' : 'ws:';
  return address.href;
}

const PLAN_WANTED = 'weft:plan';

export function isPlanWanted(): boolean {
  return localStorage.getItem(PLAN_WANTED) === 'true';
}

export function wantPlan(wanted: boolean): void {
  localStorage.setItem(PLAN_WANTED, String(wanted));
}

/** Whether this browser has tabs from an earlier visit. */
export function hasStoredTabs(): boolean {
  return localStorage.getItem('graphiql:tabState') !== null;
}
