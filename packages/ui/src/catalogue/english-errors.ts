/**
 * Every error code in English: a sentence, and what to do about it, for somebody who has never seen the inside of the device.
 */
import type { AllErrorWords, ErrorWords } from './error-words.ts';

const errors: AllErrorWords['errors'] = {
  offline: {
    title: 'No connection to the release server',
    whatToDo: 'Check the network cable or Wi‑Fi of this device, then check again.[ ({url})]',
  },
  'dns-failed': {
    title: 'The name of the release server was not found',
    whatToDo:
      'Check the network cable or Wi‑Fi of this device. If other devices here reach the internet, check the address in updater.toml and the name server (DNS) of this network.[ ({url})]',
  },
  'clock-wrong': {
    title: 'The clock of this device is wrong',
    whatToDo:
      'With a wrong date the release server cannot be trusted. Wait a few minutes until the clock has set itself from the network, then try again.',
  },
  'certificate-refused': {
    title: 'The release server could not prove who it is',
    whatToDo:
      'Nothing was read from it. A guest network may want you to sign in first. If the server has a certificate authority of its own, name its file in updater.toml: ca_file in [network].[ ({url}: {reason})]',
  },
  'proxy-failed': {
    title: 'The proxy does not let this device through',
    whatToDo:
      'Check the proxy in [network] of updater.toml, or in the environment of the updater (HTTPS_PROXY), and its user and password.[ ({proxy}: {reason})]',
  },
  'captive-portal': {
    title: 'A web page answered in place of the release server',
    whatToDo:
      'It is most often the page of a guest network: open any page with a browser on this network and sign in there. Otherwise check the address in updater.toml.[ ({url})]',
  },
  'source-limited': {
    title: 'The release server asks for a pause',
    whatToDo:
      'It had too many requests from this network.[ It is asked again from {until|time} on.] There is nothing to do but wait.',
  },
  'source-refused': {
    title: 'The release server refused the request[ (HTTP {status})]',
    whatToDo:
      'Try again later. If it stays like this, check the address and the repository in updater.toml; a private one needs a token there (token_file), and answers 404 without.',
  },
  'source-invalid': {
    title: 'The answer did not come from a release server',
    whatToDo:
      'Something else may be answering in its place. Check the network and the address in updater.toml.',
  },
  'no-such-release': {
    title: 'The release[ {version}] is not on the server',
    whatToDo: 'It may have been withdrawn. Check again to see what is offered now.',
  },
  'download-failed': {
    title: 'The download kept breaking off',
    whatToDo: 'Try again. What has arrived is kept, so the next try is shorter.',
  },
  'manifest-invalid': {
    title: 'The description of this release is faulty',
    whatToDo: 'Tell the maintainer of the dashboard.[ ({where}: {reason})]',
  },
  'manifest-changed': {
    title: 'The release has changed since you looked at it',
    whatToDo: 'Check again and read what it says now before you install it.',
  },
  'signature-missing': {
    title: 'The release[ {version}] is not signed',
    whatToDo:
      'This device installs only what its maintainer has signed. Do not install it from elsewhere; tell the maintainer.',
  },
  'signature-invalid': {
    title: 'The signature of the release[ {version}] is not right',
    whatToDo:
      'Somebody may have changed it on the way, or the maintainer has a new key that this device does not know yet. Nothing was installed; ask the maintainer.[ ({reason}, key {key})]',
  },
  'release-expired': {
    title: 'The newest release on the server is too old',
    whatToDo:
      'Its maintainer vouched for it only until[ {expires}] a date that has passed. A newer one may be kept from this device; ask the maintainer.',
  },
  'source-outdated': {
    title: 'The release server shows less than before',
    whatToDo:
      'It offered[ {seen}] a newer release before and now[ {found}] an older one. The maintainer may have withdrawn that release, or somebody is showing this device an old list. Nothing changes until a newer release appears.',
  },
  incompatible: {
    title: 'This release does not fit this device',
    whatToDo: 'Wait for a release that does.[ (Needs {what} {required}; here it is {found}.)]',
  },
  'downgrade-refused': {
    title: 'This release is older than what is installed',
    whatToDo: 'To go back, use Roll back.',
  },
  'already-installed': {
    title: 'This release is already installed',
    whatToDo: 'There is nothing to do.',
  },
  'held-back': {
    title: 'The release[ {version}] is not installed by itself',
    whatToDo:
      'It did not work here before, or you have skipped it. You can still choose it yourself.',
  },
  'bundle-invalid': {
    title: 'The file is damaged, or is no release',
    whatToDo: 'Try again. If it happens twice, tell the maintainer of the dashboard.',
  },
  'entry-refused': {
    title: 'The release holds a file that is not allowed',
    whatToDo: 'Do not install it; tell the maintainer of the dashboard.[ ({path}: {reason})]',
  },
  'file-missing': {
    title: 'A file is missing from the release',
    whatToDo: 'Tell the maintainer of the dashboard.[ ({path})]',
  },
  'file-unexpected': {
    title: 'The release holds a file that it does not list',
    whatToDo: 'Do not install it; tell the maintainer of the dashboard.[ ({path})]',
  },
  'hash-mismatch': {
    title: 'A file is not what the release promises',
    whatToDo:
      'Try again. If it happens twice, the release or the memory card is damaged: tell the maintainer of the dashboard.[ ({path})]',
  },
  'post-install-refused': {
    title: 'The release asks for something that this device does not allow',
    whatToDo: 'Tell the maintainer of the dashboard.[ ({entry}: {reason})]',
  },
  'too-large': {
    title: 'The release is larger than this device allows',
    whatToDo:
      'The limits are in updater.toml, that of files from a browser in api.toml.[ (Limit: {limit|bytes})]',
  },
  'no-space': {
    title: 'There is not enough free space',
    whatToDo:
      'Remove files that you do not need, then try again.[ The filesystem at {mount} needs {needed|bytes} and has {free|bytes}.]',
  },
  'write-failed': {
    title: 'The memory card refused to be written',
    whatToDo:
      'It may be worn out, full or locked. Back up what matters, then restart the device and try again.[ ({path})]',
  },
  'service-failed': {
    title: 'A service did not start[: {unit}]',
    whatToDo: 'View the log for the reason, and tell the maintainer of the dashboard.',
  },
  'post-install-failed': {
    title: 'A step of the new release did not succeed',
    whatToDo: 'Look into the log for what it said, and tell the maintainer.[ ({entry}: {reason})]',
  },
  'probe-failed': {
    title: 'The new release did not answer as expected',
    whatToDo: 'View the log and tell the maintainer of the dashboard.[ ({url}: {reason})]',
  },
  'roll-back-failed': {
    title: 'The previous release could not be brought back',
    whatToDo:
      'Restart the device. If the dashboard stays away, sign in over SSH and run: pikit-agent --run update.rollback',
  },
  'nothing-to-roll-back': {
    title: 'There is no earlier release to go back to',
    whatToDo: 'An earlier release is kept from the first update on.',
  },
  'nothing-to-repair': {
    title: 'Nothing needs to be repaired',
    whatToDo: 'Every installed file is as its release says.',
  },
  'not-repairable': {
    title: 'These files cannot be repaired',
    whatToDo:
      'They were on this device before the first update, so no release server has them. Install a release instead.',
  },
  'state-damaged': {
    title: 'A file of the updater was damaged',
    whatToDo: 'It was set aside, and a new one was begun. Check again.[ ({file})]',
  },
  busy: {
    title: 'The updater is busy',
    whatToDo: 'Wait until that is finished, then try again.[ (Since {since|time})]',
  },
  'not-cancellable': {
    title: 'It is too late to cancel',
    whatToDo: 'The release is being switched. When it is done you can roll back.',
  },
  cancelled: {
    title: 'The update was cancelled',
    whatToDo: 'You can start it again whenever you like.',
  },
  interrupted: {
    title: 'The update was cut off too often',
    whatToDo: 'Check the power supply of the device, then try again.',
  },
  'guard-fired': {
    title: 'The updater stopped working during the update',
    whatToDo:
      'The device noticed that by itself and brought the previous release back. View the log and tell the maintainer of the dashboard.',
  },
  'no-such-transaction': {
    title: 'That update is not running any more',
    whatToDo: 'There is nothing to do.',
  },
  unauthenticated: {
    title: 'You are signed out',
    whatToDo: 'Sign in to go on.',
  },
  forbidden: {
    title: 'This is not allowed from here',
    whatToDo: 'Open the dashboard at its own address and try again.',
  },
  'rate-limited': {
    title: 'Too many tries',
    whatToDo: 'Wait[ {retryAfter} s] before the next one.',
  },
  'invalid-request': {
    title: 'The device did not understand this page',
    whatToDo: 'Reload the page; it may be from an older release.',
  },
  'agent-unreachable': {
    title: 'The updater on this device does not answer',
    whatToDo:
      'The dashboard keeps working, but cannot be updated. Restart the device, or over SSH: systemctl restart pikit-agent',
  },
  'incompatible-protocol': {
    title: 'Two parts of the updater are of different versions',
    whatToDo: 'Restart the device, then reload this page.',
  },
  'config-invalid': {
    title: 'A configuration file has a mistake[: {file}]',
    whatToDo: 'Correct it over SSH and restart the updater.[ ({key}: {reason})]',
  },
  internal: {
    title: 'The updater made a mistake',
    whatToDo:
      'Try again. If it happens twice, send the log to the maintainer of the dashboard.[ (Log line {logId})]',
  },
  'no-api': {
    title: 'There is no updater at this address',
    whatToDo:
      'Something else answers there. Whoever has set up this page should check the attribute base of its <pikit-updates>, and that the web server passes this path on to the updater.',
  },
  'no-connection': {
    title: 'The device did not answer',
    whatToDo: 'Check that it is switched on and that you are on its network, then try again.',
  },
};

const inPlace: AllErrorWords['inPlace'] = {
  title: 'The earlier release is in place, but it does not answer',
  whatToDo:
    'Look at its services over SSH[ (systemctl status {unit})], start them, then check again.',
  state: 'This device needs you.',
};

const outOfInodes: ErrorWords = {
  title: 'There is no room for more files',
  whatToDo:
    'Remove files that you do not need, many small ones above all, then try again.[ (The filesystem at {mount} needs {needed}, has {free}.)]',
};

export const englishErrors: AllErrorWords = { errors, inPlace, outOfInodes };
