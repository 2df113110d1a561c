/**
 * The whole view-model as one table that a person can read: every story as it is for the owner, for somebody who is signed out,
 * without a line to the device, and while its updater is away. The table is every-state.txt beside this file.
 */
import { expect, it } from 'vitest';
import { loadLanguage } from '../../packages/ui/src/catalogue/load-language.ts';
import { stories, STORY_NOW } from '../../packages/ui/src/mock/stories.ts';
import type { ActionView } from '../../packages/ui/src/model/actions-view.ts';
import type { Situation } from '../../packages/ui/src/model/situation.ts';
import { shownOf } from '../../packages/ui/test/support/shown.ts';

const language = await loadLanguage('en');

const PERMISSIONS: Readonly<Record<string, Partial<Situation>>> = {
  owner: {},
  'signed out': { link: { kind: 'signed-out', since: STORY_NOW } },
  'no line': { link: { kind: 'reconnecting', since: STORY_NOW - 60_000 } },
  'updater away': { agent: 'away' },
};

const BUTTONS = ['check', 'install', 'download', 'skip', 'cancel', 'rollBack', 'verify', 'repair'];

/** `+` live, `-` there but dead, nothing: not there. */
function buttonsOf(actions: Readonly<Record<string, unknown>>): string {
  return BUTTONS.flatMap((name) => {
    const { shown, reason } = actions[name] as ActionView;
    return shown ? [`${reason === undefined ? '+' : '-'}${name}`] : [];
  }).join(' ');
}

function row(situation: Situation): readonly string[] {
  const { chip, modal } = shownOf(situation, STORY_NOW, language);
  const { notice, work, files, release, actions } = modal;
  const said = [
    ['chip', `${chip.label} (${chip.tone})`],
    ['notice', notice?.title],
    ['state', notice?.state],
    ['to do', notice?.whatToDo],
    ['damage', files.damaged?.title],
    ['work', work && `${work.title}, ${work.percentText}, ${work.hint}`],
    ['offer', release && [release.heading, ...release.facts].join(', ')],
    ['buttons', `${buttonsOf({ ...actions })}; first: ${actions.leading ?? 'none'}`],
    ['why not', actions.reasons.join(' ')],
  ] as const;
  return said.flatMap(([what, text]) =>
    text === undefined || text === '' ? [] : [`    ${what}: ${text}`],
  );
}

it('shows every state to everybody as the table says', async () => {
  const lines = Object.entries(stories).flatMap(([name, situation]) =>
    Object.entries(PERMISSIONS).flatMap(([who, change]) => [
      `${name}, ${who}`,
      ...row({ ...situation, ...change }),
    ]),
  );
  await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot('every-state.txt');
});
