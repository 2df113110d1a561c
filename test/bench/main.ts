/**
 * `npm run bench`: measures the peers side by side, the api under load, or a page with the element; prints tables and JSON, and
 * brings the documents up to date.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { API_HELP, benchApi, readApiOptions } from './api/api-bench.ts';
import { reasonAgainstLoop } from './disk.ts';
import { writeDocuments } from './documents.ts';
import { benchPage, PAGE_HELP, readPageOptions } from './page/page-bench.ts';
import { HELP, readOptions, type Options } from './options.ts';
import { fetchVersions, readTree } from './packages.ts';
import type { Peer } from './peers.ts';
import { reasonAgainst } from './programs.ts';
import { reportText } from './report.ts';
import { runRounds, type Row, type Words } from './rounds.ts';
import type { Content } from './site.ts';
import { generateTree } from './tree.ts';
import type { Workload } from './workload.ts';

const EXIT = { ok: 0, failed: 1, usage: 2 } as const;

type Say = Words['say'];

/** What a bench needs to know of its command line, and itself. */
interface Bench<O> {
  readonly help: string;
  readonly read: (argv: readonly string[], cwd: string) => O;
  readonly carryOut: (options: O, say: Say, signal: AbortSignal) => Promise<void>;
}

async function run<O extends { readonly help: boolean; readonly json: boolean }>(
  argv: readonly string[],
  { help, read, carryOut }: Bench<O>,
): Promise<number> {
  let options: O;
  try {
    // npm changes into the checkout before it starts us; a relative path is meant from where the person stands.
    options = read(argv, process.env['INIT_CWD'] ?? '.');
  } catch (error) {
    process.stderr.write(`${messageOf(error)}\n\n${help}`);
    return EXIT.usage;
  }
  if (options.help) {
    process.stdout.write(help);
    return EXIT.ok;
  }
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => {
      stop.abort(new Error(`stopped by ${signal}`));
    });
  }
  const output = options.json ? process.stderr : process.stdout;
  const say = (text: string): void => {
    output.write(`${text}\n`);
  };
  try {
    await carryOut(options, say, stop.signal);
    return EXIT.ok;
  } catch (error) {
    process.stderr.write(`${messageOf(error)}\n`);
    return EXIT.failed;
  }
}

async function bench(options: Options, say: Say, signal: AbortSignal): Promise<void> {
  const missing: string[] = [];
  const miss = (what: string): void => {
    missing.push(what);
    say(`Without ${what}.`);
  };
  const words = { say, miss };
  const peers = options.peers.filter((peer) => isPresent(peer, miss));
  if (peers.length === 0) throw new Error('no peer is left to be measured');
  const rows: Row[] = [];
  for (const workload of options.workloads) {
    const plan = planFor(workload, options, peers);
    if (plan.changes.length === 0 || plan.peers.length === 0) continue;
    if (!(await hasCard(workload, miss))) continue;
    const place = await mkdtemp(join(tmpdir(), 'pikit-bench-'));
    try {
      const content = await contentOf(workload, place, words);
      if (content === undefined) continue;
      rows.push(...(await runRounds({ ...plan, content }, words, signal)));
    } finally {
      await rm(place, { recursive: true, force: true });
    }
  }
  say(`\n${reportText(rows)}`);
  if (options.docs !== undefined) await writeDocuments(options.docs, rows, missing);
  if (options.json) process.stdout.write(`${JSON.stringify({ rows })}\n`);
}

function planFor(workload: Workload, options: Options, present: readonly Peer[]) {
  const { rounds = workload.rounds, seconds = workload.seconds, profile } = options;
  const changes = workload.changes.filter((change) => options.changes.includes(change));
  const peers = present.filter(({ name }) => workload.peers?.includes(name) ?? true);
  return { workload, changes, peers, rounds, seconds, profile };
}

/** Undefined for a package that is not to be had. */
async function contentOf(
  workload: Workload,
  place: string,
  { say, miss }: Words,
): Promise<Content | undefined> {
  if (!('package' in workload)) return (change) => generateTree(workload, change);
  try {
    const [before, after] = await fetchVersions(workload, place);
    return (change) => readTree(change === 'none' ? before : after);
  } catch (error) {
    // What npm itself says names the registry, which is nobody's business but the person's.
    if (error instanceof Error && error.cause !== undefined) say(messageOf(error.cause));
    miss(`${workload.name}: ${messageOf(error)}`);
    return undefined;
  }
}

/** On memory instead it would be another workload. */
async function hasCard({ name, card }: Workload, miss: Say): Promise<boolean> {
  const reason = card && (await reasonAgainstLoop(tmpdir(), card));
  if (reason !== undefined) miss(`${name}: ${reason}`);
  return reason === undefined;
}

function isPresent({ name, programs }: Peer, miss: Say): boolean {
  const reason = reasonAgainst(programs);
  if (reason !== undefined) miss(`${name}: ${reason}`);
  return reason === undefined;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

const argv = process.argv.slice(2);
const rest = argv.slice(1);
process.exitCode = await (argv[0] === 'api'
  ? run(rest, { help: API_HELP, read: readApiOptions, carryOut: benchApi })
  : argv[0] === 'page'
    ? run(rest, { help: PAGE_HELP, read: readPageOptions, carryOut: benchPage })
    : run(argv, { help: HELP, read: readOptions, carryOut: bench }));
