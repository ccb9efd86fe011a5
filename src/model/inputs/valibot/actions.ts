import type { JsonSchema } from '../../reader.ts';
import type { Call, Value } from '../../static/value.ts';
import { native } from '../../static/value.ts';
import { known, numberIn, written } from '../zod/literals.ts';
import { schema } from '../zod/schema.ts';
import { formatOf } from '../zod/text.ts';

type Action = (call: Call) => JsonSchema;

const bound =
  (keyword: string): Action =>
  ({ args }) =>
    known({ [keyword]: numberIn(args[0]) });

const changed =
  (name: string): Action =>
  () => ({ 'x-transform': [name] });

const ACTIONS: Readonly<Record<string, Action>> = {
  minLength: bound('minLength'),
  maxLength: bound('maxLength'),
  length: ({ args }) => known({ minLength: numberIn(args[0]), maxLength: numberIn(args[0]) }),
  nonEmpty: () => ({ minLength: 1, minItems: 1 }),
  minValue: bound('minimum'),
  maxValue: bound('maximum'),
  gtValue: bound('exclusiveMinimum'),
  ltValue: bound('exclusiveMaximum'),
  multipleOf: bound('multipleOf'),
  integer: () => ({ type: 'integer' }),
  regex: ({ args: [pattern] }) =>
    pattern?.kind === 'regex' ? { pattern: pattern.source } : { 'x-unknown': true },
  startsWith: (call) => ({ 'x-refine': [`startsWith(${written(call)})`] }),
  trim: changed('trim'),
  toLowerCase: changed('toLowerCase'),
  toUpperCase: changed('toUpperCase'),
  transform: (call) => ({ 'x-transform': [written(call)] }),
  check: (call) => ({ 'x-refine': [written(call)] }),
  isoDate: () => ({ format: 'date' }),
  isoTimestamp: () => ({ format: 'date-time' }),
  isoDateTime: () => ({ format: 'date-time' }),
  brand: () => ({}),
  readonly: () => ({}),
  description: () => ({}),
  title: () => ({}),
  metadata: () => ({}),
};

/** What `pipe` adds to a schema (`v.email()`, `v.minLength(3)`); undefined for a name that is no such part. */
export function actionOf(name: string, call: Call): Value | undefined {
  const json = ACTIONS[name]?.(call) ?? formatOf(name, call.args);
  return json && native(schema({ ...json, 'x-action': true }));
}
