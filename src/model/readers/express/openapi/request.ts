import type { InputPart } from '../../../../condition/condition.ts';
import type { ts } from '../../../../kernel/syntax.ts';
import { schemaIn } from '../../../inputs/written-schemas.ts';
import type { JsonSchema } from '../../../reader.ts';
import { declareInput } from '../../../trace/declared-input.ts';
import type { Formula } from '../../../trace/formula.ts';
import { takesBody } from '../../../trace/input-facts.ts';
import type { Machine } from '../../../trace/machine.ts';
import { validPart } from '../../../trace/part-schemas.ts';
import { isSchema } from '../../../trace/possible-value.ts';
import { literalOf, stringOf, type Value } from '../../../trace/values.ts';

/** A part of the request and the JSON Schema that it must fit. */
export interface Part {
  readonly from: InputPart;
  readonly schema: JsonSchema;
}

const PLACES: Readonly<Record<string, InputPart>> = {
  path: 'params',
  query: 'query',
  header: 'headers',
};

/** What an operation's document says of a request, in the order in which its parts are looked at. */
export function partsOf(machine: Machine, doc: Value, root: Value): Part[] {
  const listed = fieldOf(doc, 'parameters');
  const parameters = listed?.kind === 'array' ? listed.items.value.map(({ value }) => value) : [];
  const body = bodyOf(machine, doc, root);
  return [
    ...(body ? [body] : []),
    ...Object.entries(PLACES).flatMap(([place, from]): Part[] => {
      const own = parameters.filter((each) => stringOf(fieldOf(each, 'in')) === place);
      if (own.length === 0) return [];
      return [{ from, schema: objectOf(machine, own, root) }];
    }),
  ];
}

function objectOf(machine: Machine, parameters: readonly Value[], root: Value): JsonSchema {
  const named = parameters.flatMap((each) => {
    const name = stringOf(fieldOf(each, 'name'));
    return name === undefined ? [] : [{ name: nameIn(name, each), each }];
  });
  const properties = named.map(({ name, each }) => {
    const schema = schemaIn(machine, fieldOf(each, 'schema') ?? each);
    return [name, schema ? plain(schema, componentsIn(machine, root)) : {}] as const;
  });
  const required = named.filter(({ each }) => literalOf(fieldOf(each, 'required')) === true);
  return {
    type: 'object',
    properties: Object.fromEntries(properties),
    required: required.map(({ name }) => name),
  };
}

/** Headers are known by their names in lower case. */
function nameIn(name: string, parameter: Value): string {
  return stringOf(fieldOf(parameter, 'in')) === 'header' ? name.toLowerCase() : name;
}

/** The body as JSON; one that is sent as a form alone is not told. */
function bodyOf(machine: Machine, doc: Value, root: Value): Part | undefined {
  const content = fieldOf(fieldOf(doc, 'requestBody'), 'content');
  const written = fieldOf(fieldOf(content, 'application/json'), 'schema');
  const schema = written && takesBody(machine) ? schemaIn(machine, written) : null;
  return schema ? { from: 'body', schema: plain(schema, componentsIn(machine, root)) } : undefined;
}

function componentsIn(machine: Machine, root: Value): JsonSchema {
  const written = fieldOf(fieldOf(root, 'components'), 'schemas');
  return (written && schemaIn(machine, written)) ?? {};
}

const DEEPEST = 8;

/** OpenAPI's schema as JSON Schema: what is nullable may be null, and references stand for what they lead to. */
function plain(schema: JsonSchema, components: JsonSchema, depth = 0): JsonSchema {
  const name = /^#\/components\/schemas\/(.+)$/.exec(String(schema['$ref'] ?? ''))?.[1];
  const referred = name === undefined ? undefined : components[name];
  if (name !== undefined) {
    return isSchema(referred) && depth < DEEPEST ? plain(referred, components, depth + 1) : {};
  }
  const walk = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(walk);
    return isSchema(value) ? plain(value, components, depth) : value;
  };
  const { nullable, ...rest } = schema;
  const made = Object.fromEntries(Object.entries(rest).map(([key, value]) => [key, walk(value)]));
  if (nullable !== true || typeof made['type'] !== 'string') return made;
  return { ...made, type: [made['type'], 'null'] };
}

function fieldOf(value: Value | undefined, name: string): Value | undefined {
  return value?.kind === 'object' ? value.fields.value.get(name) : undefined;
}

/** When a part is valid; it is declared with its schema. */
export function validityOf(machine: Machine, { from, schema }: Part, node: ts.Node): Formula {
  declareInput(machine, from, schema);
  return validPart(machine, schema, { from, path: [], node });
}
