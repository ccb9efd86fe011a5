import type { ts } from '../../../kernel/syntax.ts';
import { propertyOf } from '../../static/property.ts';
import type { Machine, Native, Semantics, Value } from '../../static/value.ts';
import { native } from '../../static/value.ts';
import { covers } from '../express/path.ts';
import type { Module } from './modules.ts';
import { type Spot, spotOf } from './settings.ts';

/** Middleware as a module applies it: to controllers or to paths, but for some. */
export interface Applied extends Native {
  readonly type: 'nest-applied';
  /** Whose `configure` applies it. */
  readonly by: Module;
  readonly middleware: readonly Value[];
  readonly excluded: Spot[];
  readonly controllers: ts.Node[];
  readonly spots: Spot[];
}

/** What `configure(consumer)` of a module calls. */
export function consumerSemantics(): Semantics {
  return {
    method: (_, receiver, call) => {
      if (receiver.type === 'nest-consumer' && call.name === 'apply') {
        const made: Applied = {
          type: 'nest-applied',
          by: (receiver as Consumer).of,
          middleware: call.args,
          excluded: [],
          controllers: [],
          spots: [],
        };
        (receiver as Consumer).applied.push(made);
        return native(made);
      }
      if (receiver.type !== 'nest-applied') return undefined;
      return route(receiver as Applied, call);
    },
  };
}

interface Consumer extends Native {
  readonly type: 'nest-consumer';
  readonly of: Module;
  readonly applied: Applied[];
}

function route(made: Applied, { name, args }: { name: string; args: readonly Value[] }): Value {
  if (name === 'exclude') made.excluded.push(...args.flatMap((each) => spotOf(each) ?? []));
  if (name === 'forRoutes')
    for (const each of args) {
      if (each.kind === 'class') made.controllers.push(each.node);
      else made.spots.push(...[spotOf(each)].filter((spot) => spot !== undefined));
    }
  return native(made);
}

/** What the modules' `configure` methods apply, in the order of the modules. */
export function appliedBy(machine: Machine, modules: readonly Module[]): Applied[] {
  return modules.flatMap((module) => {
    const { type } = module;
    const consumer: Consumer = { type: 'nest-consumer', of: module, applied: [] };
    const made: Value = {
      kind: 'object',
      entries: new Map(),
      of: type,
      open: { value: false },
      native: { value: null },
      origin: null,
    };
    const configure = propertyOf(machine, made, 'configure');
    if (configure.kind === 'function')
      machine.invoke({ ...configure, self: made }, [native(consumer)]);
    return consumer.applied;
  });
}

/** Whether middleware runs for an endpoint of a controller; `path` is without the global prefix. */
export function appliesTo(
  applied: Applied,
  about: { controller: ts.Node; method: string; path: string },
): boolean {
  const meets = ({ path, method }: Spot) =>
    (method === null || method === about.method || about.method === 'ALL') &&
    (/^\/?(\(\.\*\)|\*\w*|\{\*\w+\})$/.test(path) ||
      covers(path.startsWith('/') ? path : `/${path}`, about.path, true));
  if (applied.excluded.some(meets)) return false;
  return applied.controllers.includes(about.controller) || applied.spots.some(meets);
}
