/**
 * `pikit-rpc rescue`: when nothing else works. It looks, says what it sees, asks once, and does one thing with the agent's own
 * program in the foreground: end what is unfinished, or else go back to the previous release. It never writes a file itself.
 */
import { plain } from '../../core/plain-text.ts';
import { adviceOn } from '../advice.ts';
import { ownerFor } from '../device/owner.ts';
import { findPrograms } from '../device/paths.ts';
import { EXIT } from '../exit-codes.ts';
import { withNote } from '../patience.ts';
import { describeError } from '../print.ts';
import { withRoot } from '../with-root.ts';
import { actionFor, diagnose, type Diagnosis, type RescueFacts } from './diagnosis.ts';
import { createForegroundAgent, type ForegroundAgent, type Work } from './foreground-agent.ts';
import { lookAround } from './look.ts';
import { stopAgent } from './stop-agent.ts';
import { askYes } from './terminal.ts';
import { describeEnd, describeIntent, describeNext, describeState } from './words.ts';

interface Patient {
  readonly root: string;
  readonly self: string;
  readonly uid: number;
  readonly client: string;
  /** Without a question. */
  readonly yes: boolean;
  /** For a person alone, and not a part of the answer. */
  readonly note: (words: string) => void;
}

/** Throws as `ownerFor`. */
export async function runRescue(patient: Patient, write: (line: string) => void): Promise<number> {
  const { root, self, client, yes, note } = patient;
  await ownerFor(patient, 'put the device right');
  const say = (line: string): void => write(plain(withRoot(line, root)));
  const agent = createForegroundAgent((await findPrograms(self, root)).agent, root);
  const looking = lookAround(root, client, agent);
  const facts = await withNote(looking, () =>
    note('waiting for the agent to answer, 10 seconds at most'),
  );
  const diagnosis = diagnose(facts);
  for (const line of describeState(facts)) say(line);
  say('');
  say(describeIntent(diagnosis));
  if (actionFor(diagnosis) === 'none') {
    say(describeNext(diagnosis));
    return exitOf(diagnosis, facts);
  }
  const isWanted = yes || (await askYes('Go on?'));
  if (isWanted !== true) {
    say(
      isWanted === undefined
        ? 'Nothing was done: there is no terminal to ask on; see --yes.'
        : 'Nothing was done.',
    );
    return diagnosis.kind === 'whole' ? exitOf(diagnosis, facts) : EXIT.failed;
  }
  const holder = await agent.lockHolder();
  const stopped = await stopAgent(holder, facts.agent !== 'answers', say);
  let isMended: boolean;
  try {
    isMended = await carryOut(diagnosis, agent, say);
  } finally {
    await stopped.giveBack();
  }
  return tellEnd(await lookAround(root, client, agent), isMended, diagnosis, say);
}

/** False when it did not do what it was to do. */
async function carryOut(
  diagnosis: Diagnosis,
  agent: ForegroundAgent,
  say: (line: string) => void,
): Promise<boolean> {
  if (actionFor(diagnosis) === 'roll-back') return tell(await agent.rollBack(), say);
  const isEnded = tell(await agent.recover(), say);
  if (!isEnded || diagnosis.kind !== 'damaged-journal') return isEnded;
  say('looking at every installed file');
  const damaged = await agent.countDamage();
  say(damaged === undefined ? 'they cannot be judged' : `damaged: ${String(damaged)}`);
  if (damaged === 0) return true;
  const { previous = null } = (await agent.status()) ?? {};
  say(previous === null ? 'repairing them' : `going back to ${previous}`);
  return tell(previous === null ? await agent.repair() : await agent.rollBack(), say);
}

function tell(work: Work, say: (line: string) => void): boolean {
  switch (work.kind) {
    case 'nothing':
      say('done: nothing was left to end');
      return true;
    case 'refused':
      say(`not done: ${describeError(work.error)}${adviceOn(work.error)}`);
      return false;
    case 'ended':
      say(describeEnd(work.result));
      // An update that was undone leaves the device whole, which is what rescue is for.
      return work.result.outcome !== 'broken';
  }
}

function tellEnd(
  after: RescueFacts,
  isMended: boolean,
  before: Diagnosis,
  say: (line: string) => void,
): number {
  say('');
  for (const line of describeState(after)) say(line);
  const isWhole = isMended && after.journal.kind === 'absent' && !after.trees.isDangling;
  say('');
  say(isWhole ? 'The device runs one whole release.' : 'A person is needed.');
  if (!isWhole) say(describeNext(before, isMended));
  else if (after.agent !== 'answers') say('The agent does not answer: pikit-rpc doctor says why.');
  return isWhole ? EXIT.ok : EXIT.failed;
}

function exitOf({ kind }: Diagnosis, { agent }: RescueFacts): number {
  if (kind === 'under-way') return EXIT.busy;
  if (kind === 'bad-config') return EXIT.badConfig;
  if (kind === 'broken' || kind === 'read-only') return EXIT.failed;
  return agent === 'answers' ? EXIT.ok : EXIT.failed;
}
