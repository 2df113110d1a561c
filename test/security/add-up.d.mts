/** The types of `add-up.mjs`, which Node runs as it stands. */
export function addUp(run: { readonly passed: boolean; readonly lines: readonly string[] }): {
  readonly document: {
    readonly attacks: number;
    readonly wrong: number;
    readonly canaryTouched: number;
    readonly rssRatio: number | null;
  };
  readonly complaints: readonly string[];
};
