/** Names kept for documentation and tests: nobody can have them. */
const NOBODYS = /(^|\.)(test|example|invalid|example\.(com|net|org))$/;
/** A scheme as lenient parsers read it, two slashes of any kind, what follows a mailbox's at-sign. */
const URLS = /(?:\b(?:https?|wss?|ftp|file):|\b[a-z][a-z0-9+.-]*:(?=\/\/))[^\s"'<>`]+/gi;
const SCHEMELESS = /(?<=^|[=&?,;\s"'(])[\\/]\s*[\\/][^\s"'<>`\\/]+/g;
const MAIL_HOSTS =
  /(?<=[^\s@<>"'(),:;]@)[\p{L}\d-]+(?:[.\u3002\uff0e\uff61][\p{L}\d-]+)*\p{L}{2}/gu;
/** What is called so may hold a machine's bare name. */
const NAMES_A_HOST =
  /(^|[-_.])(host|hostname|domain|server|origin)s?$|[a-z](Host|Domain|Server|Origin)$/i;
const BARE = /^([\p{L}\d-]+(\.[\p{L}\d-]+)+|localhost|\[[\da-f:.]+\])(:\d+)?(\/.*)?$/iu;

/** The machines a text leads to; an address no parser takes apart stands for itself. `key` names the text. */
export function hostsIn(text: string, key: string): string[] {
  const hosts = [text, decoded(text)].flatMap((one) => [
    ...(one.match(URLS) ?? []).map(hostOf),
    ...(one.match(SCHEMELESS) ?? []).map((path) => hostOf(`http:${path.replace(/\s/g, '')}`)),
    ...(one.match(MAIL_HOSTS) ?? []).map((name) => hostOf(`http://${name}`)),
    ...(NAMES_A_HOST.test(key) && BARE.test(one) ? [hostOf(`http://${one}`)] : []),
  ]);
  return [...new Set(hosts)];
}

/** Whether somebody could be waiting there: it is neither nobody's name nor one of those that `texts` say. */
export function isForeign(host: string, texts: Iterable<string>): boolean {
  if (NOBODYS.test(host)) return false;
  const labels = host.split('.');
  const names = labels.map((_, index) => labels.slice(index).join('.')).slice(0, -1);
  const said = [host, ...names].map((name) => name.replace(/[^\w-]/g, '\\$&')).join('|');
  const pattern = new RegExp(`(?<![\\w-])(${said})(?![\\w-]|\\.\\w)`, 'i');
  for (const text of texts) if (pattern.test(text.replaceAll('\\', ''))) return false;
  return true;
}

function hostOf(address: string): string {
  const plain = address.replace(/[).,;!?\]]+$/, (end) => (end.startsWith(']') ? end : ''));
  return URL.parse(plain)?.hostname.toLowerCase().replace(/\.$/, '') || address;
}

/** With what is encoded once read as it is meant. */
function decoded(text: string): string {
  return text.replace(/%[0-9a-f]{2}/gi, (code) =>
    String.fromCharCode(Number.parseInt(code.slice(1), 16)),
  );
}
