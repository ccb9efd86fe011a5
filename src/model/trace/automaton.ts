/** Characters as ranges of code points, in order. */
export type Letters = readonly (readonly [from: number, to: number])[];

const LAST = 0x10_ff_ff;
export const ANY: Letters = [[0, LAST]];

/** What a text must be: letters in a row, one of several, or something again and again. */
export type Pattern =
  | { readonly kind: 'letter'; readonly of: Letters }
  | { readonly kind: 'row' | 'oneOf'; readonly of: readonly Pattern[] }
  | { readonly kind: 'again'; readonly of: Pattern }
  /** Where the text begins or ends. */
  | { readonly kind: 'start' | 'end' };

export const NOTHING: Pattern = { kind: 'row', of: [] };
export const ANYTHING: Pattern = { kind: 'again', of: { kind: 'letter', of: ANY } };

export function letter(code: number): Pattern {
  return { kind: 'letter', of: [[code, code]] };
}

export function textPattern(text: string): Pattern {
  return { kind: 'row', of: [...text].map((each) => letter(each.codePointAt(0) ?? 0)) };
}

/** A text from its start to its end. */
export function whole(...of: readonly Pattern[]): Pattern {
  return { kind: 'row', of: [{ kind: 'start' }, ...of, { kind: 'end' }] };
}

/** All letters but these. */
export function without(letters: Letters): Letters {
  const sorted = [...letters].sort(([a], [b]) => a - b);
  const left: [number, number][] = [];
  let from = 0;
  for (const [low, high] of sorted) {
    if (low > from) left.push([from, low - 1]);
    from = Math.max(from, high + 1);
  }
  if (from <= LAST) left.push([from, LAST]);
  return left;
}

const START = LAST + 1;
const END = LAST + 2;
const STATES = 2_000;

interface Automaton {
  readonly empty: number[][];
  readonly steps: { readonly of: Letters; readonly to: number }[][];
  readonly accepts: number;
}

/**
 * Whether texts of one kind are all, none or some of another (undefined): both are run side by side over every text
 * of the first, letters that nothing tells apart taken as one.
 */
export function isAlways(texts: Pattern, wanted: Pattern): boolean | undefined {
  const [given, asked] = [texts, wanted].map(automatonOf);
  if (!given || !asked) return undefined;
  const alphabet = alphabetOf([given, asked]);
  const first = [closed(given, [0]), closed(asked, [0])] as const;
  const seen = new Set<string>([keyOf(first)]);
  const open = [first];
  let yes = false;
  let no = false;
  for (let at = open.pop(); at; at = open.pop()) {
    if (at[0].includes(given.accepts)) {
      if (at[1].includes(asked.accepts)) yes = true;
      else no = true;
    }
    if ((yes && no) || seen.size > STATES) return undefined;
    for (const code of alphabet) {
      const next = [after(given, at[0], code), after(asked, at[1], code)] as const;
      const key = keyOf(next);
      if (next[0].length === 0 || seen.has(key)) continue;
      seen.add(key);
      open.push(next);
    }
  }
  return yes;
}

function keyOf([given, asked]: readonly [readonly number[], readonly number[]]): string {
  return `${given.join()}|${asked.join()}`;
}

function automatonOf(pattern: Pattern): Automaton {
  const empty: number[][] = [];
  const steps: { of: Letters; to: number }[][] = [];
  const state = () => {
    steps.push([]);
    return empty.push([]) - 1;
  };
  const start = state();
  const end = build(pattern, start);
  return { empty, steps, accepts: end };

  function build(part: Pattern, from: number): number {
    if (part.kind === 'row') return part.of.reduce((at, each) => build(each, at), from);
    const to = state();
    if (part.kind === 'letter') steps[from]?.push({ of: part.of, to });
    else if (part.kind === 'oneOf') {
      for (const each of part.of) empty[build(each, branchOff(from))]?.push(to);
    } else if (part.kind === 'again') {
      const inner = branchOff(from);
      empty[from]?.push(to);
      empty[build(part.of, inner)]?.push(inner, to);
    } else {
      const mark = part.kind === 'start' ? START : END;
      steps[from]?.push({ of: [[mark, mark]], to });
    }
    return to;
  }

  function branchOff(from: number): number {
    const own = state();
    empty[from]?.push(own);
    return own;
  }
}

function closed({ empty }: Automaton, states: readonly number[]): readonly number[] {
  const all = new Set(states);
  for (const each of all) for (const next of empty[each] ?? []) all.add(next);
  return [...all].sort((a, b) => a - b);
}

function after(automaton: Automaton, states: readonly number[], code: number): readonly number[] {
  const reached = states.flatMap((each) =>
    (automaton.steps[each] ?? []).flatMap(({ of, to }) => (has(of, code) ? [to] : [])),
  );
  return closed(automaton, reached);
}

function has(letters: Letters, code: number): boolean {
  return letters.some(([from, to]) => code >= from && code <= to);
}

/** One letter of each kind that the automata tell apart. */
function alphabetOf(automata: readonly Automaton[]): readonly number[] {
  const edges = new Set<number>([0]);
  for (const { steps } of automata) {
    for (const [from, to] of steps.flat().flatMap(({ of }) => of)) edges.add(from).add(to + 1);
  }
  return [...edges].filter((code) => code <= END);
}
