import type { Emit } from '../kernel/events.ts';
import { type Finding, finding } from '../kernel/finding.ts';
import { type Cache, isBeside, type Program } from '../repo/repo.ts';
import { followSomeOf, type How, type ReadApp, readApp } from './app.ts';
import type { Helped, Share } from './crew.ts';
import { type Deployable, dependenciesOf, readPackage } from './deployable.ts';
import { NO_CACHE, remembered } from './kept.ts';
import type { Model } from './model.ts';
import { frameworks } from './registry.ts';

interface Reading extends How {
  readonly emit: Emit;
  readonly cache?: Cache | undefined;
}

/**
 * Reads a repo's apps: routes, how each can end, tables and who acts. Nothing of the repo is run. What `cache` knows of
 * packages and apps is not read again; the model is the same with and without it.
 */
export function analyze(program: Program, { emit, cache = NO_CACHE, ...how }: Reading): Model {
  const { repo } = program;
  const read = repo.packages
    .filter(({ root }) => !isBeside(root))
    .map((owner) => readPackage(program, owner, cache));
  const apps = withoutParts(read.filter(({ said }) => said.places.length > 0));
  const total = apps.reduce((sum, { said }) => sum + said.places.length, 0);
  emit({ kind: 'stage', stage: 'analyze', total });
  let done = 0;
  const tick = (note: string, count = 1) => {
    done += count;
    emit({ kind: 'progress', stage: 'analyze', done, note });
  };
  const alone = apps.length === 1;
  const built = apps.map((app) => keptApp(app, { ...how, tick, alone, cache }));
  emit({ kind: 'done', stage: 'analyze', note: `${total} routes` });
  const unparsable = [...read.map(({ said }) => said), ...built].flatMap((one) => one.unparsable);
  const findings = [
    ...repo.findings,
    ...read.flatMap(({ said }) => said.findings),
    ...built.flatMap((app) => app.findings),
    ...(total === 0 ? [noRoutes(program)] : []),
    ...unparsable.sort((a, b) => ((a.at.file ?? '') < (b.at.file ?? '') ? -1 : 1)),
  ];
  return {
    version: 1,
    repo: { name: repo.name, commit: repo.commit, files: repo.files.length },
    apps: built.map(({ app }) => app),
    findings: unique(findings),
  };
}

/** Follows endpoints of the app at `root`, by places that `next` gives, for another thread that reads the repo. */
export function followFor(program: Program, root: string, next: Share['next']): Iterable<Helped> {
  const owner = program.repo.packages.find((one) => one.root === root);
  return owner ? followSomeOf(readPackage(program, owner, NO_CACHE), next) : [];
}

interface About extends How {
  readonly tick: (note: string, count?: number) => void;
  /** Whether it is the only app: its routes need not be told apart from another's. */
  readonly alone: boolean;
  readonly cache: Cache;
}

function keptApp(app: Deployable, { tick, alone, cache, ...how }: About): ReadApp {
  const { program, owner, said } = app;
  const name = `app ${owner.root}${alone ? ' alone' : ''}`;
  let told = 0;
  const read = remembered({ cache, program }, name, (inner) =>
    readApp(app, {
      ...how,
      alone,
      cache: inner,
      tick: (note) => {
        told += 1;
        tick(note);
      },
    }),
  );
  if (told === 0) tick(owner.name, said.places.length);
  return read;
}

/** Nothing to go on: what is read, or what of it the repo depends on though it registers no route. */
function noRoutes(program: Program): Finding {
  const uses = program.repo.packages.flatMap((owner) => [...dependenciesOf(program, owner)]);
  const used = frameworks.filter(({ packages }) => packages.some((name) => uses.includes(name)));
  const names = (readers: readonly { readonly name: string }[]) => readers.map(({ name }) => name);
  const facts = used.length > 0 ? { uses: names(used) } : { reads: names(frameworks) };
  return finding('model.noRoutes', { severity: 'error', facts });
}

/** A package whose routes another app mounts is a part of that app. */
function withoutParts(apps: readonly Deployable[]): Deployable[] {
  return apps.filter(
    ({ owner }) =>
      !apps.some(
        (other) =>
          other.owner !== owner &&
          owner.root !== '.' &&
          other.said.places.some((file) => file.startsWith(`${owner.root}/`)),
      ),
  );
}

function unique(findings: readonly Finding[]): Finding[] {
  const byPrint = new Map(findings.map((one) => [`${one.fingerprint}:${one.at.line}`, one]));
  return [...byPrint.values()];
}
