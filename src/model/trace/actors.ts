import type { Comparison, Condition, Term } from '../../condition/condition.ts';
import { withClaims } from '../../condition/logic.ts';
import type { Table } from '../../db/db.ts';
import { mapped } from '../../kernel/mapped.ts';
import { type Auth, isCarrier } from '../model.ts';
import { TURNED } from './compare.ts';
import { keyOf } from './keys.ts';
import { type Machine, type Read, tableOfRow } from './machine.ts';
import { partsOf } from './terms.ts';
import { claimOf } from './tokens.ts';

/** Whom a request comes from: what it carries, the row found by it, and the acting user's row. */
export interface Actor {
  readonly carrier: Auth['carrier'];
  /** The read that looks the carried token up, and the column compared with it. */
  readonly session: { readonly query: string; readonly table: string; readonly column: string };
  readonly row: string;
  readonly table: string;
  /** The claim of a signed token that says so. */
  readonly claim: string | null;
}

/** Finds the look-up of a carried token among the reads; null where the chain has none. */
export function actorOf(machine: Machine): Actor | null {
  for (const read of machine.reads) {
    const found = lookUp(read);
    const carrier = found && carrierOf(found.value);
    if (!found || !carrier || namesAnother(machine, read, found)) continue;
    const session = { query: read.id, table: tableIdOf(read, found.row), column: found.column };
    const user = userOf(machine, read);
    const row = { row: user?.row ?? read.id, table: user?.table ?? session.table };
    return { carrier, session, ...row, claim: claimOf(found.value) };
  }
  return null;
}

/** A claim compared with a foreign key is the key of another row: it says who acts, this row does not. */
function namesAnother(
  machine: Machine,
  read: Read,
  { row, column, value }: { row: string; column: string; value: Term },
): boolean {
  const table = machine.deps.schema.tables.find(({ id }) => id === tableIdOf(read, row));
  const signed = partsOf(value).some((part) => part.kind === 'call' && part.fn === 'tokenClaims');
  return signed && !!table?.foreignKeys.some(({ columns }) => columns.join() === column);
}

function tableIdOf(read: Read, row: string): string {
  return read.joins.find((join) => join.id === row)?.table ?? read.table;
}

function lookUp(read: Read): { row: string; column: string; value: Term } | undefined {
  for (const condition of read.where.flatMap(each)) {
    if (condition.kind !== 'compare' || condition.op !== '=') continue;
    const { left, right } = condition;
    if (left.kind === 'column' && carrierOf(right))
      return { row: left.row, column: left.column, value: right };
    if (right.kind === 'column' && carrierOf(left))
      return { row: right.row, column: right.column, value: left };
  }
  return undefined;
}

/** A condition, or those of all the ways it can hold in. */
function each(condition: Condition): Condition[] {
  return condition.kind === 'any' ? condition.of.flat().flatMap(each) : [condition];
}

/**
 * The WHERE of a query for somebody whose token makes the claim the actor is found by: what is looked up where
 * it makes none is another's.
 */
export function withClaim(actor: Actor | null, where: readonly Condition[]): readonly Condition[] {
  const { claim } = actor ?? {};
  return claim ? where.flatMap((condition) => withClaims([claim], condition) ?? []) : where;
}

/** Headers that say who asks; others (an idempotency key, a webhook's id) say what. */
const NAMES = /auth|token|session|user|account|^(x-)?api-?key$/;

function carrierOf(term: Term): Actor['carrier'] | undefined {
  for (const part of partsOf(term)) {
    if (part.kind !== 'input' || (part.from !== 'cookies' && part.from !== 'headers')) continue;
    const [name] = part.path;
    if (name !== undefined && (part.from === 'cookies' || NAMES.test(name))) {
      return { from: part.from, name };
    }
  }
  return undefined;
}

/** The row a session belongs to: joined, or read by the session's foreign key. */
function userOf(machine: Machine, session: Read): { row: string; table: string } | undefined {
  const table = machine.deps.schema.tables.find((each) => each.id === session.table);
  const owners = table?.foreignKeys.map((key) => key.table) ?? [];
  const candidates = [
    ...session.joins.map((join) => ({ row: join.id, table: join.table, by: join.on })),
    ...machine.reads
      .filter((read) => read !== session && !read.of)
      .map((read) => ({ row: read.id, table: read.table, by: read.where })),
  ];
  const linked = candidates.filter(
    ({ table: other, by }) => owners.includes(other) && by.some((each) => links(each, session.id)),
  );
  const named = linked.find((each) =>
    /user|account|member|staff|customer|person|people|profile/.test(each.table),
  );
  return named ?? (byOwnKey(session, table) ? undefined : linked[0]);
}

/** A token that says the row's own key says who it is: no other row does. */
function byOwnKey(session: Read, table: Table | undefined): boolean {
  const found = lookUp(session);
  return found?.row === session.id && table?.primaryKey.includes(found.column) === true;
}

function links(condition: Condition, row: string): boolean {
  if (condition.kind !== 'compare' || condition.op !== '=') return false;
  return [condition.left, condition.right].some(
    (side) => side.kind === 'column' && side.row === row,
  );
}

