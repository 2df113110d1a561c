/** When the daily check runs, as systemd reads it: a few lines that go over those of the timer's own file. */
import type { Settings } from '@pikit/protocol';

const UNITS = '/etc/systemd/system';

/** The lines of ours alone; what an operator writes with `systemctl edit` lies beside them, in another file. */
export function dropInPath(timer: string): string {
  return `${UNITS}/${timer}.d/50-pikit.conf`;
}

/** The empty line takes away the times that were set before: without it there would be two. */
export function dropInText({ checkAt }: Pick<Settings, 'checkAt'>): string {
  return `# Written by the updater, from the settings of the dashboard.
[Timer]
OnCalendar=
OnCalendar=*-*-* ${checkAt}:00
`;
}
