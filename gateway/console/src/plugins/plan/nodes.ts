// The nodes of a query plan as gateways print them in JSON, and how a response carries one.

export type Path = (string | number)[];

/** A part of the answer that comes later, and what it needs. */
export type DeferredPart = { label?: string; queryPath: Path; node?: PlanNode | null };

export type PlanNode =
  | { kind: 'Sequence' | 'Parallel'; nodes: PlanNode[] }
  | { kind: 'Flatten'; path: Path; node: PlanNode }
  | { kind: 'Fetch'; serviceName: string; operation: string; operationKind?: string }
  | { kind: 'BatchFetch'; serviceName: string; operation: string; entityBatch: { aliases: { paths: Path[] }[] } }
  | { kind: 'Defer'; primary?: { node?: PlanNode | null } | null; deferred: DeferredPart[] }
  | { kind: 'Condition'; condition: string; ifClause?: PlanNode | null; elseClause?: PlanNode | null }
  | { kind: 'Subscription'; primary: PlanNode; rest?: PlanNode | null };

export type Plan = { node?: PlanNode; text?: string };

/** Reads `extensions.queryPlan`: text, nodes, or an object with both; anything else is shown as it is. */
export function readPlan(value: unknown): Plan | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'string') return { text: value };
  const { kind, node, text } = value as { kind?: unknown; node?: PlanNode | null; text?: unknown };
  const root = node ?? (typeof kind === 'string' && kind !== 'QueryPlan' ? (value as PlanNode) : undefined);
  if (root === undefined && typeof text !== 'string') return { text: JSON.stringify(value, null, 2) };
  return { node: root, text: typeof text === 'string' ? text : undefined };
}
