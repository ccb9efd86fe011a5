import { type Formula, given, literalComparison, opposedKey } from './formula.ts';

/** Facts that hold together, each cut to what the others leave open of it; by key. */
interface Together {
  readonly all: ReadonlyMap<string, Formula>;
  /** The disjunctions among them. */
  readonly open: ReadonlyMap<string, Formula>;
  /** The literal that a term equals. */
  readonly equal: ReadonlyMap<string, string>;
}

const NOTHING: Together = { all: new Map(), open: new Map(), equal: new Map() };

/** What was found of lists of facts; null where they exclude each other. */
const found = new WeakMap<readonly Formula[], Together | null>();

/** What a list of facts comes to with another one; null where that can't hold beside them. */
export function togetherWith(facts: readonly Formula[], fact: Formula): Together | null {
  let before = found.get(facts);
  if (before === undefined) {
    before = added(NOTHING, facts);
    found.set(facts, before);
  }
  return before && added(before, [fact]);
}

/** Says what a list of facts comes to, so that it need not be found again. */
export function noteTogether(facts: readonly Formula[], together: Together): void {
  found.set(facts, together);
}

interface Adding extends Together {
  readonly all: Map<string, Formula>;
  readonly open: Map<string, Formula>;
  readonly equal: Map<string, string>;
  /** What is still to be added. */
  readonly next: Formula[];
}

function added(before: Together, facts: readonly Formula[]): Together | null {
  const [all, open, equal] = [new Map(before.all), new Map(before.open), new Map(before.equal)];
  const adding: Adding = { all, open, equal, next: [...facts] };
  for (const fact of adding.next) if (!add(adding, fact)) return null;
  return { all, open, equal };
}

/** False where the fact can't hold beside the others. */
function add(adding: Adding, fact: Formula): boolean {
  const { all, open, next } = adding;
  if (fact.kind === 'all') next.push(...fact.of);
  if (fact.kind === 'all' || all.has(fact.key)) return true;
  if (fact.kind === 'atom') return all.has(opposedKey(fact)) ? false : addAtom(adding, fact);
  const left = given(fact, all);
  if (left !== fact) next.push(left);
  else if (fact.of.length === 0) return false;
  else {
    open.set(fact.key, fact);
    put(adding, fact);
  }
  return true;
}

/** Equality with one literal rules out equality with another and implies being unequal to it. */
function addAtom(adding: Adding, atom: Formula): boolean {
  const { all, equal } = adding;
  const said = literalComparison(atom);
  const before = said ? equal.get(said.left) : undefined;
  if (said?.op === '=') {
    if (before !== undefined && before !== said.right) return false;
    equal.set(said.left, said.right);
    for (const [key, other] of all) {
      const also = literalComparison(other);
      if (also?.op === '!=' && also.left === said.left && also.right !== said.right)
        all.delete(key);
    }
  }
  if (said?.op === '!=' && before !== undefined && before !== said.right) return true;
  put(adding, atom);
  return true;
}

function put({ all, open, next }: Adding, fact: Formula): void {
  all.set(fact.key, fact);
  const known = new Set([fact.key]);
  for (const [key, other] of open) {
    if (other === fact) continue;
    const left = given(other, known);
    if (left === other) continue;
    open.delete(key);
    all.delete(key);
    next.push(left);
  }
}
