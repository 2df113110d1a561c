/**
 * The closed list of everything that can go wrong, and the one error class that carries a code across two hops.
 * Words for people do not belong here: the UI owns the sentences, the api owns the HTTP statuses. A new code needs a
 * reason: somebody must act differently on it.
 */
import * as v from 'valibot';

export const ERROR_CODES = [
  // The release server and the way to it.
  'offline', // nothing answered: no network, connection refused, timed out
  'dns-failed', // nobody knows the name of the server, or the name service does not answer
  'clock-wrong', // TLS refuses the certificate because this device's clock is off
  'certificate-refused', // nobody whom this device knows vouches for the server, or for this name of it
  'proxy-failed', // the configured proxy does not answer, or refuses
  'captive-portal', // a web page in the place of the server: a network's page to sign in, or a wrong address
  'source-limited', // the server has had enough of us, and may have said until when
  'source-refused', // the server answered with an HTTP error status
  'source-invalid', // the server answered something that is not a release list
  'no-such-release', // the version is not on the server, or was withdrawn
  'download-failed', // the transfer kept breaking off
  // The manifest: refusals before anything is fetched.
  'manifest-invalid', // not JSON, fails its schema, or contradicts itself
  'manifest-changed', // not the manifest that the owner reviewed
  'signature-missing', // this device has a key, so a release without a signature is none
  'signature-invalid', // not made over this manifest by a key that this device trusts
  'release-expired', // past the date until which its maintainer vouches for it
  'source-outdated', // the source shows an older newest release than it did before
  'incompatible', // for another product, architecture or starting version
  'post-install-refused', // asks for a unit or a command that this device does not allow
  'downgrade-refused', // older than what runs
  'already-installed', // exactly what runs
  'already-published', // to the maintainer: this version is out with other content, so it needs a new number
  'held-back', // failed here before, and nobody is watching: only a person may try it again
  // The bundle: nothing outside staging was touched.
  'bundle-invalid', // not a readable tar.gz
  'entry-refused', // an entry that may not be written: path, type or header
  'file-missing', // in the manifest, not in the bundle
  'file-unexpected', // in the bundle, not in the manifest
  'hash-mismatch', // content differs from what the manifest promises
  'too-large', // over a configured limit
  // The device.
  'no-space', // not enough room or inodes, known before the download or met during it
  'write-failed', // the disk refused a write: read-only, broken, permission
  'service-failed', // a service did not restart or reload
  'post-install-failed', // a command that the release brought did not succeed
  'probe-failed', // the new release does not answer as it must
  'roll-back-failed', // the previous release could not be brought back
  'nothing-to-roll-back', // there is no previous release
  'nothing-to-repair', // every installed file is as its release says
  'not-repairable', // what runs never was a release: nobody can send its files again
  'state-damaged', // a file of our own was torn or foreign; it was kept aside
  // The transaction.
  'busy', // another transaction or process holds the lock
  'not-cancellable', // the phase can no longer be cancelled
  'cancelled', // ended because somebody asked for it
  'interrupted', // the same phase was cut off too often
  'guard-fired', // it did not end in its time, and what watches over the agent took it back
  'no-such-transaction', // unknown id, or nothing is running
  // Calls, sessions and configuration.
  'unauthenticated', // no session, or it has ended
  'forbidden', // known, but not allowed: wrong origin, or an admin method on the dashboard's socket
  'rate-limited', // too many tries
  'invalid-request', // unknown method or route, or parameters that fail their schema
  'agent-unreachable', // the agent's socket does not answer
  'incompatible-protocol', // the two ends speak different protocol versions
  'config-invalid', // a configuration file names an unknown key or a bad value
  'internal', // a bug of ours; the log has it under an id
] as const;

export type ErrorCode = (typeof ERROR_CODES)[number];

export const ErrorCodeSchema = v.picklist(ERROR_CODES);

/** Facts for the sentence: versions, paths inside a release, sizes in bytes, unit names. Never a secret. */
export type ErrorDetails = Readonly<Record<string, string | number>>;

/** An error as it stands on the wire, in state.json and in the history. */
export const ErrorViewSchema = v.object({
  code: ErrorCodeSchema,
  details: v.record(v.string(), v.union([v.string(), v.number()])),
});
export type ErrorView = v.InferOutput<typeof ErrorViewSchema>;

interface Options {
  readonly cause?: unknown;
  readonly details?: ErrorDetails;
}

/** A refusal or a failure of the world. `message` is for the operator's log; `code` and `details` travel. */
export class UpdateError extends Error {
  override readonly name = 'UpdateError';
  readonly code: ErrorCode;
  readonly details: ErrorDetails;

  constructor(code: ErrorCode, message: string, { cause, details = {} }: Options = {}) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.details = details;
  }

  toView(): ErrorView {
    return { code: this.code, details: { ...this.details } };
  }
}
