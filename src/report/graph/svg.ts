import { html, type Markup } from '../html/markup.ts';
import type { Drawing, Placed } from './drawing.ts';
import type { GraphLine } from './graph.ts';
import { drawnLines, NODE, notesOf } from './measure.ts';

/** The drawing as an SVG element that scales down with its container; styled by the page. */
export function drawingSvg(drawing: Drawing, label: string): Markup {
  const { width, height } = drawing;
  return html`<svg class="graph" role="img" aria-label="${label}" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">
${drawing.edges.map((edge) => html`<path class="edge" d="${edge.path}" marker-end="url(#arrow)"/>`)}
${drawing.nodes.map(nodeSvg)}</svg>`;
}

function nodeSvg(placed: Placed): Markup {
  const { node, x, y, width, height } = placed;
  const title = node.count > 1 ? `${node.name} ×${node.count}` : node.name;
  const room = Math.floor((width - 24) / NODE.character);
  const shown = clip(title, Math.max(6, room - Math.min(node.table.length, 12) - 1));
  const table = clip(node.table, Math.max(3, room - shown.length - 1));
  return html`<g class="node ${node.kind}">
${node.count > 1 && html`<rect class="behind" x="${x + 4}" y="${y + 4}" width="${width}" height="${height}" rx="4"/>`}
<rect class="box" x="${x}" y="${y}" width="${width}" height="${height}" rx="4"/>
<text class="name" x="${x + 10}" y="${y + 17}">${shown}</text>
<text class="table" x="${x + width - 10}" y="${y + 17}" text-anchor="end">${table}</text>
${textLines(placed)}</g>`;
}

function textLines(placed: Placed): Markup {
  const { node, x, y, width } = placed;
  const notes = notesOf(node);
  const drawn = node.lines.slice(0, drawnLines(node));
  const room = Math.floor((width - 20) / NODE.character);
  const longest = (pick: (line: GraphLine) => string) =>
    Math.max(0, ...drawn.map((line) => pick(line).length));
  const values = Math.min(
    longest((line) => line.value),
    Math.ceil(room * 0.5),
  );
  const column = Math.min(
    longest((line) => line.column),
    room - values - 1,
  );
  const at = (index: number) => y + NODE.head + 12 + index * NODE.line;
  const more = node.lines.length - drawn.length;
  return html`${
    notes.length + drawn.length > 0 &&
    html`<path class="rule" d="M${x} ${y + NODE.head} h${width}"/>`
  }${notes.map((note, index) => noteSvg(note, { x: x + 10, y: at(index), room }))}${drawn.map(
    (line, index) => lineSvg(line, { x: x + 10, y: at(notes.length + index), column, room }),
  )}${more > 0 && html`<text class="note" x="${x + 10}" y="${at(notes.length + drawn.length)}">and ${more} more</text>`}`;
}

function noteSvg(
  note: { readonly text: string; readonly persona: boolean },
  at: { readonly x: number; readonly y: number; readonly room: number },
): Markup {
  if (!note.persona)
    return html`<text class="note" x="${at.x}" y="${at.y}">${clip(note.text, at.room)}</text>`;
  return html`<use class="glyph" href="#i-person" x="${at.x - 1}" y="${at.y - 10}" width="12" height="12"/><text class="persona" x="${at.x + 15}" y="${at.y}">${clip(note.text, at.room - 3)}</text>`;
}

function lineSvg(
  line: GraphLine,
  at: { readonly x: number; readonly y: number; readonly column: number; readonly room: number },
): Markup {
  const value = clip(line.value, at.room - at.column - 1);
  const kind = line.ref !== null ? 'ref' : line.changed ? 'new' : 'value';
  const indent = at.x + (at.column + 1) * NODE.character;
  return html`<text class="column" x="${at.x}" y="${at.y}">${clip(line.column, at.column)}</text><text class="${kind}" x="${indent}" y="${at.y}">${value}</text>`;
}

function clip(text: string, length: number): string {
  const characters = [...text];
  return characters.length <= length
    ? text
    : `${characters.slice(0, Math.max(0, length - 1)).join('')}…`;
}
