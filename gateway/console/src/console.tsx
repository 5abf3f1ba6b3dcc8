// The page: GraphiQL with our fetcher, panels and name.
import type { TabsState } from '@graphiql/react';
import { GraphiQL } from 'graphiql';

import { fetcher } from './fetcher';
import logo from './logo.svg';
import { plugins } from './plugins';

type ConsoleProps = { tabs: Pick<TabsState['tabs'][number], 'query'>[] };

export function Console({ tabs }: ConsoleProps) {
  return (
    <GraphiQL
      fetcher={fetcher}
      plugins={plugins}
      defaultTabs={tabs}
      isHeadersEditorEnabled
      defaultEditorToolsVisibility="headers"
      inputValueDeprecation
      schemaDescription
    >
      <GraphiQL.Logo>
        <span className="weft-logo">
          <img src={logo} alt="" width="22" height="22" />
          Weft
        </span>
      </GraphiQL.Logo>
    </GraphiQL>
  );
}
