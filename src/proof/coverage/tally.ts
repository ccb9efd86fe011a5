import { type Placed, placesIn, type Sources } from './place.ts';
import { type Side, sidesOf } from './sides.ts';
import type { Range, ScriptRun } from './take.ts';

/** A branch side of the repo, by where it stands in its file's list. */
export interface FileSide extends Side {
  readonly file: string;
  readonly id: string;
}

interface Offsets {
  readonly id: string;
  readonly decided: number | undefined;
  readonly of: number;
  readonly less: number | undefined;
}

/** What a set of runs reached: the sides taken, and those whose branch was decided at all. */
export interface Reached {
  readonly taken: ReadonlySet<string>;
  readonly decided: ReadonlySet<string>;
}

/** Turns counts of V8 into the branch sides of the repo's sources. */
export interface Tally {
  /** What the runs reached. Scripts are known from the runs that brought their texts. */
  reach(runs: readonly ScriptRun[]): Reached;
  /** The sides of a source. */
  sides(file: string): readonly FileSide[];
  /** The sources that ran, and the scripts that no map leads to a source from. */
  mapped(): readonly string[];
  unmapped(): readonly string[];
  /** Whether code that ran has the side. */
  has(id: string): boolean;
}

export function openTally(sources: Sources): Tally {
  const scripts = new Map<string, readonly Offsets[]>();
  const [files, lost] = [new Set<string>(), new Set<string>()];
  const known = new Map<string, readonly FileSide[]>();
  const present = new Set<string>();
  const sides = (file: string): readonly FileSide[] => {
    const source = sources.source(file);
    if (!known.has(file)) known.set(file, source ? numbered(file, sidesOf(source)) : []);
    return known.get(file) ?? [];
  };
  const open = (run: ScriptRun): void => {
    const found = placesIn(run, sources);
    if (found === null) lost.add(run.url);
    const places = found ?? [];
    const offsets = places.flatMap((place) => offsetsIn(place, sides(place.file)));
    for (const { file } of places) files.add(file);
    for (const { id } of offsets) present.add(id);
    scripts.set(run.script, offsets);
  };
  return {
    sides,
    mapped: () => [...files].sort(),
    unmapped: () => [...lost].sort(),
    has: (id) => present.has(id),
    reach(runs) {
      const [taken, decided] = [new Set<string>(), new Set<string>()];
      for (const run of runs) {
        if (run.text !== undefined) open(run);
        for (const { id, ...at } of scripts.get(run.script) ?? []) {
          const all = countAt(run.ranges, at.of);
          const other = at.less === undefined ? 0 : countAt(run.ranges, at.less);
          if (all > other) taken.add(id);
          if (all > other || (at.decided !== undefined && countAt(run.ranges, at.decided) > 0))
            decided.add(id);
        }
      }
      return { taken, decided };
    },
  };
}

function numbered(file: string, sides: readonly Side[]): FileSide[] {
  return sides.map((side, index) => ({ ...side, file, id: `${file}#${index}` }));
}

/** Where the sides begin in a script; one that it does not have is left out. */
function offsetsIn({ offsetOf }: Placed, sides: readonly FileSide[]): Offsets[] {
  return sides.flatMap(({ id, decided, of, less }) => {
    const start = offsetOf(of);
    const other = less ? offsetOf(less) : undefined;
    if (start === undefined || (less && other === undefined)) return [];
    return [{ id, decided: offsetOf(decided), of: start, less: other }];
  });
}

/** By the innermost range around the place; what no range is around did not run. */
export function countAt(ranges: readonly Range[], offset: number): number {
  let inner: Range | undefined;
  for (const range of ranges) {
    if (range.startOffset > offset || range.endOffset <= offset) continue;
    if (!inner || range.endOffset - range.startOffset <= inner.endOffset - inner.startOffset)
      inner = range;
  }
  return inner?.count ?? 0;
}
