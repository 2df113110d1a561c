/**
 * English, every word that only the dialog and the page say, together with its table of errors. Another language is one more
 * object of this type: a key that it lacks does not compile. `{name}` is filled in by `fill.ts`.
 */
import type { Outcome, TransactionKind } from '@pikit/protocol';
import type { ChipWords, Wide } from './english-chip.ts';
import { englishErrors } from './english-errors.ts';

interface OutcomeWords {
  /** What has happened, when no error says it better. */
  readonly title: string;
  /** In which state the device is now. */
  readonly state: string;
}

type OutcomeTable = Readonly<Record<Exclude<Outcome, 'staged'>, OutcomeWords>>;

const outcomes: Readonly<Record<TransactionKind, OutcomeTable>> = {
  apply: {
    committed: { title: '{to} is installed', state: 'The update took {took}. {To} is running.' },
    'rolled-back': {
      title: 'The update was undone',
      state: 'The update to {to} was undone by itself. {From} is running, complete, as before.',
    },
    failed: {
      title: 'The update failed',
      state: 'Nothing was changed. {From} is running as before.',
    },
    cancelled: {
      title: 'The update was cancelled',
      state: 'Nothing was changed. {From} is running as before.',
    },
    broken: {
      title: 'The update could not be undone',
      state: 'The dashboard may be incomplete. This device needs you.',
    },
  },
  rollback: {
    committed: { title: 'Back on {to}', state: 'The roll-back took {took}. {To} is running.' },
    'rolled-back': {
      title: 'The roll-back was undone',
      state: '{To} did not work, so {from} was brought back and is running.',
    },
    failed: { title: 'The roll-back failed', state: 'Nothing was changed. {From} is running.' },
    cancelled: { title: 'The roll-back was cancelled', state: '{From} is running as before.' },
    broken: {
      title: 'The roll-back could not be finished',
      state: 'The dashboard may be incomplete. This device needs you.',
    },
  },
  repair: {
    committed: {
      title: '{to} is repaired',
      state: 'The repair took {took}. Every file of {to} is whole again.',
    },
    'rolled-back': {
      title: 'The repair was undone',
      state: 'The repaired files did not work, so everything is as it was before.',
    },
    failed: { title: 'The repair failed', state: 'Nothing was changed.' },
    cancelled: { title: 'The repair was cancelled', state: 'Nothing was changed.' },
    broken: {
      title: 'The repair could not be finished',
      state: 'The dashboard may be incomplete. This device needs you.',
    },
  },
};

