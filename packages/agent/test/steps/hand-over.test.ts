/** Whether an agent makes way, and what it says when it cannot. */
import { describe, expect, it } from 'vitest';
import { expectCode } from '../../../../test/support/expect-code.ts';
import { waitFor } from '../../../../test/support/wait-for.ts';
import { handOver } from '../../src/steps/hand-over.ts';
import { createFakeSuccession, createListLog } from '../support/fakes.ts';

const OTHER = '/usr/local/lib/pikit/lib/pikit-agent.mjs';

function scene(program: string | undefined) {
  const succession = createFakeSuccession();
  succession.program = program;
  return { succession, log: createListLog() };
}

describe('handOver', () => {
  it('goes on without a word where no other agent would be started', async () => {
    const { succession, log } = scene(undefined);
    await handOver({ succession, log });
    expect(succession.handedOver).toBe(0);
    expect(log.lines).toEqual([]);
  });

  it('names its successor and waits for its own end', async () => {
    const { succession, log } = scene(OTHER);
    let isOver = false;
    void handOver({ succession, log }).then(() => (isOver = true));
    await waitFor('the successor', () => succession.handedOver === 1);
    expect(isOver).toBe(false);
    expect(log.lines).toEqual([`${OTHER} goes on from here`]);
  });

  it('goes on and says so where systemd has not started it', async () => {
    const { succession, log } = scene(OTHER);
    succession.isForeground = true;
    await handOver({ succession, log });
    expect(succession.handedOver).toBe(0);
    expect(log.lines).toEqual([
      `${OTHER} is the agent from the next start on: systemd has not started this one`,
    ]);
  });

  it('fails when nobody takes over', async () => {
    const { succession, log } = scene(OTHER);
    succession.refuses = true;
    await expectCode(handOver({ succession, log }), 'service-failed');
  });
});
