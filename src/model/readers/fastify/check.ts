import type { ts } from '../../../kernel/syntax.ts';
import type { Declared, JsonSchema, Registered } from '../../reader.ts';
import { builtIn } from '../../trace/classes.ts';
import { declareInput } from '../../trace/declared-input.ts';
import { bringAbout, mayThrow } from '../../trace/errors.ts';
import { atom } from '../../trace/formula.ts';
import { takesBody } from '../../trace/input-facts.ts';
import type { Machine } from '../../trace/machine.ts';
import { validPart } from '../../trace/part-schemas.ts';
import { branch } from '../../trace/path.ts';
import { jsonSchemaOf } from '../../trace/schemas.ts';
import { placeAt } from '../../trace/source.ts';
import { called } from '../../trace/terms.ts';
import { compareValues } from '../../trace/truth.ts';
import { literal, literalOf, typed, type Value } from '../../trace/values.ts';
import { partOf } from '../request-parts.ts';

/** Parses the body, then checks each part of the request that the route has a schema for. */
export function checked(
  machine: Machine,
  { node, bodyLimit }: { readonly node: ts.Node; readonly bodyLimit: Registered | null },
  then: () => void,
): void {
  const { declared } = machine.endpoint;
  if (takesBody(machine) && !machine.sent) {
    if (bodyLimit) tooLarge(machine, bodyLimit, node);
    const at = placeAt(node);
    const when = atom({ kind: 'input', is: 'malformed', at, from: 'body', path: [] });
    mayThrow(machine, { when, value: refusal('FST_ERR_CTP_INVALID_JSON_BODY') }, node);
  }
  const parts = declared?.parts ?? [];
  const next = (index: number): void => {
    const part = parts[index];
    if (!part) {
      then();
      return;
    }
    checkPart(machine, part);
    if (!machine.path.dead) next(index + 1);
  };
  next(0);
}

/** A body of more bytes than the app takes. */
function tooLarge(machine: Machine, limit: Registered, node: ts.Node): void {
  const size = called('length', [partOf(machine, 'body')], typed('number'));
  const when = compareValues({ left: size, op: '>', right: machine.standing(limit) }, node);
  const error = refusal('FST_ERR_CTP_BODY_TOO_LARGE', 413);
  bringAbout(error);
  mayThrow(machine, { when, value: error }, node);
}

/** On from here only requests whose part is valid; one without a schema we can read is let through. */
function checkPart(machine: Machine, { from, schema: written }: Declared['parts'][number]): void {
  const schema = schemaOf(machine, machine.standing(written));
  if (!schema) return;
  declareInput(machine, from, schema);
  const node = written.expression;
  const valid = validPart(machine, schema, { from, path: [], node });
  branch(machine, valid, {
    yes: () => undefined,
    no: () => machine.throwValue(refusal('FST_ERR_VALIDATION'), node),
  });
}

function refusal(code: string, status = 400): Value {
  return builtIn(
    ['FastifyError', 'Error'],
    [
      ['statusCode', literal(status)],
      ['code', literal(code)],
      ['validation', literal(code === 'FST_ERR_VALIDATION' ? 'failed' : null)],
    ],
  );
}

function schemaOf(machine: Machine, value: Value): JsonSchema | null {
  if (value.kind === 'schema') return jsonSchemaOf(machine, value);
  const json = jsonOf(value);
  return typeof json === 'object' && json !== null && !Array.isArray(json) ? { ...json } : null;
}

/** A JSON Schema as written out in the code; what is not plain is left out. */
function jsonOf(value: Value): unknown {
  if (value.kind === 'array') return value.items.value.map((item) => jsonOf(item.value));
  if (value.kind !== 'object') return literalOf(value);
  return Object.fromEntries(
    [...value.fields.value].flatMap(([name, part]) => {
      const json = jsonOf(part);
      return json === undefined ? [] : [[name, json]];
    }),
  );
}
