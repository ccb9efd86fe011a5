import type { Condition } from '../../condition/condition.ts';
import type { ForeignKey } from '../../db/db.ts';
import { assertionsOf, uniqueKeys } from './assertions.ts';
import { holds } from './evaluate.ts';
import {
  conjuncts,
  type Datum,
  type Formula,
  variableName,
  variableOf,
  variablesOf,
} from './formula.ts';
import { contradiction, type Posed, pose } from './problem.ts';
import { columnOf } from './setting.ts';
import { merged, rowsOf, type World, type WorldRow, withRow } from './world.ts';

/** Whether a foreign key takes a row that is there already, or gets one of its own. */
export type Parents = 'reuse' | 'own';

/** Rounds after which a world that still grows is given up. */
const ROUNDS = 80;
/** Rows added for foreign keys after which a world is given up. */
const GROWTH = 100;

/**
 * Merges rows that must be one (they agree in a key) and gives every needed foreign key its row,
 * until nothing changes. Null where it doesn't come to rest.
 */
export function settle(start: World, parents: Parents): { world: World; posed: Posed } | null {
  let world = start;
  for (let round = 0; round < ROUNDS; round += 1) {
    const posed = pose(world, assertionsOf(world));
    if (posed.classes.conflict) return { world, posed };
    const next =
      mergeOne(world, posed) ?? nameActor(world, posed) ?? linkSome(world, posed, parents);
    if (!next) return { world, posed };
    if (next.rows.size > start.rows.size + GROWTH) return null;
    world = next;
  }
  return null;
}

function mergeOne(world: World, posed: Posed): World | null {
  const rows = rowsOf(world)
    .filter((row) => row.origin !== 'written' || mayUpsert(world, row))
    .toSorted((a, b) => rank(a).localeCompare(rank(b), 'en'));
  for (const [index, row] of rows.entries()) {
    for (const other of rows.slice(index + 1)) {
      if (other.table.id !== row.table.id || row.origin === 'written') continue;
      if (uniqueKeys(row.table).some((key) => agree(posed, [row.id, other.id], key))) {
        return merged(world, other.id, row.id);
      }
    }
  }
  return null;
}

/** An insert whose conflicts nobody catches either meets none or updates the row it meets. */
function mayUpsert({ setting, upserts }: World, row: WorldRow): boolean {
  const caught = (conditions: readonly Condition[]): boolean =>
    conditions.some((item) =>
      item.kind === 'any'
        ? caught(item.of.flat())
        : item.kind === 'conflict' && `${item.write}!` === row.id,
    );
  return upserts && !setting.route.outcomes.some((outcome) => caught(outcome.when));
}

/** The acting user is whom the session belongs to. */
function nameActor(world: World, posed: Posed): World | null {
  const table = world.setting.app.auth?.actor;
  if (world.actor !== null || table === undefined) return null;
  for (const session of rowsOf(world).filter((row) => row.origin === 'session')) {
    const key = session.table.foreignKeys.find((foreign) => foreign.table === table);
    const [column, reference] = [key?.columns[0], key?.references[0]];
    const actor = rowsOf(world).find((row) => {
      const [own, theirs] = [`${session.id}.${column}`, `${row.id}.${reference}`];
      const known = posed.classes.variables.has(own) && posed.classes.variables.has(theirs);
      return row.table.id === table && known && posed.of(own) === posed.of(theirs);
    });
    if (actor) return { ...world, actor: actor.id };
  }
  return null;
}

/** Rows that queries name come before rows we added. */
function rank(row: WorldRow): string {
  if (row.origin === 'written') return `2${row.id}`;
  const added = /[@^>~/]/.test(row.id) ? '1' : '0';
  return `${row.origin === 'session' ? '0' : '1'}${added}${String(row.id.length).padStart(4, '0')}${row.id}`;
}

function agree(posed: Posed, rows: readonly [string, string], key: readonly string[]): boolean {
  return key.every((column) => {
    const [a, b] = rows.map((row) => `${row}.${column}`);
    if (!a || !b || !posed.classes.variables.has(a) || !posed.classes.variables.has(b))
      return false;
    const [left, right] = [posed.of(a), posed.of(b)];
    return posed.classes.constants.get(left) !== null && isOneValue(posed, left, right);
  });
}

/** Links what needs it, but no value twice: what the first link means for it is seen in the next round. */
function linkSome(start: World, posed: Posed, parents: Parents): World | null {
  const touched = new Set<string>();
  let world = start;
  for (const row of rowsOf(start)) {
    for (const key of row.table.foreignKeys) {
      if (!needsParent(start, posed, { row, key })) continue;
      const values = key.columns.map((column) => posed.of(`${row.id}.${column}`));
      if (values.some((value) => touched.has(value))) continue;
      const before = world.links.length;
      world = linked(world, posed, { row, key, parents });
      const names = [...variablesOf(world.links.slice(before)).keys()];
      for (const name of names) touched.add(posed.of(name));
    }
  }
  return world === start ? null : world;
}

