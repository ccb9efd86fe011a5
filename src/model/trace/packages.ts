import { posix } from 'node:path';
import { ts } from '../../kernel/syntax.ts';
import type { Template } from '../reader.ts';
import { givenTerms } from './captured.ts';
import { builtIn } from './classes.ts';
import { computedOfOwn, isComputing, isForeign } from './computing.ts';
import { ANY_WORDS } from './error-words.ts';
import { bringAbout, mayThrow } from './errors.ts';
import { atom } from './formula.ts';
import { fill, handOn, passOn } from './handed.ts';
import { derivedKey } from './key-sizes.ts';
import { inLetterCase } from './letter-case.ts';
import { libraries, libraryCall } from './libraries.ts';
import type { Machine } from './machine.ts';
import { madeUp } from './made.ts';
import { outside } from './outside.ts';
import { branchValue } from './path.ts';
import { reactCall } from './react-hooks.ts';
import { isAwaited, keptBefore } from './read-through.ts';
import { calledUnheard, isAsync } from './rejections.ts';
import { checkFunction, parseFunction } from './schemas.ts';
import { hashing, passwords } from './secrets.ts';
import { placeAt, textOf } from './source.ts';
import { termsIn, truthValue } from './terms.ts';
import { fits, UUID } from './text-form.ts';
import { DATE_FNS, dayjs } from './time.ts';
import { compareValues } from './truth.ts';
import {
  literal,
  native,
  type Scope,
  type Special,
  stringOf,
  UNDEFINED,
  unknown,
  type Value,
} from './values.ts';
import { runGiven } from './wrappers.ts';

interface Called {
  readonly args: readonly Value[];
  readonly node: ts.Node;
}

type PackageCall = (machine: Machine, name: string, called: Called) => Value | undefined;

/** What we know of packages' functions: the first that answers decides. */
const PACKAGES: readonly { readonly of: RegExp; readonly call: PackageCall }[] = [
  { of: /^(node:)?crypto$/, call: hashing },
  { of: /^evp_bytestokey$/, call: derivedKey },
  { of: /bcrypt|argon2|scrypt|oslo/, call: passwords },
  {
    of: /^date-fns(\/|$)/,
    call: (_, name, { args, node }) => DATE_FNS[name.split('.').at(-1) ?? '']?.(args, node),
  },
  { of: /^dayjs$/, call: (_, __, { args, node }) => dayjs(args, node) },
  { of: /^(nanoid|uuid|ulid|ulidx|@paralleldrive\/cuid2|cuid)(\/|$)/, call: madeId },
  { of: /^(@sinclair\/)?typebox(\/|$)/, call: checkFunction },
  { of: /^(node:)?util(\/types)?$/, call: nodeUtil },
  {
    of: /^(node:)?path(\/(posix|win32))?$/,
    call: (_, name, { args, node }) =>
      joinedPath(name, args) ?? unknown(textOf(node), givenTerms(args)),
  },
  { of: /^react(-dom)?(\/|$)/, call: reactCall },
  {
    of: /^(change-case|lodash(-es)?([./].*)?)$/,
    call: (_, name, said) => inLetterCase(name, said),
  },
  { of: /^@opentelemetry\/api$/, call: telemetry },
  { of: /^valibot$/, call: parseFunction },
  { of: /^(boolean|yn)$/, call: switchedOn },
  { of: /^cors$/, call: cors },
  { of: /^(helmet|compression|morgan|cookie-parser|hpp|response-time)$/, call: passing },
];

/** `path.join('/api', '/users')`, where all of it is written out. */
function joinedPath(name: string, args: readonly Value[]): Value | undefined {
  const parts = args.map(stringOf).filter((part) => part !== undefined);
  const joins = /(?:^|\.)join$/.test(name) && parts.length === args.length;
  return joins ? literal(posix.join(...parts)) : undefined;
}

function nodeUtil(
  _: Machine,
  name: string,
  { args: [first = UNDEFINED] }: Called,
): Value | undefined {
  if (name.endsWith('promisify')) return first;
  const asked = name.endsWith('isAsyncFunction');
  return asked && first.kind === 'closure' ? literal(isAsync(first.node)) : undefined;
}

