import * as z from 'zod';

/** A place in the analysed code. `hash` covers the normalised tokens, `line` is for people only. */
export const Place = z.object({
  file: z.string(),
  line: z.number().int(),
  symbol: z.string(),
  hash: z.string(),
});
export type Place = Readonly<z.infer<typeof Place>>;

export const InputPart = z.enum(['params', 'query', 'headers', 'cookies', 'body']);
export type InputPart = z.infer<typeof InputPart>;

/**
 * A symbolic value in a handler. Instants are milliseconds since the epoch, so that `now - 30 days`
 * is arithmetic. `row` and `query` name a `Query` (or a join's row) of the same route.
 */
export type Term =
  | { readonly kind: 'literal'; readonly value: z.core.util.JSONType }
  | { readonly kind: 'input'; readonly from: InputPart; readonly path: readonly string[] }
  | { readonly kind: 'column'; readonly row: string; readonly column: string }
  | { readonly kind: 'rows'; readonly query: string }
  | {
      readonly kind: 'aggregate';
      readonly op: 'count' | 'sum' | 'min' | 'max' | 'avg';
      readonly query: string;
      readonly of: Term | null;
    }
  | { readonly kind: 'now' }
  | { readonly kind: 'env'; readonly name: string }
  | {
      readonly kind: 'arith';
      readonly op: '+' | '-' | '*' | '/' | '%';
      readonly left: Term;
      readonly right: Term;
    }
  /** A pure function we know: lower, upper, trim, length, floor, ceil, round, abs, min, max, concat, sha256, … */
  | { readonly kind: 'call'; readonly fn: string; readonly args: readonly Term[] }
  | {
      readonly kind: 'choice';
      readonly when: readonly Condition[];
      readonly yes: Term;
      readonly no: Term;
    }
  | { readonly kind: 'external'; readonly name: string }
  | { readonly kind: 'opaque'; readonly text: string };

export const Op = z.enum([
  '=',
  '!=',
  '<',
  '<=',
  '>',
  '>=',
  'like',
  'not like',
  'matches',
  'not matches',
]);
export type Op = z.infer<typeof Op>;

/** How SQL writes them. */
export const SQL_OPS: Readonly<Record<string, Op>> = {
  '=': '=',
  '<>': '!=',
  '!=': '!=',
  '<': '<',
  '<=': '<=',
  '>': '>',
  '>=': '>=',
  '~': 'matches',
  '!~': 'not matches',
  '~~': 'like',
  '!~~': 'not like',
  like: 'like',
};

/** `left op right`; a comparison with the literal `null` is IS NULL / IS NOT NULL. */
export interface Comparison {
  readonly left: Term;
  readonly op: Op;
  readonly right: Term;
}

/** What must hold for control to get somewhere: a closed vocabulary, each with its place in the code. */
export type Condition = { readonly at: Place } & (
  | { readonly kind: 'exists' | 'absent'; readonly query: string }
  /** `count` compares a number of rows, `aggregate` a sum, minimum, …, `compare` anything else with a column or now. */
  | ({ readonly kind: 'compare' | 'count' | 'aggregate' } & Comparison)
  | {
      readonly kind: 'member';
      readonly term: Term;
      readonly of: readonly Term[];
      readonly holds: boolean;
    }
  | {
      readonly kind: 'input';
      /** `malformed`: the whole body can't be parsed, before any schema sees it. */
      readonly is: 'invalid' | 'valid' | 'missing' | 'present' | 'malformed' | 'wellFormed';
      readonly from: InputPart;
      readonly path: readonly string[];
      /** The keyword of JSON Schema that an invalid value breaks, where it is to be that one. */
      readonly rule?: string | undefined;
    }
  | ({ readonly kind: 'input'; readonly is: 'compare' } & Comparison)
  | { readonly kind: 'actor'; readonly is: 'anonymous' | 'authenticated' }
  | ({ readonly kind: 'actor'; readonly is: 'role' | 'owner' } & Comparison)
  /** A unique violation (or foreign-key violation) the code catches when `write` runs. */
  | {
      readonly kind: 'conflict';
      readonly write: string;
      readonly violates: 'unique' | 'foreignKey';
      readonly columns: readonly string[];
      readonly holds: boolean;
    }
  | { readonly kind: 'external'; readonly name: string; readonly holds: boolean }
  | ({ readonly kind: 'environment' } & Comparison)
  | {
      readonly kind: 'opaque';
      readonly text: string;
      readonly holds: boolean;
      readonly terms: readonly Term[];
      /** Where one text decides it: some for which it is true, and for which it isn't. */
      readonly examples?: {
        readonly term: Term;
        readonly yes: readonly string[];
        readonly no: readonly string[];
      };
    }
  /** At least one of these conjunctions holds. */
  | { readonly kind: 'any'; readonly of: readonly (readonly Condition[])[] }
);

