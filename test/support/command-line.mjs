/** The command lines of the commands beside `npm test`: what was asked for, the help, and a refusal that says what is wrong. */
import { parseArgs } from 'node:util';

/** `options` as parseArgs takes them, without `help`. Prints the help and ends with 0 where it is asked for. */
export function readOptions(help, options) {
  const values = parse({ ...options, help: { type: 'boolean', default: false } });
  if (!values.help) return values;
  process.stdout.write(help);
  return process.exit(0);
}

/** Ends with 2. */
export function refuse(text) {
  process.stderr.write(`${text}\nSee --help.\n`);
  process.exit(2);
}

/** A whole number, of which `pattern` says whether it may be negative. */
export function count(name, text, pattern = /^\d{1,10}$/) {
  if (!pattern.test(text)) refuse(`--${name} takes a number, not ${text}`);
  return Number(text);
}

function parse(options) {
  try {
    return parseArgs({ options }).values;
  } catch (error) {
    return refuse(error.message);
  }
}
