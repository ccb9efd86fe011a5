/** A request's body as it goes over the wire, with the content type it goes as. */
export interface Encoded {
  readonly bytes: Buffer;
  readonly type: string;
}

/** A body as its content type asks for it: JSON unless that says a form or text. */
export async function encodeBody(body: unknown, asked: string | undefined): Promise<Encoded> {
  const type = asked ?? 'application/json';
  if (/urlencoded/i.test(type)) {
    return { bytes: Buffer.from(new URLSearchParams(fieldsOf(body)).toString()), type };
  }
  if (/^multipart\//i.test(type)) return multipart(fieldsOf(body));
  const isText = typeof body === 'string' && !/json/i.test(type);
  return { bytes: Buffer.from(isText ? String(body) : JSON.stringify(body)), type };
}

async function multipart(entries: readonly [string, string][]): Promise<Encoded> {
  const form = new FormData();
  for (const [name, value] of entries) form.append(name, value);
  const encoded = new Response(form);
  const type = encoded.headers.get('content-type') ?? 'multipart/form-data';
  return { bytes: Buffer.from(await encoded.arrayBuffer()), type };
}

/** A list gives its name once per entry, null and undefined give nothing. */
function fieldsOf(body: unknown): [string, string][] {
  const entries = Object.entries(typeof body === 'object' && body !== null ? body : {});
  return entries.flatMap(([name, value]) =>
    (Array.isArray(value) ? value : [value])
      .filter((item) => item !== null && item !== undefined)
      .map((item): [string, string] => [
        name,
        typeof item === 'object' ? JSON.stringify(item) : String(item),
      ]),
  );
}
