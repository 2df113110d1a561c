/** Builds the story gallery and serves it as a release would be served: with the api's content security policy. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import axe from 'axe-core';
import { build, preview } from 'vite';

const UI = fileURLToPath(new URL('../../../packages/ui', import.meta.url));

const AXE = 'axe.js';

export interface Gallery {
  /** Of one story, or of the list of all. */
  url(query: Readonly<Record<string, string>>): string;
  /** Of axe, as a script beside the stories. */
  readonly axeUrl: string;
  close(): Promise<void>;
}

export async function serveGallery(): Promise<Gallery> {
  const outDir = await mkdtemp(join(tmpdir(), 'pikit-gallery-'));
  const shared = { root: UI, logLevel: 'error', build: { outDir } } as const;
  await build({ ...shared, mode: 'gallery' });
  await writeFile(join(outDir, AXE), axe.source);
  const server = await preview({
    ...shared,
    mode: 'gallery',
    preview: {
      host: '127.0.0.1',
      port: 0,
      headers: { 'content-security-policy': "default-src 'self'; object-src 'none'" },
    },
  });
  const [origin = ''] = server.resolvedUrls?.local ?? [];
  return {
    url: (query) => `${origin}gallery.html?${new URLSearchParams(query).toString()}`,
    axeUrl: `${origin}${AXE}`,
    async close() {
      await server.close();
      await rm(outDir, { recursive: true, force: true });
    },
  };
}
