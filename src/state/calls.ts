import type { Table } from '../db/db.ts';
import type { App } from '../model/model.ts';
import type { BodyValue, Plan, Value, When } from '../plan/plan.ts';
import { admits } from './admits.ts';
import { bodyFor, passwordFor } from './body.ts';
import { cellOf } from './cells.ts';
import { type CalledRow, type Cells, columnOf, sources } from './draft.ts';
import { compileAdjust, findSql } from './locate.ts';
import type { Task } from './order.ts';
import type { Called } from './personas.ts';
import type { ApiCall } from './state.ts';
import { generate } from './values/generate.ts';
import { isOffset } from './values/value.ts';

type Auth = NonNullable<App['auth']>;
type Door = NonNullable<Auth['signUp']>;

interface Calling {
  readonly called: Called;
  readonly row: CalledRow;
  readonly plan: Plan;
  readonly app: App;
  readonly seed: string;
}

/** The tasks of a row the app makes: sign up, set what else the plan wants, sign in, set what would have kept it out. */
export function callTasks(at: Calling): Task[] {
  const auth = at.app.auth;
  if (!auth?.signUp) return [];
  const { name, table, set } = at.row;
  const values = fieldValues(auth, at);
  // The hash is the app's: one from the plan would keep everybody out.
  const byApp = [...Object.values(auth.signUp.fields), auth.passwordColumn];
  const wanted = [...set].filter(([column]) => !byApp.includes(column));
  const late = wanted.filter(([column]) => !admits(at.app, column, plannedValue(at, column)));
  const early = wanted.filter((entry) => !late.includes(entry));
  const signUp: Task = {
    id: name,
    kind: 'step',
    after: sourcesOf(values),
    step: signUpCall(auth.signUp, { ...at, values }),
  };
  const adjust = (id: string, cells: Cells, after: string): Task => ({
    id,
    kind: 'step',
    after: [after, ...sources(cells)],
    step: compileAdjust(name, table, cells),
  });
  const tasks: Task[] = [signUp];
  if (early.length > 0) tasks.push(adjust(adjustId(name), new Map(early), name));
  if (auth.signIn && !opensSession(at.app) && at.called.personas.length > 0) {
    const after = early.length > 0 ? [name, adjustId(name)] : [name];
    const step = signInCall(auth.signIn, { ...at, values });
    tasks.push({ id: signInId(name), kind: 'step', after, step });
  }
  if (late.length > 0) tasks.push(adjust(lateId(name), new Map(late), tasks.at(-1)?.id ?? name));
  return tasks;
}

/** The ids of a called row's tasks, for those that have to wait for them. */
export const adjustId = (row: string) => `${row} › adjust`;
export const signInId = (row: string) => `${row} › sign in`;
const lateId = (row: string) => `${row} › adjust after sign-in`;

type Values = ReadonlyMap<string, BodyValue>;

/** What each column that sign-up and sign-in speak of is told to be, by column, and the password. */
function fieldValues(auth: Auth, at: Calling): Values {
  const doors = [auth.signUp, auth.signIn].filter((door) => door !== null);
  const columns = new Set(doors.flatMap((door) => Object.values(door.fields)));
  const told = new Map<string, BodyValue>();
  for (const column of columns) told.set(column, plannedOrMade(at, column));
  return told;
}

function plannedOrMade(at: Calling, name: string): BodyValue {
  const planned = plannedValue(at, name);
  const column = columnOf(at.row.table, name);
  if (!column) return null;
  const spot = { seed: at.seed, table: at.row.table, column, row: at.row.name, index: 0 };
  if (planned !== undefined) return settled(planned, spot);
  const value = generate(spot);
  if (isOffset(value)) return null;
  return isUnique(at.row.table, name) && typeof value === 'string'
    ? { unique: value }
    : (value as BodyValue);
}

/** What the seed decides is decided now; what the run decides stays open. */
function settled(value: Value, spot: Parameters<typeof cellOf>[1]): BodyValue {
  if (typeof value !== 'object' || value === null) return value;
  if (!('fake' in value) && !('oneOf' in value)) return value;
  const cell = cellOf(value, spot);
  return cell.kind === 'param' && cell.param.kind === 'value'
    ? (cell.param.value as BodyValue)
    : null;
}

