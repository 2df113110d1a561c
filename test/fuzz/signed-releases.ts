/**
 * Who signs which release, which of them introduces the next key and which retires the former one; and what is offered beside them that
 * nobody may install. What a device believes of keys after it has asked for a release, told a second time.
 */
import type { Channel } from '@pikit/protocol';
import * as v from 'valibot';
import { TRUST_FILE, KEYS } from '../../packages/agent/src/core/layout.ts';
import { TrustRecordSchema } from '../../packages/agent/src/core/trust-root.ts';
import type { Disk } from '../../packages/agent/src/ports.ts';
import type { ReleaseRecipe } from '../support/bundle-builder.ts';
import { createMinisignKey } from '../support/minisign-key.ts';
import { newerOf } from './version-order.ts';

const FORMER = createMinisignKey();
const NEXT = createMinisignKey();
const STRANGER = createMinisignKey();

export type Key = typeof FORMER;

/** The files of keys that an owner may have laid down; the first from the first day. */
const KEY_FILES = [
  [`${KEYS}/maintainer.pub`, FORMER],
  [`${KEYS}/next.pub`, NEXT],
] as const;
export const FIRST_KEYS: readonly Key[] = [FORMER];

/** At least one of them: without any a device would believe everybody. */
export function keysOf(chance: number): readonly Key[] {
  return [FIRST_KEYS, [FORMER, NEXT], [NEXT]][chance % 3] ?? FIRST_KEYS;
}

export async function layKeys(disk: Disk, keys: readonly Key[]): Promise<void> {
  for (const [path, key] of KEY_FILES) {
    if (keys.includes(key)) await disk.write(path, key.publicFile, 0o644);
    else await disk.remove(path);
  }
}

/** All at once: what is signed anew is another release, and the newer one. */
const SIGNED_AT = new Date(Date.UTC(2026, 0, 1));
/** As indices of the releases that are right. */
const INTRODUCES = 2;
const RETIRES = 5;

/** What releases have told a device. */
export interface Told {
  readonly knowsNext: boolean;
  readonly isFormerRetired: boolean;
  readonly seen: Seen;
}

/**
 * Of each channel the newest that was vouched for, or the one that root has gone back to since: what is older comes by root's decision
 * alone.
 */
interface Seen {
  readonly stable: string | undefined;
  readonly beta: string | undefined;
}

export const NOTHING_TOLD: Told = {
  knowsNext: false,
  isFormerRetired: false,
  seen: { stable: undefined, beta: undefined },
};

/** Who tries releases has the others, too. */
export function newestSeen({ seen: { stable, beta } }: Told, channel: Channel): string | undefined {
  if (channel === 'stable' || beta === undefined) return stable;
  return newerOf(beta, stable ?? beta);
}

/** With that one as the newest; who goes back begins anew on either channel. */
export function havingSeen(
  { seen, ...told }: Told,
  version: string,
  { channel, isBack }: { readonly channel: Channel; readonly isBack: boolean },
): Told {
  const anew = (one: Channel) => isBack && seen[one] !== undefined;
  return {
    ...told,
    seen: {
      stable: channel === 'stable' || anew('stable') ? version : seen.stable,
      beta: channel === 'beta' || anew('beta') ? version : seen.beta,
    },
  };
}

/** By whom it may be signed, as far as a device can know. */
interface Known {
  readonly told: Told;
  /** The owner's own. */
  readonly keys: readonly Key[];
  /** Where it comes in a file no other release can speak for it. */
  readonly isAlone?: boolean;
}

interface Impostor {
  readonly recipe: ReleaseRecipe;
  readonly code: string;
  /** As its signature says. */
  readonly by: Key | undefined;
}

export interface Signed {
  /** As whoever has published that release would; undefined for an impostor. */
  readonly sign: (version: string, manifest: Uint8Array) => string | undefined;
  readonly right: readonly ReleaseRecipe[];
  /** Offered beside them, and newer than all. */
  readonly impostors: readonly Impostor[];
  /** With which code a device refuses it; undefined: it does not. */
  readonly refusalOf: (version: string, knows: Known) => string | undefined;
  /** What it has been told of keys after it was asked for that one. */
  readonly afterwards: (version: string, knows: Known) => Told;
}

