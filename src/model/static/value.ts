import type { ts } from '../../kernel/syntax.ts';
import type { Program } from '../../repo/repo.ts';
import type { Undecided } from './under.ts';

/** Where a value was written, and the scope its names stand in. */
export interface Origin {
  readonly expression: ts.Expression;
  readonly frame: Frame | null;
  /** Whether it stays so wherever the value goes: what took it out can't be asked again. */
  readonly kept?: true;
}

/**
 * The variables of one call, by the node that declares them; so is what code put on a package's own thing, by where it
 * is read. Module scope is `null`.
 */
export interface Frame {
  readonly values: Map<ts.Node, Value>;
  readonly parent: Frame | null;
  /** What `this` is; null where there is none. */
  readonly self: Value | null;
}

/** Something a package made (a router, a table, a schema), known to the semantics that made it. */
export interface Native {
  readonly type: string;
}

export type Primitive = string | number | boolean | null | undefined;

/**
 * What an expression amounts to before any request: read from the code, never run. Lists and objects
 * are shared by identity, as in the language; `origin` says where the value came from.
 */
export type Value = { readonly origin: Origin | null } & (
  | { readonly kind: 'literal'; readonly value: Primitive }
  | { readonly kind: 'regex'; readonly source: string; readonly flags: string }
  | { readonly kind: 'list'; readonly items: Value[]; readonly open: { value: boolean } }
  | {
      readonly kind: 'object';
      readonly entries: Map<string, Value>;
      readonly of: ClassValue | null;
      /** True once something unknown was spread or assigned into it. */
      readonly open: { value: boolean };
      /** What the object's constructor of a package's class made of it. */
      readonly native: { value: Native | null };
      /** The `new` expression that made an instance. */
      readonly made?: { readonly at: Origin };
    }
  | FunctionValue
  | ClassValue
  | { readonly kind: 'module'; readonly file: string }
  | PackageValue
  | { readonly kind: 'native'; readonly native: Native }
  | { readonly kind: 'either'; readonly of: readonly Value[] }
  /** `by` is the package's export whose call gave it, `method` what it is of something a package made. */
  | {
      readonly kind: 'unknown';
      readonly by?: PackageValue;
      readonly method?: { readonly of: Value; readonly name: string };
    }
);

export type FunctionValue = {
  readonly kind: 'function';
  readonly node: ts.FunctionLikeDeclaration;
  readonly frame: Frame | null;
  readonly self: Value | null;
};

export type ClassValue = {
  readonly kind: 'class';
  readonly node: ts.ClassLikeDeclaration;
  readonly frame: Frame | null;
};

/** An export of a package, or a property of one: `z.coerce.number` is `['z', 'coerce', 'number']`. */
export type PackageValue = {
  readonly kind: 'package';
  readonly package: string;
  readonly path: readonly string[];
};

/** A call (or `new`, or tagged template) as met, for semantics to say what it means. */
export interface Call {
  readonly node: ts.CallExpression | ts.NewExpression | ts.TaggedTemplateExpression;
  readonly args: readonly Value[];
  readonly isNew: boolean;
  /** What is not known and must hold for it to be met. */
  readonly under: readonly Undecided[];
}

/** What a package's exports mean; undefined is "not mine". */
export interface Semantics {
  call?(machine: Machine, callee: PackageValue, call: Call): Value | undefined;
  method?(machine: Machine, receiver: Native, call: Call & { name: string }): Value | undefined;
  property?(machine: Machine, receiver: Native, name: string): Value | undefined;
  /** What code puts on a package's export: `express.response.told = …`. */
  assign?(owner: PackageValue, name: string, value: Value): void;
  /** Values handed to code that can't be followed. */
  escape?(machine: Machine, values: readonly Value[]): void;
}

/** Reads code as if it ran, without requests, input or the world. */
export interface Machine {
  readonly program: Program;
  /** Where names lead and modules are found. */
  readonly names: Pick<Program, 'meaning' | 'exported' | 'exportNames' | 'source' | 'resolve'>;
  readonly semantics: readonly Semantics[];
  /** The value of an expression where it stands; unknown rather than a guess. */
  evaluate(expression: ts.Expression, frame: Frame | null): Value;
  execute(statement: ts.Statement, frame: Frame | null): Completion;
  /** What a declaration (a variable, binding, function, class, enum, export) holds. */
  held(declaration: ts.Node, frame: Frame | null): Value;
  bind(target: ts.BindingName, value: Value, frame: Frame | null): void;
  assign(declaration: ts.Node, value: Value, frame: Frame | null): void;
  apply(callee: Value, call: Call): Value;
  invoke(callee: FunctionValue, args: readonly Value[]): Value;
  /** What is not known and holds where what runs just now stands, outermost first. */
  under: readonly Undecided[];
  /** The functions being run, outermost first. */
  readonly running: { readonly node: ts.Node; readonly under: number }[];
  /** Runs a module once, after the modules it imports. */
  run(file: string): void;
  /** One step; false when there have been too many to be a program that registers routes. */
  step(): boolean;
}

