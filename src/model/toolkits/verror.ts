import type { LibraryReader } from '../reader.ts';
import { builtIn } from '../trace/classes.ts';
import type { Machine } from '../trace/machine.ts';
import { object } from '../trace/terms.ts';
import { literal, native, UNDEFINED, unknown, type Value } from '../trace/values.ts';

const INFO = 'jse_info';
const CAUSE = 'jse_cause';

/**
 * VError: errors that carry what is known about them and what caused them
 * (https://github.com/TritonDataCenter/node-verror#public-interface).
 */
export const verror = {
  name: 'verror',
  from: /^verror$/,
  call: (machine, { name, args, node, made }) => {
    const own = name.split('.').at(-1) ?? name;
    const [first = UNDEFINED] = args;
    if (made) return errorOf(own, args);
    if (own === 'info') return infoOf(machine, first);
    if (own === 'cause') return machine.get(first, CAUSE, node);
    return undefined;
  },
} satisfies LibraryReader;

/** `new VError(options | cause, message, …)`, or a message alone. */
function errorOf(own: string, args: readonly Value[]): Value {
  const type = own === 'default' ? 'VError' : own;
  const [first = UNDEFINED, second = UNDEFINED] = args;
  const options = first.kind === 'object' ? first.fields.value : undefined;
  const cause = options ? options.get('cause') : first.kind === 'instance' ? first : undefined;
  const message = options || cause ? second : first;
  const formatted = args.length > (options || cause ? 2 : 1);
  const said = cause && type !== 'WError' && !isNothing(cause);
  return builtIn(
    [type, 'Error'],
    [
      ['message', said || formatted ? unknown('message') : message],
      ['name', options?.get('name') ?? literal(type)],
      [INFO, options?.get('info') ?? object([])],
      [CAUSE, cause ?? UNDEFINED],
      ['cause', native('cause', () => cause ?? UNDEFINED)],
    ],
  );
}

function isNothing(value: Value): boolean {
  return value.kind === 'undefined';
}

/** What is known about an error: of its causes, then of itself. */
function infoOf(machine: Machine, error: Value): Value {
  if (error.kind !== 'instance') return unknown('info');
  const own = error.fields.value.get(INFO);
  const cause = error.fields.value.get(CAUSE);
  if (!cause || isNothing(cause)) return own ?? object([]);
  const inherited = infoOf(machine, cause);
  if (inherited.kind !== 'object' || own?.kind !== 'object') return unknown('info');
  const open = inherited.open.value || own.open.value;
  return object([...inherited.fields.value, ...own.fields.value], open);
}
