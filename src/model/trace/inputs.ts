import type { InputPart } from '../../condition/condition.ts';
import type { Input } from '../model.ts';
import type { Machine } from './machine.ts';

/** What a request may carry: as validators declare it, path parameters at least by name. */
export function inputOfRoute(machine: Machine): Input {
  const declared = (part: InputPart) => json(machine.inputs.get(part) ?? null);
  return {
    params: declared('params') ?? pathParameters(machine.endpoint.path),
    query: declared('query'),
    headers: declared('headers'),
    cookies: declared('cookies'),
    body: asForm(machine, declared('body')),
  };
}

/** Marks a body that is read as a form. */
function asForm(machine: Machine, schema: Input['body']): Input['body'] {
  const isObject = typeof schema === 'object' && schema !== null && !Array.isArray(schema);
  if (!machine.valid.has('form')) return schema;
  return { ...(isObject ? schema : { type: 'object' }), 'x-form': true };
}

function json(schema: unknown): Input['body'] {
  return schema === null ? null : JSON.parse(JSON.stringify(schema));
}

function pathParameters(path: string): Input['params'] {
  const names = [...path.matchAll(/[:*]([A-Za-z_]\w*)/g)].flatMap((match) => match[1] ?? []);
  if (names.length === 0) return null;
  const properties = Object.fromEntries(names.map((name) => [name, { type: 'string' }]));
  return { type: 'object', properties, required: names };
}
