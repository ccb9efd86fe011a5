import type { Draw } from '../kernel/draw.ts';

/** An object's keys as the CHECKs name them; `list` where one steps into an array. */
interface Node {
  readonly keys: Map<string, Node>;
  list: boolean;
  /** A CHECK reads it as a number. */
  number: boolean;
}

/** Reads from SQL over a json column which paths its values may have (`->'a'`, `#>'{a,b}'`, `$.a[*].b`, `?& ARRAY['a']`). */
export function shapeOf(checks: readonly string[]): Node {
  const root: Node = { keys: new Map(), list: false, number: false };
  for (const check of checks) for (const path of pathsIn(check)) addPath(root, path);
  for (const [, key = ''] of checks.join('\n').matchAll(AS_NUMBER)) {
    const child = root.keys.get(key);
    if (child) child.number = true;
  }
  return root;
}

const AS_NUMBER =
  /'((?:[^']|'')*)'(?:::text)?\)+::(?:numeric|integer|bigint|smallint|double|real)/g;

/** One value of the shape: each key there or not, leaves by their names. */
export function jsonOf(node: Node, draw: Draw, name = ''): unknown {
  if (node.list) {
    const item: Node = { keys: node.keys, list: false, number: false };
    return Array.from({ length: 1 + draw.int(3) }, () => jsonOf(item, draw, name));
  }
  if (node.keys.size === 0 && name !== '')
    return node.number ? 1 + draw.int(/^v(ersion)?$/.test(name) ? 4 : 100) : leaf(name, draw);
  const entries = [...node.keys].filter(() => draw.int(4) > 0);
  return Object.fromEntries(entries.map(([key, child]) => [key, jsonOf(child, draw, key)]));
}

function addPath(root: Node, path: readonly string[]): void {
  let node = root;
  for (const step of path) {
    if (step === '[*]') {
      node.list = true;
      continue;
    }
    const child: Node = node.keys.get(step) ?? { keys: new Map(), list: false, number: false };
    node.keys.set(step, child);
    node = child;
  }
}

function* pathsIn(check: string): Generator<readonly string[]> {
  for (const [chain] of check.matchAll(/(?:\s*(?:->>?|\?)\s*'(?:[^']|'')*'(?:::text)?\)?)+/g)) {
    const keys = [...chain.matchAll(/'((?:[^']|'')*)'/g)].map(([, key = '']) => key);
    yield keys;
  }
  for (const [, chain = ''] of check.matchAll(/jsonb?_array_length\(([^)]*)\)/g)) {
    yield [...[...chain.matchAll(/'((?:[^']|'')*)'/g)].map(([, key = '']) => key), '[*]'];
  }
  for (const [, keys = ''] of check.matchAll(/#>>?\s*'\{([^}]*)\}'/g)) yield keys.split(',');
  for (const [, keys = ''] of check.matchAll(/\?[&|]\s*ARRAY\[([^\]]*)\]/g)) {
    for (const [, key = ''] of keys.matchAll(/'((?:[^']|'')*)'/g)) yield [key];
  }
  for (const [, path = ''] of check.matchAll(/'(\$[^']*)'::jsonpath/g)) {
    const steps = [...path.matchAll(/\."?(\w+)"?|(\[\*\])/g)];
    yield steps.map(([, key, any]) => key ?? any ?? '').filter((step) => step !== 'like_regex');
  }
}

function leaf(name: string, draw: Draw): unknown {
  if (/e?mail/i.test(name)) return `user${draw.int(1_000_000)}@example.test`;
  if (/(^|_)(is|has)_|enabled|active/.test(name)) return draw.int(2) === 1;
  if (draw.int(4) > 0) return 1 + draw.int(/count|qty|quantity|version|^v$/.test(name) ? 4 : 100);
  return `${name} ${draw.int(100)}`;
}
