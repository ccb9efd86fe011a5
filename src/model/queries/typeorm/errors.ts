import { builtIn } from '../../trace/classes.ts';
import { OWN_WORDS } from '../../trace/error-words.ts';
import { databaseError, errorFacts, type Violated } from '../../trace/errors.ts';
import { literal, type Value } from '../../trace/values.ts';

/** What TypeORM throws for the driver's error, which it carries along. */
export function queryFailed(violated: Violated): Value {
  return builtIn(
    ['QueryFailedError', 'TypeORMError', 'Error'],
    [
      ['name', literal('QueryFailedError')],
      ['message', OWN_WORDS],
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
      ['message', OWN_WORDS],
    ],
  );
}
