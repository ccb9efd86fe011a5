import { ts } from '../../../kernel/syntax.ts';
import { CAMEL } from '../../queries/kysely/names.ts';
import type { Call, Machine, Native, Semantics, Value } from '../../static/value.ts';
import { native, textOf, UNKNOWN } from '../../static/value.ts';
import { literalSql, quoted, raw, rawOf } from '../migrations/ddl.ts';
import type { Emit } from '../migrations/run.ts';
import { columnCall, isColumn } from './column.ts';
import { isStatement, type NamedCall, type Names, started, step } from './statement.ts';

export const DATABASE: Native = { type: 'kysely-database' };
const SCHEMA: Native = { type: 'kysely-schema' };

/** What Kysely's schema builder sends, statement by statement. */
export function createKysely(emit: Emit, camel: boolean): Semantics {
  const names: Names = camel ? CAMEL.toSql : (name) => name;
  return {
    call: (_, { package: from, path }, call) =>
      from === 'kysely' ? exported(path.join('.'), call, names) : undefined,
    property: (_, receiver, name) =>
      receiver === DATABASE && name === 'schema' ? native(SCHEMA) : undefined,
    method: (machine, receiver, call) => {
      if (receiver === SCHEMA) {
        const scoped = /^(with(Schema|Plugin)|withoutPlugins)$/.test(call.name);
        return scoped ? native(SCHEMA) : started(call, names, emit);
      }
      if (receiver === DATABASE) return databaseCall(machine, call);
      if (receiver.type === 'raw-sql' && call.name === 'execute') {
        emit(rawOf(native(receiver)) ?? '', call.node);
        return UNKNOWN;
      }
      if (isColumn(receiver)) return columnCall(receiver, call, names);
      return isStatement(receiver) ? step(machine, receiver, call) : undefined;
    },
  };
}

function exported(name: string, call: Call, names: Names): Value | undefined {
  const [first] = call.args;
  if (name === 'Kysely') return native(DATABASE);
  if (name === 'sql') return native(raw(templateText(call)));
  if (name === 'sql.raw') return native(raw(textOf(first) ?? ''));
  if (/^sql\.(ref|table|id)$/.test(name)) return native(raw(quoted(names(textOf(first) ?? ''))));
  return /^sql\.(lit|val|literal|value)$/.test(name) ? native(raw(literalSql(first))) : undefined;
}

/** A transaction or another view of the database is the database still. */
function databaseCall(machine: Machine, call: NamedCall): Value | undefined {
  const [work] = call.args;
  if (call.name === 'execute' && work?.kind === 'function')
    return machine.invoke(work, [native(DATABASE)]);
  const view = /^(transaction|connection|withSchema|withPlugin|withoutPlugins|setIsolationLevel)$/;
  return view.test(call.name) ? native(DATABASE) : undefined;
}

function templateText({ node, args }: Call): string {
  if (!ts.isTaggedTemplateExpression(node)) return '';
  const { template } = node;
  if (ts.isNoSubstitutionTemplateLiteral(template)) return template.text;
  const pieces = template.templateSpans.map(
    (span, index) => `${literalSql(args[index])}${span.literal.text}`,
  );
  return `${template.head.text}${pieces.join('')}`;
}
