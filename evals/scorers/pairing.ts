/** A maximum bipartite matching by augmenting paths. */
export function pairUp(fits: readonly (readonly number[])[]): Map<number, number> {
  const owner = new Map<number, number>();
  const place = (ending: number, tried: Set<number>): boolean =>
    (fits[ending] ?? []).some((prediction) => {
      if (tried.has(prediction)) return false;
      tried.add(prediction);
      const holder = owner.get(prediction);
      if (holder !== undefined && !place(holder, tried)) return false;
      owner.set(prediction, ending);
      return true;
    });
  for (const ending of fits.keys()) place(ending, new Set());
  return new Map([...owner].map(([prediction, ending]) => [ending, prediction]));
}
