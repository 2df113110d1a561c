/** A reload is put off while the page holds something, and made up for once. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createLateReload } from '../../../src/host/model/late-reload.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function setUp(holding: boolean) {
  const page = { holding, prevented: 0, reloads: 0 };
  const beforeReload = createLateReload({
    holds: () => page.holding,
    reload: () => (page.reloads += 1),
  });
  const announce = () => beforeReload({ preventDefault: () => (page.prevented += 1) });
  return { page, announce };
}

it('lets a page reload that holds nothing', () => {
  const { page, announce } = setUp(false);
  announce();
  vi.advanceTimersByTime(60_000);
  expect(page).toMatchObject({ prevented: 0, reloads: 0 });
});

it('waits for as long as something is held, and reloads once', () => {
  const { page, announce } = setUp(true);
  announce();
  announce();
  vi.advanceTimersByTime(3_600_000);
  expect(page).toMatchObject({ prevented: 2, reloads: 0 });
  page.holding = false;
  vi.advanceTimersByTime(60_000);
  expect(page.reloads).toBe(1);
});
