import type { ts } from '../../../kernel/syntax.ts';
import type { Program } from '../../../repo/repo.ts';
import type { Machine } from '../../trace/machine.ts';
import { textOf } from '../../trace/source.ts';
import { object } from '../../trace/terms.ts';
import {
  literal,
  type Special,
  stringOf,
  UNDEFINED,
  unknown,
  type Value,
} from '../../trace/values.ts';
import { keep, kept } from '../request-parts.ts';
import { requestOf } from './request.ts';
import { responseOf } from './response.ts';

/** nestjs-cls: what code keeps under a name for the length of a request; dots lead into what is kept. */
export function clsService(machine: Machine): Special {
  return {
    kind: 'special',
    name: 'ClsService',
    invoke: (method, args, node) => {
      const [first] = args;
      const key = first && keyOf(first);
      switch (method) {
        case 'get':
          if (!first) return wholeStore(machine, node);
          return key === undefined ? unknown(textOf(node)) : read(machine, key, node);
        case 'set':
        case 'setIfUndefined':
          if (key !== undefined) keep(machine, `${PREFIX}${key}`, args[1] ?? UNDEFINED);
          return UNDEFINED;
        case 'run':
        case 'runWith':
        case 'exit': {
          const work = args.findLast(({ kind }) => kind === 'closure');
          return work ? machine.call(work, [], node) : UNDEFINED;
        }
        case 'isActive':
          return literal(true);
        default:
          return undefined;
      }
    },
  };
}

const PREFIX = 'cls.';

/** A text, or one of the package's own keys. */
function keyOf(value: Value): string | undefined {
  return value.kind === 'package' ? value.name : stringOf(value);
}

function wholeStore(machine: Machine, node: ts.Node): Special {
  return {
    kind: 'special',
    name: 'cls',
    get: (name) => read(machine, name, node),
    set: (name, value) => keep(machine, `${PREFIX}${name}`, value),
  };
}

/** What is kept under a name itself, inside of it, or inside of what its first part names. */
function read(machine: Machine, key: string, node: ts.Node): Value {
  if (key === 'CLS_REQ') return requestOf(machine);
  if (key === 'CLS_RES') return responseOf(machine);
  const own = kept(machine, `${PREFIX}${key}`);
  if (own) return own;
  const within = `${PREFIX}${key}.`;
  const parts = [...machine.variables.value].filter(([name]) => name.startsWith(within));
  if (parts.length > 0)
    return object(parts.map(([name, value]) => [name.slice(within.length), value]));
  const dot = key.lastIndexOf('.');
  if (dot > 0) return machine.get(read(machine, key.slice(0, dot), node), key.slice(dot + 1), node);
  return isSetUp(machine.deps.program) ? unknown(textOf(node)) : UNDEFINED;
}

const setUp = new WeakMap<Program, boolean>();

/** Whether the module's options name code that fills the store before anybody asks for something. */
function isSetUp(program: Program): boolean {
  const known = setUp.get(program);
  if (known !== undefined) return known;
  const found = program.repo.files.some(
    ({ path }) =>
      /\.[mc]?ts$/.test(path) &&
      program.matches(path, /\bClsModule\s*\.\s*for/) &&
      program.matches(path, /\bsetup\b/),
  );
  setUp.set(program, found);
  return found;
}
