/** Lets stdout be closed by who reads it (`… | head`): nothing more is said then, and nothing is wrong. */
export function letUnread(): void {
  process.stdout.on('error', (error) => {
    if (!isUnread(error)) throw error;
  });
}

/** To stdout, some pieces at a time, as fast as they are read; nothing more once nobody reads. */
export async function print(pieces: Iterable<string>): Promise<void> {
  let text = '';
  for (const piece of pieces) {
    text += piece;
    if (text.length < PRINTED_AT_ONCE) continue;
    if (!(await write(text))) return;
    text = '';
  }
  if (text !== '') await write(text);
}

const PRINTED_AT_ONCE = 65_536;

/** Whether somebody is there to read it. Throws where it can't be written for another reason. */
function write(text: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    process.stdout.write(text, (error) => {
      if (!error) resolve(true);
      else if (isUnread(error)) resolve(false);
      else reject(error);
    });
  });
}

function isUnread(error: Error): boolean {
  return 'code' in error && error.code === 'EPIPE';
}
