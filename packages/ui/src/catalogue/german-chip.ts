/** What is said in German while the dialog is closed, or still empty. */
import type { ChipWords } from './english-chip.ts';

export const germanChip: ChipWords = {
  direction: 'ltr',
  chip: {
    name: 'Updates',
    'up-to-date': 'Aktuell',
    available: 'Update verfügbar',
    skipped: 'Übersprungen: {version}',
    checking: 'Suche läuft…',
    updating: 'Update {percent}',
    fetching: 'Herunterladen {percent}',
    'rolling-back': 'Zurück {percent}',
    repairing: 'Reparatur {percent}',
    failed: 'Fehlgeschlagen',
    'check-failed': 'Suche fehlgeschlagen',
    'check-paused': 'Suche pausiert[ bis {until|time}]',
    damaged: 'Dateien beschädigt',
    offline: 'Offline',
    'not-checked': 'Noch nicht gesucht',
    'signed-out': 'Anmelden',
    reconnecting: 'Neu verbinden…',
    connecting: 'Verbinden…',
    away: 'Updater läuft nicht',
    'not-found': 'Updater nicht gefunden',
  },
  phases: {
    preflight: 'Vorbereiten',
    staging: 'Herunterladen',
    verifying: 'Jede Datei prüfen',
    activating: 'Umschalten',
    restarting: 'Dienste neu starten',
    probing: 'Testen, ob alles geht',
    committing: 'Festschreiben',
    'rolling-back': 'Vorige Version zurückholen',
    'cleaning-up': 'Aufräumen',
  },
  doing: {
    apply: 'Update auf {to}',
    rollback: 'Zurück auf {to}',
    repair: 'Reparatur von {to}',
    fetching: '{to} wird heruntergeladen',
    undoing: 'Zurück auf {from}',
    announce: '{title}. {phase}. {percent}',
  },
  unversioned: {
    preexisting: 'das frühere Dashboard',
    none: 'keine Version',
  },
  frame: {
    close: 'Schließen',
    loading: 'Wird geladen…',
    failed:
      'Der Rest dieses Fensters lässt sich gerade nicht laden. Diese Seite versucht es von selbst weiter.',
    lasting: 'Kommt er nicht, laden Sie die Seite neu.',
    reload: 'Seite neu laden',
  },
};
