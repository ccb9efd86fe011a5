// How many of the conditions in an app's code are typed: `node evals/typed-share.ts [--seed S] [--all] FOLDER…`.
// The conditions are found by a walk of their own (conditions/walk.ts). Each is looked up twice: in the Model,
// by where its evidence stands; and among what the reader met on its way, for one fact asked twice has its
// evidence where it was asked first. Prints a row a folder, the commonest forms that are not typed, and typed
// ones to be judged. --all lists every one that is opaque or was never met.
import { basename, resolve } from 'node:path';
import type { Condition } from '../src/condition/condition.ts';
import { digest } from '../src/kernel/digest.ts';
import { analyze } from '../src/model/analyze.ts';
import { openProgram } from '../src/repo/program.ts';
import { readRepo } from '../src/repo/read.ts';
import { keyOf, lookUp, type Met, metIn } from './conditions/met.ts';
import { type Asked, conditionsBehind, formOf } from './conditions/walk.ts';

type Fate = 'typed' | 'opaque' | 'absent';
interface Judged extends Asked {
  readonly app: string;
  /** By the evidence of the Model, and by what was met. */
  readonly inModel: Fate;
  readonly fate: Fate;
  readonly atoms: readonly Condition[];
}

const DRAWN = 50;
const FORMS = 30;
const quiet = () => undefined;
const args = process.argv.slice(2);
const seedAt = args.indexOf('--seed');
const seed = seedAt < 0 ? '20261128' : (args[seedAt + 1] ?? '');
const folders = args.filter(
  (arg, at) => !arg.startsWith('--') && (seedAt < 0 || at !== seedAt + 1),
);

console.log(
  '| app | conditions | in the Model | of them typed | met | of them typed | typed of all | guards met |',
);
console.log('| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |');
const all: Judged[] = [];
for (const folder of folders) {
  const found = await judge(folder);
  all.push(...found);
  row(basename(folder), found);
}
row('all', all);
forms('opaque');
forms('absent');
if (args.includes('--all')) list();
draw();

async function judge(folder: string): Promise<Judged[]> {
  const { repo, files } = await readRepo(resolve(folder), { emit: quiet });
  const program = openProgram(repo, files);
  const met = metIn();
  const { apps } = analyze(program, { emit: quiet, noteCondition: met.note });
  const routes = apps.flatMap((app) => app.routes);
  const inModel = new Map<string, Condition[]>();
  for (const atom of routes.flatMap(({ outcomes }) => outcomes.flatMap(({ when }) => when))) {
    for (const each of atomsOf(atom)) {
      const key = `${each.at.file}:${each.at.line}`;
      inModel.set(key, [...(inModel.get(key) ?? []), each]);
    }
  }
  const asked = conditionsBehind([...new Set(routes.map(({ at }) => at.file))], program);
  return asked.map((one) => {
    const evidence = inModel.get(`${one.file}:${one.line}`) ?? [];
    const taken = lookUp(one.node, met.all);
    return {
      ...one,
      app: basename(folder),
      inModel: fateOf(one, evidence.length === 0 ? undefined : { atoms: evidence, decided: false }),
      fate: fateOf(one, taken),
      atoms: taken?.atoms ?? [],
    };
  });
}

/**
 * What can't be read counts where it stands, not against every condition that asks a function with it inside; but what
 * rests on nothing else can't be read either.
 */
function fateOf({ file, line, node }: Asked, met: Met | undefined): Fate {
  if (!met) return 'absent';
  const last = line + node.getText().split('\n').length - 1;
  const isOwn = ({ at }: Condition) => at.file === file && at.line >= line && at.line <= last;
  const unread = met.atoms.filter(({ kind }) => kind === 'opaque');
  const isOpaque = unread.some(isOwn) || (unread.length > 0 && unread.length === met.atoms.length);
  return isOpaque ? 'opaque' : 'typed';
}

function atomsOf(condition: Condition): Condition[] {
  return condition.kind === 'any' ? condition.of.flat().flatMap(atomsOf) : [condition];
}

function row(name: string, found: readonly Judged[]): void {
  const share = (part: number, whole: number) =>
    whole === 0 ? '–' : `${((100 * part) / whole).toFixed(1)} %`;
  const count = (fate: Fate, by: 'fate' | 'inModel') =>
    found.filter((one) => one[by] === fate).length;
  const carried = found.length - count('absent', 'inModel');
  const met = found.length - count('absent', 'fate');
  const guards = found.filter(({ leaves }) => leaves);
  const cells = [
    ...[found.length, carried, share(count('typed', 'inModel'), carried)],
    ...[met, share(count('typed', 'fate'), met), share(count('typed', 'fate'), found.length)],
    share(guards.filter(({ fate }) => fate !== 'absent').length, guards.length),
  ];
  console.log(`| ${name} | ${cells.join(' | ')} |`);
}

function forms(fate: Fate): void {
  const those = all.filter((one) => one.fate === fate);
  const counted = [...Map.groupBy(those, ({ node }) => formOf(node))];
  console.log(`\n${fate === 'absent' ? 'never met' : fate}, by form (${those.length}):`);
  for (const [form, group] of counted.sort((a, b) => b[1].length - a[1].length).slice(0, FORMS))
    console.log(`${String(group.length).padStart(5)}  ${form}   ${group[0] && shown(group[0])}`);
}

function list(): void {
  console.log('');
  for (const one of all) if (one.fate !== 'typed') console.log(one.fate, shown(one));
}

function draw(): void {
  // One that the code before it decides says nothing of how it was read.
  const typed = all.filter(({ fate, atoms }) => fate === 'typed' && atoms.length > 0);
  const keyed = typed.map((one) => ({ one, key: digest([seed, one.app, keyOf(one.node)]) }));
  const drawn = keyed.sort((a, b) => (a.key < b.key ? -1 : 1)).slice(0, DRAWN);
  console.log(`\n${drawn.length} of ${typed.length} typed, drawn by seed ${seed}:`);
  for (const { one } of drawn) {
    console.log(`\n${shown(one)}`);
    const texts = one.atoms.map(({ at: _, ...atom }) => JSON.stringify(atom));
    for (const text of [...new Set(texts)].slice(0, 4)) console.log(`    ${text.slice(0, 400)}`);
  }
}

function shown({ app, file, line, node }: Judged): string {
  return `${app}/${file}:${line} ${node.getText().replace(/\s+/g, ' ').slice(0, 140)}`;
}
