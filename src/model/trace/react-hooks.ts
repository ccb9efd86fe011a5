import { ts } from '../../kernel/syntax.ts';
import { arrayOfAll } from './composites.ts';
import { all } from './formula.ts';
import type { Machine } from './machine.ts';
import { set } from './path.ts';
import type { Browser, State } from './react-browser.ts';
import { object, variable } from './terms.ts';
import { literal, native, UNDEFINED, type Value } from './values.ts';

interface Called {
  readonly args: readonly Value[];
  readonly node: ts.Node;
}

type Hook = (machine: Machine, called: Called) => Value;

/** Exports of react and react-dom as called by components. */
export function reactCall(machine: Machine, name: string, called: Called): Value | undefined {
  const last = name.split('.').at(-1) ?? '';
  const first = called.args[0] ?? UNDEFINED;
  if (/^renderTo/.test(last)) return first;
  return HOOKS[last]?.(machine, called);
}

const first: Hook = (_, { args }) => args[0] ?? UNDEFINED;

const HOOKS: Readonly<Record<string, Hook>> = {
  useState: (machine, { args, node }) => {
    const state = stateAt(machine, node, () => initial(machine, args[0], node));
    const setter = native('setState', ([next = UNDEFINED], at) => {
      const value = next.kind === 'closure' ? machine.call(next, [state.cell.value], at) : next;
      return change(machine, state, value);
    });
    return arrayOfAll([state.cell.value, setter]);
  },
  useReducer: (machine, { args, node }) => {
    const [reducer = UNDEFINED, start = UNDEFINED, init] = args;
    const state = stateAt(machine, node, () => (init ? machine.call(init, [start], node) : start));
    const dispatch = native('dispatch', ([action = UNDEFINED], at) =>
      change(machine, state, machine.call(reducer, [state.cell.value, action], at)),
    );
    return arrayOfAll([state.cell.value, dispatch]);
  },
  useEffect: effect,
  useLayoutEffect: effect,
  useInsertionEffect: () => UNDEFINED,
  useMemo: (machine, { args, node }) => machine.call(args[0] ?? UNDEFINED, [], node),
  useCallback: first,
  useRef: (machine, { args, node }) =>
    stateAt(machine, node, () => object([['current', args[0] ?? literal(null)]])).cell.value,
  useContext: context,
  use: (machine, { args, node }) =>
    args[0]?.kind === 'special' && args[0].name === 'context'
      ? context(machine, { args, node })
      : machine.settle(args[0] ?? UNDEFINED, node),
  createContext: (machine, { args }) => contextOf(machine, args[0] ?? UNDEFINED),
  useTransition: () =>
    arrayOfAll([literal(false), native('startTransition', ([work = UNDEFINED]) => work)]),
  useDeferredValue: first,
  useId: () => literal('id'),
  memo: first,
  forwardRef: first,
  cache: first,
  lazy: first,
  createElement: (machine, { args, node }) => element(machine, { args, node }),
};

function initial(machine: Machine, value: Value | undefined, node: ts.Node): Value {
  return value?.kind === 'closure' ? machine.call(value, [], node) : (value ?? UNDEFINED);
}

/** The state a hook keeps from render to render; on a server every render is the first. */
function stateAt(machine: Machine, node: ts.Node, start: () => Value): State {
  const key = keyAt(machine, node);
  const known = machine.browser?.states.get(key);
  if (known) return known;
  const state: State = {
    cell: variable(start()),
    component: componentAt(machine, node),
    set: false,
  };
  machine.browser?.states.set(key, state);
  return state;
}

function change(machine: Machine, state: State, value: Value): Value {
  if (!machine.browser) return UNDEFINED;
  state.set = true;
  set(machine, state.cell, value);
  return UNDEFINED;
}

function effect(machine: Machine, { args, node }: Called): Value {
  const { browser } = machine;
  const [run] = args;
  const key = keyAt(machine, node);
  if (!browser || !run || isWaiting(browser, key)) return UNDEFINED;
  browser.effects.push({ key, run, node, when: all(machine.path.facts) });
  return UNDEFINED;
}

function isWaiting(browser: Browser, key: string): boolean {
  return browser.ran.has(key) || browser.effects.some((each) => each.key === key);
}

const numbers = new WeakMap<ts.Node, number>();
let count = 0;

function keyAt(machine: Machine, node: ts.Node): string {
  return [...machine.sites, node].map(numberOf).join('.');
}

function numberOf(node: ts.Node): number {
  const known = numbers.get(node);
  if (known !== undefined) return known;
  count += 1;
  numbers.set(node, count);
  return count;
}

/** The element that renders the component a hook runs in. */
function componentAt(machine: Machine, node: ts.Node): ts.Node {
  const opening = machine.sites.findLast(
    (site) => ts.isJsxOpeningElement(site) || ts.isJsxSelfClosingElement(site),
  );
  return opening ?? node;
}

function contextOf(machine: Machine, start: Value): Value {
  const cell = variable(start);
  const provider: Value = {
    kind: 'special',
    name: 'Provider',
    call: ([value = UNDEFINED]) => {
      set(machine, cell, value);
      return UNDEFINED;
    },
  };
  return {
    kind: 'special',
    name: 'context',
    get: (name) => (name === 'Provider' ? provider : undefined),
    settle: () => cell.value,
  };
}

function context(machine: Machine, { args, node }: Called): Value {
  return machine.settle(args[0] ?? UNDEFINED, node);
}

/** `createElement(type, props, …children)`. */
function element(machine: Machine, { args, node }: Called): Value {
  const [type = UNDEFINED, props, ...children] = args;
  const inside: Value = { kind: 'jsx', parts: children };
  if (type.kind !== 'closure') return type.kind === 'jsx' ? type : inside;
  const given = new Map(props?.kind === 'object' ? props.fields.value : []);
  if (children.length > 0) given.set('children', inside);
  return machine.call(type, [object(given)], node);
}
