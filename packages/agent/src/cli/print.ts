/** What an operator reads on the terminal. Scripts use `--json` and never meet these words. */
import type {
  Drift,
  ErrorView,
  LogLine,
  Progress,
  Result,
  Status,
  TransactionResult,
} from '@pikit/protocol';
import { plain } from '../core/plain-text.ts';

export function describeStatus(status: Status): string {
  const lines = [
    `installed   ${status.current ?? 'unknown'}`,
    `available   ${describeOffer(status)}`,
    ...describeInstall(status),
    `signature   ${status.trust === 'signed' ? 'required: only what a trusted key has signed is installed' : 'unsigned: hashes are checked, but nobody vouches for them'}`,
    `last check  ${describeCheck(status)}`,
    `roll back   ${status.previous === null ? 'not possible' : `to ${status.previous}`}`,
    `daily check ${describeDailyCheck(status)}`,
    `channel     ${status.channel}${status.settings.channel === null ? '' : ' (chosen by the owner)'}`,
  ];
  const { keep } = status.settings;
  if (keep !== null) lines.push(`keeps       ${String(keep)} earlier (chosen by the owner)`);
  if (status.skipped !== null) {
    lines.push(`skipped     ${status.skipped}: not announced, and only a person installs it`);
  }
  if (status.ready !== null) {
    const { version, manifestSha256, transaction } = status.ready;
    lines.push(`ready       ${version} (manifest ${manifestSha256}; fetched by ${transaction})`);
  }
  if (status.held_back !== null) {
    const { version, transaction, reason } = status.held_back;
    const what = reason === 'failed' ? 'failed' : 'was rolled back';
    lines.push(`held back   ${version} ${what} (${transaction}): only a person installs it again`);
  }
  if (status.drift !== null) lines.push(`files       ${describeDrift(status.drift)}`);
  if (status.transaction !== null) {
    const { kind, to, phase, id } = status.transaction;
    lines.push(`running     ${kind} of ${to ?? '?'}: ${phase} (${id})`);
  }
  if (status.last_result !== null) lines.push(`last result ${describeResult(status.last_result)}`);
  if (status.edited.length > 0) {
    const files = status.edited.map(plain).join(', ');
    lines.push(
      `edited      ${files}: merge in what FILE.pikit-new beside it brings, then delete that`,
    );
  }
  return lines.join('\n');
}

function describeOffer({ offered, latest, last_check, check_error }: Status): string {
  if (offered !== null) {
    const { version, manifestSha256, signedBy, expires, downloadBytes, restarts } = offered;
    const facts = [`manifest ${manifestSha256}`];
    if (downloadBytes !== null) facts.push(`${String(downloadBytes)} bytes to fetch`);
    if (restarts.length > 0) facts.push(`restarts ${restarts.map(plain).join(', ')}`);
    if (signedBy !== null) {
      const name = signedBy.name === null ? '' : `${plain(signedBy.name)} `;
      facts.push(`signed by ${name}${signedBy.key}`);
    }
    if (expires !== null) {
      const unjudged = expires.judged ? '' : ', not judged: the clock is not synchronised';
      facts.push(`good until ${plain(expires.at)}${unjudged}`);
    }
    return `${version} (${facts.join('; ')})`;
  }
  if (last_check === null) return 'not checked yet';
  if (latest !== null) return 'up to date';
  return check_error === null ? 'nothing published' : 'unknown';
}

/** The whole command, to be copied: nobody types a digest. None while something runs, which would be refused. */
export function describeInstall({ offered, transaction }: Status): readonly string[] {
  if (offered === null || transaction !== null) return [];
  const { version, manifestSha256 } = offered;
  const params = JSON.stringify({ version, manifestSha256 });
  return [`install it  pikit-rpc update.apply '${params}'`];
}

function describeDailyCheck({ settings: { autoCheck, checkAt } }: Status): string {
  return autoCheck ? `on, at ${checkAt}` : 'off';
}

/** How a check ended. */
export function describeFinding(status: Status): string {
  return status.check_error === null
    ? `available: ${describeOffer(status)}`
    : `check failed: ${describeError(status.check_error)}`;
}

/** The audit as a whole: each name that it lists, and what to do. */
export function describeAudit({ drift }: Status): string {
  if (drift === null) return 'nothing is installed yet that could be audited';
  const { files, total, damaged, version } = drift;
  const lines = files.map(({ path, problem }) => `${problem.padEnd(8)} ${plain(path)}`);
  if (total > files.length) lines.push(`… and ${String(total - files.length)} more`);
  lines.push(`${version}: ${describeDrift(drift)}`);
  if (damaged > 0) lines.push('to mend it: pikit-rpc update.repair');
  return lines.join('\n');
}

function describeDrift({ checkedAt, total, damaged }: Drift): string {
  const extra = total - damaged;
  const words = [
    damaged === 0 ? 'all whole' : `${String(damaged)} damaged`,
    ...(extra === 0 ? [] : [`${String(extra)} that no release brought`]),
  ];
  return `${words.join(', ')} (audited ${checkedAt})`;
}

function describeCheck({ last_check, check_error }: Status): string {
  const when = last_check ?? 'never';
  return check_error === null ? when : `${when}, failed: ${describeError(check_error)}`;
}

export function describeResult(result: TransactionResult): string {
  const { endedAt, kind, from, to, outcome, error, changed } = result;
  const why = error === null ? describeChanges(changed) : `: ${describeError(error)}`;
  return `${endedAt} ${kind} ${from ?? 'nothing'} -> ${to ?? 'nothing'} ${outcome}${why}`;
}

/** Newest first, each with the name by which `update.log` knows it. */
export function describeHistory({ entries }: Result<'update.history'>): string {
  if (entries.length === 0) return 'nothing was installed yet';
  return entries.map((entry) => `${describeResult(entry)} (${entry.id})`).join('\n');
}

export function describeLog({ transaction, lines }: Result<'update.log'>): string {
  if (transaction === null) return 'nothing was installed yet';
  return [`log of ${transaction}`, ...lines.map(describeLine)].join('\n');
}

function describeChanges(changed: TransactionResult['changed']): string {
  if (changed === undefined) return '';
  const { added, changed: other, removed } = changed;
  return ` (files: ${String(added)} added, ${String(other)} changed, ${String(removed)} removed)`;
}

/** `busy (what=installing 1.4.0, pid=812)` */
export function describeError({ code, details }: ErrorView): string {
  const facts = Object.entries(details).map(([name, value]) => `${name}=${plain(String(value))}`);
  return facts.length === 0 ? code : `${code} (${facts.join(', ')})`;
}

export function describeLine({ at, level, message }: LogLine): string {
  return `${at} ${level === 'info' ? '' : `${level}: `}${plain(message)}`;
}

export function describeProgress(progress: Progress): string {
  const { phase, bytesDone, bytesTotal, filesDone, filesTotal } = progress;
  const files = filesTotal === 0 ? '' : ` ${String(filesDone)}/${String(filesTotal)} files`;
  const bytes = bytesTotal === 0 ? '' : ` ${String(bytesDone)}/${String(bytesTotal)} bytes`;
  return `${phase}${files}${bytes}`;
}
