/**
 * From what the page knows to what the dialog shows. Pure: no clock, no network, no elements; the same situation always gives
 * the same view. It renders a snapshot and never re-derives what the agent has decided.
 */
import type { ReleaseSummary, Status } from '@pikit/protocol';
import { actionsView, doneFor, isReady, type ActionsView } from './actions-view.ts';
import { isDamaged, type ChipState, type ChipView } from './chip-view.ts';
import { filesView, type FilesView } from './files-view.ts';
import type { Language } from './language.ts';
import { noticeView, type NoticeView } from './notice-view.ts';
import { rollBackView, type RollBackView } from './roll-back-view.ts';
import type { Situation } from './situation.ts';
import { checkedWords, versionLabel } from './words.ts';
import { workView, type WorkView } from './work-view.ts';

export interface ReleaseView {
  /** Another for another release, and for one that the device has come nearer to. */
  readonly id: string;
  readonly version: string;
  readonly heading: string;
  /** Date and size. */
  readonly facts: readonly string[];
  readonly notes: string | undefined;
  /** What must be done before, and whether the person says so. */
  readonly breaking: readonly { readonly duty: string; readonly isDone: boolean }[];
  /** What restarts when it is installed. */
  readonly restarts: string | undefined;
  /** Undefined when it is not a web address. */
  readonly changelog: string | undefined;
  readonly trust: TrustView;
  /** Why whatever updates by itself would leave this version alone. */
  readonly heldBack: string | undefined;
}

/** Who vouches for a release, and until when. */
export interface TrustView {
  readonly signed: boolean;
  readonly words: string;
}

export interface ModalView {
  readonly signedOut: boolean;
  /** Above the form: why to sign in. */
  readonly signInHint: string;
  readonly known: boolean;
  readonly installed: string;
  /** Undefined when there is nothing to install. */
  readonly latest: string | undefined;
  /** When it was last checked, and the channel unless it is the usual one. */
  readonly meta: string;
  readonly notice: NoticeView | undefined;
  readonly work: WorkView | undefined;
  readonly release: ReleaseView | undefined;
  readonly files: FilesView;
  readonly actions: ActionsView;
  readonly rollBack: RollBackView;
}

function webAddress(text: string): string | undefined {
  if (!URL.canParse(text)) return undefined;
  const { protocol, href } = new URL(text);
  return protocol === 'https:' || protocol === 'http:' ? href : undefined;
}

function trustView(
  trust: Status['trust'],
  { signedBy, expires }: ReleaseSummary,
  language: Language,
): TrustView {
  const words = language.words.release;
  if (trust === 'unsigned') return { signed: false, words: words.unsigned };
  // Found before this device was given a key.
  if (signedBy === null) return { signed: false, words: words.signatureDue };
  const until =
    expires === null || expires.judged
      ? ''
      : ` ${language.fill(words.expiryUnjudged, { day: language.day(expires.at) })}`;
  const facts = { key: signedBy.key, name: signedBy.name ?? '' };
  return { signed: true, words: language.fill(words.signed, facts) + until };
}

function sizeWords({ downloadBytes, bundleBytes }: ReleaseSummary, language: Language): string {
  const { size, sizeUnknown, ready } = language.words.release;
  const bytes = downloadBytes ?? bundleBytes;
  // A release that was kept for a roll-back, for example.
  if (bytes === 0) return ready;
  return bytes === null ? sizeUnknown : language.fill(size, { size: language.bytes(bytes) });
}

function restartsWords({ restarts }: ReleaseSummary, language: Language): string | undefined {
  if (restarts.length === 0) return undefined;
  const units = restarts.map((unit) => unit.replace(/\.service$/, '')).join(', ');
  return language.fill(language.words.release.restarts, { units });
}

function releaseView(
  offered: ReleaseSummary,
  status: Status,
  situation: Situation,
  language: Language,
): ReleaseView {
  const { trust, held_back } = status;
  const { version, manifestSha256, released, notes, breaking, changelog } = offered;
  const done = doneFor(offered, situation);
  const words = language.words.release;
  const day =
    released === null ? [] : [language.fill(words.released, { day: language.day(released) })];
  return {
    id: `${manifestSha256} ${status.current ?? ''}`,
    version,
    heading: language.fill(words.heading, { version }),
    facts: [...day, isReady(status) ? words.ready : sizeWords(offered, language)],
    notes: notes === null || notes.trim() === '' ? undefined : notes.trim(),
    breaking: breaking.map((duty) => ({ duty, isDone: done.includes(duty) })),
    restarts: restartsWords(offered, language),
    changelog: webAddress(changelog),
    trust: trustView(trust, offered, language),
    heldBack: held_back?.version === version ? words.heldBack[held_back.reason] : undefined,
  };
}

function metaOf(status: Status, state: ChipState, deviceNow: number, language: Language): string {
  const words = language.words.versions;
  const checked =
    state === 'checking'
      ? words.checkingNow
      : status.last_check === null
        ? words.neverChecked
        : checkedWords(Date.parse(status.last_check), deviceNow, language);
  const verdict = state === 'up-to-date' ? [language.words.chip[state]] : [];
  const channel = status.channel === 'beta' ? [words.beta] : [];
  // A release that is offered says it itself.
  const isSilent = status.offered !== null || status.trust === 'signed';
  const trust = isSilent ? [] : [words.unsigned];
  return [...verdict, checked, ...channel, ...trust].join(' · ');
}

/** That all went well is no longer true of files that were damaged since. */
function toldOf(situation: Situation, chip: ChipView, language: Language): NoticeView | undefined {
  const told = noticeView(situation, chip, language);
  const { status } = situation;
  return told?.tone === 'good' && status !== undefined && isDamaged(status) ? undefined : told;
}

/** For the live region. */
export function toldTitle(
  situation: Situation,
  chip: ChipView,
  language: Language,
): string | undefined {
  return toldOf(situation, chip, language)?.title;
}

function signInHint({ isNew, status }: Situation, { words: { signIn } }: Language): string {
  if (isNew) return signIn['no-password'];
  return (status?.transaction ?? null) === null ? signIn.explain : signIn.working;
}

/** `chip` is what the chip shows of the same situation. `now` is the browser's clock in milliseconds. */
export function modalView(
  situation: Situation,
  chip: ChipView,
  now: number,
  language: Language,
): ModalView {
  const { status, link } = situation;
  const isSignedOut = link.kind === 'signed-out';
  const work = isSignedOut ? undefined : workView(situation, chip, now, language);
  const deviceNow = now + situation.aheadMs;
  const current = status?.current ?? null;
  const latest = status?.latest ?? null;
  const previous = status?.previous ?? null;
  const offered = work === undefined ? (status?.offered ?? null) : null;
  return {
    signedOut: isSignedOut,
    signInHint: signInHint(situation, language),
    known: status !== undefined,
    installed: versionLabel(current, language),
    latest:
      latest !== null && (latest === current || chip.state === 'up-to-date')
        ? undefined
        : (latest ?? language.words.versions.unknown),
    meta: status === undefined ? chip.label : metaOf(status, chip.state, deviceNow, language),
    notice: toldOf(situation, chip, language),
    work,
    release:
      status === undefined || offered === null
        ? undefined
        : releaseView(offered, status, situation, language),
    files: filesView(situation, deviceNow, language),
    actions: actionsView(situation, language),
    rollBack: rollBackView({ current, previous }, language),
  };
}
