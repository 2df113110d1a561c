/** What rescue says: what it has found, what it will do, and what a person does next. Plain words and nothing else. */
import type { TransactionResult } from '@pikit/protocol';
import { describeResult } from '../print.ts';
import type { Diagnosis, RescueFacts } from './diagnosis.ts';

export function describeState({ agent, journal, trees, status }: RescueFacts): readonly string[] {
  const answers = { answers: 'answers', silent: 'hangs', away: 'does not answer' }[agent];
  const version = status?.current ?? trees.current ?? 'unknown';
  const last = status?.last_result ?? null;
  const from = trees.isDangling ? 'it is gone: the link to it leads nowhere' : 'it is there';
  return [
    `agent       ${answers}`,
    `runs        ${trees.current === null ? `${version}, not from a release of the updater` : `${version} (${from})`}`,
    `unfinished  ${describeJournal(journal)}`,
    ...(last === null ? [] : [`last result ${describeResult(last)}`]),
    `roll back   ${status === undefined ? 'not known' : status.previous === null ? 'not possible' : `to ${status.previous}`}`,
  ];
}

function describeJournal(journal: RescueFacts['journal']): string {
  if (journal.kind === 'absent') return 'nothing';
  if (journal.kind === 'damaged') return `something, but its record is damaged: ${journal.reason}`;
  const { kind, to, phase, startedAt } = journal.content;
  return `${kind} of ${to.version}, begun ${startedAt}, in ${phase}`;
}

export function describeIntent(diagnosis: Diagnosis): string {
  switch (diagnosis.kind) {
    case 'bad-config':
      return `The configuration is wrong, and nothing can be done before it is right: ${diagnosis.reason}`;
    case 'under-way':
      return `The agent is at work: ${diagnosis.what}. Nothing is done beside it. Watch it: pikit-rpc watch`;
    case 'read-only':
      return `${diagnosis.mount} is mounted read-only: nothing can be ended, brought back or installed before that is put right.`;
    case 'unfinished':
      return 'Will end what is unfinished: pikit-agent --recover. It goes on, or goes back to what ran before.';
    case 'damaged-journal':
      return 'Will put the damaged record aside and look at every installed file, and make them whole if they are not.';
    case 'dangling':
      return 'Will bring back the previous release: pikit-agent --run update.rollback';
    case 'damaged-state':
      return 'Will put the damaged status aside and write it anew: pikit-agent --recover';
    case 'whole':
      return `Nothing is unfinished or missing. Will go back to ${diagnosis.previous}: pikit-agent --run update.rollback`;
    case 'left-already':
      return `Nothing is unfinished or missing, and the last thing that happened was that ${diagnosis.previous} was left. To take it all the same: pikit-agent --run update.rollback`;
    case 'no-way-back':
      return 'Nothing is unfinished or missing, and there is no previous release to go back to.';
    case 'broken':
      return 'The last update could neither be ended nor undone, and there is no previous release to go back to.';
  }
}

const ANEW =
  'pikit-agent --run update.check, then pikit-agent --run update.apply with the version and the manifest that it names.';

/** What to do when rescue has done nothing, or when what it did was not enough; `isDone`: it did all that it could do. */
export function describeNext(diagnosis: Diagnosis, isDone = true): string {
  switch (diagnosis.kind) {
    case 'bad-config':
      return 'Correct /etc/pikit/updater.toml, check it with pikit-agent --check-config, and call pikit-rpc rescue again.';
    case 'under-way':
      return 'If it does not move for an hour: systemctl restart pikit-agent, then pikit-rpc rescue.';
    case 'read-only':
      return `mount -o remount,rw ${diagnosis.mount}, then pikit-rpc rescue again. If it became so by itself: dmesg says why; save what is on the card.`;
    case 'dangling':
      return `Install a release anew: ${ANEW}`;
    case 'damaged-journal':
    case 'unfinished':
      return 'See why: pikit-rpc doctor, journalctl -u pikit-agent -n 100. With a source that answers: pikit-agent --run update.repair';
    case 'broken':
      return `When what the last result names has been put right: ${ANEW}`;
    case 'damaged-state':
    case 'whole':
    case 'left-already':
    case 'no-way-back':
      if (!isDone)
        return 'Put right what is named above, then pikit-rpc rescue again; pikit-rpc doctor looks at everything.';
      return 'If the dashboard does not work all the same: pikit-rpc doctor --audit, systemctl --failed, journalctl -b -p err';
  }
}

export function describeEnd(result: TransactionResult): string {
  return `ended: ${describeResult(result)}`;
}
