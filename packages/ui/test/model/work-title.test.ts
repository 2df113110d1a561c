/** What the running transaction is called. */
import { expect, it } from 'vitest';
import type { TransactionView } from '@pikit/protocol';
import { loadChipLanguage } from '../../src/catalogue/load-language.ts';
import { workTitle } from '../../src/model/work-title.ts';
import { aTransaction } from '../support/builders.ts';

const language = await loadChipLanguage('en');

it.each([
  [{}, 'Updating to 1.4.0'],
  [{ stageOnly: true }, 'Downloading 1.4.0'],
  [{ kind: 'rollback' }, 'Rolling back to 1.4.0'],
  [{ kind: 'repair' }, 'Repairing 1.4.0'],
  [{ phase: 'rolling-back' }, 'Going back to 1.3.0'],
  [{ phase: 'rolling-back', from: 'preexisting' }, 'Going back to the earlier dashboard'],
] as const)('names %j', (change: Partial<TransactionView>, title) => {
  expect(workTitle(aTransaction(change), language)).toBe(title);
});
