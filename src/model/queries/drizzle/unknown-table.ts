import { finding } from '../../../kernel/finding.ts';
import { ts } from '../../../kernel/syntax.ts';
import { placeOfCall } from '../../place.ts';
import type { Machine } from '../../trace/machine.ts';
import type { Value } from '../../trace/values.ts';

/** What is given as a table and is nothing the repo tells: the query can't be read, which the user should know. */
export function tellUnknownTable(machine: Machine, given: Value | undefined, call: ts.Node): void {
  if (given?.kind !== 'package' && given?.kind !== 'unknown') return;
  const [argument] = ts.isCallExpression(call) ? call.arguments : [];
  if (!argument) return;
  const { file, line } = placeOfCall(call);
  const from = given.kind === 'package' ? { package: given.package } : {};
  machine.findings.push(
    finding('model.unknownTable', {
      ...{ severity: 'warning', file, line },
      facts: { table: argument.getText(), ...from },
    }),
  );
}
