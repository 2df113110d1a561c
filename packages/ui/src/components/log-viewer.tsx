/** The log of the running or latest transaction. Follows the last line unless the reader has scrolled away from it. */
import { Component, createRef, type JSX } from 'preact';
import type { Spoken } from './language.tsx';
import type { Language } from '../model/language.ts';
import type { LogView } from '../model/situation.ts';
import { CopyButton } from './copy-button.tsx';
import { SaveButton } from './save-button.tsx';

/** Pixels from the end within which the reader counts as being at the end. */
const NEAR_END = 24;

/** A box that scrolls must be reachable with the keyboard, and then has a name, too. */
const REACHABLE = { tabIndex: 0, role: 'region' } as const;

function textOf(log: LogView): string {
  const lines = log.lines ?? [];
  return lines.map(({ at, level, message }) => `${at} ${level} ${message}`).join('\n');
}

function emptyWords({ lines, transaction }: LogView, { words }: Language): string {
  if (lines === undefined) return words.log.loading;
  return transaction === undefined ? words.log.none : words.log.empty;
}

interface Props {
  readonly log: LogView;
  /** Of its place: several logs may stand on one page. */
  readonly id: string;
}

export class LogViewer extends Component<Props> {
  readonly #box = createRef<HTMLDivElement>();
  #isAtEnd = true;
  #shownHeight = 0;

  override componentDidMount(): void {
    this.#follow();
  }

  override componentDidUpdate({ log }: Props): void {
    if (log.lines?.length !== this.props.log.lines?.length) this.#follow();
  }

  #follow(): void {
    const element = this.#box.current;
    if (element === null || !this.#isAtEnd) return;
    element.scrollTop = element.scrollHeight;
    // Asked for, so it must be seen while it grows; a full box must not pull back who reads elsewhere.
    if (element.clientHeight > this.#shownHeight) element.scrollIntoView({ block: 'end' });
    this.#shownHeight = element.clientHeight;
  }

  readonly #onScroll = (): void => {
    const element = this.#box.current;
    if (element === null) return;
    const { scrollHeight, scrollTop, clientHeight } = element;
    this.#isAtEnd = scrollHeight - scrollTop - clientHeight < NEAR_END;
  };

  override render({ log, id }: Props, _: unknown, { language }: Spoken): JSX.Element {
    const lines = log.lines ?? [];
    return (
      <div class="log" id={id}>
        <div class="log-head">
          <h3 id={`${id}-heading`}>{language.words.log.heading}</h3>
          {lines.length === 0 ? null : (
            <span class="choices">
              <CopyButton text={textOf(log)} />
              <SaveButton text={textOf(log)} name={`pikit-${log.transaction ?? 'update'}.log`} />
            </span>
          )}
        </div>
        <div
          class="lines"
          ref={this.#box}
          onScroll={this.#onScroll}
          {...REACHABLE}
          aria-labelledby={`${id}-heading`}
        >
          {lines.length === 0 ? <p class="meta">{emptyWords(log, language)}</p> : null}
          {lines.map(({ at, level, message }, index) => (
            <p key={index} data-level={level}>
              <time dateTime={at}>{language.clock(at)}</time> {message}
            </p>
          ))}
        </div>
      </div>
    );
  }
}
