/**
 * From what the page knows to what chip and modal show. Pure: no clock, no network, no elements; the same situation always
 * gives the same view. It renders a snapshot and never re-derives what the agent has decided.
 */
import type { ReleaseSummary, Status } from '@pikit/protocol';
import { actionsView, isReady, type ActionsView } from './actions-view.ts';
import { chipView, type ChipState, type ChipView } from './chip-view.ts';
import { filesView, type FilesView } from './files-view.ts';
import { fill } from './fill.ts';
import type { Format } from './format.ts';
import { messages } from './messages.ts';
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
  readonly breaking: readonly string[];
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
  readonly known: boolean;
  readonly installed: string;
  /** Undefined when it is what runs. */
  readonly latest: string | undefined;
  /** When it was last checked, and the channel unless it is the usual one. */
  readonly meta: string;
  readonly notice: NoticeView | undefined;
  readonly work: WorkView | undefined;
  readonly release: ReleaseView | undefined;
  readonly files: FilesView;
  readonly actions: ActionsView;
  readonly autoCheck: boolean;
  /** How much of a release file has gone to the device. */
  readonly sent: string | undefined;
  readonly rollBack: RollBackView;
  /** For the live region. */
  readonly announcement: string;
}

export interface View {
  readonly chip: ChipView;
  readonly modal: ModalView;
}

function webAddress(text: string): string | undefined {
  if (!URL.canParse(text)) return undefined;
  const { protocol, href } = new URL(text);
  return protocol === 'https:' || protocol === 'http:' ? href : undefined;
}

function trustView(
  trust: Status['trust'],
  { signedBy, expires }: ReleaseSummary,
  format: Format,
): TrustView {
  const words = messages.release;
  if (trust === 'unsigned') return { signed: false, words: words.unsigned };
  // Found before this device was given a key.
  if (signedBy === null) return { signed: false, words: words.signatureDue };
  const until =
    expires === null || expires.judged
      ? ''
      : ` ${fill(words.expiryUnjudged, { day: format.day(expires.at) }, format)}`;
  const facts = { key: signedBy.key, name: signedBy.name ?? '' };
  return { signed: true, words: fill(words.signed, facts, format) + until };
}

function releaseView(offered: ReleaseSummary, status: Status, format: Format): ReleaseView {
  const { trust, held_back } = status;
  const { version, released, bundleBytes, notes, breaking, changelog } = offered;
  const words = messages.release;
  const size =
    bundleBytes === null
      ? words.sizeUnknown
      : fill(words.size, { size: format.bytes(bundleBytes) }, format);
  const day =
    released === null ? [] : [fill(words.released, { day: format.day(released) }, format)];
  return {
    id: `${offered.manifestSha256} ${status.current ?? ''}`,
    version,
    heading: fill(words.heading, { version }, format),
    facts: [...day, isReady(status) ? words.ready : size],
    notes: notes === null || notes.trim() === '' ? undefined : notes.trim(),
    breaking,
    changelog: webAddress(changelog),
    trust: trustView(trust, offered, format),
    heldBack: held_back?.version === version ? words.heldBack[held_back.reason] : undefined,
  };
}

function metaOf(status: Status, state: ChipState, deviceNow: number, format: Format): string {
  const words = messages.versions;
  const checked =
    state === 'checking'
      ? words.checkingNow
      : status.last_check === null
        ? words.neverChecked
        : checkedWords(Date.parse(status.last_check), deviceNow, format);
  const verdict = state === 'up-to-date' ? [messages.chip[state]] : [];
  const channel = status.channel === 'beta' ? [words.beta] : [];
  // A release that is offered says it itself.
  const isSilent = status.offered !== null || status.trust === 'signed';
  const trust = isSilent ? [] : [words.unsigned];
  return [...verdict, checked, ...channel, ...trust].join(' · ');
}

function sentWords({ sent }: Situation, format: Format): string | undefined {
  if (sent === undefined) return undefined;
  const facts = { done: format.bytes(sent.done), total: format.bytes(sent.total) };
  return fill(messages.work.bytes, facts, format);
}

/** `now` is the browser's clock in milliseconds. */
export function viewOf(situation: Situation, now: number, format: Format): View {
  const { status, link } = situation;
  const chip = chipView(situation, now, format);
  const work = link.kind === 'signed-out' ? undefined : workView(situation, now, format);
  const deviceNow = now + situation.aheadMs;
  const files = filesView(situation, deviceNow, format);
  const told = noticeView(situation, format);
  // That all went well is no longer true of files that were damaged since.
  const notice = files.damaged !== undefined && told?.tone === 'good' ? undefined : told;
  const current = status?.current ?? null;
  const latest = status?.latest ?? null;
  const previous = status?.previous ?? null;
  const offered = work === undefined ? (status?.offered ?? null) : null;
  return {
    chip,
    modal: {
      signedOut: link.kind === 'signed-out',
      known: status !== undefined,
      installed: versionLabel(current),
      latest:
        latest !== null && latest === current ? undefined : (latest ?? messages.versions.unknown),
      meta: status === undefined ? chip.label : metaOf(status, chip.state, deviceNow, format),
      notice,
      work,
      release:
        status === undefined || offered === null ? undefined : releaseView(offered, status, format),
      files,
      actions: actionsView(situation),
      autoCheck: status?.settings.autoCheck ?? false,
      sent: sentWords(situation, format),
      rollBack: rollBackView({ current, previous }, format),
      announcement: work?.announcement ?? notice?.title ?? chip.label,
    },
  };
}
