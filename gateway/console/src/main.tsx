// Starts the console in the page's one element.
import '@graphiql/react/style.css';
import '@graphiql/plugin-doc-explorer/style.css';
import '@graphiql/plugin-explorer/style.css';
import '@graphiql/plugin-history/style.css';
import 'graphiql/graphiql.css';
import './theme.css';

import { createRoot } from 'react-dom/client';

import { Console } from './console';
import { firstTabs } from './examples';
import { installWorkers } from './workers';

const element = document.getElementById('console');
if (element === null) throw new Error('the page has no element `console`');
installWorkers();
createRoot(element).render(<Console tabs={await firstTabs()} />);
