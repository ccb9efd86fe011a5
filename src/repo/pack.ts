import type { Json } from '../kernel/digest.ts';

type Node = Json[] | { [key: string]: Json };

/**
 * A JSON-safe value as a list of its objects and arrays, equal ones once and each behind its parts: inside one,
 * another is written as the array of its place in the list. A model says the same thing many times over.
 */
export function pack(value: unknown): string {
  const places = new Map<string, number>();
  const known = new Map<object, number>();
  const texts: string[] = [];
  const place = (node: object): number => {
    const before = known.get(node);
    if (before !== undefined) return before;
    const text = Array.isArray(node)
      ? `[${node.map(written).join()}]`
      : `{${membersOf(node, written).join()}}`;
    const at = places.get(text) ?? texts.push(text) - 1;
    places.set(text, at);
    known.set(node, at);
    return at;
  };
  const written = (item: unknown): string => {
    if (typeof item === 'object' && item !== null) return `[${place(item)}]`;
    return item === undefined ? 'null' : JSON.stringify(item);
  };
  const last = written(value);
  return `[${[...texts, last].join(',\n')}]`;
}

function membersOf(node: object, written: (item: unknown) => string): string[] {
  return Object.entries(node).flatMap(([key, item]) =>
    item === undefined ? [] : [`${JSON.stringify(key)}:${written(item)}`],
  );
}

/** The value `pack` was given; equal parts of it are one object. */
export function unpack(text: string): Json {
  const nodes: Json[] = JSON.parse(text);
  const last = nodes.pop() ?? null;
  const whole = (item: Json): Json =>
    Array.isArray(item) ? (nodes[item[0] as number] ?? null) : item;
  // Nodes are by the ten thousand: no list of entries is made of one, and nothing written that is there already.
  for (const node of nodes as Node[]) {
    if (Array.isArray(node)) {
      for (let at = 0; at < node.length; at++)
        if (Array.isArray(node[at])) node[at] = whole(node[at] as Json);
    } else {
      for (const key in node) if (Array.isArray(node[key])) node[key] = whole(node[key] as Json);
    }
  }
  return whole(last);
}
