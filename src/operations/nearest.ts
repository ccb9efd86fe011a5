/** The hint that goes with an unknown id; `instead` where there is nothing to suggest. */
export function didYouMean(id: string, known: readonly string[], instead: string): string {
  const near = nearest(id, known);
  return near.length > 0 ? `Did you mean:\n  ${near.join('\n  ')}` : instead;
}

/** Of the known ids, the three most like the one that was asked for. */
function nearest(id: string, known: readonly string[]): readonly string[] {
  const words = id.toLowerCase().split(/\W+/).filter(Boolean);
  const score = (other: string): number =>
    words.filter((word) => other.toLowerCase().includes(word)).length;
  return [...known].sort((a, b) => score(b) - score(a)).slice(0, 3);
}
