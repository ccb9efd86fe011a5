import { headerOf } from '../../readers/request-parts.ts';
import { builtIn } from '../../trace/classes.ts';
import { bringAbout, mayThrow } from '../../trace/errors.ts';
import { all, atom, not, some } from '../../trace/formula.ts';
import type { Machine } from '../../trace/machine.ts';
import { branch } from '../../trace/path.ts';
import { placeAt } from '../../trace/source.ts';
import { compareValues } from '../../trace/truth.ts';
import { literal, literalOf, unknown, type Value } from '../../trace/values.ts';
import { absent, called, metadataOf, refuse, type Upload, uploadOf } from './protocol.ts';

/** Runs what a method asks for; gives the status of its success. */
export type Handler = (machine: Machine, upload: Upload) => number;

/** In the order the server asks: what the protocol refuses, the app's callbacks, the store. */
export const handlers: Readonly<Record<string, Handler>> = {
  POST: create,
  PATCH: append,
  HEAD: (machine, upload) => {
    found(machine, upload);
    return 200;
  },
  DELETE: (machine, upload) => {
    incoming(machine, upload, identified(machine, upload));
    stored(machine, upload, 'remove');
    return 204;
  },
  OPTIONS: () => 204,
};

function create(machine: Machine, upload: Upload): number {
  const { node, options } = upload;
  const missing = (name: string) => absent(machine, name, node);
  const refused = (when: ReturnType<typeof missing>, status: number, body: string) =>
    refuse(machine, { when, status, body }, node);
  refused(not(missing('upload-concat')), 501, 'Concatenation extension is not (yet) supported');
  const [length, later] = [missing('upload-length'), missing('upload-defer-length')];
  const both = some([all([length, later]), all([not(length), not(later)])]);
  refused(both, 400, 'Upload-Length or Upload-Defer-Length header required');
  if (machine.path.dead) return 201;
  const metadata = metadataOf(machine, node);
  const id = called(machine, upload, { name: 'namingFunction', early: [metadata], args: [] });
  const most = machine.get(options, 'maxSize', node);
  if (typeof literalOf(most) === 'number') {
    const size = headerOf(machine, 'upload-length');
    const over = compareValues({ left: size, op: '>', right: most }, node);
    refused(all([not(length), over]), 413, 'Maximum size exceeded');
  }
  const named = id ?? unknown('upload.id');
  incoming(machine, upload, named);
  const made = uploadOf(machine, { id: named, node });
  called(machine, upload, { name: 'onUploadCreate', args: [made] });
  stored(machine, upload, 'create');
  const type = headerOf(machine, 'content-type');
  const octets = literal('application/offset+octet-stream');
  const whole = compareValues({ left: type, op: '=', right: octets }, node);
  branch(machine, whole, {
    yes: () => {
      stored(machine, upload, 'write');
      finished(machine, upload, made);
    },
    no: () => undefined,
  });
  return 201;
}

function append(machine: Machine, upload: Upload): number {
  const { node } = upload;
  const refused = (name: string, body: string) =>
    refuse(machine, { when: absent(machine, name, node), status: 403, body }, node);
  const id = identified(machine, upload);
  refused('upload-offset', 'Upload-Offset header required');
  refused('content-type', 'Content-Type header required');
  const made = found(machine, upload, id);
  const other = external('the offset is not the upload’s', upload, false);
  refuse(machine, { when: other, status: 409, body: 'Upload-Offset conflict' }, node);
  stored(machine, upload, 'write');
  branch(machine, external('the upload is complete', upload, true), {
    yes: () => finished(machine, upload, made),
    no: () => undefined,
  });
  return 204;
}

/** The id that the path holds. */
function identified(machine: Machine, upload: Upload): Value {
  const own = called(machine, { ...upload, web: true }, { name: 'getFileIdFromRequest', args: [] });
  return own ?? unknown('upload.id');
}

/** The upload that the path names, unless the store knows none or it has expired. */
function found(machine: Machine, upload: Upload, id = identified(machine, upload)): Value {
  const { node } = upload;
  incoming(machine, upload, id);
  const refused = (name: string, status: number, body: string) =>
    refuse(machine, { when: external(name, upload, false), status, body }, node);
  refused('the upload is stored', 404, 'The file for this url was not found');
  refused('the upload has not expired', 410, 'The file for this url no longer exists');
  return uploadOf(machine, { id, node });
}

function incoming(machine: Machine, upload: Upload, id: Value): void {
  called(machine, upload, { name: 'onIncomingRequest', args: [id] });
}

function finished(machine: Machine, upload: Upload, made: Value): void {
  called(machine, upload, { name: 'onUploadFinish', args: [made] });
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
