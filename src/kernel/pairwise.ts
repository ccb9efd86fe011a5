/** What takes one of several values: how many there are. */
export type Levels = readonly number[];

/** A choice of one level for each factor, in their order. */
export type Row = readonly number[];

/**
 * A small set of rows in which every pair of levels of two factors that can stand together does. The rows
 * of `given` count as there. Greedy, one row at a time, as in AETG (Cohen et al., IEEE TSE 23(7), 1997),
 * without its randomness. `allows` says whether levels can stand together; an open factor is -1.
 */
export function pairwise(
  levels: Levels,
  allows: (row: Row) => boolean,
  given: readonly Row[] = [],
): Row[] {
  const open = new Map(
    pairsOf(levels)
      .filter((pair) => allows(rowOf(levels, [pair])))
      .map((pair) => [keyOf(pair), pair]),
  );
  const cover = (row: Row) => {
    for (const pair of open.values()) if (holds(row, pair)) open.delete(keyOf(pair));
  };
  given.forEach(cover);
  const rows: Row[] = [];
  for (let [first] = open.values(); first; [first] = open.values()) {
    const row = completed(rowOf(levels, [first]), { levels, allows, open: [...open.values()] });
    open.delete(keyOf(first));
    if (!row) continue;
    cover(row);
    rows.push(row);
  }
  return rows;
}

/** Two factors and a level of each. */
type Pair = readonly [a: number, atA: number, b: number, atB: number];

function pairsOf(levels: Levels): Pair[] {
  return levels.flatMap((countA, a) =>
    levels
      .slice(a + 1)
      .flatMap((countB, after) =>
        range(countA).flatMap((atA) =>
          range(countB).map((atB): Pair => [a, atA, a + 1 + after, atB]),
        ),
      ),
  );
}

/** A row grown factor by factor, each time by the level that covers most of what is open; null where it can't be. */
function completed(
  start: Row,
  within: {
    readonly levels: Levels;
    readonly allows: (row: Row) => boolean;
    readonly open: readonly Pair[];
  },
): Row | null {
  const { levels, allows, open } = within;
  return levels.reduce<Row | null>((row, count, factor) => {
    if (!row || row[factor] !== -1) return row;
    const candidates = range(count)
      .map((level) => row.with(factor, level))
      .filter(allows);
    const gains = candidates.map((one) => open.filter((pair) => holds(one, pair)).length);
    return candidates[gains.indexOf(Math.max(...gains))] ?? null;
  }, start);
}

function holds(row: Row, [a, atA, b, atB]: Pair): boolean {
  return row[a] === atA && row[b] === atB;
}

function rowOf(levels: Levels, pairs: readonly Pair[]): Row {
  return levels.map((_, factor) => {
    const pair = pairs.find(([a, , b]) => a === factor || b === factor);
    if (!pair) return -1;
    return pair[0] === factor ? pair[1] : pair[3];
  });
}

function keyOf(pair: Pair): string {
  return pair.join(' ');
}

function range(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}
