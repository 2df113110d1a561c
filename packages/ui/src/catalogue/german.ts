/** German, every word that only the dialog and the page say, with its table of errors. It addresses the owner formally, as devices do. */
import type { DialogWords } from './english.ts';
import { germanErrors } from './german-errors.ts';

const NEEDS_YOU = 'Das Dashboard ist vielleicht unvollständig. Dieses Gerät braucht Sie.';

const outcomes: DialogWords['outcomes'] = {
  apply: {
    committed: {
      title: '{to} ist installiert',
      state: 'Das Update hat {took} gedauert. {To} läuft.',
    },
    'rolled-back': {
      title: 'Das Update wurde rückgängig gemacht',
      state:
        'Das Update auf {to} wurde von selbst rückgängig gemacht. {From} läuft, vollständig wie zuvor.',
    },
    failed: {
      title: 'Das Update ist fehlgeschlagen',
      state: 'Es wurde nichts verändert. {From} läuft wie zuvor.',
    },
    cancelled: {
      title: 'Das Update wurde abgebrochen',
      state: 'Es wurde nichts verändert. {From} läuft wie zuvor.',
    },
    broken: { title: 'Das Update ließ sich nicht rückgängig machen', state: NEEDS_YOU },
  },
  rollback: {
    committed: { title: 'Zurück auf {to}', state: 'Der Wechsel hat {took} gedauert. {To} läuft.' },
    'rolled-back': {
      title: 'Der Wechsel wurde rückgängig gemacht',
      state: '{To} funktionierte nicht; {from} wurde zurückgeholt und läuft.',
    },
    failed: {
      title: 'Der Wechsel ist fehlgeschlagen',
      state: 'Es wurde nichts verändert. {From} läuft.',
    },
    cancelled: { title: 'Der Wechsel wurde abgebrochen', state: '{From} läuft wie zuvor.' },
    broken: { title: 'Der Wechsel ließ sich nicht beenden', state: NEEDS_YOU },
  },
  repair: {
    committed: {
      title: '{to} ist repariert',
      state: 'Die Reparatur hat {took} gedauert. Jede Datei von {to} ist wieder heil.',
    },
    'rolled-back': {
      title: 'Die Reparatur wurde rückgängig gemacht',
      state: 'Die reparierten Dateien funktionierten nicht; alles ist wie zuvor.',
    },
    failed: { title: 'Die Reparatur ist fehlgeschlagen', state: 'Es wurde nichts verändert.' },
    cancelled: { title: 'Die Reparatur wurde abgebrochen', state: 'Es wurde nichts verändert.' },
    broken: { title: 'Die Reparatur ließ sich nicht beenden', state: NEEDS_YOU },
  },
};

