// `npm run stub`: the stub gateway on a port, for looking at the console by hand.
import { startGateway } from './gateway.mjs';

const { url } = await startGateway({ port: Number(process.argv[2] ?? 0) });
console.log(`the console with a stub graph: ${url}`);
