import type { Finding } from '../../../kernel/finding.ts';
import { ts } from '../../../kernel/syntax.ts';
import type { Registered } from '../../reader.ts';
import { meant, propertyOf } from '../../static/property.ts';
import { registered, registeredBy } from '../../static/registered.ts';
import { underAll } from '../../static/under.ts';
import type { Call, Machine, Native, Semantics, Value } from '../../static/value.ts';
import {
  entryOf,
  keeping,
  native,
  nativeOf,
  object,
  plainText,
  textOf,
} from '../../static/value.ts';
import { unresolved } from '../unresolved.ts';
import { autoloaded } from './autoload.ts';
import { originCheck } from './cors.ts';
import { declaredIn } from './declared.ts';
import { isLimited, isRateLimit, limit } from './limiter.ts';
import {
  createScope,
  decorationOf,
  type Given,
  HOOKS,
  type Hook,
  limiterAt,
  type Scope,
  wholeOf,
} from './scopes.ts';
import { sessionPlugin } from './session.ts';

/** What running an app's modules left behind; `pending` plugins run when the instance gets ready. */
export interface FastifyRun {
  readonly semantics: Semantics;
  readonly instances: Scope[];
  readonly findings: Finding[];
  readonly pending: (() => void)[];
  /** The calls on an instance that were met. */
  readonly seen: Set<ts.Node>;
  /** By the whole instance, what the plugin sees that is loaded just now. */
  readonly loading: Map<Scope, Scope>;
}

interface Plugin extends Native {
  readonly type: 'fastify-plugin';
  readonly body: Value;
}

type NamedCall = Call & { readonly name: string };
type Ledger = Pick<FastifyRun, 'findings' | 'pending' | 'loading'>;

export const VERBS = 'get post put patch delete options head all'.split(' ');

/** What Fastify's own exports mean while an app is put together. */
export function createFastify(): FastifyRun {
  const run = {
    instances: [] as Scope[],
    findings: [] as Finding[],
    pending: [] as (() => void)[],
    seen: new Set<ts.Node>(),
    loading: new Map<Scope, Scope>(),
  };
  const semantics: Semantics = {
    call: (_machine, callee, call) => {
      const name = callee.path.filter((each) => each !== 'default').at(-1);
      if (callee.package === 'fastify' && (name === undefined || /^fastify$/i.test(name))) {
        const bodyLimit = registered(entryOf(call.args[0], 'bodyLimit'));
        const made = createScope(call.node, null, { bodyLimit, under: call.under });
        run.instances.push(made);
        return native(made);
      }
      if (callee.package !== 'fastify-plugin' || !call.args[0]) return undefined;
      const plugin: Plugin = { type: 'fastify-plugin', body: call.args[0] };
      return native(plugin);
    },
    method: (machine, receiver, call) => {
      if (!isScope(receiver)) return undefined;
      run.seen.add(call.node);
      return method(machine, receiver, { call, run });
    },
    property: (_machine, receiver, name) =>
      isScope(receiver) ? decorationOf(receiver, name) : undefined,
  };
  return { ...run, semantics };
}

export function isScope(value: Native | undefined): value is Scope {
  return value?.type === 'fastify';
}

function method(
  machine: Machine,
  scope: Scope,
  { call, run }: { call: NamedCall; run: Ledger },
): Value | undefined {
  const [first, second] = call.args;
  const decoration = decorationOf(scope, call.name);
  if (decoration) return keeping(machine.apply(decoration, call));
  if (call.name === 'register') plugin(machine, scope, { call, run });
  else if (VERBS.includes(call.name)) shorthand(scope, call, run);
  else if (call.name === 'route') full(scope, call, run);
  else if (call.name === 'addHook') {
    const name = HOOKS.find((hook) => hook === textOf(first));
    const hook = registeredBy(call, second);
    // Outside of plugins a hook waits for those that were registered before it, which may add some themselves.
    const add = () => name && hook && scope.hooks[name].push(hook);
    if (run.loading.has(wholeOf(scope))) add();
    else run.pending.push(add);
  } else if (call.name === 'setErrorHandler') scope.onError = registered(first);
  else if (call.name === 'decorate') decorate(scope, call);
  else if (call.name === 'decorateRequest') give(scope.given.request, call);
  else if (call.name === 'decorateReply') give(scope.given.reply, call);
  else if (call.name === 'rateLimit') return native({ type: 'fastify-limiter' });
  else if (call.name === 'auth') return undefined;
  else if (/^(after|ready)$/.test(call.name) && first?.kind === 'function')
    run.pending.push(() => underAll(machine, call.under, () => machine.invoke(first, [])));
  return native(scope);
}

function decorate(scope: Scope, { args: [name, value] }: NamedCall): void {
  const text = textOf(name);
  if (text === undefined || !value) return;
  scope.decorated.set(text, keeping(value));
  const own = registered(value);
  if (own) scope.given.instance.set(text, own);
}

/** `decorateReply('notFound', function () { … })`. */
function give(given: Given, { args: [name, value] }: NamedCall): void {
  const text = textOf(name);
  const own = value?.kind === 'function' ? registered(value) : null;
  if (text !== undefined && own) given.set(text, own);
}

