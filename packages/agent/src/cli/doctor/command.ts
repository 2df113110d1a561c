/** `pikit-rpc doctor` as the operator sees it: a line for each check, or one JSON document; exit 1 when a person is needed. */
import { plain } from '../../core/plain-text.ts';
import { ownerFor } from '../device/owner.ts';
import { EXIT } from '../exit-codes.ts';
import { withRoot } from '../with-root.ts';
import { examine, type Patient } from './examine.ts';
import { describeVerdict, needsPerson, type Verdict } from './verdict.ts';

/** Throws as `ownerFor`: who is not root sees only half, and would be told that half of it is missing. */
export async function runDoctor(
  patient: Patient,
  json: boolean,
  write: (line: string) => void,
): Promise<number> {
  const owner = await ownerFor(patient, 'see what doctor looks at');
  const found = await examine({ ...patient, uid: owner });
  const verdicts = found.map((verdict) => belowRoot(verdict, patient.root));
  const isNeeded = needsPerson(verdicts);
  if (json) {
    write(JSON.stringify({ ok: !isNeeded, checks: verdicts }));
  } else {
    for (const verdict of verdicts) write(plain(describeVerdict(verdict)));
    write(isNeeded ? 'a person is needed: see what is bad above' : 'all well');
  }
  return isNeeded ? EXIT.failed : EXIT.ok;
}

function belowRoot({ found, advice, ...verdict }: Verdict, root: string): Verdict {
  return {
    ...verdict,
    found: withRoot(found, root),
    advice: advice === null ? null : withRoot(advice, root),
  };
}