export function signAll(recipes: readonly ReleaseRecipe[]): Signed {
  const right = recipes.map((recipe, index) => ({
    ...recipe,
    signer: signerAt(index),
    signing: { signedAt: SIGNED_AT },
    manifest: { ...recipe.manifest, ...rotationOf(index) },
  }));
  const impostors = impostorsAfter(recipes);
  const impostorOf = (version: string) =>
    impostors.find(({ recipe }) => recipe.version === version);
  const orderOf = (version: string) => right.findIndex((recipe) => recipe.version === version);
  const afterwards = (version: string, { told, keys, isAlone = false }: Known): Told => {
    const index = orderOf(version);
    const signer = index === -1 ? impostorOf(version)?.by : signerAt(index);
    // By whom it is signed only the earlier ones can tell, oldest first.
    const isUnknown = signer !== undefined && !isKnown(signer, { told, keys });
    const earlier = right.slice(0, index === -1 ? undefined : index).map((_, one) => one);
    return [...(isUnknown && !isAlone ? earlier : []), index].reduce(
      (heard, one) => hear(one, { told: heard, keys }),
      told,
    );
  };
  return {
    sign: (version, manifest) =>
      right
        .find((recipe) => recipe.version === version)
        ?.signer.sign(manifest, { signedAt: SIGNED_AT }),
    right,
    impostors,
    refusalOf: (version, known) => {
      const told = afterwards(version, known);
      const isBelieved = isGood(signerAt(orderOf(version)), { ...known, told });
      return impostorOf(version)?.code ?? (isBelieved ? undefined : 'signature-invalid');
    },
    afterwards,
  };
}

/** A key that is retired is known all the same. */
const isKnown = (signer: Key, { told, keys }: Known): boolean =>
  keys.includes(signer) || (signer === NEXT && told.knowsNext);

const isGood = (signer: Key, known: Known): boolean =>
  isKnown(signer, known) && !(signer === FORMER && known.told.isFormerRetired);

/** What that one says, where it is believed. */
function hear(index: number, known: Known): Told {
  const { told } = known;
  if (index === -1 || !isGood(signerAt(index), known)) return told;
  return {
    ...told,
    knowsNext: told.knowsNext || index === INTRODUCES,
    isFormerRetired: told.isFormerRetired || index === RETIRES,
  };
}

const signerAt = (index: number) => (index > INTRODUCES ? NEXT : FORMER);

function rotationOf(index: number): object {
  if (index === INTRODUCES) return { keys: { add: [NEXT.publicLine] } };
  return index === RETIRES ? { keys: { retire: [FORMER.id] } } : {};
}

function impostorsAfter(recipes: readonly ReleaseRecipe[]): readonly Impostor[] {
  const [model] = recipes;
  if (model === undefined) return [];
  const named = (index: number) => ({
    ...model,
    version: `1.${String(recipes.length + index)}.0`,
  });
  const isOfAnother = { sign: () => NEXT.sign('{}') };
  return [
    { recipe: named(1), code: 'signature-missing', by: undefined },
    { recipe: { ...named(2), signer: STRANGER }, code: 'signature-invalid', by: STRANGER },
    { recipe: { ...named(3), signer: isOfAnother }, code: 'signature-invalid', by: NEXT },
  ];
}

/** Where it was cut off, or not even begun. */
export function between(before: Told, after: Told): readonly Told[] {
  const learnt = { ...before, knowsNext: after.knowsNext };
  return [before, learnt, { ...after, seen: before.seen }, after];
}

export async function toldTo(disk: Disk): Promise<Told> {
  const bytes = await disk.read(TRUST_FILE, 1024 * 1024);
  if (bytes === undefined) return NOTHING_TOLD;
  const { introduced, retired, seen } = v.parse(
    TrustRecordSchema,
    JSON.parse(new TextDecoder().decode(bytes)),
  );
  return {
    knowsNext: introduced.some(({ key }) => key === NEXT.publicLine),
    isFormerRetired: retired.some(({ key }) => key === FORMER.id),
    seen: { stable: seen.stable?.version, beta: seen.beta?.version },
  };
}
