import { StatewrightError } from '../kernel/errors.ts';
import { bindUnique, type Param } from '../state/state.ts';

/** What a run knows by now. `rows` grows step by step. */
export interface Known {
  readonly run: string;
  readonly namespace: string;
  readonly rows: Map<string, Record<string, unknown>>;
}

/** Parameters as the driver sends them. */
export function bindParams(params: readonly Param[], known: Known): unknown[] {
  return params.map((param) => bindParam(param, known));
}

function bindParam(param: Param, { run, namespace, rows }: Known): unknown {
  switch (param.kind) {
    case 'value':
      return param.value;
    case 'now':
      return param.ms;
    case 'unique':
      return bindUnique(param, namespace);
    case 'run':
      return run;
    case 'bind': {
      const value = rows.get(param.row)?.[param.column];
      if (value === undefined) throw unknownRef(`${param.row}.${param.column}`);
      // A list goes to an array column as a list; an object can only be json.
      return typeof value === 'object' && value !== null && !Array.isArray(value)
        ? JSON.stringify(value)
        : value;
    }
  }
}

function unknownRef(ref: string): StatewrightError {
  return new StatewrightError('run.unknownRef', `The plan refers to "${ref}", which no row has.`, {
    hint: 'Refer to a column of a row that the plan names, as `row.column`.',
    facts: { ref },
  });
}
