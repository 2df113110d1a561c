/** `npm run bench`: measures the peers side by side, prints tables and JSON, and brings the documents up to date. */
import { writeDocuments } from './documents.ts';
import { HELP, readOptions, type Options } from './options.ts';
import type { Peer } from './peers.ts';
import { goalTable, resultTables } from './report.ts';
import { runRounds, type Row } from './rounds.ts';
import { reasonAgainst } from './site.ts';

const EXIT = { ok: 0, failed: 1, usage: 2 } as const;

async function run(argv: readonly string[]): Promise<number> {
  let options: Options;
  try {
    // npm changes into the checkout before it starts us; a relative path is meant from where the person stands.
    options = readOptions(argv, process.env['INIT_CWD'] ?? '.');
  } catch (error) {
    process.stderr.write(`${messageOf(error)}\n\n${HELP}`);
    return EXIT.usage;
  }
  if (options.help) {
    process.stdout.write(HELP);
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
    await bench(options, say, stop.signal);
    return EXIT.ok;
  } catch (error) {
    process.stderr.write(`${messageOf(error)}\n`);
    return EXIT.failed;
  }
}

async function bench(
  options: Options,
  say: (text: string) => void,
  signal: AbortSignal,
): Promise<void> {
  const peers = options.peers.filter((peer) => isPresent(peer, say));
  if (peers.length === 0) throw new Error('no peer is left to be measured');
  const rows: Row[] = [];
  for (const workload of options.workloads) {
    const rounds = options.rounds ?? (workload.name === 'L' ? 3 : 5);
    const { changes, seconds, profile } = options;
    const plan = { workload, changes, peers, rounds, seconds, profile };
    rows.push(...(await runRounds(plan, say, signal)));
  }
  say(`\n${resultTables(rows)}\n\n${goalTable(rows)}`);
  if (options.docs !== undefined) await writeDocuments(options.docs, rows);
  if (options.json) process.stdout.write(`${JSON.stringify({ rows })}\n`);
}

function isPresent({ name, programs }: Peer, say: (text: string) => void): boolean {
  const reason = reasonAgainst(programs);
  if (reason !== undefined) say(`Without ${name}: ${reason}.`);
  return reason === undefined;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

process.exitCode = await run(process.argv.slice(2));
