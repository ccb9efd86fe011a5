import type { ts } from '../../../kernel/syntax.ts';
import { arrayOf, arrayOfAll } from '../../trace/composites.ts';
import type { Machine } from '../../trace/machine.ts';
import { object } from '../../trace/terms.ts';
import { literal, native, stringOf, UNDEFINED, unknown, type Value } from '../../trace/values.ts';
import { kept } from '../request-parts.ts';
import { INSIDE } from '../shell.ts';
import { requestOf } from '../web-request.ts';
import { dataOf, jsonOf, redirectTo } from './answers.ts';
import { contextKey, paramsOf } from './context.ts';
import { ACTION, CURRENT, ERROR, isErrorResponse, loaded, MATCHES, OUTLET } from './kept.ts';
import { cookieOf, storageOf } from './sessions.ts';

interface Called {
  readonly args: readonly Value[];
  readonly node: ts.Node;
}

type Call = (machine: Machine, called: Called) => Value | undefined;

/** What the exports of React Router's and Remix's packages do; undefined for those that bear on no answer. */
export function routerCall(
  machine: Machine,
  { name, made, args, node }: Called & { readonly name: string; readonly made: boolean },
): Value | undefined {
  return made ? undefined : CALLS[TYPED[name] ?? name]?.(machine, { args, node });
}

/** What remix-typedjson's exports do beside keeping types. */
const TYPED: Readonly<Record<string, string>> = {
  typedjson: 'json',
  typeddefer: 'defer',
  useTypedLoaderData: 'useLoaderData',
  useTypedActionData: 'useActionData',
  useTypedRouteLoaderData: 'useRouteLoaderData',
  useTypedFetcher: 'useFetcher',
};

const CALLS: Readonly<Record<string, Call>> = {
  data: (_, { args, node }) => dataOf(args, node),
  json: (_, { args, node }) => jsonOf(args, node),
  defer: (_, { args }) => args[0],
  deserializeRemix: (_, { args }) => args[0],
  redirect: (_, { args, node }) => redirectTo(args, node),
  redirectDocument: (_, { args, node }) => redirectTo(args, node),
  replace: (_, { args, node }) => redirectTo(args, node),
  createContext: (_, { args, node }) => contextKey(node, args),
  createCookie: (machine, { args }) => cookieOf(machine, args),
  createCookieSessionStorage: (machine, { args, node }) => storageOf(machine, args, node),
  createSessionStorage: (machine, { args, node }) => storageOf(machine, args, node),
  createFileSessionStorage: (machine, { args, node }) => storageOf(machine, args, node),
  createMemorySessionStorage: (machine, { args, node }) => storageOf(machine, args, node),
  isRouteErrorResponse: (_, { args: [error = UNDEFINED] }) => literal(isErrorResponse(error)),
  useLoaderData: (machine) => loaded(machine, stringOf(kept(machine, CURRENT)) ?? ''),
  useRouteLoaderData: (machine, { args: [id] }) => loaded(machine, stringOf(id) ?? ''),
  useActionData: (machine) => kept(machine, ACTION) ?? UNDEFINED,
  useRouteError: (machine) => kept(machine, ERROR) ?? UNDEFINED,
  useMatches: (machine) => kept(machine, MATCHES) ?? unknown('matches'),
  useOutlet: () => INSIDE,
  useOutletContext: (machine) => kept(machine, OUTLET) ?? UNDEFINED,
  useParams: (machine) => paramsOf(machine),
  useSearchParams: (machine, { node }) => {
    const url = machine.get(requestOf(machine, ''), 'url', node);
    return arrayOfAll([machine.get(url, 'searchParams', node), quiet('setSearchParams')]);
  },
  useLocation: (machine, { node }) => {
    const url = machine.get(requestOf(machine, ''), 'url', node);
    return object([
      ['pathname', machine.get(url, 'pathname', node)],
      ['search', unknown('location.search')],
      ['state', literal(null)],
      ['hash', literal('')],
    ]);
  },
  useNavigation: () => object([['state', literal('idle')]]),
  useNavigate: () => quiet('navigate'),
  useSubmit: () => quiet('submit'),
  useRevalidator: () => object([['state', literal('idle')]]),
  useFetcher: () =>
    object([
      ['state', literal('idle')],
      ['submit', quiet('submit')],
      ['load', quiet('load')],
    ]),
  useFetchers: () => arrayOf([]),
};

function quiet(name: string): Value {
  return native(name, () => UNDEFINED);
}
