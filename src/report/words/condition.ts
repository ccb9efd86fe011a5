import type { Comparison, Condition, Op, Term } from '../../condition/condition.ts';
import type { Query, Write } from '../../model/model.ts';
import { code, list, type Phrase, say } from './phrase.ts';
import { inputWords, type Speech, tellsTime, termWords } from './term.ts';

/** The reads and writes of a route that its conditions name. */
export interface Scene {
  readonly reads: readonly Query[];
  readonly writes: readonly Write[];
}

type Of<Kind extends Condition['kind']> = Extract<Condition, { readonly kind: Kind }>;

const OPS: Record<Op, string> = {
  '=': 'is',
  '!=': 'is not',
  '<': 'is less than',
  '<=': 'is at most',
  '>': 'is more than',
  '>=': 'is at least',
  like: 'is like',
  'not like': 'is not like',
  matches: 'matches',
  'not matches': 'does not match',
};
const TIME_OPS: Partial<Record<Op, string>> = {
  '<': 'is before',
  '<=': 'is at or before',
  '>': 'is after',
  '>=': 'is at or after',
};

/** A condition as a plain sentence without a full stop: `coupon.expires_at is before now`. */
export function conditionWords(condition: Condition, scene: Scene): Phrase {
  switch (condition.kind) {
    case 'exists':
    case 'absent':
      return presenceWords(condition, scene);
    case 'compare':
    case 'environment':
    case 'aggregate':
      return comparisonWords(condition, scene);
    case 'count':
      return countWords(condition, scene);
    case 'member':
      return memberWords(condition, scene);
    case 'input':
      return condition.is === 'compare'
        ? comparisonWords(condition, scene)
        : say`${inputWords(condition)} ${INPUT_STATES[condition.is]}`;
    case 'actor':
      return actorWords(condition, scene);
    case 'conflict':
      return conflictWords(condition, scene);
    case 'external':
      return say`the outside service behind ${code(condition.name)} says ${condition.holds ? 'yes' : 'no'}`;
    case 'opaque':
      return say`${code(condition.text)} ${condition.holds ? 'holds' : 'does not hold'}`;
    case 'any':
      return list(
        condition.of.map((each) => allWords(each, scene)),
        ', or ',
      );
  }
}

const INPUT_STATES = {
  invalid: 'is not valid',
  malformed: 'can’t be parsed',
  wellFormed: 'can be parsed',
  valid: 'is valid',
  missing: 'is missing',
  present: 'is given',
};

function allWords(conditions: readonly Condition[], scene: Scene): Phrase {
  return list(
    conditions.map((condition) => conditionWords(condition, scene)),
    ' and ',
  );
}

function presenceWords(condition: Of<'exists' | 'absent'>, scene: Scene): Phrase {
  const query = scene.reads.find((read) => read.id === condition.query);
  const row = code(condition.query);
  const exists = condition.kind === 'exists';
  const head = exists
    ? say`${query?.many ? 'at least one' : article(condition.query)} ${row} row exists`
    : say`no ${row} row exists`;
  if (!query || query.where.length === 0) return head;
  return say`${head} where ${allWords(query.where, scene)}`;
}

function comparisonWords({ left, op, right }: Comparison, scene: Scene): Phrase {
  const time = tellsTime(left) || tellsTime(right);
  const speech: Speech = { time, conditions: (conditions) => allWords(conditions, scene) };
  const subject = termWords(left, speech);
  if (isLiteral(right, null) && (op === '=' || op === '!=')) {
    return say`${subject} ${op === '=' ? 'is not set' : 'is set'}`;
  }
  const verb = (time ? TIME_OPS[op] : undefined) ?? OPS[op];
  return say`${subject} ${verb} ${termWords(right, speech)}`;
}

/** Counts against zero and one read as existence; other counts as a comparison. */
function countWords(condition: Comparison, scene: Scene): Phrase {
  const { left, op, right } = condition;
  const query = left.kind === 'aggregate' || left.kind === 'rows' ? left.query : null;
  if (query !== null) {
    const none = (op === '=' || op === '<=') && isLiteral(right, 0);
    if (none || (op === '<' && isLiteral(right, 1))) return say`there are no ${code(query)} rows`;
    const some = (op === '>' || op === '!=') && isLiteral(right, 0);
    if (some || (op === '>=' && isLiteral(right, 1))) {
      return say`there is at least one ${code(query)} row`;
    }
    const counted: Term = { kind: 'aggregate', op: 'count', query, of: null };
    return comparisonWords({ left: counted, op, right }, scene);
  }
  return comparisonWords(condition, scene);
}

function memberWords(condition: Of<'member'>, scene: Scene): Phrase {
  const speech: Speech = { time: false, conditions: (all) => allWords(all, scene) };
  const options = list(
    condition.of.map((term) => termWords(term, speech)),
    ' or ',
  );
  return say`${termWords(condition.term, speech)} is ${condition.holds ? 'one of' : 'none of'} ${options}`;
}

function actorWords(condition: Of<'actor'>, scene: Scene): Phrase {
  if (condition.is === 'role' || condition.is === 'owner') {
    return say`${comparisonWords(condition, scene)} (${condition.is === 'role' ? 'role' : 'ownership'})`;
  }
  return [condition.is === 'anonymous' ? 'nobody is signed in' : 'somebody is signed in'];
}

function conflictWords(condition: Of<'conflict'>, scene: Scene): Phrase {
  const table = scene.writes.find((write) => write.id === condition.write)?.table;
  const target = code(table ?? condition.write);
  const columns = list(
    condition.columns.map((column) => [code(column)]),
    ' and ',
  );
  if (condition.violates === 'unique') {
    return condition.holds
      ? say`another ${target} row already has the same ${columns}`
      : say`no other ${target} row has the same ${columns}`;
  }
  return condition.holds
    ? say`the row that ${columns} of ${target} points to is not there`
    : say`the row that ${columns} of ${target} points to is there`;
}

function isLiteral(term: Term, value: unknown): boolean {
  return term.kind === 'literal' && term.value === value;
}

function article(noun: string): string {
  return /^[aeio]/i.test(noun) ? 'an' : 'a';
}
