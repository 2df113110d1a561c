/** What happened, what state the device is in now, and what to do: in this order, each only when there is something to say. */
import type { JSX } from 'preact';
import type { NoticeView } from '../model/notice-view.ts';
import { Icon, type IconName } from './icon.tsx';

const ICONS: Readonly<Record<NoticeView['tone'], IconName>> = {
  bad: 'warning',
  warning: 'warning',
  good: 'check',
  neutral: 'info',
};

export function Notice({ notice }: { readonly notice: NoticeView }): JSX.Element {
  return (
    <section class="notice" data-tone={notice.tone} aria-labelledby="notice-title">
      <Icon name={ICONS[notice.tone]} />
      <div>
        <h3 id="notice-title">{notice.title}</h3>
        {notice.happened === undefined ? null : <p>{notice.happened}</p>}
        {notice.state === undefined ? null : <p class="state">{notice.state}</p>}
        {notice.whatToDo === undefined ? null : <p>{notice.whatToDo}</p>}
      </div>
    </section>
  );
}
