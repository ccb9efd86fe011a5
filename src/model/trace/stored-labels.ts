import type { Term } from '../../condition/condition.ts';
import type { Column, Table } from '../../db/db.ts';
import { mapped } from '../../kernel/mapped.ts';
import type { Outcome, Query, Write } from '../model.ts';

/** What a trace found, as far as rows are spoken of. */
interface Found<Ending> {
  readonly reads: Query[];
  readonly writes: Write[];
  readonly outcomes: Ending[];
}

/**
 * The same with the labels the database stores in place of what the code calls them (Prisma's `@map`). A part of
 * an answer that is such a column says the code's word, which no row holds, so it is left out.
 */
export function withStoredLabels<Ending extends Pick<Outcome, 'body'>>(
  found: Found<Ending>,
  tables: readonly Table[],
): Found<Ending> {
  if (!tables.some(({ columns }) => columns.some(({ labels }) => labels))) return found;
  const columnOf = columnsOf(found, tables);
  const stored = (term: Term, beside: Term): Term => {
    const labels = beside.kind === 'column' ? columnOf(beside.row, beside.column)?.labels : null;
    if (!labels || term.kind !== 'literal' || typeof term.value !== 'string') return term;
    const label = labels[term.value] ?? term.value;
    return label === term.value ? term : { kind: 'literal', value: label };
  };
  const visited = new Map<object, unknown>();
  const visit = (value: unknown): unknown => {
    if (typeof value !== 'object' || value === null) return value;
    const known = visited.get(value);
    if (known !== undefined) return known;
    const said = Array.isArray(value) ? mapped(value, visit) : labelled(value);
    visited.set(value, said);
    return said;
  };
  const labelled = (value: object): object => {
    const all = withParts(value, visit);
    const { left, right, term, of } = all as Parts;
    if (left && right)
      return withParts(all, (part) => {
        if (part === left) return stored(left, right);
        return part === right ? stored(right, left) : part;
      });
    if (!term || !of) return all;
    return withParts(all, (part) =>
      part === of ? mapped(of, (each) => stored(each, term)) : part,
    );
  };
  const set = (write: Write): Write['set'] =>
    Object.fromEntries(
      Object.entries(write.set).map(([column, value]) => [
        column,
        stored(value, { kind: 'column', row: write.id, column }),
      ]),
    );
  const isLabelled = (value: Term) =>
    value.kind === 'column' && columnOf(value.row, value.column)?.labels !== undefined;
  return {
    reads: visit(found.reads) as Query[],
    writes: (visit(found.writes) as Write[]).map((write) => ({ ...write, set: set(write) })),
    outcomes: (visit(found.outcomes) as Ending[]).map((outcome) => ({
      ...outcome,
      body: outcome.body.filter(({ value }) => !isLabelled(value)),
    })),
  };
}

interface Parts {
  readonly left?: Term;
  readonly right?: Term;
  readonly term?: Term;
  readonly of?: readonly Term[];
}

/** An object with each part in place of what it was; the same where none changed. */
function withParts(value: object, change: (part: unknown) => unknown): object {
  let after: Record<string, unknown> | undefined;
  for (const [name, part] of Object.entries(value)) {
    const said = change(part);
    if (said === part) continue;
    after ??= { ...value };
    after[name] = said;
  }
  return after ?? value;
}

function columnsOf({ reads, writes }: Found<unknown>, tables: readonly Table[]) {
  const byId = new Map(tables.map((table) => [table.id, table]));
  const rows = new Map<string, Table | undefined>();
  for (const { id, table } of [...reads, ...reads.flatMap(({ joins }) => joins), ...writes])
    rows.set(id, byId.get(table));
  return (row: string, name: string): Column | undefined =>
    rows.get(row)?.columns.find((each) => each.name === name || each.property === name);
}
