/**
 * What changes, version by version. The api makes harmless HTML of it (Markdown, no HTML of its own); until that has come, and
 * where an api of an earlier release makes none, the text of the offered release stands here as it is.
 */
import { Component, type JSX } from 'preact';
import type { ReleaseNotes as Notes } from '../model/commands.ts';
import type { Spoken } from './language.tsx';
import type { ReleaseView } from '../model/view-model.ts';

interface Props {
  readonly release: ReleaseView;
  readonly read: () => Promise<readonly Notes[]>;
}

interface State {
  readonly found: readonly Notes[];
}

function Plain(
  { notes }: Pick<ReleaseView, 'notes'>,
  { language: { words } }: Spoken,
): JSX.Element {
  if (notes === undefined) return <p class="meta">{words.release.notesMissing}</p>;
  return <p class="notes raw">{notes}</p>;
}

export class ReleaseNotes extends Component<Props, State> {
  override state: State = { found: [] };
  /** Of the release that the last question was about. */
  #wanted: string | undefined;

  override componentDidMount(): void {
    const { release, read } = this.props;
    this.#wanted = release.id;
    void read().then((found) => {
      if (this.#wanted === release.id) this.setState({ found });
    });
  }

  override componentDidUpdate(): void {
    if (this.#wanted !== this.props.release.id) this.componentDidMount();
  }

  override componentWillUnmount(): void {
    this.#wanted = undefined;
  }

  override render({ release }: Props, { found }: State): JSX.Element {
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
}
