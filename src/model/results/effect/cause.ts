import { all, type Formula, not, TRUE, weightOf } from '../../trace/formula.ts';
import { assume, branchValue } from '../../trace/path.ts';
import { choose } from '../../trace/terms.ts';
import { literal, type Special, UNDEFINED, type Value } from '../../trace/values.ts';
import { type At, isFailure, type Thrown } from './run.ts';

/** One of the errors that a cause may be. */
interface Case {
  readonly when: Formula;
  readonly error: Value;
  /** Where it was thrown. */
  readonly at: At;
  /** What it was thrown out of, where its condition tells it from all others that were. */
  readonly of: object | null;
}

const causes = new WeakMap<Value, readonly Case[]>();

/** Why an effect ended without a value. */
export function causeOf(error: Value, at: At | Thrown): Special {
  const told = 'of' in at ? { when: at.when, of: at.of } : { when: TRUE, of: null };
  return cause([{ error, at, ...told }]);
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
      if (!others) return undefined;
      const [one] = cases;
      const isTold = [...cases, ...others].every((each) => each.of && each.of === one?.of);
      if (isTold) return cause([...cases, ...others]);
      return cause([...cases.map(under(when)), ...others.map(under(not(when)))]);
    },
  };
  causes.set(made, cases);
  return made;
}

const under = (formula: Formula) => (each: Case) => ({
  ...each,
  when: all([formula, each.when]),
  of: null,
});

/** What is made of the error that a cause is, and where it was thrown; of what is no cause as of an error. */
export function ofCause(at: At, value: Value, work: (error: Value, thrown: At) => Value): Value {
  const { machine } = at;
  const from = ({ when, ...own }: Case, [next, ...after]: readonly Case[]): Value => {
    if (next)
      return branchValue(machine, when, {
        yes: () => work(own.error, own.at),
        no: () => from(next, after),
      });
    assume(machine, when);
    return machine.path.dead ? UNDEFINED : work(own.error, own.at);
  };
  const cases = causes.get(value) ?? [];
  const [first, ...rest] = cases.toSorted((a, b) => weightOf(a.when) - weightOf(b.when));
  return first ? from(first, rest) : work(value, at);
}
