import type { Json } from '../kernel/digest.ts';

/** The deepest that what an action gave back is followed. */
const DEPTH = 12;

const CHUNK = /__(?:reactRouter|remix)Context\.streamController\.enqueue\(("(?:[^"\\]|\\.)*")\)/g;

/** What the action of a React Router document gave back, as the page's script hands it on; null where nothing did. */
export function actionDataIn(html: string): Json {
  const [line = ''] = [...html.matchAll(CHUNK)]
    .map(([, text]) => textOf(text))
    .join('')
    .split('\n');
  const flat = parsed(line);
  if (!Array.isArray(flat)) return null;
  const given = field(valueAt(flat, 0, 0), 'actionData');
  const [only = null] = Object.values(isObject(given) ? given : {});
  return only;
}

function textOf(text: string | undefined): string {
  const said = parsed(text ?? '""');
  return typeof said === 'string' ? said : '';
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** Values stand in one list and name each other by their place in it; what JSON can't say has a negative one. */
function valueAt(flat: readonly unknown[], index: number, depth: number): Json {
  if (index < 0 || depth > DEPTH) return null;
  const said = flat[index];
  const inside = (place: unknown) => valueAt(flat, Number(place), depth + 1);
  if (Array.isArray(said)) {
    const [kind, value] = said;
    if (kind === 'D') return new Date(Number(value)).toISOString();
    return typeof kind === 'string' ? null : said.map(inside);
  }
  if (typeof said !== 'object' || said === null) return (said ?? null) as Json;
  const entries = Object.entries(said).map(([key, place]) => [
    String(flat[Number(key.slice(1))]),
    inside(place),
  ]);
  return Object.fromEntries(entries) as Json;
}

function field(value: Json, name: string): Json {
  return isObject(value) ? (value[name] ?? null) : null;
}

function isObject(value: Json): value is { readonly [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