interface Reference {
  readonly row: WorldRow;
  readonly key: ForeignKey;
}

function needsParent(world: World, posed: Posed, { row, key }: Reference): boolean {
  const classOf = (id: string, column: string) => {
    const name = `${id}.${column}`;
    return posed.classes.variables.has(name) ? posed.of(name) : null;
  };
  const targets = rowsOf(world).filter(
    (other) =>
      other.table.id === key.table && (other.origin !== 'written' || row.origin === 'written'),
  );
  const kept = targets.some((target) =>
    key.columns.every((column, index) => {
      const own = classOf(row.id, column);
      const theirs = classOf(target.id, key.references[index] ?? '');
      return own !== null && theirs !== null && isOneValue(posed, own, theirs);
    }),
  );
  if (kept || !world.setting.tables.has(key.table)) return false;
  return key.columns.every((column) => {
    const own = classOf(row.id, column);
    if (own !== null && posed.classes.constants.get(own) === null) return false;
    const required = columnOf(row.table, column)?.nullable === false && row.origin !== 'written';
    if (required) return true;
    return (
      own !== null &&
      ((posed.members.get(own)?.length ?? 0) > 1 ||
        isNotNull(posed, own) ||
        refusesNull(posed, own))
    );
  });
}

/** Whether two classes are one, or have the same constant. */
function isOneValue({ classes }: Posed, left: string, right: string): boolean {
  const constant = classes.constants.get(left) ?? null;
  return left === right || (constant !== null && constant === classes.constants.get(right));
}

function isNotNull(posed: Posed, name: string): boolean {
  return posed.formulas.flatMap(conjuncts).some((part) => {
    if (part.kind !== 'atom' || part.op !== '!=') return false;
    const sides = [part.left, part.right];
    return (
      sides.some((side) => side.kind === 'value' && side.value === null) &&
      sides.some((side) => side.kind === 'variable' && posed.of(side.name) === name)
    );
  });
}

/** Whether null, with what is known of the others, makes something false: a CHECK that asks for a value. */
function refusesNull(posed: Posed, name: string): boolean {
  const lookup = (variable: string): Datum | undefined => {
    const own = posed.of(variable);
    return own === name ? null : posed.known.get(own);
  };
  return posed.formulas.some((formula) => holds(formula, lookup) === false);
}

function linked(
  world: World,
  posed: Posed,
  reference: Reference & { readonly parents: Parents },
): World {
  const { row, key, parents } = reference;
  const reusable = rowsOf(world).filter(
    (other) => other.table.id === key.table && other.origin === 'made' && other.id !== row.id,
  );
  const wanted = row.origin === 'written' || parents === 'reuse' ? reusable : [];
  const taken = takenTargets(world, posed, reference);
  for (const target of row.origin === 'session' ? actorFirst(world, wanted) : wanted) {
    if (taken.has(target.id)) continue;
    const next = link(world, reference, target.id);
    if (!contradiction(pose(next, assertionsOf(next)))) return next;
  }
  const id = `${row.id}>${key.columns.join('+')}`;
  const table = world.setting.tables.get(key.table);
  if (!table) return world;
  const grown = withRow(world, { id, table, origin: 'made' });
  const actor = row.origin === 'session' && table.id === world.setting.app.auth?.actor;
  return link(actor && !world.actor ? { ...grown, actor: id } : grown, reference, id);
}

/** Rows that a like row refers to already, where no two may agree in that and in what else they agree in. */
function takenTargets(world: World, posed: Posed, { row, key }: Reference): ReadonlySet<string> {
  const rests = uniqueKeys(row.table)
    .filter((columns) => key.columns.every((column) => columns.includes(column)))
    .map((columns) => columns.filter((column) => !key.columns.includes(column)));
  const rivals = rowsOf(world).filter(
    (other) =>
      other.id !== row.id &&
      other.table.id === row.table.id &&
      rests.some((rest) => agree(posed, [row.id, other.id], rest)),
  );
  const cells = new Set(rivals.flatMap(({ id }) => key.columns.map((column) => `${id}.${column}`)));
  const found = world.links.flatMap((formula) => {
    const [left, right] = variablesOf([formula]).values();
    if (left?.kind !== 'cell' || right?.kind !== 'cell') return [];
    return cells.has(variableName(left)) ? [right.row] : [];
  });
  return new Set(found);
}

function actorFirst(world: World, rows: readonly WorldRow[]): readonly WorldRow[] {
  return rows.toSorted((a, b) => Number(b.id === world.actor) - Number(a.id === world.actor));
}

function link(world: World, { row, key }: Reference, target: string): World {
  const links = key.columns.map((column, index): Formula => {
    const left = variableOf({ kind: 'cell', row: row.id, column });
    const right = variableOf({ kind: 'cell', row: target, column: key.references[index] ?? '' });
    return { kind: 'atom', left, op: '=', right, margin: 0, sql: false };
  });
  return { ...world, links: [...world.links, ...links] };
}
