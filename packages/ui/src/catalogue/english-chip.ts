/**
 * What is said while the dialog is closed, or still empty, in English: every page that loads the element loads these words, so
 * there are no more of them than that. Another language is one more object of this type.
 */
import type { Phase } from '@pikit/protocol';

const phases: Readonly<Record<Phase, string>> = {
  preflight: 'Preparing',
  staging: 'Downloading',
  verifying: 'Checking every file',
  activating: 'Switching releases',
  restarting: 'Restarting services',
  probing: 'Testing that it works',
  committing: 'Making it permanent',
  'rolling-back': 'Bringing the previous release back',
  'cleaning-up': 'Tidying up',
};

export const englishChip = {
  /** In which the layout runs, too: the page around may be written in another. */
  direction: 'ltr',
  chip: {
    name: 'Updates',
    'up-to-date': 'Up to date',
    available: 'Update available',
    skipped: 'Skipped {version}',
    checking: 'Checking…',
    updating: 'Updating {percent}',
    fetching: 'Downloading {percent}',
    'rolling-back': 'Rolling back {percent}',
    repairing: 'Repairing {percent}',
    failed: 'Failed',
    'check-failed': 'Check failed',
    'check-paused': 'Check paused[ until {until|time}]',
    damaged: 'Files damaged',
    offline: 'Offline',
    'not-checked': 'Not checked yet',
    'signed-out': 'Sign in',
    reconnecting: 'Reconnecting…',
    connecting: 'Connecting…',
    away: 'Updater not running',
    'not-found': 'Updater not found',
  },
  phases,
  /** What runs; `announce` is for a screen reader. */
  doing: {
    apply: 'Updating to {to}',
    rollback: 'Rolling back to {to}',
    repair: 'Repairing {to}',
    fetching: 'Downloading {to}',
    undoing: 'Going back to {from}',
    announce: '{title}. {phase}. {percent}',
  },
  /** Of a version that has no number, as a part of a sentence. */
  unversioned: {
    preexisting: 'the earlier dashboard',
    none: 'no release',
  },
  /** Of the dialog before it is filled. */
  frame: {
    close: 'Close',
    loading: 'Loading…',
    failed:
      'The rest of this window cannot be loaded at the moment. This page goes on trying by itself.',
    lasting: 'If it does not come, load the page again.',
    reload: 'Load the page again',
  },
} as const;

export type Wide<T> = T extends 'ltr'
  ? 'ltr' | 'rtl'
  : T extends string
    ? string
    : { readonly [K in keyof T]: Wide<T[K]> };

/** What every language says of it. */
export type ChipWords = Wide<typeof englishChip>;
