import { type Classes, membersOf, unite } from './classes.ts';
import { type Domain, domainOf, freshFor, meet } from './domain.ts';
import { holds } from './evaluate.ts';
import {
  type Datum,
  type Formula,
  type Variable,
  variableOf,
  variablesOf,
  walkFormula,
} from './formula.ts';
import { orderedVariables } from './ordered.ts';
import type { Problem } from './search.ts';
import { columnOf } from './setting.ts';
import { ownValue } from './signed.ts';
import { rowNamed, rowsOf, type World } from './world.ts';

/** The formulas of a world with its variables united: what is known before anything is chosen. */
export interface Posed extends Problem {
  readonly classes: Classes;
  readonly members: ReadonlyMap<string, readonly Variable[]>;
}

export function pose(world: World, formulas: readonly Formula[]): Posed {
  const variables = variablesOf(formulas);
  const classes = unite(formulas, variables);
  const members = membersOf(classes);
  const domains = new Map<string, Domain>();
  for (const [name, list] of members) {
    const domain = meet(list.map((variable) => domainOf(world, variable)));
    domains.set(name, isUnlinked(world, list) ? nothing(domain) : domain);
  }
  const ordered = orderedClasses(formulas, { classes, domains });
  const preferred = preferredValues(world, members);
  const known = new Map(classes.constants);
  for (const name of identities(world, classes)) {
    const takesAny = domains.get(name)?.fresh === 'own' && !ordered.has(name);
    if (!known.has(name) && takesAny) known.set(name, freshFor(name, domains.get(name)));
  }
  return { formulas, classes, members, domains, of: classes.of, known, ordered, preferred };
}

/** Whether it is nothing but references that may be left out, to rows that nobody has added. */
function isUnlinked(world: World, members: readonly Variable[]): boolean {
  return members.every((variable) => {
    if (variable.kind !== 'cell') return false;
    const row = rowNamed(world, variable.row);
    const column = row && columnOf(row.table, variable.column);
    const refers = row?.table.foreignKeys.some(({ columns }) => columns.includes(variable.column));
    return column?.nullable === true && refers === true && row?.origin === 'made';
  });
}

function nothing(domain: Domain): Domain {
  return { ...domain, fresh: 'never', accepts: (datum) => datum === null };
}

/** The classes that a fresh value won't do for. */
function orderedClasses(
  formulas: readonly Formula[],
  { classes, domains }: { classes: Classes; domains: ReadonlyMap<string, Domain> },
): Set<string> {
  const { ordered, matched } = orderedVariables(formulas);
  const untold = [...matched].filter((name) => {
    const { reads } = freshFor(name, domains.get(classes.of(name)));
    return reads === undefined;
  });
  return new Set([...ordered, ...untold].map(classes.of));
}

/** What can't hold; `exact` where literals alone say so, whatever rows there are. */
export interface Contradiction {
  readonly between: readonly Formula[];
  readonly exact: boolean;
}

/** Why no choice can help: two equalities that exclude each other, or a formula that is already false. */
export function contradiction(posed: Posed): Contradiction | null {
  if (posed.classes.conflict) return { between: posed.classes.conflict, exact: true };
  for (const [name, value] of posed.classes.constants) {
    if (posed.domains.get(name)?.accepts(value) !== false) continue;
    const [variable] = posed.members.get(name) ?? [];
    if (!variable) continue;
    const left = variableOf(variable);
    const right = { kind: 'value', value } as const;
    return {
      between: [{ kind: 'atom', left, op: '=', right, margin: 0, sql: false }],
      exact: true,
    };
  }
  const lookup = (name: string): Datum | undefined => posed.known.get(posed.of(name));
  const same = (left: string, right: string): boolean => {
    const name = posed.of(left);
    return name === posed.of(right) && posed.domains.get(name)?.nullable === false;
  };
  const refuted = posed.formulas.find((formula) => holds(formula, lookup, same) === false);
  return refuted ? { between: [refuted], exact: isFinal(refuted) } : null;
}

/** Whether a formula that is false stays so whatever rows are added. */
function isFinal(formula: Formula): boolean {
  if (formula.kind === 'unknown' || formula.kind === 'some') return false;
  if (formula.kind === 'all') return formula.of.every(isFinal);
  let counts = false;
  walkFormula(formula, (expr) => {
    if (expr.kind === 'fold' || expr.kind === 'choice') counts = true;
  });
  return !counts;
}

/** The classes of single-column primary keys: distinct rows have distinct ones. */
function identities(world: World, classes: Classes): string[] {
  return rowsOf(world).flatMap((row) => {
    const [key] = row.table.primaryKey;
    const name = `${row.id}.${key}`;
    const single = row.table.primaryKey.length === 1 && row.origin !== 'written';
    return single && classes.variables.has(name) ? [classes.of(name)] : [];
  });
}

function preferredValues(
  world: World,
  members: ReadonlyMap<string, readonly Variable[]>,
): Map<string, Datum> {
  const preferred = new Map<string, Datum>();
  for (const [name, list] of members) {
    for (const variable of list) {
      if (variable.kind !== 'cell') continue;
      const own = ownValue(world, variable.row, variable.column);
      if (own !== undefined && !preferred.has(name)) preferred.set(name, own);
    }
  }
  return preferred;
}
