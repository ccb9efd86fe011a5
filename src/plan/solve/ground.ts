import type { Comparison, Condition, Term } from '../../condition/condition.ts';
import { examplesOf } from '../../condition/logic.ts';
import type { Query } from '../../model/model.ts';
import { type Expr, FALSE, type Formula, type Scalar, TRUE, variableOf } from './formula.ts';
import { isInstant, MINUTE } from './instant.ts';
import { objectTest } from './object-test.ts';
import { comparesPassword } from './passwords.ts';
import { isReadable } from './readable.ts';
import { rereadTerm } from './reread.ts';
import { columnOf, ELEMENT, readsCarrier, tableNamed } from './setting.ts';
import { candidatesOf } from './tuples.ts';
import { ownerOf, rowNamed, standing, type Tuple, type World } from './world.ts';

const NULL: Expr = { kind: 'value', value: null };

/** That a result row satisfies its query: WHERE, joins, and the query it is a subset of. */
export function matches(world: World, query: Query, tuple: Tuple): Formula {
  const own = [
    ...query.where,
    ...query.joins.flatMap((join) => (tuple.get(join.id) ? join.on : [])),
  ];
  const parts = own.map((condition) => ground(world, condition, { tuple, sql: query.of === null }));
  const parent = query.of === null ? undefined : world.setting.queries.get(query.of);
  return { kind: 'all', of: parent ? [...parts, matches(world, parent, tuple)] : parts };
}

/** That some result row, among the rows there are, satisfies the query, asked for each row of `outer`. */
function hasResult(world: World, query: Query, outer: Tuple): Formula {
  const of = candidatesOf(world, query).map((tuple) =>
    matches(world, query, new Map([...outer, ...tuple])),
  );
  return { kind: 'some', of };
}

interface Scope {
  readonly tuple: Tuple;
  readonly sql: boolean;
}
const NOWHERE: Scope = { tuple: new Map(), sql: false };

/** A condition over the world's rows. What the request's shape or the persona decides is true here. */
export function ground(world: World, condition: Condition, scope: Scope = NOWHERE): Formula {
  switch (condition.kind) {
    case 'exists':
    case 'absent':
      return groundExistence(world, condition, scope);
    case 'compare':
    case 'count':
    case 'aggregate':
    case 'environment':
      return groundComparison(world, condition, scope);
    case 'member':
      return groundMember(world, condition, scope);
    case 'input':
      return groundInput(world, condition, scope);
    case 'actor':
      return condition.is === 'role' || condition.is === 'owner'
        ? groundComparison(world, condition, scope)
        : TRUE;
    case 'opaque':
      return groundExamples(world, condition, scope);
    case 'conflict':
    case 'external':
      return TRUE;
    case 'any':
      return {
        kind: 'some',
        of: condition.of.map((all) => ({
          kind: 'all',
          of: all.map((item) => ground(world, item, scope)),
        })),
      };
  }
}

/** One of the texts known to bring about what can't be read; nothing is asked where none are. */
function groundExamples(
  world: World,
  condition: Condition & { kind: 'opaque' },
  scope: Scope,
): Formula {
  const values = examplesOf(condition);
  if (!condition.examples || values.length === 0) return TRUE;
  const left = groundTerm(world, condition.examples.term, scope);
  const of = values.map(
    (value): Formula => ({
      kind: 'atom',
      left,
      op: '=',
      right: { kind: 'value', value },
      margin: 0,
      sql: scope.sql,
    }),
  );
  return isReadable(left) ? { kind: 'some', of } : TRUE;
}

function groundExistence(
  world: World,
  condition: Condition & { kind: 'exists' | 'absent' },
  scope: Scope,
): Formula {
  const query = ownerOf(world.setting, condition.query);
  if (!query) return { kind: 'unknown', text: condition.query };
  const joined = query.id !== condition.query;
  const present = joined
    ? (world.own.get(query.id) ?? []).some((tuple) => tuple.get(condition.query))
      ? TRUE
      : FALSE
    : hasResult(world, query, scope.tuple);
  return condition.kind === 'exists' ? present : { kind: 'not', of: present };
}

function groundComparison(world: World, condition: Comparison, scope: Scope): Formula {
  const { left, op, right } = condition;
  const { app } = world.setting;
  if (readsCarrier(app, left) || readsCarrier(app, right)) return TRUE;
  if (comparesPassword(condition)) return TRUE;
  const sides = [groundTerm(world, left, scope), groundTerm(world, right, scope)] as const;
  // The caller has seen to it that what can't be read here goes as it does in every success.
  if (scope === NOWHERE && !sides.every(isReadable)) return TRUE;
  return {
    kind: 'atom',
    left: sides[0],
    op,
    right: sides[1],
    margin: isInstant(world, left) || isInstant(world, right) ? MINUTE : 0,
    sql: scope.sql,
  };
}

function groundMember(
  world: World,
  condition: Condition & { kind: 'member' },
  scope: Scope,
): Formula {
  const left = groundTerm(world, condition.term, scope);
  const equals = (right: Expr): Formula => ({
    kind: 'atom',
    left,
    op: '=',
    right,
    margin: 0,
    sql: scope.sql,
  });
  const of = condition.of.map((term): Formula => {
    const query = term.kind === 'column' ? world.setting.queries.get(term.row) : undefined;
    if (!query?.many || scope.tuple.has(query.id)) return equals(groundTerm(world, term, scope));
    const each = candidatesOf(world, query).map((tuple): Formula => {
      const value = groundTerm(world, term, { ...scope, tuple });
      return { kind: 'all', of: [matches(world, query, tuple), equals(value)] };
    });
    return { kind: 'some', of: each };
  });
  const [only] = of;
  const present: Formula = only && of.length === 1 ? only : { kind: 'some', of };
  return condition.holds ? present : { kind: 'not', of: present };
}

