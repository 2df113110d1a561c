/** What the release sources need of HTTP. Every URL in an error is without credentials and query string. */

/** An answer whose body has not been read yet: read it to the end or discard it. */
export interface HttpAnswer {
  readonly status: number;
  /** By lower-case name. */
  readonly header: (name: string) => string | undefined;
  readonly redirected: boolean;
  /** The address that answered, after every redirect. */
  readonly from: string;
  /** Throws `download-failed` when the transfer breaks off or stalls, the signal's reason when aborted. */
  readonly body: AsyncIterable<Uint8Array>;
  readonly discard: () => void;
}

/**
 * One GET, redirects included, whatever the status. Throws `offline`, `dns-failed`, `clock-wrong`, `certificate-refused`,
 * `proxy-failed`, `source-limited`, `source-invalid`, `config-invalid` for what [network] names, or the signal's reason.
 */
export type OpenUrl = (
  url: string,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal,
) => Promise<HttpAnswer>;

export interface Document {
  readonly bytes: Uint8Array;
  readonly isHtml: boolean;
  /** Whether another address than the one asked for has answered. */
  readonly redirected: boolean;
  /** Link, as servers page with it. */
  readonly link: string | undefined;
}

export interface Http {
  /**
   * A small document, whole; what was kept of an earlier answer is used where the server says that it still holds. Codes:
   * those of `OpenUrl`, `source-refused` with `status`, `captive-portal`, `too-large`, `download-failed`.
   */
  getBytes(
    url: string,
    options: {
      readonly maxBytes: number;
      readonly accept: string;
      readonly signal: AbortSignal;
      /** Identifies what the list that names this document says: what was kept under the same needs no request. */
      readonly listing?: string | undefined;
    },
  ): Promise<Document>;
  /**
   * A large file to a device path, resuming what lies there, and durable under its name when it is whole. Returns the
   * bytes that crossed the wire. A finished file of this URL is left as it is: whoever finds its hash wrong removes it.
   * Codes: those of `getBytes`, `no-such-release` for 404, `no-space`, `write-failed`.
   */
  download(
    url: string,
    options: {
      readonly to: string;
      readonly maxBytes: number;
      readonly expectedBytes: number | undefined;
      readonly signal: AbortSignal;
      readonly onBytes: (done: number, total: number | undefined) => void;
    },
  ): Promise<number>;
  /**
   * A part of a file, as a stream that is gone on with where a connection breaks: only ever with the bytes that follow, of the
   * same file. Codes: those of `getBytes`, `no-such-release` for 404, `source-invalid` where the server gives no parts.
   */
  part(
    url: string,
    part: {
      readonly offset: number;
      /** Not 0. */
      readonly length: number;
      readonly signal: AbortSignal;
    },
  ): AsyncIterable<Uint8Array>;
}

/** How often and how patiently a transfer is tried again. */
export interface RetryPolicy {
  /** Tries in a row without a byte of progress. */
  readonly tries: number;
  readonly firstDelayMs: number;
  readonly longestDelayMs: number;
}
