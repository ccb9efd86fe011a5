import type { InputPart } from '../../condition/condition.ts';
import type { JsonSchema } from '../reader.ts';
import { concat } from '../trace/composites.ts';
import type { Machine } from '../trace/machine.ts';
import { set } from '../trace/path.ts';
import { sentPart } from '../trace/react-browser.ts';
import { called, truthValue } from '../trace/terms.ts';
import { SEARCH } from '../trace/text-parts.ts';
import { isThere } from '../trace/truth.ts';
import {
  input,
  literal,
  type Special,
  stringOf,
  typed,
  UNDEFINED,
  unknown,
  type Value,
} from '../trace/values.ts';

/** A part of the request as a whole: with the schema it was declared with so far, path parameters as text. */
export function partOf(machine: Machine, from: InputPart): Value {
  const sent = sentPart(machine, from);
  if (sent) return sent;
  const declared = machine.inputs.get(from);
  return input(from, [], declared ?? (from === 'params' ? paramsSchema(machine) : null));
}

/** The parameters of the path, texts all. */
export function paramsSchema(machine: Machine): JsonSchema {
  const names = [...machine.endpoint.path.matchAll(/[:*]([A-Za-z_]\w*)/g)].map(([, name]) => name);
  const text = { type: 'string' };
  return {
    type: 'object',
    properties: Object.fromEntries(names.map((name) => [name, text])),
    required: names,
    additionalProperties: false,
  };
}

/** The path that was asked for, its parameters as the request's. */
export function pathValue(machine: Machine, basePath = ''): Value {
  const path = machine.endpoint.path.slice(basePath.length) || '/';
  const params = partOf(machine, 'params');
  const parts = path.split(/([:*]\w+)/).map((part) => {
    if (!/^[:*]\w/.test(part)) return literal(part);
    const node = machine.endpoint.chain[0]?.expression;
    if (!node) return literal(part);
    const value = machine.get(params, part.slice(1), node);
    return part.startsWith('*') ? called('string', [value], typed('string')) : value;
  });
  return concat(parts.filter((part) => stringOf(part) !== ''));
}

/** The path with whatever query stands behind it. */
export function originalUrl(machine: Machine, basePath = ''): Value {
  return concat([pathValue(machine, basePath), called(SEARCH, [], typed('string'))]);
}

/** The body as parsed JSON: any value where nothing declares it. */
export function jsonOf(machine: Machine): Value {
  const body = partOf(machine, 'body');
  return body.kind === 'term' && body.type.schema === null
    ? { ...body, type: typed('unknown', true) }
    : body;
}

/** Headers by any spelling of their name; each may be absent. */
export function headersOf(machine: Machine): Special {
  const get = (name: string) => headerOf(machine, name);
  return {
    kind: 'special',
    name: 'headers',
    get,
    invoke: (method, [name], node) => {
      const value = get(stringOf(name) ?? '');
      if (method === 'has') return truthValue(isThere(value, node));
      return method === 'get' ? value : undefined;
    },
  };
}

export function headerOf(machine: Machine, name: string): Value {
  const sent = sentPart(machine, 'headers');
  const lower = name.toLowerCase();
  if (sent?.kind === 'object') return sent.fields.value.get(lower) ?? UNDEFINED;
  return input('headers', [lower], { type: 'string' });
}

/** The method asked with; a route for all of them does not say which. */
export function methodOf({ endpoint: { method } }: Machine): Value {
  return method === 'ALL' ? unknown('request.method') : literal(method);
}

/** A cookie by its name. */
export function cookiesOf(): Special {
  return {
    kind: 'special',
    name: 'cookies',
    get: (name) => input('cookies', [name], { type: 'string' }),
  };
}

/** What code put on the request or response object under a name. */
export function kept(machine: Machine, key: string): Value | undefined {
  return machine.variables.value.get(key);
}

export function keep(machine: Machine, key: string, value: Value): void {
  set(machine, machine.variables, new Map([...machine.variables.value, [key, value]]));
}

/** What the app put on all its requests or responses under a name. */
export function putOnAll(machine: Machine, key: string): Value | undefined {
  const put = machine.endpoint.put?.get(key);
  return put && machine.standing(put);
}
