/** What runs and what is newest, side by side; alone when they are the same. */
import type { JSX } from 'preact';
import { useLanguage } from './language.tsx';
import type { ModalView } from '../model/view-model.ts';
import { Icon } from './icon.tsx';

export function Versions({ modal }: { readonly modal: ModalView }): JSX.Element {
  const { words } = useLanguage();
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
