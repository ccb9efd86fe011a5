import type { Program } from '../../repo/repo.ts';
import type { InputReader, JsonSchema } from '../reader.ts';
import { createDrizzle } from '../schemas/drizzle/semantics.ts';
import { createMachine } from '../static/machine.ts';
import type { Machine, PackageValue, Semantics } from '../static/value.ts';
import { nativeOf } from '../static/value.ts';
import { zodCall } from './zod/factories.ts';
import { zodMethod, zodProperty } from './zod/methods.ts';
import { isZod, jsonOf } from './zod/schema.ts';
import { tableSchema } from './zod/tables.ts';

/** Reads Zod schemas (3 and 4, drizzle-zod's too) from the code that builds them, as their input side. */
export const zod = {
  name: 'zod',
  packages: ['zod', '@hono/zod-openapi', 'drizzle-zod'],
  read(program, _file, expression): JsonSchema | null {
    const found = nativeOf(machineOf(program).evaluate(expression, null));
    if (!isZod(found)) return null;
    return found.optional ? { ...jsonOf(found), 'x-optional': true } : jsonOf(found);
  },
} satisfies InputReader;

const machines = new WeakMap<Program, Machine>();

/** One machine a program: schemas refer to each other across files. */
function machineOf(program: Program): Machine {
  const known = machines.get(program);
  if (known) return known;
  const machine = createMachine(program, [semantics, createDrizzle().semantics]);
  machines.set(program, machine);
  return machine;
}

const semantics: Semantics = {
  call: (machine, callee, call) => {
    const path = pathIn(callee);
    const table = tableSchema(machine, path?.at(-1) ?? callee.path.at(-1) ?? '', call);
    return table ?? (path && zodCall(machine, path, call));
  },
  method: (machine, receiver, call) =>
    isZod(receiver) ? zodMethod(machine, receiver, call) : undefined,
  property: (_machine, receiver, name) =>
    isZod(receiver) ? zodProperty(receiver, name) : undefined,
};

/** The path below `z`, however `z` was imported; undefined for exports of other packages. */
function pathIn({ package: name, path }: PackageValue): readonly string[] | undefined {
  if (/^zod(?:\/|$)/.test(name)) {
    return path[0] === 'z' || path[0] === 'default' ? path.slice(1) : path;
  }
  return name === '@hono/zod-openapi' && path[0] === 'z' ? path.slice(1) : undefined;
}
