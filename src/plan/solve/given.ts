import type { Term } from '../../condition/condition.ts';
import type { Plan, PlannedRow, Value } from '../plan.ts';
import {
  type Bound,
  type Cell,
  datumOf,
  homeOf,
  literalFor,
  refTo,
  soughtText,
} from './bindings.ts';
import { signsIn } from './carried.ts';
import { isFresh, variableName } from './formula.ts';
import { columnOf, ELEMENT, looksUpActor, type Setting } from './setting.ts';
import { ownValue } from './signed.ts';
import { comesFromStranger, keysOfNobody, refusalOf } from './stranger.ts';
import { isActor, rowsOf, type WorldRow } from './world.ts';

type Given = Plan['given'];

/** The rows, absences, personas and environment that bring a solution about. */
export function givenOf(bound: Bound): Given {
  const { world } = bound.solution;
  const rows: Record<string, PlannedRow> = {};
  const needed = refersTo(bound);
  for (const row of rowsOf(world)) {
    const name = bound.names.get(row.id) ?? row.id;
    if (row.origin === 'made') rows[name] = madeRow(bound, row);
    if (row.origin === 'session') {
      const session = sessionRow(bound, row, needed.has(row.id));
      if (session) rows[name] = session;
    }
  }
  return { rows, absent: absences(bound), personas: personas(bound), env: environment(bound) };
}

/** The persona a request is sent as; null for nobody. */
export function personaOf(bound: Bound): string | null {
  const { world } = bound.solution;
  const { app } = world.setting;
  if (isStranger(world.setting)) return STRANGER;
  // Without a way to sign up and in, the request itself carries what the actor is looked up by.
  if (app.auth && !signsIn(app)) return null;
  const signedIn = [...world.setting.queries.values()].some(
    (query) => looksUpActor(app, query) && (world.own.get(query.id)?.length ?? 0) > 0,
  );
  const acting = world.setting.when.some(
    (item) => item.kind === 'actor' && item.is !== 'anonymous',
  );
  if (!world.actor || !(signedIn || acting)) return null;
  const actor = rowsOf(world).find((row) => isActor(world, row.id));
  return (actor && bound.names.get(actor.id)) ?? null;
}

function personas(bound: Bound): Given['personas'] {
  const name = personaOf(bound);
  if (name === null) return {};
  const { setting } = bound.solution.world;
  if (!isStranger(setting)) return { [name]: { row: name } };
  const refused = refusalOf(setting);
  return { [name]: { gone: keysOfNobody(setting), ...(refused && { refused }) } };
}

const STRANGER = 'stranger';

function isStranger(setting: Setting): boolean {
  return comesFromStranger(setting) || refusalOf(setting) !== null;
}

function madeRow(bound: Bound, row: WorldRow): PlannedRow {
  const all = cellValues(bound, row, { defaults: true });
  const key = matchKey(bound, row, all);
  if (!key) return { table: row.table.id, set: cellValues(bound, row, { defaults: false }) };
  const update = Object.fromEntries(Object.entries(all).filter(([column]) => !(column in key)));
  const changed = Object.keys(update).length > 0;
  return { table: row.table.id, match: key, ...(changed ? { update } : {}) };
}

/** A row nobody writes and that is asked for by a literal key is one that migrations put there. */
function matchKey(bound: Bound, row: WorldRow, set: Record<string, Value>) {
  const { app } = bound.solution.world.setting;
  const written = [...app.routes, ...app.pages].some((route) =>
    route.writes.some((write) => write.table === row.table.id),
  );
  if (written || row.table.id === app.auth?.actor) return null;
  const keys = [row.table.primaryKey, ...row.table.uniques.map((unique) => unique.columns)];
  const literal = (column: string) => {
    const name = variableName({ kind: 'cell', row: row.id, column });
    const { posed } = bound.solution;
    return posed.classes.constants.has(posed.of(name)) && set[column] !== null;
  };
  const key = keys.find((columns) => columns.length > 0 && columns.every(literal));
  return key ? Object.fromEntries(key.map((column) => [column, set[column] ?? null])) : null;
}

