import type { Condition, Op, Term } from '../condition/condition.ts';

/** A condition in a few words, the same wherever it stands in the code. */
export function words(condition: Condition): string {
  switch (condition.kind) {
    case 'exists':
      return `${condition.query} exists`;
    case 'absent':
      return `no ${condition.query}`;
    case 'compare':
    case 'count':
    case 'aggregate':
    case 'environment':
      return comparisonWords(condition.left, condition.op, condition.right);
    case 'member': {
      const list = condition.of.map(termWords).join(', ');
      return `${termWords(condition.term)} ${condition.holds ? 'is' : 'is not'} one of ${list}`;
    }
    case 'input':
      if (condition.is === 'compare') {
        return comparisonWords(condition.left, condition.op, condition.right);
      }
      return `${[condition.from, ...condition.path].join('.')} ${condition.is}`;
    case 'actor':
      return condition.is === 'role' || condition.is === 'owner'
        ? comparisonWords(condition.left, condition.op, condition.right)
        : condition.is;
    case 'conflict':
      return `${condition.write} ${condition.holds ? 'conflicts' : 'does not conflict'}`;
    case 'external':
      return `${condition.name} ${condition.holds ? 'succeeds' : 'fails'}`;
    case 'opaque':
      return condition.holds ? condition.text : `not ${condition.text}`;
    case 'any':
      return condition.of
        .map((all) => all.map(words).sort().join(' and '))
        .sort()
        .join(' or ');
  }
}

const OPS: Readonly<Record<Op, string>> = {
  '=': 'is',
  '!=': 'is not',
  '<': '<',
  '<=': '<=',
  '>': '>',
  '>=': '>=',
  like: 'is like',
  'not like': 'is not like',
  matches: 'matches',
  'not matches': 'does not match',
};

function comparisonWords(left: Term, op: Op, right: Term): string {
  if (right.kind === 'now' && left.kind === 'column' && /[<>]/.test(op)) {
    return `${termWords(left)} is in the ${op.startsWith('<') ? 'past' : 'future'}`;
  }
  return `${termWords(left)} ${OPS[op]} ${termWords(right)}`;
}

function termWords(term: Term): string {
  switch (term.kind) {
    case 'literal':
      return typeof term.value === 'string' ? term.value || '""' : JSON.stringify(term.value);
    case 'input':
      return [term.from, ...term.path].join('.');
    case 'column':
      return `${term.row}.${term.column}`;
    case 'rows':
      return term.query;
    case 'aggregate':
      return `${term.op} of ${term.of ? termWords(term.of) : term.query}`;
    case 'now':
      return 'now';
    case 'env':
      return term.name;
    case 'arith':
      return arithWords(term);
    case 'call':
      return `${term.fn}(${term.args.map(termWords).join(', ')})`;
    case 'choice':
      return `${termWords(term.yes)} or ${termWords(term.no)}`;
    case 'external':
      return term.name;
    case 'opaque':
      return term.text;
  }
}

const DAY = 86_400_000;

function arithWords(term: Term & { kind: 'arith' }): string {
  const { left, op, right } = term;
  if (left.kind === 'now' && right.kind === 'literal' && typeof right.value === 'number') {
    const days = right.value / DAY;
    const span = Number.isInteger(days) ? `${days} days` : `${right.value} ms`;
    return `now ${op} ${span}`;
  }
  return `${termWords(left)} ${op} ${termWords(right)}`;
}
