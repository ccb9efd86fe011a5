import { html, type Markup } from './markup.ts';

const AROUND = 2;

/** A place's line in its file with two lines around it; null where the file's text is not at hand. */
export function excerpt(
  place: { readonly file: string; readonly line: number },
  sources: ReadonlyMap<string, string>,
): Markup | null {
  const lines = sources.get(place.file)?.split(/\r?\n/);
  if (!lines || place.line < 1 || place.line > lines.length) return null;
  const from = Math.max(1, place.line - AROUND);
  const shown = lines
    .slice(from - 1, place.line + AROUND)
    .map((line) => line.replaceAll('\t', '  '));
  const filled = shown.filter((line) => line.trim() !== '');
  const indent = Math.min(...filled.map((line) => line.length - line.trimStart().length));
  return html`<div class="excerpt" role="group" tabindex="0" aria-label="${place.file}, line ${place.line}"><table role="presentation"><tbody>${shown.map(
    (line, index) =>
      html`<tr${from + index === place.line && html` class="hit"`}><td class="number">${from + index}</td><td><pre>${line.slice(indent)}</pre></td></tr>`,
  )}</tbody></table></div>`;
}
