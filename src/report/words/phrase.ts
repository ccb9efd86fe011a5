/** A piece of code inside a sentence. */
export interface Code {
  readonly code: string;
}

/** A sentence in parts, so that a page can set code apart from prose. */
export type Phrase = readonly (string | Code)[];

/** Marks text as code. */
export function code(text: string): Code {
  return { code: text };
}

/** Composes a phrase: `` say`${code('coupon.expires_at')} is before ${other}` ``. */
export function say(
  strings: TemplateStringsArray,
  ...values: readonly (Phrase | Code | string | number)[]
): Phrase {
  return strings.flatMap((text, index) => {
    const value = values[index];
    const parts = text === '' ? [] : [text];
    if (value === undefined) return parts;
    if (Array.isArray(value)) return [...parts, ...(value as Phrase)];
    return [...parts, typeof value === 'number' ? String(value) : (value as string | Code)];
  });
}

/** `a, b and c`, with the last separator as given. */
export function list(phrases: readonly Phrase[], last: string): Phrase {
  return phrases.flatMap((phrase, index) => {
    if (index === 0) return phrase;
    return [index === phrases.length - 1 ? last : ', ', ...phrase];
  });
}

/** The phrase as one line of text, code unmarked. */
export function plain(phrase: Phrase): string {
  return phrase.map((part) => (typeof part === 'string' ? part : part.code)).join('');
}
