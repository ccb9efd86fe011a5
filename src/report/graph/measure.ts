import type { GraphNode } from './graph.ts';

/** Sizes of a drawn node in pixels, and of a character of its 11 px monospaced text. */
export const NODE = { width: 188, head: 26, line: 16, foot: 7, most: 7, character: 6.65 } as const;

/** How many of a node's columns are drawn; the rest is counted on a line of its own. */
export function drawnLines(node: GraphNode): number {
  return node.lines.length > NODE.most ? NODE.most - 1 : node.lines.length;
}

/** The height of a drawn node. */
export function heightOf(node: GraphNode): number {
  const more = drawnLines(node) < node.lines.length ? 1 : 0;
  const lines = drawnLines(node) + more + notesOf(node).length;
  return NODE.head + lines * NODE.line + (lines > 0 ? NODE.foot : 0);
}

/** What a node says of itself above its columns. */
export function notesOf(
  node: GraphNode,
): readonly { readonly text: string; readonly persona: boolean }[] {
  const kind = { made: null, matched: 'there already', changed: 'there already, changed' }[
    node.kind
  ];
  return [
    ...node.personas.map((persona) => ({ text: `persona ${persona}`, persona: true })),
    ...(kind === null ? [] : [{ text: kind, persona: false }]),
  ];
}
