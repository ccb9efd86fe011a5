import type { Drawing, Edge, Placed } from './drawing.ts';
import { type Graph, parentsOf } from './graph.ts';
import { heightOf, NODE } from './measure.ts';

const LANE = 12;
const GAP = 12;

/** One row below the other, parents first where that is possible, edges in lanes down the left side. */
export function drawStack(graph: Graph, width: number): Drawing {
  const names = parentsFirst(graph);
  const order = names.flatMap((name) => graph.filter((node) => node.name === name));
  const lanes = lanesOf(order);
  const count = Math.max(-1, ...lanes.values()) + 1;
  const left = count * LANE + (count > 0 ? 6 : 1);
  const nodes: Placed[] = [];
  let y = 1;
  for (const node of order) {
    nodes.push({ node, x: left, y, width: width - left - 5, height: heightOf(node) });
    y += heightOf(node) + GAP;
  }
  const edges = nodes.flatMap((child) =>
    parentsOf(child.node).map((parent) => edge({ child, parent, nodes, lanes })),
  );
  return { width, height: y - GAP + 5, nodes, edges };
}

function parentsFirst(graph: Graph): readonly string[] {
  const done = new Set<string>();
  const visit = (name: string, above: ReadonlySet<string>) => {
    const node = graph.find((each) => each.name === name);
    if (!node || done.has(name) || above.has(name)) return;
    for (const parent of parentsOf(node)) visit(parent, new Set([...above, name]));
    done.add(name);
  };
  for (const node of graph) visit(node.name, new Set());
  return [...done];
}

/** A lane for each parent, from it to the last of its children; lanes that don't overlap share a place. */
function lanesOf(order: Graph): ReadonlyMap<string, number> {
  const lanes = new Map<string, number>();
  const taken: { lane: number; from: number; to: number }[] = [];
  for (const [index, node] of order.entries()) {
    const children = order.flatMap((each, at) => (parentsOf(each).includes(node.name) ? [at] : []));
    if (children.length === 0) continue;
    const span = { from: Math.min(index, ...children), to: Math.max(index, ...children) };
    let lane = 0;
    while (taken.some((each) => each.lane === lane && each.from <= span.to && span.from <= each.to))
      lane += 1;
    taken.push({ lane, ...span });
    lanes.set(node.name, lane);
  }
  return lanes;
}

function edge(about: {
  readonly child: Placed;
  readonly parent: string;
  readonly nodes: readonly Placed[];
  readonly lanes: ReadonlyMap<string, number>;
}): Edge {
  const { child, nodes, lanes } = about;
  const parent = nodes.find((each) => each.node.name === about.parent) ?? child;
  const x = child.x - 6 - ((lanes.get(about.parent) ?? 0) + 0.5) * LANE;
  const at = parentsOf(child.node).indexOf(about.parent);
  const from = child.y + 10 + Math.min(at * 8, child.height - 16);
  const to = parent.y + NODE.head / 2;
  const turn = from > to ? -5 : 5;
  return {
    path: `M${child.x} ${from} H${x + 5} Q${x} ${from} ${x} ${from + turn} V${to - turn} Q${x} ${to} ${x + 5} ${to} H${parent.x}`,
  };
}
