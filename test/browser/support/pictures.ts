/**
 * Pictures of what a test looks at, for a person: in test-output/, and only where `PIKIT_PICTURES` asks for them, because
 * drawing and packing them takes longer than the tests. Nothing is asserted of a picture.
 */
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { repositoryRoot } from '../../support/repository-root.ts';

const PICTURES = join(repositoryRoot(), 'test-output');

export const arePicturesWanted = (process.env['PIKIT_PICTURES'] ?? '') !== '';

/** `name` is a path below test-output/, without the ending. */
export async function takePicture(page: Page, name: string, { fullPage = false } = {}) {
  if (!arePicturesWanted) return;
  await page.screenshot({ path: join(PICTURES, `${name}.png`), fullPage });
}
