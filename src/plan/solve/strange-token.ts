import type { Condition } from '../../condition/condition.ts';
import { schemaAt, schemaOf } from '../../kernel/json-schema.ts';
import type { Bound } from './bindings.ts';
import { personaOf } from './given.ts';
import { looksUpActor, readsCarrier } from './setting.ts';
import { rowsOf } from './world.ts';

/** Whether a condition asks for a token that nobody signed or gave. */
export function isStrange(bound: Bound, condition: Condition): boolean {
  const { app, route } = bound.solution.world.setting;
  if (condition.kind !== 'input' || condition.is !== 'invalid') return false;
  const declared = schemaAt(schemaOf(route.input[condition.from]), condition.path);
  return declared === null && readsCarrier(app, condition);
}

/** A token nobody was given, where the code wants one it can't find or that is not in order. */
export function strangeToken(bound: Bound): {
  headers?: Record<string, string>;
  cookies?: Record<string, string>;
} {
  const { setting } = bound.solution.world;
  const { app, when } = setting;
  if (!app.auth || rowsOf(bound.solution.world).some((row) => row.origin === 'session')) return {};
  const lookedUp = when.some((item) => {
    const query = item.kind === 'absent' ? setting.queries.get(item.query) : undefined;
    return query !== undefined && looksUpActor(app, query);
  });
  const withheld = when.some(
    (item) =>
      item.kind === 'input' &&
      item.is === 'missing' &&
      readsCarrier(app, { ...item, kind: 'input' }),
  );
  const strange = when.some((item) => isStrange(bound, item));
  if (!(lookedUp || strange) || withheld || personaOf(bound) !== null) return {};
  const { from, name } = app.auth.carrier;
  const bearer = from === 'headers' && name.toLowerCase() === 'authorization';
  return { [from]: { [name]: bearer ? 'Bearer unknown-token' : 'unknown-token' } };
}
