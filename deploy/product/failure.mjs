/** Why a release of the product cannot be made: a code for scripts, a sentence for people. And how a program ends with it. */
export class ReleaseFailure extends Error {
  constructor(code, message, details = {}) {
    super(message);
    this.code = code;
    this.details = details;
  }
}

/** `work` returns a text for people and, unless it is help, a document for scripts. Exits 0 done, 1 failed, 2 usage. */
export function carryOut(program, argv, work) {
  const isJson = argv.includes('--json');
  try {
    const { document, text } = work(argv);
    process.stdout.write(isJson && document ? `${JSON.stringify(document)}\n` : text);
  } catch (error) {
    process.exitCode = fail(program, error, isJson);
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
