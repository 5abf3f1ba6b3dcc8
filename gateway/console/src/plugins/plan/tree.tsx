// A plan drawn as boxes: steps below each other run one after another, beside a common line at the same time.
import { parse, print } from 'graphql';
import { Fragment } from 'react';

import type { DeferredPart, Path, PlanNode } from './nodes';

export function PlanTree({ node, path = [] }: { node: PlanNode; path?: Path }) {
  switch (node.kind) {
    case 'Sequence':
    case 'Parallel':
      return <Group node={node} />;
    case 'Flatten':
      return <PlanTree node={node.node} path={[...path, ...node.path]} />;
    case 'Fetch':
      return <FetchBox fetch={node} paths={path.length > 0 ? [path] : []} kind={node.operationKind} />;
    case 'BatchFetch':
      return <FetchBox fetch={node} paths={node.entityBatch.aliases.flatMap((alias) => alias.paths)} />;
    case 'Defer':
      return (
        <>
          {node.primary?.node && <Branch label="first" node={node.primary.node} />}
          {node.deferred.map((part, index) => part.node && <Branch key={index} label={later(part)} node={part.node} />)}
        </>
      );
    case 'Condition':
      return (
        <>
          {node.ifClause && <Branch label={`if $${node.condition}`} node={node.ifClause} />}
          {node.elseClause && <Branch label={`unless $${node.condition}`} node={node.elseClause} />}
        </>
      );
    case 'Subscription':
      return (
        <>
          <Branch label="subscribe" node={node.primary} />
          {node.rest && <Branch label="for each event" node={node.rest} />}
        </>
      );
    default:
      return <pre>{JSON.stringify(node, null, 2)}</pre>;
  }
}

function Group({ node }: { node: Extract<PlanNode, { nodes: PlanNode[] }> }) {
  const parallel = node.kind === 'Parallel';
  return (
    <div className="weft-plan-branch">
      <span>{parallel ? 'at the same time' : 'one after another'}</span>
      <ol className={parallel ? 'weft-plan-parallel' : 'weft-plan-sequence'}>
        {node.nodes.map((child, index) => (
          <li key={index}>
            <PlanTree node={child} />
          </li>
        ))}
      </ol>
    </div>
  );
}

function Branch({ label, node }: { label: string; node: PlanNode }) {
  return (
    <div className="weft-plan-branch">
      <span>{label}</span>
      <PlanTree node={node} />
    </div>
  );
}

/** One request, with the places that it completes. */
function FetchBox({ fetch, paths, kind = 'query' }: { fetch: { serviceName: string; operation: string }; paths: Path[]; kind?: string }) {
  return (
    <details className="weft-plan-fetch" style={{ borderLeftColor: `hsl(${hue(fetch.serviceName)} 60% 45%)` }}>
      <summary>
        <strong>{fetch.serviceName}</strong> {paths.length === 0 && kind}
        {paths.map((path, index) => (
          <Fragment key={index}>
            {index > 0 && ', '}
            <code>{path.join('.')}</code>
          </Fragment>
        ))}
      </summary>
      <pre>{pretty(fetch.operation)}</pre>
    </details>
  );
}

function later({ label, queryPath }: DeferredPart): string {
  const place = queryPath.length > 0 ? `below ${queryPath.join('.')}` : 'of the whole';
  return label === undefined ? `later, ${place}` : `later, ${place}: ${label}`;
}

/** The same service has the same colour in every plan. */
function hue(name: string): number {
  return [...name].reduce((sum, letter) => (sum * 31 + (letter.codePointAt(0) ?? 0)) % 360, 7);
}

function pretty(operation: string): string {
  try {
    return print(parse(operation));
  } catch {
    return operation;
  }
}
