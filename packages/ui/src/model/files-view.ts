/**
 * What the page says about the installed files: which are damaged, which the owner has edited, and what the last audit
 * found. Pure. It stands beside the one notice about what happened, because it stays true until somebody acts.
 */
import type { Drift, Status } from '@pikit/protocol';
import { isDamaged } from './chip-view.ts';
import type { Language } from './language.ts';
import type { NoticeView } from './notice-view.ts';
import type { Situation } from './situation.ts';
import { checkedWords, versionInSentence } from './words.ts';

export interface AuditView {
  readonly state: 'unknown' | 'running' | 'whole' | 'damaged';
  readonly words: string;
  /** When that was found; apart from the words, because it changes without being news. */
  readonly checked: string | undefined;
}

export interface FilesNotice extends NoticeView {
  /** One line each. */
  readonly files: readonly string[];
}

export interface FilesView {
  readonly damaged: FilesNotice | undefined;
  readonly edited: FilesNotice | undefined;
  readonly audit: AuditView;
}

/** Enough to recognise what it is about; the operator's tool names them all. */
const MOST_LISTED = 5;

function damageTitle({ damaged: count }: Drift, language: Language): string {
  const { damagedOne, damagedMany } = language.words.files;
  return count === 1 ? damagedOne : language.fill(damagedMany, { count });
}

function damageNotice({ current }: Status, drift: Drift, language: Language): FilesNotice {
  const words = language.words.files;
  const listed = drift.files
    .flatMap(({ path, problem }) =>
      problem === 'extra' ? [] : [`${path} ${words.problems[problem]}`],
    )
    .slice(0, MOST_LISTED);
  const count = drift.damaged - listed.length;
  const version = versionInSentence(current, language);
  return {
    tone: 'bad',
    title: damageTitle(drift, language),
    happened: words.mayMisbehave,
    files: count > 0 ? [...listed, language.fill(words.more, { count })] : listed,
    whatToDo:
      current === 'preexisting'
        ? language.words.errors['not-repairable'].whatToDo
        : language.fill(words.repair, { version }),
  };
}

function editedNotice(edited: readonly string[], language: Language): FilesNotice {
  const words = language.words.files;
  return {
    tone: 'neutral',
    title: words.editedTitle,
    happened: words.editedState,
    files: edited,
    whatToDo: words.editedToDo,
  };
}

function auditView(
  { pending, status }: Situation,
  deviceNow: number,
  language: Language,
): AuditView {
  const words = language.words.files;
  const drift = status?.drift ?? null;
  if (pending === 'verify' || pending === 'repair') {
    return { state: 'running', words: words.running, checked: undefined };
  }
  if (drift === null) return { state: 'unknown', words: words.unknown, checked: undefined };
  const checked = `${checkedWords(Date.parse(drift.checkedAt), deviceNow, language)}.`;
  return drift.damaged > 0
    ? { state: 'damaged', words: `${damageTitle(drift, language)}.`, checked }
    : { state: 'whole', words: words.whole, checked };
}

/** `deviceNow` is the device's clock in milliseconds. */
export function filesView(situation: Situation, deviceNow: number, language: Language): FilesView {
  const { status, link } = situation;
  const audit = auditView(situation, deviceNow, language);
  const isQuiet = link.kind === 'signed-out' || status === undefined || status.transaction !== null;
  if (isQuiet) return { damaged: undefined, edited: undefined, audit };
  const { drift, edited } = status;
  return {
    damaged:
      drift !== null && isDamaged(status) ? damageNotice(status, drift, language) : undefined,
    edited: edited.length === 0 ? undefined : editedNotice(edited, language),
    audit,
  };
}
