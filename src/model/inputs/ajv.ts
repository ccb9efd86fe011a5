import type { JsonSchema, LibraryReader } from '../reader.ts';
import type { Machine } from '../trace/machine.ts';
import { type Special, UNDEFINED } from '../trace/values.ts';
import { judged, problems, schemaIn } from './written-schemas.ts';

/** Ajv: JSON Schemas as code writes them out, compiled into functions that say whether a value fits. */
export const ajv: LibraryReader = {
  name: 'ajv',
  from: /^ajv(\/|$)/,
  call: (machine, { made }) => (made ? compiler(machine) : undefined),
};

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
