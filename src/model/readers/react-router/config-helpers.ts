import type { Program } from '../../../repo/repo.ts';
import { pathAt } from '../../static/places.ts';
import type { Call, Machine, Native, Semantics, Value } from '../../static/value.ts';
import { entryOf, list, literal, native, textOf } from '../../static/value.ts';
import type { Entry } from './entry.ts';
import { entriesIn, entry, isTrue, type Made, normal, type Reading } from './entry-values.ts';
import { flatRoutes } from './flat-routes.ts';
import { folderRoutes } from './folder-routes.ts';

/** The helpers that `relative(folder)` gives, and one of them taken out. */
interface Relative extends Native {
  readonly type: 'react-router-relative';
  readonly folder: string;
  readonly name?: string;
}

/** Remix's `defineRoutes`, and the `route` it gives, which collects. */
interface Definer extends Native {
  readonly type: 'react-router-define' | 'react-router-defined';
  into: Entry[];
}

/** What the packages that routes are configured with do. */
export function configSemantics(
  program: Program,
  { reading, root }: { reading: Reading; root: string },
): Semantics {
  const { app } = reading;
  const files = program.repo.files.map(({ path }) => path);
  const below = (folder: string | undefined) => ({ app, folder: normal(folder ?? 'routes') });
  return {
    call: (machine, { package: from, path }, call) => {
      const [first] = call.args;
      switch (from) {
        case '@react-router/fs-routes':
          return listed(flatRoutes(files, below(textOf(entryOf(first, 'rootDirectory')))));
        case 'remix-flat-routes':
          return listed(folderRoutes(files, below(textOf(first))));
        case '@react-router/remix-routes-option-adapter':
          return adapted(machine, first);
        case '@react-router/dev/routes':
          if (path.at(-1) === 'relative') return relative(machine, call, root);
          return helper(path.at(-1) ?? '', call, { reading, folder: app });
        default:
          return undefined;
      }
    },
    property: (_, receiver, name) =>
      isRelative(receiver) ? native<Relative>({ ...receiver, name }) : undefined,
    method: (machine, receiver, call) => {
      if (isRelative(receiver)) {
        return helper(receiver.name ?? call.name, call, { reading, folder: receiver.folder });
      }
      if (receiver.type === 'react-router-define') return defined(machine, call);
      if (receiver.type !== 'react-router-defined') return undefined;
      return define(machine, receiver as Definer, { call, app });
    },
  };
}

function isRelative(value: Native): value is Relative {
  return value.type === 'react-router-relative';
}

function listed(entries: readonly Entry[]): Value {
  return list(entries.map(made));
}

function made(from: Entry): Value {
  const value: Made = { type: 'react-router-entry', entry: from };
  return native(value);
}

/** A folder that can't be told is the one of the file that asks. */
function relative(machine: Machine, { args, node }: Call, root: string): Value {
  const said = textOf(args[0]);
  const own = node.getSourceFile().fileName.split('/').slice(0, -1).join('/');
  const folder = said === undefined ? own : (pathAt(machine, said) ?? normal(`${root}/${said}`));
  const value: Relative = { type: 'react-router-relative', folder };
  return native(value);
}

function helper(
  name: string,
  { args, node }: Call,
  { reading, folder }: { reading: Reading; folder: string },
): Value | undefined {
  const inside = entriesIn(args.find(isMaybeList), { reading, node });
  const at = name === 'route' ? 1 : 0;
  const file = textOf(args[at]);
  const [first] = args;
  if (name === 'prefix') return listed(inside.map((each) => prefixed(textOf(first) ?? '', each)));
  if (!/^(route|index|layout)$/.test(name) || file === undefined) return undefined;
  if (name === 'route' && first?.kind !== 'literal') return undefined;
  return made(
    entry(reading.app, {
      file: `${folder}/${file}`,
      path: name === 'route' ? (textOf(first) ?? null) : null,
      index: name === 'index',
      children: inside,
      id: textOf(entryOf(args[at + 1], 'id')),
    }),
  );
}

/** Routes inside, or what may be some. */
function isMaybeList({ kind }: Value, index: number): boolean {
  return kind === 'list' || (kind === 'unknown' && index > 0);
}

/** A prefix goes to the first routes on the way in that have a path of their own. */
function prefixed(prefix: string, each: Entry): Entry {
  if (!each.index && each.path === null)
    return { ...each, children: each.children.map((child) => prefixed(prefix, child)) };
  const parts = [prefix.replace(/\/$/, ''), (each.path ?? '').replace(/^\//, '')];
  return { ...each, path: parts.filter((part) => part !== '').join('/') };
}

/** `remixRoutesOptionAdapter((defineRoutes) => …)`. */
function adapted(machine: Machine, given: Value | undefined): Value | undefined {
  const define: Definer = { type: 'react-router-define', into: [] };
  return given?.kind === 'function' ? machine.invoke(given, [native(define)]) : undefined;
}

/** `defineRoutes((route) => …)`. */
function defined(machine: Machine, { args: [given] }: Call): Value {
  const route: Definer = { type: 'react-router-defined', into: [] };
  if (given?.kind === 'function') machine.invoke(given, [native(route)]);
  return listed(route.into);
}

/** `route(path, file, { index }, () => …)`. */
function define(
  machine: Machine,
  definer: Definer,
  { call, app }: { call: Call; app: string },
): Value {
  const [path, file, ...more] = call.args;
  const nested = more.find((each) => each.kind === 'function');
  const before = definer.into;
  definer.into = [];
  if (nested?.kind === 'function') machine.invoke(nested, []);
  const children = definer.into;
  definer.into = before;
  const option = (name: string) => more.map((each) => entryOf(each, name)).find(Boolean);
  definer.into.push(
    entry(app, {
      file: `${app}/${textOf(file) ?? ''}`,
      path: textOf(path) || null,
      index: isTrue(option('index')),
      children,
      id: textOf(option('id')),
    }),
  );
  return literal(undefined);
}
