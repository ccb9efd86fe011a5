import type { Json } from '../kernel/digest.ts';
import { type Schema, schemaOf } from '../kernel/json-schema.ts';
import type { Model, Route } from '../model/model.ts';
import type { When } from '../plan/plan.ts';
import { sampleOf } from '../plan/request/sample.ts';

/** One request a route as its input schemas ask for it, from nobody, for nothing that is there. */
export function plainRequests(model: Model): When[] {
  return model.apps.flatMap(({ routes, pages }) => [...routes, ...pages]).map(plainRequest);
}

function plainRequest({ method, path, action, input }: Route): When {
  const params = sample(input.params);
  const query = sample(input.query);
  const sends = method !== 'GET' && method !== 'HEAD' && method !== 'PAGE';
  return {
    as: null,
    method: method === 'PAGE' ? 'GET' : method,
    path: path.replace(/[:*](\w+)/g, (_, name: string) => encodeURIComponent(text(params[name]))),
    ...(Object.keys(query).length > 0 ? { query } : {}),
    ...(sends ? { body: sample(input.body) } : {}),
    ...(action ? { action } : {}),
  };
}

type Fields = { readonly [name: string]: Json };

function sample(schema: Json): Fields {
  if (schema === null) return {};
  const value = sampleOf(schemaOf(schema) as Schema, 'value');
  const isFields = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isFields ? (value as Fields) : {};
}

function text(value: Json | undefined): string {
  return value === undefined || value === null ? '1' : String(value);
}
