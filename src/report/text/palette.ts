import type { Verdict } from '../../proof/proof.ts';

const CODES = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33, blue: 34, magenta: 35 } as const;

export type Colour = keyof typeof CODES;

/** Paints text for a terminal, or leaves it alone. */
export type Paint = (colour: Colour, text: string) => string;

/** A painter; without colour it changes nothing. */
export function painter(colour: boolean): Paint {
  return (name, text) => (colour && text !== '' ? `\u001b[${CODES[name]}m${text}\u001b[0m` : text);
}

/** A verdict's mark and colour; the mark alone tells verdicts apart. */
export const MARKS: Record<Verdict, { readonly mark: string; readonly colour: Colour }> = {
  proven: { mark: '✓', colour: 'green' },
  diverted: { mark: '≠', colour: 'red' },
  unstable: { mark: '~', colour: 'yellow' },
  crashed: { mark: '✗', colour: 'red' },
  skipped: { mark: '-', colour: 'dim' },
  unsolved: { mark: '?', colour: 'magenta' },
  external: { mark: '↗', colour: 'blue' },
  infeasible: { mark: '∅', colour: 'dim' },
};
