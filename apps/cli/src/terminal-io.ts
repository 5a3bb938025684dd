/** Where a command writes, and how it is asked to end. */
export interface TerminalIo {
  /** Results. */
  out(text: string): void;
  /** Everything else. */
  note(text: string): void;
  /** Calls back at the first request to end (SIGINT, SIGTERM). Returns what takes the callback off again. */
  onEnd(callback: () => void): () => void;
}

export const processIo: TerminalIo = {
  out: (text) => { process.stdout.write(text); },
  note: (text) => { process.stderr.write(text); },
  onEnd: (callback) => {
    process.once('SIGINT', callback).once('SIGTERM', callback);
    return () => { process.off('SIGINT', callback).off('SIGTERM', callback); };
  },
};
