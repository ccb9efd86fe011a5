import type { Table } from '../../db/db.ts';
import type { ts } from '../../kernel/syntax.ts';
import { builtIn } from '../trace/classes.ts';
import { bringAbout, mayThrow } from '../trace/errors.ts';
import { all, atom, FALSE, type Formula, isFalse, not, some, TRUE } from '../trace/formula.ts';
import { atomsOf, isSent } from '../trace/input-facts.ts';
import type { Machine } from '../trace/machine.ts';
import { placeAt } from '../trace/source.ts';
import { termsIn } from '../trace/terms.ts';
import type { Fields, Value } from '../trace/values.ts';

interface Update {
  readonly table: Table;
  readonly fields: Fields;
  readonly node: ts.Node;
  /** The names of what the library throws for an update of nothing. */
  readonly error: readonly string[];
}

/** An update whose every value may be left out of the request is refused where all of them are. */
export function nothingSet(machine: Machine, update: Update): void {
  const { table, fields, node, error } = update;
  if (fields.size === 0 || isFilled(table) || isLookedAt(machine, fields)) return;
  const when = all([...fields.values()].map((value) => isLeftOut(machine, value, node)));
  if (isFalse(when)) return;
  const value = builtIn(error, []);
  bringAbout(value);
  mayThrow(machine, { when, value }, node);
}

/** Whether a column may be filled in with every update: nobody says which of those with a value of their own are. */
function isFilled({ columns }: Table): boolean {
  return columns.some(
    ({ name, default: otherwise }) =>
      otherwise.kind === 'application' ||
      (/^(updated|modified)/.test(name) && otherwise.kind !== 'none'),
  );
}

/** Whether code that can't be read has looked at the whole of what is set. */
function isLookedAt(machine: Machine, fields: Fields): boolean {
  const terms = [...fields.values()].flatMap(termsIn);
  const wholes = terms.flatMap((each) => (each.kind === 'input' ? [each] : []));
  const refined = wholes.some(({ from }) => 'x-refine' in (machine.inputs.get(from) ?? {}));
  const seen = machine.path.facts
    .flatMap(atomsOf)
    .flatMap((fact) => (fact.kind === 'opaque' ? fact.terms : []));
  return (
    refined ||
    seen.some((each) => each.kind === 'input' && wholes.some(({ from }) => from === each.from))
  );
}

function isLeftOut(machine: Machine, value: Value, node: ts.Node): Formula {
  if (value.kind === 'undefined') return TRUE;
  if (value.kind === 'choice') {
    const [yes, no] = [value.yes, value.no].map((side) => isLeftOut(machine, side, node));
    return some([all([value.when, yes ?? FALSE]), all([not(value.when), no ?? FALSE])]);
  }
  if (value.kind !== 'term' || value.term.kind !== 'input') return FALSE;
  if (isSent(machine, value.term)) return FALSE;
  const { from, path } = value.term;
  return atom({ kind: 'input', is: 'missing', at: placeAt(node), from, path: [...path] });
}
