/**
 * What changes, version by version. The api makes harmless HTML of it (Markdown, no HTML of its own); until that has come, and
 * where an api of an earlier release makes none, the text of the offered release stands here as it is.
 */
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { ReleaseNotes as Notes } from '../model/commands.ts';
import { useLanguage } from './language.tsx';
import type { ReleaseView } from '../model/view-model.ts';

interface Props {
  readonly release: ReleaseView;
  readonly read: () => Promise<readonly Notes[]>;
}

function Plain({ notes }: Pick<ReleaseView, 'notes'>): JSX.Element {
  const { words } = useLanguage();
  if (notes === undefined) return <p class="meta">{words.release.notesMissing}</p>;
  return <p class="notes raw">{notes}</p>;
}

export function ReleaseNotes({ release, read }: Props): JSX.Element {
  const [found, setFound] = useState<readonly Notes[]>([]);
  useEffect(() => {
    let isWanted = true;
    void read().then((notes) => {
      if (isWanted) setFound(notes);
    });
    return () => {
      isWanted = false;
    };
  }, [release.id]);
  // Of another release than the one that is shown, for a moment or because the answer was older.
  const isOf = found.some(({ version }) => version === release.version);
  if (!isOf) return <Plain notes={release.notes} />;
  return (
    <>
      {found.map(({ version, html }) => (
        <div key={version} class="notes">
          {version === release.version ? null : <h4>{version}</h4>}
          <div dangerouslySetInnerHTML={{ __html: html }} />
        </div>
      ))}
    </>
  );
}
