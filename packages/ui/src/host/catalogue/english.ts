/**
 * What the page says beyond the element, in English. Another language is one more object of this type. Kept apart, so that no
 * foreign dashboard loads it with the element.
 */
export const english = {
  signOut: 'Sign out',
  device: {
    title: 'This device',
    channel: 'Channel',
    stable: 'Stable',
    beta: 'Beta',
    previous: 'Kept for a roll-back',
  },
  settings: {
    title: 'Settings',
    autoCheck: 'Check for updates every day',
    autoCheckHint: 'Nothing is installed without you.',
  },
  file: {
    title: 'Install from a file',
    hint: 'A signed release (.tar), for a device without internet.',
  },
  history: {
    title: 'History',
    empty: 'Nothing has been installed yet.',
    took: 'in {took}',
    committed: 'Installed {to}',
    'rolled-back': '{to} undone, {from} kept',
    failed: '{to} failed, {from} kept',
    staged: 'Downloaded {to}',
    cancelled: '{to} cancelled, {from} kept',
    broken: '{to} failed and could not be undone',
    rolledBack: 'Rolled back to {to}',
  },
} as const;

type Wide<T> = T extends string ? string : { readonly [K in keyof T]: Wide<T[K]> };

export type PageWords = Wide<typeof english>;
