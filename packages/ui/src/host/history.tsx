/** The finished transactions: which of them, and each with what is known of it and its log. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { Icon, type IconName } from '../components/icon.tsx';
import { LogViewer } from '../components/log-viewer.tsx';
import { useAsked, Waiting } from './card.tsx';
import type { Device } from './device.ts';
import { Facts } from './facts.tsx';
import { usePageLanguage } from './language.tsx';
import {
  FILTERS,
  historyView,
  PORTION,
  type EntryView,
  type Filter,
} from './model/history-view.ts';

const ICONS: Readonly<Record<EntryView['tone'], IconName>> = {
  good: 'check',
  bad: 'warning',
  neutral: 'info',
};

interface EntryProps {
  readonly entry: EntryView;
  readonly device: Device;
}

function Log({ entry, device }: EntryProps): JSX.Element {
  const asked = useAsked(() => device.commands.log(entry.id), entry.id);
  const { value } = asked;
  return (
    <>
      <Waiting asked={asked} />
      {value === undefined ? null : (
        <LogViewer log={{ transaction: entry.id, lines: value.lines }} id={`log-${entry.id}`} />
      )}
    </>
  );
}

function Entry({ entry, device }: EntryProps): JSX.Element {
  const { history: words } = usePageLanguage().page;
  const [isOpen, setOpen] = useState(false);
  return (
    <li>
      <details open={isOpen} onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
        <summary data-tone={entry.tone}>
          <Icon name={ICONS[entry.tone]} />
          <span>
            {entry.title}
            <span class="meta">{entry.line}</span>
          </span>
        </summary>
        {isOpen ? (
          <div class="entry">
            {entry.error === undefined ? null : (
              <dl class="story">
                <dt>{words.whatHappened}</dt>
                <dd>{entry.error.title}.</dd>
                <dt>{words.whatToDo}</dt>
                <dd>{entry.error.whatToDo}</dd>
              </dl>
            )}
            <Facts facts={entry.facts} />
            <Log entry={entry} device={device} />
          </div>
        ) : null}
      </details>
    </li>
  );
}

function Filters({ filter, onFilter }: { filter: Filter; onFilter: (next: Filter) => void }) {
  const { history: words } = usePageLanguage().page;
  return (
    <fieldset class="filters">
      <legend class="unseen">{words.filter}</legend>
      {FILTERS.map((each) => (
        <button
          key={each}
          type="button"
          class="plain"
          aria-pressed={each === filter}
          onClick={() => onFilter(each)}
        >
          {words[each]}
        </button>
      ))}
    </fieldset>
  );
}

export function HistoryCard({ device }: { readonly device: Device }): JSX.Element {
  const language = usePageLanguage();
  const { history: words } = language.page;
  const [filter, setFilter] = useState<Filter>('all');
  const [most, setMost] = useState(PORTION);
  const asked = useAsked(device.commands.history, device.status.last_result?.id);
  const view = historyView(asked.value?.entries ?? [], filter, most, language);
  const isKnown = asked.value !== undefined;
  return (
    <>
      <Waiting asked={asked} />
      {isKnown ? (
        <Filters
          filter={filter}
          onFilter={(next) => {
            setFilter(next);
            setMost(PORTION);
          }}
        />
      ) : null}
      {isKnown && view.empty !== undefined ? <p class="meta">{view.empty}</p> : null}
      <ul class="entries">
        {view.entries.map((entry) => (
          <Entry key={entry.id} entry={entry} device={device} />
        ))}
      </ul>
      {view.hasMore ? (
        <p class="more">
          <output class="meta">{view.shown}</output>
          <button type="button" class="plain" onClick={() => setMost(most + PORTION)}>
            {words.more}
          </button>
        </p>
      ) : null}
    </>
  );
}
