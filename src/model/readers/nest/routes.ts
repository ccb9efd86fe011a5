import type { Finding } from '../../../kernel/finding.ts';
import { ts } from '../../../kernel/syntax.ts';
import { placeOfCall } from '../../place.ts';
import type { Endpoint } from '../../reader.ts';
import type { ClassValue, Value } from '../../static/value.ts';
import { entryOf, plainText } from '../../static/value.ts';
import { unresolved } from '../unresolved.ts';
import { chainOf } from './around.ts';
import type { Assembled, Routed } from './assembled.ts';
import { decoratorsOf, first, lineageOf } from './decorators.ts';
import { listOf, type Module } from './modules.ts';
import { join, pathsOf } from './paths.ts';
import { versionsIn } from './settings.ts';

export interface Found {
  readonly endpoints: Endpoint[];
  readonly findings: Finding[];
}

const VERBS = new Map(
  'Get Post Put Patch Delete Options Head All Search'
    .split(' ')
    .map((name) => [name, name.toUpperCase()] as const),
).set('Sse', 'GET');

/** The endpoints of a controller's own and inherited methods. */
export function endpointsOf(app: Assembled, module: Module, controller: ClassValue): Found {
  const { machine } = app;
  const line = lineageOf(machine, controller);
  const above = line.map(({ node }) => decoratorsOf(machine, node as ts.ClassDeclaration));
  const declared = above.map((each) => first(each, 'Controller')).find(Boolean);
  const found: Found = { endpoints: [], findings: [] };
  if (!declared) return found;
  for (const method of methodsOf(line)) {
    const decorators = decoratorsOf(machine, method);
    const verb = decorators.find(({ name }) => VERBS.has(name));
    if (verb) add(app, found, { module, controller, above, declared, method, decorators, verb });
  }
  return found;
}

/** Methods by name, the nearest class's first. */
function methodsOf(line: readonly ClassValue[]): ts.MethodDeclaration[] {
  const found = new Map<string, ts.MethodDeclaration>();
  for (const { node } of line)
    for (const member of node.members) {
      if (!ts.isMethodDeclaration(member) || !member.body) continue;
      const name = member.name.getText();
      if (!found.has(name)) found.set(name, member);
    }
  return [...found.values()];
}

function add(app: Assembled, found: Found, routed: Routed): void {
  const { verb, declared, module } = routed;
  const method = VERBS.get(verb.name) ?? 'GET';
  const lose = (reason: string) => {
    found.findings.push(unresolved(verb.expression, 'model.unresolvedRoute', reason));
  };
  const own = textsIn(verb.args[0]);
  const prefixes = textsIn(pathIn(declared.args[0]));
  const versions = versionsFor(app, routed);
  if (app.settings.prefix === null) lose('the global prefix is not known');
  else if (!versions) lose('the default version is not known');
  else if (!own || !prefixes) lose('the path is not known');
  else
    for (const controller of prefixes)
      for (const handler of own) {
        const parts = { method, versions, module: module.prefix };
        const paths = pathsOf(app.settings, { ...parts, controller, handler });
        const below = join(module.prefix, controller, handler);
        if (!paths) lose('the path has no normal form');
        else
          found.endpoints.push(
            ...paths.map((path) => endpoint(app, routed, { method, path, below })),
          );
      }
}

function endpoint(
  app: Assembled,
  routed: Routed,
  { method, path, below }: { method: string; path: string; below: string },
): Endpoint {
  const { chain, onError } = chainOf(app, routed, { method, path, below });
  const { semantics } = app;
  return { method, path, chain, onError, semantics, at: placeOfCall(routed.verb.expression) };
}

/** `'cats'`, `['cats', 'dogs']`, or nothing at all. */
function textsIn(value: Value | undefined): string[] | undefined {
  if (!value || (value.kind === 'literal' && value.value === undefined)) return [''];
  const text = plainText(value);
  if (text !== undefined) return [text];
  const all = listOf(value).map(plainText);
  const known = all.filter((each) => each !== undefined);
  return known.length > 0 && known.length === all.length ? known : undefined;
}

function pathIn(value: Value | undefined): Value | undefined {
  return value?.kind === 'object' ? entryOf(value, 'path') : value;
}

/** The versions a handler is served under; null where that is the app's own, which is not known. */
function versionsFor({ settings }: Assembled, { decorators, above, declared }: Routed) {
  const own = versionsIn(first(decorators, 'Version')?.args[0]);
  if (own.length > 0) return own;
  const [options] = declared.args;
  const type = versionsIn(entryOf(options, 'version'));
  if (type.length > 0) return type;
  const marked = above.flatMap((each) => versionsIn(first(each, 'Version')?.args[0]));
  if (marked.length > 0) return marked;
  return settings.versions ? settings.versions.otherwise : [];
}
