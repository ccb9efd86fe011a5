import * as z from 'zod';
import { type BodyValue, isMade, type Plan, refOf, type Value, type When } from './plan.ts';

/*
 * The shape a language model answers in: flat, forgiving, inside the subset of JSON Schema that both
 * providers accept (object root, nullable instead of optional, lists of pairs instead of records).
 */

const WireValue = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('literal'),
    value: z.union([z.string(), z.number(), z.boolean(), z.null()]),
  }),
  z.object({ kind: z.literal('ref'), row: z.string(), column: z.string() }),
  z.object({ kind: z.literal('now'), offset: z.string() }),
  z.object({ kind: z.literal('unique'), text: z.string() }),
]);
type WireValue = z.infer<typeof WireValue>;

const Pair = z.object({ name: z.string(), value: WireValue });
type Pair = z.infer<typeof Pair>;

const WireRow = z.object({
  name: z.string(),
  table: z.string(),
  form: z.enum(['made', 'existing', 'changed']),
  count: z.number(),
  /** Columns set (made) or matched (existing, changed). */
  columns: z.array(Pair),
  update: z.array(Pair),
});

const SETTING = {
  title: z.string(),
  rows: z.array(WireRow),
  absent: z.array(z.object({ table: z.string(), where: z.array(Pair) })),
  personas: z.array(z.object({ name: z.string(), row: z.string() })),
};

const Request = {
  as: z.string().nullable(),
  method: z.string(),
  path: z.string(),
  query: z.array(Pair),
};

export const WirePlan = z.object({
  ...SETTING,
  env: z.array(z.object({ name: z.string(), value: z.string().nullable() })),
  request: z.object({
    ...Request,
    headers: z.array(Pair),
    cookies: z.array(Pair),
    /** Dotted paths into the JSON body, list positions as numbers: `items.0.sku`. */
    body: z.array(Pair),
  }),
  expect: z.object({
    status: z.number(),
    body: z.array(Pair),
    textPresent: z.array(z.string()),
    textAbsent: z.array(z.string()),
  }),
});
export type WirePlan = z.infer<typeof WirePlan>;

const WireState = z.object({ ...SETTING, ending: z.string(), request: z.object(Request) });
/** A state that no branch asks for, and the ending of a route that shows it. */
export type WireState = z.infer<typeof WireState>;

const WireLevel = z.object({
  dimension: z.string(),
  title: z.string(),
  rows: z.array(WireRow),
  cells: z.array(z.object({ row: z.string(), column: z.string(), value: WireValue })),
});
/** One way a dimension of a subject can be: rows it adds, and cells it sets on the subject's rows or its own. */
export type WireLevel = z.infer<typeof WireLevel>;

/** What states are about: what all of them hold, and how they can differ. Levels of one dimension exclude each other. */
export const WireSubject = WireState.extend({ levels: z.array(WireLevel) });
export type WireSubject = z.infer<typeof WireSubject>;

/** What a proposal can't decide: it is taken from the scenario it answers. */
export type Identity = Pick<Plan, 'id' | 'evidence' | 'planner' | 'digests'>;

/** The plan a wire answer means, not yet checked. */
export function fromWire(wire: WirePlan, identity: Identity): Plan {
  return { ...identity, ...contentOf(wire) };
}

/** What a wire answer itself decides of its plan. */
export function contentOf(wire: WirePlan): Omit<Plan, keyof Identity> {
  const { request, expect } = wire;
  return {
    version: 1,
    title: wire.title,
    variantOf: null,
    given: {
      rows: Object.fromEntries(wire.rows.map((row) => [row.name, readRow(row)])),
      absent: wire.absent.map(({ table, where }) => ({ table, where: readPairs(where) })),
      personas: Object.fromEntries(wire.personas.map(({ name, row }) => [name, { row }])),
      env: Object.fromEntries(wire.env.map(({ name, value }) => [name, value])),
    },
    when: [
      {
        as: request.as,
        method: request.method.toUpperCase(),
        path: request.path,
        ...(request.query.length > 0 && { query: readQuery(request.query) }),
        ...(request.headers.length > 0 && { headers: readPairs(request.headers) }),
        ...(request.cookies.length > 0 && { cookies: readPairs(request.cookies) }),
        ...(request.body.length > 0 && { body: readBody(request.body) }),
      },
    ],
    // biome-ignore lint/suspicious/noThenProperty: Given / When / Then is the plan's format
    then: {
      status: expect.status,
      ...(expect.body.length > 0 && { body: readPairs(expect.body) }),
      text: { present: expect.textPresent, absent: expect.textAbsent },
    },
  };
}

