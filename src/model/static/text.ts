import { regexpOf } from '../../kernel/regexp.ts';
import type { Call, Machine, Primitive, Value } from './value.ts';
import { list, literal, numberOf, textOf, UNKNOWN } from './value.ts';

type NamedCall = Call & { readonly name: string };
type Pattern = Value & { readonly kind: 'regex' };

/** What a method of a text gives; undefined where it is none that we know. */
export function textMethod(machine: Machine, value: Primitive, call: NamedCall): Value | undefined {
  if (typeof value !== 'string') return undefined;
  const [pattern] = call.args;
  const from = textOf(pattern);
  switch (call.name) {
    case 'toLowerCase':
    case 'toUpperCase':
    case 'trim':
    case 'toString':
      return literal(value[call.name]());
    case 'concat':
      return call.args.length === 1 && from !== undefined ? literal(value + from) : undefined;
    case 'replace':
    case 'replaceAll':
      return replaced(machine, value, { ...call, name: call.name });
    case 'split':
      return from === undefined ? undefined : list(value.split(from).map((part) => literal(part)));
    case 'match':
      return pattern?.kind === 'regex' ? matched(value, pattern) : undefined;
    default:
      return asked(value, call);
  }
}

/** What a question about a text comes to; undefined where it is no question or what is asked isn't known. */
function asked(value: string, { name, args }: NamedCall): Value | undefined {
  const text = textOf(args[0]);
  const [from, to] = args.map(numberOf);
  switch (name) {
    case 'startsWith':
    case 'endsWith':
    case 'includes':
    case 'indexOf':
    case 'lastIndexOf':
    case 'localeCompare':
      return text === undefined || args.length > 1 ? undefined : literal(value[name](text));
    case 'slice':
    case 'substring':
      return from === undefined || (args.length > 1 && to === undefined)
        ? undefined
        : literal(value[name](from, to));
    default:
      return undefined;
  }
}

/** `path.replaceAll(/%\w\w/g, decode)`; undefined where not all that stands for what is found is known. */
function replaced(
  machine: Machine,
  value: string,
  call: NamedCall & { readonly name: 'replace' | 'replaceAll' },
): Value | undefined {
  const [sought, by] = call.args;
  const from = sought?.kind === 'regex' ? regexpOf(sought.source, sought.flags) : textOf(sought);
  if (!from || (typeof from !== 'string' && call.name === 'replaceAll' && !from.global))
    return undefined;
  const to = textOf(by);
  const replacement = typeof from === 'string' ? to?.replaceAll('$', '$$$$') : to;
  if (replacement !== undefined) return literal(value[call.name](from, replacement));
  if (by?.kind !== 'function') return undefined;
  let known = true;
  const text = value[call.name](from, (...found: unknown[]) => {
    const args = found.map((each) => (typeof each === 'object' ? UNKNOWN : literal(plain(each))));
    const made = textOf(machine.apply(by, { ...call, args, isNew: false }));
    known &&= made !== undefined;
    return made ?? '';
  });
  return known ? literal(text) : undefined;
}

function plain(value: unknown): Primitive {
  return typeof value === 'string' || typeof value === 'number' ? value : undefined;
}

/** `name.match(/^(\w+)\.ts$/)`: the parts found, or null. */
function matched(value: string, { source, flags }: Pattern): Value | undefined {
  const pattern = regexpOf(source, flags);
  if (!pattern) return undefined;
  const found = value.match(pattern);
  return found ? list([...found].map((part) => literal(plain(part)))) : literal(null);
}

/** `/\.js$/.test(name)`; undefined where the text isn't known. */
export function askedOfPattern(
  { source, flags }: Pattern,
  { name, args }: NamedCall,
): Value | undefined {
  const text = textOf(args[0]);
  const pattern = name === 'test' && text !== undefined ? regexpOf(source, flags) : null;
  return pattern && text !== undefined ? literal(pattern.test(text)) : undefined;
}
