import type { ts } from '../../../kernel/syntax.ts';
import type { HandlerSemantics, Raised, Registered } from '../../reader.ts';
import { passing, stepWhen } from '../../trace/chain.ts';
import { builtIn } from '../../trace/classes.ts';
import { enter } from '../../trace/closures.ts';
import { mayThrow } from '../../trace/errors.ts';
import { atom, not } from '../../trace/formula.ts';
import { takesBody } from '../../trace/input-facts.ts';
import type { Machine } from '../../trace/machine.ts';
import { branch } from '../../trace/path.ts';
import { makeResponse } from '../../trace/responses.ts';
import { placeAt } from '../../trace/source.ts';
import { object } from '../../trace/terms.ts';
import {
  literal,
  literalOf,
  native,
  type Response,
  type Special,
  UNDEFINED,
  type Value,
} from '../../trace/values.ts';
import { httpError, statusAnswer } from '../http-errors.ts';
import { majorOf } from '../version.ts';
import { asRegistered, leavesRejections, waitedFor } from './awaited.ts';
import { leavesAnything, packaged } from './middleware.ts';
import { nextOf } from './next.ts';
import { openapiStep } from './openapi/steps.ts';
import { controllerMethod } from './overnight.ts';
import { paramGiven } from './params.ts';
import { requestOf } from './request.ts';
import { responseOf } from './response.ts';
import { excepted } from './unless.ts';

/** Express's handlers: `(req, res, next)`, answered through `res`; errors go to middleware of four parameters. */
export const handlers: HandlerSemantics = {
  ...handlersFor(302),
  from: /^(express|body-parser|http-errors|express-async-(handler|wrap)|@awaitjs\/express|async-middleware|middleware-async|express-jwt|express-rate-limit)(\/|$)/,
  call: (machine, { name, args, node, made, from }) => {
    const fn = name.split('.').at(-1) ?? name;
    if (from === 'http-errors') return httpError(machine, fn, { args, node });
    // What an app is given beside its routes: what nobody sees it given is not known.
    if (from === 'express' && /^(default|\*|express)$/.test(fn)) return object([], true);
    if (made) return undefined;
    if (PARSERS.has(fn)) return parser(machine, fn, args[0]);
    if (fn === 'bodyParser') return parser(machine, 'json', args[0]);
    if (BUNDLED.has(fn))
      return native(fn, ([, , go], at) => (go ? machine.call(go, [], at) : UNDEFINED));
    const [first] = args;
    if (first?.kind === 'closure') return waitedFor(machine, first);
    return packaged(machine, fn, args);
  },
  // From version 5 on `req.body` is undefined where none is sent; before, parsers left an empty object.
  bodiless: (machine) => ((majorOf(machine, 'express') ?? 0) >= 5 ? 'missing' : undefined),
};

/** How such handlers run; `away` is the status of a redirect that says none. */
export function handlersFor(
  away: number,
): Pick<HandlerSemantics, 'step' | 'recover' | 'leavesRejections' | 'unhandled'> {
  return {
    step: (machine, { registered, index }, then) => {
      const mounted = machine.endpoint.mounted?.[index] ?? null;
      const except = excepted(machine, registered);
      if (!except) {
        const value =
          controllerMethod(machine, registered) ??
          openapiStep(machine, registered) ??
          machine.standing(registered);
        run(machine, { value, registered, mounted, away }, then);
        return;
      }
      const { middleware, skipped } = except;
      const value = machine.standing(middleware);
      const ask = (goOn: () => void) =>
        run(machine, { value, registered: middleware, mounted, away }, goOn);
      const about = { when: not(skipped), run: ask, goOn: then };
      stepWhen(machine, about, registered.expression);
    },
    recover: (machine, handler, { value, node }) => {
      const fn = machine.standing(handler);
      const args = [
        value,
        requestOf(machine),
        responseOf(machine, away),
        nextOf(machine, UNDEFINED),
      ];
      if (fn.kind !== 'closure' && !(fn.kind === 'special' && fn.call)) return null;
      asRegistered(machine, handler, () => {
        if (fn.kind === 'closure') enter(machine, fn, { args, node });
        else machine.call(fn, args, node);
      });
      return [];
    },
    leavesRejections,
    unhandled: (_, raised) => statusAnswer(raised.value, raised.node) ?? statusSet(raised),
  };
}

