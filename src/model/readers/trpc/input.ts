import type { InputPart } from '../../../condition/condition.ts';
import { ts } from '../../../kernel/syntax.ts';
import type { JsonSchema, Registered } from '../../reader.ts';
import { builtIn } from '../../trace/classes.ts';
import { OWN_WORDS } from '../../trace/error-words.ts';
import { mayThrow } from '../../trace/errors.ts';
import { all, atom, TRUE } from '../../trace/formula.ts';
import type { Machine } from '../../trace/machine.ts';
import { branch } from '../../trace/path.ts';
import { jsonSchemaOf, zodError } from '../../trace/schemas.ts';
import { placeAt } from '../../trace/source.ts';
import { literal, type Special, schemaType, term, type Value } from '../../trace/values.ts';
import { keep, kept } from '../request-parts.ts';
import { refusal } from './errors.ts';
import type { Called } from './parts.ts';
import { checkedRest } from './rest-input.ts';

/** Where a procedure's input is in the request. */
function homeOf({ procedure, wrapped }: Called): { from: InputPart; path: string[] } {
  const inner = wrapped ? ['json'] : [];
  return procedure.kind === 'mutation'
    ? { from: 'body', path: inner }
    : { from: 'query', path: ['input', ...inner] };
}

/** Reads the input and checks it: `then` runs with what the schemas so far make of it. */
export function checked(
  machine: Machine,
  {
    registered,
    called,
    before,
  }: { registered: Registered; called: Called; before?: Value | undefined },
  then: (input: Value) => void,
): void {
  const node = registered.expression;
  const at = placeAt(node);
  const { from, path } = homeOf(called);
  if (!called.rest)
    readOnce(machine, called, ts.isCallExpression(node.parent) ? node.parent : node);
  const read = machine.standing(registered);
  const schema = read.kind === 'schema' ? jsonSchemaOf(machine, read) : null;
  if (!schema) {
    then(before ?? term({ kind: 'input', from, path }, schemaType(null)));
    return;
  }
  if (called.rest) {
    checkedRest(machine, { schema, before, node }, then);
    return;
  }
  const known = both(machine.valid.get(RAW), schema);
  const whole = both(before, known);
  declare(machine, called, whole);
  const last = isLast(registered, called);
  const fields = last ? [] : Object.keys(Object(schema['properties']));
  const paths = fields.length > 0 ? fields.map((name) => [...path, name]) : [path];
  const valid = all(
    paths.map((each) => atom({ kind: 'input', is: 'valid', at, from, path: each })),
  );
  branch(machine, valid, {
    yes: () => undefined,
    no: () => machine.throwValue(refusal('BAD_REQUEST', zodError()), node),
  });
  if (machine.path.dead) return;
  const type = schemaType(whole);
  const nullable = type.nullable || whole['x-optional'] === true;
  then(term({ kind: 'input', from, path }, { ...type, nullable }));
}

/** Whether no further input is checked: an earlier one speaks of its own fields alone. */
function isLast({ expression }: Registered, { procedure }: Called): boolean {
  return (
    procedure.steps.findLast(({ kind }) => kind === 'input')?.registered.expression === expression
  );
}

const READ = 'trpc.read';

/** The request is parsed when its input is first asked for. */
export function readOnce(machine: Machine, called: Called, node: ts.Node): void {
  if (kept(machine, READ)) return;
  keep(machine, READ, literal(true));
  const { from, path: inner } = homeOf(called);
  const path = from === 'body' ? [] : inner.slice(0, 1);
  const when = atom({ kind: 'input', is: 'malformed', at: placeAt(node), from, path });
  const cause = builtIn(['SyntaxError', 'Error'], [['message', OWN_WORDS]]);
  mayThrow(machine, { when, value: refusal('BAD_REQUEST', cause) }, node);
}

const RAW = 'trpc.raw';

/** What `getRawInput()` gives: a schema that it is checked with speaks of its own fields alone. */
export function rawInput(machine: Machine, called: Called): Special {
  const { from, path } = homeOf(called);
  const part = (name: string) => ({ kind: 'input' as const, from, path: [...path, name] });
  return {
    kind: 'special',
    name: 'rawInput',
    get: (name) => term(part(name), { base: 'unknown', nullable: true, schema: null }),
    checked: (schema, node) => {
      const known = schema && both(machine.valid.get(RAW), schema);
      const data = term({ kind: 'input', from, path }, schemaType(known));
      if (!schema || !known) return { valid: TRUE, data };
      machine.valid.set(RAW, data);
      if (!machine.inputs.has(from)) declare(machine, called, known);
      const fields = Object.keys(Object(schema['properties'])).map(part);
      const at = placeAt(node);
      const valid = fields.map((each) => atom({ ...each, kind: 'input', is: 'valid', at }));
      return { valid: all(valid), data };
    },
  };
}

/** Inputs declared one after another are one object. */
function both(earlier: Value | undefined, schema: JsonSchema): JsonSchema {
  const before = earlier?.kind === 'term' ? earlier.type.schema : null;
  if (!before) return schema;
  const list = (of: JsonSchema) => (Array.isArray(of['required']) ? of['required'] : []);
  return {
    ...before,
    ...schema,
    properties: { ...Object(before['properties']), ...Object(schema['properties']) },
    required: [...new Set([...list(before), ...list(schema)])],
  };
}

function declare(machine: Machine, called: Called, input: JsonSchema): void {
  const { 'x-optional': optional, ...schema } = input;
  const inner = called.wrapped ? wrapper(schema, optional === true) : schema;
  if (called.procedure.kind === 'mutation') {
    machine.inputs.set('body', inner);
    return;
  }
  machine.inputs.set('query', {
    type: 'object',
    properties: { input: { ...inner, 'x-json': true } },
    ...(optional === true && !called.wrapped ? {} : { required: ['input'] }),
  });
}

function wrapper(schema: JsonSchema, optional: boolean): JsonSchema {
  const dates = datesIn(schema, []);
  const meta = { values: Object.fromEntries(dates.map((path) => [path, ['Date']])) };
  return {
    type: 'object',
    properties: {
      json: dates.length > 0 ? withoutDates(schema) : schema,
      ...(dates.length > 0 ? { meta: { const: meta } } : {}),
    },
    required: [...(optional ? [] : ['json']), ...(dates.length > 0 ? ['meta'] : [])],
  };
}

/** The required properties that are dates once superjson has read them. */
function datesIn(schema: JsonSchema, path: readonly string[]): string[] {
  if (schema['x-type'] === 'date') return [path.join('.')];
  const required: unknown = schema['required'];
  return Object.entries(Object(schema['properties']) as Record<string, JsonSchema>)
    .filter(([name]) => Array.isArray(required) && required.includes(name))
    .flatMap(([name, part]) => datesIn(part, [...path, name]));
}

function withoutDates(schema: JsonSchema): JsonSchema {
  const { 'x-type': type, ...rest } = schema;
  if (type === 'date') return { ...rest, type: 'string', format: 'date-time' };
  if (!schema['properties']) return schema;
  const properties = Object.entries(Object(schema['properties']) as Record<string, JsonSchema>);
  return {
    ...schema,
    properties: Object.fromEntries(properties.map(([name, part]) => [name, withoutDates(part)])),
  };
}

/** A mutation that takes nothing still has to say that it is JSON. */
export function declareEmpty(machine: Machine): void {
  const type = { const: 'application/json' };
  machine.inputs.set('headers', {
    type: 'object',
    properties: { 'content-type': type },
    required: ['content-type'],
  });
}
