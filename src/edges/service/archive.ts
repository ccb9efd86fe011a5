import { createGunzip } from 'node:zlib';
import { StatewrightError } from '../../kernel/errors.ts';
import { checkPath } from './paths.ts';

const MAX_UNPACKED = 128 * 1024 * 1024;
const MAX_FILES = 20_000;
const MAX_FILE = 4 * 1024 * 1024;
/** Of all text together, as for a body of JSON. */
const MAX_TEXT = 32 * 1024 * 1024;
const BLOCK = 512;

/**
 * The text files of a tar archive (gzipped or not) by path, without a common first folder. Nothing is
 * written to disk; what holds a NUL is no text and left out. Refuses links, devices, absolute paths, `..`, and what unpacks to too much.
 */
export async function readArchive(bytes: Uint8Array): Promise<Map<string, string>> {
  const zipped = bytes[0] === 0x1f && bytes[1] === 0x8b;
  const files = readTar(zipped ? await unzip(bytes) : bytes);
  return withoutCommonFolder(files);
}

async function unzip(bytes: Uint8Array): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let size = 0;
  const stream = createGunzip();
  stream.end(bytes);
  try {
    for await (const part of stream as AsyncIterable<Uint8Array>) {
      size += part.length;
      if (size > MAX_UNPACKED) throw tooMuch(`unpacks to more than ${MAX_UNPACKED} bytes`);
      parts.push(part);
    }
  } catch (error) {
    if (error instanceof StatewrightError) throw error;
    throw badArchive('it is not gzip, or cut off', error);
  } finally {
    stream.destroy();
  }
  return Buffer.concat(parts);
}

function readTar(bytes: Uint8Array): Map<string, string> {
  const files = new Map<string, string>();
  let longName: string | null = null;
  let text = 0;
  for (let at = 0; at + BLOCK <= bytes.length; ) {
    const header = bytes.subarray(at, at + BLOCK);
    if (header.every((byte) => byte === 0)) return files;
    const { name, size, type } = readHeader(header);
    const body = bytes.subarray(at + BLOCK, at + BLOCK + size);
    if (body.length < size) throw badArchive('it is cut off');
    at += BLOCK + Math.ceil(size / BLOCK) * BLOCK;
    if (type === 'x' || type === 'L') {
      longName = type === 'x' ? (paxPath(body) ?? longName) : textOf(body);
      continue;
    }
    if (type === 'g') continue;
    const path = checkPath(longName ?? name);
    longName = null;
    if (type === '5') continue;
    if (type !== '0' && type !== '\0' && type !== '7')
      throw badArchive(`"${path}" is a link or a device`);
    if (size > MAX_FILE || path === '' || body.includes(0)) continue;
    text += size;
    if (text > MAX_TEXT) throw tooMuch(`holds more than ${MAX_TEXT} bytes of text`);
    if (files.size >= MAX_FILES) throw tooMuch(`holds more than ${MAX_FILES} files`);
    files.set(path, new TextDecoder().decode(body));
  }
  return files;
}

function readHeader(header: Uint8Array): { name: string; size: number; type: string } {
  const field = (from: number, length: number) => textOf(header.subarray(from, from + length));
  let sum = 0;
  for (const [at, byte] of header.entries()) sum += at >= 148 && at < 156 ? 32 : byte;
  if (Number.parseInt(field(148, 8), 8) !== sum) throw badArchive('a header is damaged');
  const sizeText = field(124, 12).trim();
  if (!/^[0-7]{1,12}$/.test(sizeText)) throw badArchive('a file has no size');
  const prefix = field(257, 5) === 'ustar' ? field(345, 155) : '';
  const name = field(0, 100);
  return {
    name: prefix ? `${prefix}/${name}` : name,
    size: Number.parseInt(sizeText, 8),
    type: String.fromCharCode(header[156] ?? 0),
  };
}

/** `LENGTH path=VALUE\n` among the records of an extended header. */
function paxPath(body: Uint8Array): string | null {
  const text = new TextDecoder().decode(body);
  return /(?:^|\n)\d+ path=([^\n]*)\n/.exec(text)?.[1] ?? null;
}

function textOf(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  return new TextDecoder().decode(end < 0 ? bytes : bytes.subarray(0, end));
}

function withoutCommonFolder(files: Map<string, string>): Map<string, string> {
  const [first = ''] = files.keys();
  const folder = first.includes('/') ? `${first.split('/')[0]}/` : '';
  const common = folder !== '' && [...files.keys()].every((path) => path.startsWith(folder));
  if (!common) return files;
  return new Map([...files].map(([path, text]) => [path.slice(folder.length), text]));
}

function badArchive(why: string, cause?: unknown): StatewrightError {
  return new StatewrightError('service.badArchive', `The archive can't be read: ${why}.`, {
    hint: 'Send what `git archive --format=tar.gz HEAD` writes. Nothing was kept.',
    cause,
  });
}

function tooMuch(why: string): StatewrightError {
  return new StatewrightError('service.tooLarge', `The archive ${why}.`, {
    hint: 'Send the sources of one app alone. Nothing was kept.',
  });
}