/** A row's chosen values; those it has anyway only with `defaults`. */
function cellValues(
  bound: Bound,
  row: WorldRow,
  { defaults }: { defaults: boolean },
): Record<string, Value> {
  const { solution } = bound;
  const set: Record<string, Value> = {};
  for (const variable of solution.posed.classes.variables.values()) {
    if (variable.kind !== 'cell' || variable.row !== row.id) continue;
    const datum = datumOf(solution, variable);
    const own = ownValue(solution.world, row.id, variable.column);
    if (!defaults && own !== undefined && own === datum) continue;
    const { column } = variable;
    if (column.endsWith(ELEMENT)) {
      if (datum === undefined || isFresh(datum)) continue;
      set[column.slice(0, -ELEMENT.length)] = { json: [datum] };
      continue;
    }
    const value = cellValue(bound, variable);
    if (value !== undefined) set[column] = value;
  }
  return set;
}

function cellValue(bound: Bound, cell: Cell): Value | undefined {
  const { solution } = bound;
  const datum = datumOf(solution, cell);
  if (datum === undefined) return undefined;
  const home = homeOf(bound, cell);
  const atHome = home !== null && home.row === cell.row && home.column === cell.column;
  if (home && !atHome) return refTo(bound, home);
  if (!isFresh(datum)) return literalFor(bound, cell, datum);
  return bound.sought.has(datum) ? soughtText(bound, cell) : undefined;
}

/** A session is made by signing in, so it is only found and changed, where it must be. */
function sessionRow(bound: Bound, row: WorldRow, needed: boolean): PlannedRow | null {
  const { auth } = bound.solution.world.setting.app;
  const key = row.table.foreignKeys.find((foreign) => foreign.table === auth?.actor);
  const [column] = key?.columns ?? [];
  if (column === undefined) return null;
  const { [column]: actor, ...update } = cellValues(bound, row, { defaults: false });
  const changed = Object.keys(update).length > 0;
  if (actor === undefined || !(changed || needed)) return null;
  return { table: row.table.id, match: { [column]: actor }, ...(changed ? { update } : {}) };
}

/** Rows that others take a value from. */
function refersTo(bound: Bound): ReadonlySet<string> {
  const { posed } = bound.solution;
  const found = new Set<string>();
  for (const variable of posed.classes.variables.values()) {
    const home = homeOf(bound, variable);
    const elsewhere = variable.kind !== 'cell' || variable.row !== home?.row;
    if (home && elsewhere) found.add(home.row);
  }
  return found;
}

/** Rows that must not be there although nothing in the plan would make them: reference data, leftovers. */
function absences(bound: Bound): Given['absent'] {
  const { setting } = bound.solution.world;
  const found = setting.when.flatMap((condition) => {
    if (condition.kind !== 'absent') return [];
    const query = setting.queries.get(condition.query);
    const table = query && setting.tables.get(query.table);
    if (!query || !table || query.of !== null || looksUpActor(setting.app, query)) return [];
    const where: Record<string, Value> = {};
    for (const part of query.where) {
      if (!('left' in part)) continue;
      if (!isClosed(part.left, query.id) || !isClosed(part.right, query.id)) return [];
      const [own, other] =
        part.left.kind === 'column' ? [part.left, part.right] : [part.right, part.left];
      if (part.op !== '=' || own.kind !== 'column' || other.kind !== 'literal') continue;
      const column = columnOf(table, own.column);
      const { value } = other;
      if (column && (value === null || typeof value !== 'object')) where[column.name] = value;
    }
    return [{ table: query.table, where }];
  });
  return [...new Map(found.map((entry) => [JSON.stringify(entry), entry])).values()];
}

/** Whether a term is about the row itself and literals, so that no row of ours decides it. */
function isClosed(term: Term, query: string): boolean {
  if (term.kind === 'column') return term.row === query;
  return term.kind === 'literal' || term.kind === 'now';
}

function environment(bound: Bound): Given['env'] {
  const env: Record<string, string | null> = {};
  for (const variable of bound.solution.posed.classes.variables.values()) {
    if (variable.kind !== 'env') continue;
    const datum = datumOf(bound.solution, variable);
    if (datum !== undefined && !isFresh(datum))
      env[variable.name] = datum === null ? null : String(datum);
  }
  return env;
}
