/** What `npm run bench -- …` understands, and the help that says so. It decides nothing and starts nothing. */
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { PEERS, type Peer } from './peers.ts';
import {
  ALL_WORKLOADS,
  CHANGES,
  GROUPS,
  packageWorkloads,
  type Change,
  type Workload,
} from './workload.ts';

export const HELP = `Measures an update by this agent and by the programs that one would use instead, side by side.

usage: npm run bench
       npm run bench -- [update] [options]
       npm run bench -- api [options]        the api under load; \`api --help\`
       npm run bench -- page [options]       a page with the element; \`page --help\`

options:
  --quick            the workload S in under 100 seconds, no documents
  --workload NAMES   some of the workloads below, or groups of them (default all but XS; with --quick S)
  --package PAIR     instead two published versions of a package, directly, over the link, to a card: NAME@OLD..NEW
  --change NAMES     of ${CHANGES.join(', ')} (default all of them)
  --peer NAMES       of ${PEERS.map(({ name }) => name).join(', ')} (default all of them)
  --rounds N         most often so many, in turn (default 5, of slopes 3)
  --seconds N        for each workload; then it ends as soon as naive and pikit had their turn
  --json             one line of JSON at the end of stdout, everything else on stderr
  --profile DIR      a profile of the agent's processor time there for each of its runs (.cpuprofile); it costs time itself
  --docs DIR         where benchmarks.md, .json and .svg are brought up to date (default docs)
  --help

workloads:
${groups()}

As root it measures what is written to a filesystem of its own; without, it says that it cannot. Peers that are not
installed, and packages that npm does not get, are named and left out.
`;

function groups(): string {
  const named = GROUPS.map((group) => {
    const some = ALL_WORKLOADS.filter((one) => one.group === group);
    return `  ${group.padEnd(10)} ${some.map(({ name }) => name).join(', ')}`;
  });
  return named.join('\n');
}

/** The rest of the hundred is for installing, building and the last turn. */
const QUICK_SECONDS = 60;

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
      package: { type: 'string' },
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
  const parts = [values.workload, values.package, values.change, values.peer, values.profile];
  const isWhole = parts.every((one) => one === undefined);
  const docs = values.docs ?? (quick || !isWhole ? undefined : 'docs');
  return {
    help: values.help,
    json: values.json,
    workloads:
      values.package === undefined
        ? workloadsOf(values.workload ?? (quick ? 'S' : undefined))
        : pairOf(values.package),
    changes: chosen(
      'change',
      values.change,
      CHANGES.map((name) => ({ name })),
    ).map(({ name }) => name),
    peers: chosen('peer', values.peer, PEERS),
    rounds: count('rounds', values.rounds),
    seconds: count('seconds', values.seconds) ?? (quick ? QUICK_SECONDS : undefined),
    profile: values.profile === undefined ? undefined : resolve(cwd, values.profile),
    docs: docs === undefined ? undefined : resolve(cwd, docs),
  };
}

/** By name or group; in the order of the list, whatever order was said. */
function workloadsOf(said: string | undefined): readonly Workload[] {
  if (said === undefined) return ALL_WORKLOADS.filter(({ name }) => name !== 'XS');
  const names = said.split(',').flatMap((word) => {
    const isGroup = GROUPS.some((group) => group === word);
    const members = ALL_WORKLOADS.filter(({ group, name }) => group === word && name !== 'XS');
    return isGroup ? members.map(({ name }) => name) : [word];
  });
  return chosen('workload', names.join(','), ALL_WORKLOADS);
}

function pairOf(said: string): readonly Workload[] {
  const [, name, before, after] = /^(@?\w[\w./-]*)@(\w[\w.+-]*?)\.\.(\w[\w.+-]*)$/.exec(said) ?? [];
  if (name === undefined || before === undefined || after === undefined) {
    throw new Error(`--package takes NAME@OLD..NEW, not ${JSON.stringify(said)}`);
  }
  return packageWorkloads(name.slice(name.lastIndexOf('/') + 1), name, [before, after]);
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
