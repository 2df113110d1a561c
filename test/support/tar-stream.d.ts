/** The part of tar-stream that tests use to write archives which no honest program would write; it has no types of its own. */
declare module 'tar-stream' {
  export interface PackHeader {
    name: string;
    mode?: number;
    type?: string;
    linkname?: string;
    size?: number;
    devmajor?: number;
    devminor?: number;
    pax?: Record<string, string>;
  }
  export interface Pack extends AsyncIterable<Uint8Array> {
    entry(header: PackHeader, content?: string | Uint8Array): unknown;
    finalize(): void;
  }
  export function pack(): Pack;
}
