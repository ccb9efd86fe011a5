import type { InputPart, Term } from '../../condition/condition.ts';
import type { ts } from '../../kernel/syntax.ts';
import type { JsonSchema } from '../reader.ts';
import { all, atom, type Formula, isFalse, TRUE } from './formula.ts';
import type { Machine } from './machine.ts';
import { open } from './path.ts';
import { partAt, propertySchema } from './schema-parts.ts';
import { placeAt, textOf } from './source.ts';

/** That a part of the request satisfies a schema; what another one refused before may still be what this one asks for. */
export function validPart(
  machine: Machine,
  json: JsonSchema | null,
  { from, path, node }: Pick<Term & { kind: 'input' }, 'from' | 'path'> & { node: ts.Node },
): Formula {
  const isOther = noteDeclared(machine, json, { from, path });
  if (path.length === 0 && from === 'params' && takesAnyPath(machine, json)) return TRUE;
  const valid = atom({ kind: 'input', is: 'valid', at: placeAt(node), from, path: [...path] });
  if (!isOther || !isFalse(open(machine, valid))) return valid;
  const terms: Term[] = [{ kind: 'input', from, path: [...path] }];
  return atom({ kind: 'opaque', at: placeAt(node), text: textOf(node, 80), holds: true, terms });
}

type Part = Pick<Term & { kind: 'input' }, 'from' | 'path'>;

/** The parts that are found to satisfy one schema here and another there. */
const anew = new WeakMap<Machine, Part[]>();

/** Notes that a part is held against a schema; whether it was against another before. */
function noteDeclared(machine: Machine, json: JsonSchema | null, { from, path }: Part): boolean {
  const declared = partAt(machine.inputs.get(from) ?? null, path);
  if (!declared || JSON.stringify(declared) === JSON.stringify(json)) return false;
  anew.set(machine, [...(anew.get(machine) ?? []), { from, path }]);
  return true;
}

/** Whether it depends on the way taken which schema a part, what it stands in or what stands in it satisfies. */
export function isDeclaredAnew(machine: Machine, { from, path }: Part): boolean {
  const parts = anew.get(machine) ?? [];
  return parts.some(
    (each) =>
      each.from === from && each.path.every((name, at) => at >= path.length || path[at] === name),
  );
}

/** When the parameters of the path and the query (or the body), asked as one object, satisfy a schema. */
export function validTogether(
  machine: Machine,
  json: JsonSchema | null,
  { params, node, from = 'query' }: { params: JsonSchema; node: ts.Node; from?: InputPart },
): Formula {
  const inPath = (name: string) => propertySchema(params, name) !== null;
  const own = (is: (name: string) => boolean): JsonSchema => {
    const properties = Object.entries(json?.['properties'] ?? {}).filter(([name]) => is(name));
    const required = Array.isArray(json?.['required']) ? json['required'].filter(is) : [];
    return { type: 'object', properties: Object.fromEntries(properties), required };
  };
  const [path, rest] = [own(inPath), own((name) => !inPath(name))];
  const isAsked = json === null || Object.keys(rest['properties'] ?? {}).length > 0;
  if (json) declareFields(machine, 'params', { before: params, fields: path });
  if (json && isAsked) declareFields(machine, from, { before: {}, fields: rest });
  return all([
    json ? validPart(machine, path, { from: 'params', path: [], node }) : TRUE,
    isAsked ? validPart(machine, json, { from, path: [], node }) : TRUE,
  ]);
}

/** Keeps the schemas of fields of a part, with those it has; `before` is what it is where nobody has declared it. */
function declareFields(
  machine: Machine,
  from: InputPart,
  { before, fields }: { readonly before: JsonSchema; readonly fields: JsonSchema },
): void {
  const known = machine.inputs.get(from) ?? before;
  const properties = Object.assign({}, known['properties'], fields['properties']);
  const required = new Set([known, fields].flatMap((each) => each['required'] ?? []));
  machine.inputs.set(from, { ...fields, ...known, properties, required: [...required] });
}

/** Whether a schema of the path's parameters asks for no more than that they are texts, as they all are. */
function takesAnyPath({ endpoint }: Machine, schema: JsonSchema | null): boolean {
  const { properties, required, type, ...more } = schema ?? {};
  if (type !== 'object' || typeof properties !== 'object' || properties === null) return false;
  const names = new Set([...endpoint.path.matchAll(/[:*](\w+)/g)].map(([, name]) => name));
  const asked = Array.isArray(required) ? required : [];
  const plain = Object.values(properties).every((each) => isPlainText(each));
  const rest = Object.keys(more).every((key) =>
    /^(additionalProperties|title|description)$/.test(key),
  );
  const closed = more['additionalProperties'] === false;
  const fits = !closed || [...names].every((name) => String(name) in properties);
  return plain && rest && fits && asked.every((name) => names.has(name));
}

function isPlainText(schema: unknown): boolean {
  if (typeof schema !== 'object' || schema === null) return false;
  const keys = Object.keys(schema).filter((key) => !/^(title|description|example)$/.test(key));
  return keys.length === 1 && 'type' in schema && schema.type === 'string';
}