/** Says what concerns the actor in an actor's terms; the rest stays as it is. */
export function withActor(
  machine: Machine,
  actor: Actor | null,
  when: readonly Condition[],
): Condition[] {
  if (!actor) return [...when];
  const known = when.some((each) => each.kind === 'exists' && each.query === actor.session.query);
  // A session is kept for nobody too; a token that was signed is somebody's.
  const claim = machine.tokens.some(({ kind }) => kind === 'jwt') ? actor.claim : null;
  const open = when.flatMap((each) =>
    claim && each.kind === 'any' ? (withClaims([claim], each) ?? each) : each,
  );
  const said = open.flatMap((each) => normal(machine, { actor, known }, each));
  const sure = new Set(said.filter((each) => each.kind !== 'any').map(keyOf));
  const kept = said.filter(
    (each) =>
      each.kind !== 'any' || !each.of.some((way) => way.every((part) => sure.has(keyOf(part)))),
  );
  return [...new Map(kept.map((each) => [keyOf(each), each])).values()];
}

function normal(
  machine: Machine,
  { actor, known }: { actor: Actor; known: boolean },
  condition: Condition,
): Condition[] {
  const { at } = condition;
  if (condition.kind === 'any') {
    const of = mapped(condition.of, (each) => {
      const said = each.flatMap((part) => normal(machine, { actor, known }, part));
      const isSame =
        said.length === each.length && said.every((part, index) => part === each[index]);
      return isSame ? each : said;
    });
    return eitherWay(actor, of === condition.of ? condition : { kind: 'any', at, of });
  }
  if (condition.kind === 'exists' && condition.query === actor.session.query) {
    return [{ kind: 'actor', is: 'authenticated', at }];
  }
  if (
    condition.kind === 'input' &&
    condition.is !== 'compare' &&
    isCarrier(actor.carrier, condition)
  ) {
    if (condition.is === 'missing') return [{ kind: 'actor', is: 'anonymous', at }];
    return known ? [] : [condition];
  }
  if (known && isAboutCarrier(actor, condition)) return [];
  if (condition.kind !== 'compare') return [condition];
  const turned = isActors(actor, condition.left) ? swap(condition) : condition;
  if (!isActors(actor, turned.right)) return [condition];
  return [asActor(machine, actor, { condition, turned })];
}

/** Nothing carried and something of the wrong shape carried are both nobody. */
function eitherWay(actor: Actor, condition: Condition & { kind: 'any' }): Condition[] {
  if (condition.of.some((each) => each.length === 0)) return [];
  const nobody = condition.of.find(([only, ...more]) => more.length === 0 && isAnonymous(only));
  const rest = condition.of.filter((each) => each !== nobody);
  const shape = rest.every((each) =>
    each.every((part) => isAboutCarrier(actor, part) && !isGood(part)),
  );
  return nobody && shape ? [...nobody] : [condition];
}

function isGood(condition: Condition): boolean {
  return condition.kind === 'input' && (condition.is === 'valid' || condition.is === 'present');
}

function isAnonymous(condition: Condition | undefined): boolean {
  return condition?.kind === 'actor' && condition.is === 'anonymous';
}

/** What is carried beside a literal: its scheme, its length. */
function isAboutCarrier(actor: Actor, condition: Condition): boolean {
  if (condition.kind !== 'input') return false;
  if (condition.is !== 'compare') return isCarrier(actor.carrier, condition);
  const sides = [condition.left, condition.right].filter((side) => side.kind !== 'literal');
  return sides.every((side) =>
    partsOf(side).every((part) => part.kind !== 'input' || isCarrier(actor.carrier, part)),
  );
}

type Compare = {
  readonly at: Condition['at'];
  readonly kind: 'compare' | 'count' | 'aggregate';
} & Comparison;

function asActor(
  machine: Machine,
  actor: Actor,
  { condition, turned }: { condition: Compare; turned: Compare },
): Condition {
  const { at, left, op, right } = turned;
  if (left.kind === 'literal')
    return isRole(machine, right, left.value)
      ? { ...condition, kind: 'actor', is: 'role' }
      : condition;
  const owner = isKey(machine, actor, right) && (left.kind === 'column' || left.kind === 'input');
  return owner ? { kind: 'actor', is: 'owner', at, left, op, right } : condition;
}

/** Roles are words and flags; numbers, instants and null are plain comparisons. */
function isRole(machine: Machine, term: Term, value: unknown): boolean {
  if (term.kind !== 'column' || value === null) return false;
  const column = tableOfRow(machine, term.row)?.columns.find((each) => each.name === term.column);
  return (
    typeof value === 'boolean' ||
    (typeof value === 'string' && !/^(timestamp|date)/.test(column?.type ?? ''))
  );
}

function swap(condition: Compare): Compare {
  const { op } = condition;
  return { ...condition, left: condition.right, op: TURNED[op] ?? op, right: condition.left };
}

function isActors(actor: Actor, term: Term): boolean {
  return term.kind === 'column' && (term.row === actor.row || term.row === actor.session.query);
}

/** The actor's own key, or the session's reference to it. */
function isKey(machine: Machine, actor: Actor, term: Term): boolean {
  if (term.kind !== 'column') return false;
  const table: Table | undefined = tableOfRow(machine, term.row);
  if (term.row === actor.row) return table?.primaryKey.includes(term.column) ?? false;
  return (
    table?.foreignKeys.some(
      (key) => key.table === actor.table && key.columns.includes(term.column),
    ) ?? false
  );
}
