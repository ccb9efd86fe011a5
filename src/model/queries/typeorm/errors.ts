import { builtIn } from '../../trace/classes.ts';
import { databaseError, errorFacts, type Violated } from '../../trace/errors.ts';
import { literal, unknown, type Value } from '../../trace/values.ts';

/** What TypeORM throws for the driver's error, which it carries along. */
export function queryFailed(violated: Violated): Value {
  return builtIn(
    ['QueryFailedError', 'TypeORMError', 'Error'],
    [
      ['name', literal('QueryFailedError')],
      ['message', unknown('message')],
      ['driverError', databaseError(violated)],
      ...errorFacts(violated),
    ],
  );
}

/** `findOneOrFail` without a row. */
export function entityNotFound(): Value {
  return builtIn(
    ['EntityNotFoundError', 'TypeORMError', 'Error'],
    [
      ['name', literal('EntityNotFoundError')],
      ['message', unknown('message')],
    ],
  );
}
