/** The command line of pikit-api, as a value. */
import { parseArgs } from 'node:util';
import { DEFAULT_CONFIG_FILE } from './config.ts';

export type Arguments =
  | { readonly kind: 'help' }
  | { readonly kind: 'version' }
  | { readonly kind: 'usage-error'; readonly message: string }
  | { readonly kind: 'serve' | 'check-config' | 'set-password'; readonly configFile: string };

export const USAGE = `Usage: pikit-api [--config FILE] [--check-config]
       pikit-api [--config FILE] set-password

Serves the updater's dashboard and its HTTP api.

  set-password     read a password from standard input and store its hash;
                   --set-password does the same
  --config FILE    settings (default ${DEFAULT_CONFIG_FILE})
  --check-config   read the settings, say what is wrong with them, and exit
  --help, --version

Exit codes: 0 done, 1 failed, 2 wrong usage, 78 wrong configuration.
`;

export function readArguments(argv: readonly string[]): Arguments {
  let values;
  let positionals;
  try {
    ({ values, positionals } = parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        config: { type: 'string', default: DEFAULT_CONFIG_FILE },
        'check-config': { type: 'boolean', default: false },
        'set-password': { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
        version: { type: 'boolean', default: false },
      },
    }));
  } catch (error) {
    const message = error instanceof Error ? error.message : 'wrong usage';
    // The rest is a lesson about options, and people have mistyped one.
    return { kind: 'usage-error', message: message.replace(/\.\s.*$/s, '') };
  }
  if (values.version) return { kind: 'version' };
  if (values.help) return { kind: 'help' };
  const [command, ...more] = positionals;
  if (more.length > 0 || (command !== undefined && command !== 'set-password')) {
    return { kind: 'usage-error', message: `there is no command "${positionals.join(' ')}"` };
  }
  const setsPassword = values['set-password'] || command !== undefined;
  if (values['check-config'] && setsPassword) {
    return { kind: 'usage-error', message: '--check-config and set-password exclude each other' };
  }
  const configFile = values.config;
  if (values['check-config']) return { kind: 'check-config', configFile };
  return { kind: setsPassword ? 'set-password' : 'serve', configFile };
}
