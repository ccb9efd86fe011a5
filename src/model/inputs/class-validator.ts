import { ts } from '../../kernel/syntax.ts';
import type { Program } from '../../repo/repo.ts';
import type { InputReader, JsonSchema } from '../reader.ts';
import { createMachine } from '../static/machine.ts';
import type { Machine } from '../static/value.ts';
import { decoratorSemantics } from './class-validator/decorated.ts';
import { jsonOf, propertiesOf } from './class-validator/properties.ts';

/** Reads classes that class-validator's decorators describe, and those `@nestjs/mapped-types` makes of them. */
export const classValidator = {
  name: 'class-validator',
  packages: ['class-validator'],
  read(program, _file, expression): JsonSchema | null {
    if (!ts.isIdentifier(expression)) return null;
    const meaning = program.meaning(expression);
    if (meaning?.kind !== 'declared' || !ts.isClassLike(meaning.node)) return null;
    const machine = machineOf(program);
    const type = machine.held(meaning.node, null);
    const properties = propertiesOf(machine, type);
    return [...properties.values()].some((each) => each.checked) ? jsonOf(properties) : null;
  },
} satisfies InputReader;

const machines = new WeakMap<Program, Machine>();

/** One machine a program: classes refer to each other across files. */
function machineOf(program: Program): Machine {
  const known = machines.get(program);
  if (known) return known;
  const machine = createMachine(program, [decoratorSemantics]);
  machines.set(program, machine);
  return machine;
}
