import type { Json } from '../../kernel/digest.ts';
import type { ts } from '../../kernel/syntax.ts';
import type { JsonSchema, LibraryReader } from '../reader.ts';
import { arrayOf } from '../trace/composites.ts';
import type { Machine } from '../trace/machine.ts';
import { checkAgainst, jsonSchemaOf } from '../trace/schemas.ts';
import { textOf } from '../trace/source.ts';
import { choose, object, termsIn, truthValue } from '../trace/terms.ts';
import {
  literal,
  literalOf,
  type Special,
  UNDEFINED,
  unknown,
  type Value,
} from '../trace/values.ts';

/** Ajv: JSON Schemas as code writes them out, compiled into functions that say whether a value fits. */
export const ajv: LibraryReader = {
  name: 'ajv',
  from: /^ajv(\/|$)/,
  call: (machine, { made }) => (made ? compiler(machine) : undefined),
};

/** jsonschema: `validate(value, schema)` says what it found, or throws it where it is told to. */
export const jsonschema: LibraryReader = {
  name: 'jsonschema',
  from: /^jsonschema$/,
  call: (machine, { name, made, args, node }) => {
    if (name === 'validate') return findings(machine, args, node);
    return made && name === 'Validator' ? finder(machine) : undefined;
  },
};

function finder(machine: Machine): Special {
  return {
    kind: 'special',
    name: 'jsonschema',
    invoke: (method, args, node) =>
      method === 'validate' ? findings(machine, args, node) : undefined,
  };
}

function findings(
  machine: Machine,
  [value = UNDEFINED, schema = UNDEFINED]: readonly Value[],
  node: ts.Node,
): Value {
  const valid = judged(machine, { json: schemaIn(machine, schema), value }, node);
  return object([
    ['valid', valid],
    ['errors', choose(machine.truth(valid, node), arrayOf([]), problems())],
  ]);
}

function compiler(machine: Machine): Special {
  const self: Special = {
    kind: 'special',
    name: 'ajv',
    get: (name) => (name === 'errors' ? problems() : undefined),
    invoke: (method, [schema = UNDEFINED, value = UNDEFINED], node) => {
      if (method === 'compile') return validator(machine, schemaIn(machine, schema));
      if (method === 'validate')
        return judged(machine, { json: schemaIn(machine, schema), value }, node);
      return method.startsWith('add') ? self : undefined;
    },
  };
  return self;
}

function validator(machine: Machine, json: JsonSchema | null): Special {
  return {
    kind: 'special',
    name: 'validate',
    get: (name) => (name === 'errors' ? problems() : undefined),
    call: ([value = UNDEFINED], node) => judged(machine, { json, value }, node),
  };
}

function judged(
  machine: Machine,
  { json, value }: { json: JsonSchema | null; value: Value },
  node: ts.Node,
): Value {
  if (!json) return unknown(textOf(node), termsIn(value));
  if (value.kind === 'undefined') return literal(json['type'] === undefined);
  return truthValue(checkAgainst(machine, json, { value, node }).valid);
}

/** What did not fit: at least one thing, where anything did not. */
function problems(): Value {
  const one = object([['message', unknown('error.message')]], true);
  return arrayOf([{ value: one, when: null }]);
}

function schemaIn(machine: Machine, value: Value): JsonSchema | null {
  if (value.kind === 'schema') return jsonSchemaOf(machine, value);
  const json = jsonOf(value);
  const isSchema = typeof json === 'object' && json !== null && !Array.isArray(json);
  return isSchema ? (json as JsonSchema) : null;
}

/** Members of a schema that say nothing of what fits it. */
const ANNOTATING = /^(\$id|\$comment|title|description|default|examples)$/;

/** The JSON that a value was written as; undefined where it is none, or a part of it is not known. */
function jsonOf(value: Value): Json | undefined {
  if (value.kind === 'array') {
    const items = value.items.value.map((item) => (item.when ? undefined : jsonOf(item.value)));
    return items.includes(undefined) ? undefined : (items as Json[]);
  }
  if (value.kind !== 'object') return literalOf(value);
  if (value.open.value) return undefined;
  const entries = [...value.fields.value]
    .map(([name, field]) => [name, jsonOf(field)] as const)
    .filter(([name, field]) => field !== undefined || !ANNOTATING.test(name));
  return entries.some(([, field]) => field === undefined)
    ? undefined
    : (Object.fromEntries(entries) as Json);
}
