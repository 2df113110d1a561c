/** `pikit-rpc doctor` as the operator sees it: a line for each check, or one JSON document; exit 1 when a person is needed. */
import { UpdateError } from '@pikit/protocol';
import { stat } from 'node:fs/promises';
import { plain } from '../../core/plain-text.ts';
import { EXIT } from '../exit-codes.ts';
import { examine, type Patient } from './examine.ts';
import { describeVerdict, needsPerson } from './verdict.ts';

/** Throws `invalid-request` where there is no such sandbox, and `forbidden`: who is not root sees only half, and would be told that half of it is missing. */
export async function runDoctor(
  patient: Patient,
  json: boolean,
  write: (line: string) => void,
): Promise<number> {
  const owner = await ownerOf(patient.root);
  if (patient.uid !== 0 && patient.uid !== owner) {
    const whose =
      patient.root === '/'
        ? 'only root may'
        : `${patient.root} is another user's: only they and root may`;
    throw new UpdateError('forbidden', `${whose} see what doctor looks at`);
  }
  const verdicts = await examine({ ...patient, uid: owner });
  const isNeeded = needsPerson(verdicts);
  if (json) {
    write(JSON.stringify({ ok: !isNeeded, checks: verdicts }));
  } else {
    for (const verdict of verdicts) write(plain(describeVerdict(verdict)));
    write(isNeeded ? 'a person is needed: see what is bad above' : 'all well');
  }
  return isNeeded ? EXIT.failed : EXIT.ok;
}

/** Below `--root` whoever the directory belongs to is what root is on a device. */
async function ownerOf(root: string): Promise<number> {
  const found = await stat(root).catch(() => undefined); // because it is told below
  if (found?.isDirectory() === true) return found.uid;
  throw new UpdateError('invalid-request', `${root} is no directory, and --root names a sandbox`);
}
