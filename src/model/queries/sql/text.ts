import type { ts } from '../../../kernel/syntax.ts';
import { parseSql } from '../../sql/parse.ts';
import type { Machine } from '../../trace/machine.ts';
import { choiceIn } from '../../trace/terms.ts';
import { literalOf, stringOf, term, type Value } from '../../trace/values.ts';
import { alternative } from './alternatives.ts';

export interface Assembled {
  readonly text: string;
  /** What stands in the text as a parameter behind those the call gives. */
  readonly added: readonly Value[];
}

interface Said {
  readonly value: Value;
  /** How many parameters the call gives. */
  readonly given: number;
  readonly node: ts.Node;
  /** Writes the text's own parameters as PostgreSQL has them (`$1`), where it has them otherwise. */
  readonly numbered?: (text: string) => string;
  /** How many alternatives have been followed. */
  readonly followed?: number;
}

/**
 * Follows a text put together from pieces: alternatives run each on their own side, and a piece nobody knows
 * is a parameter where one can stand, else left out. Undefined where the text is no SQL.
 */
export function withText(
  machine: Machine,
  text: Said,
  work: (assembled: Assembled) => Value | undefined,
): Value | undefined {
  const { value, given, numbered = (said) => said, followed = 0 } = text;
  const pieces = piecesOf(value);
  if (!pieces) return undefined;
  const at = pieces.findIndex((piece) => piece.kind === 'choice');
  const choice = pieces[at];
  if (choice?.kind === 'choice') {
    const on = (part: Value) => {
      const parts = pieces.flatMap((piece, index) =>
        index === at ? (piecesOf(part) ?? [part]) : [piece],
      );
      const joined: Value = { kind: 'special', name: 'pieces' };
      assembledOf.set(joined, parts);
      return (
        withText(machine, { ...text, value: joined, followed: followed + 1 }, work) ?? UNFOLLOWED
      );
    };
    const { when, yes, no } = choice;
    const about = { when, followed, isEmpty: stringOf(yes) === '' };
    return known(alternative(machine, about, { yes: () => on(yes), no: () => on(no) }));
  }
  const assembled = assembledText(pieces, { given, numbered });
  return assembled && work(assembled);
}

const UNFOLLOWED: Value = { kind: 'unknown', text: 'sql', terms: [] };
const known = (result: Value) => (result === UNFOLLOWED ? undefined : result);

const assembledOf = new WeakMap<object, readonly Value[]>();

function piecesOf(value: Value): readonly Value[] | undefined {
  const parts = assembledOf.get(value);
  if (parts) return parts;
  const choice = choiceIn(value);
  if (choice) return [choice];
  if (stringOf(value) !== undefined) return [value];
  if (value.kind !== 'term' || value.term.kind !== 'call' || value.term.fn !== 'concat')
    return undefined;
  return value.term.args.flatMap((arg) => {
    const part = term(arg);
    return piecesOf(part) ?? [part];
  });
}

const HOLES = 3;

/** Tries a parameter in each hole, then nothing, then a name; the same in all where there are many. */
function assembledText(
  pieces: readonly Value[],
  { given, numbered }: { given: number; numbered: (text: string) => string },
): Assembled | undefined {
  const holes = pieces.filter((piece) => stringOf(piece) === undefined);
  const alike = holes.length > HOLES;
  const ways = alike ? 3 : 3 ** holes.length;
  for (let way = 0; way < ways; way += 1) {
    const added: Value[] = [];
    let rest = way;
    const whole = pieces
      .map((piece) => {
        const said = literalOf(piece);
        if (said !== undefined) return String(said);
        const how = rest % 3;
        if (!alike) rest = Math.floor(rest / 3);
        if (how === 1) return '';
        if (how === 2) return 'hole';
        added.push(piece);
        return `$${given + added.length}`;
      })
      .join('');
    const text = numbered(whole);
    if (parseSql(text)) return { text, added };
  }
  return undefined;
}
