// The panels at the left, below GraphiQL's documentation panel, from top to bottom.
// A new panel is a file in `plugins/` and a line here.
import { explorerPlugin } from '@graphiql/plugin-explorer';
import { HISTORY_PLUGIN } from '@graphiql/plugin-history';
import type { GraphiQLPlugin } from '@graphiql/react';

import { planPlugin } from './plugins/plan';

export const plugins: GraphiQLPlugin[] = [explorerPlugin({ showAttribution: false }), HISTORY_PLUGIN, planPlugin];
