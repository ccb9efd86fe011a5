import type { ts } from '../../../kernel/syntax.ts';
import type { Machine } from '../../trace/machine.ts';
import { object } from '../../trace/terms.ts';
import {
  literal,
  native,
  type Special,
  stringOf,
  UNDEFINED,
  unknown,
  type Value,
} from '../../trace/values.ts';
import { CURRENT, loaded } from '../react-router/kept.ts';
import { keep, kept, pathValue } from '../request-parts.ts';
import { contextOf } from './middleware.ts';
import { paramsOf } from './params.ts';

interface Called {
  readonly name: string;
  readonly args: readonly Value[];
  readonly node: ts.Node;
}

const SEARCH = 'router.search';

/** What the query came to behind the routes' own checks. */
export function searchOf(machine: Machine): Value {
  return kept(machine, SEARCH) ?? object([], true);
}

export function keepSearch(machine: Machine, search: Value): void {
  keep(machine, SEARCH, search);
}

/** A hook of the package, of the route it names (`from`) or else the one that is shown. */
export function routerHook(machine: Machine, called: Called): Value | undefined {
  const { name, args, node } = called;
  if (name === 'getRouteApi') return routeApi(machine, stringOf(args[0]) ?? '');
  const own = args[0]?.kind === 'object' ? stringOf(args[0].fields.value.get('from')) : undefined;
  const id = own ?? stringOf(kept(machine, CURRENT)) ?? '';
  if (name === 'useRouterState') return selected(machine, { value: stateOf(machine), args, node });
  if (name === 'useLocation')
    return selected(machine, {
      value: machine.get(stateOf(machine), 'location', node),
      args,
      node,
    });
  if (name === 'useRouter') return router(machine);
  return routeHook(machine, { ...called, id });
}

function routeApi(machine: Machine, id: string): Special {
  return {
    kind: 'special',
    name: 'routeApi',
    invoke: (name, args, node) => routeHook(machine, { name, id, args, node }),
  };
}

/** A hook of one route. */
export function routeHook(
  machine: Machine,
  { name, id, args, node }: Called & { readonly id: string },
): Value | undefined {
  const value = HOOKS[name]?.(machine, id);
  return value && selected(machine, { value, args, node });
}

const HOOKS: Readonly<Record<string, (machine: Machine, id: string) => Value>> = {
  useLoaderData: (machine, id) => loaded(machine, id),
  useSearch: searchOf,
  useParams: paramsOf,
  useRouteContext: contextOf,
  useNavigate: () => native('navigate', () => UNDEFINED),
};

/** `{ select }` takes a part of it. */
function selected(
  machine: Machine,
  { value, args: [options], node }: { value: Value; args: readonly Value[]; node: ts.Node },
): Value {
  const select = options?.kind === 'object' ? options.fields.value.get('select') : undefined;
  return select ? machine.settle(machine.call(select, [value], node), node) : value;
}

function stateOf(machine: Machine): Value {
  const location = object([
    ['pathname', pathValue(machine)],
    ['search', searchOf(machine)],
    ['hash', literal('')],
    ['href', unknown('location.href')],
    ['searchStr', unknown('location.searchStr')],
  ]);
  return object([
    ['location', location],
    ['isLoading', literal(false)],
    ['status', literal('idle')],
  ]);
}

function router(machine: Machine): Special {
  return {
    kind: 'special',
    name: 'router',
    get: (name) => {
      if (name === 'options') return object([['context', contextOf(machine)]], true);
      return name === 'state' ? stateOf(machine) : undefined;
    },
    invoke: () => UNDEFINED,
  };
}

/** The place a loader is told of. */
export function locationOf(machine: Machine, node: ts.Node): Value {
  return machine.get(stateOf(machine), 'location', node);
}
