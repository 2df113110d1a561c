/** What happened, what state the device is in now, and what to do: in this order, each only when there is something to say. */
import type { ComponentChild, JSX } from 'preact';
import type { NoticeView } from '../model/notice-view.ts';
import { CopyButton } from './copy-button.tsx';
import { Icon, type IconName } from './icon.tsx';

const ICONS: Readonly<Record<NoticeView['tone'], IconName>> = {
  bad: 'warning',
  warning: 'warning',
  good: 'check',
  neutral: 'info',
};

/** Commands to be typed over SSH, as the catalogue writes them. */
const COMMAND = /((?:pikit-agent --run|systemctl \w+) [\w.@:-]+)/;

/** A command breaks between its words only: a line that ends in "--" would be copied wrongly. */
function withCommands(text: string): readonly ComponentChild[] {
  return text.split(COMMAND).map((part, index) =>
    index % 2 === 0 ? (
      part
    ) : (
      <span class="command" key={part}>
        <code>
          {part
            .split(' ')
            .flatMap((word, at) => [at === 0 ? '' : ' ', <span key={at}>{word}</span>])}
        </code>{' '}
        <CopyButton text={part} />
      </span>
    ),
  );
}

interface Props {
  readonly notice: NoticeView;
  /** Of its title: several notices may stand in one window. */
  readonly titleId: string;
  /** What can be done about it here. */
  readonly children?: ComponentChild;
}

export function Notice({ notice, titleId, children }: Props): JSX.Element {
  return (
    <section class="notice" data-tone={notice.tone} aria-labelledby={titleId}>
      <Icon name={ICONS[notice.tone]} />
      <div>
        <h3 id={titleId}>{notice.title}</h3>
        {notice.happened === undefined ? null : <p>{notice.happened}</p>}
        {notice.state === undefined ? null : <p class="state">{notice.state}</p>}
        {notice.whatToDo === undefined ? null : <p>{withCommands(notice.whatToDo)}</p>}
        {children}
      </div>
    </section>
  );
}
