/**
 * What a command of a release may do: the properties of the unit that it runs in (systemd.exec(5), as Debian 12 knows them).
 * It is confined more than the agent is: no network, nothing to write but what the config names.
 */
import type { CommandRun } from '../system-ports.ts';

const FIXED = [
  // Only of this type does systemd-run wait for the end without D-Bus, which a small Debian lacks.
  'Type=oneshot',
  'TimeoutStopSec=5s',
  'StandardInput=null',
  'StandardOutput=journal',
  'StandardError=inherit',
  'UMask=0022',
  'NoNewPrivileges=yes',
  // Else root finds in /proc/PID/root the files and sockets of a process that may do no more than it, such as the agent.
  'CapabilityBoundingSet=',
  'PrivateUsers=yes',
  'ProtectSystem=strict',
  'ProtectHome=tmpfs',
  // Where sockets are: whoever may ask systemd or the agent for something as root has left the sandbox.
  'TemporaryFileSystem=/run:ro',
  // Tokens, sessions and keys; what a release may know of the updater is PIKIT_VERSION.
  'InaccessiblePaths=-/etc/pikit -/var/lib/pikit-api -/var/lib/pikit-update',
  'PrivateTmp=yes',
  'PrivateDevices=yes',
  'PrivateNetwork=yes',
  'PrivateIPC=yes',
  'ProtectClock=yes',
  'ProtectControlGroups=yes',
  'ProtectHostname=yes',
  'ProtectKernelLogs=yes',
  'ProtectKernelModules=yes',
  'ProtectKernelTunables=yes',
  'ProtectProc=invisible',
  'LockPersonality=yes',
  'RestrictAddressFamilies=AF_UNIX',
  'RestrictNamespaces=yes',
  'RestrictRealtime=yes',
  'RestrictSUIDSGID=yes',
  'SystemCallArchitectures=native',
  'SystemCallFilter=@system-service',
  'SystemCallErrorNumber=EPERM',
] as const;

type Shape = Pick<CommandRun, 'directory' | 'version' | 'user' | 'write' | 'timeoutMs'>;

/** In the order of systemd-run's options. What is written as a path has been checked by the config. */
export function sandboxOf({
  directory,
  version,
  user,
  write,
  timeoutMs,
}: Shape): readonly string[] {
  return [
    ...FIXED,
    `TimeoutStartSec=${String(timeoutMs)}ms`,
    `User=${user}`,
    `WorkingDirectory=${directory}`,
    'Environment=PATH=/usr/local/bin:/usr/bin:/bin',
    'Environment=LANG=C.UTF-8',
    `Environment=PIKIT_VERSION=${version}`,
    // Not ReadWritePaths: that opens nothing below /run, /home and /tmp, which are empty here.
    ...write.map((path) => `BindPaths=${path}`),
  ];
}
