/** What runs and what is newest, side by side; alone when they are the same. */
import type { JSX } from 'preact';
import type { Spoken } from './language.tsx';
import { Icon } from './icon.tsx';
import type { Part } from './part.ts';

export function Versions({ modal }: Part, { language: { words } }: Spoken): JSX.Element {
  return (
    <section class="versions">
      <dl>
        <div>
          <dt>{words.versions.installed}</dt>
          <dd>{modal.installed}</dd>
        </div>
        {modal.latest === undefined ? null : (
          <>
            <Icon name="next" />
            <div data-news={modal.release !== undefined}>
              <dt>{words.versions.latest}</dt>
              <dd>{modal.latest}</dd>
            </div>
          </>
        )}
      </dl>
      <p class="meta">{modal.meta}</p>
    </section>
  );
}
