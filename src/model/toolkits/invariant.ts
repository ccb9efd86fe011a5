import { ts } from '../../kernel/syntax.ts';
import type { LibraryReader } from '../reader.ts';
import { builtIn } from '../trace/classes.ts';
import { branch } from '../trace/path.ts';
import { literal, UNDEFINED } from '../trace/values.ts';

/** `invariant(condition, message)`: throws where the condition does not hold. */
export const invariant = {
  name: 'invariant',
  from: /^((tiny|ts)-)?invariant$/,
  call: (machine, { name, args: [held = UNDEFINED, message], node, made }) => {
    if (made || !/^(default|invariant|\*)$/.test(name)) return undefined;
    const asked = ts.isCallExpression(node) ? (node.arguments[0] ?? node) : node;
    branch(machine, machine.truth(held, asked), {
      yes: () => undefined,
      no: () => {
        const said = message ?? literal('Invariant failed');
        machine.throwValue(builtIn(['Error'], [['message', said]]), node);
      },
    });
    return UNDEFINED;
  },
} satisfies LibraryReader;
