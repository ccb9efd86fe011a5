import { all, type Formula, not, TRUE } from '../../trace/formula.ts';
import { branchValue } from '../../trace/path.ts';
import { choose } from '../../trace/terms.ts';
import { literal, type Special, UNDEFINED, type Value } from '../../trace/values.ts';
import { type At, isFailure } from './run.ts';

/** One of the errors that a cause may be. */
interface Case {
  readonly when: Formula;
  readonly error: Value;
}

const causes = new WeakMap<Value, readonly Case[]>();

/** Why an effect ended without a value. */
export function causeOf(error: Value): Special {
  return cause([{ when: TRUE, error }]);
}

function cause(cases: readonly Case[]): Special {
  const of = (work: (error: Value) => Value): Value =>
    cases.reduceRight<Value>(
      (after, { when, error }) => choose(when, work(error), after),
      UNDEFINED,
    );
  const made: Special = {
    kind: 'special',
    name: 'Cause',
    get: (name) => {
      if (name === '_tag') return of((error) => literal(isFailure(error) ? 'Fail' : 'Die'));
      return name === 'error' || name === 'defect' ? of((error) => error) : undefined;
    },
    joined: (when, other) => {
      const others = causes.get(other);
      const under = (formula: Formula) => (each: Case) => ({
        ...each,
        when: all([formula, each.when]),
      });
      return others && cause([...cases.map(under(when)), ...others.map(under(not(when)))]);
    },
  };
  causes.set(made, cases);
  return made;
}

/** What is made of the error that a cause is; of what is no cause as of an error. */
export function ofCause({ machine }: At, value: Value, work: (error: Value) => Value): Value {
  const [first, ...rest] = causes.get(value) ?? [{ when: TRUE, error: value }];
  const from = ({ when, error }: Case, others: readonly Case[]): Value => {
    const [next, ...after] = others;
    if (!next) return work(error);
    return branchValue(machine, when, { yes: () => work(error), no: () => from(next, after) });
  };
  return first ? from(first, rest) : UNDEFINED;
}
