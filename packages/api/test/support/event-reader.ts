/** Reads server-sent events as a browser does, one after the other. */

export interface ReceivedEvent {
  /** Empty for a comment or a bare `retry`. */
  readonly event: string;
  readonly id: string | undefined;
  readonly data: unknown;
  readonly text: string;
}

export interface EventReader {
  /** The next one, undefined at the end of the stream. */
  next(): Promise<ReceivedEvent | undefined>;
  /** The next one of this name; what comes before is skipped. Throws at the end of the stream. */
  nextNamed(event: string): Promise<ReceivedEvent>;
  /** Everything up to the end of the stream. */
  rest(): Promise<readonly ReceivedEvent[]>;
  leave(): Promise<void>;
}

export function readEvents(response: Response): EventReader {
  if (response.body === null) throw new Error('the answer has no body');
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let pending = '';
  const next = async (): Promise<ReceivedEvent | undefined> => {
    while (!pending.includes('\n\n')) {
      const { done, value } = await reader.read();
      if (done) return undefined;
      pending += value;
    }
    const end = pending.indexOf('\n\n');
    const text = pending.slice(0, end);
    pending = pending.slice(end + 2);
    return parse(text);
  };
  return {
    next,
    async nextNamed(name) {
      for (;;) {
        const event = await next();
        if (event === undefined) throw new Error(`the stream ended before a ${name} event`);
        if (event.event === name) return event;
      }
    },
    async rest() {
      const events: ReceivedEvent[] = [];
      for (let event = await next(); event !== undefined; event = await next()) events.push(event);
      return events;
    },
    leave: () => reader.cancel(),
  };
}

function parse(text: string): ReceivedEvent {
  const fields = new Map(
    text.split('\n').map((line): [string, string] => {
      const colon = line.indexOf(': ');
      return [line.slice(0, colon), line.slice(colon + 2)];
    }),
  );
  const data = fields.get('data');
  return {
    event: fields.get('event') ?? '',
    id: fields.get('id'),
    data: data === undefined ? undefined : JSON.parse(data),
    text,
  };
}
