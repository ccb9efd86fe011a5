import type { PackageValue, Value } from '../../static/value.ts';

/** `app.response`: what all the responses of an app have. */
export function prototypeNamed(name: string): Value | undefined {
  const known = name === 'request' || name === 'response';
  return known ? { kind: 'package', package: 'express', path: [name], origin: null } : undefined;
}

/** `req` or `res` for what every request, or response, has what is put on it from. */
export function prototypeOf({ package: from, path }: PackageValue): 'req' | 'res' | undefined {
  const name = path.filter((each) => each !== 'default').join('.');
  if (from === 'express')
    return name === 'request' ? 'req' : name === 'response' ? 'res' : undefined;
  if (!/^(node:)?http$/.test(from)) return undefined;
  if (name === 'IncomingMessage.prototype') return 'req';
  return name === 'ServerResponse.prototype' ? 'res' : undefined;
}