/** `isTrue(process.env.DEBUG)`: a setting is switched on by the word that is most often written. */
function switchedOn(_: Machine, __: string, { args: [setting], node }: Called): Value | undefined {
  if (setting?.kind !== 'term' || setting.term.kind !== 'env') return undefined;
  return truthValue(compareValues({ left: setting, op: '=', right: literal('true') }, node));
}

/** Middleware that leaves nothing of its own on the request. */
function passing(machine: Machine, name: string): Value {
  return native(name, ([, , next], node) =>
    next ? calledUnheard(machine, next, { args: [], node }) : UNDEFINED,
  );
}

/** `cors({ origin: (origin, callback) => … })`: an error that the app calls back with is passed on. */
function cors(machine: Machine, name: string, { args: [options] }: Called): Value {
  return native(name, ([request, , next], node) => {
    const decide = options?.kind === 'object' ? options.fields.value.get('origin') : undefined;
    if (!next || !request || decide?.kind !== 'closure')
      return next ? machine.call(next, [], node) : UNDEFINED;
    const origin = machine.get(machine.get(request, 'headers', node), 'origin', node);
    const callback = native('callback', ([error = UNDEFINED], at) =>
      branchValue(machine, machine.truth(error, at), {
        yes: () => machine.call(next, [error], at),
        no: () => machine.call(next, [], at),
      }),
    );
    return machine.call(decide, [origin, callback], node);
  });
}

/** OpenTelemetry's calls run what they are given and never fail; whether a span is active is the collector's matter. */
function telemetry(machine: Machine, name: string, { args, node }: Called): Value {
  if (/(?:^|\.)get(Active)?Span$/.test(name)) return unknown(textOf(node));
  const handle = instrument(machine);
  return runGiven(machine, { name, args, handle }, node) ?? handle;
}

/** A tracer, a meter, a span: told things alone. */
function instrument(machine: Machine): Special {
  return {
    kind: 'special',
    name: 'instrument',
    get: (name) => (name === 'then' ? UNDEFINED : undefined),
    invoke: (name, args, node) => telemetry(machine, name, { args, node }),
    call: () => UNDEFINED,
  };
}

/** An id that is made up, and whether a text is a UUID; what else is asked of ids is not known. */
function madeId(_: Machine, name: string, { args, node }: Called): Value | undefined {
  const fn = name.split('.').at(-1) ?? name;
  const [text = UNDEFINED] = args;
  if (fn === 'validate') {
    const form = fits(text, UUID, node);
    return form ? truthValue(form) : unknown(textOf(node), termsIn(text));
  }
  if (/^(parse|stringify|version|is[A-Z]\w*|decodeTime)$/.test(fn))
    return unknown(textOf(node), args.flatMap(termsIn));
  return madeUp();
}

/** Calls an export of a package. */
export function callPackage(
  machine: Machine,
  fn: Value & { kind: 'package' },
  { args, node }: Called,
): Value {
  const library = libraryCall(machine, fn, { args, node, made: false });
  if (library) return library;
  for (const { of, call } of PACKAGES) {
    const found = of.test(fn.package) ? call(machine, fn.name, { args, node }) : undefined;
    if (found) return found;
  }
  if (/^create\w*Client$/.test(fn.name.split('.').at(-1) ?? ''))
    return client(machine, `${fn.package}.${fn.name}`);
  const given = { name: fn.name, args, handle: client(machine, `${fn.package}.${fn.name}`) };
  const ran = runGiven(machine, given, node);
  if (ran) return ran;
  const passed = passOn(machine, args, node);
  if (passed) return passed;
  const value = unread(machine, fn, { args, node });
  fill(args, node, fn.name.split('.').at(-1));
  return value;
}

/** Functions that say what there is, and where there is nothing say so as well. */
const ANSWERING = /^(get|is|has|to|format)(?![a-z])/;

/** Packages that note what goes on, or carry it along: no request fails by them. */
const NOTING =
  /sentry|posthog|mixpanel|datadog|dd-trace|newrelic|opentelemetry|pino|winston|bunyan|log4js|loglevel|http-context|request-context|cls-hooked/;

