import type { Program } from '../../../repo/repo.ts';
import { leadingFiles } from '../../files.ts';
import type { Endpoint } from '../../reader.ts';
import { createMachine } from '../../static/machine.ts';
import { meant } from '../../static/property.ts';
import { nativeOf } from '../../static/value.ts';
import { CONNECT, isConnected, withErrors } from '../express/connect.ts';
import { endpointsOf } from '../express/endpoints.ts';
import { handlers } from '../express/handlers.ts';
import { covers } from '../express/path.ts';
import { createExpress, isRouter } from '../express/register.ts';
import type { Router } from '../express/tree.ts';
import { connectHandlers } from './connect-handlers.ts';
import type { Guard } from './guard-file.ts';

/** The routers of `next-connect` that files export, by running their modules in the abstract. */
export function connectRouters(
  program: Program,
  root: string,
): (file: string) => Router | undefined {
  const leading = new Set(leadingFiles(program, root, (specifier) => CONNECT.test(specifier)));
  const machine = createMachine(program, [createExpress().semantics]);
  return (file) => {
    if (!leading.has(file)) return undefined;
    machine.run(file);
    const found = nativeOf(meant(machine, machine.names.exported(file, 'default'), null));
    return isRouter(found) && isConnected(found) ? found : undefined;
  };
}

interface Around {
  /** The paths that its file stands at. */
  readonly paths: readonly string[];
  readonly basePath: string;
  readonly guard: Guard | null;
  readonly parses: boolean;
}

/** What a router answers of the requests that its file's paths let through. */
export function connectEndpoints(
  router: Router,
  { paths, basePath, guard, parses }: Around,
): Endpoint[] {
  const own = paths.map((path) => path.slice(basePath.length) || '/');
  const { endpoints } = endpointsOf(withErrors(router), { semantics: handlers });
  return endpoints.flatMap((endpoint) =>
    within(own, endpoint.path).map((below): Endpoint => {
      const path = `${basePath}${below}`;
      const before = guard?.before(path) ?? [];
      const guarded = before.length > 0;
      return {
        ...endpoint,
        path,
        chain: [...before, ...endpoint.chain],
        mounted: [...before.map(() => null), ...(endpoint.mounted ?? [])],
        semantics: connectHandlers({ basePath, guarded, parses, isOwn: own.includes(below) }),
      };
    }),
  );
}

/** What a file's paths and a route's have in common. */
function within(own: readonly string[], path: string): readonly string[] {
  if (own.some((each) => each === path || covers(each, path, false))) return [path];
  return own.filter((each) => covers(path, each, false));
}
