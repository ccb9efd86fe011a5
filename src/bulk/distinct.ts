import { baseOf, dateText, lengthOf, type Typed, type Types, uuidText } from './literal.ts';
import { bitsAt, type Key, permute } from './random.ts';

/** Makes a value its row's own, in any spelling; null where the type has too few values to be sure. */
export function distinctFor(
  typed: Typed,
  types: Types,
  { key, start }: { key: Key; start: number },
): ((made: string | null, index: number) => string) | null {
  const { base } = baseOf(typed, types);
  const max = lengthOf(typed, types);
  switch (base.name) {
    case 'text':
    case 'citext':
    case 'varchar':
    case 'bpchar':
    case 'name':
      return (made, index) => ownText(made ?? '', index, { key, max });
    case 'int2':
    case 'int4':
    case 'int8':
    case 'numeric':
    case 'oid':
    case 'float8':
      return (_, index) => String(start + index);
    case 'uuid':
      return (_, index) =>
        uuidText(
          [0, 1, 2, 3]
            .map((lane) => bitsAt(key, index, lane).toString(16).padStart(8, '0'))
            .join(''),
        );
    case 'bytea':
      return (_, index) => `\\x${(2 ** 48 + index).toString(16).padStart(14, '0')}`;
    case 'date':
      return (_, index) => dateText(start + index);
    case 'timestamp':
    case 'timestamptz':
      return (_, index) =>
        `${new Date(Date.UTC(2024, 0, 1) + index * 60_000).toISOString().slice(0, 19)}+00`;
    default:
      return null;
  }
}

const SPREAD = 36 ** 6;

/** The row's number in letters and digits, scattered; before the @ of an address, after anything else. */
function ownText(
  made: string,
  index: number,
  { key, max }: { key: Key; max: number | null },
): string {
  const room = max === null ? 12 : max;
  if (room < 6)
    return permute(key, 36 ** Math.max(1, room), index)
      .toString(36)
      .padStart(room, '0');
  const number = index < SPREAD ? permute(key, SPREAD, index) : index;
  const own = number.toString(36).padStart(6, '0');
  const at = made.indexOf('@');
  if (at > 0) {
    const host = made.slice(at);
    const local =
      max === null ? made.slice(0, at) : made.slice(0, Math.max(0, max - host.length - 7));
    if (max === null || host.length + 7 <= max) return `${local.slice(0, at)}.${own}${host}`;
  }
  const head = max === null ? made : made.slice(0, Math.max(0, max - 7));
  return head === '' ? own : `${head.trimEnd()}-${own}`;
}
