/**
 * What axe finds wrong with a page, for somebody who cannot see it, hear it or point at it. All rules, on everything that is shown.
 */
import axe from 'axe-core';
import type { Page } from 'playwright-core';

/**
 * Takes a page that has it already as it is: to read its half a megabyte takes longer than to look at the page. What comes from an
 * address of the page's own site is read once for all pages of the browser, which remembers what it has made of it.
 */
async function bringAxe(page: Page, url: string | undefined): Promise<void> {
  if (!(await page.evaluate<boolean>(`typeof axe === 'undefined'`))) return;
  if (url === undefined) await page.evaluate(`${axe.source}; undefined`);
  else await page.addScriptTag({ url });
}

/** Of what is right it collects nothing, which changes nothing in what it looks at. */
const LOOK = `axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) =>
  violations.map(({ id, nodes }) => id + ': ' + nodes.map(({ html }) => html).join()))`;

/** Each a rule and the elements that break it; empty when all is well. `axeUrl`: where the site of the page has axe. */
export async function violationsOn(page: Page, axeUrl?: string): Promise<readonly string[]> {
  await bringAxe(page, axeUrl);
  return page.evaluate<readonly string[]>(LOOK);
}
