/** From the samples of a run to the numbers that are shown: medians, and what stands in relation to what. */

/** Of the middle two when there is no middle one; undefined when there is none at all. */
export function median(values: readonly number[]): number | undefined {
  const sorted = values.toSorted((one, other) => one - other);
  const upper = sorted[Math.floor(sorted.length / 2)];
  const lower = sorted[Math.ceil(sorted.length / 2) - 1];
  return upper === undefined || lower === undefined ? undefined : (lower + upper) / 2;
}

/** What was measured of one update. Null is what this machine cannot measure. */
export interface Sample {
  readonly wallMs: number;
  /** Of the process and all that it started, on the device's side. */
  readonly cpuMs: number;
  /** The largest process at its largest. */
  readonly rssMB: number;
  /** Both directions, as the server saw them. */
  readonly wireBytes: number;
  readonly requests: number;
  readonly deviceBytes: number | null;
  /** How long a reader could find a served tree that is neither release. */
  readonly mixedMs: number;
}

/** Each measure by itself. There must be at least one sample. */
export function medianSample(samples: readonly Sample[]): Sample {
  const of = (measure: keyof Sample): number | undefined => {
    const values = samples.map((sample) => sample[measure]);
    return median(values.filter((value) => value !== null));
  };
  const sure = (measure: keyof Sample): number => round(of(measure) ?? 0);
  const device = of('deviceBytes');
  return {
    wallMs: sure('wallMs'),
    cpuMs: sure('cpuMs'),
    rssMB: sure('rssMB'),
    wireBytes: sure('wireBytes'),
    requests: sure('requests'),
    deviceBytes: device === undefined ? null : round(device),
    mixedMs: sure('mixedMs'),
  };
}

const round = (value: number): number => Math.round(value * 10) / 10;

/** Undefined where one of the two was not measured, and where it would say nothing. */
export function ratio(value: number | null, to: number | null): number | undefined {
  return value === null || to === null || to === 0 ? undefined : value / to;
}
