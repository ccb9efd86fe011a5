import { headerOf } from '../../readers/request-parts.ts';
import { builtIn } from '../../trace/classes.ts';
import { bringAbout, mayThrow } from '../../trace/errors.ts';
import { all, atom, not, some } from '../../trace/formula.ts';
import type { Machine } from '../../trace/machine.ts';
import { branchValue } from '../../trace/path.ts';
import { placeAt } from '../../trace/source.ts';
import { compareValues } from '../../trace/truth.ts';
import { literal, literalOf, UNDEFINED, unknown, type Value } from '../../trace/values.ts';
import { sentMetadata, storedMetadata } from './metadata.ts';
import { absent, called, refuse, type Said, saidBy, type Upload, uploadOf } from './protocol.ts';
import { expires } from './stores.ts';

/** Runs what a method asks for; gives what its success is answered with. */
export type Handler = (machine: Machine, upload: Upload) => Said;

/** In the order the server asks: what the protocol refuses, the app's callbacks, the store. */
export const handlers: Readonly<Record<string, Handler>> = {
  POST: create,
  PATCH: append,
  HEAD: (machine, upload) => {
    found(machine, upload);
    return plainly(200);
  },
  DELETE: (machine, upload) => {
    incoming(machine, upload, identified(machine, upload));
    stored(machine, upload, 'remove');
    return plainly(204);
  },
  OPTIONS: () => plainly(204),
};

function create(machine: Machine, upload: Upload): Said {
  const { node, options } = upload;
  const missing = (name: string) => absent(machine, name, node);
  const refused = (when: ReturnType<typeof missing>, status: number, body: string) =>
    refuse(machine, { when, status, body }, node);
  refused(not(missing('upload-concat')), 501, 'Concatenation extension is not (yet) supported');
  const [length, later] = [missing('upload-length'), missing('upload-defer-length')];
  const both = some([all([length, later]), all([not(length), not(later)])]);
  refused(both, 400, 'Upload-Length or Upload-Defer-Length header required');
  if (machine.path.dead) return plainly(201);
  const metadata = sentMetadata(machine, node);
  const id = called(machine, upload, { name: 'namingFunction', early: [metadata], args: [] });
  const most = machine.get(options, 'maxSize', node);
  if (typeof literalOf(most) === 'number') {
    const size = headerOf(machine, 'upload-length');
    const over = compareValues({ left: size, op: '>', right: most }, node);
    refused(all([not(length), over]), 413, 'Maximum size exceeded');
  }
  const named = id ?? unknown('upload.id');
  incoming(machine, upload, named);
  const given = { id: named, metadata };
  const said = called(machine, upload, { name: 'onUploadCreate', args: [uploadOf(given)] });
  const own = said?.kind === 'object' ? machine.get(said, 'metadata', node) : UNDEFINED;
  const made = uploadOf(own.kind === 'object' ? { ...given, metadata: own } : given);
  stored(machine, upload, 'create');
  const type = headerOf(machine, 'content-type');
  const octets = literal('application/offset+octet-stream');
  const whole = compareValues({ left: type, op: '=', right: octets }, node);
  const answer = branchValue(machine, whole, {
    yes: () => {
      stored(machine, upload, 'write');
      return finished(machine, upload, made);
    },
    no: () => UNDEFINED,
  });
  return saidBy(machine, answer, { usual: 201, node });
}

function append(machine: Machine, upload: Upload): Said {
  const { node } = upload;
  const refused = (name: string, body: string) =>
    refuse(machine, { when: absent(machine, name, node), status: 403, body }, node);
  const id = identified(machine, upload);
  refused('upload-offset', 'Upload-Offset header required');
  refused('content-type', 'Content-Type header required');
  const made = found(machine, upload, id);
  const other = external('the offset is the upload’s', upload, false);
  refuse(machine, { when: other, status: 409, body: 'Upload-Offset conflict' }, node);
  stored(machine, upload, 'write');
  const answer = branchValue(machine, external('the upload is complete', upload, true), {
    yes: () => finished(machine, upload, made),
    no: () => UNDEFINED,
  });
  return saidBy(machine, answer, { usual: 204, node });
}

function plainly(status: number): Said {
  return { status: literal(status), body: UNDEFINED };
}

/** The id that the path holds. */
function identified(machine: Machine, upload: Upload): Value {
  const own = called(machine, { ...upload, web: true }, { name: 'getFileIdFromRequest', args: [] });
  return own ?? unknown('upload.id');
}

/** The upload that the path names, unless the store knows none or it has expired. */
function found(machine: Machine, upload: Upload, id = identified(machine, upload)): Value {
  const { node, options } = upload;
  incoming(machine, upload, id);
  const lost = external('the upload is stored', upload, false);
  refuse(machine, { when: lost, status: 404, body: 'The file for this url was not found' }, node);
  const mayExpire = expires(machine, machine.get(options, 'datastore', node), node);
  const gone = all([mayExpire, external('the upload has not expired', upload, false)]);
  refuse(
    machine,
    { when: gone, status: 410, body: 'The file for this url no longer exists' },
    node,
  );
  return uploadOf({ id, metadata: storedMetadata(machine, options, node) });
}

function incoming(machine: Machine, upload: Upload, id: Value): void {
  called(machine, upload, { name: 'onIncomingRequest', args: [id] });
}

/** What `onUploadFinish` would have answered. */
function finished(machine: Machine, upload: Upload, made: Value): Value {
  return called(machine, upload, { name: 'onUploadFinish', args: [made] }) ?? UNDEFINED;
}

/** The store may fail. */
function stored(machine: Machine, upload: Upload, name: string): void {
  if (machine.path.dead) return;
  const value = builtIn(['Error'], [['message', unknown('message')]]);
  bringAbout(value);
  mayThrow(machine, { when: external(`datastore.${name}`, upload, false), value }, upload.node);
}

function external(name: string, { node }: Upload, holds: boolean) {
  return atom({ kind: 'external', at: placeAt(node), name: `@tus/server: ${name}`, holds });
}
