// How many of an app's conditions the Model carries typed: `node evals/typed-share.ts [--seed S] FOLDER…`.
// The conditions are found by a walk of their own (conditions/walk.ts) and looked up in the Model by where
// they stand. Prints a row a folder, the commonest forms that are not typed, and typed ones to be judged.
import { basename, resolve } from 'node:path';
import type { Condition } from '../src/condition/condition.ts';
import { digest } from '../src/kernel/digest.ts';
import type { ts } from '../src/kernel/syntax.ts';
import { tokensOf } from '../src/model/place.ts';
import { readModel } from '../src/operations/reading.ts';
import { type Asked, conditionsBehind, formOf } from './conditions/walk.ts';

type Fate = 'typed' | 'opaque' | 'absent';
interface Judged extends Asked {
  readonly app: string;
  readonly fate: Fate;
  readonly atoms: readonly Condition[];
}

const DRAWN = 50;
const FORMS = 40;
const [seed, folders] = choices(process.argv.slice(2));

console.log(
  '| app | conditions | typed | opaque | not in it | typed of those in it | guards typed |',
);
console.log('| --- | ---: | ---: | ---: | ---: | ---: | ---: |');
const all: Judged[] = [];
for (const folder of folders) {
  const found = await judge(folder);
  all.push(...found);
  row(basename(folder), found);
}
row('all', all);
forms('opaque');
forms('absent');
draw();

function choices(args: readonly string[]): [string, string[]] {
  const at = args.indexOf('--seed');
  if (at < 0) return ['20261128', [...args]];
  return [args[at + 1] ?? '', args.filter((_, index) => index !== at && index !== at + 1)];
}

async function judge(folder: string): Promise<Judged[]> {
  const { model, program } = await readModel(resolve(folder), () => undefined);
  const routes = model.apps.flatMap((app) => app.routes);
  const files = [...new Set(routes.map(({ at }) => at.file))];
  const atoms = new Map<string, Condition[]>();
  for (const condition of routes.flatMap(({ outcomes }) => outcomes.flatMap(({ when }) => when))) {
    for (const atom of atomsOf(condition)) {
      const key = `${atom.at.file}:${atom.at.line}`;
      atoms.set(key, [...(atoms.get(key) ?? []), atom]);
    }
  }
  const asked = conditionsBehind(files, program);
  const lines = Map.groupBy(asked, ({ file, node }) => `${file}:${lineOf(node)}`);
  return asked.map((one) => {
    const key = `${one.file}:${lineOf(one.node)}`;
    const here = atoms.get(key) ?? [];
    const own = here.filter(({ at }) => hashesOf(one.node).includes(at.hash));
    const found = own.length > 0 || (lines.get(key)?.length ?? 0) > 1 ? own : here;
    const typed = found.filter(({ kind }) => kind !== 'opaque');
    const fate: Fate = found.length === 0 ? 'absent' : typed.length > 0 ? 'typed' : 'opaque';
    return { ...one, app: basename(folder), fate, atoms: typed.length > 0 ? typed : found };
  });
}

function atomsOf(condition: Condition): Condition[] {
  return condition.kind === 'any' ? condition.of.flat().flatMap(atomsOf) : [condition];
}

/** A condition is known by itself, without its negation, and by either side of a comparison. */
function hashesOf(node: ts.Node): string[] {
  const inner: ts.Node[] = [];
  node.forEachChild((child) => void inner.push(child));
  return [node, ...inner, ...(inner.length === 1 && inner[0] ? childrenOf(inner[0]) : [])].map(
    (each) => digest(tokensOf(each).join(' ')).slice(0, 16),
  );
}

function childrenOf(node: ts.Node): ts.Node[] {
  const found: ts.Node[] = [];
  node.forEachChild((child) => void found.push(child));
  return found;
}

function lineOf(node: ts.Node): number {
  const source = node.getSourceFile();
  return source.getLineAndCharacterOfPosition(node.getStart()).line + 1;
}

function row(name: string, found: readonly Judged[]): void {
  const count = (fate: Fate, among = found) => among.filter((one) => one.fate === fate).length;
  const share = (part: number, whole: number) =>
    whole === 0 ? '–' : `${((100 * part) / whole).toFixed(1)} %`;
  const guards = found.filter(({ leaves }) => leaves);
  const cells = [
    ...[found.length, count('typed'), count('opaque'), count('absent')],
    share(count('typed'), count('typed') + count('opaque')),
    share(count('typed', guards), guards.length),
  ];
  console.log(`| ${name} | ${cells.join(' | ')} |`);
}

function forms(fate: Fate): void {
  const counted = Map.groupBy(
    all.filter((one) => one.fate === fate),
    ({ node }) => formOf(node),
  );
  console.log(`\n${fate}, by form:`);
  for (const [form, group] of [...counted]
    .sort((a, b) => b[1].length - a[1].length)
    .slice(0, FORMS)) {
    const [first] = group;
    const at = first
      ? `${first.app}/${first.file}:${lineOf(first.node)} ${oneLine(first.node)}`
      : '';
    console.log(`${String(group.length).padStart(5)}  ${form}   ${at}`);
  }
}

function draw(): void {
  const typed = all.filter(({ fate }) => fate === 'typed');
  const keyed = typed.map((one) => ({
    one,
    key: digest([seed, one.app, one.file, lineOf(one.node), oneLine(one.node)]),
  }));
  const drawn = keyed.sort((a, b) => (a.key < b.key ? -1 : 1)).slice(0, DRAWN);
  console.log(`\n${drawn.length} of ${typed.length} typed, drawn by seed ${seed}:`);
  for (const { one } of drawn) {
    console.log(`\n${one.app}/${one.file}:${lineOf(one.node)}  ${oneLine(one.node)}`);
    const shown = one.atoms.map(({ at: _, ...atom }) => JSON.stringify(atom));
    for (const text of [...new Set(shown)].slice(0, 3)) console.log(`    ${text.slice(0, 400)}`);
  }
}

function oneLine(node: ts.Node): string {
  return node.getText().replace(/\s+/g, ' ').slice(0, 140);
}
