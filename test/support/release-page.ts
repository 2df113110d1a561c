/** The page behind a release's `html_url`, where the changelog link of a sample release leads. */
import type { StoredRelease } from './gitea-json.ts';

export function releasePage({ version, notes }: StoredRelease): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Release ${escape(version)}</title>
<style>
  :root { color-scheme: light dark; }
  body { font: 1rem/1.6 system-ui, sans-serif; max-width: 40rem; margin: 3rem auto; padding: 0 1rem; }
  pre { font: inherit; white-space: pre-wrap; }
</style>
<h1>Release ${escape(version)}</h1>
<pre>${escape(notes)}</pre>
</html>
`;
}

function escape(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
