import * as z from 'zod';
import { ServerAction } from '../model/model.ts';

/** ISO 8601 duration with an optional sign: `-P2D`, `PT1H30M`. */
export const Duration = z.string().regex(/^-?P(?=.)(\d+D)?(T(?=.)(\d+H)?(\d+M)?(\d+(\.\d+)?S)?)?$/);

/**
 * A value in a plan: a literal, another row's column (`user.id`), an instant from now, a named
 * generator, a value no other run uses, or one of several (the seed picks).
 */
export const Value = z.union([
  z.string(),
  z.number(),
  z.boolean(),
  z.null(),
  z.strictObject({ ref: z.string() }),
  z.strictObject({ now: Duration }),
  z.strictObject({ fake: z.string() }),
  z.strictObject({ unique: z.string() }),
  z.strictObject({ oneOf: z.array(z.json()) }),
  z.strictObject({ json: z.json() }),
]);
export type Value = z.infer<typeof Value>;

const Values = z.record(z.string(), Value);

/** Rows made (`set`), bound to what is there (`match`), or bound and changed (`match` + `update`). */
export const PlannedRow = z.union([
  z.strictObject({ table: z.string(), count: z.number().int().min(1).optional(), set: Values }),
  z.strictObject({ table: z.string(), match: Values, update: Values.optional() }),
]);
export type PlannedRow = Readonly<z.infer<typeof PlannedRow>>;

/** A value in a request body: a `Value` or nested objects and lists of them. */
export type BodyValue = Value | readonly BodyValue[] | { readonly [key: string]: BodyValue };
export const BodyValue: z.ZodType<BodyValue> = z.lazy(() =>
  z.union([Value, z.array(BodyValue), z.record(z.string(), BodyValue)]),
);

/**
 * One request, or (`visit: true`) a page opened in a browser. `path` may hold `{order.id}` refs, each
 * URL-encoded when bound. `as` names a persona, null for nobody.
 */
export const When = z.strictObject({
  as: z.string().nullable(),
  visit: z.boolean().optional(),
  method: z.string(),
  path: z.string(),
  /** Objects and lists go as JSON text; `{ jsonText }` sends any other value so. */
  query: z.record(z.string(), BodyValue).optional(),
  headers: Values.optional(),
  cookies: Values.optional(),
  body: BodyValue.optional(),
  /** The function of the server that is called instead of the page at `path`, which sends it. */
  action: ServerAction.optional(),
  /** A body sent as it stands, as JSON (a form with `content-type` among the headers): one that can't be parsed. */
  raw: z.string().optional(),
});
export type When = Readonly<z.infer<typeof When>>;

/** What the last request must give back; keys of `body` are dotted paths into the JSON answer. */
export const Then = z.strictObject({
  status: z.number().int(),
  body: Values.optional(),
  location: z.string().optional(),
  text: z.strictObject({ present: z.array(z.string()), absent: z.array(z.string()) }),
});
export type Then = Readonly<z.infer<typeof Then>>;

/** Who a request comes from: a row, or somebody whose row is gone and whose token, made of such values, is good or refused for one thing. */
export const Persona = z.union([
  z.strictObject({ row: z.string() }),
  z.strictObject({
    gone: z.record(z.string(), z.union([z.string(), z.number()])),
    refused: z.enum(['expired', 'signature']).optional(),
  }),
]);
export type Persona = Readonly<z.infer<typeof Persona>>;

export const Evidence = z.strictObject({ file: z.string(), symbol: z.string(), hash: z.string() });

/** Given / When / Then as literal data: no code, no SQL. */
export const Plan = z.strictObject({
  version: z.literal(1),
  id: z.string(),
  title: z.string(),
  variantOf: z.string().nullable(),
  given: z.strictObject({
    rows: z.record(z.string(), PlannedRow),
    absent: z.array(z.strictObject({ table: z.string(), where: Values })),
    personas: z.record(z.string(), Persona),
    env: z.record(z.string(), z.string().nullable()),
  }),
  when: z.array(When).min(1),
  // biome-ignore lint/suspicious/noThenProperty: Given / When / Then is the format; it is data, never awaited
  then: Then,
  evidence: z.array(Evidence),
  planner: z.strictObject({ kind: z.enum(['solver', 'llm', 'hand']), version: z.string() }),
  digests: z.strictObject({
    code: z.string(),
    schema: z.string(),
    prompt: z.string().nullable(),
  }),
});
export type Plan = Readonly<z.infer<typeof Plan>>;

export function isMade(row: PlannedRow): row is Extract<PlannedRow, { set: unknown }> {
  return 'set' in row;
}

/** The `row.column` a value refers to, split; null for any other value. */
export function refOf(value: unknown): { row: string; column: string } | null {
  if (typeof value !== 'object' || value === null || !('ref' in value)) return null;
  const text = String(value.ref);
  const dot = text.indexOf('.');
  return dot < 0
    ? { row: text, column: '' }
    : { row: text.slice(0, dot), column: text.slice(dot + 1) };
}
