import type { Finding } from '../../kernel/finding.ts';
import words from './findings.json' with { type: 'json' };

/** A finding in words: what is the matter, where, and what to do about it (empty if unknown). */
export interface FindingWords {
  readonly says: string;
  readonly where: string;
  readonly do: string;
}

interface Template {
  readonly says: string;
  readonly do: string;
}

/** Puts a finding into words; one with no words of its own is told by its code and facts. */
export function findingWords(finding: Finding): FindingWords {
  const all: Readonly<Record<string, Template>> = words;
  const template = Object.hasOwn(all, finding.code) ? all[finding.code] : undefined;
  const says = template && filled(template.says, finding);
  return {
    says: says ?? fallback(finding),
    where: whereWords(finding),
    do: (template && filled(template.do, finding)) ?? '',
  };
}

/** The template with `{fact}`s put in; null when the finding lacks one of them. */
function filled(template: string, finding: Finding): string | null {
  let complete = true;
  const text = template.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    const fact = Object.hasOwn(finding.facts, name) ? finding.facts[name] : undefined;
    if (fact === undefined || fact === null) complete = false;
    return factWords(fact);
  });
  return complete ? text : null;
}

/** `plan.unknownTable` with facts `{ table: 'x' }` reads `Unknown table: table x`. */
function fallback(finding: Finding): string {
  const last = finding.code.split('.').at(-1) ?? finding.code;
  const title = last.replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2').toLowerCase();
  const facts = Object.entries(finding.facts).map(([name, fact]) => `${name} ${factWords(fact)}`);
  const head = `${title.charAt(0).toUpperCase()}${title.slice(1)}`;
  return facts.length > 0 ? `${head}: ${facts.join(', ')}` : head;
}

function factWords(fact: unknown): string {
  if (Array.isArray(fact)) return fact.map(factWords).join(', ');
  return typeof fact === 'string' ? fact : JSON.stringify(fact);
}

function whereWords({ at }: Finding): string {
  if (at.file === null) return at.path ?? '';
  const place = at.line === null ? at.file : `${at.file}:${at.line}`;
  return at.path === null ? place : `${place} (${at.path})`;
}
