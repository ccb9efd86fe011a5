import type { Looked } from './repo.ts';

/** Something that was kept, with what it came of; files are named by their places in the list of the repo's files. */
export interface Unit {
  readonly name: string;
  readonly value: unknown;
  /** Names of the units it came of. */
  readonly parts: readonly string[];
  readonly files: readonly number[];
  readonly imports: readonly number[];
  readonly outlines: readonly number[];
  /** A pattern as it is written, the files that have it, and those that were searched in vain. */
  readonly matches: readonly (readonly [string, readonly number[], readonly number[]])[];
}

/** What is different now from when units were kept. */
export interface Changes {
  readonly changed: ReadonlySet<number>;
  /** Whether a changed file imports something else now, and whether its outline is another. */
  readonly imported: (file: number) => boolean;
  readonly outlined: (file: number) => boolean;
  readonly textOf: (file: number) => string;
}

export function unitOf(
  name: string,
  value: unknown,
  about: {
    looked: Looked;
    parts: readonly string[];
    placeOf: (path: string) => number | undefined;
  },
): Unit {
  const { looked, parts, placeOf } = about;
  const places = (paths: Iterable<string>) =>
    [...paths].flatMap((path) => placeOf(path) ?? []).sort((a, b) => a - b);
  const matches = [...looked.matches].map(([pattern, answers]) => {
    const found = [...answers];
    const yes = places(found.flatMap(([path, has]) => (has ? path : [])));
    return [pattern, yes, places(found.flatMap(([path, has]) => (has ? [] : path)))] as const;
  });
  return {
    name,
    value,
    parts,
    files: places(looked.files),
    imports: places(looked.imports.keys()),
    outlines: places(looked.outlines.keys()),
    matches,
  };
}

/** What came of either. */
export function joined(unit: Unit, other: Unit): Unit {
  const both = <T>(of: (unit: Unit) => readonly T[]): T[] => [
    ...new Map([...of(other), ...of(unit)].map((each) => [JSON.stringify(each), each])).values(),
  ];
  return {
    ...unit,
    parts: both(({ parts }) => parts),
    files: both(({ files }) => files),
    imports: both(({ imports }) => imports),
    outlines: both(({ outlines }) => outlines),
    matches: both(({ matches }) => matches),
  };
}

/** The units that what was looked at would still be the same for, and whose parts hold. */
export function holding(units: readonly Unit[], changes: Changes): Map<string, Unit> {
  if (changes.changed.size === 0) return new Map(units.map((unit) => [unit.name, unit]));
  const left = new Map(
    units.filter((unit) => holds(unit, changes)).map((unit) => [unit.name, unit]),
  );
  for (let before = -1; before !== left.size; ) {
    before = left.size;
    for (const { name, parts } of left.values())
      if (!parts.every((part) => left.has(part))) left.delete(name);
  }
  return left;
}

function holds(unit: Unit, changes: Changes): boolean {
  const { changed, imported, outlined } = changes;
  const touched = (files: readonly number[]) => files.filter((file) => changed.has(file));
  if (unit.files.some((file) => changed.has(file))) return false;
  if (touched(unit.imports).some(imported) || touched(unit.outlines).some(outlined)) return false;
  return unit.matches.every(([written, yes, no]) => {
    const [had, lacked] = [touched(yes), touched(no)];
    if (had.length + lacked.length === 0) return true;
    const pattern = patternOf(written);
    const has = (file: number) => pattern.test(changes.textOf(file));
    return had.every(has) && !lacked.some(has);
  });
}

/** `/a.b/i` as `String` writes a pattern. */
function patternOf(written: string): RegExp {
  const end = written.lastIndexOf('/');
  return new RegExp(written.slice(1, end), written.slice(end + 1));
}
