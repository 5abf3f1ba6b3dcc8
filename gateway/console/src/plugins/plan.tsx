// The Plan panel: how the gateway answered the last operation, from `extensions.queryPlan` of its response.
import type { GraphiQLPlugin } from '@graphiql/react';
import { useState } from 'react';

import { useLastResponse } from '../last-response';
import { isPlanWanted, wantPlan } from '../settings';
import { type Plan, readPlan } from './plan/nodes';
import { PlanTree } from './plan/tree';

export const planPlugin: GraphiQLPlugin = { title: 'Query plan', icon: PlanIcon, content: PlanPanel };

function PlanPanel() {
  const response = useLastResponse();
  const [wanted, setWanted] = useState(isPlanWanted);
  const choose = (next: boolean) => {
    wantPlan(next);
    setWanted(next);
  };
  const plan = readPlan(response?.extensions?.queryPlan);
  return (
    <section className="weft-plan" aria-label="Query plan">
      <h2>Query plan</h2>
      <label>
        <input type="checkbox" checked={wanted} onChange={(event) => choose(event.target.checked)} />
        Ask for the plan with each operation
      </label>
      {plan === undefined ? <NoPlan wanted={wanted} answered={response !== undefined} /> : <PlanView plan={plan} />}
    </section>
  );
}

function PlanView({ plan: { node, text } }: { plan: Plan }) {
  if (node === undefined) return <pre>{text}</pre>;
  return (
    <>
      <PlanTree node={node} />
      {text !== undefined && (
        <details>
          <summary>As text</summary>
          <pre>{text}</pre>
        </details>
      )}
    </>
  );
}

function NoPlan({ wanted, answered }: { wanted: boolean; answered: boolean }) {
  if (!wanted) return <p>Tick the box, then run an operation: here you will see which services it asks, in which order, for what.</p>;
  if (!answered) return <p>Run an operation to see which services it asks, in which order, for what.</p>;
  return (
    <p>
      The last response carries no plan. The gateway shows plans under <code>weft dev</code> and where its configuration says{' '}
      <code>graphql.query_plan: true</code>. Elsewhere, <code>weft plan</code> prints the plan of a file.
    </p>
  );
}

function PlanIcon() {
  return (
    <svg viewBox="0 0 24 24" fill="none" stroke="currentColor" strokeWidth="1.6" aria-hidden="true">
      <circle cx="5" cy="12" r="2.4" />
      <circle cx="19" cy="5" r="2.4" />
      <circle cx="19" cy="12" r="2.4" />
      <circle cx="19" cy="19" r="2.4" />
      <path d="M7.4 12h9.2M7 10.6l9.8-4.8M7 13.4l9.8 4.8" />
    </svg>
  );
}
