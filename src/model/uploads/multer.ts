import type { ts } from '../../kernel/syntax.ts';
import { outsideData } from '../limits/limit.ts';
import type { LibraryReader } from '../reader.ts';
import { builtIn } from '../trace/classes.ts';
import type { Machine } from '../trace/machine.ts';
import { side } from '../trace/path.ts';
import { object } from '../trace/terms.ts';
import {
  literal,
  literalOf,
  native,
  type Special,
  UNDEFINED,
  unknown,
  type Value,
} from '../trace/values.ts';

/**
 * multer: what it refuses of a form's files goes to `next` as an error. Files are no state of the app's data: no other
 * ending depends on them.
 */
export const multer = {
  name: 'multer',
  from: /^multer$/,
  call: (machine, { name, args: [first = UNDEFINED, second], made }) => {
    const fn = name.split('.').at(-1) ?? name;
    if (fn === 'MulterError' && made) return multerError(String(literalOf(first)), second);
    return !made && /^(multer|default|\*)$/.test(fn) ? uploader(machine, first) : undefined;
  },
} satisfies LibraryReader;

/** What multer's errors say, by their code. */
const MESSAGES: Readonly<Record<string, string>> = {
  LIMIT_FILE_SIZE: 'File too large',
  LIMIT_FILE_COUNT: 'Too many files',
  LIMIT_UNEXPECTED_FILE: 'Unexpected field',
};

function multerError(code: string, field: Value = UNDEFINED): Value {
  return builtIn(
    ['MulterError', 'Error'],
    [
      ['name', literal('MulterError')],
      ['code', literal(code)],
      ['message', literal(MESSAGES[code] ?? code)],
      ['field', field],
    ],
  );
}

function uploader(machine: Machine, options: Value): Special {
  return {
    kind: 'special',
    name: 'multer',
    invoke: (method) =>
      /^(single|array|fields|any|none)$/.test(method)
        ? receiving(machine, { options, fields: method })
        : undefined,
  };
}

/** What is received by: `single('picture')` of a multer with options. */
export interface Form {
  readonly options: Value;
  readonly fields: string;
}

function receiving(machine: Machine, form: Form): Value {
  return native('multer', ([request = UNDEFINED, , next = UNDEFINED], node) => {
    const refuse = (error: Value) => machine.call(next, [error], node);
    refusals(machine, form, { request, refuse, node });
    return machine.call(next, [], node);
  });
}

export interface Receiving {
  readonly request: Value;
  /** What becomes of an error. */
  readonly refuse: (error: Value) => Value;
  readonly node: ts.Node;
}

/** Each error that a form may bring about, under what is sent. */
export function refusals(machine: Machine, { options, fields }: Form, receiver: Receiving): void {
  const { refuse, node } = receiver;
  const limits = machine.get(options, 'limits', node);
  const hasLimit = (name: string) => limits.kind === 'object' && limits.fields.value.has(name);
  const refused = (what: string, code: string) =>
    side(machine, sending(what, node), () => refuse(multerError(code)));
  if (hasLimit('fileSize')) refused('a larger file', 'LIMIT_FILE_SIZE');
  if (hasLimit('files')) refused('more files', 'LIMIT_FILE_COUNT');
  if (fields !== 'any') refused('a file of another field', 'LIMIT_UNEXPECTED_FILE');
  const filter = machine.get(options, 'fileFilter', node);
  if (filter.kind === 'closure')
    side(machine, sending('a file', node), () => filtered(machine, filter, receiver));
}

function sending(what: string, node: ts.Node) {
  return outsideData(`sending multer ${what}`, node);
}

/** Shows a file to the app's filter, which may call back with an error. */
function filtered(machine: Machine, filter: Value, { request, refuse, node }: Receiving): Value {
  const names = ['fieldname', 'originalname', 'encoding', 'mimetype'];
  const file = object(names.map((name) => [name, unknown(`file.${name}`)] as const));
  const back = native('callback', ([error = UNDEFINED]) => {
    const isError = error.kind !== 'undefined' && literalOf(error) !== null;
    return isError ? refuse(error) : UNDEFINED;
  });
  return machine.call(filter, [request, file, back], node);
}
