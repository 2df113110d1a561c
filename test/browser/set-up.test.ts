/** The first sign-in of all: no password is set, and the owner chooses one with the code that stands in the journal. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createClosers } from '../demo/closers.ts';
import { startStack, type Stack } from '../support/start-stack.ts';
import { makeTempDir } from '../support/temp-dir.ts';
import { waitFor } from '../support/wait-for.ts';
import { CHROMIUM_NOTE, hasChromium, launchChromium } from './support/chromium.ts';

const closers = createClosers();
let stack: Stack;

beforeAll(async () => {
  if (!hasChromium) return;
  const temp = await makeTempDir();
  await closers.add(() => temp.remove());
  stack = await startStack({
    root: join(temp.path, 'root'),
    source: { kind: 'dir', path: '/srv/releases' },
  });
  await closers.add(() => stack.stop());
  await stack.stopApi();
  await rm(stack.device.passwordFile);
  await stack.startApi();
});
afterAll(() => closers.closeAll());

describe.skipIf(!hasChromium)(`the set-up${CHROMIUM_NOTE}`, () => {
  it('asks for the code, says when it is wrong, and signs in with the right one', async () => {
    const code = await waitFor(
      'the code',
      () => /set-up code (\S{17}), /.exec(stack.output())?.[1],
    );
    const browser = await launchChromium();
    await closers.add(() => browser.close());
    const page = await browser.newPage();
    await page.goto(stack.apiUrl());
    const form = page.locator('#page');
    const signIn = form.getByRole('button', { name: 'Sign in' });
    await form.getByText('No password is set yet.').waitFor();
    await form.getByLabel('Password').fill('the first password');
    await signIn.click();
    await form.getByLabel('Set-up code').fill('AAAA-AAAA');
    await signIn.click();
    await form.getByText('That is not the set-up code.').waitFor();
    await expect.poll(() => page.locator('*:focus').getAttribute('id')).toBe('code');
    await form.getByLabel('Set-up code').fill(code.toLowerCase());
    await form.getByLabel('Password').fill('short');
    await signIn.click();
    await form.getByText('A password has at least').waitFor();
    await expect.poll(() => page.locator('*:focus').getAttribute('id')).toBe('password');
    await form.getByLabel('Password').fill('the first password');
    await signIn.click();
    await form.getByRole('button', { name: 'Sign out' }).click();
    await form.getByRole('heading', { name: 'Sign in' }).waitFor();
    await form.getByLabel('Password').fill('the first password');
    await signIn.click();
    await form.getByRole('button', { name: 'Sign out' }).waitFor();
  });
});
