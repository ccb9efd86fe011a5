import type { Native, Value } from '../../static/value.ts';
import { entryOf, nativeOf, plainText, textOf } from '../../static/value.ts';
import { TYPES } from '../sequelize/types.ts';

/** `STRING(64)`, `ENUM('a', 'b')`: a type with what it was made with. */
interface Type extends Native {
  readonly type: 'sequelize-type';
  readonly name: string;
  readonly args: readonly Value[];
}

const OTHERS = new Set(['ENUM', 'ARRAY', 'VIRTUAL']);

export function isTypeName(name: string): boolean {
  return name in TYPES || OTHERS.has(name);
}

export function madeType(name: string, args: readonly Value[]): Type {
  return { type: 'sequelize-type', name, args };
}

/** A type, whether it was called or not: `DataTypes.STRING`. */
export function typeOf(value: Value | undefined): Type | undefined {
  const made = nativeOf(value);
  if (made?.type === 'sequelize-type') return made as Type;
  if (value?.kind !== 'package') return undefined;
  const name = value.path.find(isTypeName);
  if (!name) return undefined;
  return value.path.at(-1) === 'BINARY' ? madeType('BLOB', []) : madeType(name, []);
}

/** The labels of an enum: what it was made with, one by one or as a list, or what stands beside it. */
export function labelsOf(type: Type, spec: Value | undefined): string[] {
  const beside = entryOf(spec, 'values');
  const given = type.args.length > 0 ? type.args : beside ? [beside] : [];
  return given
    .flatMap((each) => entryOf(each, 'values') ?? each)
    .flatMap((each) => (each.kind === 'list' ? each.items : [each]))
    .flatMap((each) => textOf(each) ?? []);
}

/** The SQL of a type; undefined where it can't be told, or the database knows nothing of it. */
export function typeSql(value: Value | undefined, enumName: string): string | undefined {
  const type = typeOf(value);
  if (!type) return plainText(value);
  if (type.name === 'VIRTUAL') return undefined;
  if (type.name === 'ENUM') return `"${enumName}"`;
  if (type.name === 'ARRAY') return `${typeSql(type.args[0], enumName) ?? 'text'}[]`;
  const plain = TYPES[type.name];
  if (/^(DECIMAL|NUMERIC)$/.test(type.name)) {
    const sizes = type.args.flatMap((each) => plainText(each) ?? []);
    return sizes.length > 0 ? `${plain}(${sizes.join(', ')})` : plain;
  }
  const size = plainText(type.args[0] && (entryOf(type.args[0], 'length') ?? type.args[0]));
  return size && /^\d+$/.test(size) ? plain?.replace(/\(\d+\)$/, `(${size})`) : plain;
}
