import { type MadeRow, sources } from './draft.ts';

/** PostgreSQL counts the parameters of a statement in 16 bits. */
const WALL = 65_535;
/** What the ledger entry takes for itself. */
const OWN = 2;

/**
 * Cuts ordered rows into what may share a statement: rows of tables with triggers or rules go alone (a sibling
 * of the same statement is invisible to what they read), rows that need each other stay together, and
 * no statement has more parameters than PostgreSQL can count.
 */
export function splitRows(rows: readonly MadeRow[]): MadeRow[][] {
  const groups: MadeRow[][] = [];
  let open: MadeRow[] = [];
  let size = OWN;
  const close = () => {
    if (open.length > 0) groups.push(open);
    open = [];
    size = OWN;
  };
  for (const knot of knots(rows)) {
    const weight = knot.reduce((sum, row) => sum + parameters(row), 0);
    const alone = knot.some(({ table }) => (table.triggers ?? []).length > 0 || table.rules);
    if (alone || size + weight > WALL) close();
    if (knot.length === 1 && weight > WALL - OWN) {
      groups.push(...knot.flatMap(chunks).map((chunk) => [chunk]));
      continue;
    }
    open.push(...knot);
    size += weight;
    if (alone) close();
  }
  close();
  return groups;
}

/** Neighbouring rows that need each other, in order; most are a row by itself. */
function knots(rows: readonly MadeRow[]): MadeRow[][] {
  const position = new Map(rows.map((row, index) => [row.name, index]));
  const found: MadeRow[][] = [];
  let until = -1;
  rows.forEach((row, index) => {
    const reach = Math.max(index, ...needs(row).map((name) => position.get(name) ?? -1));
    const last = found.at(-1);
    if (index <= until && last) last.push(row);
    else found.push([row]);
    until = Math.max(until, reach);
  });
  return found;
}

function needs(row: MadeRow): string[] {
  return row.tuples.flatMap((cells) => sources(cells));
}

function parameters(row: MadeRow): number {
  return row.tuples.reduce((sum, cells) => sum + cells.size, 0);
}

function chunks(row: MadeRow): MadeRow[] {
  const each = Math.floor((WALL - OWN) / Math.max(1, row.tuples[0]?.size ?? 1));
  const parts: MadeRow[] = [];
  for (let from = 0; from < row.tuples.length; from += each) {
    parts.push({ ...row, tuples: row.tuples.slice(from, from + each) });
  }
  return parts;
}
