/**
 * Who signs which release, which of them introduces the next key and which retires the former one; and what is offered beside them that
 * nobody may install. What a device believes of keys after it has asked for a release, told a second time.
 */
import * as v from 'valibot';
import { TRUST_FILE, KEYS } from '../../packages/agent/src/core/layout.ts';
import { TrustRecordSchema } from '../../packages/agent/src/core/trust-root.ts';
import type { Disk } from '../../packages/agent/src/ports.ts';
import type { ReleaseRecipe } from '../support/bundle-builder.ts';
import { createMinisignKey } from '../support/minisign-key.ts';

const FORMER = createMinisignKey();
const NEXT = createMinisignKey();
const STRANGER = createMinisignKey();

/** Trusted from the first day: path and content. */
export const KEY_FILE = [`${KEYS}/maintainer.pub`, FORMER.publicFile] as const;
/** All at once: what is signed anew is another release, and the newer one. */
const SIGNED_AT = new Date(Date.UTC(2026, 0, 1));
/** As indices of the releases that are right. */
const INTRODUCES = 2;
const RETIRES = 5;

/** What releases have told a device. */
export interface Told {
  readonly knowsNext: boolean;
  readonly isFormerRetired: boolean;
  /** The newest that was vouched for, or the one that root has gone back to since: what is older comes by root's decision alone. */
  readonly seen: string | undefined;
}
export const NOTHING_TOLD: Told = { knowsNext: false, isFormerRetired: false, seen: undefined };

interface Impostor {
  readonly recipe: ReleaseRecipe;
  readonly code: string;
}

export interface Signed {
  /** As whoever has published that release would; undefined for an impostor. */
  readonly sign: (version: string, manifest: Uint8Array) => string | undefined;
  readonly right: readonly ReleaseRecipe[];
  /** Offered beside them, and newer than all. */
  readonly impostors: readonly Impostor[];
  /** With which code a device refuses it; undefined: it does not. */
  readonly refusalOf: (version: string, told: Told) => string | undefined;
  /** What it has been told of keys after it was asked for that one. */
  readonly afterwards: (version: string, told: Told) => Told;
}

export function signAll(recipes: readonly ReleaseRecipe[]): Signed {
  const right = recipes.map((recipe, index) => ({
    ...recipe,
    signer: signerAt(index),
    signing: { signedAt: SIGNED_AT },
    manifest: { ...recipe.manifest, ...keysOf(index) },
  }));
  const impostors = impostorsAfter(recipes);
  const order = right.map(({ version }) => version);
  const impostorOf = (version: string) =>
    impostors.find(({ recipe }) => recipe.version === version);
  return {
    sign: (version, manifest) =>
      right
        .find((recipe) => recipe.version === version)
        ?.signer.sign(manifest, { signedAt: SIGNED_AT }),
    right,
    impostors,
    refusalOf: (version, { isFormerRetired }) => {
      const isFormers = isFormerRetired && order.indexOf(version) <= INTRODUCES;
      return impostorOf(version)?.code ?? (isFormers ? 'signature-invalid' : undefined);
    },
    afterwards: (version, told) => {
      const index = order.indexOf(version);
      const signer = index === -1 ? impostorOf(version)?.recipe.signer : right[index]?.signer;
      const isUnknown = signer === STRANGER || (signer !== FORMER && !told.knowsNext);
      // By whom it is signed only the earlier ones can tell.
      const earlier = order.slice(0, index === -1 ? undefined : index);
      const heard = [version, ...(signer !== undefined && isUnknown ? earlier : [])];
      const hears = (which: number) => heard.includes(order[which] ?? '');
      return {
        ...told,
        knowsNext: told.knowsNext || hears(INTRODUCES),
        isFormerRetired: told.isFormerRetired || hears(RETIRES),
      };
    },
  };
}

const signerAt = (index: number) => (index > INTRODUCES ? NEXT : FORMER);

function keysOf(index: number): object {
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
    { recipe: named(1), code: 'signature-missing' },
    { recipe: { ...named(2), signer: STRANGER }, code: 'signature-invalid' },
    { recipe: { ...named(3), signer: isOfAnother }, code: 'signature-invalid' },
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
    seen: seen.stable?.version,
  };
}
