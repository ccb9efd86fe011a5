import type { Finding } from '../../kernel/finding.ts';
import { schemaAt, schemaOf } from '../../kernel/json-schema.ts';
import { isMade, type PlannedRow } from '../plan.ts';
import { faultsOf } from '../request/valid.ts';
import { type Checked, problem, type Rule } from './context.ts';
import { ownRow } from './rows.ts';

/** Personas are made rows of the acting user's table or nobody's, and requests are sent as one of them. */
export const actingPersonas: Rule = ({ plan, app }) => {
  const personas = Object.entries(plan.given.personas).flatMap(([name, persona]) => {
    const path = `given.personas.${name}`;
    if (!('row' in persona))
      return app.auth?.handed ? [] : [problem('personaIsGone', path, { persona: name })];
    const { row } = persona;
    const planned = ownRow(plan, row);
    if (!planned) return [problem('danglingRef', path, { ref: row })];
    if (planned.table === app.auth?.actor) return [];
    return [problem('personaIsNoActor', path, { row, table: planned.table })];
  });
  const senders = plan.when.flatMap(({ as }, index) =>
    as === null || Object.hasOwn(plan.given.personas, as)
      ? []
      : [problem('unknownPersona', `when.${index}.as`, { persona: as })],
  );
  return [...personas, ...senders];
};

/**
 * Personas can be signed up where the app's own routes do that: one row, made by a route that there is, of
 * values it takes. Whom the config signs in needs none of it.
 */
export const signablePersonas: Rule = (checked) => {
  const { plan, app } = checked;
  if (!app.auth || app.auth.handed) return [];
  return Object.entries(plan.given.personas).flatMap(([persona, about]) => {
    if (!('row' in about)) return [];
    const { row } = about;
    const planned = ownRow(plan, row);
    if (!planned || planned.table !== app.auth?.actor) return [];
    return signUpProblems(checked, { persona, row, planned });
  });
};

function signUpProblems(
  { app }: Checked,
  about: { readonly persona: string; readonly row: string; readonly planned: PlannedRow },
): Finding[] {
  const { persona, row, planned } = about;
  const signUp = app.auth?.signUp;
  const path = `given.personas.${persona}`;
  if (!signUp) {
    return [problem('personaWithoutSignUp', path, { persona, row, wanted: carriedBy(app) })];
  }
  if (!isMade(planned) || (planned.count ?? 1) > 1) {
    return [problem('personaNotMade', path, { persona, row })];
  }
  const body = schemaOf(app.routes.find(({ id }) => id === signUp.route)?.input.body);
  return Object.entries(signUp.fields).flatMap(([field, column]) => {
    const value = Object.hasOwn(planned.set, column) ? planned.set[column] : undefined;
    const schema = schemaAt(body, field.split('.'));
    if (value === undefined || !schema) return [];
    return faultsOf(schema, value).map(({ keyword }) =>
      problem('signUpMismatch', `given.rows.${row}.set.${column}`, {
        ...{ persona, column, keyword, route: signUp.route },
      }),
    );
  });
}

/** How a request says who sends it where nobody can be signed up, in words for who mends the plan. */
function carriedBy({ auth }: Checked['app']): string {
  if (!auth?.session) return 'no persona: no route signs people up';
  const { carrier, session } = auth;
  return (
    `no persona, as no route signs people up: "as" null, a made row of ${session.table}, and in the request's ` +
    `${carrier.from} a literal ${carrier.name} by which the code finds that row's ${session.column}`
  );
}
