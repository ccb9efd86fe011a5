/** To stdout, some pieces at a time, each as fast as it is read; nothing more once nobody reads (`… | head`). */
export async function print(
  pieces: Iterable<string>,
  as = (text: string): string => text,
): Promise<void> {
  const { stdout } = process;
  // `write` is told as well; without a listener it would end the process.
  const heard = (): void => undefined;
  stdout.on('error', heard);
  try {
    let text = '';
    for (const piece of pieces) {
      text += piece;
      if (text.length < PRINTED_AT_ONCE) continue;
      if (!(await write(as(text)))) return;
      text = '';
    }
    if (text !== '') await write(as(text));
  } finally {
    setImmediate(() => stdout.off('error', heard));
  }
}

const PRINTED_AT_ONCE = 65_536;

/** Whether somebody is there to read it. Throws where it can't be written for another reason. */
function write(text: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    process.stdout.write(text, (error) => {
      if (!error) resolve(true);
      else if ('code' in error && error.code === 'EPIPE') resolve(false);
      else reject(error);
    });
  });
}
