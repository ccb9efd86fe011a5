import type { InputReader, JsonSchema } from '../reader.ts';
import type { Semantics } from '../static/value.ts';
import { native, nativeOf } from '../static/value.ts';
import { machinesOf } from './machine.ts';
import { FACTORIES, finished, yupMethod } from './yup/methods.ts';
import { isZod, jsonOf } from './zod/schema.ts';

/** Reads yup's schemas from the code that builds them, as what they take before they cast it. */
export const yup = {
  name: 'yup',
  packages: ['yup'],
  read(program, _file, expression): JsonSchema | null {
    const found = nativeOf(machineOf(program).evaluate(expression, null));
    if (!isZod(found)) return null;
    const whole = finished(found);
    return whole.optional ? { ...jsonOf(whole), 'x-optional': true } : jsonOf(whole);
  },
} satisfies InputReader;

const semantics: Semantics = {
  call: (_, { package: from, path }, call) => {
    const name = path.at(-1) ?? '';
    const make = from === 'yup' && Object.hasOwn(FACTORIES, name) ? FACTORIES[name] : undefined;
    return make && native({ ...make(call), optional: true });
  },
  method: (machine, receiver, call) =>
    isZod(receiver) ? yupMethod(machine, receiver, call) : undefined,
};

const machineOf = machinesOf(semantics);
