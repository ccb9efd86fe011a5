import { type Atom, atomsOf, FALSE, type Formula, TRUE, variablesOf } from './formula.ts';

/**
 * What a CHECK still asks once a column is null: a comparison with it is unknown then, and a CHECK refuses
 * only what is false. Whether the column is null can be told, so such tests stay; null where there is
 * nothing else.
 */
export function unlessNull(check: Formula, column: string): Formula | null {
  const lost = (atom: Atom) => variablesOf([atom]).has(column) && !asksForNull(atom);
  const rest = (part: Formula, unknown: Formula): Formula => {
    switch (part.kind) {
      case 'atom':
        return lost(part) ? unknown : part;
      case 'not':
        return { kind: 'not', of: rest(part.of, unknown === TRUE ? FALSE : TRUE) };
      case 'all':
      case 'some':
        return { kind: part.kind, of: part.of.map((item) => rest(item, unknown)) };
      case 'unknown':
        return part;
    }
  };
  return atomsOf(check).some(lost) ? rest(check, TRUE) : null;
}

function asksForNull({ left, right }: Atom): boolean {
  return [left, right].some((side) => side.kind === 'value' && side.value === null);
}
