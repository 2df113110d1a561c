/** What Node 20 lacks: an EventSource over node:http, as far as the UI uses it. It ends at the first error, as ours does. */
import { get } from 'node:http';
import type { EventStream } from '../../src/model/event-stream.ts';

type Listener = (event: { readonly data?: unknown }) => void;

export function openEventSource(url: string): EventStream {
  const listeners = new Map<string, Listener[]>();
  const tell = (type: string, data?: unknown): void => {
    for (const listener of listeners.get(type) ?? []) listener({ data });
  };
  const request = get(url, { headers: { accept: 'text/event-stream' } }, (response) => {
    if (response.statusCode !== 200) {
      response.resume();
      tell('error');
      return;
    }
    tell('open');
    let pending = '';
    response.setEncoding('utf8').on('data', (text: string) => {
      const blocks = (pending + text).split('\n\n');
      pending = blocks.pop() ?? '';
      for (const block of blocks) {
        const fields = new Map(
          block.split('\n').map((line) => {
            const [name = '', ...rest] = line.split(': ');
            return [name, rest.join(': ')];
          }),
        );
        const data = fields.get('data');
        if (data !== undefined) tell(fields.get('event') ?? 'message', data);
      }
    });
    response.on('close', () => tell('error'));
    response.on('error', () => tell('error'));
  });
  request.on('error', () => tell('error'));
  return {
    addEventListener: (type, listener) =>
      void listeners.set(type, [...(listeners.get(type) ?? []), listener]),
    close: () => void request.destroy(),
  };
}