/** Whatever instance `register` is called on, it puts a plugin into the one that is loaded just now. */
function plugin(
  machine: Machine,
  receiver: Scope,
  { call, run }: { call: NamedCall; run: Ledger },
): void {
  const scope = run.loading.get(wholeOf(receiver)) ?? receiver;
  const [given, options = object()] = call.args;
  if (isRateLimit(given)) {
    limit(scope, call, run.pending);
    return;
  }
  const step = originCheck(call) ?? sessionPlugin(call);
  if (step) {
    run.pending.push(() => scope.hooks.onRequest.push(step));
    return;
  }
  const auto = given && autoloaded(machine, given, { options, node: call.node });
  if (auto) {
    for (const { file, prefix } of auto) {
      const body = meant(machine, machine.program.exported(file, 'default'), null);
      const whole = body.kind === 'unknown' ? machine.program.exported(file, '*') : undefined;
      const value = whole ? meant(machine, whole, null) : body;
      run.pending.push(() =>
        apply(machine, scope, { value, options: object(), prefix, call, run }),
      );
    }
    return;
  }
  const asked = entryOf(options, 'prefix');
  const prefix = asked ? plainText(asked) : '';
  if (prefix === undefined) {
    giveUp(run, call, 'the prefix is not known');
    return;
  }
  if (given)
    run.pending.push(() => apply(machine, scope, { value: given, options, prefix, call, run }));
}

interface Applied {
  readonly value: Value;
  readonly options: Value;
  readonly prefix: string;
  readonly call: NamedCall;
  readonly run: Ledger;
}

/** Runs a plugin: one wrapped by `fastify-plugin` on the instance itself, any other in a scope of its own. */
function apply(machine: Machine, scope: Scope, applied: Applied): void {
  const { options, prefix, call, run } = applied;
  const value =
    applied.value.kind === 'module' ? propertyOf(machine, applied.value, 'default') : applied.value;
  const made = nativeOf(value);
  if (made?.type === 'fastify-plugin') {
    const { body } = made as Plugin;
    if (body.kind === 'function') load(machine, scope, { body, options, call, run });
  } else if (value.kind === 'function') {
    load(machine, createScope(call.node, scope, { prefix }), { body: value, options, call, run });
  } else if (value.kind === 'unknown' && !value.by) giveUp(run, call, 'the plugin is not known');
}

interface Loaded extends Pick<Applied, 'options' | 'call' | 'run'> {
  readonly body: Value & { kind: 'function' };
}

function load(machine: Machine, scope: Scope, { body, options, call, run }: Loaded): void {
  const whole = wholeOf(scope);
  const before = run.loading.get(whole);
  run.loading.set(whole, scope);
  // Whoever follows a handler finds the instance where it is made.
  const origin = { expression: whole.node, frame: null };
  underAll(machine, call.under, () => machine.invoke(body, [native(scope, origin), options]));
  if (before) run.loading.set(whole, before);
  else run.loading.delete(whole);
}

function shorthand(scope: Scope, call: NamedCall, run: Ledger): void {
  const [first, ...rest] = call.args;
  const path = plainText(first);
  if (path === undefined) {
    giveUp(run, call, 'the path is not known');
    return;
  }
  const options = rest.length > 1 ? rest[0] : undefined;
  const handler = rest.at(-1);
  add(scope, { path, methods: [call.name.toUpperCase()], options, handler, call, run });
}

function full(scope: Scope, call: NamedCall, run: Ledger): void {
  const [options] = call.args;
  const path = plainText(entryOf(options, 'url') ?? entryOf(options, 'path'));
  const method = entryOf(options, 'method');
  const methods = (method?.kind === 'list' ? method.items : [method]).map(textOf);
  if (path === undefined) {
    giveUp(run, call, 'the path is not known');
    return;
  }
  const known = methods.filter((each) => each !== undefined);
  if (known.length < methods.length) {
    giveUp(run, call, 'the method is not known');
    return;
  }
  add(scope, { path, methods: known, options, handler: entryOf(options, 'handler'), call, run });
}

interface Added {
  readonly path: string;
  readonly methods: readonly string[];
  readonly options: Value | undefined;
  readonly handler: Value | undefined;
  readonly call: NamedCall;
  readonly run: Ledger;
}

function add(scope: Scope, { path, methods, options, handler, call, run }: Added): void {
  const given = handler?.kind === 'object' ? entryOf(handler, 'handler') : handler;
  const from = handler?.kind === 'object' ? handler : options;
  const own = registeredBy(call, given);
  if (!own || !ts.isCallExpression(call.node)) {
    giveUp(run, call, 'the handler is not known');
    return;
  }
  const of = (hook: Hook) => hooksOf(entryOf(from, hook), call.node);
  const limiter = isLimited(scope, from) ? [limiterAt(call.node)] : [];
  for (const method of methods) {
    scope.routes.push({
      method: method.toUpperCase(),
      path,
      hooks: {
        onRequest: [...of('onRequest'), ...limiter],
        preParsing: of('preParsing'),
        preValidation: of('preValidation'),
        preHandler: of('preHandler'),
      },
      handler: own,
      onError: registered(entryOf(from, 'errorHandler')),
      declared: declaredIn(entryOf(from, 'schema')),
      bodyLimit: registered(entryOf(from, 'bodyLimit')),
      config: registered(entryOf(from, 'config')),
      schema: registered(entryOf(from, 'schema')),
      node: call.node,
    });
  }
}

function hooksOf(value: Value | undefined, node: ts.Node): Registered[] {
  const items = value?.kind === 'list' ? value.items : value ? [value] : [];
  return items.flatMap((one) => {
    const limits = nativeOf(one)?.type === 'fastify-limiter' && ts.isCallExpression(node);
    return limits ? [limiterAt(node)] : (registered(one) ?? []);
  });
}

function giveUp(run: Ledger, call: NamedCall, reason: string): void {
  run.findings.push(unresolved(call.node, 'model.unresolvedRoute', reason));
}
