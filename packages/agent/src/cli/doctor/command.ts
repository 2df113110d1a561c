/** `pikit-rpc doctor` as the operator sees it: a line for each check, or one JSON document; exit 1 when a person is needed. */
import { UpdateError } from '@pikit/protocol';
import { plain } from '../../core/plain-text.ts';
import { EXIT } from '../exit-codes.ts';
import { examine, type Patient } from './examine.ts';
import { describeVerdict, needsPerson } from './verdict.ts';

/** Throws `forbidden`: who is not root sees only half, and would be told that half of it is missing. */
export async function runDoctor(
  patient: Patient,
  json: boolean,
  write: (line: string) => void,
): Promise<number> {
  if (patient.root === '/' && patient.uid !== 0) {
    throw new UpdateError('forbidden', 'only root may see what doctor looks at');
  }
  const verdicts = await examine(patient);
  const isNeeded = needsPerson(verdicts);
  if (json) {
    write(JSON.stringify({ ok: !isNeeded, checks: verdicts }));
  } else {
    for (const verdict of verdicts) write(plain(describeVerdict(verdict)));
    write(isNeeded ? 'a person is needed: see what is bad above' : 'all well');
  }
  return isNeeded ? EXIT.failed : EXIT.ok;
}
