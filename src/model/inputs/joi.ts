import type { InputReader, JsonSchema } from '../reader.ts';
import type { Semantics } from '../static/value.ts';
import { native, nativeOf } from '../static/value.ts';
import { finished } from './joi/finished.ts';
import { FACTORIES, joiMethod } from './joi/methods.ts';
import { machinesOf } from './machine.ts';
import { isZod, jsonOf, schema } from './zod/schema.ts';

/** Reads Joi's schemas from the code that builds them, as what they take before they convert it. */
export const joi = {
  name: 'joi',
  packages: ['joi', '@hapi/joi', 'celebrate'],
  read(program, _file, expression): JsonSchema | null {
    const found = nativeOf(machineOf(program).evaluate(expression, null));
    if (!isZod(found)) return null;
    const whole = finished(found);
    return whole.optional ? { ...jsonOf(whole), 'x-optional': true } : jsonOf(whole);
  },
} satisfies InputReader;

/** What the package itself has of a schema of anything: `Joi.valid('a', 'b')`. */
const OF_ANYTHING = /^(valid|equal|allow|invalid|disallow|not|required|exist|optional|forbidden)$/;

const semantics: Semantics = {
  call: (machine, { package: from, path }, call) => {
    const name = path.at(-1) ?? '';
    if (!/^(@hapi\/)?joi$/.test(from) && !(from === 'celebrate' && path[0] === 'Joi'))
      return undefined;
    const made = Object.hasOwn(FACTORIES, name) ? FACTORIES[name]?.(call) : undefined;
    if (made) return native({ ...made, optional: true });
    const anything = schema({}, { optional: true });
    return OF_ANYTHING.test(name) ? joiMethod(machine, anything, { ...call, name }) : undefined;
  },
  method: (machine, receiver, call) =>
    isZod(receiver) ? joiMethod(machine, receiver, call) : undefined,
};

const machineOf = machinesOf(semantics);
