import type { Finding } from '../../../kernel/finding.ts';
import { placeOfCall } from '../../place.ts';
import type { Endpoint, HandlerSemantics } from '../../reader.ts';
import { registered } from '../../static/registered.ts';
import type { Value } from '../../static/value.ts';
import { entryOf, nativeOf } from '../../static/value.ts';
import { unresolved } from '../unresolved.ts';
import type { Mount } from './mounts.ts';
import {
  chainOf,
  type Procedure,
  type ProcedureKind,
  type Root,
  type Step,
  stepOf,
} from './parts.ts';
import { recordsOf } from './register.ts';
import { type Rest, restOf } from './rest.ts';

const METHODS: Readonly<Record<ProcedureKind, string>> = {
  query: 'GET',
  mutation: 'POST',
  subscription: 'GET',
};

/** The procedures of a mounted router as HTTP reaches them. */
export function endpointsOf(
  mount: Mount,
  semantics: HandlerSemantics,
  findings: Finding[],
): Endpoint[] {
  const records = recordsOf(mount.router);
  if (records.length === 0) {
    findings.push(unresolved(mount.node, 'model.unresolvedRoute', 'the router is not known'));
    return [];
  }
  const prefix = mount.prefix.replace(/^(?!\/)(?=.)/, '/').replace(/\/$/, '');
  return records
    .flatMap((record) => proceduresIn(record, [], { mount, findings }))
    .flatMap(({ procedure, path }): Endpoint | [] => {
      const name = path.join('.');
      const asked = mount.rest ? restOf(procedure) : rpcOf(procedure, name);
      if (!asked) return [];
      const { method } = asked;
      const around = mount.around?.at(method, `${prefix}${asked.path}`);
      const steps: Step[] = [
        ...(around?.before ?? []),
        ...(mount.first ? [mount.first] : []),
        ...procedure.steps,
      ];
      const formatter = optionOf(procedure.root, 'errorFormatter');
      const chain = chainOf(steps, {
        procedure,
        name,
        wrapped: !mount.rest && isSuperjson(optionOf(procedure.root, 'transformer')),
        rest: mount.rest,
        errorFormatter: registered(formatter),
      });
      return {
        kind: 'procedure',
        method,
        path: `${prefix}${asked.path}`,
        chain,
        onError: [
          ...chain.filter((each) => stepOf(each)?.kind === 'middleware').reverse(),
          ...(around?.onError ?? []),
        ],
        semantics,
        at: placeOfCall(procedure.node),
      };
    });
}

function rpcOf({ kind }: Procedure, name: string): Rest {
  return { method: METHODS[kind], path: `/${name}` };
}

interface Found {
  readonly procedure: Procedure;
  readonly path: readonly string[];
}

function proceduresIn(
  record: Value,
  path: readonly string[],
  about: { mount: Mount; findings: Finding[] },
): Found[] {
  if (record.kind !== 'object') return [];
  if (record.open.value) {
    const reason = 'a router spreads what is not known';
    about.findings.push(unresolved(about.mount.node, 'model.unresolvedRoute', reason));
  }
  return [...record.entries].flatMap(([name, value]) => {
    const own = nativeOf(value);
    const here = [...path, name];
    if (own?.type === 'trpc-procedure') return [{ procedure: own as Procedure, path: here }];
    const inner = recordsOf(value);
    if (inner.length > 0) return inner.flatMap((each) => proceduresIn(each, here, about));
    const written = value.origin?.expression ?? about.mount.node;
    const reason = `what ${here.join('.')} is is not known`;
    about.findings.push(unresolved(written, 'model.unresolvedRoute', reason));
    return [];
  });
}

function optionOf(root: Root | null, name: string): Value | undefined {
  return entryOf(root?.options, name);
}

function isSuperjson(value: Value | undefined): boolean {
  return value?.kind === 'package' && value.package === 'superjson';
}