export const english = {
  ...englishErrors,
  missing: 'is missing',
  /** The way to all that is not about one update. */
  page: 'Settings and history',
  changedFiles: '[ Files: {changed} changed, {added} new, {removed} removed.]',
  outcomes,
  staged: {
    title: '{to} is downloaded',
    state: 'It is ready to install, even without a network. {From} is running as before.',
  },
  waiting: {
    device: 'Waiting for the device',
    agent: 'Waiting for the updater',
    noAnswer: 'No answer for {time}. This page goes on trying by itself.',
    check: 'Check that the device is switched on and that you are on its network.',
    rescue:
      'If the dashboard does not come back, sign in over SSH and bring the previous release back: pikit-agent --run update.rollback',
  },
  notRunning: {
    title: '{to} is not what runs',
    state: '{to} was installed, but {current} is running now.',
    whatToDo: 'Somebody may have changed the device since. Check now, and install again.',
  },
  versions: {
    installed: 'Installed',
    latest: 'Latest',
    none: 'Nothing yet',
    unknown: 'Not known yet',
    checkedAgo: 'Checked {ago}',
    checkedJustNow: 'Checked just now',
    checkingNow: 'Looking for a new release…',
    neverChecked: 'Not checked yet',
    beta: 'Beta channel',
    unsigned: 'Releases are not signed',
  },
  release: {
    heading: 'What changes in {version}',
    released: 'Released {day}',
    size: '{size} to download',
    sizeUnknown: 'Size not known',
    ready: 'Downloaded, ready to install',
    breaking: 'Before you install',
    notesMissing: 'This release brings no notes.',
    changelog: 'Full changelog',
    restarts: 'Restarts: {units}',
    newTab: '(opens in a new tab)',
    heldBack: {
      'rolled-back':
        'This version was taken back on this device before. Check for a newer one, or install it again.',
      failed:
        'Installing this version failed on this device before. Check for a newer one, or install it again.',
    },
    signed: 'Signed by its maintainer, checked with the key[ “{name}”] {key}.',
    signatureDue: 'Its signature is checked before anything is installed.',
    expiryUnjudged:
      'It is good until {day}, but the clock of this device is not set, so that could not be checked.',
    unsigned: 'Unsigned: its files are checked for damage, but nobody vouches for who made them.',
  },
  work: {
    undoingHint: 'The new release did not work, so the release from before is being brought back.',
    elapsed: '{time} so far',
    bytes: '{done} of {total}[ · {speed}/s][ · {left} left]',
    files: 'Files: {done} of {total}',
    mayClose: 'You can close this window; the work goes on.',
    away: 'No connection for {time}. That is expected while services restart; the work goes on.',
    agentAway:
      'The updater has not answered for {time}. That is expected while it restarts; then it goes on.',
    done: 'done',
    current: 'now',
    todo: 'to do',
  },
  buttons: {
    check: 'Check now',
    install: 'Download & Install',
    installReady: 'Install',
    again: 'Install again',
    download: 'Download only',
    skip: 'Skip this version',
    unskip: 'Stop skipping it',
    cancel: 'Cancel update',
    cancelRepair: 'Cancel repair',
    cancelDownload: 'Cancel download',
    verify: 'Check installed files',
    repair: 'Repair',
    rollBack: 'Roll back',
    rollBackTo: 'Roll back to {previous}',
    switchTo: 'Switch to {previous}',
    viewLogs: 'View logs',
    hideLogs: 'Hide logs',
    copy: 'Copy',
    copied: 'Copied',
    save: 'Save',
    signIn: 'Sign in',
  },
  reasons: {
    working: 'An update is running; the other actions come back when it has ended.',
    repairing: 'A repair is running; the other actions come back when it has ended.',
    checking: 'A check is running.',
    auditing: 'The installed files are being checked; the other actions come back after that.',
    asking: 'Waiting for the device to answer.',
    noConnection: 'Waiting for the connection to the device.',
    away: 'The updater on this device does not answer.',
    agentRestarts: 'Waiting for the updater on this device.',
    unticked: 'Tick what you have done under “Before you install” first.',
    nothingToRollBack: 'There is no earlier release to roll back to.',
  },
  files: {
    heading: 'Installed files',
    unknown: 'Not checked yet.',
    running: 'Reading every file. This may take a minute.',
    whole: 'All installed files are as they should be.',
    damagedOne: '1 installed file is damaged',
    damagedMany: '{count} installed files are damaged',
    mayMisbehave: 'The dashboard may not work as it should.',
    repair:
      'Repair puts {version} back as it was released. Services restart, and your own changes to these files, if there are any, are replaced.',
    problems: {
      missing: 'is missing',
      changed: 'was changed',
      mode: 'has the wrong permissions',
    },
    which: 'Which files',
    more: 'and {count} more',
    editedTitle: 'Your changes to configuration files were kept',
    editedState: 'You and a release have both changed the files below. Yours are in use.',
    editedToDo:
      'The version of the release lies beside each, with .pikit-new at the end of its name. Compare the two, take over what you need, then delete the .pikit-new file.',
  },
  confirm: {
    question: 'Roll back to {previous}?',
    switchQuestion: 'Switch to {previous}?',
    explain: 'Services restart, and the dashboard may be away for a moment.',
    yes: 'Roll back',
    switchYes: 'Switch',
    no: 'Keep {current}',
  },
  log: {
    heading: 'Log',
    empty: 'There are no lines yet.',
    none: 'Nothing has been installed yet, so there is no log.',
    loading: 'Fetching the log…',
  },
  signIn: {
    heading: 'Sign in',
    explain: 'Sign in to see and install updates.',
    working: 'Your session has ended. The work on the device goes on; sign in to see it.',
    password: 'Password',
    wrong: 'That is not the password.',
    code: 'Set-up code',
    'no-password':
      'No password is set yet. Choose one here; the code is shown on the device by:\njournalctl -eu pikit-api',
    'wrong-code': 'That is not the set-up code.',
    'no-code':
      'The set-up code has expired. Another one stands in the journal after: systemctl restart pikit-api',
    'password-set': 'A password is set already. Sign in with it, and leave the code empty.',
    'password-length': 'A password has at least {min} characters.',
    'no-cookie':
      'The password is right, but this browser keeps no cookies. Allow them for this address.',
  },
} as const;

export type DialogWords = Wide<typeof english>;

/** What every language says. */
export type Words = ChipWords & DialogWords;
