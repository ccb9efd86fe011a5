import type { Drawing, Edge, Placed } from './drawing.ts';
import { type Graph, type GraphNode, parentsOf } from './graph.ts';
import { heightOf, NODE } from './measure.ts';

const GAP = { x: 22, y: 38 };
const LANE = 18;

/** A place in a layer: a node, or the lane of an edge that passes by. */
interface Slot {
  readonly key: string;
  readonly node: GraphNode | null;
  readonly width: number;
}

interface Link {
  readonly child: string;
  readonly parent: string;
  /** Slot keys from the child up to the parent, lanes between. */
  readonly path: readonly string[];
}

/** Parents above children, edges going up past other rows in lanes of their own. */
export function drawLayers(graph: Graph): Drawing {
  const levels = levelsOf(graph);
  const links = linksOf(graph, levels);
  const layers = ordered(slotsOf(graph, levels, links), links);
  const centres = centresOf(layers, links);
  const nodes: Placed[] = [];
  let y = 1;
  for (const layer of layers) {
    for (const { node, key } of layer) {
      if (!node) continue;
      const x = (centres.get(key) ?? 0) - NODE.width / 2;
      nodes.push({ node, x, y, width: NODE.width, height: heightOf(node) });
    }
    y += Math.max(0, ...layer.map((slot) => (slot.node ? heightOf(slot.node) : 0))) + GAP.y;
  }
  const edges = links.map((link) => edgeOf(link, { links, nodes, centres }));
  const right = Math.max(
    0,
    ...layers.flat().map((slot) => (centres.get(slot.key) ?? 0) + slot.width / 2),
  );
  return { width: right + 6, height: y - GAP.y + 5, nodes, edges };
}

/** Each slot as near above its children as its neighbours let it be; the lowest layer side by side. */
function centresOf(layers: readonly Slot[][], links: readonly Link[]): ReadonlyMap<string, number> {
  const centres = new Map<string, number>();
  const below = new Map<string, string[]>();
  for (const { path } of links) {
    for (const [index, key] of path.slice(1).entries()) {
      below.set(key, [...(below.get(key) ?? []), path[index] ?? key]);
    }
  }
  for (const layer of layers.toReversed()) {
    const wishes = layer.map(({ key }) =>
      mean((below.get(key) ?? []).flatMap((each) => centres.get(each) ?? [])),
    );
    for (const [index, centre] of apart(layer, wishes).entries())
      centres.set(layer[index]?.key ?? '', centre);
  }
  const left = Math.min(
    ...layers.flat().map((slot) => (centres.get(slot.key) ?? 0) - slot.width / 2),
  );
  return new Map([...centres].map(([key, centre]) => [key, Math.round(centre - left) + 1]));
}

/** Centres close to the wishes and far enough from each other: the mean of packing from either side. */
function apart(layer: readonly Slot[], wishes: readonly (number | null)[]): readonly number[] {
  const distance = (a: Slot | undefined, b: Slot | undefined) =>
    ((a?.width ?? 0) + (b?.width ?? 0)) / 2 + GAP.x;
  const fromLeft: number[] = [];
  for (const [index, slot] of layer.entries()) {
    const least =
      index === 0 ? -Infinity : (fromLeft[index - 1] ?? 0) + distance(layer[index - 1], slot);
    fromLeft.push(Math.max(wishes[index] ?? (index === 0 ? 0 : least), least));
  }
  const fromRight: number[] = [];
  for (const [index, slot] of [...layer.entries()].toReversed()) {
    const most = (fromRight[0] ?? Infinity) - distance(slot, layer[index + 1]);
    fromRight.unshift(
      Math.min(wishes[index] ?? fromLeft[index] ?? 0, index === layer.length - 1 ? Infinity : most),
    );
  }
  return layer.map((_, index) => ((fromLeft[index] ?? 0) + (fromRight[index] ?? 0)) / 2);
}

function mean(numbers: readonly number[]): number | null {
  return numbers.length === 0
    ? null
    : numbers.reduce((sum, each) => sum + each, 0) / numbers.length;
}

/** The row a node stands in: as low as its children allow, the deepest descendants at the bottom. */
function levelsOf(graph: Graph): ReadonlyMap<string, number> {
  const children = new Map<string, string[]>();
  for (const node of graph) {
    for (const parent of parentsOf(node))
      children.set(parent, [...(children.get(parent) ?? []), node.name]);
  }
  const depths = new Map<string, number>();
  const depth = (name: string, above: ReadonlySet<string>): number => {
    const known = depths.get(name);
    if (known !== undefined) return known;
    if (above.has(name)) return 0;
    const below = children.get(name) ?? [];
    const deepest = Math.max(-1, ...below.map((child) => depth(child, new Set([...above, name]))));
    depths.set(name, deepest + 1);
    return deepest + 1;
  };
  const highest = Math.max(0, ...graph.map((node) => depth(node.name, new Set())));
  return new Map(graph.map((node) => [node.name, highest - (depths.get(node.name) ?? 0)]));
}

