/** What `npm run bench -- …` understands, and the help that says so. It decides nothing and starts nothing. */
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { PEERS, type Peer } from './peers.ts';
import { CHANGES, WORKLOADS, type Change, type Workload } from './workload.ts';

export const HELP = `Measures an update by this agent and by the programs that one would use instead, side by side.

usage: npm run bench
       npm run bench -- [update] [options]

options:
  --quick            the workload S in under 100 seconds, no documents
  --workload NAMES   of XS, S, M, L (default S,M,L; with --quick S)
  --change NAMES     of ${CHANGES.join(', ')} (default all of them)
  --peer NAMES       of ${PEERS.map(({ name }) => name).join(', ')} (default all of them)
  --rounds N         most often so many, in turn (default 5, of L 3)
  --seconds N        for each workload; then it ends as soon as naive and pikit had their turn
  --json             one line of JSON at the end of stdout, everything else on stderr
  --profile DIR      a profile of the agent's processor time there for each of its runs (.cpuprofile); it costs time itself
  --docs DIR         where benchmarks.md, .json and .svg are brought up to date (default docs)
  --help

As root it measures what is written to a filesystem of its own; without, it says that it cannot. Peers that are not
installed are named and left out: apt-get install rsync ostree casync
`;

export interface Options {
  readonly help: boolean;
  readonly json: boolean;
  readonly workloads: readonly Workload[];
  readonly changes: readonly Change[];
  readonly peers: readonly Peer[];
  readonly rounds: number | undefined;
  readonly seconds: number | undefined;
  readonly profile: string | undefined;
  /** Undefined: no documents are written. */
  readonly docs: string | undefined;
}

/** Throws an `Error` whose message is a sentence for the person at the keyboard. */
export function readOptions(argv: readonly string[], cwd: string): Options {
  const { values, positionals } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: {
      quick: { type: 'boolean', default: false },
      workload: { type: 'string' },
      change: { type: 'string' },
      peer: { type: 'string' },
      rounds: { type: 'string' },
      seconds: { type: 'string' },
      json: { type: 'boolean', default: false },
      profile: { type: 'string' },
      docs: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  const [bench = 'update', ...extra] = positionals;
  if (bench !== 'update') throw new Error(`there is no bench called ${bench}`);
  if (extra.length > 0) throw new Error(`too many words: ${extra.join(' ')}`);
  const { quick } = values;
  const parts = [values.workload, values.change, values.peer, values.profile];
  const isWhole = parts.every((one) => one === undefined);
  const docs = values.docs ?? (quick || !isWhole ? undefined : 'docs');
  return {
    help: values.help,
    json: values.json,
    workloads: chosen(
      'workload',
      values.workload ?? (quick ? 'S' : 'S,M,L'),
      Object.values(WORKLOADS),
    ),
    changes: chosen(
      'change',
      values.change,
      CHANGES.map((name) => ({ name })),
    ).map(({ name }) => name),
    peers: chosen('peer', values.peer, PEERS),
    rounds: count('rounds', values.rounds),
    seconds: count('seconds', values.seconds) ?? (quick ? 75 : undefined),
    profile: values.profile === undefined ? undefined : resolve(cwd, values.profile),
    docs: docs === undefined ? undefined : resolve(cwd, docs),
  };
}

/** In the order of the list, whatever order was said. */
function chosen<T extends { readonly name: string }>(
  option: string,
  said: string | undefined,
  all: readonly T[],
): readonly T[] {
  if (said === undefined) return all;
  const names = said.split(',');
  const unknown = names.find((name) => !all.some((one) => one.name === name));
  if (unknown === undefined) return all.filter(({ name }) => names.includes(name));
  const known = all.map(({ name }) => name).join(', ');
  throw new Error(`--${option} takes some of ${known}, not ${JSON.stringify(unknown)}`);
}

function count(option: string, said: string | undefined): number | undefined {
  if (said === undefined) return undefined;
  if (/^[1-9]\d{0,4}$/.test(said)) return Number(said);
  throw new Error(`--${option} takes a number of at least 1, not ${JSON.stringify(said)}`);
}
