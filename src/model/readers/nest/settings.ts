import type { Registered } from '../../reader.ts';
import { registered } from '../../static/registered.ts';
import type { Value } from '../../static/value.ts';
import { entryOf, plainText } from '../../static/value.ts';
import { sessionPlugin } from '../fastify/session.ts';
import type { NestApp, Setup } from './collect.ts';
import { listOf } from './modules.ts';

/** How an application is set up around its routes. */
export interface Settings {
  /** Null where the code sets one that nobody can tell. */
  readonly prefix: string | null;
  readonly excluded: readonly Spot[];
  readonly versions: Versions | null;
  readonly guards: readonly Value[];
  readonly pipes: readonly Value[];
  readonly interceptors: readonly Value[];
  readonly filters: readonly Value[];
  readonly middleware: readonly Mounted[];
  /** Hooks on Fastify's own instance that run before a handler, and what its plugins do there. */
  readonly hooks: readonly Registered[];
}

/** Middleware, and the paths that it is mounted at; null where it runs for all. */
export interface Mounted {
  readonly paths: readonly string[] | null;
  readonly value: Value;
}

/** A path, and the method where only one is meant. */
export interface Spot {
  readonly path: string;
  readonly method: string | null;
}

export interface Versions {
  readonly prefix: string;
  /** Null where the code sets one that nobody can tell. */
  readonly otherwise: readonly string[] | null;
}

export function settingsOf({ setup }: NestApp): Settings {
  const calls = (name: string) => setup.filter((each) => each.name === name);
  const args = (name: string) => calls(name).flatMap((each) => each.args);
  const prefix = calls('setGlobalPrefix').at(-1);
  const [said, options] = prefix?.args ?? [];
  return {
    prefix: prefix ? (plainText(said)?.replace(/^\/+|\/+$/g, '') ?? null) : '',
    excluded: listOf(entryOf(options, 'exclude')).flatMap((each) => spotOf(each) ?? []),
    versions: versionsOf(calls('enableVersioning').at(-1)?.args),
    guards: args('useGlobalGuards'),
    pipes: args('useGlobalPipes'),
    interceptors: args('useGlobalInterceptors'),
    filters: args('useGlobalFilters'),
    middleware: calls('use').flatMap(mountedBy),
    hooks: [
      ...calls('register').flatMap(
        ({ args: given, call }) => sessionPlugin({ args: given, node: call }) ?? [],
      ),
      ...HOOKS.flatMap((name) => calls('addHook').flatMap((each) => hookOf(each, name) ?? [])),
    ],
  };
}

/** `app.use('/posts', json())`, `app.use(['/a', '/b'], json())` or `app.use(json())`. */
function mountedBy({ args }: Setup): Mounted[] {
  const [first, ...others] = args;
  const texts = [plainText(first), ...listOf(first).map(plainText)];
  const paths = texts.filter((text) => text !== undefined);
  return paths.length > 0
    ? others.map((value) => ({ paths, value }))
    : args.map((value) => ({ paths: null, value }));
}

/** In the order they run in; what middleware does, a plugin of Fastify does in the first. */
const HOOKS = ['onRequest', 'preParsing', 'preValidation', 'preHandler'];

function hookOf({ args: [when, work] }: Setup, name: string): Registered | null {
  return plainText(when) === name ? registered(work) : null;
}

/** A path as text, or `{ path, method: RequestMethod.GET }`. */
export function spotOf(value: Value): Spot | undefined {
  const path = plainText(value) ?? plainText(entryOf(value, 'path'));
  if (path === undefined) return undefined;
  const method = entryOf(value, 'method');
  const name = method?.kind === 'package' ? method.path.at(-1) : undefined;
  return { path, method: name && name !== 'ALL' ? name : null };
}

/** Versions that are part of the path; those told by a header leave it alone. */
function versionsOf(args: readonly Value[] | undefined): Versions | null {
  const [options] = args ?? [];
  if (!args) return null;
  const type = entryOf(options, 'type');
  if (type?.kind === 'package' && type.path.at(-1) !== 'URI') return null;
  const prefix = entryOf(options, 'prefix');
  const none = prefix?.kind === 'literal' && prefix.value === false;
  const said = entryOf(options, 'defaultVersion');
  const otherwise = versionsIn(said);
  const isSet = said !== undefined && !(said.kind === 'literal' && said.value === undefined);
  return {
    prefix: none ? '' : (plainText(prefix) ?? 'v'),
    otherwise: isSet && otherwise.length === 0 ? null : otherwise,
  };
}

export const NEUTRAL = '*';

/** One version or several; the neutral one has no segment. */
export function versionsIn(value: Value | undefined): readonly string[] {
  if (value?.kind === 'package' && value.path.at(-1) === 'VERSION_NEUTRAL') return [NEUTRAL];
  const text = plainText(value);
  return text === undefined ? listOf(value).flatMap(versionsIn) : [text];
}
