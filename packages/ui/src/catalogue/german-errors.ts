/** Every error code in German: what has happened, and what to do about it. */
import type { AllErrorWords, ErrorWords } from './error-words.ts';

const errors: AllErrorWords['errors'] = {
  offline: {
    title: 'Keine Verbindung zum Release-Server',
    whatToDo:
      'Prüfen Sie Netzwerkkabel oder WLAN dieses Geräts und suchen Sie dann noch einmal.[ ({url})]',
  },
  'dns-failed': {
    title: 'Der Name des Release-Servers wurde nicht gefunden',
    whatToDo:
      'Prüfen Sie Netzwerkkabel oder WLAN dieses Geräts. Wenn andere Geräte hier ins Internet kommen, prüfen Sie die Adresse in updater.toml und den Namensserver (DNS) dieses Netzes.[ ({url})]',
  },
  'clock-wrong': {
    title: 'Die Uhr dieses Geräts geht falsch',
    whatToDo:
      'Mit einem falschen Datum ist dem Release-Server nicht zu trauen. Warten Sie ein paar Minuten, bis sich die Uhr aus dem Netz gestellt hat, und versuchen Sie es dann noch einmal.',
  },
  'certificate-refused': {
    title: 'Der Release-Server konnte sich nicht ausweisen',
    whatToDo:
      'Es wurde nichts von ihm gelesen. In einem Gastnetz müssen Sie sich vielleicht erst anmelden. Hat der Server eine eigene Zertifizierungsstelle, nennen Sie deren Datei in updater.toml: ca_file in [network].[ ({url}: {reason})]',
  },
  'proxy-failed': {
    title: 'Der Proxy lässt dieses Gerät nicht durch',
    whatToDo:
      'Prüfen Sie den Proxy unter [network] in updater.toml oder in der Umgebung des Updaters (HTTPS_PROXY), mit Benutzer und Passwort.[ ({proxy}: {reason})]',
  },
  'captive-portal': {
    title: 'Statt des Release-Servers hat eine Webseite geantwortet',
    whatToDo:
      'Meist ist es die Seite eines Gastnetzes: Öffnen Sie in diesem Netz irgendeine Seite und melden Sie sich dort an. Sonst prüfen Sie die Adresse in updater.toml.[ ({url})]',
  },
  'source-limited': {
    title: 'Der Release-Server bittet um eine Pause',
    whatToDo:
      'Er hat aus diesem Netz zu viele Anfragen bekommen.[ Ab {until|time} wird er wieder gefragt.] Sie müssen nur warten.',
  },
  'source-refused': {
    title: 'Der Release-Server hat die Anfrage abgelehnt[ (HTTP {status})]',
    whatToDo:
      'Versuchen Sie es später noch einmal. Bleibt es so, prüfen Sie Adresse und Repository in updater.toml; ein privates braucht dort ein Token (token_file) und antwortet sonst mit 404.',
  },
  'source-invalid': {
    title: 'Die Antwort kam nicht von einem Release-Server',
    whatToDo:
      'Vielleicht antwortet etwas anderes an seiner Stelle. Prüfen Sie das Netz und die Adresse in updater.toml.',
  },
  'no-such-release': {
    title: 'Die Version[ {version}] liegt nicht auf dem Server',
    whatToDo:
      'Vielleicht wurde sie zurückgezogen. Suchen Sie noch einmal, was jetzt angeboten wird.',
  },
  'download-failed': {
    title: 'Das Herunterladen brach immer wieder ab',
    whatToDo:
      'Versuchen Sie es noch einmal. Was schon da ist, bleibt; der nächste Versuch ist kürzer.',
  },
  'manifest-invalid': {
    title: 'Die Beschreibung dieser Version ist fehlerhaft',
    whatToDo: 'Sagen Sie es dem Hersteller des Dashboards.[ ({where}: {reason})]',
  },
  'manifest-changed': {
    title: 'Die Version hat sich geändert, seit Sie sie angesehen haben',
    whatToDo: 'Suchen Sie noch einmal und lesen Sie, was jetzt dasteht, bevor Sie installieren.',
  },
  'signature-missing': {
    title: 'Die Version[ {version}] ist nicht signiert',
    whatToDo:
      'Dieses Gerät installiert nur, was der Hersteller signiert hat. Holen Sie sie nicht von anderswo; sagen Sie es dem Hersteller.',
  },
  'signature-invalid': {
    title: 'Die Signatur der Version[ {version}] stimmt nicht',
    whatToDo:
      'Vielleicht wurde sie unterwegs verändert, oder der Hersteller hat einen neuen Schlüssel, den dieses Gerät noch nicht kennt. Es wurde nichts installiert; fragen Sie den Hersteller.[ ({reason}, Schlüssel {key})]',
  },
  'release-expired': {
    title: 'Die neueste Version auf dem Server ist zu alt',
    whatToDo:
      'Der Hersteller bürgte für sie nur bis[ {expires},] zu einem Tag, der vorbei ist. Vielleicht wird diesem Gerät eine neuere vorenthalten; fragen Sie den Hersteller.',
  },
  'source-outdated': {
    title: 'Der Release-Server zeigt weniger als zuvor',
    whatToDo:
      'Er hat schon[ {seen},] eine neuere Version angeboten und bietet jetzt[ {found},] eine ältere. Vielleicht hat der Hersteller sie zurückgezogen, oder jemand zeigt diesem Gerät eine alte Liste. Es ändert sich nichts, bis eine neuere erscheint.',
  },
  incompatible: {
    title: 'Diese Version passt nicht zu diesem Gerät',
    whatToDo: 'Warten Sie auf eine, die passt.[ (Nötig: {what} {required}; hier: {found}.)]',
  },
  'downgrade-refused': {
    title: 'Diese Version ist älter als die installierte',
    whatToDo: 'Um zurückzugehen, nehmen Sie „Zurück auf …“.',
  },
  'already-installed': {
    title: 'Diese Version ist schon installiert',
    whatToDo: 'Es ist nichts zu tun.',
  },
  'held-back': {
    title: 'Die Version[ {version}] wird nicht von selbst installiert',
    whatToDo:
      'Sie hat hier nicht funktioniert, oder Sie haben sie übersprungen. Wählen können Sie sie trotzdem.',
  },
  'bundle-invalid': {
    title: 'Die Datei ist beschädigt oder ist keine Version',
    whatToDo:
      'Versuchen Sie es noch einmal. Geschieht es zweimal, sagen Sie es dem Hersteller des Dashboards.',
  },
  'entry-refused': {
    title: 'Die Version enthält eine Datei, die nicht erlaubt ist',
    whatToDo:
      'Installieren Sie sie nicht; sagen Sie es dem Hersteller des Dashboards.[ ({path}: {reason})]',
  },
  'file-missing': {
    title: 'In der Version fehlt eine Datei',
    whatToDo: 'Sagen Sie es dem Hersteller des Dashboards.[ ({path})]',
  },
  'file-unexpected': {
    title: 'Die Version enthält eine Datei, die sie nicht nennt',
    whatToDo: 'Installieren Sie sie nicht; sagen Sie es dem Hersteller des Dashboards.[ ({path})]',
  },
  'hash-mismatch': {
    title: 'Eine Datei ist nicht, was die Version verspricht',
    whatToDo:
      'Versuchen Sie es noch einmal. Geschieht es zweimal, ist die Version oder die Speicherkarte beschädigt: Sagen Sie es dem Hersteller des Dashboards.[ ({path})]',
  },
  'post-install-refused': {
    title: 'Die Version verlangt etwas, das dieses Gerät nicht erlaubt',
    whatToDo: 'Sagen Sie es dem Hersteller des Dashboards.[ ({entry}: {reason})]',
  },
  'too-large': {
    title: 'Die Version ist größer, als dieses Gerät erlaubt',
    whatToDo:
      'Die Grenzen stehen in updater.toml, die für Dateien aus einem Browser in api.toml.[ (Grenze: {limit|bytes})]',
  },
  'no-space': {
    title: 'Es ist nicht genug Platz frei',
    whatToDo:
      'Löschen Sie Dateien, die Sie nicht brauchen, und versuchen Sie es dann noch einmal.[ Das Dateisystem unter {mount} braucht {needed|bytes} und hat {free|bytes}.]',
  },
  'write-failed': {
    title: 'Die Speicherkarte lässt sich nicht beschreiben',
    whatToDo:
      'Sie ist vielleicht verschlissen, voll oder gesperrt. Sichern Sie, was wichtig ist; starten Sie dann das Gerät neu und versuchen Sie es noch einmal.[ ({path})]',
  },
  'service-failed': {
    title: 'Ein Dienst ist nicht gestartet[: {unit}]',
    whatToDo: 'Der Grund steht im Protokoll. Sagen Sie es dem Hersteller des Dashboards.',
  },
  'post-install-failed': {
    title: 'Ein Schritt der neuen Version ist fehlgeschlagen',
    whatToDo:
      'Was er gesagt hat, steht im Protokoll. Sagen Sie es dem Hersteller.[ ({entry}: {reason})]',
  },
  'probe-failed': {
    title: 'Die neue Version hat nicht geantwortet wie erwartet',
    whatToDo:
      'Sehen Sie in das Protokoll und sagen Sie es dem Hersteller des Dashboards.[ ({url}: {reason})]',
  },
  'roll-back-failed': {
    title: 'Die vorige Version ließ sich nicht zurückholen',
    whatToDo:
      'Starten Sie das Gerät neu. Bleibt das Dashboard weg, melden Sie sich über SSH an und rufen Sie auf: pikit-agent --run update.rollback',
  },
  'nothing-to-roll-back': {
    title: 'Es gibt keine frühere Version',
    whatToDo: 'Vom ersten Update an wird eine frühere aufbewahrt.',
  },
  'nothing-to-repair': {
    title: 'Es ist nichts zu reparieren',
    whatToDo: 'Jede installierte Datei ist, wie ihre Version sie will.',
  },
  'not-repairable': {
    title: 'Diese Dateien lassen sich nicht reparieren',
    whatToDo:
      'Sie waren schon vor dem ersten Update auf diesem Gerät; kein Release-Server hat sie. Installieren Sie stattdessen eine Version.',
  },
  'state-damaged': {
    title: 'Eine Datei des Updaters war beschädigt',
    whatToDo: 'Sie wurde beiseitegelegt und neu begonnen. Suchen Sie noch einmal.[ ({file})]',
  },
  busy: {
    title: 'Der Updater ist beschäftigt',
    whatToDo: 'Warten Sie, bis er fertig ist, und versuchen Sie es dann.[ (Seit {since|time})]',
  },
  'not-cancellable': {
    title: 'Zum Abbrechen ist es zu spät',
    whatToDo: 'Die Version wird gerade umgeschaltet. Danach können Sie zurückgehen.',
  },
  cancelled: {
    title: 'Das Update wurde abgebrochen',
    whatToDo: 'Sie können es jederzeit neu beginnen.',
  },
  interrupted: {
    title: 'Das Update wurde zu oft unterbrochen',
    whatToDo: 'Prüfen Sie die Stromversorgung des Geräts und versuchen Sie es dann noch einmal.',
  },
  'guard-fired': {
    title: 'Der Updater ist während des Updates ausgefallen',
    whatToDo:
      'Das Gerät hat es selbst bemerkt und die vorige Version zurückgeholt. Sehen Sie in das Protokoll und sagen Sie es dem Hersteller des Dashboards.',
  },
  'no-such-transaction': {
    title: 'Dieses Update läuft nicht mehr',
    whatToDo: 'Es ist nichts zu tun.',
  },
  unauthenticated: {
    title: 'Sie sind abgemeldet',
    whatToDo: 'Melden Sie sich an, um weiterzumachen.',
  },
  forbidden: {
    title: 'Das ist von hier aus nicht erlaubt',
    whatToDo:
      'Öffnen Sie das Dashboard unter seiner eigenen Adresse und versuchen Sie es noch einmal.',
  },
  'rate-limited': {
    title: 'Zu viele Versuche',
    whatToDo: 'Warten Sie[ {retryAfter} s] bis zum nächsten.',
  },
  'invalid-request': {
    title: 'Das Gerät hat diese Seite nicht verstanden',
    whatToDo: 'Laden Sie die Seite neu; vielleicht ist sie von einer älteren Version.',
  },
  'agent-unreachable': {
    title: 'Der Updater auf diesem Gerät antwortet nicht',
    whatToDo:
      'Das Dashboard läuft weiter, lässt sich aber nicht aktualisieren. Starten Sie das Gerät neu, oder über SSH: systemctl restart pikit-agent',
  },
  'incompatible-protocol': {
    title: 'Zwei Teile des Updaters passen nicht zusammen',
    whatToDo: 'Starten Sie das Gerät neu und laden Sie dann diese Seite neu.',
  },
  'config-invalid': {
    title: 'In einer Konfigurationsdatei ist ein Fehler[: {file}]',
    whatToDo: 'Berichtigen Sie ihn über SSH und starten Sie den Updater neu.[ ({key}: {reason})]',
  },
  internal: {
    title: 'Der Updater hat einen Fehler gemacht',
    whatToDo:
      'Versuchen Sie es noch einmal. Geschieht es zweimal, schicken Sie das Protokoll dem Hersteller des Dashboards.[ (Zeile {logId})]',
  },
  'no-api': {
    title: 'Unter dieser Adresse ist kein Updater',
    whatToDo:
      'Dort antwortet etwas anderes. Wer diese Seite eingerichtet hat, sollte das Attribut base ihres <pikit-updates> prüfen, und ob der Webserver diesen Pfad an den Updater weitergibt.',
  },
  'no-connection': {
    title: 'Das Gerät hat nicht geantwortet',
    whatToDo:
      'Prüfen Sie, ob es eingeschaltet ist und ob Sie in seinem Netz sind, und versuchen Sie es dann noch einmal.',
  },
};

const inPlace: AllErrorWords['inPlace'] = {
  title: 'Die frühere Version ist wieder da, aber sie antwortet nicht',
  whatToDo:
    'Sehen Sie über SSH nach ihren Diensten[ (systemctl status {unit})], starten Sie sie und suchen Sie dann noch einmal.',
  state: 'Dieses Gerät braucht Sie.',
};

const outOfInodes: ErrorWords = {
  title: 'Es ist kein Platz für weitere Dateien',
  whatToDo:
    'Löschen Sie Dateien, die Sie nicht brauchen, vor allem viele kleine, und versuchen Sie es dann noch einmal.[ (Das Dateisystem unter {mount} braucht {needed}, hat {free}.)]',
};

export const germanErrors: AllErrorWords = { errors, inPlace, outOfInodes };
