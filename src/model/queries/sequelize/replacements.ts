import type { ts } from '../../../kernel/syntax.ts';
import { builtIn } from '../../trace/classes.ts';
import { spreadFields, spreadItems } from '../../trace/composites.ts';
import { not } from '../../trace/formula.ts';
import type { Machine } from '../../trace/machine.ts';
import { branch } from '../../trace/path.ts';
import { isThere } from '../../trace/truth.ts';
import { literal, UNDEFINED, type Value } from '../../trace/values.ts';

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
          demanded(machine, { name, value: fields.get(name) ?? UNDEFINED }, node);
      }
    },
  };
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

/** A name that nothing is given for is an error before anything is sent. */
function demanded(
  machine: Machine,
  { name, value }: { name: string; value: Value },
  node: ts.Node,
): void {
  if (value.kind !== 'undefined' && !isInput(value)) return;
  const message = `Named replacement ":${name}" has no entry in the replacement map.`;
  branch(machine, not(isThere(value, node)), {
    yes: () => machine.throwValue(builtIn(['Error'], [['message', literal(message)]]), node),
    no: () => undefined,
  });
}

/** What a request may leave out; of what else stands there nothing says that it is missing. */
function isInput(value: Value): boolean {
  return value.kind === 'term' && value.term.kind === 'input';
}
