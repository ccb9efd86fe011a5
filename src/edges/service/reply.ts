/** An answer whose headers are plain: set one by one on a Response they cost as much as all else of a request. */
export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array<ArrayBuffer> | null;
}

/** What is sent, with more headers. */
export function responseOf(
  reply: Reply | Response,
  more: Readonly<Record<string, string>> = {},
): Response {
  if (!(reply instanceof Response)) {
    const { status, headers, body } = reply;
    return new Response(body, { status, headers: { ...headers, ...more } });
  }
  for (const [name, value] of Object.entries(more)) reply.headers.set(name, value);
  return reply;
}
