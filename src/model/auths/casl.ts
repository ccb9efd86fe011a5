import type { ts } from '../../kernel/syntax.ts';
import type { LibraryReader } from '../reader.ts';
import { all, FALSE, type Formula, isFalse, isTrue, not, some, TRUE } from '../trace/formula.ts';
import type { Machine } from '../trace/machine.ts';
import { set } from '../trace/path.ts';
import { textOf } from '../trace/source.ts';
import { truthValue } from '../trace/terms.ts';
import { compareValues } from '../trace/truth.ts';
import {
  cell,
  literal,
  native,
  type Special,
  stringOf,
  UNDEFINED,
  unknown,
  type Value,
} from '../trace/values.ts';

/** CASL: what a builder was told under which conditions is what its ability allows. */
export const casl = {
  name: '@casl/ability',
  from: /^@casl\/ability$/,
  call: (machine, { name, args, node, made }) => {
    const [define = UNDEFINED] = args;
    if (made && /(?:^|\.)AbilityBuilder$/.test(name)) return builder(machine);
    if (made || !/(?:^|\.)defineAbility$/.test(name)) return undefined;
    const building = builder(machine);
    const [can, cannot] = ['can', 'cannot'].map((each) => machine.get(building, each, node));
    machine.call(define, [can ?? UNDEFINED, cannot ?? UNDEFINED], node);
    return machine.invoke(building, { name: 'build', args: [] }, node);
  },
} satisfies LibraryReader;

interface Rule {
  readonly inverted: boolean;
  readonly action: Value;
  readonly subject: Value;
  /** It says more than what may be done to a kind of thing: to which of them, or to which of their fields. */
  readonly narrow: boolean;
  readonly when: Formula;
}

function builder(machine: Machine): Special {
  const rules = cell<readonly Rule[]>([], merged);
  // A loop's turn stands for any row's, others tell more rules: what no rule allows may be allowed all the same.
  let inLoop = false;
  const tell = (inverted: boolean) =>
    native(inverted ? 'cannot' : 'can', ([action = UNDEFINED, subject, ...more]) => {
      const narrow = more.some((each) => each.kind !== 'undefined');
      inLoop ||= machine.frames.some((frame) => frame.kind === 'breakable' && frame.turn);
      const rule = { inverted, action, subject: subject ?? literal('all'), narrow, when: TRUE };
      set(machine, rules, [...rules.value, rule]);
      return native('rule', () => UNDEFINED);
    });
  const parts: Readonly<Record<string, Value>> = {
    can: tell(false),
    cannot: tell(true),
    build: native('build', () => ability(rules.value, inLoop)),
  };
  return {
    kind: 'special',
    name: 'AbilityBuilder',
    get: (name) => parts[name],
    invoke: (name, args, node) => parts[name] && machine.call(parts[name], args, node),
  };
}

/** The rules of either side, each under what its side comes about under. */
function merged(when: Formula, yes: readonly Rule[], no: readonly Rule[]): readonly Rule[] {
  const under = (rule: Rule, side: Formula): Rule => ({ ...rule, when: all([side, rule.when]) });
  const both = yes.filter((rule) => no.includes(rule));
  return [
    ...both,
    ...yes.filter((rule) => !both.includes(rule)).map((rule) => under(rule, when)),
    ...no.filter((rule) => !both.includes(rule)).map((rule) => under(rule, not(when))),
  ];
}

function ability(rules: readonly Rule[], inLoop: boolean): Special {
  return {
    kind: 'special',
    name: 'Ability',
    invoke: (name, [action = UNDEFINED, subject = literal('all')], node) => {
      if (name !== 'can' && name !== 'cannot') return undefined;
      const allowed = allows(rules, { action, subject }, node);
      if (!allowed || (inLoop && !isTrue(allowed))) return unknown(textOf(node));
      return truthValue(name === 'can' ? allowed : not(allowed));
    },
  };
}

/** The last rule that fits decides; undefined where it is not known which fit. */
function allows(
  rules: readonly Rule[],
  asked: { readonly action: Value; readonly subject: Value },
  node: ts.Node,
): Formula | undefined {
  let allowed = FALSE;
  for (const rule of rules) {
    const action = isAmong(rule.action, { asked: asked.action, any: 'manage' }, node);
    const subject = isAmong(rule.subject, { asked: asked.subject, any: 'all' }, node);
    if (!action || !subject) return undefined;
    const fits = all([rule.when, action, subject]);
    if (rule.narrow && !isFalse(fits) && stringOf(asked.subject) === undefined) return undefined;
    allowed = rule.inverted ? all([allowed, not(fits)]) : some([allowed, fits]);
  }
  return allowed;
}

/** Whether what is asked for is one of what a rule names; undefined where nothing tells. */
function isAmong(
  named: Value,
  { asked, any }: { readonly asked: Value; readonly any: string },
  node: ts.Node,
): Formula | undefined {
  if (named.kind === 'array') {
    const each = named.items.value.map(({ value }) => isAmong(value, { asked, any }, node));
    const known = each.filter((one) => one !== undefined);
    return known.some(isTrue) ? TRUE : known.length === each.length ? some(known) : undefined;
  }
  if (stringOf(named) === any) return TRUE;
  if (named.kind === 'class' && asked.kind === 'class')
    return named.node === asked.node ? TRUE : FALSE;
  if (named.kind !== 'term' || asked.kind !== 'term') return undefined;
  return compareValues({ left: asked, op: '=', right: named }, node);
}
