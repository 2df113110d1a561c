/** Whose agent runs, that of the package or one that a release has brought, and will the next release bring one? Findings in, verdict out. */
import { CONFIG_FILE } from '../../core/layout.ts';
import { bad, ok, warning, type Verdict } from './verdict.ts';

export interface UpdaterFacts {
  /** Whose agent the launcher would start now; undefined when it does not say. */
  readonly chosen: 'installed' | 'release' | undefined;
  /** Version of what the package or install.sh has laid down; undefined when it cannot be read. */
  readonly installed: string | undefined;
  /** What a release has brought; undefined where none has. */
  readonly release: BroughtUpdater | undefined;
}

export interface BroughtUpdater {
  readonly version: string | undefined;
  /** Programs that should be there. */
  readonly missing: readonly string[];
}

/** What updater.toml says of the updater itself. */
export interface SelfUpdate {
  readonly hasTarget: boolean;
  /** The api is restarted when a release brings another updater. */
  readonly isApiTold: boolean;
}

const CHECK = 'updater';
const INSTALLED = '/usr/lib/pikit';
const RELEASE = '/usr/local/lib/pikit';

/** `answers`: the agent does. */
export function judgeUpdater(facts: UpdaterFacts, answers: boolean): Verdict {
  const { chosen, installed, release } = facts;
  if (chosen === undefined || installed === undefined) {
    const found = `${INSTALLED} is damaged: ${chosen === undefined ? 'start' : 'version'} does not tell`;
    return bad(CHECK, found, 'install the package again, or run install.sh again');
  }
  const ours = `${installed} of the package or install.sh (${INSTALLED})`;
  if (release === undefined) return ok(CHECK, `${ours} runs; no release has brought one`);
  const { version, missing } = release;
  if (version === undefined || missing.length > 0) {
    const lack = version === undefined ? 'no version' : `no ${missing.join(', ')}`;
    const runs = chosen === 'installed' ? `${ours} runs` : 'what is there runs all the same';
    const found = `that of the release is broken (${RELEASE}/lib has ${lack}); ${runs}`;
    return bad(CHECK, found, 'pikit-rpc update.repair');
  }
  const theirs = `${version} of the release (${RELEASE})`;
  if (chosen === 'installed') {
    const meaning = 'the next release whose own is not older takes over again';
    return ok(CHECK, `${ours} runs, because ${theirs} is older; ${meaning}`);
  }
  return answers
    ? ok(CHECK, `${theirs} runs; ${ours} is there if it breaks`)
    : warning(
        CHECK,
        `${theirs} is to run; ${ours} is there if it is broken`,
        `node ${INSTALLED}/pikit-rpc.mjs rescue`,
      );
}

/** Says nothing where releases can bring one. Undefined: updater.toml is not good, and another check says so. */
export function judgeSelfUpdate(settings: SelfUpdate | undefined): readonly Verdict[] {
  if (settings === undefined || (settings.hasTarget && settings.isApiTold)) return [];
  const missing = [...(settings.hasTarget ? [] : [TARGET]), ...(settings.isApiTold ? [] : [API])];
  const found = settings.hasTarget
    ? `the api goes on as it was when a release brings another updater`
    : `a release cannot bring a newer one: ${CONFIG_FILE} has no target for its updater/`;
  return [warning(CHECK, found, `${missing.join('; ')}; then: systemctl restart pikit-agent`)];
}

const TARGET = `add the lines [[target]] | from = "updater/" | to = "${RELEASE}" | kind = "directory"`;
const API = 'let the [[service]] with unit = "pikit-api.service" have "updater/" in after = [...]';
