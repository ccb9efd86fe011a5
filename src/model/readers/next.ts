import type { Program } from '../../repo/repo.ts';
import { placeOf } from '../place.ts';
import type { Endpoint, Endpoints, FrameworkReader, Registered } from '../reader.ts';
import { exportOf } from './exports.ts';
import { actionHandlers } from './next/action-handlers.ts';
import { actionsOf, screensOf } from './next/actions.ts';
import { type AppFile, appFiles, type Frame } from './next/app-router.ts';
import { argumentsOf } from './next/arguments.ts';
import { type Guard, guardOf } from './next/guard-file.ts';
import { library, routeHandlers } from './next/handlers.ts';
import { pagesEndpoints } from './next/pages-endpoints.ts';
import { pageHandlers } from './next/screens.ts';
import { settingsOf } from './next/settings.ts';
import { shownOf } from './next/shown-state.ts';
import { byPrecision } from './path-order.ts';

/** Reads Next.js apps: their files say where they answer, their exports say how. */
export const next = {
  name: 'next',
  packages: ['next'],
  semantics: { ...library, step: () => undefined },
  read(program, root): Endpoints {
    const settings = settingsOf(program, root);
    const guard = guardOf(program, root, settings);
    const about = { program, outline: program.outlined(), basePath: settings.basePath, guard };
    const files = appFiles(program, root, settings);
    const endpoints = files.flatMap((each) =>
      each.kind === 'route'
        ? routesIn(each, about)
        : [...pagesIn(each, about), ...actionsIn(each, { ...about, files })],
    );
    const old = pagesEndpoints(root, settings, about);
    return { endpoints: [...endpoints, ...old].sort(byPrecision), findings: [] };
  },
} satisfies FrameworkReader;

interface About {
  readonly program: Program;
  /** Where endpoints are known from: what is followed says itself what is in its bodies. */
  readonly outline: Program;
  readonly basePath: string;
  readonly guard: Guard | null;
}

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];

function routesIn({ file, paths }: AppFile, { outline, basePath, guard }: About): Endpoint[] {
  return METHODS.flatMap((method) => {
    const handler = exportOf(outline, file, method);
    if (!handler) return [];
    return paths.map((path): Endpoint => {
      const before = guard?.before(path) ?? [];
      return {
        method,
        path,
        chain: [...before, handler.registered],
        onError: [],
        semantics: routeHandlers({ basePath, guarded: before.length > 0 }),
        at: placeOf(handler.node),
      };
    });
  });
}

function pagesIn(page: AppFile, { outline, basePath, guard }: About): Endpoint[] {
  const shown = exportOf(outline, page.file, 'default');
  if (!shown) return [];
  const frames = page.frames.flatMap((frame) => {
    const layout = exportOf(outline, frame.file, 'default');
    return layout ? [{ layout, slots: slotsOf(outline, frame) }] : [];
  });
  const notFound = page.notFound ? exportOf(outline, page.notFound, 'default') : undefined;
  const layouts = frames.map(({ layout }) => layout.registered);
  return page.paths.map((path): Endpoint => {
    const before = guard?.before(path) ?? [];
    const semantics = pageHandlers({
      basePath,
      guarded: before.length > 0,
      frames,
      notFound: notFound?.registered ?? null,
      streamsFrom: page.streamsFrom,
    });
    const chain = [...before, ...layouts, shown.registered];
    const at = placeOf(shown.node);
    return { method: 'GET', kind: 'page', path, chain, onError: [], semantics, at };
  });
}

/** What a page can call; what its layouts can call is theirs whose folder they stand in. */
function actionsIn(
  page: AppFile,
  { program, basePath, guard, files }: About & { files: readonly AppFile[] },
): Endpoint[] {
  const [path] = page.paths;
  if (path === undefined) return [];
  const own = page.frames.filter((frame) => firstIn(frame, files) === page);
  const before = guard?.before(path) ?? [];
  const screens = screensOf(program, [page.file, ...own.map(({ file }) => file)]);
  return actionsOf(program, screens).map(({ name, node, registered }): Endpoint => {
    const shown = shownOf(program, node, screens);
    return {
      kind: 'action',
      method: 'ACTION',
      path,
      name,
      action: { file: registered.file, name, arguments: argumentsOf(node, path) },
      chain: [...before, registered],
      onError: [],
      semantics: actionHandlers({ basePath, guarded: before.length > 0, shown }),
      at: placeOf(node),
    };
  });
}

/** The page that a layout's own actions are called from: the first that it stands around. */
function firstIn({ file }: Frame, files: readonly AppFile[]): AppFile | undefined {
  const within = files.filter(
    ({ kind, frames }) => kind === 'page' && frames.some((each) => each.file === file),
  );
  return within.sort((a, b) => a.frames.length - b.frames.length)[0];
}

function slotsOf(program: Program, { slots }: Frame): { name: string; page: Registered }[] {
  return slots.flatMap(({ name, file }) => {
    const page = exportOf(program, file, 'default');
    return page ? [{ name, page: page.registered }] : [];
  });
}
