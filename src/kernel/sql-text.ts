/** A name as SQL has it, whatever is in it. */
export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A text as a constant of SQL, whatever the server makes of backslashes in plain ones. */
export function literal(text: string): string {
  const plain = `'${text.replaceAll("'", "''")}'`;
  return text.includes('\\') ? `E${plain.replaceAll('\\', '\\\\')}` : plain;
}
