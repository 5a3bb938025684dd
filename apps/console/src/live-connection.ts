import type { LiveMessage } from '@quaymaster/messages';

/** The part of a browser's `WebSocket` that the connection uses. */
export interface LiveSocket {
  binaryType: BinaryType;
  onopen: ((event: Event) => void) | null;
  onmessage: ((event: MessageEvent) => void) | null;
  onclose: ((event: CloseEvent) => void) | null;
  close(): void;
}

export interface LiveHandlers {
  /** A text message. False when it does not join on to the one before: the connection is then made anew. */
  readonly message: (message: LiveMessage) => boolean;
  readonly positions: (bytes: ArrayBuffer) => void;
  /** `waiting` says how long until the next attempt. */
  readonly state: (state: LiveState, retryInMs: number) => void;
}

export type LiveState = 'connecting' | 'open' | 'waiting' | 'closed';

export interface LiveSurroundings {
  open(): LiveSocket;
  /** Runs a task later; gives back how to call it off. */
  later(task: () => void, afterMs: number): () => void;
  /** Uniform in [0, 1). */
  random(): number;
}

const FIRST_RETRY_MS = 500;
const LONGEST_RETRY_MS = 10_000;
/** Nothing at all for so long on an open connection: it is dead although nobody has closed it [ms]. */
const SILENCE_MS = 10_000;

/** Wait before attempt n (0 for the first repeat): doubles up to a limit, with jitter over its upper half so that a hall full of consoles does not return at once. */
export function retryAfterMs(attempt: number, random: number): number {
  const limitMs = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(attempt, 10));
  return limitMs * (0.5 + random / 2);
}

/** Keeps one connection to `/v1/live` alive until it is closed. The first message of each connection is a snapshot. */
export class LiveConnection {
  private socket: LiveSocket | null = null;
  private cancelTimer: () => void = () => undefined;
  private attempt = 0;
  private isClosed = false;

  constructor(private readonly handlers: LiveHandlers, private readonly around: LiveSurroundings) {
    this.connect();
  }

  close(): void {
    this.isClosed = true;
    this.drop();
    this.handlers.state('closed', 0);
  }

  /** Gives up the connection it has, if any, and makes a new one at once. */
  reconnect(): void {
    if (this.isClosed) return;
    this.drop();
    this.connect();
  }

  private connect(): void {
    this.handlers.state('connecting', 0);
    const socket = this.around.open();
    this.socket = socket;
    socket.binaryType = 'arraybuffer';
    socket.onopen = () => {
      this.handlers.state('open', 0);
      this.watch();
    };
    socket.onmessage = (event) => { this.receive(event.data); };
    socket.onclose = () => { this.retry(); };
    this.watch();
  }

  private receive(data: unknown): void {
    this.watch();
    try {
      if (data instanceof ArrayBuffer) this.handlers.positions(data);
      else if (this.handlers.message(JSON.parse(String(data)) as LiveMessage)) this.attempt = 0;
      else this.retry();
    } catch (error) {
      // A message that cannot be read leaves the picture in doubt; a fresh snapshot puts it right.
      if (error instanceof SyntaxError || error instanceof RangeError || error instanceof TypeError) this.retry();
      else throw error;
    }
  }

  private watch(): void {
    this.cancelTimer();
    this.cancelTimer = this.around.later(() => { this.retry(); }, SILENCE_MS);
  }

  private retry(): void {
    this.drop();
    const waitMs = retryAfterMs(this.attempt, this.around.random());
    this.attempt += 1;
    this.handlers.state('waiting', waitMs);
    this.cancelTimer = this.around.later(() => { this.connect(); }, waitMs);
  }

  private drop(): void {
    this.cancelTimer();
    this.cancelTimer = () => undefined;
    const { socket } = this;
    this.socket = null;
    if (socket === null) return;
    socket.onopen = null;
    socket.onmessage = null;
    socket.onclose = null;
    socket.close();
  }
}
