/**
 * Makes the agent stand aside: by systemd where that runs it, else by its process. It is stopped as by a power cut, which it
 * survives by design: the journal knows how to go on.
 */
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { runProgram } from '../device/program.ts';
import { readUnits } from '../device/units.ts';

/** In this order: a socket would start the service again. */
const UNITS = ['pikit-agent.socket', 'pikit-agent-api.socket', 'pikit-agent.service'] as const;
const SOCKETS = UNITS.slice(0, 2);
/** Longer than TimeoutStopSec of the unit, after which systemd kills it. */
const SYSTEMD_MS = 60_000;
const PATIENCE_MS = 5_000;
const STEP_MS = 100;

interface Stopped {
  /** Lets it be started by the next call again; says what did not work. */
  readonly giveBack: () => Promise<void>;
}

/** `holder`: of the updater's lock. `isSilent`: only then a process that systemd does not know is ended. */
export async function stopAgent(
  holder: number | undefined,
  isSilent: boolean,
  say: (line: string) => void,
): Promise<Stopped> {
  const units = (await readUnits(UNITS)) ?? [];
  const known = UNITS.filter((name) =>
    units.some((unit) => unit.name === name && unit.load === 'loaded'),
  );
  for (const name of known) {
    say(`stopping ${name} (systemctl stop; killed if it does not listen)`);
    const { code, stderr } = await runProgram('systemctl', ['stop', name], SYSTEMD_MS);
    if (code !== 0) say(`${name} could not be stopped: ${stderr.trim()}`);
  }
  if (holder !== undefined && isSilent && (await isAgent(holder))) await end(holder, say);
  return {
    giveBack: async () => {
      for (const name of known.filter((one) => SOCKETS.includes(one))) {
        const { code, stderr } = await runProgram('systemctl', ['start', name], SYSTEMD_MS);
        say(code === 0 ? `started ${name}` : `${name} could not be started: ${stderr.trim()}`);
      }
    },
  };
}

/** A number alone may be anybody's by now. */
async function isAgent(pid: number): Promise<boolean> {
  try {
    const words = (await readFile(`/proc/${String(pid)}/cmdline`, 'utf8')).split('\0');
    return words.some((word) => word.endsWith('pikit-agent.mjs') || word.endsWith('/pikit-agent'));
  } catch {
    // because it has ended
    return false;
  }
}

async function end(pid: number, say: (line: string) => void): Promise<void> {
  say(`ending the agent that hangs (process ${String(pid)}): SIGTERM, then SIGKILL`);
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    try {
      process.kill(pid, signal);
    } catch {
      // because it has ended meanwhile
      return;
    }
    for (let waited = 0; waited < PATIENCE_MS; waited += STEP_MS) {
      if (!(await isAgent(pid))) return;
      await sleep(STEP_MS);
    }
  }
  say(`process ${String(pid)} is still there: a restart of the device ends it`);
}
