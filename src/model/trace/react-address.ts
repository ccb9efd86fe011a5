import type { Endpoint } from '../reader.ts';
import { literal, stringOf, term, UNDEFINED, type Value } from './values.ts';

/** Where a request of a page goes: path segments and query, each a literal or a value. */
export interface Address {
  readonly segments: readonly Value[];
  readonly query: ReadonlyMap<string, Value>;
}

/** The address a value says; undefined where it can't be told, `elsewhere` for other origins. */
export function addressOf(target: Value): Address | 'elsewhere' | undefined {
  const pieces = piecesOf(target);
  const [head] = pieces;
  const start = head && stringOf(head);
  if (start === undefined) return undefined;
  if (/^(https?:)?\/\//.test(start)) return 'elsewhere';
  if (!start.startsWith('/')) return undefined;
  const marks: Value[] = [];
  const text = pieces.map((piece) => stringOf(piece) ?? `<${marks.push(piece) - 1}>`).join('');
  const value = (part: string): Value => {
    const index = /^<(\d+)>$/.exec(part)?.[1];
    if (index !== undefined) return marks[Number(index)] ?? UNDEFINED;
    return literal(decodeURIComponent(part));
  };
  const [path = '', search = ''] = text.split('#')[0]?.split('?') ?? [];
  const pairs = search.split('&').filter((pair) => pair !== '');
  return {
    segments: path.split('/').filter(Boolean).map(value),
    query: new Map(
      pairs.map((pair): [string, Value] => {
        const [name = '', ...rest] = pair.split('=');
        return [name, value(rest.join('='))];
      }),
    ),
  };
}

function piecesOf(target: Value): readonly Value[] {
  if (target.kind !== 'term') return [target];
  const said = target.term;
  if (said.kind === 'call' && said.fn === 'concat')
    return said.args.flatMap((arg) => piecesOf(term(arg)));
  return [said.kind === 'literal' ? literal(String(said.value)) : target];
}

/** The endpoint that answers, with what its path parameters are. */
export function matching(
  endpoints: readonly Endpoint[],
  { method, address }: { method: string; address: Address },
): { endpoint: Endpoint; params: ReadonlyMap<string, Value> } | undefined {
  for (const endpoint of endpoints) {
    if (endpoint.method !== method && endpoint.method !== 'ALL') continue;
    const params = paramsOf(endpoint.path, address.segments);
    if (params) return { endpoint, params };
  }
  return undefined;
}

function paramsOf(
  path: string,
  segments: readonly Value[],
): ReadonlyMap<string, Value> | undefined {
  const parts = path.split('/').filter(Boolean);
  if (parts.length !== segments.length) return undefined;
  const params = new Map<string, Value>();
  for (const [index, part] of parts.entries()) {
    const segment = segments[index] ?? UNDEFINED;
    if (part.startsWith(':')) params.set(part.slice(1), segment);
    else if (stringOf(segment) !== part) return undefined;
  }
  return params;
}