function linksOf(graph: Graph, levels: ReadonlyMap<string, number>): readonly Link[] {
  return graph.flatMap((node) =>
    parentsOf(node).map((parent) => {
      const from = levels.get(node.name) ?? 0;
      const to = levels.get(parent) ?? 0;
      const between = Math.max(0, from - to - 1);
      const lanes = Array.from(
        { length: between },
        (_, index) => `${node.name}→${parent}@${from - 1 - index}`,
      );
      return { child: node.name, parent, path: [node.name, ...lanes, parent] };
    }),
  );
}

function slotsOf(
  graph: Graph,
  levels: ReadonlyMap<string, number>,
  links: readonly Link[],
): Slot[][] {
  const layers: Slot[][] = [];
  const put = (level: number, slot: Slot) => {
    layers[level] = [...(layers[level] ?? []), slot];
  };
  for (const node of graph)
    put(levels.get(node.name) ?? 0, { key: node.name, node, width: NODE.width });
  for (const { child, path } of links) {
    const from = levels.get(child) ?? 0;
    for (const [index, key] of path.slice(1, -1).entries())
      put(from - 1 - index, { key, node: null, width: LANE });
  }
  return Array.from(layers, (layer) => layer ?? []);
}

/** Sorts each layer by where its neighbours stand, down and up, until few edges cross. */
function ordered(layers: Slot[][], links: readonly Link[]): Slot[][] {
  const near = new Map<string, string[]>();
  for (const { path } of links) {
    for (const [index, key] of path.entries()) {
      const neighbours = [path[index - 1], path[index + 1]].filter((each) => each !== undefined);
      near.set(key, [...(near.get(key) ?? []), ...neighbours]);
    }
  }
  for (let sweep = 0; sweep < 6; sweep += 1) {
    const positions = new Map(
      layers.flatMap((layer) =>
        layer.map((slot, index) => [slot.key, (index + 0.5) / layer.length] as const),
      ),
    );
    for (const layer of sweep % 2 === 0 ? layers : layers.toReversed()) {
      const wish = (slot: Slot): number => {
        const at = (near.get(slot.key) ?? []).map((key) => positions.get(key) ?? 0.5);
        return at.length === 0
          ? (positions.get(slot.key) ?? 0.5)
          : at.reduce((a, b) => a + b, 0) / at.length;
      };
      layer.sort((a, b) => wish(a) - wish(b));
      for (const [index, slot] of layer.entries())
        positions.set(slot.key, (index + 0.5) / layer.length);
    }
  }
  return layers;
}

interface Places {
  readonly links: readonly Link[];
  readonly nodes: readonly Placed[];
  readonly centres: ReadonlyMap<string, number>;
}

function edgeOf(link: Link, places: Places): Edge {
  const child = places.nodes.find((each) => each.node.name === link.child);
  const parent = places.nodes.find((each) => each.node.name === link.parent);
  const start = { x: port(link, 'child', places), y: child?.y ?? 0 };
  const end = { x: port(link, 'parent', places), y: (parent?.y ?? 0) + (parent?.height ?? 0) };
  const lanes = link.path.slice(1, -1).map((key) => places.centres.get(key) ?? start.x);
  if (lanes.length === 0) return { path: curve(start, end) };
  const lane = lanes[0] ?? start.x;
  const low = { x: lane, y: start.y - GAP.y };
  const high = { x: lanes.at(-1) ?? lane, y: end.y + GAP.y };
  return { path: `${curve(start, low)} ${curve(low, high, 'L')} ${curve(high, end, 'C')}` };
}

/** Where on its row an edge begins or ends: edges share the side evenly, in the order of their other ends. */
function port(link: Link, end: 'child' | 'parent', { links, centres }: Places): number {
  const mine = links.filter((each) => each[end] === link[end]);
  const next = (each: Link) => centres.get(each.path.at(end === 'child' ? 1 : -2) ?? '') ?? 0;
  const index = mine.toSorted((a, b) => next(a) - next(b)).indexOf(link);
  const centre = centres.get(link[end]) ?? 0;
  return centre + ((index + 1) / (mine.length + 1) - 0.5) * NODE.width * 0.8;
}

interface Point {
  readonly x: number;
  readonly y: number;
}

function curve(from: Point, to: Point, shape: 'M' | 'L' | 'C' = 'M'): string {
  const r = (value: number) => Math.round(value * 10) / 10;
  if (shape === 'L') return `L${r(to.x)} ${r(to.y)}`;
  const half = (from.y + to.y) / 2;
  const body = `C${r(from.x)} ${r(half)} ${r(to.x)} ${r(half)} ${r(to.x)} ${r(to.y)}`;
  return shape === 'M' ? `M${r(from.x)} ${r(from.y)} ${body}` : body;
}
