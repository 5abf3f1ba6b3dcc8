// A gateway for the console to talk to: its files under its policy, `/graphql` over HTTP and `graphql-transport-ws`.
import { createServer } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';

import { graphql } from 'graphql';
import { useServer } from 'graphql-ws/use/ws';
import { WebSocketServer } from 'ws';

import { consoleFile } from './console-files.mjs';
import { root, schema } from './graph.mjs';

const PLAN = {
  kind: 'QueryPlan',
  node: {
    kind: 'Defer',
    primary: {
      node: {
        kind: 'Sequence',
        nodes: [
          { kind: 'Fetch', serviceName: 'products', operationKind: 'query', operation: '{ products { nodes { sku title } } }' },
          {
            kind: 'Parallel',
            nodes: [fetchOf('users', ['products', 'nodes', '@', 'reviews', 'nodes', '@', 'author']), fetchOf('orders', ['products', 'nodes', '@'])],
          },
        ],
      },
    },
    deferred: [{ label: 'slow', queryPath: [], depends: [], node: batchOf('stock', [['greeting'], ['products', 'nodes', '@']]) }],
  },
};

function batchOf(serviceName, paths) {
  const aliases = paths.map((path, index) => ({ alias: `_e${index}`, paths: [path], requires: [] }));
  const operation = 'query ($r0: [_Any!]!, $r1: [_Any!]!) { _e0: _entities(representations: $r0) { __typename } _e1: _entities(representations: $r1) { __typename } }';
  return { kind: 'BatchFetch', serviceName, operation, entityBatch: { aliases } };
}

function fetchOf(serviceName, path) {
  const operation = 'query ($representations: [_Any!]!) { _entities(representations: $representations) { __typename } }';
  return { kind: 'Flatten', path, node: { kind: 'Fetch', serviceName, operationKind: 'query', operation } };
}

/** Listens on a port (0: the system picks one) and answers GraphQL under a path; gives the address and a way to stop. */
export async function startGateway({ port = 0, endpoint = '/graphql' } = {}) {
  const server = createServer((request, response) => void respond(request, response, endpoint));
  const webSockets = new WebSocketServer({ server, path: endpoint });
  const subscriptions = useServer({ schema, roots: { query: root, subscription: root } }, webSockets);
  await new Promise((resolve, reject) => server.once('error', reject).listen(port, '127.0.0.1', resolve));
  const close = async () => {
    await subscriptions.dispose();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  let closed;
  return { url: `http://127.0.0.1:${server.address().port}`, stop: () => (closed ??= close()) };
}

async function respond(request, response, endpoint) {
  const { pathname } = new URL(request.url, 'http://gateway');
  if (pathname === endpoint && request.method === 'POST') return respondToOperation(request, response);
  const file = request.method === 'GET' ? consoleFile(pathname, endpoint) : undefined;
  if (file === undefined) return response.writeHead(404).end('not found');
  response.writeHead(200, file.headers).end(file.content);
}

async function respondToOperation(request, response) {
  const { query, variables, operationName } = JSON.parse(await body(request));
  const result = await graphql({ schema, source: query, rootValue: root, variableValues: variables, operationName });
  const planned = request.headers['weft-query-plan'] === 'true' ? { ...result, extensions: { queryPlan: PLAN } } : result;
  const takesParts = request.headers.accept?.includes('multipart/mixed');
  if (takesParts && query.includes('@defer') && result.data?.greeting !== undefined) return respondInParts(response, planned);
  response
    .writeHead(result.data === undefined ? 400 : 200, { 'content-type': 'application/graphql-response+json; charset=utf-8' })
    .end(JSON.stringify(planned));
}

/** The greeting comes after the rest; a part is cut in the middle, as networks do. */
async function respondInParts(response, { data: { greeting, ...data }, extensions }) {
  const head = '\r\nContent-Type: application/json; charset=utf-8\r\n\r\n';
  const first = JSON.stringify({ data, extensions, pending: [{ id: '0', path: [] }], hasNext: true });
  const later = JSON.stringify({ incremental: [{ id: '0', data: { greeting } }], completed: [{ id: '0' }], hasNext: false });
  response.writeHead(200, { 'content-type': 'multipart/mixed; boundary="-"' });
  response.write(`\r\n---${head}${first}\r\n---`);
  await pause(1000);
  response.write(`${head}${later.slice(0, 20)}`);
  await pause(50);
  response.end(`${later.slice(20)}\r\n-----\r\n`);
}

async function body(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}
