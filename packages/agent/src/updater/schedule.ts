/** Makes the systemd timer of the daily check what the settings say. Undone where that fails midway. */
import { DEFAULT_SETTINGS, type Settings, type SettingsChange } from '@pikit/protocol';
import { dropInPath, dropInText } from '../core/timer-schedule.ts';
import type { Disk, Log } from '../ports.ts';
import type { Services } from '../system-ports.ts';

const MAX_DROP_IN_BYTES = 4096;

interface Tools {
  readonly disk: Disk;
  readonly services: Services;
  readonly log: Log;
}

/** Throws `write-failed`, `no-space` or `service-failed`. Without the timer, as without systemd, there is nothing to do. */
export async function schedule(
  { disk, services, log }: Tools,
  timer: string,
  settings: Settings,
  change: SettingsChange,
): Promise<void> {
  const [state] = await services.look([timer]);
  if (state?.isThere !== true) {
    log.warning(
      `${timer} is not on this device: the setting is kept, but nothing checks by itself`,
    );
    return;
  }
  const path = dropInPath(timer);
  const text = dropInText(settings);
  const before = await disk.read(path, MAX_DROP_IN_BYTES);
  // As long as nobody has chosen a time, the timer's own file decides.
  const isChosen = change.checkAt !== undefined || settings.checkAt !== DEFAULT_SETTINGS.checkAt;
  const isDue = isChosen && new TextDecoder().decode(before) !== text;
  try {
    if (isDue) {
      await disk.write(path, text, 0o644);
      await services.reloadUnitFiles();
    }
    await services.setEnabled(timer, settings.autoCheck);
    // One that runs goes on waiting for the time that it has read.
    if (isDue && settings.autoCheck) await services.restart(timer);
  } catch (error) {
    if (isDue) await undo({ disk, services, log }, path, before);
    throw error;
  }
}

async function undo(
  { disk, services, log }: Tools,
  path: string,
  before: Uint8Array | undefined,
): Promise<void> {
  try {
    await (before === undefined ? disk.remove(path) : disk.write(path, before, 0o644));
    await services.reloadUnitFiles();
  } catch (error) {
    // because the first failure is the one to tell
    log.error(`${path} could not be brought back: ${String(error)}`);
  }
}
