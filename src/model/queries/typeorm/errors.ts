import { builtIn } from '../../trace/classes.ts';
import { OWN_WORDS } from '../../trace/error-words.ts';
import { databaseError, errorFacts, type Violated } from '../../trace/errors.ts';
import { called } from '../../trace/terms.ts';
import { literal, typed, unknown, type Value } from '../../trace/values.ts';

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

/** `findOneOrFail` without a row: the message names the entity. */
export function entityNotFound(entity: string): Value {
  const named = literal(`Could not find any entity of type "${entity}" matching: `);
  return builtIn(
    ['EntityNotFoundError', 'TypeORMError', 'Error'],
    [
      ['name', literal('EntityNotFoundError')],
      ['message', called('concat', [named, unknown('criteria')], typed('string'))],
    ],
  );
}
