import { type Finding, finding } from '../../kernel/finding.ts';
import type { Program } from '../../repo/repo.ts';
import type { Component, Page, Route } from '../model.ts';
import type { Endpoint, Registered } from '../reader.ts';
import { tracePage } from '../trace/react-page.ts';
import type { TraceDeps, Traced } from '../trace/trace-endpoint.ts';
import { mountOf } from './entries.ts';
import { componentAround, renderedFrom } from './rendered.ts';
import { spokenReads } from './spoken-reads.ts';

/** An endpoint with what tracing it found. */
export interface TracedRoute {
  readonly endpoint: Endpoint;
  readonly route: Route;
  readonly traced: Traced;
}

/** What became of an app's routes: those that show a page to a person are pages. */
export interface Pages {
  readonly routes: Route[];
  readonly pages: Page[];
  readonly findings: Finding[];
}

interface About {
  readonly program: Program;
  readonly root: string;
  readonly deps: TraceDeps;
  readonly components: readonly Component[];
}

/** Tells pages from routes and says how each page can end, those that run in the browser included. */
export function readPages(all: readonly TracedRoute[], about: About): Pages {
  const shown = all.filter(isPage);
  const read = shown.map((each) => {
    const own = each.traced.scripts.filter((script) => !/^(https?:)?\/\//.test(script));
    const mounts = own.flatMap((script) => mountOf(about.program, about.root, script) ?? []);
    const [mount] = mounts;
    if (mount) return clientPage(each, { ...about, mount, all });
    const [unknown] = own;
    return serverPage(each, { ...about, unknown });
  });
  return {
    routes: all.filter((each) => !shown.includes(each)).map(({ route }) => route),
    pages: read.map(({ page }) => page),
    findings: read.flatMap(({ findings }) => findings),
  };
}

/** Where a GET that goes well renders something, a person looks at it. */
function isPage({ route }: TracedRoute): boolean {
  if (route.kind === 'page') return true;
  const renders = route.outcomes.some(
    ({ kind, status }) => kind === 'render' && (status ?? 200) < 400,
  );
  return route.method === 'GET' && renders;
}

interface ReadPage {
  readonly page: Page;
  readonly findings: readonly Finding[];
}

function serverPage(
  { route, traced }: TracedRoute,
  { components, unknown }: Pick<About, 'components'> & { unknown: string | undefined },
): ReadPage {
  const names = renderedFrom(traced.rendered, components);
  const page = asPage(route, { rendered: 'server', components: names, calls: [] });
  const findings = unknown === undefined ? [] : [noEntry(page, unknown)];
  return { page, findings };
}

/** What the script does in the browser is not known: the page may show more than its server says. */
function noEntry({ id, path, at }: Page, script: string): Finding {
  const about = { severity: 'note', file: at.file, line: at.line, path } as const;
  return finding('model.unresolvedScript', { ...about, facts: { page: id, script } });
}

function clientPage(
  { endpoint, route }: TracedRoute,
  { mount, all, deps, components }: About & { mount: Registered; all: readonly TracedRoute[] },
): ReadPage {
  const endpoints = all.map((each) => each.endpoint);
  const traced = tracePage(endpoint, { mount, endpoints }, deps);
  const names = renderedFrom(traced.rendered, components);
  const loads = all
    .filter((each) => traced.called.includes(each.endpoint))
    .map((each) => each.route.id);
  const acts = components
    .filter(({ name }) => names.includes(name))
    .flatMap(({ calls }) => calls.flatMap((call) => call.route ?? []));
  const { reads, writes, guards, input, outcomes } = traced;
  const page = asPage(
    { ...route, reads, writes, guards, input, outcomes },
    { rendered: 'client', components: names, calls: [...new Set([...loads, ...acts])].sort() },
  );
  const waiting = traced.waiting.map(({ component }) => componentAround(component));
  const notes = [...new Map(waiting.map((each) => [each.name, each])).values()].map(
    ({ name, at }) =>
      finding('model.pageInteraction', {
        severity: 'note',
        file: at.file,
        line: at.line,
        path: endpoint.path,
        facts: { page: page.id, component: name },
      }),
  );
  return { page, findings: [...traced.findings, ...notes] };
}

function asPage(route: Route, about: Pick<Page, 'rendered' | 'components' | 'calls'>): Page {
  const page: Page = { ...route, id: pageId(route.id), kind: 'page', ...about };
  return { ...page, reads: spokenReads(page) };
}

/** `GET /cart` is shown as `PAGE /cart`. */
function pageId(route: string): string {
  return route.replace(/(^|: )GET /, '$1PAGE ');
}
