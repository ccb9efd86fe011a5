import type { ts } from '../../../kernel/syntax.ts';
import { spreadFields, spreadItems } from '../../trace/composites.ts';
import type { Machine } from '../../trace/machine.ts';
import { object } from '../../trace/terms.ts';
import { literal, native, type Special, UNDEFINED, type Value } from '../../trace/values.ts';
import { goThrough } from '../go-through.ts';
import { keep, kept, pathValue } from '../request-parts.ts';
import { requestOf } from '../web-request.ts';
import { paramsOf } from './params.ts';
import { validated } from './validated.ts';

/** What runs for a function of the server or a request: its own middleware, then a check of its input, then itself. */
export interface Step {
  readonly middleware: readonly Value[];
  readonly validator: Value | undefined;
  readonly server: Value | undefined;
}

const steps = new WeakMap<Value, Step>();

export function stepOf(value: Value): Step | undefined {
  return steps.get(value);
}

/** `createMiddleware({ type }).middleware([…]).validator(…).client(…).server(…)`: what it has on the server. */
export function middlewareOf(step: Step): Special {
  const made: Special = {
    kind: 'special',
    name: 'middleware',
    invoke: (method, [given = UNDEFINED]) => {
      if (method === 'server') return middlewareOf({ ...step, server: given });
      if (/^(inputV|v)alidator$/.test(method)) return middlewareOf({ ...step, validator: given });
      if (method !== 'middleware') return made;
      return middlewareOf({ ...step, middleware: valuesIn(given) });
    },
  };
  steps.set(made, step);
  return made;
}

export const PLAIN: Step = { middleware: [], validator: undefined, server: undefined };

export function valuesIn(list: Value): Value[] {
  return spreadItems(list).map(({ value }) => value);
}

/** Each with what it builds on before it, once (`flattenMiddlewares`). */
export function flattened(list: readonly Value[]): Value[] {
  const found = new Set<Value>();
  const add = (value: Value): void => {
    for (const each of stepOf(value)?.middleware ?? []) add(each);
    found.add(value);
  };
  for (const value of list) add(value);
  return [...found];
}

const CONTEXT = 'start.context';
const DATA = 'start.data';
/** What ran for the request as a whole does not run again for what it asks for. */
const RAN = 'start.ran';

export function keepRan(machine: Machine, list: Value): void {
  keep(machine, RAN, list);
}

export function contextOf(machine: Machine): Value {
  return kept(machine, CONTEXT) ?? object();
}

export function dataOf(machine: Machine): Value {
  return kept(machine, DATA) ?? UNDEFINED;
}

export function keepData(machine: Machine, data: Value): void {
  keep(machine, DATA, data);
}

/** What is added stands beside and before what was there. */
export function addContext(machine: Machine, added: Value | undefined): void {
  if (added) keep(machine, CONTEXT, joined(contextOf(machine), added));
}

export function joined(before: Value, added: Value): Value {
  const [old, more] = [spreadFields(before), spreadFields(added)];
  return object([...old.fields, ...more.fields], old.open || more.open);
}

export interface Running {
  readonly node: ts.Node;
  /** Of a function of the server: its name. */
  readonly called?: string;
  /** Put around each run: what is thrown to leave is answered there. */
  readonly within: (work: () => void) => void;
}

/** Runs middleware in turn, then the rest: what one answers without going on is an ending. */
export function through(
  machine: Machine,
  list: readonly Value[],
  { running, goOn }: { running: Running; goOn: () => void },
): void {
  const ran = new Set(valuesIn(kept(machine, RAN) ?? UNDEFINED));
  const run = (left: readonly Value[]): void => {
    const [first, ...rest] = left;
    if (!first) {
      goOn();
      return;
    }
    const { validator, server } = stepOf(first) ?? PLAIN;
    if (validator) {
      running.within(() =>
        keepData(machine, validated(machine, validator, about(machine, running))),
      );
      if (machine.path.dead) return;
    }
    if (server?.kind !== 'closure') {
      run(rest);
      return;
    }
    const args = (next: Value) => [given(machine, running, goingOn(machine, next))];
    const lets = (answer: Value) => answer.kind !== 'response';
    const { node, within } = running;
    goThrough(machine, { value: server, args, node, lets, within }, () => run(rest));
  };
  run(flattened(list).filter((each) => !ran.has(each)));
}

function about(machine: Machine, { node }: Running) {
  return { value: dataOf(machine), node };
}

/** `next({ context })`. */
function goingOn(machine: Machine, next: Value): Value {
  return native('next', ([said], at) => {
    addContext(machine, said?.kind === 'object' ? said.fields.value.get('context') : undefined);
    return machine.call(next, [], at);
  });
}

/** What middleware and handlers are called with. */
export function given(machine: Machine, { called }: Pick<Running, 'called'>, next?: Value): Value {
  return object([
    ['context', contextOf(machine)],
    ['data', dataOf(machine)],
    ['request', requestOf(machine, '')],
    ['pathname', pathValue(machine)],
    ['params', paramsOf(machine)],
    ['method', literal(machine.endpoint.method)],
    ['handlerType', literal(called === undefined ? 'router' : 'serverFn')],
    ['serverFnMeta', called === undefined ? UNDEFINED : object([['name', literal(called)]], true)],
    ...(next ? [['next', next] as const] : []),
  ]);
}
