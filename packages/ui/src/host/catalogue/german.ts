/** What the page says beyond the element, in German. */
import type { PageWords } from './english.ts';

export const german: PageWords = {
  signOut: 'Abmelden',
  device: {
    title: 'Dieses Gerät',
    channel: 'Kanal',
    stable: 'Stabil',
    beta: 'Beta',
    previous: 'Aufgehoben für den Weg zurück',
  },
  settings: {
    title: 'Einstellungen',
    autoCheck: 'Jeden Tag nach Updates suchen',
    autoCheckHint: 'Ohne Sie wird nichts installiert.',
  },
  file: {
    title: 'Aus einer Datei installieren',
    hint: 'Eine signierte Version (.tar), für ein Gerät ohne Internet.',
  },
  history: {
    title: 'Verlauf',
    empty: 'Es wurde noch nichts installiert.',
    took: 'in {took}',
    committed: '{to} installiert',
    'rolled-back': '{to} rückgängig gemacht, {from} behalten',
    failed: '{to} fehlgeschlagen, {from} behalten',
    staged: '{to} heruntergeladen',
    cancelled: '{to} abgebrochen, {from} behalten',
    broken: '{to} fehlgeschlagen und nicht rückgängig zu machen',
    rolledBack: 'Zurück auf {to}',
  },
};
