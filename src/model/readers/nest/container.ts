import { ts } from '../../../kernel/syntax.ts';
import type { Registered } from '../../reader.ts';
import { registered } from '../../static/registered.ts';
import type { Machine, Value } from '../../static/value.ts';
import { entryOf } from '../../static/value.ts';
import { isKey, nestOf } from './collect.ts';
import { type Dispatched, dispatchedOf } from './dispatched.ts';
import { listOf, type Module } from './modules.ts';
import { type Strategy, strategiesOf } from './strategies.ts';

/** What something is asked for by: a class, or the text or declaration that stands for it. */
export type Token = ts.Node | string;

/** How the container comes by what a token stands for. */
export interface Provider {
  readonly token: Token;
  readonly kind: 'class' | 'value' | 'factory' | 'existing';
  readonly what: Registered;
  /** What a factory is given. */
  readonly inject: readonly Value[];
  readonly module: Module;
}

/** The providers of an app; those of the asking module first. */
export interface Container {
  /** Those that may be meant, the likeliest last. */
  find(token: Token, from: Module | null): readonly Provider[];
  tokenOf(value: Value): Token | undefined;
  tokenAt(expression: ts.Expression): Token | undefined;
  /** The module that provides or routes to a class. */
  moduleOf(type: ts.Node): Module | undefined;
  readonly providers: readonly Provider[];
  readonly strategies: readonly Strategy[];
  readonly dispatched: Dispatched;
  /** What `registerAs` gives a name, by that name. */
  readonly settings: ReadonlyMap<string, Registered>;
}

export function containerOf(
  machine: Machine,
  modules: readonly Module[],
  settings: ReadonlyMap<string, Registered>,
): Container {
  const tokenOf = (value: Value) => token(machine, value);
  const providers = modules.flatMap((module) =>
    module.providers.flatMap((each) => providerOf(each, { module, tokenOf }) ?? []),
  );
  const byToken = new Map<Token, Provider[]>();
  for (const each of providers) byToken.set(each.token, [...(byToken.get(each.token) ?? []), each]);
  return {
    find: (asked, from) => {
      const all = byToken.get(asked) ?? [];
      const near = all.filter(({ module }) => module === from);
      return near.length > 0 ? near : all;
    },
    tokenOf,
    tokenAt: (expression) => tokenOf(machine.evaluate(expression, null)),
    moduleOf: (type) =>
      modules.find(({ controllers }) => controllers.some(({ node }) => node === type)) ??
      byToken.get(type)?.[0]?.module,
    providers,
    settings,
    strategies: strategiesOf(machine, modules, providers),
    dispatched: dispatchedOf(machine, modules, providers),
  };
}

function providerOf(
  value: Value,
  { module, tokenOf }: { module: Module; tokenOf: (value: Value) => Token | undefined },
): Provider | undefined {
  if (value.kind === 'class') {
    const what = registered(value);
    return what ? { token: value.node, kind: 'class', what, inject: [], module } : undefined;
  }
  const made = nestOf(value)?.name;
  const own = made === undefined ? undefined : PROVIDERS[made];
  const given = own && registered(value);
  if (given) return { token: own, kind: 'value', what: given, inject: [], module };
  const asked = entryOf(value, 'provide');
  const name = asked && tokenOf(asked);
  if (name === undefined) return undefined;
  for (const [key, kind] of KINDS) {
    const given = entryOf(value, key);
    const what = registered(given);
    if (given && what)
      return { token: name, kind, what, inject: listOf(entryOf(value, 'inject')), module };
  }
  return undefined;
}

/** Functions of packages that give providers, and what for. */
const PROVIDERS: Readonly<Record<string, string>> = {
  providePrismaClientExceptionFilter: '@nestjs/core:APP_FILTER',
};

const KINDS = [
  ['useClass', 'class'],
  ['useValue', 'value'],
  ['useFactory', 'factory'],
  ['useExisting', 'existing'],
] as const;

function token(machine: Machine, value: Value): Token | undefined {
  if (value.kind === 'class') return value.node;
  if (value.kind === 'literal') return `'${String(value.value)}'`;
  if (value.kind === 'package') return `${value.package}:${value.path.join('.')}`;
  if (value.kind === 'native' && isKey(value.native)) return value.native.key;
  const made = nestOf(value);
  const [arg] = made?.args ?? [];
  if (made?.name === 'forwardRef' && arg?.kind === 'function')
    return token(machine, machine.invoke(arg, []));
  if (made) {
    const inner = arg ? token(machine, arg) : '';
    return `${made.name}(${typeof inner === 'string' ? inner : inner?.getText().slice(0, 80)})`;
  }
  const written = value.origin?.expression;
  const named = written && ts.isIdentifier(written) ? machine.program.meaning(written) : undefined;
  if (named?.kind === 'declared') return named.node;
  return written && ts.isPropertyAccessExpression(written) ? written.getText() : undefined;
}
