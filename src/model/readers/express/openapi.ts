import { propertyOf } from '../../static/property.ts';
import { registered } from '../../static/registered.ts';
import type { Call, Machine, Value } from '../../static/value.ts';
import { entryOf, nativeOf, plainText, truthOf, UNKNOWN } from '../../static/value.ts';
import { hear } from './awaited.ts';
import { docOf } from './openapi/doc.ts';
import { type PathModule, pathModules } from './openapi/paths.ts';
import { securing, telling, validating } from './openapi/steps.ts';
import { roleOf } from './role.ts';
import type { Layer, Router } from './tree.ts';

export const OPENAPI = 'express-openapi';

const METHODS: Readonly<Record<string, string>> = { del: 'DELETE' };
const NAMES =
  'GET POST PUT PATCH DELETE HEAD OPTIONS get post put patch del delete head options'.split(' ');

interface Framework {
  readonly machine: Machine;
  readonly args: Value;
  readonly call: Call;
}

/**
 * `initialize({ app, apiDoc, paths, … })` of express-openapi: each operation of its path modules as a route of the app,
 * with what the document says comes before it (its `index.ts`, and `openapi-framework`'s). False where none is found.
 */
export function initialized(machine: Machine, call: Call): boolean {
  const [args = UNKNOWN] = call.args;
  const app = nativeOf(entryOf(args, 'app'));
  if (app?.type !== 'express') return false;
  const router = app as Router;
  const framework = { machine, args, call };
  const bases = basePaths(entryOf(args, 'apiDoc'));
  const modules = pathModules(machine, args, call.node);
  for (const module of modules) {
    for (const name of methodsOf(machine, module)) {
      for (const base of bases) router.layers.push(...operation(framework, { module, name, base }));
    }
  }
  router.layers.push(...docsLayers(framework, bases), ...errorLayers(framework, bases));
  return modules.length > 0;
}

/** Where the document's servers are, paths alone; all of them are served. */
function basePaths(apiDoc: Value | undefined): string[] {
  const servers = entryOf(apiDoc, 'servers');
  const own = plainText(entryOf(apiDoc, 'basePath')) ?? '';
  const urls =
    servers?.kind === 'list' ? servers.items.map((each) => plainText(entryOf(each, 'url'))) : [own];
  const paths = urls.map((url = '') =>
    url
      .replace(/^[a-z]+:\/\/[^/]*/i, '')
      .replace(/\/$/, '')
      .replace(/\{(\w+)\}/g, ':$1'),
  );
  return [...new Set(paths)];
}

function methodsOf(machine: Machine, { exported }: PathModule): string[] {
  if (exported.kind === 'object')
    return [...exported.entries.keys()].filter((key) => NAMES.includes(key));
  return NAMES.filter((name) => propertyOf(machine, exported, name).origin !== null);
}

interface Operation {
  readonly module: PathModule;
  readonly name: string;
  readonly base: string;
}

/** The steps of one operation, in the order express-openapi puts them in. */
function operation(framework: Framework, { module, name, base }: Operation): Layer[] {
  const { machine, args } = framework;
  const value = propertyOf(machine, module.exported, name);
  const run = registered(value);
  if (!run) return [];
  const root = entryOf(args, 'apiDoc');
  const doc = docOf(machine, { module, name, value });
  const path = `${base}${module.path.replace(/\{([^}]+)\}/g, ':$1')}`;
  const route = {
    kind: 'route',
    method: METHODS[name] ?? name.toUpperCase(),
    path,
    group: {},
    node: run.expression,
  } as const;
  const before = doc
    ? [
        ...consumed(doc.value, entryOf(args, 'consumesMiddleware')),
        ...securing({ args, root, doc, node: run.expression }),
        ...validating({ doc, root: registered(root), node: run.expression }),
      ]
    : [];
  const additional = [root, module.exported]
    .map((each) => entryOf(each, 'x-express-openapi-additional-middleware'))
    .flatMap((each) => (each?.kind === 'list' ? each.items : []))
    .flatMap((each) => registered(each) ?? []);
  const steps = [...before, ...additional];
  if (truthOf(entryOf(args, 'promiseMode') ?? UNKNOWN))
    for (const step of [...steps, run]) hear(step);
  return [
    ...steps.map((each): Layer => ({ ...route, run: each, role: 'passing', last: false })),
    { ...route, run, role: roleOf(lastOf(value)), last: true },
  ];
}

function lastOf(value: Value): Value {
  return (value.kind === 'list' && value.items.at(-1)) || value;
}

/** The parsers of what an operation's body may be sent as, by media type. */
function consumed(doc: Value, parsers: Value | undefined) {
  const content = entryOf(entryOf(doc, 'requestBody'), 'content');
  const types = content?.kind === 'object' ? [...content.entries.keys()] : [];
  return types.flatMap((type) => registered(entryOf(parsers, type)) ?? []);
}

/** `docsPath` answers with the document, unless `exposeApiDocs` is false or a `securityFilter` has its own way. */
function docsLayers({ args, call }: Framework, bases: readonly string[]): Layer[] {
  const isHidden = truthOf(entryOf(args, 'exposeApiDocs') ?? UNKNOWN) === false;
  const filter = entryOf(args, 'securityFilter');
  const role = filter ? roleOf(filter) : 'handler';
  const path = plainText(entryOf(args, 'docsPath')) ?? '/api-docs';
  const route = { kind: 'route', method: 'GET', role, last: true, node: call.node } as const;
  return (isHidden ? [] : bases).map((base) => ({
    ...route,
    path: `${base}${path}`,
    run: registered(filter) ?? telling(call.node),
    group: {},
  }));
}

/** `errorMiddleware` is used where it takes four parameters. */
function errorLayers({ args, call }: Framework, bases: readonly string[]): Layer[] {
  const value = entryOf(args, 'errorMiddleware');
  const run = registered(value);
  if (!run || !value || roleOf(value) !== 'error') return [];
  return bases.map((path) => ({
    kind: 'use',
    method: 'ALL',
    path,
    run: { ...run },
    role: 'error',
    group: {},
    last: true,
    node: call.node,
  }));
}
