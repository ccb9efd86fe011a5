import type { InputPart } from '../../../condition/condition.ts';
import type { ts } from '../../../kernel/syntax.ts';
import type { JsonSchema } from '../../reader.ts';
import { builtIn } from '../../trace/classes.ts';
import { spreadFields } from '../../trace/composites.ts';
import { mayThrow } from '../../trace/errors.ts';
import { atom, not } from '../../trace/formula.ts';
import type { Machine } from '../../trace/machine.ts';
import { validTogether } from '../../trace/part-schemas.ts';
import { branch } from '../../trace/path.ts';
import { zodError } from '../../trace/schemas.ts';
import { placeAt } from '../../trace/source.ts';
import { object } from '../../trace/terms.ts';
import { UNDEFINED, type Value } from '../../trace/values.ts';
import { paramsSchema, partOf } from '../request-parts.ts';
import { refusal } from './errors.ts';

const JSON_TYPE = { type: 'string', pattern: '^application/json' };

/** Where what the path does not say is: methods without a body have it in the query. */
function restIn({ endpoint }: Machine): InputPart {
  return /^(GET|DELETE)$/.test(endpoint.method) ? 'query' : 'body';
}

/** A body has to say that it is JSON, and to be it, before a context is made. */
export function bodyRead(machine: Machine, node: ts.Node): void {
  if (restIn(machine) !== 'body') return;
  const at = placeAt(node);
  const known = machine.inputs.get('headers');
  const properties = { ...Object(known?.['properties']), 'content-type': JSON_TYPE };
  machine.inputs.set('headers', { type: 'object', properties, required: ['content-type'] });
  const typed = atom({ kind: 'input', is: 'valid', at, from: 'headers', path: ['content-type'] });
  mayThrow(
    machine,
    { when: not(typed), value: refusal('UNSUPPORTED_MEDIA_TYPE', UNDEFINED) },
    node,
  );
  const when = atom({ kind: 'input', is: 'malformed', at, from: 'body', path: [] });
  const cause = builtIn(['SyntaxError', 'Error'], []);
  mayThrow(machine, { when, value: refusal('PARSE_ERROR', cause) }, node);
}

/** Checks path, query and body as one object; `then` runs with its fields beside those that were there. */
export function checkedRest(
  machine: Machine,
  { schema, before, node }: { schema: JsonSchema; before: Value | undefined; node: ts.Node },
  then: (input: Value) => void,
): void {
  const from = restIn(machine);
  const params = paramsSchema(machine);
  const { 'x-optional': _, ...plain } = schema;
  branch(machine, validTogether(machine, coerced(plain), { params, node, from }), {
    yes: () => undefined,
    no: () => machine.throwValue(refusal('BAD_REQUEST', zodError()), node),
  });
  if (machine.path.dead) return;
  const fields = Object.keys(Object(plain['properties'])).map((name): [string, Value] => {
    const part = name in Object(params['properties']) ? 'params' : from;
    return [name, machine.get(partOf(machine, part), name, node)];
  });
  then(object([...spreadFields(before ?? object()).fields, ...fields]));
}

/** Texts are made numbers, booleans and dates where a schema asks for those. */
function coerced(schema: JsonSchema): JsonSchema {
  const properties = Object.entries(Object(schema['properties']) as Record<string, JsonSchema>);
  const own = properties.map(([name, part]) => [
    name,
    isCoerced(part) ? { ...part, 'x-coerce': true } : part,
  ]);
  return { ...schema, properties: Object.fromEntries(own) };
}

function isCoerced({ type, 'x-type': made }: JsonSchema): boolean {
  return made === 'date' || /^(number|integer|boolean)$/.test(String(type));
}
