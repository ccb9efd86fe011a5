import { canonicalJson } from '../kernel/digest.ts';
import type { Then } from '../plan/plan.ts';
import type { Proof } from '../proof/proof.ts';
import { code, type Phrase, plain } from './words/phrase.ts';
import { valueWords } from './words/value.ts';

/** One expected fact beside what came back; `fits` is null where the two can't be compared here. */
export interface Comparison {
  readonly fact: string;
  readonly expected: Phrase;
  readonly observed: Phrase | null;
  readonly fits: boolean | null;
}

/** Every fact the plan expects, compared with what the proof saw (null: nothing was fired). */
export function compareThen(then: Then, observed: Proof['observed']): readonly Comparison[] {
  return [
    statusRow(then, observed),
    ...Object.entries(then.body ?? {}).map(([path, value]) => {
      const found = observed ? at(observed.body, path) : undefined;
      return fact(
        `body.${path}`,
        valueWords(value),
        observed && {
          words: found === undefined ? ['nothing'] : [code(JSON.stringify(found))],
          fits: isBound(value) ? (found === undefined ? false : null) : same(value, found),
        },
      );
    }),
    ...(then.location === undefined ? [] : [locationRow(then.location, observed)]),
    ...then.text.present.map((text) => textRow(text, true, observed)),
    ...then.text.absent.map((text) => textRow(text, false, observed)),
  ];
}

/** The facts that did not come back, on one line: `status: expected 422, got 500`. */
export function differences(comparisons: readonly Comparison[]): string {
  return comparisons
    .filter((each) => each.fits === false)
    .map(
      (each) =>
        `${each.fact}: expected ${plain(each.expected)}, got ${plain(each.observed ?? ['nothing'])}`,
    )
    .join('; ');
}

function statusRow(then: Then, observed: Proof['observed']): Comparison {
  const status = observed?.status ?? null;
  return fact(
    'status',
    [code(String(then.status))],
    observed && {
      words: status === null ? ['no answer'] : [code(String(status))],
      fits: status === then.status,
    },
  );
}

function locationRow(expected: string, observed: Proof['observed']): Comparison {
  const got = observed?.location ?? null;
  return fact(
    'location',
    [code(expected)],
    observed && {
      words: got === null ? ['nothing'] : [code(got)],
      fits: /\{[^}]+\}/.test(expected) ? (got === null ? false : null) : got === expected,
    },
  );
}

function textRow(text: string, present: boolean, observed: Proof['observed']): Comparison {
  const seen = observed?.text ?? null;
  const shown = seen?.includes(text) ?? false;
  return fact(
    present ? 'shows' : 'does not show',
    [code(text)],
    observed && {
      words: [seen === null ? 'no text' : shown ? 'shown' : 'not shown'],
      fits: seen !== null && shown === present,
    },
  );
}

function fact(
  name: string,
  expected: Phrase,
  got: { readonly words: Phrase; readonly fits: boolean | null } | null,
): Comparison {
  return { fact: name, expected, observed: got?.words ?? null, fits: got?.fits ?? null };
}

/** Whether the expected value is only known once the state stands (`{ref}`, `{now}`, …). */
function isBound(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !('json' in value);
}

function same(expected: unknown, found: unknown): boolean {
  const bare =
    typeof expected === 'object' && expected !== null && 'json' in expected
      ? expected.json
      : expected;
  return found !== undefined && canonicalJson(bare) === canonicalJson(found);
}

/** What a dotted path leads to in a JSON value; undefined where it leads nowhere. */
function at(body: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((value, key) => {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
    return (value as Record<string, unknown>)[key];
  }, body);
}