export const german: DialogWords = {
  ...germanErrors,
  missing: 'fehlt',
  page: 'Einstellungen und Verlauf',
  changedFiles: '[ Dateien: {changed} geändert, {added} neu, {removed} entfernt.]',
  outcomes,
  staged: {
    title: '{to} ist heruntergeladen',
    state: 'Installieren geht jetzt auch ohne Netz. {From} läuft wie zuvor.',
  },
  waiting: {
    device: 'Warten auf das Gerät',
    agent: 'Warten auf den Updater',
    noAnswer: 'Seit {time} keine Antwort. Diese Seite versucht es von selbst weiter.',
    check: 'Sehen Sie nach, ob das Gerät an ist und Sie in seinem Netz sind.',
    rescue:
      'Kommt das Dashboard nicht wieder, melden Sie sich über SSH an und holen Sie die vorige Version zurück: pikit-agent --run update.rollback',
  },
  notRunning: {
    title: '{to} läuft nicht',
    state: '{to} wurde installiert, aber jetzt läuft {current}.',
    whatToDo:
      'Vielleicht hat jemand das Gerät seither verändert. Suchen Sie jetzt und installieren Sie noch einmal.',
  },
  versions: {
    installed: 'Installiert',
    latest: 'Neueste',
    none: 'Noch nichts',
    unknown: 'Noch unbekannt',
    checkedAgo: 'Geprüft {ago}',
    checkedJustNow: 'Gerade eben geprüft',
    checkingNow: 'Eine neue Version wird gesucht…',
    neverChecked: 'Noch nicht gesucht',
    beta: 'Beta-Kanal',
    unsigned: 'Versionen sind nicht signiert',
  },
  release: {
    heading: 'Was sich mit {version} ändert',
    released: 'Veröffentlicht am {day}',
    size: '{size} herunterzuladen',
    sizeUnknown: 'Größe unbekannt',
    ready: 'Heruntergeladen, bereit zum Installieren',
    breaking: 'Vor dem Installieren',
    notesMissing: 'Zu dieser Version gibt es keine Hinweise.',
    changelog: 'Alle Änderungen',
    restarts: 'Startet neu: {units}',
    newTab: '(öffnet einen neuen Tab)',
    heldBack: {
      'rolled-back':
        'Diese Version wurde auf diesem Gerät schon einmal zurückgenommen. Suchen Sie nach einer neueren, oder installieren Sie sie erneut.',
      failed:
        'Diese Version ließ sich auf diesem Gerät schon einmal nicht installieren. Suchen Sie nach einer neueren, oder installieren Sie sie erneut.',
    },
    signed: 'Vom Hersteller signiert, geprüft mit dem Schlüssel[ „{name}“] {key}.',
    signatureDue: 'Die Signatur wird geprüft, bevor etwas installiert wird.',
    expiryUnjudged:
      'Sie gilt bis {day}; weil die Uhr dieses Geräts nicht gestellt ist, ließ sich das nicht prüfen.',
    unsigned:
      'Nicht signiert: Die Dateien werden auf Schäden geprüft, aber niemand bürgt dafür, von wem sie sind.',
  },
  work: {
    undoingHint: 'Die neue Version hat nicht funktioniert; die vorige wird zurückgeholt.',
    elapsed: '{time} bisher',
    bytes: '{done} von {total}[ · {speed}/s][ · noch {left}]',
    files: 'Dateien: {done} von {total}',
    mayClose: 'Sie können dieses Fenster schließen; die Arbeit geht weiter.',
    agentAway:
      'Der Updater antwortet seit {time} nicht. Das ist so, während er neu startet; dann geht es weiter.',
    away: 'Seit {time} keine Verbindung. Das ist so, während Dienste neu starten; die Arbeit geht weiter.',
    done: 'fertig',
    current: 'jetzt',
    todo: 'steht aus',
  },
  buttons: {
    check: 'Jetzt suchen',
    install: 'Herunterladen & installieren',
    installReady: 'Installieren',
    again: 'Erneut installieren',
    download: 'Nur herunterladen',
    skip: 'Diese Version überspringen',
    unskip: 'Nicht mehr überspringen',
    cancel: 'Update abbrechen',
    cancelRepair: 'Reparatur abbrechen',
    cancelDownload: 'Herunterladen abbrechen',
    verify: 'Installierte Dateien prüfen',
    repair: 'Reparieren',
    rollBack: 'Zurückgehen',
    rollBackTo: 'Zurück auf {previous}',
    switchTo: 'Wechseln auf {previous}',
    viewLogs: 'Protokoll zeigen',
    hideLogs: 'Protokoll verbergen',
    copy: 'Kopieren',
    copied: 'Kopiert',
    save: 'Speichern',
    signIn: 'Anmelden',
  },
  reasons: {
    working: 'Ein Update läuft; die anderen Knöpfe gehen wieder, wenn es fertig ist.',
    repairing: 'Eine Reparatur läuft; die anderen Knöpfe gehen wieder, wenn sie fertig ist.',
    checking: 'Eine Suche läuft.',
    auditing: 'Die installierten Dateien werden geprüft; die anderen Knöpfe gehen danach wieder.',
    asking: 'Das Gerät wird gefragt.',
    noConnection: 'Warten auf die Verbindung zum Gerät.',
    away: 'Der Updater auf diesem Gerät antwortet nicht.',
    agentRestarts: 'Warten auf den Updater auf diesem Gerät.',
    unticked: 'Haken Sie zuerst ab, was Sie unter „Vor dem Installieren“ getan haben.',
    nothingToRollBack: 'Es gibt keine frühere Version.',
  },
  files: {
    heading: 'Installierte Dateien',
    unknown: 'Noch nicht geprüft.',
    running: 'Jede Datei wird gelesen. Das kann eine Minute dauern.',
    whole: 'Alle installierten Dateien sind, wie sie sein sollen.',
    damagedOne: '1 installierte Datei ist beschädigt',
    damagedMany: '{count} installierte Dateien sind beschädigt',
    mayMisbehave: 'Das Dashboard läuft vielleicht nicht, wie es soll.',
    repair:
      'Reparieren stellt {version} so wieder her, wie es veröffentlicht wurde. Dienste starten neu, und eigene Änderungen an diesen Dateien werden ersetzt.',
    problems: {
      missing: 'fehlt',
      changed: 'wurde verändert',
      mode: 'hat falsche Rechte',
    },
    which: 'Welche Dateien',
    more: 'und {count} weitere',
    editedTitle: 'Ihre Änderungen an Konfigurationsdateien wurden behalten',
    editedState: 'Sie und eine neue Version haben diese Dateien geändert. Ihre sind in Gebrauch.',
    editedToDo:
      'Die der neuen Version liegt jeweils daneben, mit .pikit-new am Ende des Namens. Vergleichen Sie beide, übernehmen Sie, was Sie brauchen, und löschen Sie dann die Datei mit .pikit-new.',
  },
  confirm: {
    question: 'Zurück auf {previous}?',
    switchQuestion: 'Auf {previous} wechseln?',
    explain: 'Dienste starten neu, und das Dashboard ist vielleicht einen Moment weg.',
    yes: 'Zurück',
    switchYes: 'Wechseln',
    no: '{current} behalten',
  },
  log: {
    heading: 'Protokoll',
    empty: 'Es gibt noch keine Zeilen.',
    none: 'Es wurde noch nichts installiert; darum gibt es kein Protokoll.',
    loading: 'Das Protokoll wird geholt…',
  },
  signIn: {
    heading: 'Anmelden',
    explain: 'Melden Sie sich an, um Updates zu sehen und zu installieren.',
    working:
      'Ihre Anmeldung ist abgelaufen. Die Arbeit auf dem Gerät geht weiter; melden Sie sich an, um sie zu sehen.',
    password: 'Passwort',
    wrong: 'Das ist nicht das Passwort.',
    code: 'Einrichtungscode',
    'no-password':
      'Es gibt noch kein Passwort. Wählen Sie hier eines; den Code zeigt auf dem Gerät:\njournalctl -eu pikit-api',
    'wrong-code': 'Das ist nicht der Einrichtungscode.',
    'no-code':
      'Der Einrichtungscode gilt nicht mehr. Ein neuer steht im Journal nach: systemctl restart pikit-api',
    'password-set':
      'Ein Passwort gibt es schon. Melden Sie sich damit an und lassen Sie den Code leer.',
    'password-length': 'Ein Passwort hat mindestens {min} Zeichen.',
    'no-cookie':
      'Das Passwort stimmt, aber dieser Browser behält keine Cookies. Erlauben Sie sie für diese Adresse.',
  },
};
