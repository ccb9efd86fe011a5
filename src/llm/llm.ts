import type * as z from 'zod';

/** One question: a stable prefix (cached by providers) and the part that changes. */
export interface Question<Schema extends z.ZodType> {
  readonly system: string;
  readonly prompt: string;
  /** The shape of the answer; it must stay in the subset both providers accept (object root, no optionals). */
  readonly schema: Schema;
  readonly name: string;
  readonly maxTokens: number;
  /** What it is about, in a person's words: it is not sent. */
  readonly about: string;
}

export interface Usage {
  readonly inputTokens: number;
  readonly cachedTokens: number;
  readonly outputTokens: number;
}

/** Why no answer came. `key`, `request` and `unpaid` come back the same however often one asks. */
export type Cause = 'key' | 'request' | 'busy' | 'timeout' | 'down' | 'unpaid';

/** Every way an answer can end; `text` is what the model wrote, kept for repair. */
export type Answer<Value> =
  | { readonly kind: 'ok'; readonly value: Value; readonly text: string; readonly usage: Usage }
  | {
      readonly kind: 'invalid';
      readonly text: string;
      readonly issues: readonly string[];
      readonly usage: Usage;
    }
  | { readonly kind: 'refused' | 'truncated'; readonly text: string; readonly usage: Usage }
  | {
      readonly kind: 'unreachable';
      readonly because: Cause;
      readonly message: string;
      /** What a busy provider asks to wait, in milliseconds. */
      readonly retryAfterMs: number | null;
    };

/** A language model. `ask` throws only when aborted, or where a cassette has no answer. */
export interface Llm {
  readonly provider: string;
  readonly model: string;
  ask<Schema extends z.ZodType>(
    question: Question<Schema>,
    options: { readonly signal: AbortSignal },
  ): Promise<Answer<z.output<Schema>>>;
}

/** Reads what a model wrote as JSON of a schema. */
export function readAnswer<Schema extends z.ZodType>(
  schema: Schema,
  text: string,
  usage: Usage,
): Answer<z.output<Schema>> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    return { kind: 'invalid', text, issues: [`not JSON: ${(error as Error).message}`], usage };
  }
  const parsed = schema.safeParse(json);
  if (parsed.success) return { kind: 'ok', value: parsed.data, text, usage };
  const issues = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  return { kind: 'invalid', text, issues, usage };
}

/** About how many tokens a text is; code and JSON run to three or four bytes each. */
export function estimateTokens(text: string): number {
  return Math.ceil(Buffer.byteLength(text) / 3.5);
}

/** A number of tokens a question can't exceed: byte-level vocabularies never need more than one a byte. */
export function mostTokens(texts: readonly string[]): number {
  return texts.reduce((sum, text) => sum + Buffer.byteLength(text) + 16, 0);
}
