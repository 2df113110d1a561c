/** The command line of pikit-api, as a value. */
import { parseArgs } from 'node:util';
import { DEFAULT_CONFIG_FILE } from './config.ts';

export type Arguments =
  | { readonly kind: 'help' }
  | { readonly kind: 'usage-error'; readonly message: string }
  | { readonly kind: 'serve' | 'check-config' | 'set-password'; readonly configFile: string };

export const USAGE = `Usage: pikit-api [--config FILE] [--check-config | --set-password]

Serves the updater's dashboard and its HTTP api.

  --config FILE    settings (default ${DEFAULT_CONFIG_FILE})
  --check-config   read the settings, say what is wrong with them, and exit
  --set-password   read a password from standard input and store its hash
  --help           show this text

Exit codes: 0 done, 1 failed, 2 wrong usage, 78 wrong configuration.
`;

export function readArguments(argv: readonly string[]): Arguments {
  let values;
  try {
    ({ values } = parseArgs({
      args: [...argv],
      options: {
        config: { type: 'string', default: DEFAULT_CONFIG_FILE },
        'check-config': { type: 'boolean', default: false },
        'set-password': { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    }));
  } catch (error) {
    return { kind: 'usage-error', message: error instanceof Error ? error.message : 'wrong usage' };
  }
  if (values.help) return { kind: 'help' };
  if (values['check-config'] && values['set-password']) {
    return { kind: 'usage-error', message: '--check-config and --set-password exclude each other' };
  }
  const configFile = values.config;
  if (values['check-config']) return { kind: 'check-config', configFile };
  return { kind: values['set-password'] ? 'set-password' : 'serve', configFile };
}
