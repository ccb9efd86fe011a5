import { type Finding, finding } from '../kernel/finding.ts';
import type { Cache, Looked, Program } from '../repo/repo.ts';
import type { Crew, Helped, Share } from './crew.ts';
import { remembered } from './kept.ts';
import { routeId } from './model.ts';
import type { Endpoint, JsonSchema } from './reader.ts';
import { sharing } from './sharing.ts';
import { type TraceDeps, type Traced, traceEndpoint } from './trace/trace-endpoint.ts';

/** An endpoint with what following it found. */
export interface Followed extends Found {
  readonly endpoint: Endpoint;
}

/** As far as it can be kept. */
export interface Found {
  readonly traced: Traced;
  /** The schemas that the environment is read through on the way. */
  readonly variables: readonly JsonSchema[];
  readonly unparsable: readonly Finding[];
}

interface About {
  /** The app's view of the code: what endpoints and tables are known from was looked at through it. */
  readonly program: Program;
  readonly root: string;
  readonly cache: Cache;
  readonly depsFor: (view: Program, note: TraceDeps['noteVariables']) => TraceDeps;
  readonly tick: (note: string) => void;
  readonly crew?: Crew | undefined;
}

/**
 * Follows each endpoint by itself: what is found of one depends on no other. What was kept of it holds until something
 * changes that it looked at, or that endpoints and tables are known from. What takes long is shared with the crew.
 */
export function followAll(endpoints: readonly Endpoint[], about: About): Followed[] {
  const { root, cache, program, tick, crew } = about;
  const ground = `ground of ${root}`;
  const nameOf = (endpoint: Endpoint) => `${idOf(endpoint, null)} of ${root}`;
  const kept = (endpoint: Endpoint, view: Pick<Program, 'looked'>, work: () => Found) => {
    const found = remembered({ cache, program: view, parts: [ground] }, nameOf(endpoint), work);
    tick(`${endpoint.method} ${endpoint.path}`);
    return { endpoint, ...found };
  };
  const followed = sharing(endpoints, {
    root,
    crew,
    isKnown: (endpoint) => cache.find(nameOf(endpoint)) !== undefined,
    follow: (endpoint) => {
      const view = program.apart();
      return kept(endpoint, view, () => follow(endpoint, view, about));
    },
    take: (endpoint, { id, found, looked, ground }) => {
      if (id !== idOf(endpoint, null)) return undefined;
      if (ground) program.alsoLooked(ground.looked, ground.findings);
      return kept(endpoint, { looked: () => looked }, () => found);
    },
  });
  // Kept as outlines, for what was followed says itself on which lines things stand. Only now is all noted that readers look at when a trace first asks them.
  cache.keep(ground, true, { looked: program.looked(), parts: [] });
  return followed;
}

/** Follows the endpoints that `next` gives the places of, for another thread that reads the app. */
export function* followSome(
  endpoints: readonly Endpoint[],
  { program, depsFor }: Pick<About, 'program' | 'depsFor'>,
  next: Share['next'],
): Generator<Helped> {
  let said = 0;
  for (let place = next(); place !== undefined; place = next()) {
    const endpoint = endpoints[place];
    if (!endpoint) return;
    const view = program.apart();
    const found = follow(endpoint, view, { depsFor });
    const around = plainly(program.looked());
    const ground = { looked: around, findings: program.findings() };
    const isSaid = sizeOf(around) === said;
    said = sizeOf(around);
    const id = idOf(endpoint, null);
    yield { place, id, found, looked: plainly(view.looked()), ground: isSaid ? null : ground };
  }
}

/** Nothing but what another thread can be sent. */
function plainly({ files, imports, outlines, matches }: Looked): Looked {
  return { files, imports, outlines, matches };
}

function sizeOf({ files, imports, outlines, matches }: Looked): number {
  const answers = [...matches.values()].map(({ size }) => size);
  return [files.size, imports.size, outlines.size, ...answers].reduce((sum, size) => sum + size, 0);
}

function follow(endpoint: Endpoint, view: Program, { depsFor }: Pick<About, 'depsFor'>): Found {
  for (const { file } of [...endpoint.chain, ...endpoint.onError]) view.source(file);
  const variables: JsonSchema[] = [];
  const traced = traceEndpoint(
    endpoint,
    depsFor(view, (said) => void variables.push(said)),
  );
  return { traced, variables, unparsable: view.findings() };
}

/**
 * A second registration of the same method and path never gets a request. One that stands in the same place is an app
 * made twice, of which any has it.
 */
export function withoutRepeats(endpoints: readonly Endpoint[]): {
  first: Endpoint[];
  repeated: Finding[];
} {
  const first = new Map<string, Endpoint>();
  const repeated: Finding[] = [];
  for (const endpoint of endpoints) {
    const id = idOf(endpoint, null);
    const before = first.get(id);
    if (!before) first.set(id, endpoint);
    else if (!isSamePlace(before, endpoint)) {
      const { file, line } = endpoint.at;
      const about = { severity: 'note', file, line, path: endpoint.path } as const;
      repeated.push(finding('model.repeatedRoute', { ...about, facts: { route: id } }));
    }
  }
  return { first: [...first.values()], repeated };
}

function isSamePlace({ at: one }: Endpoint, { at: other }: Endpoint): boolean {
  return one.file === other.file && one.line === other.line;
}

/** The id of an endpoint's route. */
export function idOf({ method, path, name }: Endpoint, app: string | null): string {
  return `${routeId(method, path, app)}${name === undefined ? '' : ` ${name}`}`;
}
