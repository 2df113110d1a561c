/** The address that `npm run dev:ui` prints must lead to something that works without a device. */
import { fileURLToPath } from 'node:url';
import { createServer, type ViteDevServer } from 'vite';
import { afterEach, expect, it } from 'vitest';

let server: ViteDevServer | undefined;
afterEach(() => server?.close());

it('leads from its address to the gallery', async () => {
  const root = fileURLToPath(new URL('../../packages/ui/', import.meta.url));
  server = await createServer({
    root,
    configFile: `${root}vite.config.ts`,
    logLevel: 'error',
    server: { port: 0, ws: false, watch: null },
  });
  await server.listen();
  const page = await fetch(server.resolvedUrls?.local[0] ?? '');
  expect(new URL(page.url).pathname).toBe('/gallery.html');
  expect(await page.text()).toContain('gallery.tsx');
});
