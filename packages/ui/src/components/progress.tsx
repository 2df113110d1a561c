/** The running transaction: one bar for the whole, the list of phases, the amount of this phase, and the time so far. */
import type { JSX } from 'preact';
import type { Spoken } from './language.tsx';
import type { PhaseView, WorkView } from '../model/work-view.ts';
import { Icon, type IconName } from './icon.tsx';

const ICONS: Readonly<Record<PhaseView['state'], IconName>> = {
  done: 'check',
  current: 'ring',
  todo: 'dots',
};

function PhaseLine(
  {
    phase,
    amount,
  }: {
    phase: PhaseView;
    amount: string | undefined;
  },
  { language: { words } }: Spoken,
): JSX.Element {
  const isCurrent = phase.state === 'current';
  return (
    <li data-state={phase.state} aria-current={isCurrent ? 'step' : undefined}>
      <Icon name={ICONS[phase.state]} />
      <span>
        {phase.label}
        <span class="unseen">, {words.work[phase.state]}</span>
      </span>
      {isCurrent && amount !== undefined ? <span class="amount">{amount}</span> : null}
    </li>
  );
}

export function Progress({ work }: { readonly work: WorkView }): JSX.Element {
  return (
    <section class="work" aria-labelledby="work-title">
      <div class="work-head">
        <h3 id="work-title">{work.title}</h3>
        <span class="percent">{work.percentText}</span>
      </div>
      <progress max={100} value={work.percent} aria-labelledby="work-title">
        {work.percentText}
      </progress>
      <p class="meta">{work.elapsed}</p>
      <ol class="phases">
        {work.phases.map((phase) => (
          <PhaseLine key={phase.phase} phase={phase} amount={work.amount} />
        ))}
      </ol>
      <p class="meta">{work.hint}</p>
    </section>
  );
}