/** What is known of a call that nobody reads. */
function unread(machine: Machine, fn: Value & { kind: 'package' }, { args, node }: Called): Value {
  const terms = givenTerms(args);
  const own = computedOfOwn(machine, fn, args);
  if (own !== undefined) return own ?? unknown(textOf(node), terms);
  const isAwaited = ts.isAwaitExpression(node.parent);
  if (isAwaited && !isComputing(fn.package)) {
    const name = [fn.package, fn.name.replace(/^(default|\*)\.?/, '')].filter(Boolean).join('.');
    return outside(machine, { name, node, args });
  }
  const isSafe = NOTING.test(fn.package) || ANSWERING.test(fn.name.split('.').at(-1) ?? fn.name);
  if (!isAwaited && isSafe) return unknown(textOf(node), terms);
  const fails = isAwaited && terms.some(isForeign);
  const text = `${textOf(node, 80)} ${fails ? 'fails' : 'throws'}`;
  const when = atom({ kind: 'opaque', at: placeAt(node), text, holds: true, terms });
  const value = builtIn(['Error'], [['message', ANY_WORDS]]);
  if (fails) bringAbout(value);
  mayThrow(machine, { when, value }, node);
  return unknown(textOf(node), terms);
}

/** A template with a tag; what is not known of it is opaque. */
export function taggedTemplate(
  machine: Machine,
  node: ts.TaggedTemplateExpression,
  scope: Scope,
): Value {
  const tag = machine.evaluate(node.tag, scope);
  const { template } = node;
  const texts = ts.isNoSubstitutionTemplateLiteral(template)
    ? [template.text]
    : [template.head.text, ...template.templateSpans.map((span) => span.literal.text)];
  const values = ts.isNoSubstitutionTemplateLiteral(template)
    ? []
    : template.templateSpans.map((span) => machine.evaluate(span.expression, scope));
  return (
    templateOf(machine, tag, { texts, values, node }) ??
    unknown(textOf(node), values.flatMap(termsIn))
  );
}

/** sql`…` and html`…`: a template whose tag is a package's export. */
function templateOf(
  machine: Machine,
  tag: Value,
  { texts, values, node }: Template & { readonly node: ts.Node },
): Value | undefined {
  if (tag.kind === 'special') return tag.tag?.({ texts, values }, node);
  if (tag.kind !== 'package') return undefined;
  for (const { from, template } of libraries(machine)) {
    const { name } = tag;
    const found = from.test(tag.package)
      ? template?.(machine, { name, texts, values, node })
      : undefined;
    if (found) return found;
  }
  return undefined;
}

/** `new Type(…)` of a package's class: an error, or a client of something outside. */
export function constructPackage(
  machine: Machine,
  type: Value & { kind: 'package' },
  { args, node }: Called,
): Value {
  const own = libraryCall(machine, type, { args, node, made: true });
  if (own) return own;
  const name = type.name.split('.').at(-1) ?? type.name;
  const [first = UNDEFINED, second] = args;
  if (/(Error|Exception)$/.test(name)) {
    return builtIn(
      [name, 'Error'],
      [
        ['message', first],
        ['options', second ?? UNDEFINED],
      ],
    );
  }
  return client(machine, type.name === 'default' ? type.package : `${type.package}.${name}`);
}

/** What a client answers; where it was given the response, the request is answered too. */
function askedToFill(machine: Machine, about: Called & { readonly name: string }): Value {
  const value = outside(machine, about);
  handOn(machine, about.args, about.node);
  return value;
}

/** What a client is told without being asked. */
const LISTENING: ReadonlySet<string> = new Set(['on', 'once', 'off']);

/** An SDK's client: each call of it asks a third party. */
function client(machine: Machine, name: string): Value {
  return {
    kind: 'special',
    name,
    get: (member) => (member === 'then' ? UNDEFINED : client(machine, `${name}.${member}`)),
    invoke: (method, args, node) => {
      if (LISTENING.has(method)) return client(machine, name);
      const kept = keptBefore(machine, node);
      if (kept) {
        if (isAwaited(node)) outside(machine, { name: `${name}.${method}`, node, args });
        return kept;
      }
      const handle = client(machine, `${name}.${method}`);
      return (
        runGiven(machine, { name: method, args, handle }, node) ??
        askedToFill(machine, { name: `${name}.${method}`, node, args })
      );
    },
    call: (args, node) => askedToFill(machine, { name, node, args }),
  };
}
