import type { App } from '../../model/model.ts';
import type { Plan, Value } from '../../plan/plan.ts';
import { refOf } from '../../plan/plan.ts';
import { durationMs, expressionOf, literal, pathOf, property, type RowOf } from './source.ts';

/** Lines that check an answer held in a variable `answer`; `reader` is what the state is called. */
export function answerChecks(
  plan: Plan,
  { app, rowOf, reader }: { app: App; rowOf: RowOf; reader: string },
): string[] {
  const { status, location, text } = plan.then;
  const body = bodyChecks(plan, app, rowOf);
  const hasText = text.present.length + text.absent.length > 0;
  const names = [
    'status',
    ...(location === undefined ? [] : ['location']),
    ...(body.length > 0 ? ['body'] : []),
    ...(hasText ? ['text'] : []),
  ];
  const part = (said: string) => pathOf(said.replace(/\s+/g, ' ').trim(), rowOf, false);
  return [
    `const { ${names.join(', ')} } = await ${reader}.read(answer);`,
    `expect(status).toBe(${status});`,
    ...(location === undefined
      ? []
      : [`expect(location).toBe(${pathOf(location, rowOf, false)});`]),
    ...body,
    ...text.present.map((said) => `expect(text).toContain(${part(said)});`),
    ...text.absent.map((said) => `expect(text).not.toContain(${part(said)});`),
  ];
}

function bodyChecks(plan: Plan, app: App, rowOf: RowOf): string[] {
  const entries = Object.entries(plan.then.body ?? {});
  return entries.flatMap(([path, value]) => {
    const actual = `body${path.split('.').map(property).join('')}`;
    return check(actual, value, { plan, app, rowOf });
  });
}

interface About {
  readonly plan: Plan;
  readonly app: App;
  readonly rowOf: RowOf;
}

function check(actual: string, value: Value, about: About): string[] {
  const ref = refOf(value);
  if (ref) return [refCheck(actual, ref, about)];
  if (typeof value !== 'object' || value === null) {
    return [`expect(${actual}${value === null ? ' ?? null' : ''}).toEqual(${literal(value)});`];
  }
  if ('now' in value) {
    const off = `Date.parse(${actual}) - Date.now() - ${durationMs(value.now)}`;
    return [`expect(Math.abs(${off})).toBeLessThan(120_000);`];
  }
  if ('unique' in value) return [`expect(${actual}).toContain(${literal(value.unique)});`];
  if ('oneOf' in value) return [`expect(${literal(value.oneOf)}).toContainEqual(${actual});`];
  if ('json' in value) return [`expect(${actual}).toEqual(${literal(value.json)});`];
  return [`expect(${actual}).toBeDefined();`];
}

/** Databases give decimals and large integers as text, and instants in another form than JSON does. */
function refCheck(actual: string, ref: { row: string; column: string }, about: About): string {
  const { plan, app, rowOf } = about;
  const expected = expressionOf({ ref: `${ref.row}.${ref.column}` }, rowOf) ?? '';
  const table = plan.given.rows[ref.row]?.table;
  const columns = app.tables.find(({ id }) => id === table)?.columns ?? [];
  const type = columns.find(({ name }) => name === ref.column)?.type ?? '';
  if (/^(timestamp|date)/.test(type)) {
    return `expect(new Date(${actual})).toEqual(new Date(String(${expected})));`;
  }
  if (/^(numeric|bigint|int8|decimal|money)/.test(type)) {
    return `expect(Number(${actual})).toBe(Number(${expected}));`;
  }
  return `expect(${actual}).toEqual(${expected});`;
}