function groundInput(
  world: World,
  condition: Condition & { kind: 'input' },
  scope: Scope,
): Formula {
  if (objectTest(condition)) return TRUE;
  if (condition.is === 'compare') return groundComparison(world, condition, scope);
  if (condition.is === 'valid' || condition.is === 'invalid') return TRUE;
  // The request itself is made so.
  if (condition.is === 'malformed' || condition.is === 'wellFormed') return TRUE;
  const term: Term = { kind: 'input', from: condition.from, path: condition.path };
  if (condition.path.length === 0) return TRUE;
  const op = condition.is === 'missing' ? '=' : '!=';
  return groundComparison(
    world,
    { left: term, op, right: { kind: 'literal', value: null } },
    scope,
  );
}

/** A term over the world's rows; a column of a row that isn't there is null. */
export function groundTerm(world: World, term: Term, scope: Scope = NOWHERE): Expr {
  switch (term.kind) {
    case 'literal':
      return { kind: 'value', value: scalar(term.value) };
    case 'now':
      return { kind: 'value', value: 0 };
    case 'input':
      return variableOf({ kind: 'input', from: term.from, path: term.path });
    case 'env':
      return variableOf({ kind: 'env', name: term.name });
    case 'column':
      return groundColumn(world, term, scope);
    case 'arith':
      return {
        kind: 'arith',
        op: term.op,
        left: groundTerm(world, term.left, scope),
        right: groundTerm(world, term.right, scope),
      };
    case 'call':
      if (term.fn === 'element') return elementOf(groundTerm(world, term.args[0] ?? term, scope));
      return {
        kind: 'call',
        fn: term.fn,
        args: term.args.map((arg) => groundTerm(world, arg, scope)),
      };
    case 'choice':
      return {
        kind: 'choice',
        when: { kind: 'all', of: term.when.map((item) => ground(world, item, scope)) },
        yes: groundTerm(world, term.yes, scope),
        no: groundTerm(world, term.no, scope),
      };
    case 'aggregate':
      return groundAggregate(world, term, scope);
    case 'rows':
    case 'external':
    case 'opaque':
      return { kind: 'unknown', text: 'text' in term ? term.text : term.kind };
  }
}

/** What an array column holds: planned arrays have one element, which has a variable of its own. */
function elementOf(array: Expr): Expr {
  if (array.kind !== 'variable' || array.variable.kind !== 'cell') {
    return { kind: 'unknown', text: 'element' };
  }
  const { row, column } = array.variable;
  return variableOf({ kind: 'cell', row, column: `${column}${ELEMENT}` });
}

function groundAggregate(world: World, term: Term & { kind: 'aggregate' }, scope: Scope): Expr {
  const query = world.setting.queries.get(term.query);
  if (!query) return { kind: 'unknown', text: term.query };
  const of = candidatesOf(world, query).map((tuple) => ({
    when: matches(world, query, tuple),
    value: term.of ? groundTerm(world, term.of, { ...scope, tuple }) : NULL,
  }));
  return { kind: 'fold', op: term.op, of };
}

function groundColumn(world: World, term: Term & { kind: 'column' }, scope: Scope): Expr {
  const { setting } = world;
  const column = columnOf(tableNamed(setting, term.row), term.column);
  if (!column) return { kind: 'unknown', text: `${term.row}.${term.column}` };
  const written = scope.tuple.has(term.row)
    ? undefined
    : rereadTerm(setting, term.row, column.name);
  if (written) return groundTerm(world, written, scope);
  const owner = ownerOf(setting, term.row);
  const row = scope.tuple.has(term.row)
    ? scope.tuple.get(term.row)
    : owner && (world.own.get(owner.id)?.[0]?.get(term.row) ?? rowOfWhole(world, owner));
  if (row) return variableOf({ kind: 'cell', row: standing(world, row), column: column.name });
  if (scope.tuple.has(term.row)) return NULL;
  const write = setting.writes.get(term.row);
  if (owner) return columnOfFound(world, owner, { term, scope });
  if (!write) return NULL;
  const set = write.set[term.column] ?? write.set[column.name] ?? write.set[column.property];
  if (set) return groundTerm(world, set, scope);
  const inserted = rowNamed(world, `${write.id}!`);
  return inserted?.table.primaryKey.includes(column.name)
    ? variableOf({ kind: 'cell', row: inserted.id, column: column.name })
    : { kind: 'unknown', text: `${term.row}.${term.column}` };
}

/** A column of what a look-up that asks for no row of its own finds among the others. */
function columnOfFound(
  world: World,
  query: Query,
  { term, scope }: { term: Term & { kind: 'column' }; scope: Scope },
): Expr {
  if (query.many || query.of !== null) return NULL;
  return candidatesOf(world, query).reduceRight<Expr>((otherwise, tuple) => {
    const found = { ...scope, tuple: new Map([...scope.tuple, ...tuple]) };
    const yes = found.tuple.get(term.row) ? groundTerm(world, term, found) : NULL;
    return { kind: 'choice', when: matches(world, query, found.tuple), yes, no: otherwise };
  }, NULL);
}

/** What a subset without rows would be taken from: a lookup by its rows looks up by these. */
function rowOfWhole(world: World, { of }: Query): string | undefined {
  const whole = of === null ? undefined : world.setting.queries.get(of);
  if (!whole) return undefined;
  return world.own.get(whole.id)?.[0]?.get(whole.id) ?? rowOfWhole(world, whole);
}

function scalar(value: unknown): Scalar {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  return typeof value === 'number' ? value : JSON.stringify(value);
}
