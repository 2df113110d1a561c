/** Why a unit could not be changed: it is broken, or this device does not have it at all. Asked after a failure only. */
import type { Services } from '../system-ports.ts';

/** True too when systemd does not answer: then nobody has said that the unit is not there. */
export async function isUnitThere(services: Services, unit: string): Promise<boolean> {
  try {
    const [state] = await services.look([unit]);
    return state?.isThere === true;
  } catch {
    // because the failure that led here is the one to tell
    return true;
  }
}
