/** Are the configuration files good, and which key of which is wrong? The programs themselves say so. */
import { withoutAdvice } from '../advice.ts';
import { bad, ok, type Verdict } from './verdict.ts';

export interface ConfigAnswer {
  readonly file: string;
  /** Of the program's `--check-config`. */
  readonly code: number | undefined;
  /** What it said on standard error. */
  readonly complaint: string;
  readonly command: string;
}

export function judgeConfig({ file, code, complaint, command }: ConfigAnswer): Verdict {
  if (code === 0) return ok('config', `${file} is good`);
  const [line = ''] = complaint.trim().split('\n');
  const words = withoutAdvice(line.replace(/^pikit-\w+: /, ''));
  const found = words === '' ? `${file} could not be checked` : words;
  return bad('config', found, `correct it, then: ${command}`);
}
