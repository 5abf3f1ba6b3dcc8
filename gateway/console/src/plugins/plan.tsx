// The Plan panel: how the gateway answered the last operation, from `extensions.queryPlan` of its response.
import type { GraphiQLPlugin } from '@graphiql/react';
import { useState } from 'react';

import { useLastResponse } from '../last-response';
import { isPlanWanted, wantPlan } from '../settings';

export const planPlugin: GraphiQLPlugin = { title: 'Query plan', icon: PlanIcon, content: PlanPanel };

function PlanPanel() {
  const response = useLastResponse();
  const [wanted, setWanted] = useState(isPlanWanted);
  const choose = (next: boolean) => {
    wantPlan(next);
    setWanted(next);
  };
  const plan = planText(response?.extensions?.queryPlan);
  return (
    <section className="weft-plan" aria-label="Query plan">
      <h2>Query plan</h2>
      <label>
        <input type="checkbox" checked={wanted} onChange={(event) => choose(event.target.checked)} />
        Ask for the plan with each operation
      </label>
      {plan === undefined ? <NoPlan wanted={wanted} answered={response !== undefined} /> : <pre>{plan}</pre>}
    </section>
  );
}

function NoPlan({ wanted, answered }: { wanted: boolean; answered: boolean }) {
  if (!wanted) return <p>Tick the box, then run an operation: here you will see which services it asks, in which order, for what.</p>;
  if (!answered) return <p>Run an operation to see which services it asks, in which order, for what.</p>;
  return (
    <p>
      The last response carries no plan. The gateway shows plans when it runs as <code>weft dev</code>; elsewhere, <code>weft plan</code> prints
      the plan of a file.
    </p>
  );
}

/** The plan as text: servers send text itself, an object that holds it, or the plan's nodes. */
function planText(plan: unknown): string | undefined {
  if (plan === undefined || plan === null) return undefined;
  if (typeof plan === 'string') return plan;
  if (typeof plan === 'object' && 'text' in plan && typeof plan.text === 'string') return plan.text;
  return JSON.stringify(plan, null, 2);
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
