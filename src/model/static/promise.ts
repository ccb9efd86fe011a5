import { itemsOf, LANGUAGE } from './collection.ts';
import type { Call, Machine, Native, PackageValue, Semantics, Value } from './value.ts';
import { either, literal, native, UNKNOWN } from './value.ts';

/** Packages whose promises are the language's with more methods. */
const PROMISES = /^(bluebird|es6-promise)$/;

/** What an executor is given to resolve its promise with, and what it was resolved with so far. */
interface Resolve extends Native {
  readonly type: 'resolve';
  readonly given: Value[];
}

/** Promises as an app is put together: what one resolves with is what it is. */
export const PROMISE_SEMANTICS: Semantics = {
  call: (machine, callee, call) => {
    const name = nameIn(callee);
    if (name === undefined) return undefined;
    if (name === '') return call.isNew ? promised(machine, call) : undefined;
    const [first] = call.args;
    if (name === 'resolve') return first ?? literal(undefined);
    if (name === 'try' || name === 'attempt')
      return first && machine.apply(first, { ...call, args: [] });
    return name === 'all' ? copied(first) : undefined;
  },
  method: (_machine, receiver, { name, args }) => {
    if (!isResolve(receiver) || name !== '()') return undefined;
    receiver.given.push(args[0] ?? literal(undefined));
    return literal(undefined);
  },
};

/** The name of a function of the class of promises, empty for the class itself; undefined for anything else. */
function nameIn({ package: from, path }: PackageValue): string | undefined {
  const [head, ...rest] = path;
  if (from === LANGUAGE) return head === 'Promise' ? rest.join('.') : undefined;
  if (!PROMISES.test(from)) return undefined;
  return path.filter((each) => each !== 'default' && each !== 'Promise').join('.');
}

function promised(machine: Machine, call: Call): Value {
  const [executor = UNKNOWN] = call.args;
  const resolve: Resolve = { type: 'resolve', given: [] };
  machine.apply(executor, { ...call, args: [native(resolve), UNKNOWN], isNew: false });
  return either(resolve.given);
}

function isResolve(value: Native): value is Resolve {
  return value.type === 'resolve';
}

function copied(value: Value | undefined): Value | undefined {
  const items = itemsOf(value);
  return items && { ...items, items: [...items.items], open: { ...items.open } };
}
