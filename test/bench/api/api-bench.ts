/** `npm run bench -- api`: what the api bears, as a table and as JSON, and its part of the documents. */
import { once } from 'node:events';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { writeApiDocument } from './document.ts';
import { goalTable, rateText } from './goals.ts';
import { measureApi, QUICK, WHOLE } from './run.ts';
import { openStage } from './stage.ts';

export const API_HELP = `Measures the api under load: the real one, its agent, a device in memory, clients in processes of their own.

usage: npm run bench -- api [options]

options:
  --quick            fewer rounds, no documents
  --json             one line of JSON at the end of stdout, everything else on stderr
  --profile DIR      a profile of the api's processor time there (.cpuprofile); it costs time itself
  --docs DIR         where benchmarks.md is brought up to date (default docs)
  --help
`;

export interface ApiOptions {
  readonly help: boolean;
  readonly json: boolean;
  readonly quick: boolean;
  readonly profile: string | undefined;
  /** Undefined: nothing is written. */
  readonly docs: string | undefined;
}

/** Throws an `Error` whose message is a sentence for the person at the keyboard. */
export function readApiOptions(argv: readonly string[], cwd: string): ApiOptions {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      quick: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      profile: { type: 'string' },
      docs: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  const isWhole = !values.quick && values.profile === undefined;
  const docs = values.docs ?? (isWhole ? 'docs' : undefined);
  return {
    help: values.help,
    json: values.json,
    quick: values.quick,
    profile: values.profile === undefined ? undefined : resolve(cwd, values.profile),
    docs: docs === undefined ? undefined : resolve(cwd, docs),
  };
}

export async function benchApi(
  options: ApiOptions,
  say: (text: string) => void,
  signal: AbortSignal,
): Promise<void> {
  const { quick, json, docs, profile } = options;
  const stage = await openStage(
    profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profile}`],
  );
  try {
    const stopped = once(signal, 'abort').then(() => Promise.reject(signal.reason as Error));
    const figures = await Promise.race([measureApi(stage, quick ? QUICK : WHOLE, say), stopped]);
    const text = [rateText(figures), goalTable(figures)].filter((part) => part !== '').join('\n\n');
    say(`\n${text}`);
    if (docs !== undefined) await writeApiDocument(docs, text);
    if (json) process.stdout.write(`${JSON.stringify(figures)}\n`);
  } finally {
    await stage.close();
  }
}
