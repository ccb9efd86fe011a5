import { ts } from '../../kernel/syntax.ts';
import type { BranchCoverage, Verdict } from '../proof.ts';
import type { Covering } from './covering.ts';
import { isUnit, liveFunctions } from './live.ts';
import type { Sources } from './place.ts';
import type { FileSide } from './tally.ts';

interface Line {
  readonly file: string;
  readonly line: number;
}

/** An ending of the app: where it stands, where what leads to it is decided, what became of it. */
export interface Told extends Line {
  readonly when: readonly Line[];
  readonly verdict: Verdict;
}

export interface Around {
  readonly sources: Sources;
  /** The files the app's routes stand in, loaded or not. */
  readonly routeFiles: readonly string[];
  readonly told: readonly Told[];
}

/** The share of the branch sides that requests can reach. */
export function shareOf(covering: Covering, around: Around): BranchCoverage {
  const { tally, boot, plans, plain } = covering;
  const ids = (reached: typeof boot) => (side: FileSide) => reached.taken.has(side.id);
  const isTaken = (side: FileSide) => ids(plans)(side) || ids(plain)(side);
  const wasAsked = ({ id }: FileSide) => plans.decided.has(id) || plain.decided.has(id);
  const all = reachable(covering, around);
  const bootOnly = all.filter((side) => boot.decided.has(side.id) && !wasAsked(side));
  const closed = all.filter((side) => !isTaken(side) && isClosed(side, around.told));
  const out = new Set([...bootOnly, ...closed]);
  const sides = all.filter((side) => !out.has(side));
  const count = (reached: typeof boot) => sides.filter(ids(reached)).length;
  return {
    sides: sides.length,
    taken: count(plans),
    boot: count(boot),
    plain: count(plain),
    leftOut: {
      bootOnly: bootOnly.length,
      infeasible: closed.filter((side) => !bootOnly.includes(side)).length,
    },
    unmapped: [...tally.unmapped()],
    missed: sides
      .filter((side) => !ids(plans)(side))
      .map((side) => missedSide(side, { decided: plans.decided.has(side.id), told: around.told })),
  };
}

/** The sides in functions that requests may come to call, of what ran and of the files of the routes. */
function reachable({ tally }: Covering, around: Around): FileSide[] {
  const { sources, routeFiles } = around;
  const ran = new Set(tally.mapped());
  if (ran.size === 0) return [];
  const files = [...new Set([...ran, ...routeFiles])].filter((file) => !inBrowser(file, sources));
  const imported = new Set(files.flatMap((file) => importsOf(file, sources)));
  const roots = new Set(files.filter((file) => !imported.has(file)));
  const live = liveFunctions(files.sort(), { roots, code: sources });
  return files.flatMap((file) =>
    tally
      .sides(file)
      .filter(({ id, node }) => isLive(node, live) && (!ran.has(file) || tally.has(id))),
  );
}

/** What runs in a browser no process of the app counts. */
function inBrowser(file: string, { source }: Sources): boolean {
  return /^\s*['"]use client['"]/m.test(source(file)?.text.slice(0, 500) ?? '');
}

/** Its nearest function is one that is called; what stands outside of any runs at the boot alone. */
function isLive(node: ts.Node, live: ReadonlySet<ts.Node>): boolean {
  for (let at: ts.Node | undefined = node; at; at = at.parent) {
    if (isUnit(at)) return live.has(at);
  }
  return false;
}

function importsOf(file: string, { source, resolve }: Sources): string[] {
  return (source(file)?.statements ?? []).flatMap((statement) => {
    if (!ts.isImportDeclaration(statement) && !ts.isExportDeclaration(statement)) return [];
    const { moduleSpecifier: from } = statement;
    return from && ts.isStringLiteral(from) ? (resolve(file, from.text) ?? []) : [];
  });
}

/** Whether it holds endings, and none of them that can come about. */
function isClosed(side: FileSide, told: readonly Told[]): boolean {
  const within = toldIn(side, told);
  return within.length > 0 && within.every(({ verdict }) => verdict === 'infeasible');
}

const WHOLE: ReadonlySet<string> = new Set(['then', 'else', 'case', 'catch']);

/** The endings that stand in the statements of a side; of an expression's side a line does not tell. */
function toldIn({ kind, file, node }: FileSide, told: readonly Told[]): Told[] {
  if (!WHOLE.has(kind)) return [];
  const [first, last] = [lineOf(node, node.getStart()), lineOf(node, node.getEnd())];
  return told.filter((each) => each.file === file && each.line >= first && each.line <= last);
}

/** The endings that what decides the branch leads to or away from. */
function decidedIn({ file, node, decided }: FileSide, told: readonly Told[]): Told[] {
  const [first, last] = [lineOf(node, decided.start), lineOf(node, decided.end)];
  return told.filter(({ when }) =>
    when.some((at) => at.file === file && at.line >= first && at.line <= last),
  );
}

function missedSide(
  side: FileSide,
  { decided, told }: { decided: boolean; told: readonly Told[] },
): BranchCoverage['missed'][number] {
  const { file, kind, node } = side;
  const unproven = told.filter(({ verdict }) => verdict !== 'proven');
  const [because] = [...toldIn(side, unproven), ...decidedIn(side, unproven)];
  return {
    file,
    line: lineOf(node, node.getStart()),
    side: kind,
    code: oneLine(node.getText()),
    decided,
    because: because?.verdict ?? null,
  };
}

function lineOf(node: ts.Node, position: number): number {
  return node.getSourceFile().getLineAndCharacterOfPosition(position).line + 1;
}

const MOST = 100;

function oneLine(text: string): string {
  const flat = text.replace(/\s+/g, ' ');
  return flat.length > MOST ? `${flat.slice(0, MOST - 1)}…` : flat;
}
