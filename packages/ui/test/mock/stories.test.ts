/** The gallery's states are real ones: the protocol's own schema takes each of them. */
import { describe, expect, it } from 'vitest';
import { PHASES, StatusSchema } from '@pikit/protocol';
import { loadLanguage } from '../../src/catalogue/load-language.ts';
import { chipView } from '../../src/model/chip-view.ts';
import statuses from '../../src/mock/mock-update-status.json' with { type: 'json' };
import { stories, STORY_NOW } from '../../src/mock/stories.ts';

describe('mock-update-status.json', () => {
  it.each(Object.entries(statuses))('%s is a status', async (_, document) => {
    const result = await StatusSchema['~standard'].validate(document);
    expect(result.issues).toBeUndefined();
  });

  it('shows only phases that exist', () => {
    const shown = Object.values(statuses).flatMap(({ transaction }) => transaction?.phase ?? []);
    expect(PHASES).toEqual(expect.arrayContaining(shown));
    expect(shown.length).toBeGreaterThan(5);
  });
});

describe('stories', () => {
  it('has a story for every state of the chip', async () => {
    const language = await loadLanguage('en');
    const states = Object.values(stories).map(
      (situation) => chipView(situation, STORY_NOW, language).state,
    );
    expect([...new Set(states)].toSorted()).toEqual([
      'available',
      'away',
      'check-failed',
      'check-paused',
      'checking',
      'connecting',
      'damaged',
      'failed',
      'not-checked',
      'not-found',
      'offline',
      'reconnecting',
      'repairing',
      'rolling-back',
      'signed-out',
      'skipped',
      'up-to-date',
      'updating',
    ]);
  });
});
