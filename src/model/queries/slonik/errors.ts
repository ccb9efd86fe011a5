import { builtIn } from '../../trace/classes.ts';
import { errorFacts, type Violated } from '../../trace/errors.ts';
import { literal, type Value } from '../../trace/values.ts';

const VIOLATIONS: Readonly<Record<Violated['code'], string>> = {
  '23505': 'UniqueIntegrityConstraintViolationError',
  '23503': 'ForeignKeyIntegrityConstraintViolationError',
};

/** What a statement that a constraint refuses throws (Slonik's `errors.ts`). */
export function violationError(violated: Violated): Value {
  const name = VIOLATIONS[violated.code];
  const facts = errorFacts(violated);
  return builtIn(
    [name, 'IntegrityConstraintViolationError', 'SlonikError', 'Error'],
    [...facts, ['name', literal(name)], ['cause', builtIn(['DatabaseError', 'Error'], facts)]],
  );
}

/** What `one` and `many` throw where no row is found. */
export function notFound(): Value {
  return builtIn(
    ['NotFoundError', 'SlonikError', 'Error'],
    [
      ['name', literal('NotFoundError')],
      ['message', literal('Resource not found.')],
    ],
  );
}
