/** A signed-in device or a token: what its owner knows it by, and what can be done about it. */
import type { ComponentChildren, JSX } from 'preact';
import { usePageLanguage } from './language.tsx';
import type { VisitorView } from './model/access-view.ts';

interface Props {
  readonly visitor: VisitorView;
  readonly children: ComponentChildren;
}

export function Visitor({ visitor, children }: Props): JSX.Element {
  const { access: words } = usePageLanguage().page;
  return (
    <li class="row">
      <div>
        <p>
          {visitor.name}
          {visitor.isOwn ? <span class="badge">{words.here}</span> : null}
        </p>
        <p class="meta">{visitor.lines.join(' · ')}</p>
      </div>
      {children}
    </li>
  );
}
