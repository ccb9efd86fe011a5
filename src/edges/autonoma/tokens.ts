import { Refusal } from './refusal.ts';

const TOKEN = /\{\{\s*([^{}]+?)\s*\}\}/g;

interface Place {
  readonly testRunId: string;
  /** Of the record among those of its model, from 0. */
  readonly index: number;
}

/** A value with what its tokens stand for, however deep: `{{testRunId}}`, `{{index}}`, `{{cycle(a,b)}}`. */
export function resolved(value: unknown, place: Place): unknown {
  if (typeof value === 'string') {
    return value.replace(TOKEN, (_, token: string) => meaning(token, place));
  }
  if (Array.isArray(value)) return value.map((item) => resolved(item, place));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [name, resolved(item, place)]),
  );
}

function meaning(token: string, { testRunId, index }: Place): string {
  if (token === 'testRunId') return testRunId;
  if (token === 'index') return String(index);
  const [, listed] = /^cycle\((.*)\)$/.exec(token) ?? [];
  const parts = listed?.split(',').map((part) => part.trim().replace(/^['"]|['"]$/g, ''));
  const chosen = parts?.[index % parts.length];
  if (chosen !== undefined) return chosen;
  throw new Refusal(400, 'UNRESOLVED_TOKEN', `Nothing is known of {{${token}}}.`);
}
