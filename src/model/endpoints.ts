import { type Finding, finding } from '../kernel/finding.ts';
import type { Cache, Program } from '../repo/repo.ts';
import { remembered } from './kept.ts';
import { routeId } from './model.ts';
import type { Endpoint, JsonSchema } from './reader.ts';
import { type TraceDeps, type Traced, traceEndpoint } from './trace/trace-endpoint.ts';

/** An endpoint with what following it found. */
export interface Followed extends Found {
  readonly endpoint: Endpoint;
}

/** As far as it can be kept. */
interface Found {
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
}

/**
 * Follows each endpoint by itself: what is found of one depends on no other. What was kept of it holds until something
 * changes that it looked at, or that endpoints and tables are known from.
 */
export function followAll(endpoints: readonly Endpoint[], about: About): Followed[] {
  const { root, cache, program, tick } = about;
  const ground = `ground of ${root}`;
  const followed = endpoints.map((endpoint) => {
    const view = program.apart();
    const within = { cache, program: view, parts: [ground] };
    const found = remembered(within, `${idOf(endpoint, null)} of ${root}`, () =>
      follow(endpoint, view, about),
    );
    tick(`${endpoint.method} ${endpoint.path}`);
    return { endpoint, ...found };
  });
  // Kept as outlines, for what was followed says itself on which lines things stand. Only now is all noted that readers look at when a trace first asks them.
  cache.keep(ground, true, { looked: program.looked(), parts: [] });
  return followed;
}

function follow(endpoint: Endpoint, view: Program, { depsFor }: About): Found {
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
