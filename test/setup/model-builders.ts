import type { Comparison, Condition, Op, Place, Term } from '../../src/condition/condition.ts';
import type { Column, Table } from '../../src/db/db.ts';
import { digest } from '../../src/kernel/digest.ts';
import type { App, Auth, Model, Outcome, Query, Route, Write } from '../../src/model/model.ts';

/** Plain constructors for model nouns, so that a test can write an app down in a screenful. */

export function place(text: string, file = 'src/app.ts'): Place {
  return { file, line: 1, symbol: 'handler', hash: digest(text).slice(0, 16) };
}

export function lit(value: string | number | boolean | null): Term {
  return { kind: 'literal', value };
}
export const now: Term = { kind: 'now' };
export function col(name: string): Term {
  const dot = name.lastIndexOf('.');
  return { kind: 'column', row: name.slice(0, dot), column: name.slice(dot + 1) };
}
export function body(...path: string[]): Term & { kind: 'input' } {
  return { kind: 'input', from: 'body', path };
}
export function param(name: string): Term & { kind: 'input' } {
  return { kind: 'input', from: 'params', path: [name] };
}
export function arith(left: Term, op: '+' | '-' | '*' | '/' | '%', right: Term): Term {
  return { kind: 'arith', op, left, right };
}
export function call(fn: string, ...args: Term[]): Term {
  return { kind: 'call', fn, args };
}
export function count(query: string): Term {
  return { kind: 'aggregate', op: 'count', query, of: null };
}
export function sum(query: string, of: Term): Term {
  return { kind: 'aggregate', op: 'sum', query, of };
}

export function compare(left: Term, op: Op, right: Term): Condition {
  return located({ kind: 'compare', left, op, right });
}
export function counted(left: Term, op: Op, right: Term): Condition {
  return located({ kind: 'count', left, op, right });
}
export function totalled(left: Term, op: Op, right: Term): Condition {
  return located({ kind: 'aggregate', left, op, right });
}
export function environment(left: Term, op: Op, right: Term): Condition {
  return located({ kind: 'environment', left, op, right });
}
export function exists(query: string): Condition {
  return located({ kind: 'exists', query });
}
export function absent(query: string): Condition {
  return located({ kind: 'absent', query });
}
export function input(
  is: 'invalid' | 'valid' | 'missing' | 'present',
  from: 'params' | 'query' | 'headers' | 'cookies' | 'body',
  ...path: string[]
): Condition {
  return located({ kind: 'input', is, from, path });
}
export function inputCompare(left: Term, op: Op, right: Term): Condition {
  return located({ kind: 'input', is: 'compare', left, op, right });
}
export function owner(left: Term, op: Op, right: Term): Condition {
  return located({ kind: 'actor', is: 'owner', left, op, right });
}
export function role(left: Term, op: Op, right: Term): Condition {
  return located({ kind: 'actor', is: 'role', left, op, right });
}
export function actor(is: 'anonymous' | 'authenticated'): Condition {
  return located({ kind: 'actor', is });
}
export function any(...of: Condition[][]): Condition {
  return located({ kind: 'any', of });
}
export function conflict(write: string, columns: string[], holds: boolean): Condition {
  return located({ kind: 'conflict', write, violates: 'unique', columns, holds });
}
export function opaque(text: string, holds: boolean): Condition {
  return located({ kind: 'opaque', text, holds, terms: [] });
}
export function external(name: string, holds: boolean): Condition {
  return located({ kind: 'external', name, holds });
}
export function member(term: Term, of: Term[], holds: boolean): Condition {
  return located({ kind: 'member', term, of, holds });
}

type Unlocated<T> = T extends unknown ? Omit<T, 'at'> : never;
function located(condition: Unlocated<Condition>): Condition {
  return { ...condition, at: place(JSON.stringify(condition)) } as Condition;
}

type ColumnOptions = Partial<Omit<Column, 'name' | 'type' | 'property' | 'default'>> & {
  default?: Column['default'];
};
export function column(name: string, type: string, options: ColumnOptions = {}): Column {
  return {
    name,
    property: name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()),
    type,
    nullable: false,
    array: false,
    maxLength: null,
    values: null,
    default: { kind: 'none' },
    ...options,
  };
}
export const uuidKey = column('id', 'uuid', {
  default: { kind: 'expression', text: 'gen_random_uuid()' },
});
export const nowDefault: Column['default'] = { kind: 'expression', text: 'now()' };

