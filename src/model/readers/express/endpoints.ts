import { placeOfCall } from '../../place.ts';
import type { Endpoint, HandlerSemantics, Registered } from '../../reader.ts';
import { madeUnder } from '../../static/registered.ts';
import { covers, fitsPath, normalPaths } from './path.ts';
import { type Flat, flatten, type Router } from './tree.ts';

/** How a framework's requests meet the layers of a tree. */
export interface Meeting {
  readonly semantics: HandlerSemantics;
  /** What the app put on all its requests and responses, as it is called there. */
  readonly put?: Endpoint['put'];
  /** Whether a middleware on the way sees the requests of a route, their paths apart. */
  readonly sees?: (earlier: Flat, layer: Flat) => boolean;
}

/** The endpoints of an app with everything that runs for each, and the registrations nothing can reach. */
export function endpointsOf(
  root: Router,
  { semantics, put, sees = () => true }: Meeting,
): { endpoints: Endpoint[]; shadowed: Flat[] } {
  const layers = flatten(root);
  const endpoints: Endpoint[] = [];
  const shadowed: Flat[] = [];
  layers.forEach((layer, index) => {
    if (layer.kind !== 'route' || !layer.last || layer.role === 'error') return;
    const before = layers.slice(0, index);
    const after = layers.slice(index + 1);
    if (isGuard(layer, after)) return;
    for (const path of normalPaths(layer.path) ?? []) {
      const on = { layer, path };
      if (before.some((earlier) => answers(earlier, on))) {
        shadowed.push(layer);
        continue;
      }
      const run = before.filter((earlier) => runsBefore(earlier, on) && sees(earlier, layer));
      const chain = once([...run, layer]);
      const between = before.filter((earlier) => isErrorOf(earlier, on));
      const onError = [...between, ...after.filter((later) => isErrorOf(later, on))];
      const steps = chain.map((step) => layers.indexOf(step));
      const hears = onError.map((each) => {
        const at = layers.indexOf(each);
        return steps.filter((step) => step < at).length;
      });
      endpoints.push({
        method: layer.method,
        path,
        chain: chain.map((each) => each.run),
        mounted: chain.map(depthOf),
        onError: onError.map(({ run }) => run),
        ...(between.length > 0 && { hears }),
        ...madeUnder(root.under),
        semantics,
        ...(put && { put }),
        at: placeOfCall(layer.node),
      });
    }
  });
  return { endpoints, shadowed: [...new Set(shadowed)] };
}

/** What an app runs before one of its layers, and what answers errors there, for requests of a path below the layer. */
export function around(
  layers: readonly Flat[],
  layer: Flat,
  { method, path }: { readonly method: string; readonly path: string },
): { before: Registered[]; onError: Registered[] } {
  const index = layers.indexOf(layer);
  const on = { layer: { ...layer, method }, path };
  const before = layers.slice(0, index).filter((earlier) => runsBefore(earlier, on));
  const onError = layers.slice(index + 1).filter((later) => isErrorOf(later, on));
  return { before: once(before).map(({ run }) => run), onError: onError.map(({ run }) => run) };
}

/** What a router runs for a parameter runs once, whatever has it. */
function once(steps: readonly Flat[]): Flat[] {
  return [...new Map(steps.toReversed().map((step) => [step.run, step])).values()].toReversed();
}

/** How many segments of the path a layer doesn't see; null where that is not always the same. */
function depthOf({ mount }: Flat): number | null {
  const depths = (normalPaths(mount) ?? []).map((path) => path.split('/').filter(Boolean).length);
  return new Set(depths).size === 1 ? (depths[0] ?? null) : null;
}

interface On {
  readonly layer: Flat;
  readonly path: string;
}

/** `all('/api/*', authenticate)` answers nothing by itself: it guards what stands below it. */
function isGuard(layer: Flat, after: readonly Flat[]): boolean {
  if (layer.method !== 'ALL' || layer.role !== 'passing') return false;
  return after.some(
    (later) =>
      later.kind === 'route' &&
      later.group !== layer.group &&
      (normalPaths(later.path) ?? []).some((path) => covers(layer.path, path, false)),
  );
}

function runsBefore(earlier: Flat, { layer, path }: On): boolean {
  if (earlier.role === 'error') return false;
  if (earlier.group === layer.group) return true;
  if (earlier.kind === 'route' && earlier.last && earlier.role === 'handler') return false;
  return takes(earlier, { layer, path });
}

/** An earlier route of the same requests that does not hand on. */
function answers(earlier: Flat, { layer, path }: On): boolean {
  return (
    earlier.kind === 'route' &&
    earlier.last &&
    earlier.role === 'handler' &&
    earlier.group !== layer.group &&
    takes(earlier, { layer, path }) &&
    fitsPath(earlier.path, path)
  );
}

/** Errors stay in the route and the router they arise in and go on to those around it. */
function isErrorOf(later: Flat, { layer, path }: On): boolean {
  if (later.kind === 'route' && later.group !== layer.group) return false;
  const around = later.under.every((mount, index) => layer.under[index] === mount);
  return later.role === 'error' && around && takes(later, { layer, path });
}

function takes(other: Flat, { layer, path }: On): boolean {
  const method =
    other.method === 'ALL' ||
    other.method === layer.method ||
    (other.method === 'GET' && layer.method === 'HEAD');
  return method && covers(other.path, path, other.kind === 'use');
}