function signUpCall(door: Door, at: Calling & { readonly values: Values }): ApiCall {
  const { row, called } = at;
  const password = secretOf(at);
  const by = identifying(row.table, Object.values(door.fields));
  const where = new Map(
    by.flatMap((name) => {
      const [column, told] = [columnOf(row.table, name), at.values.get(name)];
      if (!column || told === undefined) return [];
      const spot = { seed: at.seed, table: row.table, column, row: row.name, index: 0 };
      return [[name, cellOf(told as Value, spot)] as const];
    }),
  );
  const signsIn = at.app.auth?.signIn === null || opensSession(at.app);
  return {
    kind: 'call',
    name: row.name,
    reason: called.reason,
    request: requestTo(door, at, password),
    personas: signsIn ? called.personas : [],
    carrier: signsIn ? (at.app.auth?.carrier ?? null) : null,
    made: { name: row.name, table: row.table.id, by, ...findSql(row.table, where), password },
    expect: { min: 200, max: 399 },
  };
}

/** Whether who signs up is signed in by it: signing in as well would leave two sessions. */
function opensSession({ auth, routes }: App): boolean {
  const route = routes.find(({ id }) => id === auth?.signUp?.route);
  const sessions = route?.writes.filter(
    ({ kind, table }) => kind === 'insert' && table === auth?.session?.table,
  );
  const made = (route?.outcomes ?? []).filter(({ status }) => status !== null && status < 400);
  return (
    made.length > 0 &&
    made.every(({ writes }) => sessions?.some(({ id }) => writes.includes(id)) === true)
  );
}

function signInCall(door: Door, at: Calling & { readonly values: Values }): ApiCall {
  return {
    kind: 'call',
    name: signInId(at.row.name),
    reason: at.called.reason,
    request: requestTo(door, at, secretOf(at)),
    personas: at.called.personas,
    carrier: at.app.auth?.carrier ?? null,
    made: null,
    expect: { min: 200, max: 399 },
  };
}

function requestTo(door: Door, at: Calling & { readonly values: Values }, password: string): When {
  const route = at.app.routes.find((candidate) => candidate.id === door.route);
  const [method = 'POST', path = '/'] = route
    ? [route.method, route.path]
    : door.route.replace(/^.*: /, '').split(' ');
  const given = new Map<string, BodyValue>(
    Object.entries(door.fields).map(([at_, column]) => [at_, at.values.get(column) ?? null]),
  );
  given.set(door.password, password);
  const body = bodyFor(
    route?.input.body ?? null,
    given,
    `${at.seed}\u0000${at.row.name}\u0000${door.route}`,
  );
  return { as: null, method, path, body };
}

function secretOf(at: Calling): string {
  const door = at.app.auth?.signUp;
  const route = at.app.routes.find((candidate) => candidate.id === door?.route);
  return passwordFor(
    route?.input.body,
    door?.password ?? 'password',
    `${at.seed}\u0000${at.row.name}`,
  );
}

/** The columns that find the row again: a unique one among those the app was told, else all of those. */
function identifying(table: Table, told: readonly string[]): string[] {
  const unique = told.filter((column) => isUnique(table, column));
  return unique.length > 0 ? unique.slice(0, 1) : [...told];
}

function isUnique(table: Table, column: string): boolean {
  const named = new RegExp(`\\b${column.replace(/\W/g, '.')}\\b`);
  return (
    table.primaryKey.join() === column ||
    table.uniques.some(
      ({ columns, expressions }) =>
        columns.concat(expressions).length === 1 &&
        (columns[0] === column || expressions.some((expression) => named.test(expression))),
    )
  );
}

function plannedValue(at: Calling, column: string): Value {
  const row = at.plan.given.rows[at.row.name];
  return (row && 'set' in row ? row.set[column] : undefined) as Value;
}

function sourcesOf(values: Values): string[] {
  return [...values.values()].flatMap((value) =>
    typeof value === 'object' && value !== null && 'ref' in value
      ? [String(value.ref).split('.')[0] ?? '']
      : [],
  );
}
