import { describe, expect, it } from 'vitest';
import type { Plan } from '../../../src/plan/plan.ts';
import type { Drawing } from '../../../src/report/graph/drawing.ts';
import { type Graph, parentsOf, readGraph } from '../../../src/report/graph/graph.ts';
import { drawLayers } from '../../../src/report/graph/layers.ts';
import { drawStack } from '../../../src/report/graph/stack.ts';
import { sampleReport } from '../../setup/report-sample.ts';

const cyclic = (): Plan => {
  const [plan] = sampleReport.plans;
  const rows = {
    a: { table: 'as', set: { b_id: { ref: 'b.id' }, self_id: { ref: 'a.id' } } },
    b: { table: 'bs', set: { a_id: { ref: 'a.id' }, gone: { ref: 'nobody.id' } } },
  };
  return { ...plan!, given: { ...plan!.given, rows, personas: {} } };
};
const graphs = [...sampleReport.plans, cyclic()].map((plan) => [plan.id, readGraph(plan)] as const);

function overlaps({ nodes }: Drawing): boolean {
  return nodes.some((a, index) =>
    nodes
      .slice(index + 1)
      .some(
        (b) =>
          a.x < b.x + b.width &&
          b.x < a.x + a.width &&
          a.y < b.y + b.height &&
          b.y < a.y + a.height,
      ),
  );
}

const edgesOf = (graph: Graph) => graph.flatMap(parentsOf).length;

describe.each([
  ['layers', drawLayers],
  ['a stack', (graph: Graph) => drawStack(graph, 300)],
] as const)('drawn as %s', (_, draw) => {
  it('puts every row once, over no other, inside the drawing, and every reference once', () => {
    for (const [id, graph] of graphs) {
      const drawing = draw(graph);
      expect(drawing.nodes.map((each) => each.node.name).toSorted(), id).toEqual(
        graph.map((node) => node.name).toSorted(),
      );
      expect(overlaps(drawing), id).toBe(false);
      for (const { x, y, width, height } of drawing.nodes) {
        expect(x, id).toBeGreaterThanOrEqual(0);
        expect(x + width, id).toBeLessThanOrEqual(drawing.width);
        expect(y + height, id).toBeLessThanOrEqual(drawing.height);
      }
      expect(drawing.edges, id).toHaveLength(edgesOf(graph));
      for (const edge of drawing.edges) expect(edge.path, id).not.toMatch(/NaN|undefined|Infinity/);
    }
  });

  it('puts parents above their children where references run one way', () => {
    for (const [id, graph] of graphs.slice(0, -1)) {
      const { nodes } = draw(graph);
      const top = (name: string) => nodes.find((each) => each.node.name === name)!.y;
      for (const node of graph)
        for (const parent of parentsOf(node)) expect(top(parent), id).toBeLessThan(top(node.name));
    }
  });
});

describe('the graph', () => {
  it('tells rows made, matched and changed apart, with personas, counts and references', () => {
    const plan = sampleReport.plans.find(
      ({ id }) => id === 'DELETE /admin/books/:id › has_open_loans',
    )!;
    const graph = readGraph(plan);
    const node = (name: string) => graph.find((each) => each.name === name)!;
    expect(node('librarian')).toMatchObject({ kind: 'changed', personas: ['librarian'] });
    expect(node('librarian').lines.map(({ column, changed }) => [column, changed])).toEqual([
      ['email', false],
      ['role', true],
    ]);
    expect(node('loan')).toMatchObject({ kind: 'made', count: 2 });
    expect(parentsOf(node('loan'))).toEqual(['copy', 'member']);
  });

  it('takes a row that refers to itself or to nothing as no edge', () => {
    const [a, b] = readGraph(cyclic());
    expect(parentsOf(a!)).toEqual(['b']);
    expect(parentsOf(b!)).toEqual(['a']);
  });
});
