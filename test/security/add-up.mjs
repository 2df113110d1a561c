/**
 * From the lines that the security tests counted to the report of `npm run test:security`. A part that counted nothing, or
 * tests that failed without having counted what was wrong, must not look like a clean run.
 */

const PARTS = ['corpus', 'socket', 'tuf'];

/** `complaints` is empty when all is well. */
export function addUp({ passed, lines }) {
  const counts = lines.filter((line) => line !== '').map((line) => JSON.parse(line));
  const sum = (member) => counts.reduce((total, count) => total + (count[member] ?? 0), 0);
  const [attacks, counted, canaryTouched] = [sum('attacks'), sum('wrong'), sum('canaryTouched')];
  const ratios = counts.flatMap(({ rssRatio }) => (typeof rssRatio === 'number' ? [rssRatio] : []));
  const rssRatio = ratios.length === 0 ? null : Math.max(...ratios);
  const complaints = PARTS.filter(
    (part) => !counts.some(({ kind, attacks }) => kind === part && attacks > 0),
  ).map((part) => `The part \`${part}\` tried no attack.`);
  if (rssRatio === null) complaints.push('Nobody measured the memory of the agent.');
  // A test that failed before it could count got a wrong answer all the same.
  const wrong = !passed && counted === 0 ? 1 : counted;
  if (wrong > 0) complaints.push(`${String(wrong)} attacks got another answer than is due.`);
  if (canaryTouched > 0) complaints.push(`${String(canaryTouched)} attacks touched a canary.`);
  return { document: { attacks, wrong, canaryTouched, rssRatio }, complaints };
}
