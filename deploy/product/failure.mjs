/** Why a release of the product cannot be made: a code for scripts, a sentence for people. And how a program ends with it. */
import { parseArgs } from 'node:util';

export class ReleaseFailure extends Error {
  constructor(code, message, details = {}) {
    super(message);
    this.code = code;
    this.details = details;
  }
}

/**
 * `work` takes the values of the options, to which `--json` and `--help` are added, and returns a text for people and a document
 * for scripts. Exits 0 done, 1 failed, 2 usage.
 */
export function carryOut(program, { usage, options, work }) {
  const argv = process.argv.slice(2);
  const isJson = argv.includes('--json');
  try {
    const values = valuesOf(argv, usage, options);
    const { document, text } = values.help ? { text: usage } : work(values);
    process.stdout.write(isJson && document ? `${JSON.stringify(document)}\n` : text);
  } catch (error) {
    process.exitCode = fail(program, error, isJson);
  }
}

function valuesOf(args, usage, own) {
  const flag = { type: 'boolean', default: false };
  try {
    return parseArgs({ args, options: { ...own, json: flag, help: flag } }).values;
  } catch (cause) {
    process.stderr.write(usage);
    throw new ReleaseFailure('invalid-request', cause.message);
  }
}

function fail(program, error, isJson) {
  const isExpected = error instanceof ReleaseFailure;
  const { code, message, details } = isExpected
    ? error
    : { code: 'internal', message: String(error), details: {} };
  if (isJson) process.stdout.write(`${JSON.stringify({ error: { code, message, details } })}\n`);
  process.stderr.write(`${program}: ${isExpected ? message : error.stack}\n`);
  return code === 'invalid-request' ? 2 : 1;
}
