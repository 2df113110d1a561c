/**
 * What axe finds wrong with a page, for somebody who cannot see it, hear it or point at it. All rules, on everything that is shown.
 */
import axe from 'axe-core';
import type { Page } from 'playwright-core';

/** Takes a page that has it already as it is: to read its half a megabyte takes longer than to look at the page. */
async function bringAxe(page: Page): Promise<void> {
  if (await page.evaluate(`typeof axe === 'undefined'`)) {
    await page.evaluate(`${axe.source}; undefined`);
  }
}

/** Of what is right it collects nothing, which changes nothing in what it looks at. */
const LOOK = `axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) =>
  violations.map(({ id, nodes }) => id + ': ' + nodes.map(({ html }) => html).join()))`;

/** Each a rule and the elements that break it; empty when all is well. */
export async function violationsOn(page: Page): Promise<readonly string[]> {
  await bringAxe(page);
  return page.evaluate<readonly string[]>(LOOK);
}
