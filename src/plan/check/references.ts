import { isMade, type Plan, refOf } from '../plan.ts';
import { isPlainObject } from '../request/body.ts';
import { type Checked, cellsOf, problem, type Rule } from './context.ts';
import { columnIn, ownRow } from './rows.ts';

/** Every `{ref}` and `{row.column}` names a row of the plan and a column it has. */
export const resolvedRefs: Rule = (checked) =>
  refsIn(checked.plan).flatMap(({ ref, path }) => {
    const { row, column } = splitRef(ref);
    const planned = ownRow(checked.plan, row);
    if (!planned) return [problem('danglingRef', path, { ref })];
    if (isMade(planned) && (planned.count ?? 1) > 1) {
      return [problem('ambiguousRef', path, { ref, count: planned.count ?? 1 })];
    }
    const table = checked.tables.get(planned.table);
    if (!table || columnIn(table, column) || isPassword(checked, planned.table, column)) return [];
    return [problem('unknownColumn', path, { table: planned.table, column })];
  });

/** The password an actor signed up with has no column: the app keeps its hash. */
function isPassword({ app }: Checked, table: string, column: string): boolean {
  return column === 'password' && table === app.auth?.actor;
}

/** No value waits for itself through others. */
export const acyclicRefs: Rule = ({ plan }) => {
  const edges = new Map<string, string>();
  for (const [name, row] of Object.entries(plan.given.rows)) {
    for (const [column, value] of Object.entries(cellsOf(row))) {
      const ref = refOf(value);
      if (ref) edges.set(`${name}.${column}`, `${ref.row}.${ref.column}`);
    }
  }
  return [...edges.keys()].sort().flatMap((start) => {
    const seen: string[] = [start];
    for (let next = edges.get(start); next !== undefined; next = edges.get(next)) {
      if (next === start && seen.every((item) => start <= item)) {
        return [problem('cyclicRef', `given.rows.${start}`, { through: seen })];
      }
      if (seen.includes(next)) return [];
      seen.push(next);
    }
    return [];
  });
};

/** Foreign keys point at rows the plan has, or that something other than the app keeps. */
export const givenParents: Rule = ({ plan, tables, app }) =>
  Object.entries(plan.given.rows).flatMap(([name, row]) => {
    const cells = cellsOf(row);
    return (tables.get(row.table)?.foreignKeys ?? []).flatMap((key) => {
      const [column = ''] = key.columns;
      const [reference = ''] = key.references;
      const value = Object.hasOwn(cells, column) ? cells[column] : undefined;
      if (value === undefined || value === null || key.columns.length > 1) return [];
      const ref = refOf(value);
      const parents = Object.entries(plan.given.rows).filter(
        ([, other]) => other.table === key.table,
      );
      const facts = { column, table: key.table };
      const path = `given.rows.${name}.${isMade(row) ? 'set' : 'match'}.${column}`;
      if (ref) return ownRow(plan, ref.row) ? [] : [problem('missingParent', path, facts)];
      if (typeof value === 'object') return [problem('missingParent', path, facts)];
      const given = parents.some(([, other]) => cellsOf(other)[reference] === value);
      if (given || !isMade(row)) return [];
      const written = [...app.routes, ...app.pages].some((route) =>
        route.writes.some((write) => write.table === key.table),
      );
      return [problem('missingParent', path, facts, written ? 'error' : 'warning')];
    });
  });

interface Found {
  readonly ref: string;
  readonly path: string;
}

function refsIn(plan: Plan): Found[] {
  const values = [
    ...Object.entries(plan.given.rows).map(([name, row]) => ({
      at: `given.rows.${name}`,
      value: row,
    })),
    { at: 'given.absent', value: plan.given.absent },
    { at: 'when', value: plan.when },
    { at: 'then', value: plan.then },
  ];
  const inValues = values.flatMap(({ at, value }) => valueRefs(value, at));
  const paths = plan.when.flatMap(({ path }, index) => textRefs(path, `when.${index}.path`));
  return [...inValues, ...paths, ...textRefs(plan.then.location ?? '', 'then.location')];
}

function valueRefs(value: unknown, path: string): Found[] {
  if (Array.isArray(value)) {
    return value.flatMap((item, index) => valueRefs(item, `${path}.${index}`));
  }
  if (!isPlainObject(value)) return [];
  const ref = Object.keys(value).length === 1 ? Reflect.get(value, 'ref') : undefined;
  if (typeof ref === 'string') return [{ ref, path }];
  if (Object.keys(value).length === 1 && 'json' in value) return [];
  return Object.entries(value).flatMap(([key, item]) => valueRefs(item, `${path}.${key}`));
}

function textRefs(text: string, path: string): Found[] {
  return [...text.matchAll(/\{([^{}]+)\}/g)].map((found) => ({ ref: found[1] ?? '', path }));
}

function splitRef(ref: string): { row: string; column: string } {
  return refOf({ ref }) ?? { row: ref, column: '' };
}
