import { digest } from '../kernel/digest.ts';
import type { Finding } from '../kernel/finding.ts';
import { importsIn } from './imports.ts';
import { linker } from './link.ts';
import { looking } from './looked.ts';
import { outlineOf } from './outline.ts';
import { type Parsed, parse, unreadable } from './parse.ts';
import type { Files, Imports, Program, Repo } from './repo.ts';
import { resolver } from './resolve.ts';

/** What the views of a program share: each file is read, and each question asked of it, once. */
interface Code {
  readonly repo: Repo;
  readonly has: (path: string) => boolean;
  readonly parsed: (path: string) => Parsed;
  readonly text: (path: string) => { readonly text?: string; readonly finding: Finding | null };
  readonly imports: (path: string) => Imports;
  readonly outline: (path: string) => string;
  readonly matches: (path: string, pattern: RegExp) => boolean;
  readonly resolve: Program['resolve'];
  readonly links: ReturnType<typeof linker>;
}

/**
 * Opens a repo's code: files are parsed when first asked for, with parent pointers, and kept. A file that
 * is missing or unreadable is undefined; a syntax error is a finding, and what the parser recovered is given.
 * What `known` says a file imports is taken as said.
 */
export function openProgram(
  repo: Repo,
  files: Files,
  known: (path: string) => Imports | undefined = () => undefined,
): Program {
  const paths = new Set(repo.files.map((file) => file.path));
  const has = (path: string) => paths.has(path);
  const parsed = once((path: string) => parse(path, files));
  const text = once((path: string) => textOf(path, files));
  const resolve = resolver(repo);
  const source = (path: string) => (has(path) ? parsed(path).source : undefined);
  const code: Code = {
    repo,
    has,
    parsed,
    text,
    imports: once((path) => known(path) ?? importsOf(parsed(path))),
    outline: once((path) => outlineAt(parsed(path))),
    matches: matching(text),
    resolve,
    links: linker(source, resolve),
  };
  return view(code);
}

function view(code: Code): Program {
  const findings = new Map<string, Finding>();
  const looked = looking();
  const outlined = viewOf(code, {
    looked,
    findings,
    look: (path) => looked.outlines.set(path, code.outline(path)),
    outlined: () => outlined,
  });
  const look = (path: string) => looked.files.add(path);
  return viewOf(code, { looked, findings, look, outlined: () => outlined });
}

interface Noting {
  readonly looked: ReturnType<typeof looking>;
  readonly findings: Map<string, Finding>;
  /** Notes that a file was given. */
  readonly look: (path: string) => void;
  readonly outlined: () => Program;
}

function viewOf(code: Code, { looked, findings, look, outlined }: Noting): Program {
  const { repo, has, links } = code;
  const note = (path: string, finding: Finding | null) => {
    if (finding) findings.set(path, finding);
  };
  const through = <T>(link: { readonly found: T; readonly files: readonly string[] }): T => {
    for (const path of link.files) source(path);
    return link.found;
  };
  const source = (path: string) => {
    if (!has(path)) return undefined;
    const { source, finding } = code.parsed(path);
    look(path);
    note(path, finding);
    return source;
  };
  return {
    repo,
    source,
    text: (path) => {
      if (!has(path)) return undefined;
      const { text, finding } = code.text(path);
      looked.files.add(path);
      note(path, finding);
      return text;
    },
    imports: (path) => {
      if (!has(path)) return [];
      const found = code.imports(path);
      looked.imports.set(path, found);
      note(path, found.finding);
      return found.specifiers;
    },
    matches: (path, pattern) => {
      if (!has(path)) return false;
      const found = code.matches(path, pattern);
      looked.answered(pattern, path, found);
      return found;
    },
    resolve: code.resolve,
    meaning: (identifier) => through(links.meaning(identifier)),
    exported: (file, name) => through(links.exported(file, name)),
    exportNames: (file) => through(links.exportNames(file)),
    findings: () => [...findings.keys()].sort().flatMap((path) => findings.get(path) ?? []),
    apart: () => view(code),
    outlined,
    looked: () => looked,
    alsoLooked: (other, found) => {
      looked.include(other);
      for (const finding of found) note(finding.at.file ?? '', finding);
    },
  };
}

/** What a file imports, from what was parsed of it. */
export function importsOf({ source, finding }: Parsed): Imports {
  return { specifiers: source ? importsIn(source) : [], finding };
}

/** What tells the outline of a file as it was parsed. */
export function outlineAt({ source, finding }: Parsed): string {
  return digest([source ? outlineOf(source) : '', finding]);
}

function textOf(path: string, files: Files): ReturnType<Code['text']> {
  try {
    return { text: files.read(path), finding: null };
  } catch (error) {
    return { finding: unreadable(path, error) };
  }
}

function matching(text: Code['text']): Code['matches'] {
  const known = new Map<string, (path: string) => boolean>();
  return (path, pattern) => {
    const key = String(pattern);
    const ask = known.get(key) ?? once((path) => pattern.test(text(path).text ?? ''));
    known.set(key, ask);
    return ask(path);
  };
}

function once<Found>(find: (path: string) => Found): (path: string) => Found {
  const known = new Map<string, Found>();
  return (path) => {
    const before = known.get(path);
    if (before !== undefined || known.has(path)) return before as Found;
    const found = find(path);
    known.set(path, found);
    return found;
  };
}