export function table(
  name: string,
  columns: Column[],
  rules: {
    unique?: string[][];
    refers?: Record<string, string>;
    checks?: string[];
    key?: string[];
  } = {},
): Table {
  return {
    id: name,
    schema: 'public',
    name,
    property: name,
    columns,
    primaryKey: rules.key ?? ['id'],
    uniques: (rules.unique ?? []).map((names) => ({
      name: null,
      columns: names,
      expressions: [],
      where: null,
      nullsNotDistinct: false,
    })),
    foreignKeys: Object.entries(rules.refers ?? {}).map(([own, target]) => {
      const [other = '', reference = 'id'] = target.split('.');
      return {
        name: null,
        columns: [own],
        table: other,
        references: [reference],
        onDelete: 'no action',
        deferrable: false,
      };
    }),
    checks: (rules.checks ?? []).map((expression) => ({ name: null, expression })),
    triggers: null,
  };
}

export function query(
  id: string,
  tableId: string,
  where: Comparison[],
  options: Partial<Pick<Query, 'many' | 'joins' | 'of'>> = {},
): Query {
  return {
    id,
    table: tableId,
    many: options.many ?? false,
    where: where.map((item) => compare(item.left, item.op, item.right)),
    joins: options.joins ?? [],
    of: options.of ?? null,
    limit: null,
    offset: null,
    at: place(`query ${id}`),
  };
}
export function eq(left: Term, right: Term): Comparison {
  return { left, op: '=', right };
}
export function join(
  id: string,
  tableId: string,
  on: Comparison,
  inner = true,
): Query['joins'][number] {
  return { id, table: tableId, inner, on: [compare(on.left, on.op, on.right)] };
}
export function insert(id: string, tableId: string, set: Record<string, Term>): Write {
  return { id, kind: 'insert', table: tableId, set, where: [], at: place(`insert ${id}`) };
}
export function update(
  id: string,
  tableId: string,
  set: Record<string, Term>,
  where: Comparison[],
): Write {
  const conditions = where.map((item) => compare(item.left, item.op, item.right));
  return { id, kind: 'update', table: tableId, set, where: conditions, at: place(`update ${id}`) };
}

export function refusal(status: number, code: string, when: Condition[]): Outcome {
  return {
    ...answer(status, when),
    id: `${status} ${code}`,
    kind: 'throw',
    code,
    body: [{ path: ['error'], value: lit(code) }],
    at: place(`refusal ${status} ${code}`),
  };
}
export function answer(status: number, when: Condition[], writes: string[] = []): Outcome {
  return {
    id: `${status}`,
    kind: 'respond',
    status,
    code: null,
    error: null,
    message: null,
    location: null,
    body: [],
    text: [],
    when,
    reads: [],
    writes,
    at: place(`answer ${status}`),
  };
}

export function route(
  method: string,
  path: string,
  parts: Partial<Pick<Route, 'reads' | 'writes' | 'outcomes' | 'kind'>> & {
    body?: object;
    params?: object;
  },
): Route {
  return {
    id: `${method} ${path}`,
    method,
    path,
    kind: parts.kind ?? 'http',
    at: place(`${method} ${path}`),
    input: {
      params: (parts.params ?? null) as Route['input']['params'],
      query: null,
      headers: null,
      cookies: null,
      body: (parts.body ?? null) as Route['input']['body'],
    },
    guards: [],
    reads: parts.reads ?? [],
    writes: parts.writes ?? [],
    creates: (parts.writes ?? [])
      .filter((write) => write.kind === 'insert')
      .map((write) => write.table),
    outcomes: parts.outcomes ?? [],
  };
}

export function modelOf(tables: Table[], routes: Route[], auth: Auth | null = null): Model {
  const app: App = {
    name: 'app',
    root: '.',
    frameworks: ['hono'],
    orms: ['drizzle'],
    routes,
    pages: [],
    components: [],
    tables,
    auth,
    variables: null,
  };
  return {
    version: 1,
    repo: { name: 'app', commit: null, files: 1 },
    apps: [app],
    findings: [],
  };
}