/** How a statement ended: `always` false when only one of the ways through it returned. */
export interface Completion {
  readonly returns: Value | null;
  readonly always: boolean;
  /** What must hold for it to be left at its end, where that is not known. */
  readonly goesOn?: Undecided;
}

export const UNKNOWN: Value = { kind: 'unknown', origin: null };

export function literal(value: Primitive, origin: Origin | null = null): Value {
  return { kind: 'literal', value, origin };
}

export function list(items: Value[], origin: Origin | null = null): Value {
  return { kind: 'list', items, open: { value: false }, origin };
}

export function native<Made extends Native>(value: Made, origin: Origin | null = null): Value {
  return { kind: 'native', native: value, origin };
}

export function object(
  entries: Iterable<readonly [string, Value]> = [],
  origin: Origin | null = null,
): Value & { kind: 'object' } {
  return {
    kind: 'object',
    entries: new Map(entries),
    of: null,
    open: { value: false },
    native: { value: null },
    origin,
  };
}

/** A function is followed from where it was written, for whoever follows it can't ask what took it out again. */
export function keeping(value: Value): Value {
  if (value.kind !== 'function' || !value.origin) return value;
  return { ...value, origin: { ...value.origin, kept: true } };
}

/** More than one of these a value is not kept as: code that has so many is no part of how an app is put together. */
const SEVERAL = 256;

/** One of several values: what is the same stays one. */
export function either(values: readonly Value[]): Value {
  const of: Value[] = [];
  for (const value of values.flatMap((each) => (each.kind === 'either' ? each.of : [each])))
    if (!of.some((each) => isSame(value, each)) && of.push(value) > SEVERAL) return UNKNOWN;
  const [first] = of;
  if (!first || of.every(({ kind }) => kind === 'unknown')) return UNKNOWN;
  return of.length === 1 ? first : { kind: 'either', of, origin: null };
}

/** The text of a literal, or undefined. */
export function textOf(value: Value | undefined): string | undefined {
  if (value?.kind !== 'literal') return undefined;
  return typeof value.value === 'string' ? value.value : undefined;
}

/** The number of a literal, or undefined. */
export function numberOf(value: Value | undefined): number | undefined {
  return value?.kind === 'literal' && typeof value.value === 'number' ? value.value : undefined;
}

/** Text that is written out, if only as what stands in for an unset variable. */
export function plainText(value: Value | undefined): string | undefined {
  if (value?.kind === 'literal') {
    const written = typeof value.value === 'string' || typeof value.value === 'number';
    return written ? String(value.value) : undefined;
  }
  if (value?.kind !== 'either') return undefined;
  const texts = new Set(value.of.flatMap((each) => plainText(each) ?? []));
  return texts.size === 1 ? [...texts][0] : undefined;
}

/** The native a value is, or carries as an instance of a package's class. */
export function nativeOf(value: Value | undefined): Native | undefined {
  if (value?.kind === 'native') return value.native;
  return (value?.kind === 'object' && value.native.value) || undefined;
}

/** An own entry of an object value; undefined for anything else. */
export function entryOf(value: Value | undefined, name: string): Value | undefined {
  return value?.kind === 'object' ? value.entries.get(name) : undefined;
}

/** Whether a value counts as true; undefined where nobody can tell. */
export function truthOf(value: Value): boolean | undefined {
  if (value.kind === 'literal') return Boolean(value.value);
  if (value.kind === 'either') {
    const truths = new Set(value.of.map(truthOf));
    return truths.size === 1 ? [...truths][0] : undefined;
  }
  return value.kind === 'unknown' || value.kind === 'package' ? undefined : true;
}

export function isSame(a: Value, b: Value): boolean {
  if (a === b) return true;
  if (a.kind === 'literal') return b.kind === 'literal' && a.value === b.value;
  if (a.kind === 'object') return b.kind === 'object' && a.entries === b.entries;
  if (a.kind === 'list') return b.kind === 'list' && a.items === b.items;
  return a.kind === 'native' && b.kind === 'native' && a.native === b.native;
}
