/** The protocol's own version, and the rule by which two ends decide whether they can talk. */
import * as v from 'valibot';

/** Raised only when an old peer could misunderstand a new one; new optional fields do not raise it. */
export const PROTOCOL_VERSION = 1;

export const HelloParamsSchema = v.object({
  protocol: v.pipe(v.number(), v.safeInteger(), v.minValue(1)),
  client: v.pipe(v.string(), v.maxLength(100)),
});

export const HelloResultSchema = v.object({
  protocol: v.pipe(v.number(), v.safeInteger(), v.minValue(1)),
  agent: v.string(),
  boot: v.string(),
  surface: v.picklist(['dashboard', 'admin']),
});
export type Hello = v.InferOutput<typeof HelloResultSchema>;

/** Same number, or no conversation: after an update an old api may meet a new agent, and must be told so clearly. */
export function isCompatible(peerProtocol: number): boolean {
  return peerProtocol === PROTOCOL_VERSION;
}
