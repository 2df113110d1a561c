/**
 * The guard itself (deploy/guard) at its worst moments: it arrives wherever it was cut off, and an agent that ends the update just then
 * is no fault.
 */
import { readdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  ARMED,
  BACK,
  FIRED,
  FIRING,
  guardedDevice,
  NEW,
  NOTE,
  OLD,
  put,
  RELEASES,
} from './guard-scene.ts';

const { beside, device, state, lay, letTimePass, look, calls, current, notes } = guardedDevice();

describe('a guard that an agent forestalls', () => {
  it.each([
    ['it is read', 'head', ARMED, ['stop pikit-guard.timer']],
    ['its time is over', 'mv guard.firing', ARMED, []],
    ['the agent is to be started anew', 'systemctl reset-failed', ARMED, BACK.slice(0, 2)],
    ['that is done', 'systemctl restart', ARMED, BACK],
    ['that is noted', 'mv guard.fired', ARMED, BACK],
    [
      'the agent is to be started anew, once more',
      'systemctl reset-failed',
      FIRING,
      BACK.slice(0, 2),
    ],
  ])('has nothing to complain of when the update ends as %s', async (_when, call, note, made) => {
    await rename(state(ARMED), state(note));
    await letTimePass();
    // As an agent does that its sockets have started.
    const [program = '', verb = ''] = call.split(' ');
    const ending = beside('ending');
    const files = [ARMED, FIRING, FIRED, 'journal.json'].map(state).join(' ');
    const script = `case "$*" in *'${verb}'*) rm -f ${files} ;; esac\nPATH=\${PATH#*:}\n"\${0##*/}" "$@"\n`;
    await put(join(ending, program), `#!/bin/sh\n${script}`, 0o755);
    const { status, stderr } = look({}, ending);
    expect({ status, made: await calls(), notes: await notes() }).toEqual({
      status: 0,
      made,
      notes: [],
    });
    expect(stderr).not.toContain('believed');
  });
});

it('starts the agent once more when systemd has not come to run it', async () => {
  await letTimePass();
  await put(beside('systemd/lost/pikit-agent.service'), '1\n');
  expect(look().status).toBe(0);
  expect([await notes(), await calls()]).toEqual([[FIRED], [...BACK, BACK[2]]]);
});

/** Each ends the shell that has called it when its number comes up: after its own work. */
const CUTTING = `#!/bin/sh
count=$(($(cat "$CUT/count") + 1))
echo "$count" >"$CUT/count"
PATH=\${PATH#*:}
"\${0##*/}" "$@"
code=$?
if [ "$count" = "$CUT_AT" ]; then kill -KILL $PPID; fi
exit $code
`;

describe('a guard that is cut off', () => {
  it.each([
    ['to a release', OLD],
    ['to nothing', 'none'],
  ])('arrives when it is run again, on the way back %s', async (_where, tree) => {
    const cutting = beside('cutting');
    for (const program of ['mv', 'ln', 'rm', 'sync', 'systemctl']) {
      await put(join(cutting, program), CUTTING, 0o755);
    }
    for (let at = 1; ; at += 1) {
      await lay();
      await put(state(ARMED), NOTE.replace(OLD, tree));
      await letTimePass();
      await put(join(cutting, 'count'), '0\n');
      const { signal } = look({ CUT: cutting, CUT_AT: String(at) }, cutting);
      const way = tree === 'none' ? 'none' : `${RELEASES}/${tree}`;
      // At no moment it leads anywhere else.
      expect([`${RELEASES}/${NEW}`, way]).toContain(await current());
      if (signal === null) {
        expect(at).toBeGreaterThan(8);
        break;
      }
      look();
      const went = { notes: await notes(), current: await current() };
      expect({ at, ...went }).toEqual({ at, notes: [FIRED], current: way });
      expect((await calls()).at(-1)).toMatch(/start pikit-agent\.service$/);
      expect(await readdir(device('var/lib/pikit'))).not.toContain('.current.pikit-guard');
    }
  });
});
