#!/usr/bin/node
/**
 * Run inside the sandbox of a unit, and outside: says as one line of JSON which namespaces it is in and what came of each
 * attempt, `yes` or the code of the error. Calls of the kernel that Node does not make are made by perl, which every Debian has.
 */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { constants } from 'node:os';

/** Numbers of the kernel on x64 and arm64, and arguments that do no harm where they are let through. */
const CALLS = {
  ptrace: [101, 117, 0, 0, 0, 0],
  keyctl: [250, 219, 0, -3, 1],
  setpriority: [141, 140, 0, 0, 0],
  personality: [135, 92, 8],
  newUser: [272, 97, 0x10000000],
  netlink: [41, 198, 16, 3, 0],
  packet: [41, 198, 17, 3, 0],
  chroot: [161, 51, '/'],
};
const FILES = ['/root/.secret', '/home/.secret', '/etc/pikit/keys/secret', '/etc/shadow'];
const PLACES = [
  '/etc',
  '/usr/bin',
  '/boot',
  '/srv',
  '/var/lib/pikit',
  '/var/lib/pikit-api',
  '/var/www',
];
const SOCKETS = ['/run/pikit/agent.sock', '/run/pikit/api.sock', '/run/systemd/private'];

const PERL = `my ($number, @words) = map { /^-?\\d+$/ ? $_ + 0 : $_ } @ARGV;
print syscall($number, @words) == -1 ? $! + 0 : 0`;
const errorOf = new Map(Object.entries(constants.errno).map(([name, number]) => [number, name]));

function callOf([x64, arm64, ...words]) {
  const number = process.arch === 'arm64' ? arm64 : x64;
  const told = execFileSync('/usr/bin/perl', ['-e', PERL, '--', number, ...words].map(String));
  return Number(told) === 0 ? 'yes' : (errorOf.get(Number(told)) ?? String(told));
}

function attempt(act) {
  try {
    act();
    return 'yes';
  } catch (error) {
    return error.code;
  }
}

function write(directory) {
  const path = `${directory}/.attempt`;
  writeFileSync(path, '');
  rmSync(path);
}

const open = (path) =>
  new Promise((resolve) => {
    const socket = connect(path, () => {
      socket.destroy();
      resolve('yes');
    });
    socket.once('error', (error) => resolve(error.code));
  });

const each = (names, act) => Object.fromEntries(names.map((name) => [name, act(name)]));
const opened = [];
for (const path of SOCKETS) opened.push([path, await open(path)]);
const status = readFileSync('/proc/self/status', 'utf8');
const numberOf = (key) => new RegExp(`^${key}:\\s*(\\S+)$`, 'm').exec(status)?.[1];
const report = {
  namespaces: each(readdirSync('/proc/self/ns'), (name) => readlinkSync(`/proc/self/ns/${name}`)),
  capabilities: Number.parseInt(numberOf('CapEff'), 16),
  noNewPrivileges: numberOf('NoNewPrivs'),
  calls: each(Object.keys(CALLS), (name) => callOf(CALLS[name])),
  reads: each(FILES, (path) => attempt(() => readFileSync(path))),
  writes: each(PLACES, (path) => attempt(() => write(path))),
  opens: Object.fromEntries(opened),
  // Another process, which is root's: pid 1 of the machine.
  seesOthers: attempt(() => readFileSync('/proc/1/cmdline')),
};
process.stdout.write(`${JSON.stringify(report)}\n`);
process.exit(0);