/** A plan in the wire's shape, to show a model a draft. */
export function toWire(plan: Plan): WirePlan {
  const request = plan.when.at(-1);
  return {
    title: plan.title,
    rows: Object.entries(plan.given.rows).map(([name, row]) => ({
      name,
      table: row.table,
      form: isMade(row) ? 'made' : row.update ? 'changed' : 'existing',
      count: isMade(row) ? (row.count ?? 1) : 1,
      columns: writePairs(isMade(row) ? row.set : row.match),
      update: isMade(row) ? [] : writePairs(row.update ?? {}),
    })),
    absent: plan.given.absent.map(({ table, where }) => ({ table, where: writePairs(where) })),
    personas: Object.entries(plan.given.personas).flatMap(([name, persona]) =>
      'row' in persona ? [{ name, row: persona.row }] : [],
    ),
    env: Object.entries(plan.given.env).map(([name, value]) => ({ name, value })),
    request: {
      as: request?.as ?? null,
      method: request?.method ?? 'GET',
      path: request?.path ?? '/',
      query: writeBody(request?.query ?? {}, ''),
      headers: writePairs(request?.headers ?? {}),
      cookies: writePairs(request?.cookies ?? {}),
      body: writeBody(request?.body ?? {}, ''),
    },
    expect: {
      status: plan.then.status,
      body: writePairs(plan.then.body ?? {}),
      textPresent: plan.then.text.present,
      textAbsent: plan.then.text.absent,
    },
  };
}

function readRow(row: WirePlan['rows'][number]): Plan['given']['rows'][string] {
  const { table, form, columns, update, count } = row;
  if (form === 'made') {
    return { table, ...(count > 1 && { count: Math.floor(count) }), set: readPairs(columns) };
  }
  const match = readPairs(columns);
  return form === 'changed' ? { table, match, update: readPairs(update) } : { table, match };
}

function readPairs(pairs: readonly Pair[]): Record<string, Value> {
  return Object.fromEntries(pairs.map(({ name, value }) => [name, readValue(value)]));
}

function readValue(value: WireValue): Value {
  switch (value.kind) {
    case 'literal':
      return value.value;
    case 'ref':
      return { ref: `${value.row}.${value.column}` };
    case 'now':
      return { now: value.offset };
    case 'unique':
      return { unique: value.text };
  }
}

function writePairs(values: Readonly<Record<string, Value>>): Pair[] {
  return Object.entries(values).map(([name, value]) => ({ name, value: writeValue(value) }));
}

function writeValue(value: Value): WireValue {
  const ref = refOf(value);
  if (ref) return { kind: 'ref', row: ref.row, column: ref.column };
  if (typeof value !== 'object' || value === null) return { kind: 'literal', value };
  if ('now' in value) return { kind: 'now', offset: value.now };
  if ('unique' in value) return { kind: 'unique', text: value.unique };
  return { kind: 'literal', value: JSON.stringify(value) };
}

/** Own and numeric keys only: a path can't reach a prototype. */
function readBody(pairs: readonly Pair[]): BodyValue {
  const root = new Map<string, BodyNode>();
  for (const { name, value } of pairs) {
    const path = name.split('.');
    const last = path.pop() ?? name;
    const parent = path.reduce((node, key) => {
      const next = node.get(key);
      if (next instanceof Map) return next;
      const made = new Map<string, BodyNode>();
      node.set(key, made);
      return made;
    }, root);
    parent.set(last, readValue(value));
  }
  return fromNode(root);
}

/** A query is flat but for what it carries as JSON, whose parts are named by dots. */
function readQuery(pairs: readonly Pair[]): NonNullable<When['query']> {
  const query = readBody(pairs);
  return typeof query === 'object' && query !== null && !Array.isArray(query)
    ? (query as NonNullable<When['query']>)
    : {};
}

type BodyNode = Value | Map<string, BodyNode>;

function fromNode(node: BodyNode): BodyValue {
  if (!(node instanceof Map)) return node;
  const keys = [...node.keys()];
  if (keys.length > 0 && keys.every((key) => /^\d+$/.test(key))) {
    return [...node.values()].map(fromNode);
  }
  return Object.fromEntries([...node].map(([key, value]) => [key, fromNode(value)]));
}

function writeBody(body: BodyValue, prefix: string): Pair[] {
  if (isValue(body)) return [{ name: prefix, value: writeValue(body) }];
  const entries = Array.isArray(body) ? [...body.entries()] : Object.entries(body);
  return entries.flatMap(([key, value]) =>
    writeBody(value, prefix ? `${prefix}.${key}` : `${key}`),
  );
}

function isValue(body: BodyValue): body is Value {
  if (typeof body !== 'object' || body === null) return true;
  return ['ref', 'now', 'unique', 'fake', 'oneOf', 'json', 'jsonText'].some(
    (key) => key in body && Object.keys(body).length === 1,
  );
}
