import type { ts } from '../../../kernel/syntax.ts';
import { spreadFields, spreadItems } from '../../trace/composites.ts';
import type { Machine } from '../../trace/machine.ts';
import { UNDEFINED, type Value } from '../../trace/values.ts';
import { demanded } from './demanded.ts';

/** Quoted texts and comments, which hold no parameters; casts; `:name` or `$name`; `?`. */
const TOKENS = /'(?:[^']|'')*'|--[^\n]*|\/\*[\s\S]*?\*\/|::|[:$]([a-zA-Z_]\w*)|\?/g;

/** The values a text of Sequelize's is given, in the order of the numbers that stand for them. */
export interface Replaced {
  readonly params: readonly Value[];
  /** The text with numbers in place of `:name` and `?`. */
  readonly numbered: (text: string) => string;
  /** What must be there for the text to be sent, by name. */
  readonly demand: (text: string) => void;
}

/** `replacements: { id }` or `[id]`; what is bound (`$id`, `$1`) likewise. */
export function replaced(machine: Machine, given: Value | undefined, node: ts.Node): Replaced {
  if (!given || given.kind === 'undefined') return NONE;
  if (given.kind === 'array') return positional(spreadItems(given).map((item) => item.value));
  const { fields, open } = spreadFields(given);
  const names = [...fields.keys()];
  return {
    params: [...fields.values()],
    numbered: (text) =>
      text.replace(TOKENS, (whole, name: string | undefined) => {
        const at = name === undefined ? -1 : names.indexOf(name);
        return at < 0 ? whole : `$${at + 1}`;
      }),
    demand: (text) => {
      for (const [, name] of text.matchAll(TOKENS)) {
        if (name !== undefined && !(open && !fields.has(name)))
          demanded(machine, { value: fields.get(name) ?? UNDEFINED, message: unnamed(name) }, node);
      }
    },
  };
}

function unnamed(name: string): string {
  return `Named replacement ":${name}" has no entry in the replacement map.`;
}

const NONE: Replaced = { params: [], numbered: (text) => text, demand: () => undefined };

function positional(params: readonly Value[]): Replaced {
  const numbered = (text: string) => {
    let at = 0;
    return text.replace(TOKENS, (whole) => {
      if (whole !== '?') return whole;
      at += 1;
      return `$${at}`;
    });
  };
  return { params, numbered, demand: () => undefined };
}
