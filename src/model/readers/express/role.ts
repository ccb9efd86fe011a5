import type { Value } from '../../static/value.ts';

/** `passing` may hand on, `error` takes errors alone. */
export type Role = 'handler' | 'passing' | 'error';

/** What a handler may do, by its parameters: four take errors, `next` hands on. */
export function roleOf(value: Value): Role {
  if (value.kind === 'either')
    return (
      flat(value.of)
        .map(roleOf)
        .find((role) => role === 'passing') ?? 'handler'
    );
  if (value.kind !== 'function') return value.kind === 'package' ? 'passing' : roleOfUnknown(value);
  const { parameters } = value.node;
  if (parameters.length === 4) return 'error';
  const next = parameters[2]?.name.getText();
  const text = value.node.getText();
  return next && new RegExp(`\\b${next}\\(\\s*(['"]route['"])?\\s*\\)`).test(text)
    ? 'passing'
    : 'handler';
}

/** What packages make that takes errors. */
const ERROR_HANDLERS = new Set(['celebrate errors']);

function roleOfUnknown(value: Value): Role {
  const { package: from, path } = (value.kind === 'unknown' && value.by) || {
    package: '',
    path: [],
  };
  if (ERROR_HANDLERS.has(`${from} ${path.at(-1)}`)) return 'error';
  return value.kind === 'unknown' ? 'passing' : 'handler';
}

/** Handlers as Express takes them: lists within lists. */
export function flat(values: readonly Value[]): Value[] {
  return values.flatMap((value) => (value.kind === 'list' ? flat(value.items) : [value]));
}
