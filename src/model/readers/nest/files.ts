import type { Machine } from '../../trace/machine.ts';
import { native, stringOf, UNDEFINED, type Value } from '../../trace/values.ts';
import { type Form, refusals } from '../../uploads/multer.ts';
import { exception } from './exceptions.ts';
import { requestOf } from './request.ts';

/** Nest's interceptors that receive files, by which fields they take. */
const RECEIVERS: Readonly<Record<string, { readonly fields: string; readonly options: number }>> = {
  FileInterceptor: { fields: 'single', options: 1 },
  FilesInterceptor: { fields: 'array', options: 2 },
  FileFieldsInterceptor: { fields: 'fields', options: 1 },
  AnyFilesInterceptor: { fields: 'any', options: 0 },
  NoFilesInterceptor: { fields: 'none', options: 0 },
};

/** `FileInterceptor('avatar', { limits, fileFilter })`: what multer refuses is thrown as an exception of Nest. */
export function fileInterceptor(
  machine: Machine,
  name: string,
  args: readonly Value[],
): Value | undefined {
  const receiver = Object.hasOwn(RECEIVERS, name) ? RECEIVERS[name] : undefined;
  if (!receiver) return undefined;
  const last = args.at(-1);
  const given = last?.kind === 'object' ? last : (args[receiver.options] ?? UNDEFINED);
  const form: Form = { fields: receiver.fields, options: given };
  return native('FileInterceptor', (_, node) => {
    const refuse = (error: Value) => {
      machine.throwValue(asException(error), node);
      return UNDEFINED;
    };
    refusals(machine, form, { request: requestOf(machine), refuse, node });
    return UNDEFINED;
  });
}

/** Errors of multer become exceptions; what the app's own filter says stays as it is. */
function asException(error: Value): Value {
  if (error.kind !== 'instance' || !error.ancestry.includes('MulterError')) return error;
  const fields = error.fields.value;
  const isTooLarge = stringOf(fields.get('code')) === 'LIMIT_FILE_SIZE';
  const name = isTooLarge ? 'PayloadTooLargeException' : 'BadRequestException';
  return exception(name, [fields.get('message') ?? UNDEFINED]) ?? error;
}
