import type { InputPart } from '../../../condition/condition.ts';
import type { Finding } from '../../../kernel/finding.ts';
import type { Declared } from '../../reader.ts';
import { registered } from '../../static/registered.ts';
import type { Call, Value } from '../../static/value.ts';
import { entryOf, plainText, textOf } from '../../static/value.ts';
import type { Router } from '../routing-tree.ts';
import { unresolved } from '../unresolved.ts';
import { registerAll, roleOf } from './entry.ts';

const PARTS = ['params', 'query', 'headers', 'cookies'] as const satisfies readonly InputPart[];

/** `app.openapi(createRoute({ method, path, request, middleware }), handler, hook?)`. */
export function openapi(
  router: Router,
  { call, ledger }: { call: Call; ledger: { readonly findings: Finding[] } },
): undefined {
  const [route, handler, hook] = call.args;
  const method = textOf(entryOf(route, 'method'));
  const path = plainText(entryOf(route, 'path'));
  if (method === undefined || path === undefined || !handler) {
    const reason = 'the route declaration is not known';
    ledger.findings.push(unresolved(call.node, 'model.unresolvedRoute', reason));
    return;
  }
  router.current = path.replaceAll(/\/\{(.+?)\}/g, '/:$1');
  registerAll(router, {
    method: method.toUpperCase(),
    path: router.current,
    run: [...middlewareOf(entryOf(route, 'middleware')), handler],
    last: roleOf(handler),
    declared: declaredBy(entryOf(route, 'request'), registered(hook) ?? router.onInvalid),
    call,
  });
}

function middlewareOf(value: Value | undefined): readonly Value[] {
  if (value?.kind === 'list') return value.items;
  return value && value.kind !== 'literal' ? [value] : [];
}

function declaredBy(request: Value | undefined, onInvalid: Declared['onInvalid']): Declared | null {
  const parts: Declared['parts'][number][] = PARTS.flatMap((from) => {
    const schema = registered(entryOf(request, from));
    return schema ? [{ from, schema }] : [];
  });
  const content = entryOf(entryOf(request, 'body'), 'content');
  const media = content?.kind === 'object' ? [...content.entries.values()] : [];
  for (const one of media) {
    const schema = registered(entryOf(one, 'schema'));
    if (schema) parts.push({ from: 'body', schema });
  }
  return parts.length > 0 ? { parts, onInvalid } : null;
}
