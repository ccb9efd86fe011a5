import type { ts } from '../../../kernel/syntax.ts';
import type { JsonSchema, LibraryReader } from '../../reader.ts';
import { builtIn } from '../../trace/classes.ts';
import { arrayOf } from '../../trace/composites.ts';
import { FALSE, type Formula, TRUE } from '../../trace/formula.ts';
import { isInstance } from '../../trace/instance-of.ts';
import type { Machine } from '../../trace/machine.ts';
import { branchValue } from '../../trace/path.ts';
import { check, checkAgainst, jsonSchemaOf } from '../../trace/schemas.ts';
import { choose, object } from '../../trace/terms.ts';
import { literal, literalOf, UNDEFINED, unknown, type Value } from '../../trace/values.ts';
import { opened } from './finished.ts';

/** Joi: what its schemas answer, and its functions that are given a value and a schema. */
export const joiChecks = {
  name: 'joi',
  from: /^((@hapi\/)?joi|celebrate)$/,
  call: (machine, { name, args, node, made }) => {
    const fn = name.split('.').at(-1) ?? name;
    const [value = UNDEFINED, schema, ...more] = args;
    if (made || !/^(isError|attempt|assert|validate)$/.test(fn)) return undefined;
    if (fn === 'isError') return isInstance(value, 'ValidationError', node);
    if (!schema) return undefined;
    const options = more.find((each) => each.kind === 'object');
    const asked = checked(machine, { schema, value, options, node });
    if (fn === 'validate') return resultOf(asked);
    const own = more[0]?.kind === 'instance' ? more[0] : validationError();
    return thrown(machine, { ...asked, error: own, node });
  },
  parse: (machine, schema, { name, args: [value = UNDEFINED, options], node }) => {
    const asked = checked(machine, { schema, value, options, node });
    if (name === 'validate') return resultOf(asked);
    if (name !== 'validateAsync') return unknown(name);
    return thrown(machine, { ...asked, error: validationError(), node });
  },
} satisfies LibraryReader;

interface Asked {
  readonly valid: Formula;
  readonly data: Value;
}

function resultOf({ valid, data }: Asked): Value {
  return object([
    ['error', choose(valid, UNDEFINED, validationError())],
    ['value', data],
  ]);
}

function thrown(
  machine: Machine,
  { valid, data, error, node }: Asked & { readonly error: Value; readonly node: ts.Node },
): Value {
  return branchValue(machine, valid, {
    yes: () => data,
    no: () => {
      machine.throwValue(error, node);
      return UNDEFINED;
    },
  });
}

/** When a value is what a schema, or an object of them, takes, and what it is then. */
export function checked(
  machine: Machine,
  {
    schema,
    value,
    options,
    node,
  }: { schema: Value; value: Value; options: Value | undefined; node: ts.Node },
): Asked {
  if (value.kind === 'special' && !value.checked && schema.kind === 'schema')
    return check(machine, schema, { value, node });
  const { 'x-optional': isOptional, ...json } = compiled(machine, schema) ?? {};
  if (value.kind === 'undefined') return { valid: isOptional ? TRUE : FALSE, data: value };
  const asked = letsUnknown(options) ? opened(json) : json;
  return checkAgainst(machine, asked, { value, node });
}

/** A schema, or an object of them. */
function compiled(machine: Machine, schema: Value): JsonSchema | null {
  if (schema.kind !== 'object') return jsonSchemaOf(machine, schema);
  const fields = [...schema.fields.value].map(([name, field]) => {
    const { 'x-optional': isOptional, ...json } = compiled(machine, field) ?? {};
    return { name, json, isOptional };
  });
  const required = fields.flatMap(({ name, isOptional }) => (isOptional ? [] : [name]));
  return {
    type: 'object',
    properties: Object.fromEntries(fields.map(({ name, json }) => [name, json])),
    ...(required.length > 0 ? { required } : {}),
    additionalProperties: false,
    'x-optional': true,
  };
}

function letsUnknown(options: Value | undefined): boolean {
  if (options?.kind !== 'object') return false;
  return ['allowUnknown', 'stripUnknown'].some(
    (key) => literalOf(options.fields.value.get(key)) === true,
  );
}

/** What a refusal is. */
export function validationError(): Value {
  const detail = object(
    [
      ['message', unknown('detail.message')],
      ['path', unknown('detail.path')],
      ['type', unknown('detail.type')],
    ],
    true,
  );
  return builtIn(
    ['ValidationError', 'Error'],
    [
      ['name', literal('ValidationError')],
      ['message', unknown('ValidationError.message')],
      ['details', arrayOf([{ value: detail, when: null }])],
      ['isJoi', literal(true)],
    ],
  );
}