/** `res.status(400); next(error)`: a status of an error that was set before stays (finalhandler's `getResponseStatusCode`). */
function statusSet({ status, node }: Raised): Response | undefined {
  const said = status && literalOf(status);
  if (!status || typeof said !== 'number' || said < 400 || said >= 600) return undefined;
  return makeResponse(node, { status, body: null }).response;
}

interface Running {
  readonly value: Value;
  readonly registered: Registered;
  readonly mounted: number | null;
  readonly away: number;
}

function run(machine: Machine, step: Running, then: () => void): void {
  const { value, registered, mounted, away } = step;
  const { expression: node } = registered;
  if (value.kind === 'array') {
    const [first, ...rest] = value.items.value;
    if (!first) then();
    else
      run(machine, { ...step, value: first.value }, () => {
        const items = { ...value.items, value: rest };
        run(machine, { ...step, value: { ...value, items } }, then);
      });
  } else if (value.kind === 'choice') {
    branch(machine, value.when, {
      yes: () => run(machine, { ...step, value: value.yes }, then),
      no: () => run(machine, { ...step, value: value.no }, then),
    });
  } else if (value.kind === 'closure' || (value.kind === 'special' && value.call)) {
    passing(machine, then, (next) => {
      const own = [requestOf(machine, mounted), responseOf(machine, away), nextOf(machine, next)];
      const args = [...own, ...paramGiven(machine, registered)];
      asRegistered(machine, registered, () => {
        if (value.kind === 'closure') enter(machine, value, { args, node });
        else machine.call(value, args, node);
      });
    });
  } else {
    leavesAnything(machine);
    then();
  }
}

const RAW_BODY: Special = { kind: 'special', name: 'the raw body' };

const PARSERS = new Set(['json', 'urlencoded', 'raw', 'text']);

/** What Express has, or had before version 4, that lets requests through as they are. */
const BUNDLED = new Set(
  'static cookieParser compress logger favicon methodOverride responseTime multipart limit'.split(
    ' ',
  ),
);

/** A parser of bodies; what is sent is first shown to its option `verify`, as it came. */
function parser(machine: Machine, name: string, options: Value = UNDEFINED): Value {
  const verify = options.kind === 'object' ? options.fields.value.get('verify') : undefined;
  return native(name, ([request = UNDEFINED, response = UNDEFINED, next], node) => {
    if (verify && takesBody(machine)) {
      const sent = atom({
        kind: 'input',
        is: 'present',
        at: placeAt(node),
        from: 'body',
        path: [],
      });
      const raw = [RAW_BODY, literal('utf-8')];
      branch(machine, sent, {
        yes: () => machine.call(verify, [request, response, ...raw], node),
        no: () => UNDEFINED,
      });
    }
    if (name === 'json') parsed(machine, node);
    return next ? machine.call(next, [], node) : UNDEFINED;
  });
}

/** `express.json()`: a body that is no JSON is an error of status 400. */
function parsed(machine: Machine, node: ts.Node): void {
  if (takesBody(machine) && !machine.sent) {
    const at = placeAt(node);
    const when = atom({ kind: 'input', is: 'malformed', at, from: 'body', path: [] });
    const error = builtIn(
      ['SyntaxError', 'Error'],
      [
        ['name', literal('SyntaxError')],
        ['status', literal(400)],
        ['statusCode', literal(400)],
        ['type', literal('entity.parse.failed')],
        ['expose', literal(true)],
      ],
    );
    mayThrow(machine, { when, value: error }, node);
  }
}