export const Term: z.ZodType<Term> = z.lazy(() =>
  z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('literal'), value: z.json() }),
    z.object({ kind: z.literal('input'), from: InputPart, path: z.array(z.string()) }),
    z.object({ kind: z.literal('column'), row: z.string(), column: z.string() }),
    z.object({ kind: z.literal('rows'), query: z.string() }),
    z.object({
      kind: z.literal('aggregate'),
      op: z.enum(['count', 'sum', 'min', 'max', 'avg']),
      query: z.string(),
      of: Term.nullable(),
    }),
    z.object({ kind: z.literal('now') }),
    z.object({ kind: z.literal('env'), name: z.string() }),
    z.object({
      kind: z.literal('arith'),
      op: z.enum(['+', '-', '*', '/', '%']),
      left: Term,
      right: Term,
    }),
    z.object({ kind: z.literal('call'), fn: z.string(), args: z.array(Term) }),
    z.object({ kind: z.literal('choice'), when: z.array(Condition), yes: Term, no: Term }),
    z.object({ kind: z.literal('external'), name: z.string() }),
    z.object({ kind: z.literal('opaque'), text: z.string() }),
  ]),
);

const comparison = { left: Term, op: Op, right: Term };

export const Condition: z.ZodType<Condition> = z.lazy(() =>
  z.union([
    z.object({ at: Place, kind: z.enum(['exists', 'absent']), query: z.string() }),
    z.object({
      at: Place,
      kind: z.enum(['compare', 'count', 'aggregate', 'environment']),
      ...comparison,
    }),
    z.object({
      at: Place,
      kind: z.literal('member'),
      term: Term,
      of: z.array(Term),
      holds: z.boolean(),
    }),
    z.object({
      at: Place,
      kind: z.literal('input'),
      is: z.enum(['invalid', 'valid', 'missing', 'present', 'malformed', 'wellFormed']),
      from: InputPart,
      path: z.array(z.string()),
      rule: z.string().optional(),
    }),
    z.object({ at: Place, kind: z.literal('input'), is: z.literal('compare'), ...comparison }),
    z.object({ at: Place, kind: z.literal('actor'), is: z.enum(['anonymous', 'authenticated']) }),
    z.object({ at: Place, kind: z.literal('actor'), is: z.enum(['role', 'owner']), ...comparison }),
    z.object({
      at: Place,
      kind: z.literal('conflict'),
      write: z.string(),
      violates: z.enum(['unique', 'foreignKey']),
      columns: z.array(z.string()),
      holds: z.boolean(),
    }),
    z.object({ at: Place, kind: z.literal('external'), name: z.string(), holds: z.boolean() }),
    z.object({
      at: Place,
      kind: z.literal('opaque'),
      text: z.string(),
      holds: z.boolean(),
      terms: z.array(Term),
      examples: z
        .object({ term: Term, yes: z.array(z.string()), no: z.array(z.string()) })
        .optional(),
    }),
    z.object({ at: Place, kind: z.literal('any'), of: z.array(z.array(Condition)) }),
  ]),
) as z.ZodType<Condition>;
