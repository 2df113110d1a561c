/** What the status is measured against: hono with the same adaptor, one route, five letters. */
import { createAdaptorServer } from '@hono/node-server';
import { Hono } from 'hono';
import { listenOn } from '../../support/listen-on.ts';

const app = new Hono();
app.get('/', (c) => c.text('hello'));
const server = createAdaptorServer({ fetch: app.fetch });
process.send?.({ port: await listenOn(server, 0) });
// Who started us is gone.
process.on('disconnect', () => process.exit(0));
