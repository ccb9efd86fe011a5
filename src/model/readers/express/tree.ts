import type { ts } from '../../../kernel/syntax.ts';
import type { Registered } from '../../reader.ts';
import type { Undecided } from '../../static/under.ts';
import { type Param, paramsIn } from './params.ts';
import type { Role } from './role.ts';

/** Something an app or router runs for the requests its method and path let through. */
export type Layer =
  | {
      readonly kind: 'use' | 'route';
      /** Upper case; `ALL` for any. */
      readonly method: string;
      readonly path: string;
      readonly run: Registered;
      readonly role: Role;
      /** What one call registers; the endpoint is its last. */
      readonly group: object;
      readonly last: boolean;
      readonly node: ts.Node;
    }
  | { readonly kind: 'mount'; readonly path: string; readonly router: Router };

/** An app or router as it is being built; what it mounts is mounted by reference, as in Express. */
export interface Router {
  readonly type: 'express';
  readonly layers: Layer[];
  readonly params: Param[];
  readonly isApp: boolean;
  readonly mounted: { yes: boolean };
  readonly served: { yes: boolean };
  /** The conditions that it is made under. */
  readonly under: readonly Undecided[];
  readonly node: ts.Node;
}

/** `router.route('/path')`. */
export interface Routed {
  readonly type: 'express-route';
  readonly router: Router;
  readonly paths: readonly string[];
}

/** A layer with the mounts it stands under, and the path it is mounted at. */
export type Flat = Exclude<Layer, { kind: 'mount' }> & {
  readonly under: readonly Layer[];
  readonly mount: string;
};

export function createRouter(
  node: ts.Node,
  isApp: boolean,
  under: readonly Undecided[] = [],
): Router {
  return {
    type: 'express',
    layers: [],
    params: [],
    isApp,
    mounted: { yes: false },
    served: { yes: false },
    under,
    node,
  };
}

/** All layers below a router in the order requests meet them, prefixes joined on. */
export function flatten(router: Router, prefix = '', under: readonly Layer[] = []): Flat[] {
  const again = under.filter((layer) => layer.kind === 'mount' && layer.router === router);
  if (again.length > 1 || under.length > 30) return [];
  return router.layers.flatMap((layer) => {
    const path = joined(prefix, layer.path);
    const mount = layer.kind === 'use' ? path : prefix;
    const before = paramsIn(router.params, layer.path).map(
      ({ run }): Flat => ({ ...stepBefore(layer), path, run, under, mount: prefix }),
    );
    if (layer.kind !== 'mount') return [...before, { ...layer, path, under, mount }];
    return [...before, ...flatten(layer.router, path, [...under, layer])];
  });
}

/** A step that runs for the requests that a layer takes, before it. */
function stepBefore(layer: Layer) {
  const own =
    layer.kind === 'mount' ? { method: 'ALL', group: {}, node: layer.router.node } : layer;
  const kind = layer.kind === 'route' ? ('route' as const) : ('use' as const);
  const { method, group, node } = own;
  return { kind, method, group, node, role: 'passing' as const, last: false };
}

function joined(prefix: string, path: string): string {
  const start = prefix.replace(/\/$/, '');
  if (path === '' || path === '/') return start;
  return `${start}${path.startsWith('/') ? '' : '/'}${path}`;
}
