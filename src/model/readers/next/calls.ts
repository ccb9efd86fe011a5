import type { ts } from '../../../kernel/syntax.ts';
import type { Machine } from '../../trace/machine.ts';
import { makeResponse, statusOf } from '../../trace/responses.ts';
import { object } from '../../trace/terms.ts';
import { addressText } from '../../trace/urls.ts';
import {
  literal,
  literalOf,
  native,
  type Special,
  UNDEFINED,
  unknown,
  type Value,
} from '../../trace/values.ts';
import { headersOf, partOf } from '../request-parts.ts';
import { cookiesOf } from '../web-request.ts';
import { leads, left } from './leaving.ts';

interface Called {
  readonly args: readonly Value[];
  readonly node: ts.Node;
}

type Call = (machine: Machine, called: Called) => Value | undefined;

/** What the exports of Next's own packages do; undefined for those that bear on no answer. */
export function nextCall(
  machine: Machine,
  { name, made, args, node }: Called & { readonly name: string; readonly made: boolean },
): Value | undefined {
  if (made) return name === 'NextResponse' ? responseOf(args, node) : undefined;
  return CALLS[name]?.(machine, { args, node }) ?? (SILENT.test(name) ? UNDEFINED : undefined);
}

/** Calls that change no answer, whatever they are given. */
const SILENT =
  /^(after|connection|revalidate\w+|updateTag|refresh|cache(Life|Tag)|unstable_(noStore|cache(Life|Tag)|after))$/;

/** A middleware's word for letting a request through. */
export const PASSING: Special = { kind: 'special', name: 'NextResponse.next' };

const CALLS: Readonly<Record<string, Call>> = {
  'NextResponse.json': (_, { args, node }) => responseOf(args, node),
  'NextResponse.redirect': (_, { args: [target = UNDEFINED, init], node }) => {
    const status = literalOf(init) === undefined ? statusOf(init).status : init;
    const location = addressText(target);
    return makeResponse(node, { kind: 'redirect', location, status: status ?? literal(307) });
  },
  'NextResponse.next': () => PASSING,
  // What stands where it leads answers: the route at hand, as a rule under the prefix of a language or tenant.
  'NextResponse.rewrite': () => PASSING,
  redirect: (machine, called) => redirected(machine, called, 307),
  permanentRedirect: (machine, called) => redirected(machine, called, 308),
  notFound: (machine, { node }) => refused(machine, 404, node),
  forbidden: (machine, { node }) => refused(machine, 403, node),
  unauthorized: (machine, { node }) => refused(machine, 401, node),
  unstable_rethrow: (machine, { args: [error = UNDEFINED], node }) => {
    if (leads(error)) machine.throwValue(error, node);
    return UNDEFINED;
  },
  isRedirectError: (_, { args: [error = UNDEFINED] }) =>
    literal(leads(error)?.location !== undefined),
  headers: (machine) => headersOf(machine),
  cookies: () => cookiesOf(),
  draftMode: () => object([['isEnabled', literal(false)]]),
  unstable_cache: (_, { args: [work = UNDEFINED] }) => work,
  useParams: (machine) => partOf(machine, 'params'),
  useRouter: () => ({ kind: 'special', name: 'router', invoke: () => UNDEFINED }),
  default: lazily,
};

function responseOf([body = UNDEFINED, init]: readonly Value[], node: ts.Node): Value {
  return makeResponse(node, { body, ...statusOf(init) });
}

function redirected(
  machine: Machine,
  { args: [target = UNDEFINED], node }: Called,
  status: number,
): Value {
  const fields: [string, Value][] = [
    ['status', literal(status)],
    ['location', addressText(target)],
  ];
  machine.throwValue(left('redirect', fields), node);
  return UNDEFINED;
}

function refused(machine: Machine, status: number, node: ts.Node): Value {
  machine.throwValue(left('notFound', [['status', literal(status)]]), node);
  return UNDEFINED;
}

/** `dynamic(() => import('./chart'))`: the component, unless it is for browsers only. */
function lazily(machine: Machine, { args: [load = UNDEFINED, options], node }: Called): Value {
  if (load.kind !== 'closure') return unknown('a component');
  const only = options?.kind === 'object' ? options.fields.value.get('ssr') : undefined;
  if (literalOf(only) === false) return native('dynamic', () => UNDEFINED);
  const found = machine.settle(machine.call(load, [], node), node);
  return found.kind === 'module' ? machine.get(found, 'default', node) : found;
}
